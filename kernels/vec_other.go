//go:build noasm || !(amd64 || arm64)

package kernels

// Here the references are what runs.

func lanes(op vecOp, dst, a, b, c []float32, s, t float32) { lanesGo(op, dst, a, b, c, s, t) }

func philoxWords(dst []float32, block uint32, d draw) { philoxWordsGo(dst, block, d) }

func normals(dst, words []float32) { normalsGo(dst, words) }

func adam(p, g, m, v []float32, k *adamConsts) { adamGo(p, g, m, v, k) }

func reduce(op redOp, acc *[redLanes]float32, dst, a, b []float32, s float32) {
	reduceGo(op, acc, dst, a, b, s)
}

func squares(acc *[squareLanes]float64, x []float32) { squaresGo(acc, x) }

func colSums(op colOp, dst, x, mean, dy []float32, rows, cols int) {
	colSumsGo(op, dst, x, mean, dy, rows, cols)
}

func normalize(dst, x, mean, scale, shift []float32) { normalizeGo(dst, x, mean, scale, shift) }

func normalizeGrad(dx, dy, x, mean, a, b, c []float32) { normalizeGradGo(dx, dy, x, mean, a, b, c) }

func tileIn(dst, x []float32, rows, cols int) { tileInGo(dst, x, rows, cols) }

func tileOut(dst, tile []float32, rows, cols int) { tileOutGo(dst, tile, rows, cols) }

func tileExp(dst, x, g []float32, scale float32, s *tileStats) { tileExpGo(dst, x, g, scale, s) }

func tileScale(dst, x []float32, s *[tileRows]float32) { tileScaleGo(dst, x, s) }

func tileShift(dst, x []float32, a, b *[tileRows]float32) { tileShiftGo(dst, x, a, b) }

func tileGrad(dx, dy, y []float32, scale float32) { tileGradGo(dx, dy, y, scale) }
