package asmgen

// halfAMD64 is what turns stored bfloat16 into float32.
func halfAMD64() *File {
	return &File{Name: "half_amd64.s", Tags: "!noasm", Funcs: []*Func{unhalve(AVX2), unhalve(AVX512)}}
}

// unhalve sets n numbers, a multiple of 16 and one at least, to those whose first 16 bits are given.
func unhalve(family Family) *Func {
	f := NewFunc("unhalve"+string(family), "(dst *float32, src *uint16, n int)", 24)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "src+8(FP)", "SI")
	f.I("MOVQ", "n+16(FP)", "CX")
	loop := f.Label("loop")
	f.At(loop)
	if family == AVX512 {
		f.I("VPMOVZXWD", "(SI)", "Z0")
		f.I("VPSLLD", "$16", "Z0", "Z0")
		f.I("VMOVUPS", "Z0", "(DI)")
	} else {
		f.I("VPMOVZXWD", "(SI)", "Y0")
		f.I("VPMOVZXWD", "16(SI)", "Y1")
		f.I("VPSLLD", "$16", "Y0", "Y0")
		f.I("VPSLLD", "$16", "Y1", "Y1")
		f.I("VMOVUPS", "Y0", "(DI)")
		f.I("VMOVUPS", "Y1", "32(DI)")
	}
	f.I("ADDQ", "$32", "SI")
	f.I("ADDQ", "$64", "DI")
	f.I("SUBQ", "$16", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
