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
	// their sum, and need not be known any better.
	beyondRounding = 40
	blockRows      = 256 // rows whose densities are computed together, which stay in the cache of the second level
	blockColumns   = 6   // columns after which it is seen which rows need not be known any better
)

// A block is room for the densities of some rows, column by column: so each step is a sum over many rows.
type block struct {
	columns []float64 // [D, blockRows] all rows
	first   []int     // [blockRows] component that each row was of before
	best    []float64 // [blockRows] greatest logarithm of a density so far

	rows  []int     // [B] those that are asked about
	least []float64 // [B] below this a density need not be known
	value []float64 // [B] logarithm of the density
	off   []float64 // [D, blockRows] the rows about a mean
	white []float64 // [blockRows] one column of the whitened rows
	kept  []int     // places in rows of those that drop leaves
}

func newBlock(d int) *block {
	return &block{columns: make([]float64, d*blockRows), first: make([]int, blockRows), best: make([]float64, blockRows),
		off: make([]float64, d*blockRows), white: make([]float64, blockRows)}
}

// expect sets resp [N, K] and gives the mean log-likelihood of the rows of x. A row begins with the component that it was
// of before, so that others can be left early.
func (m *mixture) expect(x, resp *mat.Dense) float64 {
	n, d := x.Dims()
	each, strips := mixtureRows(n)
	sums := make([]float64, strips)
	run.Parallel(strips, func(s int) {
		b := newBlock(d)
		for from, end := s*each, min(n, (s+1)*each); from < end; from += blockRows {
			to := min(from+blockRows, end)
			sums[s] += m.expectBlock(b, x, resp, from, to)
		}
	})
	return floats.Sum(sums) / float64(n)
}

// expectBlock sets resp of some rows and gives the sum of their log-likelihoods.
func (m *mixture) expectBlock(b *block, x, resp *mat.Dense, from, to int) (likelihood float64) {
	b.begin(x, resp, from, to)
	for _, others := range []bool{false, true} {
		for c := range m.logWeight {
			b.ask(m.constant[c], func(i int) bool { return (b.first[i] == c) != others }, to-from)
			m.densities(b, c)
			for at, i := range b.rows {
				if v := b.value[at]; v >= b.least[at] {
					resp.Set(from+i, c, v)
					b.best[i] = max(b.best[i], v)
				}
			}
		}
	}
	for i := from; i < to; i++ {
		row := resp.RawRowView(i)
		all := floats.LogSumExp(row)
		for c, l := range row {
			row[c] = math.Exp(l - all)
		}
		likelihood += all
	}
	return likelihood
}

// begin takes rows in, and empties their resp.
func (b *block) begin(x, resp *mat.Dense, from, to int) {
	for i := range to - from {
		for j, v := range x.RawRowView(from + i) {
			b.columns[j*blockRows+i] = v
		}
		row := resp.RawRowView(from + i)
		b.first[i], b.best[i] = floats.MaxIdx(row), math.Inf(-1)
		for c := range row {
			row[c] = math.Inf(-1)
		}
	}
}

// ask lists the rows that a component is asked about, of n.
func (b *block) ask(constant float64, about func(i int) bool, n int) {
	b.rows, b.least, b.value = b.rows[:0], b.least[:0], b.value[:0]
	for i := range n {
		if about(i) {
			b.rows, b.least, b.value = append(b.rows, i), append(b.least, b.best[i]-beyondRounding), append(b.value, constant)
		}
	}
}

// densities sets value to the logarithms of a component's weighted densities, and drops rows where it is known to be less than least.
func (m *mixture) densities(b *block, c int) {
	_, d := m.mean.Dims()
	for j := range d {
		n := len(b.rows)
		if n == 0 {
			return
		}
		column, off, mean := b.columns[j*blockRows:(j+1)*blockRows], b.off[j*blockRows:][:n], m.mean.At(c, j)
		for at, i := range b.rows {
			off[at] = column[i] - mean
		}
		white, value, factor := b.white[:n], b.value[:n], m.whiten[c].RawRowView(j)[:j+1]
		seen := blas64.General{Rows: j + 1, Cols: n, Stride: blockRows, Data: b.off[:j*blockRows+n]}
		blas64.Gemv(blas.Trans, 1, seen, blas64.Vector{N: j + 1, Data: factor, Inc: 1}, 0, blas64.Vector{N: n, Data: white, Inc: 1})
		for at, v := range white {
			value[at] -= v * v / 2
		}
		if (j+1)%blockColumns == 0 {
			b.drop(j + 1)
		}
	}
}

// drop leaves out rows whose density is less than least, once they are many; so many columns have been seen.
func (b *block) drop(columns int) {
	b.kept = b.kept[:0]
	for at, v := range b.value {
		if v >= b.least[at] {
			b.kept = append(b.kept, at)
		}
	}
	if 8*len(b.kept) > 7*len(b.rows) {
		return
	}
	for to, at := range b.kept {
		b.rows[to], b.least[to], b.value[to] = b.rows[at], b.least[at], b.value[at]
	}
	for j := range columns {
		off := b.off[j*blockRows : (j+1)*blockRows]
		for to, at := range b.kept {
			off[to] = off[at]
		}
	}
	n := len(b.kept)
	b.rows, b.least, b.value = b.rows[:n], b.least[:n], b.value[:n]
}
