package tree

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// A histogram is the scratch space in which one column of one node is looked at. All of its arrays are clean between
// two calls, and cleaning costs no more than filling.
type histogram struct {
	bins   []bin     // by code of the column
	seen   []uint64  // bit set of the codes that occur
	weight []float64 // persons by code
	codes  []uint16  // the codes that occur, in the order in which they are cut
	start  []int32   // where a code's targets begin in sorted
	sorted []uint16  // targets grouped by code of the column
	left   []int32   // targets left of the cut
	cells  []int32   // rows by code of the column and target, for nodes with more rows than cells
}

// A bin is what is known about the rows of one code. One piece of memory for both costs half the time.
type bin struct {
	sum   int64 // Variance: scores; Gini, no order: rows of the pivot class
	count int32 // rows
}

func (h *histogram) init(card, targets, rows int) {
	h.bins = make([]bin, card)
	h.seen = make([]uint64, words(card))
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
	cut, gain := g.sweep(rows, x)
	low := uint16(0)
	if x.Missing && h.codes[0] == 0 && len(h.codes) > 2 {
		last := len(h.codes) - 1
		copy(h.codes, h.codes[1:])
		h.codes[last] = 0
		if c, v := g.sweep(rows, x); c >= 0 && v > gain {
			cut, gain, low = c, v, 1
		} else {
			copy(h.codes[1:], h.codes[:last])
			h.codes[0] = 0
		}
	}
	if g.opt.Discount && !x.Ordered {
		gain -= g.chance(len(rows))
	}
	if cut < 0 || gain <= 0 {
		return s, false
	}
	return g.split(x, cut, low, split{feature: feature, gain: gain}), true
}

func (g *grower) sweep(rows []int32, x *Column) (cut int, gain float64) {
	switch {
	case g.opt.Variance:
		return g.sweepSums(len(rows))
	case x.Card*g.y.Card <= len(rows):
		return g.sweepCells(rows, x)
	default:
		return g.sweepTargets(rows, x)
	}
}

// split completes the split of column x after the given cut.
func (g *grower) split(x *Column, cut int, low uint16, s split) split {
	h := &g.hist
	left, right := h.codes[:cut+1], h.codes[cut+1:]
	if !x.Ordered {
		s.set = make([]uint64, words(x.Card))
		if g.opt.Midway && h.rows(left) > h.rows(right) {
			for i := range s.set {
				s.set[i] = math.MaxUint64
			}
			left = nil
		} else {
			right = nil
		}
		for _, c := range left {
			s.set[c>>6] |= 1 << (c & 63)
		}
		for _, c := range right {
			s.set[c>>6] &^= 1 << (c & 63)
		}
		return s
	}
	s.low, s.code = low, left[cut]
	if !g.opt.Midway {
		return s
	}
	if !x.Missing || left[cut] > 0 && right[0] > 0 {
		s.code += (right[0] - left[cut]) / 2
	}
	if x.Missing && low == 0 && left[0] > 0 && h.rows(left) <= h.rows(right) {
		s.low = 1
	}
	return s
}

// rows counts the rows of the given codes.
func (h *histogram) rows(codes []uint16) (n int32) {
	for _, c := range codes {
		n += h.bins[c].count
	}
	return n
}

// fill counts rows, persons and scores by code of the column and lists the codes that occur, ascending.
func (g *grower) fill(rows []int32, x *Column) {
	h, codes := &g.hist, x.Codes
	bins := h.bins[:x.Card]
	switch {
	case len(rows) >= 2*x.Card:
		g.count(rows, codes, bins)
		for c := range bins {
			if bins[c].count > 0 {
				h.codes = append(h.codes, uint16(c))
			}
		}
	case len(rows) >= words(x.Card):
		g.count(rows, codes, bins)
		h.list(rows, codes, x.Card)
	default:
		for _, i := range rows {
			if c := codes[i]; bins[c].count == 0 {
				h.codes = append(h.codes, c)
				bins[c].count = 1 // so that the code is listed once
			}
		}
		for _, c := range h.codes {
			bins[c].count = 0
		}
		slices.Sort(h.codes)
		g.count(rows, codes, bins)
	}
	if len(h.codes) < 2 {
		return
	}
	if g.persons {
		for k, i := range rows {
			h.weight[codes[i]] += g.weight[k]
		}
	}
	if !g.opt.Variance && !x.Ordered && len(h.codes) > 2 {
		for k, i := range rows {
			if g.yv[k] == g.pivot {
				bins[codes[i]].sum++
			}
		}
	}
}

// count adds the rows, and their scores, to the bins.
func (g *grower) count(rows []int32, codes []uint16, bins []bin) {
	if !g.opt.Variance {
		for _, i := range rows {
			bins[codes[i]].count++
		}
		return
	}
	scores := g.yscore[:len(rows)]
	for k, i := range rows {
		b := &bins[codes[i]]
		b.count++
		b.sum += scores[k]
	}
}

// list lists the codes of the rows, ascending, by way of a bit set.
func (h *histogram) list(rows []int32, codes []uint16, card int) {
	seen := h.seen[:words(card)]
	for _, i := range rows {
		c := codes[i]
		seen[c>>6] |= 1 << (c & 63)
	}
	for w, word := range seen {
		for ; word != 0; word &= word - 1 {
			h.codes = append(h.codes, uint16(w<<6+bits.TrailingZeros64(word)))
		}
		seen[w] = 0
	}
}

func (h *histogram) clean() {
	for _, c := range h.codes {
		h.bins[c], h.weight[c] = bin{}, 0
	}
	h.codes = h.codes[:0]
}

// arrange sorts the codes of a column without order by their mean score, or by the share of the pivot class: for two
// classes or a number, the best of all subsets is then a cut (Breiman et al., 1984, theorem 4.5).
func (g *grower) arrange() {
	h := &g.hist
	mean := func(c uint16) float64 { return float64(h.bins[c].sum) / float64(h.bins[c].count) }
	slices.SortFunc(h.codes, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(mean(a), mean(b)), cmp.Compare(a, b))
	})
}

// orderGain is what the best cut of a column with order gains by chance, about: see chance.
const orderGain = 3

// chance gives the gain that an arrangement of a column's codes would bring by chance, beyond what the best cut of a column
// with order would: k codes that have nothing to do with the target lie apart by k-1 times the variance of the target, and
// where they have few rows each, the best arrangement gets nearly all of that.
func (g *grower) chance(rows int) float64 {
	more := len(g.hist.codes) - 1 - orderGain
	if more <= 0 {
		return 0
	}
	if g.spread < 0 {
		g.spread = g.nodeSpread(float64(rows))
	}
	return float64(more) * g.spread / float64(rows-1)
}

// nodeSpread gives the node's sum of squared deviations: of the scores, or of the pivot class together with what the
// other classes then have to give way.
func (g *grower) nodeSpread(n float64) float64 {
	if g.opt.Variance {
		sum, squares := 0.0, 0.0
		for _, v := range g.yscore[:int(n)] {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		return squares - sum*sum/n
	}
	p := float64(g.total[g.pivot]) / n
	q := 1 - p
	return n * p * (q + (float64(g.squares)/(n*n)-p*p)/q)
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
	c.rows += float64(g.hist.bins[code].count)
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
		total += h.bins[c].sum
	}
	base := float64(total) * float64(total) / float64(rows)
	c := g.cutter(rows, base)
	if !g.persons {
		c.sweepRows(h, total, rows, g.opt.MinLeaf)
		return c.done(base)
	}
	left := int64(0)
	for at, code := range h.codes[:len(h.codes)-1] {
		left += h.bins[code].sum
		if c.take(g, code) {
			l, r := float64(left), float64(total-left)
			c.offer(at, l*l, r*r)
		}
	}
	return c.done(base)
}

// sweepRows is the loop of sweepSums where every row is a person of its own.
func (c *cutter) sweepRows(h *histogram, total int64, rows, least int) {
	left, n := int64(0), 0
	for at, code := range h.codes {
		b := &h.bins[code]
		left += b.sum
		n += int(b.count)
		if rows-n < least {
			return
		}
		if n < least {
			continue
		}
		l, r := float64(left), float64(total-left)
		if v := l*l/float64(n) + r*r/float64(rows-n); v > c.value {
			c.cut, c.value = at, v
		}
	}
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
		at += h.bins[c].count
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
		for range h.bins[code].count {
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
