//go:build !noasm

package kernels

// lanes does an operation on elements on one thread.
func lanes(op vecOp, dst, a, b, c []float32, s, t float32) {
	n := len(dst)
	switch {
	case n == 0:
	case useAVX512:
		lanesAVX512(op, raw(dst), raw(a), raw(b), raw(c), n, s, t)
	case useAVX2:
		lanesAVX2(op, raw(dst), raw(a), raw(b), raw(c), n, s, t)
	default:
		lanesGo(op, dst, a, b, c, s, t)
	}
}

func lanesAVX512(op vecOp, dst, a, b, c *float32, n int, s, t float32) {
	switch op {
	case opExp:
		expAVX512(dst, a, b, c, n, s, t)
	case opLog:
		logAVX512(dst, a, b, c, n, s, t)
	case opTanh:
		tanhAVX512(dst, a, b, c, n, s, t)
	case opSigmoid:
		sigmoidAVX512(dst, a, b, c, n, s, t)
	case opGelu:
		geluAVX512(dst, a, b, c, n, s, t)
	case opSqrt:
		sqrtAVX512(dst, a, b, c, n, s, t)
	case opSquare:
		squareAVX512(dst, a, b, c, n, s, t)
	case opReLU:
		reluAVX512(dst, a, b, c, n, s, t)
	case opLeaky:
		leakyAVX512(dst, a, b, c, n, s, t)
	case opReLUGrad:
		reluGradAVX512(dst, a, b, c, n, s, t)
	case opLeakyGrad:
		leakyGradAVX512(dst, a, b, c, n, s, t)
	case opTanhGrad:
		tanhGradAVX512(dst, a, b, c, n, s, t)
	case opSigmoidGrad:
		sigmoidGradAVX512(dst, a, b, c, n, s, t)
	case opGeluGrad:
		geluGradAVX512(dst, a, b, c, n, s, t)
	case opAdd:
		addAVX512(dst, a, b, c, n, s, t)
	case opSub:
		subAVX512(dst, a, b, c, n, s, t)
	case opMul:
		mulAVX512(dst, a, b, c, n, s, t)
	case opScale:
		scaleAVX512(dst, a, b, c, n, s, t)
	case opAddConst:
		addConstAVX512(dst, a, b, c, n, s, t)
	case opFill:
		fillAVX512(dst, a, b, c, n, s, t)
	case opMulAdd:
		mulAddAVX512(dst, a, b, c, n, s, t)
	case opAxpy:
		axpyAVX512(dst, a, b, c, n, s, t)
	case opLerp:
		lerpAVX512(dst, a, b, c, n, s, t)
	case opShiftScale:
		shiftScaleAVX512(dst, a, b, c, n, s, t)
	case opUniform:
		uniformAVX512(dst, a, b, c, n, s, t)
	case opExponential:
		exponentialAVX512(dst, a, b, c, n, s, t)
	case opGumbel:
		gumbelAVX512(dst, a, b, c, n, s, t)
	case opDropout:
		dropoutAVX512(dst, a, b, c, n, s, t)
	}
}

func lanesAVX2(op vecOp, dst, a, b, c *float32, n int, s, t float32) {
	switch op {
	case opExp:
		expAVX2(dst, a, b, c, n, s, t)
	case opLog:
		logAVX2(dst, a, b, c, n, s, t)
	case opTanh:
		tanhAVX2(dst, a, b, c, n, s, t)
	case opSigmoid:
		sigmoidAVX2(dst, a, b, c, n, s, t)
	case opGelu:
		geluAVX2(dst, a, b, c, n, s, t)
	case opSqrt:
		sqrtAVX2(dst, a, b, c, n, s, t)
	case opSquare:
		squareAVX2(dst, a, b, c, n, s, t)
	case opReLU:
		reluAVX2(dst, a, b, c, n, s, t)
	case opLeaky:
		leakyAVX2(dst, a, b, c, n, s, t)
	case opReLUGrad:
		reluGradAVX2(dst, a, b, c, n, s, t)
	case opLeakyGrad:
		leakyGradAVX2(dst, a, b, c, n, s, t)
	case opTanhGrad:
		tanhGradAVX2(dst, a, b, c, n, s, t)
	case opSigmoidGrad:
		sigmoidGradAVX2(dst, a, b, c, n, s, t)
	case opGeluGrad:
		geluGradAVX2(dst, a, b, c, n, s, t)
	case opAdd:
		addAVX2(dst, a, b, c, n, s, t)
	case opSub:
		subAVX2(dst, a, b, c, n, s, t)
	case opMul:
		mulAVX2(dst, a, b, c, n, s, t)
	case opScale:
		scaleAVX2(dst, a, b, c, n, s, t)
	case opAddConst:
		addConstAVX2(dst, a, b, c, n, s, t)
	case opFill:
		fillAVX2(dst, a, b, c, n, s, t)
	case opMulAdd:
		mulAddAVX2(dst, a, b, c, n, s, t)
	case opAxpy:
		axpyAVX2(dst, a, b, c, n, s, t)
	case opLerp:
		lerpAVX2(dst, a, b, c, n, s, t)
	case opShiftScale:
		shiftScaleAVX2(dst, a, b, c, n, s, t)
	case opUniform:
		uniformAVX2(dst, a, b, c, n, s, t)
	case opExponential:
		exponentialAVX2(dst, a, b, c, n, s, t)
	case opGumbel:
		gumbelAVX2(dst, a, b, c, n, s, t)
	case opDropout:
		dropoutAVX2(dst, a, b, c, n, s, t)
	}
}
