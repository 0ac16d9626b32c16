package asmgen

import "fmt"

func ExampleFunc() {
	f := NewFunc("doubleAVX2", "(x *[8]float32)", 8)
	f.I("MOVQ", "x+0(FP)", "DI")
	f.I("VMOVUPS", "(DI)", "Y0")
	f.I("VADDPS", "Y0", "Y0", "Y0")
	f.I("VMOVUPS", "Y0", "(DI)")
	f.I("VZEROUPPER")
	f.I("RET")
	fmt.Println(f.Needs)

	// Output:
	// [AVX base]
}
