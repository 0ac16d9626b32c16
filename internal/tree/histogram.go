package tree

import (
	"cmp"
	"slices"
)

// A histogram is the scratch space in which one column of one node is looked at. All of its arrays are clean between
// two calls, and cleaning costs no more than filling.
type histogram struct {
	count  []int32   // rows by code of the column
	sum    []int64   // Variance: scores by code; Gini, no order: rows of the pivot class by code
	weight []float64 // persons by code
	codes  []uint16  // the codes that occur, in the order in which they are cut
	start  []int32   // where a code's targets begin in sorted
	sorted []uint16  // targets grouped by code of the column
	left   []int32   // targets left of the cut
	cells  []int32   // rows by code of the column and target, for nodes with more rows than cells
}

func (h *histogram) init(card, targets, rows int) {
	h.count = make([]int32, card)
	h.sum = make([]int64, card)
	h.weight = make([]float64, card)
	h.start = make([]int32, card)
	h.codes = make([]uint16, 0, card)
	h.sorted = make([]uint16, rows)
	h.left = make([]int32, targets)
	if card*targets <= rows {
		h.cells = make([]int32, card*targets)
	} else {
		h.cells = make([]int32, rows)
	}
}

// try finds the best cut of one column; found is false if the column is constant or every cut leaves too few persons.
func (g *grower) try(rows []int32, feature int32) (s split, found bool) {
	x := &g.x[feature]
	h := &g.hist
	g.fill(rows, x)
	defer h.clean()
	if len(h.codes) < 2 {
		return s, false
	}
	if !x.Ordered && len(h.codes) > 2 {
		g.arrange()
	}
	cut, gain := -1, 0.0
	switch {
	case g.opt.Variance:
		cut, gain = g.sweepSums(len(rows))
	case x.Card*g.y.Card <= len(rows):
		cut, gain = g.sweepCells(rows, x)
	default:
		cut, gain = g.sweepTargets(rows, x)
	}
	if cut < 0 {
		return s, false
	}
	s = split{feature: feature, code: h.codes[cut], gain: gain}
	if !x.Ordered {
		s.set = make([]uint64, words(x.Card))
		for _, c := range h.codes[:cut+1] {
			s.set[c>>6] |= 1 << (c & 63)
		}
	}
	return s, true
}

// fill counts rows, persons and scores by code of the column and lists the codes that occur, ascending.
func (g *grower) fill(rows []int32, x *Column) {
	h := &g.hist
	sparse := x.Card > 2*len(rows)
	for _, i := range rows {
		c := x.Codes[i]
		if sparse && h.count[c] == 0 {
			h.codes = append(h.codes, c)
		}
		h.count[c]++
	}
	if sparse {
		slices.Sort(h.codes)
	} else {
		for c, n := range h.count[:x.Card] {
			if n > 0 {
				h.codes = append(h.codes, uint16(c))
			}
		}
	}
	if len(h.codes) < 2 {
		return
	}
	if g.persons {
		for k, i := range rows {
			h.weight[x.Codes[i]] += g.weight[k]
		}
	}
	switch {
	case g.opt.Variance:
		for k, i := range rows {
			h.sum[x.Codes[i]] += g.score[g.yv[k]]
		}
	case !x.Ordered && len(h.codes) > 2:
		for k, i := range rows {
			if g.yv[k] == g.pivot {
				h.sum[x.Codes[i]]++
			}
		}
	}
}

func (h *histogram) clean() {
	for _, c := range h.codes {
		h.count[c], h.sum[c], h.weight[c] = 0, 0, 0
	}
	h.codes = h.codes[:0]
}

// arrange sorts the codes of a column without order by their mean score, or by the share of the pivot class: for two
// classes or a number, the best of all subsets is then a cut (Breiman et al., 1984, theorem 4.5).
func (g *grower) arrange() {
	h := &g.hist
	mean := func(c uint16) float64 { return float64(h.sum[c]) / float64(h.count[c]) }
	slices.SortFunc(h.codes, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(mean(a), mean(b)), cmp.Compare(a, b))
	})
}

// A cutter compares cuts: the greatest value of which both sides have enough persons wins, the first of equals.
type cutter struct {
	need      float64
	rows, all float64 // left of the cut; in the node
	weight    float64 // persons left of the cut
	persons   float64 // persons in the node
	cut       int
	value     float64
}

func (g *grower) cutter(rows int, value float64) cutter {
	c := cutter{need: float64(g.opt.MinLeaf) - 1e-9, all: float64(rows), persons: float64(rows), cut: -1, value: value}
	if g.persons {
		c.persons = 0
		for _, k := range g.hist.codes {
			c.persons += g.hist.weight[k]
		}
	}
	return c
}

// take moves a code to the left.
func (c *cutter) take(g *grower, code uint16) (enough bool) {
	c.rows += float64(g.hist.count[code])
	if g.persons {
		c.weight += g.hist.weight[code]
	} else {
		c.weight = c.rows
	}
	return c.weight >= c.need && c.persons-c.weight >= c.need
}

// offer compares the cut after codes[at], where a and b are the numerators of the sides.
func (c *cutter) offer(at int, a, b float64) {
	if v := a/c.rows + b/(c.all-c.rows); v > c.value {
		c.cut, c.value = at, v
	}
}

// little is the relative gain below which a split is taken for rounding.
const little = 1e-12

// sweepSums finds the cut with the least variance of scores: the greatest sum of (sum of scores)^2 / rows of both sides.
func (g *grower) sweepSums(rows int) (cut int, gain float64) {
	h := &g.hist
	total := int64(0)
	for _, c := range h.codes {
		total += h.sum[c]
	}
	base := float64(total) * float64(total) / float64(rows)
	c := g.cutter(rows, base)
	left := int64(0)
	for at, code := range h.codes[:len(h.codes)-1] {
		left += h.sum[code]
		if c.take(g, code) {
			l, r := float64(left), float64(total-left)
			c.offer(at, l*l, r*r)
		}
	}
	return c.done(base)
}

func (c *cutter) done(base float64) (int, float64) {
	gain := c.value - base
	if gain <= little*c.value {
		return -1, 0
	}
	return c.cut, gain
}

// sweepCells finds the cut with the least Gini impurity from a table of rows by code and target.
func (g *grower) sweepCells(rows []int32, x *Column) (cut int, gain float64) {
	h, targets := &g.hist, g.y.Card
	cells := h.cells[:x.Card*targets]
	clear(cells)
	for k, i := range rows {
		cells[int(x.Codes[i])*targets+int(g.yv[k])]++
	}
	clear(h.left)
	l, r := int64(0), g.squares
	base := float64(r) / float64(len(rows))
	c := g.cutter(len(rows), base)
	for at, code := range h.codes[:len(h.codes)-1] {
		for t, n := range cells[int(code)*targets : (int(code)+1)*targets] {
			if n == 0 {
				continue
			}
			m, a, b := int64(n), int64(h.left[t]), int64(g.total[t]-h.left[t])
			l += m * (2*a + m)
			r -= m * (2*b - m)
			h.left[t] += n
		}
		if c.take(g, code) {
			c.offer(at, float64(l), float64(r))
		}
	}
	return c.done(base)
}

// sweepTargets is sweepCells for nodes with fewer rows than cells: it goes through the targets themselves.
func (g *grower) sweepTargets(rows []int32, x *Column) (cut int, gain float64) {
	h := &g.hist
	at := int32(0)
	for _, c := range h.codes {
		h.start[c] = at
		at += h.count[c]
	}
	for k, i := range rows {
		c := x.Codes[i]
		h.sorted[h.start[c]] = g.yv[k]
		h.start[c]++
	}
	l, r := int64(0), g.squares
	base := float64(r) / float64(len(rows))
	c := g.cutter(len(rows), base)
	clear(h.left)
	next := 0
	for at, code := range h.codes[:len(h.codes)-1] {
		for range h.count[code] {
			t := h.sorted[next]
			next++
			l += int64(2*h.left[t] + 1)
			r -= int64(2*(g.total[t]-h.left[t]) - 1)
			h.left[t]++
		}
		if c.take(g, code) {
			c.offer(at, float64(l), float64(r))
		}
	}
	return c.done(base)
}
