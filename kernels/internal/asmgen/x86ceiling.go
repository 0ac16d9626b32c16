package asmgen

import "fmt"

// ceilingAMD64 is loops that do nothing but what they measure.
func ceilingAMD64() *File {
	return &File{Name: "ceiling_amd64.s", Tags: "!noasm", Funcs: []*Func{
		fmaLoop(AVX512, "VFMADD231PS", "fmaLoop"), fmaLoop(AVX2, "VFMADD231PS", "fmaLoop"), bf16Loop(),
		triad(AVX512), triad(AVX2),
	}}
}

// fmaLoop does n rounds of independent multiply-adds on registers, twice as many as hide the latency on two ports.
func fmaLoop(family Family, op, name string) *Func {
	f := NewFunc(name+string(family), "(n int)", 8)
	reg, chains := "Z", 24
	if family == AVX2 {
		reg, chains = "Y", 12
	}
	f.I("MOVQ", "n+0(FP)", "CX")
	for i := range chains + 2 {
		r := fmt.Sprintf("%s%d", reg, i)
		if family == AVX512 {
			f.I("VPXORD", r, r, r)
		} else {
			f.I("VXORPS", r, r, r)
		}
	}
	loop := f.Label("loop")
	f.At(loop)
	for i := range chains {
		f.I(op, fmt.Sprintf("%s%d", reg, chains), fmt.Sprintf("%s%d", reg, chains+1), fmt.Sprintf("%s%d", reg, i))
	}
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// bf16Loop is fmaLoop for VDPBF16PS, which the assembler does not know: it is written as bytes.
func bf16Loop() *Func {
	f := NewFunc("dotLoopBF16", "(n int)", 8)
	f.I("MOVQ", "n+0(FP)", "CX")
	for i := range 26 {
		r := fmt.Sprintf("Z%d", i)
		f.I("VPXORD", r, r, r)
	}
	loop := f.Label("loop")
	f.At(loop)
	for i := range 24 {
		f.VDPBF16PS(24, 25, i)
	}
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// triad is dst = x + s*y over n bytes, a multiple of 256.
func triad(family Family) *Func {
	f := NewFunc("triad"+string(family), "(dst, x, y *float32, s float32, n int)", 40)
	reg, bytes := "Z", 64
	if family == AVX2 {
		reg, bytes = "Y", 32
	}
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "x+8(FP)", "SI")
	f.I("MOVQ", "y+16(FP)", "BX")
	f.I("VBROADCASTSS", "s+24(FP)", reg+"0")
	f.I("MOVQ", "n+32(FP)", "CX")
	f.I("XORQ", "AX", "AX")
	loop := f.Label("loop")
	f.At(loop)
	for i := range 256 / bytes {
		r := fmt.Sprintf("%s%d", reg, i+1)
		f.I("VMOVUPS", fmt.Sprintf("%d(SI)(AX*1)", i*bytes), r)
		f.I("VFMADD231PS", fmt.Sprintf("%d(BX)(AX*1)", i*bytes), reg+"0", r)
		f.I("VMOVUPS", r, fmt.Sprintf("%d(DI)(AX*1)", i*bytes))
	}
	f.I("ADDQ", "$256", "AX")
	f.I("CMPQ", "AX", "CX")
	f.I("JLT", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
