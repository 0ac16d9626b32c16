package encode

import (
	"math"

	"example.org/cohort/internal/rng"
)

// category is the codec of a closed set. Values are numbered; the number is written in digits of radix, the highest first, so
// that no variable has more than 256 codes.
type category struct {
	ordered bool
	missing int64   // rows of MISSING; -1 if it is no code
	rows    []int64 // by value
	radix   int
	parts   int
}

// newCategory chooses the digits: as few as make do with 255 codes each, so that there is room for MISSING.
func newCategory(ordered bool, missing int64, rows []int64) *category {
	c := &category{ordered: ordered, missing: missing, rows: rows, radix: max(len(rows), 1), parts: 1}
	for c.radix > 255 {
		c.parts++
		c.radix = int(math.Ceil(math.Pow(float64(len(rows)), 1/float64(c.parts)) - 1e-9))
	}
	return c
}

func (c *category) scale() int32 {
	if c.missing >= 0 {
		return 1
	}
	return 0
}

// unit gives the weight of the digit of a part.
func (c *category) unit(part int) int {
	u := 1
	for range c.parts - 1 - part {
		u *= c.radix
	}
	return u
}

func (c *category) shape() []Var {
	vars := make([]Var, c.parts)
	for p := range vars {
		unit := c.unit(p)
		var weights []int64
		if p == 0 {
			if c.missing >= 0 {
				weights = append(weights, c.missing)
			}
			weights = append(weights, make([]int64, (len(c.rows)+unit-1)/unit)...)
		} else {
			weights = make([]int64, c.radix)
		}
		scale := 0
		if p == 0 {
			scale = int(c.scale())
		}
		for v, n := range c.rows {
			d := v / unit
			if p > 0 {
				d %= c.radix
			}
			weights[scale+d] += n
		}
		vars[p] = Var{Card: len(weights), Scale: scale, Ordered: c.ordered, Share: shares(weights)}
	}
	return vars
}

func (c *category) applies(part int, row []int32) bool { return part == 0 || row[0] >= c.scale() }

// first gives the least value that has the digits of row before part.
func (c *category) first(part int, row []int32) int {
	v := 0
	for p := range part {
		d := row[p]
		if p == 0 {
			d -= c.scale()
		}
		v += int(d) * c.unit(p)
	}
	return v
}

func (c *category) allowed(part int, row []int32, lim Limit, ok []bool) int {
	n := 0
	if part == 0 && c.missing >= 0 {
		ok[0] = lim.gap(noNumber)
		if ok[0] {
			n++
		}
		ok = ok[1:]
	}
	unit, first := c.unit(part), c.first(part, row)
	digits := c.radix
	if part == 0 {
		digits = (len(c.rows) + unit - 1) / unit
	}
	for d := range digits {
		ok[d] = c.any(first+d*unit, first+(d+1)*unit, lim)
		if ok[d] {
			n++
		}
	}
	return n
}

// any tells whether one of the values from..to-1 exists and is left.
func (c *category) any(from, to int, lim Limit) bool {
	to = min(to, len(c.rows))
	if lim.Set == nil {
		return from < to
	}
	for v := from; v < to && v < len(lim.Set.Values); v++ {
		if lim.Set.Values[v] {
			return true
		}
	}
	return false
}

func (c *category) value(row []int32, _ Limit, _ *rng.Stream) int64 {
	if row[0] < c.scale() || len(c.rows) == 0 {
		return -1
	}
	if c.parts == 1 {
		return int64(row[0] - c.scale())
	}
	return int64(min(c.first(c.parts, row), len(c.rows)-1))
}

func (c *category) code(v int64, row []int32) {
	if v < 0 || len(c.rows) == 0 {
		row[0] = 0
		for p := 1; p < c.parts; p++ {
			row[p] = -1
		}
		if c.missing >= 0 || len(c.rows) == 0 {
			return
		}
		v = 0
	}
	v = min(v, int64(len(c.rows)-1))
	for p := range c.parts {
		unit := int64(c.unit(p))
		row[p] = int32(v / unit)
		v %= unit
	}
	row[0] += c.scale()
}

func (c *category) rare(row []int32, r *rng.Stream) {
	weights := append([]int64{max(c.missing, 0)}, c.rows...)
	c.code(int64(pick(weights, r))-1, row)
}

func (c *category) gap(v int64) bool { return v == noNumber && c.missing >= 0 }
