package kernels

// tileRows is the number of rows that are worked on side by side: a tile holds 16 rows transposed, so that a number of
// every row lies in a lane of its own, and sums within rows need no shuffling.
const tileRows = 16

// tileStats are the greatest element of each row of a tile, and the sum of the exponentials of the distances from it.
type tileStats struct{ max, sum [tileRows]float32 }

// rowTiles are the buffers of one chunk.
type rowTiles struct {
	x, y, z []float32 // [cols, 16]
	rows    []float32 // [16, cols]
	stats   tileStats
}

var tileLists freelist[rowTiles]

func getTiles(cols int) *rowTiles {
	t := tileLists.get()
	n := cols * tileRows
	t.x, t.y, t.z, t.rows = grow(t.x, n), grow(t.y, n), grow(t.z, n), grow(t.rows, n)
	return t
}

// tileInGo is the reference of tileIn: dst [cols, 16] becomes the transpose of x [rows, cols], rows <= 16. Lanes without a
// row get row 0.
func tileInGo(dst, x []float32, rows, cols int) {
	for l := range tileRows {
		r := l
		if l >= rows {
			r = 0
		}
		for j, v := range x[r*cols : (r+1)*cols] {
			dst[j*tileRows+l] = v
		}
	}
}

// tileOutGo is the reference of tileOut, the way back.
func tileOutGo(dst, tile []float32, rows, cols int) {
	for l := range rows {
		row := dst[l*cols : (l+1)*cols]
		for j := range row {
			row[j] = tile[j*tileRows+l]
		}
	}
}

// tileExpGo is the reference of tileExp: of v = (x + g)*scale, with g nil for none, dst becomes e^(v - max), and the
// statistics those of v.
func tileExpGo(dst, x, g []float32, scale float32, s *tileStats) {
	for l := range tileRows {
		m := -inf
		for j := l; j < len(x); j += tileRows {
			v := x[j]
			if g != nil {
				v += g[j]
			}
			v *= scale
			dst[j] = v
			m = max32(m, v)
		}
		sum := float32(0)
		for j := l; j < len(x); j += tileRows {
			e := exp32(dst[j] - m)
			dst[j] = e
			sum += e
		}
		s.max[l], s.sum[l] = m, sum
	}
}

// tileScaleGo is the reference of tileScale: dst is x times a number of each lane.
func tileScaleGo(dst, x []float32, s *[tileRows]float32) {
	for j, v := range x {
		dst[j] = v * s[j%tileRows]
	}
}

// tileShiftGo is the reference of tileShift: dst is x - a - b with numbers of each lane.
func tileShiftGo(dst, x []float32, a, b *[tileRows]float32) {
	for j, v := range x {
		dst[j] = v - a[j%tileRows] - b[j%tileRows]
	}
}

// tileGradGo is the reference of tileGrad: the gradient of softmax, dx = y*(dy - sum(dy*y))*scale.
func tileGradGo(dx, dy, y []float32, scale float32) {
	for l := range tileRows {
		sum := float32(0)
		for j := l; j < len(y); j += tileRows {
			sum = fma32(dy[j], y[j], sum)
		}
		for j := l; j < len(y); j += tileRows {
			dx[j] = float32((dy[j]-sum)*y[j]) * scale
		}
	}
}

// softmax turns e^(v - max) into softmax.
func (t *rowTiles) softmax(dst, e []float32) {
	var inverse [tileRows]float32
	for l, s := range t.stats.sum {
		inverse[l] = 1 / s
	}
	tileScale(dst, e, &inverse)
}
