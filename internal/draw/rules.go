package draw

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Rules are the schema's rules over the columns that take part in one, which are numbered anew. All numbers are multiples
// of one unit for each rule column's component: whole numbers of 10^-decimals.
type Rules struct {
	enc       *encode.Encoder
	cols      []int   // columns of the schema
	at        []int   // by column of the schema: its number here, or -1
	unit      []int64 // units in one Step of the column
	low, high []int64 // the range of the column
	open      []bool  // it can be missing or a mark, and then no rule binds the others
	sums      []sum
	less      [][2]int // the first is at most the second
	decides   []*encode.Decision
	pairs     pairs
}

// A sum says total = parts[0] + parts[1] + ... The column computed is drawn last and follows from the others.
type sum struct {
	total    int
	parts    []int
	computed int
}

// far stands for no bound. Sums of such numbers don't overflow, as they are cut back to it.
const far = int64(1) << 59

func cap64(x int64) int64 { return min(max(x, -far), far) }

// NewRules takes the schema's rules apart. Rules that can't hold together by computing one column from the others each
// are an error, a *[table.Error].
func NewRules(enc *encode.Encoder) (*Rules, error) {
	s := enc.Schema()
	r := &Rules{enc: enc, at: make([]int, len(s.Columns)), pairs: newPairs(len(s.Columns))}
	for i := range r.at {
		r.at[i] = -1
	}
	fixed, err := table.Fixes(s.Rules)
	if err != nil {
		return nil, err
	}
	for i, rule := range s.Rules {
		if err := r.add(i, rule, fixed[i]); err != nil {
			return nil, err
		}
	}
	r.measure(enc)
	return r, nil
}

// add takes one rule apart, which fixes the column of that name.
func (r *Rules) add(i int, rule table.Rule, fixed string) error {
	op, names := rule.Terms()
	s := r.enc.Schema()
	var cols, local []int
	for _, n := range names {
		c := slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == n })
		if c < 0 || r.enc.Filled(c) && op != "xor" || s.Columns[c].Step <= 0 && (op == "=" || op == "<=") {
			return badRule(rule, "names a column that is not learned, or not as a number")
		}
		cols = append(cols, c)
	}
	switch op {
	case "->":
		d := r.enc.Decision(i)
		if d == nil {
			return badRule(rule, "has no value that is learned")
		}
		r.decides = append(r.decides, d)
		return nil
	case "xor":
		r.pairs.join(cols[0], cols[1])
		return nil
	}
	for _, c := range cols {
		local = append(local, r.column(c))
	}
	if op == "=" {
		r.sums = append(r.sums, sum{total: local[0], parts: local[1:], computed: local[slices.Index(names, fixed)]})
	} else {
		r.less = append(r.less, [2]int{local[0], local[1]})
	}
	return nil
}

func badRule(rule table.Rule, reason string) error {
	return &table.Error{Code: "bad-rule", Reason: "the rule " + strconv.Quote(rule.String()) + " " + reason, Fix: "leave out one of the rules"}
}

// column gives the number of a column of the schema here.
func (r *Rules) column(c int) int {
	if r.at[c] < 0 {
		r.at[c] = len(r.cols)
		r.cols = append(r.cols, c)
	}
	return r.at[c]
}

// measure finds units and ranges.
func (r *Rules) measure(enc *encode.Encoder) {
	s := enc.Schema()
	most := 0
	for _, c := range r.cols {
		_, d := exactStep(s.Columns[c].Step)
		most = max(most, d)
	}
	gaps := map[int]bool{}
	for _, v := range enc.Vars() {
		for k := 0; v.Part == 0 && k < v.Scale; k++ {
			gaps[v.Col] = gaps[v.Col] || v.Share[k] > 0
		}
	}
	for _, c := range r.cols {
		col := &s.Columns[c]
		unit, d := exactStep(col.Step)
		for ; d < most; d++ {
			unit *= 10
		}
		r.unit = append(r.unit, unit)
		r.low = append(r.low, inUnits(col.Min/col.Step, unit))
		r.high = append(r.high, inUnits(col.Max/col.Step, unit))
		r.open = append(r.open, gaps[c])
	}
}

func inUnits(steps float64, unit int64) int64 {
	n := math.Round(steps)
	if math.Abs(n)*float64(unit) >= float64(far) {
		return int64(math.Copysign(float64(far), n))
	}
	return int64(n) * unit
}

// exactStep takes a Step apart: unit * 10^-decimals.
func exactStep(step float64) (unit int64, decimals int) {
	whole, frac, _ := strings.Cut(strconv.FormatFloat(step, 'f', -1, 64), ".")
	unit, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || unit < 1 {
		return 1, 0
	}
	return unit, len(frac)
}

// What a row of a table has in a column so far.
const (
	undrawn = iota
	number
	void // missing or a mark: no rule binds it
)

// span is a rule column of one row: what it can be, in units.
type span struct {
	state     uint8
	low, high int64
}

// start gives the spans of a row of which nothing is drawn. hull, if not nil, gives bounds that a condition sets for a
// column, and tells whether it leaves numbers only.
func (r *Rules) start(spans []span, hull func(col int) (low, high int64, numbers bool)) {
	for i := range spans {
		low, high, numbers := -far, far, false
		if hull != nil {
			low, high, numbers = hull(r.cols[i])
			low, high = r.scale(i, low), r.scale(i, high)
		}
		spans[i] = span{low: -far, high: far}
		if computed := slices.ContainsFunc(r.sums, func(s sum) bool { return s.computed == i }); numbers || !r.open[i] {
			spans[i].low, spans[i].high = low, high
			if !computed {
				spans[i].low, spans[i].high = max(low, r.low[i]), min(high, r.high[i])
			}
		}
	}
}

// scale turns multiples of Step into units.
func (r *Rules) scale(i int, n int64) int64 {
	if hi := far / r.unit[i]; n >= hi {
		return far
	} else if n <= -hi {
		return -far
	}
	return n * r.unit[i]
}

// settle says what was drawn for a column: v multiples of its Step, or no number.
func (r *Rules) settle(spans []span, i int, v int64, isNumber bool) {
	spans[i] = span{state: void, low: -far, high: far}
	if isNumber {
		n := r.scale(i, v)
		spans[i] = span{state: number, low: n, high: n}
	}
}

// bounds gives what the rules leave of column i, which is not drawn yet, in multiples of its Step; encode's NoLow and
// NoHigh where they leave all of its range. What the columns not yet drawn can be is taken into account, so that they have room left.
func (r *Rules) bounds(spans []span, i int, spare []span) (low, high int64) {
	now := append(spare[:0], spans...)
	r.tighten(now)
	low, high = encode.NoLow, encode.NoHigh
	u := r.unit[i]
	if now[i].low > r.low[i] {
		low = ceilDiv(now[i].low, u)
	}
	if now[i].high < r.high[i] {
		high = floorDiv(now[i].high, u)
	}
	return low, high
}

// tighten narrows spans by all rules until nothing changes, or as often as a chain of all rules could ask for.
func (r *Rules) tighten(spans []span) {
	for range len(r.sums) + len(r.less) + 1 {
		changed := false
		for _, l := range r.less {
			a, b := &spans[l[0]], &spans[l[1]]
			if a.state != void && b.state != void {
				changed = narrow(a, -far, b.high) || changed
				changed = narrow(b, a.low, far) || changed
			}
		}
		for i := range r.sums {
			changed = r.tightenSum(&r.sums[i], spans) || changed
		}
		if !changed {
			return
		}
	}
}

func (r *Rules) tightenSum(s *sum, spans []span) (changed bool) {
	total := &spans[s.total]
	low, high, free := int64(0), int64(0), 0
	if total.state == void {
		return false
	}
	for _, p := range s.parts {
		if spans[p].state == void {
			return false
		}
		low, high = cap64(low+spans[p].low), cap64(high+spans[p].high)
		if spans[p].low <= -far || spans[p].high >= far {
			free++
		}
	}
	changed = narrow(total, low, high)
	if free > 1 {
		return changed
	}
	for i := range s.parts {
		restLow, restHigh := int64(0), int64(0)
		for j, q := range s.parts {
			if i != j {
				restLow, restHigh = cap64(restLow+spans[q].low), cap64(restHigh+spans[q].high)
			}
		}
		a, b := -far, far
		if total.low > -far && restHigh < far {
			a = cap64(total.low - restHigh)
		}
		if total.high < far && restLow > -far {
			b = cap64(total.high - restLow)
		}
		changed = narrow(&spans[s.parts[i]], a, b) || changed
	}
	return changed
}

// narrow cuts a span that is not drawn yet.
func narrow(s *span, low, high int64) bool {
	if s.state != undrawn || low <= s.low && high >= s.high {
		return false
	}
	s.low, s.high = max(s.low, low), min(s.high, high)
	return true
}

// compute gives the value of a column that a sum computes, in multiples of its Step. all is false where one of the others
// is no number, so that the rule does not bind; ok is false where the value is not on the column's grid.
func (r *Rules) compute(s *sum, spans []span) (v int64, all, ok bool) {
	x := int64(0)
	for _, p := range append(s.parts[:len(s.parts):len(s.parts)], s.total) {
		if p == s.computed {
			continue
		}
		if spans[p].state != number {
			return 0, false, true
		}
		if (p == s.total) == (s.computed != s.total) {
			x += spans[p].low // the total, less the other parts; or the parts
		} else {
			x -= spans[p].low
		}
	}
	u := r.unit[s.computed]
	return x / u, true, x%u == 0
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// names tells whether a rule of any form names a column.
func (r *Rules) names(col int) bool {
	return r.at[col] >= 0 || r.pairs.group[col] >= 0 ||
		slices.ContainsFunc(r.decides, func(d *encode.Decision) bool { return d.From == col || d.To == col })
}
