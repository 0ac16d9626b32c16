package kernels

// Add sets dst to a + b. dst may be a or b. It panics where the lengths differ.
func Add(dst, a, b []float32) {
	check2("Add", dst, a, b)
	elementwise(opAdd, dst, a, b, nil, 0, 0)
}

// AddTo adds x to dst. It panics where the lengths differ.
func AddTo(dst, x []float32) {
	check1("AddTo", dst, x)
	elementwise(opAdd, dst, dst, x, nil, 0, 0)
}

// Sub sets dst to a - b. dst may be a or b. It panics where the lengths differ.
func Sub(dst, a, b []float32) {
	check2("Sub", dst, a, b)
	elementwise(opSub, dst, a, b, nil, 0, 0)
}

// Mul sets dst to a*b. dst may be a or b. It panics where the lengths differ.
func Mul(dst, a, b []float32) {
	check2("Mul", dst, a, b)
	elementwise(opMul, dst, a, b, nil, 0, 0)
}

// MulAdd adds a*b to dst with one rounding. It panics where the lengths differ.
func MulAdd(dst, a, b []float32) {
	check2("MulAdd", dst, a, b)
	elementwise(opMulAdd, dst, a, b, dst, 0, 0)
}

// Axpy adds a*x to dst with one rounding. It panics where the lengths differ.
func Axpy(dst []float32, a float32, x []float32) {
	check1("Axpy", dst, x)
	elementwise(opAxpy, dst, dst, x, nil, a, 0)
}

// Scale sets dst to x*s. dst may be x. It panics where the lengths differ.
func Scale(dst, x []float32, s float32) {
	check1("Scale", dst, x)
	elementwise(opScale, dst, x, nil, nil, s, 0)
}

// AddConst sets dst to x + s. dst may be x. It panics where the lengths differ.
func AddConst(dst, x []float32, s float32) {
	check1("AddConst", dst, x)
	elementwise(opAddConst, dst, x, nil, nil, s, 0)
}

// Fill sets every element of dst to v.
func Fill(dst []float32, v float32) {
	elementwise(opFill, dst, nil, nil, nil, v, 0)
}

// EMA moves dst towards x: dst becomes decay*dst + (1-decay)*x, computed as dst + (1-decay)*(x - dst). It panics where the
// lengths differ.
func EMA(dst, x []float32, decay float32) {
	check1("EMA", dst, x)
	elementwise(opLerp, dst, dst, x, nil, 1-decay, 0)
}
