//go:build !noasm

package kernels

// lanes does an operation on elements on one thread. The last elements go through buffers of four.
func lanes(op vecOp, dst, a, b, c []float32, s, t float32) {
	if !useNEON {
		lanesGo(op, dst, a, b, c, s, t)
		return
	}
	n := len(dst) &^ 3
	if n > 0 {
		lanesNEON(op, raw(dst), raw(a), raw(b), raw(c), n, s, t)
	}
	if n < len(dst) {
		var in [3][4]float32
		copy(in[0][:], from(a, n))
		copy(in[1][:], from(b, n))
		copy(in[2][:], from(c, n))
		lanesNEON(op, &in[0][0], &in[0][0], &in[1][0], &in[2][0], 4, s, t)
		copy(dst[n:], in[0][:])
	}
}

// from is x without its first n elements; nil stays nil.
func from(x []float32, n int) []float32 {
	if x == nil {
		return nil
	}
	return x[n:]
}

func lanesNEON(op vecOp, dst, a, b, c *float32, n int, s, t float32) {
	switch op {
	case opExp:
		expNEON(dst, a, b, c, n, s, t)
	case opLog:
		logNEON(dst, a, b, c, n, s, t)
	case opTanh:
		tanhNEON(dst, a, b, c, n, s, t)
	case opSigmoid:
		sigmoidNEON(dst, a, b, c, n, s, t)
	case opGelu:
		geluNEON(dst, a, b, c, n, s, t)
	case opSqrt:
		sqrtNEON(dst, a, b, c, n, s, t)
	case opSquare:
		squareNEON(dst, a, b, c, n, s, t)
	case opReLU:
		reluNEON(dst, a, b, c, n, s, t)
	case opLeaky:
		leakyNEON(dst, a, b, c, n, s, t)
	case opReLUGrad:
		reluGradNEON(dst, a, b, c, n, s, t)
	case opLeakyGrad:
		leakyGradNEON(dst, a, b, c, n, s, t)
	case opTanhGrad:
		tanhGradNEON(dst, a, b, c, n, s, t)
	case opSigmoidGrad:
		sigmoidGradNEON(dst, a, b, c, n, s, t)
	case opGeluGrad:
		geluGradNEON(dst, a, b, c, n, s, t)
	case opAdd:
		addNEON(dst, a, b, c, n, s, t)
	case opSub:
		subNEON(dst, a, b, c, n, s, t)
	case opMul:
		mulNEON(dst, a, b, c, n, s, t)
	case opScale:
		scaleNEON(dst, a, b, c, n, s, t)
	case opAddConst:
		addConstNEON(dst, a, b, c, n, s, t)
	case opFill:
		fillNEON(dst, a, b, c, n, s, t)
	case opMulAdd:
		mulAddNEON(dst, a, b, c, n, s, t)
	case opAxpy:
		axpyNEON(dst, a, b, c, n, s, t)
	case opLerp:
		lerpNEON(dst, a, b, c, n, s, t)
	case opShiftScale:
		shiftScaleNEON(dst, a, b, c, n, s, t)
	case opUniform:
		uniformNEON(dst, a, b, c, n, s, t)
	case opExponential:
		exponentialNEON(dst, a, b, c, n, s, t)
	case opGumbel:
		gumbelNEON(dst, a, b, c, n, s, t)
	case opDropout:
		dropoutNEON(dst, a, b, c, n, s, t)
	}
}
