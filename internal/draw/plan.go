package draw

import (
	"slices"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// free is the limit that leaves everything.
var free = encode.Limit{Low: encode.NoLow, High: encode.NoHigh}

// A Plan is what all samples of a model have in common. It never changes, and may be used by several goroutines.
type Plan struct {
	enc     *encode.Encoder
	rules   *Rules
	columns []column   // in the order in which they are drawn
	drawn   []bool     // by column of the schema: it has variables
	vars    []variable // by variable
	widest  int
	even    *even        // nil: the target is drawn as any column
	place   []int        // by column of the schema: its place in columns, or -1
	base    []*table.Set // by column of the schema: what rules "A -> B" and "A xor B" leave of it in every row; nil is everything
	present []*table.Set // by column of the schema, those of rules "A xor B": all that is not missing
	missing []*table.Set // and what is
}

// column is a column with variables.
type column struct {
	col   int
	first int32 // its first variable
	parts int
	scale int              // codes below it are no numbers
	sum   *sum             // how it is computed, or nil
	by    *encode.Decision // what decides it, or nil
}

// variable says which codes of a variable an earlier part leaves.
type variable struct {
	part, card int
	before     int32  // the variable before it, of which leaves is told
	leaves     []bool // part 0: its codes. Part 1: codes of part 0 by codes of this one. Nil for later parts
}

// left tells which codes the earlier parts of a row leave, or nil where there is no table of that.
func (x *variable) left(codes []int32) []bool {
	if x.part == 0 {
		return x.leaves
	}
	if x.leaves == nil {
		return nil
	}
	from := int(codes[x.before]) * x.card
	return x.leaves[from : from+x.card]
}

// NewPlan plans samples whose variables are drawn in the given order: every variable once, the parts of a column together
// and in their order, and a column that a rule computes after the others of the rule, as [Rules.Order] has it. Errors are
// those of [NewRules].
func NewPlan(enc *encode.Encoder, order []int32) (*Plan, error) {
	rules, err := NewRules(enc)
	if err != nil {
		return nil, err
	}
	vars := enc.Vars()
	p := &Plan{enc: enc, rules: rules, drawn: make([]bool, len(enc.Schema().Columns)), vars: make([]variable, len(vars))}
	p.place = slices.Repeat([]int{-1}, len(p.drawn))
	for _, v := range FirstParts(vars, order) {
		x := &vars[v]
		p.drawn[x.Col] = true
		c := column{col: x.Col, first: v, parts: x.Parts, scale: x.Scale}
		for j := range rules.sums {
			if s := &rules.sums[j]; rules.cols[s.computed] == x.Col {
				c.sum = s
			}
		}
		for _, d := range rules.decides {
			if d.To == x.Col {
				c.by = d
			}
		}
		p.place[x.Col] = len(p.columns)
		p.columns = append(p.columns, c)
	}
	for v := range vars {
		p.vars[v] = newVariable(enc, v)
		p.widest = max(p.widest, vars[v].Card)
	}
	if err := p.bases(); err != nil {
		return nil, err
	}
	return p, nil
}

func newVariable(enc *encode.Encoder, v int) variable {
	x := &enc.Vars()[v]
	out := variable{part: x.Part, card: x.Card, before: int32(v) - 1}
	row, ok := make([]int32, len(enc.Vars())), make([]bool, x.Card)
	switch x.Part {
	case 0:
		enc.Allowed(v, row, free, ok)
		out.leaves = ok
	case 1:
		earlier := enc.Vars()[v-1].Card
		out.leaves = make([]bool, earlier*x.Card)
		for c := range earlier {
			row[v-1] = int32(c)
			if enc.Applies(v, row) && enc.Allowed(v, row, free, ok) > 0 {
				copy(out.leaves[c*x.Card:], ok)
			}
		}
	}
	return out
}

// Card is how many codes variable v has.
func (p *Plan) Card(v int32) int { return p.vars[v].card }

// Widest is the most codes that a variable has.
func (p *Plan) Widest() int { return p.widest }

// cells makes room for n rows; columns that are made without cells stay nil, all but one.
func (p *Plan) cells(n int) [][]int64 {
	cells := make([][]int64, len(p.enc.Schema().Columns))
	for col := range cells {
		if p.drawn[col] {
			cells[col] = make([]int64, n)
		}
	}
	if len(p.columns) == 0 {
		cells[0] = make([]int64, n)
		for i := range cells[0] {
			cells[0][i] = p.enc.Value(0, nil, free, nil)
		}
	}
	return cells
}
