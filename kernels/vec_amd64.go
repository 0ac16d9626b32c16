//go:build !noasm

package kernels

func philoxWords(dst []float32, block uint32, d draw) {
	c := [6]uint32{block, uint32(d.step), uint32(d.step >> 32), d.stream, uint32(d.seed), uint32(d.seed >> 32)}
	switch n := len(dst); {
	case n == 0:
	case useAVX512:
		philoxAVX512(raw(dst), n, &c[0])
	case useAVX2:
		philoxAVX2(raw(dst), n, &c[0])
	default:
		philoxWordsGo(dst, block, d)
	}
}

func normals(dst, words []float32) {
	switch n := len(dst); {
	case n == 0:
	case useAVX512:
		normalsAVX512(raw(dst), raw(words), n)
	case useAVX2:
		normalsAVX2(raw(dst), raw(words), n)
	default:
		normalsGo(dst, words)
	}
}

func adam(p, g, m, v []float32, k *adamConsts) {
	switch n := len(p); {
	case n == 0:
	case useAVX512:
		adamAVX512(raw(p), raw(g), raw(m), raw(v), &k.toM, n)
	case useAVX2:
		adamAVX2(raw(p), raw(g), raw(m), raw(v), &k.toM, n)
	default:
		adamGo(p, g, m, v, k)
	}
}

// reduce adds groups of 64 elements, one at least, to the partial results.
func reduce(op redOp, acc *[redLanes]float32, dst, a, b []float32, s float32) {
	switch {
	case useAVX512:
		reduceAVX512(op, &acc[0], raw(dst), raw(a), raw(b), len(a), s)
	case useAVX2:
		reduceAVX2(op, &acc[0], raw(dst), raw(a), raw(b), len(a), s)
	default:
		reduceGo(op, acc, dst, a, b, s)
	}
}

func reduceAVX512(op redOp, acc, dst, a, b *float32, n int, s float32) {
	switch op {
	case redSum:
		sumLanesAVX512(acc, dst, a, b, n, s)
	case redDot:
		dotLanesAVX512(acc, dst, a, b, n, s)
	case redSquare:
		squareLanesAVX512(acc, dst, a, b, n, s)
	case redMax:
		maxLanesAVX512(acc, dst, a, b, n, s)
	case redExp:
		expLanesAVX512(acc, dst, a, b, n, s)
	case redNaN:
		nanLanesAVX512(acc, dst, a, b, n, s)
	}
}

func reduceAVX2(op redOp, acc, dst, a, b *float32, n int, s float32) {
	switch op {
	case redSum:
		sumLanesAVX2(acc, dst, a, b, n, s)
	case redDot:
		dotLanesAVX2(acc, dst, a, b, n, s)
	case redSquare:
		squareLanesAVX2(acc, dst, a, b, n, s)
	case redMax:
		maxLanesAVX2(acc, dst, a, b, n, s)
	case redExp:
		expLanesAVX2(acc, dst, a, b, n, s)
	case redNaN:
		nanLanesAVX2(acc, dst, a, b, n, s)
	}
}

// squares adds the squares of groups of 32 elements, one at least, to the partial sums.
func squares(acc *[squareLanes]float64, x []float32) {
	switch {
	case useAVX512:
		squaresAVX512(&acc[0], raw(x), len(x))
	case useAVX2:
		squaresAVX2(&acc[0], raw(x), len(x))
	default:
		squaresGo(acc, x)
	}
}

func colSums(op colOp, dst, x, mean, dy []float32, rows, cols int) {
	switch {
	case rows == 0 || cols == 0 || !useAVX2:
		colSumsGo(op, dst, x, mean, dy, rows, cols)
	case op == colSum && useAVX512:
		colSumAVX512(raw(dst), nil, raw(x), nil, rows, cols)
	case op == colSum:
		colSumAVX2(raw(dst), nil, raw(x), nil, rows, cols)
	case op == colDev && useAVX512:
		colDevAVX512(raw(dst), raw(mean), raw(x), nil, rows, cols)
	case op == colDev:
		colDevAVX2(raw(dst), raw(mean), raw(x), nil, rows, cols)
	case op == colDot && useAVX512:
		colDotAVX512(raw(dst), raw(mean), raw(x), raw(dy), rows, cols)
	case op == colDot:
		colDotAVX2(raw(dst), raw(mean), raw(x), raw(dy), rows, cols)
	}
}

func normalize(dst, x, mean, scale, shift []float32) {
	switch n := len(dst); {
	case n == 0:
	case useAVX512:
		normalizeAVX512(raw(dst), raw(x), raw(mean), raw(scale), raw(shift), n)
	case useAVX2:
		normalizeAVX2(raw(dst), raw(x), raw(mean), raw(scale), raw(shift), n)
	default:
		normalizeGo(dst, x, mean, scale, shift)
	}
}

func normalizeGrad(dx, dy, x, mean, a, b, c []float32) {
	switch n := len(dx); {
	case n == 0:
	case useAVX512:
		normalizeGradAVX512(raw(dx), raw(dy), raw(x), raw(mean), raw(a), raw(b), raw(c), n)
	case useAVX2:
		normalizeGradAVX2(raw(dx), raw(dy), raw(x), raw(mean), raw(a), raw(b), raw(c), n)
	default:
		normalizeGradGo(dx, dy, x, mean, a, b, c)
	}
}
