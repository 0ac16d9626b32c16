//go:build !noasm

package kernels

func philoxWords(dst []float32, block uint32, d draw) {
	if !useNEON || len(dst) == 0 {
		philoxWordsGo(dst, block, d)
		return
	}
	c := [6]uint32{block, uint32(d.step), uint32(d.step >> 32), d.stream, uint32(d.seed), uint32(d.seed >> 32)}
	philoxNEON(raw(dst), len(dst), &c[0])
}

func normals(dst, words []float32) {
	if !useNEON || len(dst) == 0 {
		normalsGo(dst, words)
		return
	}
	normalsNEON(raw(dst), raw(words), len(dst))
}

func adam(p, g, m, v []float32, k *adamConsts) {
	n := 0
	if useNEON {
		n = len(p) &^ 3
	}
	if n > 0 {
		adamNEON(raw(p), raw(g), raw(m), raw(v), &k.toM, n)
	}
	adamGo(p[n:], g[n:], m[n:], v[n:], k)
}

// reduce adds groups of 64 elements, one at least, to the partial results.
func reduce(op redOp, acc *[redLanes]float32, dst, a, b []float32, s float32) {
	to, x, y, n := raw(dst), raw(a), raw(b), len(a)
	switch {
	case !useNEON:
		reduceGo(op, acc, dst, a, b, s)
	case op == redSum:
		sumLanesNEON(&acc[0], to, x, y, n, s)
	case op == redDot:
		dotLanesNEON(&acc[0], to, x, y, n, s)
	case op == redSquare:
		squareLanesNEON(&acc[0], to, x, y, n, s)
	case op == redMax:
		maxLanesNEON(&acc[0], to, x, y, n, s)
	case op == redExp:
		expLanesNEON(&acc[0], to, x, y, n, s)
	case op == redNaN:
		nanLanesNEON(&acc[0], to, x, y, n, s)
	}
}

func squares(acc *[squareLanes]float64, x []float32) { squaresGo(acc, x) }

func colSums(op colOp, dst, x, mean, dy []float32, rows, cols int) {
	switch {
	case !useNEON || rows == 0 || cols == 0 || cols%4 != 0:
		colSumsGo(op, dst, x, mean, dy, rows, cols)
	case op == colSum:
		colSumNEON(raw(dst), nil, raw(x), nil, rows, cols)
	case op == colDev:
		colDevNEON(raw(dst), raw(mean), raw(x), nil, rows, cols)
	case op == colDot:
		colDotNEON(raw(dst), raw(mean), raw(x), raw(dy), rows, cols)
	}
}

func normalize(dst, x, mean, scale, shift []float32) {
	n := 0
	if useNEON {
		n = len(dst) &^ 3
	}
	if n > 0 {
		normalizeNEON(raw(dst), raw(x), raw(mean), raw(scale), raw(shift), n)
	}
	normalizeGo(dst[n:], x[n:], mean[n:], scale[n:], shift[n:])
}

func normalizeGrad(dx, dy, x, mean, a, b, c []float32) {
	n := 0
	if useNEON {
		n = len(dx) &^ 3
	}
	if n > 0 {
		normalizeGradNEON(raw(dx), raw(dy), raw(x), raw(mean), raw(a), raw(b), raw(c), n)
	}
	normalizeGradGo(dx[n:], dy[n:], x[n:], mean[n:], a[n:], b[n:], c[n:])
}

func tileIn(dst, x []float32, rows, cols int) { tileInGo(dst, x, rows, cols) }

func tileOut(dst, tile []float32, rows, cols int) { tileOutGo(dst, tile, rows, cols) }

func tileExp(dst, x, g []float32, scale float32, s *tileStats) {
	n := len(x) / tileRows
	switch {
	case n == 0 || !useNEON:
		tileExpGo(dst, x, g, scale, s)
	case g == nil:
		tileExpNEON(raw(dst), raw(x), nil, &s.max[0], n, scale)
	default:
		tileExpNoiseNEON(raw(dst), raw(x), raw(g), &s.max[0], n, scale)
	}
}

func tileScale(dst, x []float32, s *[tileRows]float32) {
	if !useNEON || len(x) == 0 {
		tileScaleGo(dst, x, s)
		return
	}
	tileScaleNEON(raw(dst), raw(x), &s[0], &s[0], len(x)/tileRows)
}

func tileShift(dst, x []float32, a, b *[tileRows]float32) {
	if !useNEON || len(x) == 0 {
		tileShiftGo(dst, x, a, b)
		return
	}
	tileShiftNEON(raw(dst), raw(x), &a[0], &b[0], len(x)/tileRows)
}

func tileGrad(dx, dy, y []float32, scale float32) {
	if !useNEON || len(y) == 0 {
		tileGradGo(dx, dy, y, scale)
		return
	}
	tileGradNEON(raw(dx), raw(dy), raw(y), len(y)/tileRows, scale)
}
