package asmgen

import "fmt"

// sumsAMD64 is the end of sums, and the bits of dropout. Registers of 256 bits are as long as needed, so AVX-512 takes the same functions.
func sumsAMD64() *File {
	return &File{Name: "sums_amd64.s", Tags: "!noasm", Funcs: []*Func{tree(), keep()}}
}

// tree adds 64 partial sums, four by four, then by halves.
func tree() *Func {
	f := NewFunc("treeAVX2", "(acc *float32) float32", 12)
	f.I("MOVQ", "acc+0(FP)", "DI")
	at := func(i int) string { return fmt.Sprintf("%d(DI)", 32*i) }
	for half, to := range []string{"Y0", "Y2"} {
		other := []string{"Y1", "Y3"}[half]
		f.I("VMOVUPS", at(half), to)
		f.I("VADDPS", at(half+2), to, to) // lanes l and l+16
		f.I("VMOVUPS", at(half+4), other)
		f.I("VADDPS", at(half+6), other, other) // l+32 and l+48
		f.I("VADDPS", other, to, to)
	}
	f.I("VADDPS", "Y2", "Y0", "Y0")
	f.I("VEXTRACTF128", "$1", "Y0", "X1")
	f.I("VADDPS", "X1", "X0", "X0")
	f.I("VPERMILPD", "$1", "X0", "X1")
	f.I("VADDPS", "X1", "X0", "X0")
	f.I("VPERMILPS", "$1", "X0", "X1")
	f.I("VADDSS", "X1", "X0", "X0")
	f.I("VMOVSS", "X0", "ret+8(FP)")
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// keep sets a bit of dst for each of n words, a multiple of 8 and 8 at least, that is not below the limit.
func keep() *Func {
	f := NewFunc("keepAVX2", "(dst *byte, words *float32, n int, limit uint32)", 28)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "words+8(FP)", "SI")
	f.I("MOVQ", "n+16(FP)", "CX")
	f.I("VBROADCASTSS", "limit+24(FP)", "Y0")
	loop := f.Label("loop")
	f.At(loop)
	f.I("VMOVDQU", "(SI)", "Y1")
	f.I("VPMAXUD", "Y0", "Y1", "Y2")
	f.I("VPCMPEQD", "Y1", "Y2", "Y2")
	f.I("VMOVMSKPS", "Y2", "AX")
	f.I("MOVB", "AL", "(DI)")
	f.I("ADDQ", "$32", "SI")
	f.I("INCQ", "DI")
	f.I("SUBQ", "$8", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
