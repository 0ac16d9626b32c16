package eval

import (
	"math"
	"strconv"
	"time"

	"example.org/cohort/table"
)

// A span is a range of numbers, ends included; low above high is empty.
type span struct{ low, high float64 }

func (s span) has(x float64) bool { return x >= s.low && x <= s.high }

// wholeSpans are the ranges of the real table by column, as far as a table made from it may go: a date of which the month is
// kept may lie anywhere in it, and a column that a rule computes has the range that its parts give.
func (v *view) wholeSpans() []span {
	spans := make([]span, len(v.columns))
	for i, c := range v.columns {
		spans[i] = v.coarsened(i, span{c.low, c.high})
	}
	v.sumSpans(spans)
	v.slacken(spans)
	return spans
}

// slacken widens ranges by what rounding may do to their ends, which float64 does not hold exactly: without it 2.898 lies above an end
// midway between 2.835 and 2.961. It is less than half a step, so no value more is in a range.
func (v *view) slacken(spans []span) {
	for i := range spans {
		s, step := &spans[i], v.columns[i].step()
		if v.columns[i].schema.Kind == table.Date || s.low > s.high { // seconds are exact
			continue
		}
		s.low -= rounding(step, math.Abs(s.low))
		s.high += rounding(step, math.Abs(s.high))
	}
}

// rounding is what sums of multiples of a decimal step may be off in float64, where numbers are up to largest.
func rounding(step, largest float64) float64 {
	if math.IsInf(largest, 0) {
		return 0
	}
	return math.Min(step/1000+largest*1e-14, step/4)
}

// coarsened widens a range by what the result's own schema says about how its numbers were made coarser.
func (v *view) coarsened(col int, s span) span {
	coarsen := ""
	if theirs := findColumn(v.result.table.Schema(), v.columns[col].name); theirs >= 0 {
		coarsen = v.result.table.Schema().Columns[theirs].Coarsen
	}
	if coarsen == "" || s.low > s.high {
		return s
	}
	if v.columns[col].schema.Kind == table.Date {
		return span{unitStart(s.low, coarsen, 0), unitStart(s.high, coarsen, 1) - 1e-6}
	}
	if step, err := strconv.ParseFloat(coarsen, 64); err == nil && step > 0 {
		return span{math.Floor(s.low/step) * step, math.Ceil(s.high/step) * step}
	}
	return s
}

// unitStart gives the second at which the day, month or year that x lies in begins, or a later one.
func unitStart(x float64, unit string, later int) float64 {
	d := time.Unix(int64(math.Floor(x)), 0).UTC()
	year, month, day := d.Date()
	switch unit {
	case "day":
		day += later
	case "month":
		month, day = month+time.Month(later), 1
	case "year":
		year, month, day = year+later, 1, 1
	default:
		return x
	}
	return float64(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix())
}

// sumSpans gives columns that a rule computes at least the range of the sum of their parts.
func (v *view) sumSpans(spans []span) {
	rules := v.rules()
	for range rules { // A part may be a sum itself.
		for _, r := range rules {
			if r.op != "=" {
				continue
			}
			sum := span{}
			for _, part := range r.cols[1:] {
				sum.low += spans[part].low
				sum.high += spans[part].high
			}
			total := &spans[r.cols[0]]
			total.low, total.high = math.Min(total.low, sum.low), math.Max(total.high, sum.high)
		}
	}
}

// A boundRule is a rule of the real table whose columns are all learned as it needs, by column of the view.
type boundRule struct {
	op   string
	cols []int
	name string
	told map[key]key // of "A -> B": what the real table has in B beside each value of A
}

// rules are those of the real table that can be tested.
func (v *view) rules() []boundRule {
	var out []boundRule
	for _, r := range v.all.table.Schema().Rules {
		if b, ok := v.bind(r); ok {
			out = append(out, b)
		}
	}
	return out
}

// bind gives a rule by column of the view; false where one of its columns is not learned, or no number where it must be one. What is only
// missing or not can be seen in any column.
func (v *view) bind(r table.Rule) (boundRule, bool) {
	op, names := r.Terms()
	b := boundRule{op: op, name: r.String()}
	for _, name := range names {
		for i, c := range v.columns {
			if c.name == name && (op == "xor" || c.learned && (op == "->" || c.number)) {
				b.cols = append(b.cols, i)
			}
		}
	}
	if op == "" || len(b.cols) != len(names) {
		return b, false
	}
	if op == "->" {
		b.told = v.told(b.cols[0], b.cols[1])
	}
	return b, true
}

// told lists what the real table has in column b beside each value of a, the most frequent first where there are several.
func (v *view) told(a, b int) map[key]key {
	x, y := &v.all.cells[a], &v.all.cells[b]
	count, most := make(map[[2]key]int), make(map[key]int)
	for r := range v.all.rows {
		if v.valued(a, x, r) && v.valued(b, y, r) {
			count[[2]key{v.onStep(a, x, r), v.onStep(b, y, r)}]++
		}
	}
	told := make(map[key]key)
	for r := range v.all.rows {
		from, to := v.onStep(a, x, r), v.onStep(b, y, r)
		if n := count[[2]key{from, to}]; n > most[from] {
			most[from], told[from] = n, to
		}
	}
	return told
}

// onStep is the key of a cell, of numbers in steps: the tables may have come to the same number by different steps.
func (v *view) onStep(col int, c *cells, row int) key {
	k := c.key(row)
	if k.code == isNumber {
		k.num = math.Round(k.num / v.columns[col].step())
	}
	return k
}

// valued tells whether a cell is neither missing nor, among numbers, a mark.
func (v *view) valued(col int, c *cells, row int) bool {
	return c.code[row] == isNumber || c.code[row] != none && !v.columns[col].number
}

// broken tells whether a row breaks the rule. What is missing or a mark can't be tested, but for gaps, and neither can a value that no real row has.
func (b *boundRule) broken(v *view, s *side, row int) bool {
	switch b.op {
	case "->":
		x, y := &s.cells[b.cols[0]], &s.cells[b.cols[1]]
		if !v.valued(b.cols[0], x, row) || !v.valued(b.cols[1], y, row) {
			return false
		}
		to, met := b.told[v.onStep(b.cols[0], x, row)]
		return met && to != v.onStep(b.cols[1], y, row)
	case "xor":
		absent := s.absent[b.cols[0]] || s.absent[b.cols[1]]
		return !absent && (s.cells[b.cols[0]].code[row] == none) == (s.cells[b.cols[1]].code[row] == none)
	}
	step := math.Inf(1)
	largest := 0.0
	for _, col := range b.cols {
		if s.cells[col].code[row] != isNumber {
			return false
		}
		step = math.Min(step, v.columns[col].step())
		largest = math.Max(largest, math.Abs(s.cells[col].num[row]))
	}
	// Cells are multiples of decimal steps in float64: less than this much is rounding.
	slack := math.Min(step/1000, step/2) + largest*1e-14
	if b.op == "<=" {
		return s.cells[b.cols[0]].num[row] > s.cells[b.cols[1]].num[row]+slack
	}
	sum := 0.0
	for _, col := range b.cols[1:] {
		sum += s.cells[col].num[row]
	}
	return math.Abs(sum-s.cells[b.cols[0]].num[row]) > slack
}

// step is the grid of a column of numbers.
func (c *column) step() float64 {
	if c.schema.Step > 0 {
		return c.schema.Step
	}
	return 1
}

// onGrid tells whether x is a multiple of the column's step, but for rounding.
func (c *column) onGrid(x float64) bool {
	return multiple(x, c.step())
}
