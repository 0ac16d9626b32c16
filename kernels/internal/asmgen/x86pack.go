package asmgen

import "fmt"

// packAMD64 is the copies that bring B into panels.
func packAMD64() *File {
	return &File{Name: "pack_amd64.s", Tags: "!noasm", Funcs: []*Func{packRows(AVX512), packRows(AVX2), transpose8()}}
}

// packRows copies k rows of several full panels: each row is read from one end to the other, as memory likes it. The panels
// lie step bytes apart.
func packRows(family Family) *Func {
	f := NewFunc("packRows"+string(family), "(dst, src *float32, step, ld, panels, k int)", 48)
	reg, bytes := "Z", 64
	if family == AVX2 {
		reg, bytes = "Y", 32
	}
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
	f.I("VMOVUPS", "(R8)", reg+"0")
	f.I("VMOVUPS", fmt.Sprintf("%d(R8)", bytes), reg+"1")
	f.I("VMOVUPS", reg+"0", "(R9)")
	f.I("VMOVUPS", reg+"1", fmt.Sprintf("%d(R9)", bytes))
	f.I("ADDQ", imm(2*bytes), "R8")
	f.I("ADDQ", "BX", "R9")
	f.I("DECQ", "AX")
	f.I("JNZ", panel)
	f.I("ADDQ", "DX", "SI")
	f.I("ADDQ", imm(2*bytes), "DI")
	f.I("DECQ", "CX")
	f.I("JNZ", row)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// transpose8 transposes blocks of 8 by 8. All distances are in bytes: of the rows within a block, and of the blocks.
func transpose8() *Func {
	f := NewFunc("transpose8AVX2", "(dst, src *float32, dstLd, srcLd, dstStep, srcStep, blocks int)", 56)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "src+8(FP)", "SI")
	f.I("MOVQ", "dstLd+16(FP)", "BX")
	f.I("MOVQ", "srcLd+24(FP)", "DX")
	f.I("MOVQ", "blocks+48(FP)", "CX")
	loop := f.Label("loop")
	f.At(loop)
	f.I("LEAQ", "(SI)(DX*4)", "R8")
	f.I("LEAQ", "(DX)(DX*2)", "R9")
	f.I("LEAQ", "(BX)(BX*2)", "R11")
	f.I("LEAQ", "(DI)(BX*4)", "R10")
	from := []string{"(SI)", "(SI)(DX*1)", "(SI)(DX*2)", "(SI)(R9*1)", "(R8)", "(R8)(DX*1)", "(R8)(DX*2)", "(R8)(R9*1)"}
	to := []string{"(DI)", "(DI)(BX*1)", "(DI)(BX*2)", "(DI)(R11*1)", "(R10)", "(R10)(BX*1)", "(R10)(BX*2)", "(R10)(R11*1)"}
	y := func(i int) string { return fmt.Sprintf("Y%d", i) }
	for i, at := range from {
		f.I("VMOVUPS", at, y(i))
	}
	for i := range 4 {
		f.I("VUNPCKLPS", y(2*i+1), y(2*i), y(8+2*i))
		f.I("VUNPCKHPS", y(2*i+1), y(2*i), y(9+2*i))
	}
	for i := range 2 { // 4 by 4 within each half
		lo, hi := 8+4*i, 4*i
		f.I("VUNPCKLPD", y(lo+2), y(lo), y(hi))
		f.I("VUNPCKHPD", y(lo+2), y(lo), y(hi+1))
		f.I("VUNPCKLPD", y(lo+3), y(lo+1), y(hi+2))
		f.I("VUNPCKHPD", y(lo+3), y(lo+1), y(hi+3))
	}
	for i := range 4 {
		f.I("VPERM2F128", "$0x20", y(i+4), y(i), y(8+i))
		f.I("VPERM2F128", "$0x31", y(i+4), y(i), y(12+i))
	}
	for i, at := range to {
		f.I("VMOVUPS", y(8+i), at)
	}
	f.I("ADDQ", "srcStep+40(FP)", "SI")
	f.I("ADDQ", "dstStep+32(FP)", "DI")
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
