package synthcity

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/run"
)

const (
	// A component that is this much less likely than another, in natural logarithms, is below the rounding error of
	// their sum, and need not be known.
	beyondRounding = 40
	blockRows      = 512 // rows whose densities are computed together, which stay in the cache of the second level
)

// A block is room for the densities of some rows, column by column: so each step is a sum over many rows.
type block struct {
	columns []float64 // [D, blockRows] all rows
	rows    [][]int   // [K] the rows that a component is asked about
	value   []float64 // [blockRows] logarithms of densities
	off     []float64 // [D, blockRows] the rows about a mean
	white   []float64 // [blockRows] one column of the whitened rows
	seen    glance
}

func newBlock(d, k int) *block {
	return &block{columns: make([]float64, d*blockRows), rows: make([][]int, k), value: make([]float64, blockRows),
		off: make([]float64, d*blockRows), white: make([]float64, blockRows), seen: newGlance(d, k)}
}

// expect sets resp [N, K] and gives the mean log-likelihood of the rows of p.
func (m *mixture) expect(p *samples, resp *mat.Dense) float64 {
	n, d := p.x.Dims()
	each, strips := mixtureRows(n)
	sums := make([]float64, strips)
	s := newScreen(m, p)
	run.Parallel(strips, func(strip int) {
		b, ok := m.blocks.Get().(*block)
		if !ok {
			b = newBlock(d, len(m.logWeight))
		}
		defer m.blocks.Put(b)
		for from, end := strip*each, min(n, (strip+1)*each); from < end; from += blockRows {
			sums[strip] += m.expectBlock(b, s, p, resp, from, min(from+blockRows, end))
		}
	})
	return floats.Sum(sums) / float64(n)
}

// expectBlock sets resp of some rows and gives the sum of their log-likelihoods.
func (m *mixture) expectBlock(b *block, s *screen, p *samples, resp *mat.Dense, from, to int) (likelihood float64) {
	for i := range to - from {
		for j, v := range p.x.RawRowView(from + i) {
			b.columns[j*blockRows+i] = v
		}
		row := resp.RawRowView(from + i)
		for c := range row {
			row[c] = math.Inf(-1)
		}
	}
	s.ask(b, p, from, to)
	for c, rows := range b.rows {
		m.densities(b, c)
		for at, i := range rows {
			resp.Set(from+i, c, b.value[at])
		}
	}
	for i := from; i < to; i++ {
		likelihood += posterior(resp.RawRowView(i))
	}
	return likelihood
}

// posterior turns logarithms of densities into what each is of their sum, and gives the sum's logarithm.
func posterior(logs []float64) float64 {
	most, sum := floats.Max(logs), 0.0
	for c, l := range logs {
		if math.IsInf(l, -1) {
			logs[c] = 0
			continue
		}
		logs[c] = math.Exp(l - most)
		sum += logs[c]
	}
	for c := range logs {
		logs[c] /= sum
	}
	return most + math.Log(sum)
}

// densities sets value to the logarithms of a component's weighted densities of the rows that it is asked about.
func (m *mixture) densities(b *block, c int) {
	_, d := m.mean.Dims()
	rows := b.rows[c]
	n := len(rows)
	if n == 0 {
		return
	}
	white, value := b.white[:n], b.value[:n]
	for at := range value {
		value[at] = m.constant[c]
	}
	for j := range d {
		column, off, mean := b.columns[j*blockRows:(j+1)*blockRows], b.off[j*blockRows:][:n], m.mean.At(c, j)
		for at, i := range rows {
			off[at] = column[i] - mean
		}
		seen := blas64.General{Rows: j + 1, Cols: n, Stride: blockRows, Data: b.off[:j*blockRows+n]}
		factor := blas64.Vector{N: j + 1, Data: m.whiten[c].RawRowView(j)[:j+1], Inc: 1}
		blas64.Gemv(blas.Trans, 1, seen, factor, 0, blas64.Vector{N: n, Data: white, Inc: 1})
		for at, v := range white {
			value[at] -= v * v / 2
		}
	}
}
