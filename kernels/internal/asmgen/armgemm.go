package asmgen

import "fmt"

// gemmARM64 is the product and the loops of NEON.
func gemmARM64() *File {
	return &File{Name: "gemm_arm64.s", Tags: "!noasm", Funcs: []*Func{gemmNEON(), fmaLoopNEON()}}
}

// FMLA emits d += n * m[lane] for four numbers, FMLA Vd.4S, Vn.4S, Vm.S[lane], and FADD d = n + m: Go's assembler knows
// neither.
func (f *Func) FMLA(m, lane, n, d int) {
	f.need("arm64")
	word := 0x4F801000 | lane&1<<21 | m<<16 | lane>>1<<11 | n<<5 | d
	fmt.Fprintf(&f.body, "\tWORD $0x%08x // FMLA V%d.S[%d], V%d.S4, V%d.S4\n", word, m, lane, n, d)
}

// FADD is described at [Func.FMLA].
func (f *Func) FADD(m, n, d int) {
	f.need("arm64")
	fmt.Fprintf(&f.body, "\tWORD $0x%08x // FADD V%d.S4, V%d.S4, V%d.S4\n", 0x4E20D400|m<<16|n<<5|d, m, n, d)
}

// gemmNEON is a tile of 8 rows and 12 columns in V8 to V31, from panels of A and of B; V0 and V1 hold a column of A, V2 to
// V4 a row of B.
func gemmNEON() *Func {
	f := NewFunc("gemm8x12NEON", "(a, b, c *float32, ldc, k, add int, ran *uint64)", 56)
	for i, name := range []string{"a", "b", "c", "ldc", "k", "add", "ran"} {
		f.I("MOVD", fmt.Sprintf("%s+%d(FP)", name, 8*i), fmt.Sprintf("R%d", i))
	}
	for i := 8; i < 32; i++ {
		f.I("VEOR", fmt.Sprintf("V%d.B16", i), fmt.Sprintf("V%d.B16", i), fmt.Sprintf("V%d.B16", i))
	}
	loop, plain := f.Label("k"), f.Label("plain")
	f.At(loop)
	f.I("VLD1.P", "32(R0)", "[V0.S4, V1.S4]")
	f.I("VLD1.P", "48(R1)", "[V2.S4, V3.S4, V4.S4]")
	for r := range 8 {
		for h := range 3 {
			f.FMLA(r/4, r%4, 2+h, 8+3*r+h)
		}
	}
	f.I("SUBS", "$1", "R4", "R4")
	f.I("BNE", loop)
	f.I("MOVD", "(R6)", "R7")
	f.I("ADD", "$1", "R7", "R7")
	f.I("MOVD", "R7", "(R6)")
	f.I("CBZ", "R5", plain)
	f.C("C += A B")
	f.I("MOVD", "R2", "R8")
	for r := range 8 {
		f.I("VLD1", "(R8)", "[V0.S4, V1.S4, V2.S4]")
		for h := range 3 {
			f.FADD(8+3*r+h, h, 8+3*r+h)
		}
		f.I("ADD", "R3", "R8", "R8")
	}
	f.At(plain)
	for r := range 8 {
		f.I("VST1", fmt.Sprintf("[V%d.S4, V%d.S4, V%d.S4]", 8+3*r, 9+3*r, 10+3*r), "(R2)")
		f.I("ADD", "R3", "R2", "R2")
	}
	f.I("RET")
	return f
}

// fmaLoopNEON does n rounds of 24 independent multiply-adds.
func fmaLoopNEON() *Func {
	f := NewFunc("fmaLoopNEON", "(n int)", 8)
	f.I("MOVD", "n+0(FP)", "R0")
	for i := range 32 {
		f.I("VEOR", fmt.Sprintf("V%d.B16", i), fmt.Sprintf("V%d.B16", i), fmt.Sprintf("V%d.B16", i))
	}
	loop := f.Label("loop")
	f.At(loop)
	for i := range 24 {
		f.FMLA(0, i%4, 1, 8+i)
	}
	f.I("SUBS", "$1", "R0", "R0")
	f.I("BNE", loop)
	f.I("RET")
	return f
}
