package kernels

// Exp sets dst to e^x, elementwise. The error is at most 0.87 ulp; results below the smallest normal number, 2^-126, are
// flushed to zero. dst may be x. It panics where the lengths differ.
func Exp(dst, x []float32) {
	check1("Exp", dst, x)
	elementwise(opExp, dst, x, nil, nil, 0, 0)
}

// Log sets dst to the natural logarithm of x: -Inf for zeros, NaN for less. The error is at most 0.86 ulp. dst may be x. It
// panics where the lengths differ.
func Log(dst, x []float32) {
	check1("Log", dst, x)
	elementwise(opLog, dst, x, nil, nil, 0, 0)
}

// Tanh sets dst to the hyperbolic tangent of x. The error is at most 1.82 ulp. dst may be x. It panics where the lengths
// differ.
func Tanh(dst, x []float32) {
	check1("Tanh", dst, x)
	elementwise(opTanh, dst, x, nil, nil, 0, 0)
}

// Sigmoid sets dst to 1/(1 + e^-x). The error is at most 2.5 ulp; results below 2^-126 may be flushed to zero. dst may be
// x. It panics where the lengths differ.
func Sigmoid(dst, x []float32) {
	check1("Sigmoid", dst, x)
	elementwise(opSigmoid, dst, x, nil, nil, 0, 0)
}

// Gelu sets dst to x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))), the activation of GPT-2 (Hendrycks and Gimpel, arXiv
// 1606.08415; gelu_new of transformers). The error is at most 2.6 ulp also where the result is next to 0; results whose
// factor is below 2^-128 are flushed to zero. dst may be x. It panics where the lengths differ.
func Gelu(dst, x []float32) {
	check1("Gelu", dst, x)
	elementwise(opGelu, dst, x, nil, nil, 0, 0)
}

// GeluGrad sets dst to dy times the derivative of [Gelu] at x, its input. The error of the derivative is at most 5e-7. dst
// may be dy or x. It panics where the lengths differ.
func GeluGrad(dst, dy, x []float32) {
	check2("GeluGrad", dst, dy, x)
	elementwise(opGeluGrad, dst, dy, x, nil, 0, 0)
}

// Sqrt sets dst to the square root of x, correctly rounded. dst may be x. It panics where the lengths differ.
func Sqrt(dst, x []float32) {
	check1("Sqrt", dst, x)
	elementwise(opSqrt, dst, x, nil, nil, 0, 0)
}

// Square sets dst to x*x. dst may be x. It panics where the lengths differ.
func Square(dst, x []float32) {
	check1("Square", dst, x)
	elementwise(opSquare, dst, x, nil, nil, 0, 0)
}

// ApplyReLU sets dst to x where x is not negative, else to 0; NaN stays. dst may be x. It panics where the lengths differ.
func ApplyReLU(dst, x []float32) {
	check1("ApplyReLU", dst, x)
	elementwise(opReLU, dst, x, nil, nil, 0, 0)
}

// ApplyLeakyReLU sets dst to x where x is positive, else to slope*x. dst may be x. It panics where the lengths differ.
func ApplyLeakyReLU(dst, x []float32, slope float32) {
	check1("ApplyLeakyReLU", dst, x)
	elementwise(opLeaky, dst, x, nil, nil, slope, 0)
}

// ReLUGrad sets dst to dy where the output y of the activation is positive, else to 0. dst may be dy. It panics where the
// lengths differ.
func ReLUGrad(dst, dy, y []float32) {
	check2("ReLUGrad", dst, dy, y)
	elementwise(opReLUGrad, dst, dy, y, nil, 0, 0)
}

// LeakyReLUGrad sets dst to dy where the output y of the activation is positive, else to slope*dy. The slope must be
// positive, because the sign of the output stands for that of the input. dst may be dy. It panics where the lengths differ.
func LeakyReLUGrad(dst, dy, y []float32, slope float32) {
	check2("LeakyReLUGrad", dst, dy, y)
	elementwise(opLeakyGrad, dst, dy, y, nil, slope, 0)
}

// TanhGrad sets dst to dy*(1 - y*y), y being the output. dst may be dy. It panics where the lengths differ.
func TanhGrad(dst, dy, y []float32) {
	check2("TanhGrad", dst, dy, y)
	elementwise(opTanhGrad, dst, dy, y, nil, 0, 0)
}

// SigmoidGrad sets dst to dy*y*(1 - y), y being the output. dst may be dy. It panics where the lengths differ.
func SigmoidGrad(dst, dy, y []float32) {
	check2("SigmoidGrad", dst, dy, y)
	elementwise(opSigmoidGrad, dst, dy, y, nil, 0, 0)
}
