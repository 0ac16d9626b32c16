package draw

import (
	"math"

	"example.org/cohort/internal/rng"
)

// A sample of unequal probabilities is balanced on features if the sum of each feature over the units that are in it is what it is expected to
// be: sum of s x = sum of p x. The cube method (Deville and Tillé, "Efficient balanced sampling", Biometrika 91, 2004; in the order of the
// units as Chauvet and Tillé, "A fast algorithm for balanced sampling", 2006) keeps each unit's probability exactly. N units, K features.

// A matrix is N rows of features, most of them 0.
type matrix struct {
	from []int32 // N + 1: where a row's entries begin
	at   []int32 // feature
	x    []float64
}

func (m *matrix) add(feature int, x float64) {
	if x != 0 {
		m.at, m.x = append(m.at, int32(feature)), append(m.x, x)
	}
}

// end ends a row.
func (m *matrix) end() { m.from = append(m.from, int32(len(m.at))) }

func newMatrix() *matrix { return &matrix{from: []int32{0}} }

const (
	// decided is how near to 0 or 1 a probability counts as such.
	decided = 1e-9
	// leastPivot is the least entry that a row is divided by.
	leastPivot = 1e-7
)

// balanced turns the probabilities p, N, into 0 and 1, balanced on the first k features as far as whole units can be: when fewer units are left
// open than there are features, the last quarter of the features is let go, and so on.
func balanced(p []float64, m *matrix, k int, r *rng.Stream) {
	open := make([]int, 0, len(p))
	for i := range p {
		open = append(open, i)
	}
	for ; k > 0; k -= (k + 3) / 4 {
		f := flight{p: p, m: m, r: r, a: make([]float64, k)}
		for range k {
			f.basic = append(f.basic, -1)
			f.e = append(f.e, make([]float64, k))
			f.e[len(f.e)-1][len(f.e)-1] = 1
		}
		for _, i := range open {
			f.insert(i)
		}
		left := open[:0]
		for _, i := range open {
			if p[i] > 0 && p[i] < 1 {
				left = append(left, i)
			}
		}
		open = left
	}
	for _, i := range open {
		if p[i] = math.Floor(p[i] + r.Float64()); p[i] > 1 {
			p[i] = 1
		}
	}
}

// A flight is the first phase of the cube method. It keeps the features of some open units, the basic ones, as unit vectors: e is the product of
// the row operations that did it. What is left of the features of another unit says by how much the basic ones must give way to it.
type flight struct {
	p     []float64
	m     *matrix
	r     *rng.Stream
	e     [][]float64 // K columns
	basic []int       // by row: a unit, or -1
	a     []float64   // the features of the unit that is inserted, after the row operations
}

// insert takes in unit i: it becomes basic or, with what others give way, decided.
func (f *flight) insert(i int) {
	if f.settle(i) {
		return
	}
	clear(f.a)
	for j := f.m.from[i]; j < f.m.from[i+1]; j++ {
		if c := int(f.m.at[j]); c < len(f.a) {
			axpy(f.m.x[j], f.e[c], f.a)
		}
	}
	for {
		row, most := -1, leastPivot
		for k, b := range f.basic {
			if x := math.Abs(f.a[k]); b < 0 && x > most {
				row, most = k, x
			}
		}
		if row >= 0 {
			f.pivot(row)
			f.basic[row] = i
			return
		}
		if f.step(i) {
			return
		}
	}
}

// settle makes what is as good as 0 or 1 just that, and tells whether it was.
func (f *flight) settle(i int) bool {
	if f.p[i] < decided {
		f.p[i] = 0
	}
	if f.p[i] > 1-decided {
		f.p[i] = 1
	}
	return f.p[i] == 0 || f.p[i] == 1
}

// pivot makes the inserted unit's features a unit vector.
func (f *flight) pivot(row int) {
	by := f.a[row]
	f.a[row] = 0
	for _, e := range f.e {
		if e[row] == 0 {
			continue
		}
		x := e[row] / by
		axpy(-x, f.a, e)
		e[row] = x
	}
}

// step moves unit i, and the basic ones so that all features keep their sums, to where the first of them is decided: in one of two directions,
// so that no probability changes on average. It tells whether i is decided.
func (f *flight) step(i int) bool {
	up, down := 1-f.p[i], f.p[i]
	for k, b := range f.basic {
		if b < 0 {
			continue
		}
		switch u := -f.a[k]; {
		case u > 0:
			up, down = min(up, (1-f.p[b])/u), min(down, f.p[b]/u)
		case u < 0:
			up, down = min(up, -f.p[b]/u), min(down, (f.p[b]-1)/u)
		}
	}
	by := up
	if float64(f.r.Float64()*(up+down)) >= down {
		by = -down
	}
	f.p[i] += by
	for k, b := range f.basic {
		if b >= 0 && f.a[k] != 0 {
			f.p[b] = min(max(f.p[b]-float64(by*f.a[k]), 0), 1)
			if f.settle(b) {
				f.basic[k] = -1
			}
		}
	}
	return f.settle(i)
}

// axpy adds a times x to y.
func axpy(a float64, x, y []float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += float64(a * v)
	}
}
