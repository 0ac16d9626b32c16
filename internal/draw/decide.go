package draw

import (
	"math"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A question is one that a worker has answered: which cells lead to a value of the column that they decide.
type question struct {
	d *encode.Decision
	v int64
}

// isValue tells whether a cell of a column is neither missing nor a mark.
func isValue(enc *encode.Encoder, col int, v int64) bool {
	if isNumber(enc, col) {
		return v >= encode.NoLow
	}
	return v != -1
}

// IsMissing tells whether a cell of a column of the encoder's schema is missing.
func IsMissing(enc *encode.Encoder, col int, v int64) bool {
	if isNumber(enc, col) {
		return v == math.MinInt64
	}
	return v == -1
}

func isNumber(enc *encode.Encoder, col int) bool {
	k := enc.Schema().Columns[col].Kind
	return k == table.Whole || k == table.Decimal || k == table.Date
}

// known tells whether a row has a column already when another one is drawn.
func (k *Worker) known(col, now int) bool {
	return k.given != nil && k.given.Cols[col] || k.plan.place[col] < k.plan.place[now]
}

// left is the set of what is left of a column in a row; nil is everything. forced sets the conditions into it.
func (k *Worker) left(w *Row, c *column, forced bool) *table.Set {
	set := k.plan.base[c.col]
	if forced {
		set = k.sampler.sets[c.col]
	}
	if len(k.plan.rules.decides) == 0 && k.plan.rules.pairs.groups == 0 {
		return set
	}
	return meet(set, k.bound(w, c.col, c.col, forced))
}

// bound is what the cells of a row leave of a column which is not drawn yet, when the column now is drawn; nil is everything.
func (k *Worker) bound(w *Row, col, now int, forced bool) (set *table.Set) {
	p := k.plan
	for _, d := range p.rules.decides {
		switch {
		case d.From != col:
		case k.known(d.To, now):
			if v := w.Cells[d.To]; isValue(p.enc, d.To, v) {
				set = meet(set, k.leading(d, v))
			}
		default:
			if to := k.bound(w, d.To, now, forced); to != nil {
				all := p.base[d.To]
				if forced {
					all = k.sampler.sets[d.To]
				}
				set = meet(set, p.preimage(d, meet(all, to)))
			}
		}
	}
	if g := p.rules.pairs.group[col]; g >= 0 && w.sides[g] > 0 {
		if w.sides[g] == 1+p.rules.pairs.side[col] {
			set = meet(set, p.present[col])
		} else {
			set = meet(set, p.missing[col])
		}
	}
	if col == now {
		return set // its numbers are bound by what column knows
	}
	if rule := p.rules.at[col]; rule >= 0 {
		k.spare = append(k.spare[:0], w.spans...)
		if low, high := p.rules.bounds(w.spans, rule, k.spare); low > encode.NoLow || high < encode.NoHigh {
			x := everything(p.enc.Schema(), col)
			x.Spans = [][2]int64{{low, high}}
			set = meet(set, x)
		}
	}
	if want := k.sampler.Wanted(col, w.Number); forced && want >= 0 {
		set = meet(set, k.sampler.withCode(col, want))
	}
	return set
}

// leading is the set of the cells that lead to a value of the column that they decide, or to none that is known.
func (k *Worker) leading(d *encode.Decision, v int64) *table.Set {
	q := question{d, v}
	set, ok := k.before[q]
	if !ok {
		none := true
		for image := range d.Images {
			none = none && image != v
		}
		set = d.Before(k.plan.enc.Schema(), func(image int64) bool { return image == v }, none)
		k.before[q] = set
	}
	return set
}

// An image is what another column says of one that it decides.
type image struct {
	decided bool // it says something
	fixed   bool // and that is value, where there is one
	value   int64
	draw    encode.Limit // what is to be drawn
}

// image asks the column that decides c. A column that is decided is drawn all the same, to see whether it is missing or a mark.
func (k *Worker) image(w *Row, c *column, lim encode.Limit, need int32) (out image) {
	d := c.by
	if d == nil || !k.known(d.From, c.col) || !isValue(k.plan.enc, d.From, w.Cells[d.From]) {
		return out
	}
	v, ok := d.Image(w.Cells[d.From])
	if !ok && k.given != nil && k.given.Cols[d.From] {
		return out // the model has not learned this value: it guesses
	}
	s := k.plan.enc.Schema()
	out = image{decided: true, value: v, draw: free}
	if ok = ok && v >= lim.Low && v <= lim.High && (lim.Set == nil || has(lim.Set, v)); ok && need >= 0 {
		ok = has(k.sampler.withCode(c.col, need), v)
	}
	if !ok {
		out.draw.Set = meet(lim.Set, noValue(s, c.col))
		if need >= int32(c.scale) {
			out.draw.Set = &table.Set{Col: c.col, Values: make([]bool, len(s.Columns[c.col].Values)), Marks: make([]bool, len(s.Columns[c.col].Marks))}
		}
		return out
	}
	out.fixed = true
	if lim.Set != nil || need >= 0 {
		all := everything(s, c.col)
		all.Missing = need < 0 && lim.Set.Missing
		for i := range all.Marks {
			all.Marks[i] = need < 0 && lim.Set.Marks[i]
		}
		out.draw.Set = all
	}
	return out
}

// note follows up what is known now that a column is.
func (k *Worker) note(w *Row, col int) {
	p := k.plan
	if g := p.rules.pairs.group[col]; g >= 0 && w.sides[g] == 0 {
		if w.sides[g] = 1 + p.rules.pairs.side[col]; IsMissing(p.enc, col, w.Cells[col]) {
			w.sides[g] = 2 - p.rules.pairs.side[col]
		}
	}
	for _, d := range p.rules.decides {
		if d.From == col && isValue(p.enc, col, w.Cells[col]) && !k.known(d.To, col) {
			k.foresee(w, d, w.Cells[col])
		}
	}
}

// foresee narrows the span of a column that is not drawn yet to the one number that it can be.
func (k *Worker) foresee(w *Row, d *encode.Decision, v int64) {
	v, ok := d.Image(v)
	if !ok {
		return
	}
	if rule := k.plan.rules.at[d.To]; rule >= 0 && w.spans[rule].state == undrawn {
		n := k.plan.rules.scale(rule, v)
		w.spans[rule].low, w.spans[rule].high = n, n
	}
	for _, next := range k.plan.rules.decides {
		if next.From == d.To {
			k.foresee(w, next, v)
		}
	}
}

// reaches tells whether a row can have a cell of a set in a column, by those that decide it.
func (p *Plan) reaches(col int, set *table.Set, sets []*table.Set) bool {
	set = meet(set, sets[col])
	if !p.left(col, set).any() {
		return false
	}
	d := p.columns[p.place[col]].by
	return d == nil || p.reaches(d.From, d.Before(p.enc.Schema(), func(v int64) bool { return has(set, v) }, false), sets)
}

// withCode is the set of the cells of a balanced column whose first part has that code.
func (s *Sampler) withCode(col int, code int32) *table.Set {
	if set := s.byCode[code]; set != nil {
		return set
	}
	return &table.Set{Col: col, Values: make([]bool, len(s.plan.enc.Schema().Columns[col].Values))}
}

// byCode gives, for each code of the first part of a column, the set of its values.
func (p *Plan) byCode(col int) map[int32]*table.Set {
	c := &p.enc.Schema().Columns[col]
	row, first := make([]int32, len(p.vars)), p.columns[p.place[col]].first
	codeOf := func(v int64) int32 { p.enc.Code(col, v, row); return row[first] }
	by := map[int32]*table.Set{}
	get := func(code int32) *table.Set {
		if by[code] == nil {
			by[code] = &table.Set{Col: col, Values: make([]bool, len(c.Values)), Marks: make([]bool, len(c.Marks))}
		}
		return by[code]
	}
	for v := range c.Values {
		get(codeOf(int64(v))).Values[v] = true
	}
	if !isNumber(p.enc, col) {
		return by
	}
	for from, high := int64(math.Round(c.Min/c.Step)), int64(math.Round(c.Max/c.Step)); from <= high; {
		code, to := codeOf(from), from
		for step := high - from; step > 0; step /= 2 { // the last number of the code
			for to+step <= high && codeOf(to+step) == code {
				to += step
			}
		}
		set := get(code)
		set.Spans = append(set.Spans, [2]int64{from, to})
		from = to + 1
	}
	return by
}

// Asked gives the column of which a condition on a column asks at last, where others decide it, and the set that the condition leaves of
// that; a nil set stays nil where nothing has to be left out.
func (p *Plan) Asked(col int, set *table.Set) (int, *table.Set) {
	if p.place[col] < 0 {
		return col, set
	}
	d := p.columns[p.place[col]].by
	if d == nil || set != nil && set.Missing {
		return col, set
	}
	from := p.preimage(d, set)
	if from != nil {
		from.Missing = p.left(d.From, from).missing
	}
	return p.Asked(d.From, from)
}
