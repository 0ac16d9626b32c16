package kernels

import "math"

// A vecOp is an operation on each element of up to three slices. The comments say what dst becomes; a, b and c are the
// elements of the slices, s and t are numbers.
type vecOp uint8

const (
	opExp         vecOp = iota // e^a
	opLog                      // ln a
	opTanh                     // tanh a
	opSigmoid                  // 1/(1 + e^-a)
	opGelu                     // gelu32 of a
	opSqrt                     // square root of a
	opSquare                   // a*a
	opReLU                     // a where not 0 > a, else 0
	opLeaky                    // a where a > 0, else s*a
	opReLUGrad                 // a where b > 0, else 0
	opLeakyGrad                // a where b > 0, else s*a
	opTanhGrad                 // a*(1 - b*b)
	opSigmoidGrad              // a*b*(1 - b)
	opGeluGrad                 // a times the derivative of gelu32 at b
	opAdd                      // a + b
	opSub                      // a - b
	opMul                      // a*b
	opScale                    // a*s
	opAddConst                 // a + s
	opFill                     // s
	opMulAdd                   // c + a*b, fused
	opAxpy                     // a + s*b, fused
	opLerp                     // a + s*(b - a), fused
	opShiftScale               // (a - s)*t
	opUniform                  // uniform32 of the word a
	opExponential              // exponential32 of the word a
	opGumbel                   // gumbel32 of the word a
	opDropout                  // a*s where the word b is not below the word t, else a*0
)

// lanesGo is the reference of the operations on elements.
func lanesGo(op vecOp, dst, a, b, c []float32, s, t float32) {
	switch {
	case op <= opSquare:
		mathsGo(op, dst, a)
	case op <= opGeluGrad:
		activationGo(op, dst, a, b, s)
	case op <= opShiftScale:
		linearGo(op, dst, a, b, c, s, t)
	default:
		wordsGo(op, dst, a, b, s, t)
	}
}

func mathsGo(op vecOp, dst, a []float32) {
	a = a[:len(dst)]
	switch op {
	case opExp:
		for i, x := range a {
			dst[i] = exp32(x)
		}
	case opLog:
		for i, x := range a {
			dst[i] = log32(x)
		}
	case opTanh:
		for i, x := range a {
			dst[i] = tanh32(x)
		}
	case opSigmoid:
		for i, x := range a {
			dst[i] = sigmoid32(x)
		}
	case opGelu:
		for i, x := range a {
			dst[i] = gelu32(x)
		}
	case opSqrt:
		for i, x := range a {
			dst[i] = sqrt32(x)
		}
	case opSquare:
		for i, x := range a {
			dst[i] = x * x
		}
	}
}

func activationGo(op vecOp, dst, a, b []float32, s float32) {
	switch op {
	case opReLU:
		for i := range dst {
			dst[i] = max32(0, a[i])
		}
	case opLeaky:
		for i, x := range a[:len(dst)] {
			if !(x > 0) {
				x *= s
			}
			dst[i] = x
		}
	case opReLUGrad:
		for i, x := range a[:len(dst)] {
			if !(b[i] > 0) {
				x = 0
			}
			dst[i] = x
		}
	case opLeakyGrad:
		for i, x := range a[:len(dst)] {
			if !(b[i] > 0) {
				x *= s
			}
			dst[i] = x
		}
	case opTanhGrad:
		for i := range dst {
			dst[i] = a[i] * fma32(-b[i], b[i], 1)
		}
	case opSigmoidGrad:
		for i := range dst {
			dst[i] = float32(a[i]*b[i]) * (1 - b[i])
		}
	case opGeluGrad:
		for i := range dst {
			dst[i] = a[i] * geluSlope32(b[i])
		}
	}
}

func linearGo(op vecOp, dst, a, b, c []float32, s, t float32) {
	switch op {
	case opAdd:
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	case opSub:
		for i := range dst {
			dst[i] = a[i] - b[i]
		}
	case opMul:
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	case opScale:
		for i := range dst {
			dst[i] = a[i] * s
		}
	case opAddConst:
		for i := range dst {
			dst[i] = a[i] + s
		}
	case opFill:
		for i := range dst {
			dst[i] = s
		}
	case opMulAdd:
		for i := range dst {
			dst[i] = fma32(a[i], b[i], c[i])
		}
	case opAxpy:
		for i := range dst {
			dst[i] = fma32(s, b[i], a[i])
		}
	case opLerp:
		for i := range dst {
			dst[i] = fma32(s, b[i]-a[i], a[i])
		}
	case opShiftScale:
		for i := range dst {
			dst[i] = (a[i] - s) * t
		}
	}
}

func wordsGo(op vecOp, dst, a, b []float32, s, t float32) {
	switch op {
	case opUniform:
		for i := range dst {
			dst[i] = uniform32(math.Float32bits(a[i]))
		}
	case opExponential:
		for i := range dst {
			dst[i] = exponential32(math.Float32bits(a[i]))
		}
	case opGumbel:
		for i := range dst {
			dst[i] = gumbel32(math.Float32bits(a[i]))
		}
	case opDropout:
		for i := range dst {
			keep := s
			if math.Float32bits(b[i]) < math.Float32bits(t) {
				keep = 0
			}
			dst[i] = a[i] * keep
		}
	}
}
