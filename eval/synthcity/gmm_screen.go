package synthcity

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"example.org/cohort/kernels"
)

// glanceRows are looked at together: their whitened numbers stay in the cache. They divide blockRows.
const glanceRows = 128

// samples are rows as they come, and in float32 about the centre of a scaling, so that columns of all units keep their digits.
type samples struct {
	x      *mat.Dense
	scaled []*kernels.Packed // by glance, [D+1, glanceRows]: the scaled rows, and a row of ones
	length []float64         // [N] of the scaled rows
	scaling
}

// A scaling takes columns to a mean of 0 and a deviation of 1.
type scaling struct{ centre, size []float64 } // [D]

// scalingOf is that of the rows of x [N, D].
func scalingOf(x *mat.Dense) scaling {
	_, d := x.Dims()
	s := scaling{centre: make([]float64, d), size: make([]float64, d)}
	for j := range d {
		s.centre[j], s.size[j] = stat.PopMeanStdDev(mat.Col(nil, j, x), nil)
		if !(s.size[j] > 0) {
			s.size[j] = 1
		}
	}
	return s
}

// samples takes the rows of x [N, D] in.
func (s scaling) samples(x *mat.Dense) *samples {
	n, d := x.Dims()
	p := &samples{x: x, length: make([]float64, n), scaling: s}
	row, few := make([]float64, d), make([]float32, glanceRows*(d+1))
	for at := 0; at < n; at += glanceRows {
		rows := min(glanceRows, n-at)
		for i := range rows {
			s.scale(row, x.RawRowView(at+i))
			for j, v := range row {
				few[i*(d+1)+j] = float32(v)
			}
			few[i*(d+1)+d] = 1
			p.length[at+i] = floats.Norm(row, 2)
		}
		packed := new(kernels.Packed)
		packed.Pack(kernels.NT, d+1, rows, few, d+1)
		p.scaled = append(p.scaled, packed)
	}
	return p
}

func (s scaling) scale(dst, x []float64) {
	for j, v := range x {
		dst[j] = (v - s.centre[j]) / s.size[j]
	}
}

// A screen tells in float32 which components need not be known of a row. It errs on one side only: rounding moves a whitened row by
// no more than slack times the lengths of the row and of the mean.
type screen struct {
	d        int
	whiten   []float32 // [K D, D+1]: the whitening of the scaled rows by each component, and the whitened means, negative
	length   []float64 // [K] of the scaled means
	slack    []float64 // [K]
	relative float64   // rounding of a length
	constant []float64 // [K] logarithm of a density at the mean
}

func newScreen(m *mixture, p *samples) *screen {
	k, d := m.mean.Dims()
	s := &screen{d: d, whiten: make([]float32, k*d*(d+1)), length: make([]float64, k), slack: make([]float64, k), constant: m.constant}
	// A sum of D products of rounded numbers is off by no more than about D/2^24 of the sum of their sizes: twice that is safe.
	s.relative = float64(d+5) * 0x1p-23
	mean := make([]float64, d)
	for c := range k {
		p.scale(mean, m.mean.RawRowView(c))
		s.length[c] = floats.Norm(mean, 2)
		squares := 0.0
		for j := range d {
			row, sum := s.whiten[(c*d+j)*(d+1):(c*d+j+1)*(d+1)], 0.0
			for l, w := range m.whiten[c].RawRowView(j) {
				w *= p.size[l]
				squares += w * w
				sum += w * mean[l]
				row[l] = float32(w)
			}
			row[d] = float32(-sum)
		}
		s.slack[c] = s.relative * math.Sqrt(squares)
	}
	return s
}

// A glance is room for the distances of some rows from all components.
type glance struct {
	white    []float32 // [K, D, glanceRows]
	distance []float32 // [K, glanceRows], squared
	least    []float64 // [glanceRows] below this a density need not be known
}

func newGlance(d, k int) glance {
	return glance{white: make([]float32, k*d*glanceRows), distance: make([]float32, k*glanceRows), least: make([]float64, glanceRows)}
}

// ask lists, for each component, the rows of a block of which it must be known.
func (s *screen) ask(b *block, p *samples, from, to int) {
	for c := range b.rows {
		b.rows[c] = b.rows[c][:0]
	}
	k, g := len(s.constant), &b.seen
	for at := from; at < to; at += glanceRows {
		n := min(glanceRows, to-at)
		white := g.white[:k*s.d*n]
		kernels.GemmPacked(kernels.NN, k*s.d, s.whiten, s.d+1, p.scaled[at/glanceRows], white, n, nil)
		kernels.Square(white, white)
		for c := range k {
			kernels.ColSums(g.distance[c*n:(c+1)*n], white[c*s.d*n:(c+1)*s.d*n], s.d, n)
		}
		s.list(b, p.length[at:at+n], at-from)
	}
}

// list adds rows to the lists of the components that may be within beyondRounding of the most likely one. What float32 can't
// hold compares as false, and the row is listed. first is the place of the first row in the block.
func (s *screen) list(b *block, length []float64, first int) {
	n, g := len(length), &b.seen
	for i := range length {
		g.least[i] = math.Inf(-1)
	}
	for c, constant := range s.constant {
		for i, r := range g.distance[c*n : (c+1)*n] {
			far := math.Sqrt(float64(r))*(1+s.relative) + s.slack[c]*(length[i]+s.length[c])
			g.least[i] = max(g.least[i], constant-far*far/2-beyondRounding)
		}
	}
	for c, constant := range s.constant {
		for i, r := range g.distance[c*n : (c+1)*n] {
			near := max(0, math.Sqrt(float64(r))*(1-s.relative)-s.slack[c]*(length[i]+s.length[c]))
			if constant-near*near/2 < g.least[i] {
				continue
			}
			b.rows[c] = append(b.rows[c], first+i)
		}
	}
}
