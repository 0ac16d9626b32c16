package encode

import (
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// Ends of a Limit that bind nothing.
const (
	NoLow  int64 = math.MinInt64/2 + 1
	NoHigh int64 = math.MaxInt64
)

// A Limit is what conditions and rules leave of a column. Low and High, both included, are multiples of Column.Step and
// bind numbers and dates only; MISSING and marks pass unless Set forbids them. Low must be [NoLow] and High [NoHigh] where
// they bind nothing. Set is about the columns of [Encoder.Schema]; nil is no condition.
type Limit struct {
	Set       *table.Set
	Low, High int64
}

func (l *Limit) free() bool { return l.Set == nil && l.Low <= NoLow && l.High == NoHigh }

// gap tells whether a missing cell or a mark is left.
func (l *Limit) gap(v int64) bool {
	if l.Set == nil {
		return true
	}
	if v == noNumber {
		return l.Set.Missing
	}
	i := v - noNumber - 1
	return i < int64(len(l.Set.Marks)) && l.Set.Marks[i]
}

// parts calls yield for every stretch of low..high that is left, ascending, until it returns false.
func (l *Limit) parts(low, high int64, yield func(low, high int64) bool) {
	low, high = max(low, l.Low), min(high, l.High)
	if low > high {
		return
	}
	if l.Set == nil {
		yield(low, high)
		return
	}
	for _, s := range l.Set.Spans {
		if a, b := max(low, s[0]), min(high, s[1]); a <= b && !yield(a, b) {
			return
		}
	}
}

// meets tells whether anything of low..high is left.
func (l *Limit) meets(low, high int64) (found bool) {
	l.parts(low, high, func(int64, int64) bool { found = true; return false })
	return found
}

// has tells whether the number v is left.
func (l *Limit) has(v int64) bool { return l.free() || l.meets(v, v) }

// draw gives a value of cell i that the limit leaves; if it leaves none of the cell, one that is left and near.
func (l *Limit) draw(c *cells, i int, r *rng.Stream) int64 {
	v := c.draw(i, r)
	// Few draws fail where the limit cuts little; where it cuts much, an even draw serves as well.
	for range 8 {
		if l.has(v) {
			return v
		}
		v = c.draw(i, r)
	}
	return l.even(c.low[i], c.high[i], v, r)
}

// even draws evenly from what is left of low..high, or gives what is left anywhere and nearest to v.
func (l *Limit) even(low, high, v int64, r *rng.Stream) int64 {
	total := uint64(0)
	l.parts(low, high, func(a, b int64) bool { total += uint64(b-a) + 1; return true })
	if total == 0 {
		return l.nearest(v)
	}
	at := below(total, r)
	l.parts(low, high, func(a, b int64) bool {
		if n := uint64(b-a) + 1; at >= n {
			at -= n
			return true
		}
		v = a + int64(at)
		return false
	})
	return v
}

// nearest gives the number nearest to v that is left, or v if there is none at all.
func (l *Limit) nearest(v int64) int64 {
	best := v
	distance := uint64(math.MaxUint64)
	l.parts(lowestNumber, math.MaxInt64, func(a, b int64) bool {
		w := min(max(v, a), b)
		if d := uint64(max(v, w) - min(v, w)); d < distance {
			best, distance = w, d
		}
		return true
	})
	return best
}

// below draws evenly from [0, n); of more than 2^63 multiples the last ones never come.
func below(n uint64, r *rng.Stream) uint64 { return uint64(r.Intn(int(min(n, math.MaxInt64)))) }
