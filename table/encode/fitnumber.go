package encode

import (
	"fmt"
	"math"
	"strconv"

	"example.org/cohort/table"
)

// number fits a Whole, Decimal or Date column. forced is the range that a rule gives, in multiples of the step, or nil.
func (f *fitter) number(i int, c *table.Column, forced *[2]int64) (column, error) {
	from := f.t.Schema().Columns[i]
	if err := coarsen(c); err != nil {
		return column{}, err
	}
	v := values{cells: f.t.Ints(i), scale: newRescale(from.Step, c.Step, c.Kind == table.Date)}
	col := column{}
	g, marks := f.gaps(c, v)
	col.kept = len(c.Marks) - len(marks)
	c.Marks = marks
	s := v.obs(f.person)
	runs := f.census.runs(s)
	if f.census.count(s) < 2*f.k || len(s) == 0 {
		if len(s) > 0 {
			f.tooFew(c, len(runs), &col)
		}
		g.forget(int64(len(s)))
		c.Min, c.Max = 0, 0
		if f.level == levelStructure {
			g.rows = tenths(g.rows)
		}
		col.codec = &number{gaps: g}
		return col, nil
	}
	if forced == nil && f.byParts(c, s, runs) {
		d := f.date(c, g, s, runs)
		col.kept += outside(runs, d.low, d.high)
		col.codec = d
		return col, nil
	}
	low, high := f.census.span(s, runs, f.k)
	if f.level == levelStructure {
		low, high = roundOut(low, high, c.Step)
	}
	if forced != nil {
		low, high = forced[0], forced[1]
	}
	col.kept += outside(runs, low, high)
	c.Min, c.Max = toFloat(low, c.Step), toFloat(high, c.Step)
	n := &number{gaps: g}
	if f.level == levelStructure {
		n.structure(low, high, int64(len(s)))
	} else {
		k1 := coarse(f.t.Rows())
		cut := cutter{census: f.census, k: f.k, n: f.t.Rows(), low: low, high: high, bins: 8 * k1, few: 12 * k1, most: 4 * k1}
		n.cells = cut.cut(s, runs)
		n.split(k1)
	}
	col.codec = n
	return col, nil
}

// outside counts the different values beyond a range.
func outside(runs []run, low, high int64) int {
	n := 0
	for _, r := range runs {
		if r.value < low || r.value > high {
			n++
		}
	}
	return n
}

// structure makes one even bin of the range and rounds the shares.
func (n *number) structure(low, high, rows int64) {
	shares := tenths(append(n.gaps.rows, rows))
	n.gaps.rows = shares[:len(shares)-1]
	n.cells = cells{low: []int64{low}, high: []int64{high}, rows: shares[len(shares)-1:]}
	n.cells.smooth()
}

// forget makes MISSING a code that has also the rows of numbers that are not learned.
func (g *gaps) forget(rows int64) {
	if !g.missing {
		g.missing = true
		g.rows = append([]int64{0}, g.rows...)
	}
	g.rows[0] += rows
}

func (f *fitter) tooFew(c *table.Column, distinct int, col *column) {
	col.kept += distinct
	c.Why = fmt.Sprintf("fewer than %d persons have a number", 2*f.k)
	f.warn(&table.Error{
		Code: "too-few-numbers", Column: c.Name,
		Reason: fmt.Sprintf("fewer than %d persons have a number here, so the column is written as missing", 2*f.k),
		Fix:    "use a smaller --protect, or leave the column out with --drop",
	})
}

// gaps counts MISSING and the marks, and gives the marks that k persons have.
func (f *fitter) gaps(c *table.Column, v values) (gaps, []string) {
	rows, persons := f.census.perValue(len(c.Marks)+1, f.person, func(r int) int {
		if n := v.cells[r]; n < lowestNumber {
			return int(min(n-noNumber, int64(len(c.Marks))))
		}
		return -1
	})
	g := gaps{missing: persons[0] >= max(f.k, 1)}
	if g.missing {
		g.rows = append(g.rows, rows[0])
	}
	var marks []string
	for m := range c.Marks {
		if persons[m+1] >= max(f.k, 1) {
			marks = append(marks, c.Marks[m])
			g.rows = append(g.rows, rows[m+1])
		}
	}
	return g, marks
}

// values are the cells of a column of numbers, and how they are written on the encoder's grid.
type values struct {
	cells []int64
	scale rescale
}

// obs gives the numbers with their persons.
func (v values) obs(person []int32) []obs {
	out := make([]obs, 0, len(v.cells))
	for r, n := range v.cells {
		if n >= lowestNumber {
			out = append(out, obs{v.scale.do(n), person[r]})
		}
	}
	return out
}

// rescale turns multiples of one step into multiples of another, the nearest (for dates: the one at or below).
type rescale struct {
	mul, div int64   // exact where one step is a multiple of the other
	ratio    float64 // else
	floor    bool
}

func newRescale(from, to float64, floor bool) rescale {
	r := rescale{mul: 1, div: 1, ratio: from / to, floor: floor}
	whole := func(x float64) (int64, bool) {
		n := math.Round(x)
		return int64(n), n >= 1 && n < 1<<53 && math.Abs(x-n) <= 1e-12*x
	}
	if m, ok := whole(from / to); ok {
		r.mul = m
	} else if d, ok := whole(to / from); ok {
		r.div = d
	} else {
		r.div = 0
	}
	return r
}

func (r rescale) do(n int64) int64 {
	switch {
	case r.div == 1 && r.mul == 1:
		return n
	case r.div == 0:
		x := float64(n) * r.ratio
		if r.floor {
			return int64(math.Floor(x))
		}
		return int64(math.Floor(x + 0.5))
	case r.div > 1:
		if !r.floor {
			n += r.div / 2
		}
		return floorDiv(n, r.div)
	}
	if high, low := n, r.mul; high > math.MaxInt64/4/low || high < -math.MaxInt64/4/low {
		return map[bool]int64{true: math.MaxInt64 / 4, false: -math.MaxInt64 / 4}[n > 0]
	}
	return n * r.mul
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// coarsen sets the step that Column.Coarsen asks for.
func coarsen(c *table.Column) error {
	if !(c.Step > 0) {
		c.Step = 1
	}
	if c.Kind == table.Date {
		switch c.Coarsen {
		case "", "day", "month", "year":
			return nil
		}
		return badCoarsen(c.Name, "a date can be coarsened to day, month or year")
	}
	if c.Coarsen == "" {
		return nil
	}
	step, err := strconv.ParseFloat(c.Coarsen, 64)
	if err != nil || !(step > 0) || math.IsInf(step, 0) {
		return badCoarsen(c.Name, "the step is no number above 0")
	}
	if step < c.Step {
		return badCoarsen(c.Name, "the step is finer than the column's own")
	}
	if c.Kind == table.Whole && step != math.Trunc(step) {
		return badCoarsen(c.Name, "the step is no whole number, and the column's numbers are")
	}
	c.Step = step
	return nil
}

// toFloat gives n multiples of a step as the nearest float64.
func toFloat(n int64, step float64) float64 {
	if parts := math.Round(1 / step); step < 1 && math.Abs(parts*step-1) < 1e-12 {
		return float64(n) / parts
	}
	return float64(n) * step
}

// roundOut widens a range to 1, 2 or 5 times a power of ten at both ends.
func roundOut(low, high int64, step float64) (int64, int64) {
	l, h := toFloat(low, step), toFloat(high, step)
	if l > 0 {
		l = round125(l, false)
	} else {
		l = -round125(-l, true)
	}
	if h > 0 {
		h = round125(h, true)
	} else {
		h = -round125(-h, false)
	}
	toSteps := func(x float64) int64 { return int64(min(max(math.Round(x/step), -1<<61), 1<<61)) }
	return min(low, toSteps(l)), max(high, toSteps(h))
}

// round125 gives the nearest 1, 2 or 5 times a power of ten at or above x (or at or below); 0 stays.
func round125(x float64, up bool) float64 {
	if x <= 0 {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	best := p
	for _, m := range []float64{0.5, 1, 2, 5, 10} {
		v := m * p
		if up && v >= x*(1-1e-12) {
			return v
		}
		if v <= x*(1+1e-12) {
			best = v
		}
	}
	return best
}
