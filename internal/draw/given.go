package draw

import (
	"context"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Given is what rows have already of some columns. N rows.
type Given struct {
	Cols  []bool    // by column of the schema: whether the rows have it
	Codes [][]int32 // by variable and row
	// Cells are by column of the schema and row. A closed cell below -1 has a value that the encoder does not know.
	Cells [][]int64
}

// Complete draws the columns that Given does not have in rows, whose Number and R the caller has set; row i of rows is row at[i] of Given.
// Columns that it has should come first in the plan. Conditions bind what is drawn, and so do rules; a row of which they leave nothing is
// dead. The error is that of ctx.
func (k *Worker) Complete(ctx context.Context, rows []*Row, g *Given, at []int) error {
	k.given, k.at = g, at
	defer func() { k.given = nil }()
	return k.Draw(ctx, rows, true)
}

// take copies a column that a row has.
func (k *Worker) take(w *Row, c *column) {
	i := k.at[w.Index]
	for p := range int32(c.parts) {
		v := c.first + p
		w.Codes[v] = k.given.Codes[v][i]
		k.source.Set(w, v, w.Codes[v])
	}
	w.Cells[c.col] = k.given.Cells[c.col][i]
	if rule := k.plan.rules.at[c.col]; rule >= 0 {
		v := w.Cells[c.col]
		k.plan.rules.settle(w.spans, rule, v, w.Codes[c.first] >= int32(c.scale) && v >= encode.NoLow)
	}
	k.note(w, c.col)
}

// Bound is what is left of a column in a row that has some cells already, by column of the schema; nil is everything. Sums and orders do not
// count.
func (s *Sampler) Bound(cells []int64, have []bool, col int) *table.Set {
	p := s.plan
	w := &Row{Cells: cells, Codes: make([]int32, len(p.vars)), spans: make([]span, len(p.rules.cols)), sides: make([]uint8, p.rules.pairs.groups)}
	p.rules.start(w.spans, s.hull)
	k := &Worker{sampler: s, plan: p, given: &Given{Cols: have}, before: map[question]*table.Set{}}
	return meet(s.sets[col], k.bound(w, col, col, true))
}
