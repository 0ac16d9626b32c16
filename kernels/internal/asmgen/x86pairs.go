package asmgen

import "fmt"

// pairRow turns a row of float32 into words of two bfloat16 each: words of them, a multiple of 16 and one at least.
func pairRow() *Func {
	f := NewFunc("pairRowBF16", "(dst, src *float32, words int)", 24)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "src+8(FP)", "SI")
	f.I("MOVQ", "words+16(FP)", "CX")
	loop := f.Label("loop")
	f.At(loop)
	f.I("VMOVUPS", "(SI)", "Z0")
	f.I("VMOVUPS", "64(SI)", "Z1")
	f.VCVTNE2PS2BF16(0, 1, 2)
	f.I("VMOVUPS", "Z2", "(DI)")
	f.I("ADDQ", "$128", "SI")
	f.I("ADDQ", "$64", "DI")
	f.I("SUBQ", "$16", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// pairRows turns k times two rows of several full panels into words of an element of the upper row and one of the lower, as
// packRows copies them: ld is the distance of two rows in bytes, step that of two panels.
func pairRows() *Func {
	f := NewFunc("pairRowsBF16", "(dst, src *float32, step, ld, panels, k int)", 48)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "src+8(FP)", "SI")
	f.I("MOVQ", "step+16(FP)", "BX")
	f.I("MOVQ", "ld+24(FP)", "DX")
	f.I("MOVQ", "k+40(FP)", "CX")
	row, panel := f.Label("row"), f.Label("panel")
	f.At(row)
	f.I("MOVQ", "panels+32(FP)", "AX")
	f.I("MOVQ", "SI", "R8")
	f.I("MOVQ", "DI", "R9")
	f.At(panel)
	for v := range 2 {
		f.I("VMOVUPS", fmt.Sprintf("%d(R8)", 64*v), "Z0")
		f.I("VMOVUPS", fmt.Sprintf("%d(R8)(DX*1)", 64*v), "Z1")
		f.VCVTNEPS2BF16(0, 0)
		f.VCVTNEPS2BF16(1, 1)
		f.I("VPMOVZXWD", "Y0", "Z0")
		f.I("VPMOVZXWD", "Y1", "Z1")
		f.I("VPSLLD", "$16", "Z1", "Z1")
		f.I("VPORD", "Z1", "Z0", "Z0")
		f.I("VMOVUPS", "Z0", fmt.Sprintf("%d(R9)", 64*v))
	}
	f.I("ADDQ", "$128", "R8")
	f.I("ADDQ", "BX", "R9")
	f.I("DECQ", "AX")
	f.I("JNZ", panel)
	f.I("LEAQ", "(SI)(DX*2)", "SI")
	f.I("ADDQ", "$128", "DI")
	f.I("DECQ", "CX")
	f.I("JNZ", row)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
