//go:build !noasm

package kernels

func tileIn(dst, x []float32, rows, cols int) {
	if !useAVX2 || rows < tileRows || cols < 8 {
		tileInGo(dst, x, rows, cols)
		return
	}
	blocks := cols / 8
	for l := 0; l < tileRows; l += 8 {
		transpose8AVX2(&dst[l], &x[l*cols], 4*tileRows, 4*cols, 32*tileRows, 32, blocks)
	}
	if j := cols - 8; cols%8 != 0 { // the last 8 columns, some of them again
		for l := 0; l < tileRows; l += 8 {
			transpose8AVX2(&dst[j*tileRows+l], &x[l*cols+j], 4*tileRows, 4*cols, 0, 0, 1)
		}
	}
}

func tileOut(dst, tile []float32, rows, cols int) {
	if !useAVX2 || rows < tileRows || cols < 8 {
		tileOutGo(dst, tile, rows, cols)
		return
	}
	for j := 0; j < cols; j += 8 {
		j := min(j, cols-8)
		transpose8AVX2(&dst[j], &tile[j*tileRows], 4*cols, 4*tileRows, 32*cols, 32, 2)
	}
}

func tileExp(dst, x, g []float32, scale float32, s *tileStats) {
	n := len(x) / tileRows
	switch {
	case n == 0 || !useAVX2:
		tileExpGo(dst, x, g, scale, s)
	case g == nil && useAVX512:
		tileExpAVX512(raw(dst), raw(x), nil, &s.max[0], n, scale)
	case g == nil:
		tileExpAVX2(raw(dst), raw(x), nil, &s.max[0], n, scale)
	case useAVX512:
		tileExpNoiseAVX512(raw(dst), raw(x), raw(g), &s.max[0], n, scale)
	default:
		tileExpNoiseAVX2(raw(dst), raw(x), raw(g), &s.max[0], n, scale)
	}
}

func tileScale(dst, x []float32, s *[tileRows]float32) {
	n := len(x) / tileRows
	switch {
	case n == 0:
	case useAVX512:
		tileScaleAVX512(raw(dst), raw(x), &s[0], &s[0], n)
	case useAVX2:
		tileScaleAVX2(raw(dst), raw(x), &s[0], &s[0], n)
	default:
		tileScaleGo(dst, x, s)
	}
}

func tileShift(dst, x []float32, a, b *[tileRows]float32) {
	n := len(x) / tileRows
	switch {
	case n == 0:
	case useAVX512:
		tileShiftAVX512(raw(dst), raw(x), &a[0], &b[0], n)
	case useAVX2:
		tileShiftAVX2(raw(dst), raw(x), &a[0], &b[0], n)
	default:
		tileShiftGo(dst, x, a, b)
	}
}

func tileGrad(dx, dy, y []float32, scale float32) {
	n := len(y) / tileRows
	switch {
	case n == 0:
	case useAVX512:
		tileGradAVX512(raw(dx), raw(dy), raw(y), n, scale)
	case useAVX2:
		tileGradAVX2(raw(dx), raw(dy), raw(y), n, scale)
	default:
		tileGradGo(dx, dy, y, scale)
	}
}
