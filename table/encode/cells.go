package encode

import (
	"errors"
	"math"
	"slices"

	"example.org/cohort/internal/rng"
)

// cells are disjoint runs of multiples of a step, in ascending order: cell i holds low[i] to high[i], both included. A cell
// of one multiple is an exact value; the others are bins.
type cells struct {
	low, high []int64
	rows      []int64 // how many rows fell into the cell
	// Slopes of the quantile function of a bin at its two ends, as multiples of its mean slope; both in [0, 3].
	start, end []float64
	// A part heap of the values drawn from bins is rounded to a multiple of unit, as people round; unit 0 is none.
	unit int64
	heap float64
}

func (c *cells) len() int { return len(c.low) }

// find gives the cell that holds v, or else the nearest one.
func (c *cells) find(v int64) int {
	i, _ := slices.BinarySearch(c.high, v)
	switch {
	case i == len(c.high):
		return i - 1
	case v >= c.low[i] || i == 0:
		return i
	case v-c.high[i-1] <= c.low[i]-v:
		return i - 1
	}
	return i
}

// draw gives a multiple of the step inside cell i, distributed as the smoothed quantile function says.
func (c *cells) draw(i int, r *rng.Stream) int64 {
	low, high := c.low[i], c.high[i]
	if low == high {
		return low
	}
	u := r.Float64()
	// The Hermite cubic from (0, 0) to (1, 1) with the slopes at the ends.
	h := u * (c.start[i] + u*(3-2*c.start[i]-c.end[i]+u*(c.start[i]+c.end[i]-2)))
	width := high - low
	off := int64(h * (float64(width) + 1))
	v := low + min(max(off, 0), width)
	if c.unit > 0 && (c.heap >= 1 || r.Float64() < c.heap) {
		return c.round(v, low, high)
	}
	return v
}

// round gives the multiple of unit nearest to v within low..high, or v if there is none.
func (c *cells) round(v, low, high int64) int64 {
	m := floorDiv(v+c.unit/2, c.unit) * c.unit
	if m > high {
		m -= c.unit
	}
	if m < low {
		m += c.unit
	}
	if m > high {
		return v
	}
	return m
}

// smooth computes the slopes at the edges: a monotone cubic through the edges of the bins that touch (Fritsch and Butland
// 1984, as in PCHIP), so that the density has no steps where two bins meet.
func (c *cells) smooth() {
	n := c.len()
	c.start, c.end = make([]float64, n), make([]float64, n)
	for i := range n {
		c.start[i], c.end[i] = 1, 1
	}
	for from := 0; from < n; {
		to := from + 1
		for to < n && c.joined(to) {
			to++
		}
		c.smoothRun(from, to)
		from = to
	}
}

// joined tells whether cells i-1 and i are bins that touch.
func (c *cells) joined(i int) bool {
	return c.low[i] == c.high[i-1]+1 && c.low[i] < c.high[i] && c.low[i-1] < c.high[i-1]
}

// smoothRun computes the slopes of bins that touch, from..to-1.
func (c *cells) smoothRun(from, to int) {
	if to-from < 2 {
		return
	}
	mass := func(i int) float64 { return float64(max(c.rows[i], 1)) }
	secant := func(i int) float64 { return (float64(c.high[i]-c.low[i]) + 1) / mass(i) }
	for i := from + 1; i < to; i++ {
		a, b := secant(i-1), secant(i)
		wa, wb := mass(i-1)+2*mass(i), 2*mass(i-1)+mass(i)
		slope := (wa + wb) / (wa/b + wb/a)
		c.end[i-1], c.start[i] = limitSlope(slope/a), limitSlope(slope/b)
	}
	// At the two ends of the run: the parabola through the nearest three points.
	edge := func(i, next int) float64 {
		m, k := mass(i), mass(next)
		return limitSlope(((2*m+k)*secant(i) - m*secant(next)) / (m + k) / secant(i))
	}
	c.start[from], c.end[to-1] = edge(from, from+1), edge(to-1, to-2)
}

// limitSlope keeps a relative slope where the cubic is monotone.
func limitSlope(s float64) float64 { return min(max(s, 0), 3) }

var errDamaged = errors.New("encode: damaged encoder")

// file gives the JSON form. The bounds are odd numbers of half steps, so that an edge midway between two values is neither
// of them.
func (c *cells) file() fileCells {
	out := fileCells{Edges: make([][2]int64, c.len()), Rows: c.rows, Unit: c.unit, Heap: c.heap}
	for i := range out.Edges {
		out.Edges[i] = [2]int64{2*c.low[i] - 1, 2*c.high[i] + 1}
	}
	return out
}

// cells is the way back from file; it checks what a file says.
func (f *fileCells) cells() (cells, error) {
	n := len(f.Edges)
	if len(f.Rows) != n || !validRows(f.Rows) || f.Unit < 0 || f.Unit > maxUnit || !(f.Heap >= 0 && f.Heap <= 1) {
		return cells{}, errDamaged
	}
	c := cells{low: make([]int64, n), high: make([]int64, n), rows: f.Rows, unit: f.Unit, heap: f.Heap}
	for i, e := range f.Edges {
		if e[0]&1 == 0 || e[1]&1 == 0 || e[0] >= e[1] || e[0] < -maxEdge || e[1] > maxEdge {
			return cells{}, errDamaged
		}
		c.low[i], c.high[i] = (e[0]+1)>>1, (e[1]-1)>>1
		if i > 0 && c.low[i] <= c.high[i-1] {
			return cells{}, errDamaged
		}
	}
	c.smooth()
	return c, nil
}

const (
	maxEdge = math.MaxInt64 - 2 // in half steps
	maxRows = 1 << 50           // of a cell; sums of some thousand such cells stay within int64
	maxUnit = 1_000_000         // to which values are rounded
)
