package great

import (
	"context"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Fill gives t with its missing cells written by the model: the same rows in the same order, and every cell that is there as it is. In a row the
// cells that are known stand first; each gap is filled given all before it. Row i is a function of the model, the options' Seed, i and
// the row. Columns that are not written as text, and sums that a rule computes, keep their gaps, but for a sum all of whose parts are there;
// so do columns whose gaps filled would break a rule, which Warn hears of: not-filled. It hears of rows that are against a rule by what they
// have, too: against-rule. Of the options Seed, Where, which
// binds filled cells only, Temperature, Examples, Shots, Warn and Mass count. Errors are those of Sample, and other-columns.
func (m *Model) Fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	if m.tok == nil || m.set.Preset != plus {
		return nil, badOption("only preset plus, which learns columns in any order, fills gaps", "fit with preset plus")
	}
	f, err := m.newFilling(t, opt)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	f.q.ctx, f.q.fail = ctx, cancel
	if err := f.write(opt.Seed); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f.q.tell(opt)
	draw.WarnAgainst(m.enc, t, opt.Warn)
	f.obey(opt.Warn)
	filled, err := table.New(t.Schema(), f.cells)
	if err != nil {
		return nil, err
	}
	return t.Filled(filled), nil
}

// A filling is one call of Fill.
type filling struct {
	q     *request
	t     *table.Table
	codes [][]int32 // by variable and row, in the encoder's terms
	from  []int     // by column of the encoder: that of t
	cells []any     // by column of t, as table.New takes them
	known [][]int64 // by column of the encoder and row: the cells of t
	pairs [][]int   // by column of the encoder: those of which one is missing where the other is not
	s     *draw.Sampler
	leads map[string]*restriction // by column and set: what leads to the cells that a row has
	stuck int                     // rows with a gap for which nothing leads there
}

func (m *Model) newFilling(t *table.Table, opt SampleOptions) (*filling, error) {
	f := &filling{t: t, from: make([]int, len(m.enc.Schema().Columns)), pairs: draw.Pairs(m.enc), leads: map[string]*restriction{}}
	var err error
	if f.codes, err = m.enc.Codes(t); err != nil {
		return nil, err
	}
	f.known = draw.Cells(m.enc, t)
	s, err := m.plan.Sampler(draw.Options{Where: opt.Where, Temperature: opt.Temperature})
	if err != nil {
		return nil, err
	}
	f.s = s
	if f.q, err = m.newRequest(opt); err != nil {
		return nil, err
	}
	opt.Balance = ""
	if err := f.q.conditions(opt, s); err != nil {
		return nil, err
	}
	for c := range t.Schema().Columns {
		f.cells = append(f.cells, draw.CellsOf(t, c))
	}
	for c := range f.from {
		name := m.enc.Schema().Columns[c].Name
		f.from[c] = slices.IndexFunc(t.Schema().Columns, func(x table.Column) bool { return x.Name == name })
	}
	for _, c := range m.s.cols {
		f.q.ok[c] = f.q.withoutGap(c)
	}
	return f, nil
}

// withoutGap is what conditions leave of a column but MISSING; nil where nothing else is left.
func (q *request) withoutGap(c int) *restriction {
	all := q.m.s.g.fields[c].all
	if q.ok[c] != nil {
		all = q.ok[c]
	}
	r := &restriction{field: all.field, col: c, spans: all.spans, known: map[place][]int32{}}
	for i, cell := range all.cells {
		if cell != q.m.gap(c) {
			r.texts, r.cells = append(r.texts, all.texts[i]), append(r.cells, cell)
		}
	}
	if len(r.texts) == 0 && r.spans.empty() {
		return nil
	}
	return r
}

// missing tells whether a cell of a column of the encoder is a gap that can be filled.
func (f *filling) missing(c, row int) bool {
	return f.q.ok[c] != nil && draw.IsMissing(f.q.m.enc, c, f.known[c][row])
}

// write generates what is missing.
func (f *filling) write(seed uint64) error {
	m := f.q.m
	var list []*writing
	var numbers []int
	codes := make([]int32, len(f.codes))
	for row := range f.t.Rows() {
		r := rng.New(seed, rng.GreatFill, uint64(row)<<1)
		w := &writing{q: f.q, ok: f.q.ok, order: m.s.order(&r), known: map[int]int64{}, cells: make([]int64, len(f.q.ok))}
		for v := range codes {
			codes[v] = f.codes[v][row]
		}
		empty := f.empty(row, &r)
		for _, c := range m.s.cols {
			switch {
			case empty[c]:
				w.known[c] = m.gap(c)
			case !f.missing(c, row):
				w.known[c] = m.enc.Value(c, codes, encode.Limit{Low: encode.NoLow, High: encode.NoHigh}, &r)
			}
		}
		if len(w.known) == len(m.s.cols) {
			continue
		}
		f.lead(w, row)
		w.first(func(col int) bool { _, ok := w.known[col]; return ok })
		list, numbers = append(list, w), append(numbers, row)
	}
	if len(list) == 0 {
		return nil
	}
	err := f.q.write(list, func(i int) rng.Stream { return rng.New(seed, rng.GreatFill, uint64(numbers[i])<<1|1) })
	if err != nil {
		return err
	}
	for i, w := range list {
		for _, c := range m.s.cols {
			if _, known := w.known[c]; !known {
				draw.SetCell(f.cells[f.from[c]], numbers[i], w.cells[c], &m.enc.Schema().Columns[c], &f.t.Schema().Columns[f.from[c]])
			}
		}
	}
	return nil
}

// obey computes what rules compute from cells that are there, and takes back what was filled where a rule is broken.
func (f *filling) obey(warn func(*table.Error)) {
	s, back := f.t.Schema(), f.stuck
	// A sum may have a part that is decided, and may decide; what only compares comes last.
	for _, pass := range []string{"->", "=", "->", "<="} {
		for i, rule := range f.q.m.enc.Schema().Rules {
			op, names := rule.Terms()
			if op != pass {
				continue
			}
			var cols []int
			for _, n := range names {
				cols = append(cols, slices.IndexFunc(s.Columns, func(x table.Column) bool { return x.Name == n }))
			}
			d := f.q.m.enc.Decision(i)
			for row := range f.t.Rows() {
				if d != nil {
					f.follow(d, row)
				} else if !f.solve(op, cols, row) {
					back++
				}
			}
		}
	}
	if back > 0 && warn != nil {
		warn(&table.Error{Code: "not-filled", Reason: fmt.Sprintf("in %d rows what was written would have broken a rule: those cells stay empty", back),
			Fix: "fill again with another seed"})
	}
}

// solve makes a rule hold in a row by the last of the cells that were missing, or takes all of those back and gives false.
func (f *filling) solve(op string, cols []int, row int) bool {
	last, total := -1, 0.0
	for k, c := range cols {
		cells := f.cells[c].([]int64)
		if f.t.Ints(c)[row] == noNumber {
			last = k
			continue
		}
		if cells[row] < encode.NoLow {
			return true // a mark is bound by no rule
		}
	}
	if last < 0 {
		return true
	}
	sign := func(k int) float64 {
		if k == 0 {
			return 1
		}
		return -1
	}
	for k, c := range cols {
		v := f.cells[c].([]int64)[row]
		if k == last && op == "=" {
			continue
		}
		if v < encode.NoLow {
			return true
		}
		total += sign(k) * float64(v) * f.t.Schema().Columns[c].Step
	}
	c := &f.t.Schema().Columns[cols[last]]
	v := math.Round(-total * sign(last) / c.Step)
	switch {
	case op != "=" && total <= 0:
		return true
	case op == "=" && v*c.Step >= c.Min && v*c.Step <= c.Max:
		f.cells[cols[last]].([]int64)[row] = int64(v)
		return true
	}
	for _, c := range cols {
		if f.t.Ints(c)[row] == noNumber {
			f.cells[c].([]int64)[row] = noNumber
		}
	}
	return false
}
