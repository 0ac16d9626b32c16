package column

import (
	"context"
	"fmt"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// FillOptions say how Fill draws.
type FillOptions struct {
	Seed        uint64
	Temperature float64 // 0 is 1
	Warn        func(*table.Error)
}

// Fill gives t with its missing cells drawn by the model: the same rows in the same order, and every cell that is there as it is. In a row the
// cells that are known stand first, and each gap is drawn given all before it. Row i is a function of the model, the seed, i and the
// row. Columns that are not learned keep their gaps, and so do those that have no value but MISSING, and rows whose gaps can't be filled without breaking a
// rule, which Warn hears of: not-filled. It hears of rows that are against a rule by what they have, too: against-rule. Errors are other-columns, bad-temperature and that of ctx.
func (m *Model) Fill(ctx context.Context, t *table.Table, opt FillOptions) (*table.Table, error) {
	f, err := m.newFilling(t, opt)
	if err != nil {
		return nil, err
	}
	for _, rows := range f.groups() {
		for lo, n := 0, m.block(); lo < len(rows); lo += n {
			if err := f.draw(ctx, rows[lo:min(lo+n, len(rows))]); err != nil {
				return nil, err
			}
		}
	}
	draw.WarnAgainst(m.enc, t, opt.Warn)
	if f.left > 0 && opt.Warn != nil {
		opt.Warn(&table.Error{Code: "not-filled", Reason: fmt.Sprintf("%d of %d rows keep their gaps: no value keeps the rules", f.left, t.Rows()),
			Fix: "see whether what these rows hold keeps the rules"})
	}
	return table.New(t.Schema(), f.out)
}

// A filling is one call of Fill.
type filling struct {
	m     *Model
	opt   FillOptions
	t     *table.Table
	codes [][]int32
	from  []int     // by column of the encoder: that of t
	cells [][]int64 // by column of the encoder and row, as draw has them
	able  []bool    // by column of the encoder: whether a gap can be filled
	pairs [][]int   // by column of the encoder: those of which one is missing where the other is not
	out   []any     // by column of t
	left  int
}

func (m *Model) newFilling(t *table.Table, opt FillOptions) (*filling, error) {
	f := &filling{m: m, opt: opt, t: t}
	var err error
	if f.codes, err = m.enc.Codes(t); err != nil {
		return nil, err
	}
	for c := range t.Schema().Columns {
		f.out = append(f.out, draw.CellsOf(t, c))
	}
	n := len(m.enc.Schema().Columns)
	f.from, f.cells, f.able = make([]int, n), draw.Cells(m.enc, t), make([]bool, n)
	for c, x := range m.enc.Schema().Columns {
		f.from[c] = slices.IndexFunc(t.Schema().Columns, func(y table.Column) bool { return y.Name == x.Name })
	}
	for v, x := range m.enc.Vars() {
		if x.Part == 0 {
			f.able[x.Col] = f.fills(v, x)
		}
	}
	f.pairs = draw.Pairs(m.enc)
	return f, nil
}

// fills tells whether a column has another code than MISSING, and one that the table being filled can hold.
func (f *filling) fills(v int, x encode.Var) bool {
	if f.from[x.Col] < 0 || f.m.enc.Filled(x.Col) {
		return false
	}
	ok := make([]bool, x.Card)
	lim := encode.Limit{Low: encode.NoLow, High: encode.NoHigh, Set: f.present(x.Col)}
	return f.m.enc.Allowed(v, make([]int32, len(f.m.enc.Vars())), lim, ok) > 0
}

// present is the set of everything that is no gap.
func (f *filling) present(col int) *table.Set {
	c := &f.m.enc.Schema().Columns[col]
	s := &table.Set{Col: col, Marks: make([]bool, len(c.Marks)), Values: make([]bool, len(c.Values))}
	for i := range s.Values {
		s.Values[i] = true
	}
	for i := range s.Marks {
		s.Marks[i] = true
	}
	if len(c.Values) == 0 {
		s.Spans = [][2]int64{{encode.NoLow, encode.NoHigh}}
	}
	return s
}

// gap tells whether a cell of a column of the encoder is missing and can be filled. Of two of which one is missing in each row none can if the
// other has a cell.
func (f *filling) gap(col, row int) bool {
	return f.able[col] && f.missing(col, row) && !slices.ContainsFunc(f.pairs[col], func(other int) bool { return !f.missing(other, row) })
}

func (f *filling) missing(col, row int) bool { return draw.IsMissing(f.m.enc, col, f.cells[col][row]) }

// groups puts together the rows that lack the same columns; rows without a gap are in none.
func (f *filling) groups() [][]int {
	place := map[string]int{}
	var groups [][]int
	key := make([]byte, len(f.able))
	for r := range f.t.Rows() {
		gaps := false
		for c := range f.able {
			key[c] = 0
			if f.gap(c, r) {
				key[c], gaps = 1, true
			}
		}
		if !gaps {
			continue
		}
		i, ok := place[string(key)]
		if !ok {
			i = len(groups)
			place[string(key)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// draw fills rows that lack the same columns.
func (f *filling) draw(ctx context.Context, rows []int) error {
	g := &draw.Given{Cols: make([]bool, len(f.able)), Codes: f.codes, Cells: f.cells}
	sets := make([]*table.Set, len(f.able))
	for c := range f.able {
		if g.Cols[c] = !f.gap(c, rows[0]); !g.Cols[c] && len(f.pairs[c]) == 0 {
			sets[c] = f.present(c)
		}
	}
	plan, err := draw.NewPlan(f.m.enc, f.order(g.Cols))
	if err != nil {
		return err
	}
	s, err := plan.Sampler(draw.Options{Rows: int64(len(rows)), Seed: f.opt.Seed, Temperature: f.opt.Temperature, Sets: sets})
	if err != nil {
		return err
	}
	source := f.m.source(len(rows)).(*source)
	defer source.Release()
	k := s.Worker(source, len(rows))
	for i, w := range k.Rows() {
		w.Number, w.R = int64(rows[i]), rng.New(f.opt.Seed, rng.ColumnFill, uint64(rows[i])<<1)
	}
	if err := k.Complete(ctx, k.Rows(), g, rows); err != nil {
		return err
	}
	for i, w := range k.Rows() {
		if w.Dead() {
			f.left++
			continue
		}
		for c := range f.able {
			if !g.Cols[c] && !draw.IsMissing(f.m.enc, c, w.Cells[c]) {
				draw.SetCell(f.out[f.from[c]], rows[i], w.Cells[c], &f.m.enc.Schema().Columns[c], &f.t.Schema().Columns[f.from[c]])
			}
		}
	}
	return nil
}

// order puts the columns that rows have first, and a sum behind its parts.
func (f *filling) order(have []bool) []int32 {
	vars := f.m.enc.Vars()
	var known, rest []int32
	for _, v := range f.m.order {
		if have[vars[v].Col] {
			known = append(known, v)
		} else {
			rest = append(rest, v)
		}
	}
	return append(known, rest...)
}
