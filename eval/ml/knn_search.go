package ml

import (
	"fmt"
	"math"
	"sync"

	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"gonum.org/v1/gonum/mat"
)

// Nearest are the K nearest rows of a base for each of M queries, the nearest first.
type Nearest struct {
	K        int
	Index    []int32   // [M, K], rows of the base
	Distance []float64 // [M, K], Euclidean
}

// Neighbours finds the k nearest rows of base [N, D] for each row of queries [M, D]. It is exact: distances are sums of
// squared differences in float64, and of equally near rows the one with the lowest index comes first. With others, row i of
// the queries is row i of the base, and not a neighbour of itself. The error is ErrNoRows, or wraps ErrInput: the columns
// differ, a cell is NaN or infinite, or there are fewer than k rows to find.
//
// Products of matrices in float32 say which rows can be near at all, with a bound on their rounding error; only of those the
// distance is computed. The result depends neither on that nor on the number of threads.
func Neighbours(queries, base *mat.Dense, k int, others bool) (Nearest, error) {
	if err := checkCells(base); err != nil {
		return Nearest{}, fmt.Errorf("base: %w", err)
	}
	if err := checkCells(queries); err != nil {
		return Nearest{}, fmt.Errorf("queries: %w", err)
	}
	m, width := queries.Dims()
	n, cols := base.Dims()
	there := n
	if others {
		there--
	}
	switch {
	case width != cols:
		return Nearest{}, fmt.Errorf("%w: queries of %d columns in a base of %d", ErrInput, width, cols)
	case others && m != n:
		return Nearest{}, fmt.Errorf("%w: %d queries that are the %d rows of the base", ErrInput, m, n)
	case k < 1 || k > there:
		return Nearest{}, fmt.Errorf("%w: %d neighbours of %d rows: ask for fewer", ErrInput, k, there)
	}
	s := search{queries: queries, base: base, others: others,
		Nearest: Nearest{K: k, Index: make([]int32, m*k), Distance: make([]float64, m*k)}}
	s.prepare()
	defer kernels.Apart()()
	run.Parallel((m+queryRows-1)/queryRows, s.block)
	for i, d := range s.Distance {
		s.Distance[i] = math.Sqrt(d)
	}
	return s.Nearest, nil
}

const (
	queryRows = 64   // queries that are looked at together
	panelRows = 1024 // rows of the base whose products with them stay in cache
)

// A search compares squared distances by halves: |q-b|^2/2 = |q|^2/2 - (q.b - |b|^2/2). A product with one more column, 1 for a
// query q and -|b|^2/2 for a row b of the base, gives the bracket for all pairs, and a pair is looked at when the bracket is large
// enough. Both sides are moved by the mean of the base and scaled by a power of two, so that float32 holds them well.
//
// The bracket's error: with u = 2^-24, rounding q and b, D+1 multiply-adds and the sum of their blocks of 256 err by less than
// e (|q||b| + |b|^2/2), e = (D+12) u, which is at most e (|q|^2/2 + |b|^2). So a column of -(1-4e) |b|^2/2 and a threshold with
// (1-2e) |q|^2/2 never lose a pair; half of either is left for the rounding of the float64 distance that it is compared with. Numbers
// that underflow err by less than tiny in the sum.
type search struct {
	queries, base *mat.Dense
	others        bool
	Nearest                        // distances are squared until the end
	mean          []float64        // [D]
	scale         float64          // 0: the numbers are out of float32's reach, and all pairs are looked at
	e             float64          // relative error
	panels        []kernels.Packed // of the base
	scratch       sync.Pool        // of *searchScratch
}

const tiny = 0x1p-100

type searchScratch struct {
	q, product []float32 // [queryRows, D+1], [queryRows, panelRows]
	half       [queryRows]float64
	found      [queryRows]int
}

func (s *search) prepare() {
	_, cols := s.base.Dims()
	s.e = float64(cols+12) * 0x1p-24
	s.scratch.New = func() any {
		return &searchScratch{q: make([]float32, queryRows*(cols+1)), product: make([]float32, queryRows*panelRows)}
	}
	s.centre()
	if s.scale == 0 {
		return
	}
	n, _ := s.base.Dims()
	s.panels = make([]kernels.Packed, (n+panelRows-1)/panelRows)
	rows := make([]float32, panelRows*(cols+1))
	for p := range s.panels {
		from, to := p*panelRows, min(n, (p+1)*panelRows)
		for i := from; i < to; i++ {
			row := rows[(i-from)*(cols+1) : (i-from+1)*(cols+1)]
			row[cols] = float32(-(1 - 4*s.e) * s.narrow(row, s.base.RawRowView(i)))
		}
		s.panels[p].Pack(kernels.NT, cols+1, to-from, rows, cols+1)
	}
}

// centre finds mean and scale.
func (s *search) centre() {
	n, cols := s.base.Dims()
	s.mean = make([]float64, cols)
	for i := range n {
		for j, v := range s.base.RawRowView(i) {
			s.mean[j] += v / float64(n)
		}
	}
	most := 0.0
	for _, x := range []*mat.Dense{s.base, s.queries} {
		rows, _ := x.Dims()
		for i := range rows {
			for j, v := range x.RawRowView(i) {
				most = max(most, math.Abs(v-s.mean[j]))
			}
		}
	}
	// Beyond that, squares in float64 get lost too; more columns than that would leave no bits of float32.
	if most > 1e-150 && most < 1e150 && s.e < 0.01 {
		_, power := math.Frexp(most)
		s.scale = math.Ldexp(1, -power)
	}
}

// narrow writes a row in float32 and gives half its squared length before rounding.
func (s *search) narrow(dst []float32, row []float64) (half float64) {
	for j, v := range row {
		v = (v - s.mean[j]) * s.scale
		half += v * v / 2
		dst[j] = float32(v)
	}
	return half
}

// block answers one block of queries.
func (s *search) block(b int) {
	m, cols := s.queries.Dims()
	n, _ := s.base.Dims()
	from, to := b*queryRows, min(m, (b+1)*queryRows)
	w := s.scratch.Get().(*searchScratch)
	defer s.scratch.Put(w)
	clear(w.found[:])
	if s.scale == 0 {
		for i := from; i < to; i++ {
			for j := range n {
				w.found[i-from] = s.offer(i, j, w.found[i-from])
			}
		}
		return
	}
	for i := from; i < to; i++ {
		row := w.q[(i-from)*(cols+1) : (i-from+1)*(cols+1)]
		w.half[i-from] = s.narrow(row, s.queries.RawRowView(i))
		row[cols] = 1
	}
	for p := range s.panels {
		_, width := s.panels[p].Shape()
		kernels.GemmPacked(kernels.NN, to-from, w.q, cols+1, &s.panels[p], w.product, panelRows, nil)
		for i := from; i < to; i++ {
			product := w.product[(i-from)*panelRows : (i-from)*panelRows+width]
			w.found[i-from] = s.scan(i, p*panelRows, product, w.half[i-from], w.found[i-from])
		}
	}
}

// scan looks at the rows of the base from first on that may be nearer to query i than those found so far.
func (s *search) scan(i, first int, product []float32, half float64, found int) int {
	cut := s.cut(i, half, found)
	for j, v := range product {
		if v > cut {
			found = s.offer(i, first+j, found)
			cut = s.cut(i, half, found)
		}
	}
	return found
}

// cut is what the product of a pair must exceed for the pair to be nearer than the farthest found.
func (s *search) cut(i int, half float64, found int) float32 {
	if found < s.K {
		return float32(math.Inf(-1))
	}
	farthest := math.Sqrt(s.Distance[(i+1)*s.K-1]) * s.scale
	cut := (1-2*s.e)*half - farthest*farthest/2 - tiny
	return math.Nextafter32(float32(cut), float32(math.Inf(-1)))
}

// offer takes row j of the base in where it is nearer to query i than one of the found, and gives their number.
func (s *search) offer(i, j, found int) int {
	if s.others && i == j {
		return found
	}
	d := 0.0
	q, b := s.queries.RawRowView(i), s.base.RawRowView(j)
	b = b[:len(q)]
	for c, v := range q {
		d += (v - b[c]) * (v - b[c])
	}
	index, distance := s.Index[i*s.K:(i+1)*s.K], s.Distance[i*s.K:(i+1)*s.K]
	if found == s.K {
		if d >= distance[s.K-1] {
			return found
		}
		found--
	}
	at := found
	for ; at > 0 && distance[at-1] > d; at-- {
		index[at], distance[at] = index[at-1], distance[at-1]
	}
	index[at], distance[at] = int32(j), d
	return found + 1
}
