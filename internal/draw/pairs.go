package draw

import (
	"slices"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// pairs are the columns of rules "A xor B". Those that hang together are a group: the columns of one side have their cells where those of the
// other are missing.
type pairs struct {
	groups int
	group  []int   // by column of the schema; -1 is none
	side   []uint8 // by column of the schema
}

func newPairs(cols int) pairs {
	return pairs{group: slices.Repeat([]int{-1}, cols), side: make([]uint8, cols)}
}

// join puts two columns on different sides. [table.Fixes] has seen to it that they can be.
func (p *pairs) join(a, b int) {
	if p.group[a] < 0 {
		a, b = b, a
	}
	if p.group[a] < 0 {
		p.group[a] = p.groups
		p.groups++
	}
	if p.group[b] == p.group[a] {
		return
	}
	old, turn := p.group[b], p.side[b] == p.side[a]
	for c := range p.group {
		if c == b || old >= 0 && p.group[c] == old {
			p.group[c] = p.group[a]
			if turn {
				p.side[c] = 1 - p.side[c]
			}
		}
	}
}

// columns lists the columns of a group.
func (p *pairs) columns(group int) (cols []int) {
	for c, g := range p.group {
		if g == group {
			cols = append(cols, c)
		}
	}
	return cols
}

// everything is the set of all cells of a column.
func everything(s *table.Schema, col int) *table.Set {
	c := &s.Columns[col]
	set := &table.Set{Col: col, Missing: true, Values: make([]bool, len(c.Values)), Marks: make([]bool, len(c.Marks))}
	switch c.Kind {
	case table.Whole, table.Decimal, table.Date:
		set.Spans = [][2]int64{{encode.NoLow, encode.NoHigh}}
	case table.Category, table.Ordered:
	default:
		set.Values = make([]bool, 1)
	}
	for i := range set.Values {
		set.Values[i] = true
	}
	for i := range set.Marks {
		set.Marks[i] = true
	}
	return set
}

// noValue is the set of missing cells and marks of a column.
func noValue(s *table.Schema, col int) *table.Set {
	set := everything(s, col)
	clear(set.Values)
	set.Spans = nil
	return set
}

// meet is what two sets of a column have in common; nil is everything.
func meet(a, b *table.Set) *table.Set {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	}
	out := &table.Set{Col: a.Col, Missing: a.Missing && b.Missing, Values: both(a.Values, b.Values), Marks: both(a.Marks, b.Marks)}
	for i, j := 0, 0; i < len(a.Spans) && j < len(b.Spans); {
		x, y := a.Spans[i], b.Spans[j]
		if low, high := max(x[0], y[0]), min(x[1], y[1]); low <= high {
			out.Spans = append(out.Spans, [2]int64{low, high})
		}
		if x[1] < y[1] {
			i++
		} else {
			j++
		}
	}
	return out
}

func both(a, b []bool) []bool {
	out := make([]bool, max(len(a), len(b)))
	for i := range min(len(a), len(b)) {
		out[i] = a[i] && b[i]
	}
	return out
}

// kinds are the kinds of cells that are left of a column.
type kinds struct{ missing, mark, value bool }

func (k kinds) any() bool { return k.missing || k.mark || k.value }

// left tells what kinds of cells a set leaves of a column with variables, as far as it has codes.
func (p *Plan) left(col int, set *table.Set) (out kinds) {
	c := &p.columns[p.place[col]]
	lim := free
	lim.Set = set
	ok := make([]bool, p.widest)
	p.enc.Allowed(int(c.first), make([]int32, len(p.vars)), lim, ok)
	marks := len(p.enc.Schema().Columns[col].Marks)
	for i, yes := range ok[:p.vars[c.first].card] {
		switch {
		case !yes:
		case i >= c.scale:
			out.value = true
		case i == 0 && c.scale > marks:
			out.missing = true
		default:
			out.mark = true
		}
	}
	return out
}

// bases computes what rules leave of each column where nothing else binds.
func (p *Plan) bases() error {
	s := p.enc.Schema()
	n := len(s.Columns)
	p.base, p.present, p.missing = make([]*table.Set, n), make([]*table.Set, n), make([]*table.Set, n)
	for c, g := range p.rules.pairs.group {
		if g < 0 {
			continue
		}
		if p.place[c] < 0 {
			return &table.Error{Code: "bad-rule", Column: s.Columns[c].Name, Reason: "a rule is about its missing cells, and it always has one, or never",
				Fix: "leave the rule out"}
		}
		p.present[c], p.missing[c] = everything(s, c), everything(s, c)
		p.present[c].Missing = false
		clear(p.missing[c].Values)
		clear(p.missing[c].Marks)
		p.missing[c].Spans = nil
	}
	if col := p.narrow(p.base); col >= 0 {
		return &table.Error{Code: "bad-rule", Column: s.Columns[col].Name, Reason: "the rules leave the column no value", Fix: "leave out one of the rules"}
	}
	return nil
}

// narrow takes from sets, by column of the schema, what rules "A -> B" and "A xor B" forbid by the other sets. It gives a column of which
// nothing is left, or -1.
func (p *Plan) narrow(sets []*table.Set) int {
	r := p.rules
	for range len(r.decides) + r.pairs.groups {
		for _, d := range slices.Backward(r.decides) {
			sets[d.From] = meet(sets[d.From], p.preimage(d, sets[d.To]))
		}
		for g := range r.pairs.groups {
			if col := p.narrowGroup(sets, g); col >= 0 {
				return col
			}
		}
	}
	for col, set := range sets {
		if set != nil && p.place[col] >= 0 && !p.left(col, set).any() {
			return col
		}
	}
	return -1
}

// preimage is the set of the cells that leave something of the column they decide; nil is everything, as where that may have no value.
func (p *Plan) preimage(d *encode.Decision, to *table.Set) *table.Set {
	if k := p.left(d.To, to); k.missing || k.mark {
		return nil
	}
	return d.Before(p.enc.Schema(), func(v int64) bool { return to == nil || has(to, v) }, false)
}

// narrowGroup settles which side of a group has its cells, where only one can. It gives a column that leaves neither, or -1.
func (p *Plan) narrowGroup(sets []*table.Set, g int) int {
	cols := p.rules.pairs.columns(g)
	can, last := [2]bool{true, true}, -1
	for _, c := range cols {
		k, side := p.left(c, sets[c]), p.rules.pairs.side[c]
		if !k.mark && !k.value {
			can[side], last = false, c
		}
		if !k.missing {
			can[1-side], last = false, c
		}
	}
	switch {
	case !can[0] && !can[1]:
		return last
	case can[0] && can[1]:
		return -1
	}
	for _, c := range cols {
		set := p.missing[c]
		if can[p.rules.pairs.side[c]] {
			set = p.present[c]
		}
		sets[c] = meet(sets[c], set)
	}
	return -1
}

// Pairs gives, by column of the encoder's schema, the other columns of its rules "A xor B".
func Pairs(enc *encode.Encoder) [][]int {
	s := enc.Schema()
	out := make([][]int, len(s.Columns))
	for _, r := range s.Rules {
		if op, names := r.Terms(); op == "xor" {
			a := slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == names[0] })
			b := slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == names[1] })
			out[a], out[b] = append(out[a], b), append(out[b], a)
		}
	}
	return out
}
