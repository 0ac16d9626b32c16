package great

import (
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// empty tells which gaps of a row stay, by column of the encoder: those of rules "A xor B" whose other column has a cell. Where neither has one
// it is drawn which is filled.
func (f *filling) empty(row int, r *rng.Stream) []bool {
	const open, full, void = 0, 1, 2
	enc := f.q.m.enc
	state, out := make([]int, len(f.pairs)), make([]bool, len(f.pairs))
	for c := range state {
		switch {
		case !draw.IsMissing(enc, c, f.known[c][row]):
			state[c] = full
		case !f.missing(c, row):
			state[c] = void
		}
	}
	for {
		next, changed := -1, false
		for c, others := range f.pairs {
			if len(others) == 0 || state[c] != open {
				continue
			}
			for _, o := range others {
				if state[c] == open && state[o] != open {
					state[c], changed = full+void-state[o], true
				}
			}
			if state[c] == open && next < 0 {
				next = c
			}
		}
		if changed {
			continue
		}
		if next < 0 {
			break
		}
		if state[next] = full; r.Float64() < f.gapShare(next) {
			state[next] = void
		}
	}
	for c := range out {
		out[c] = len(f.pairs[c]) > 0 && state[c] == void && f.missing(c, row)
	}
	return out
}

// gapShare is the share of MISSING in a column.
func (f *filling) gapShare(c int) float64 {
	for _, x := range f.q.m.enc.Vars() {
		if x.Col == c && x.Part == 0 && x.Scale > len(f.q.m.enc.Schema().Columns[c].Marks) {
			return x.Share[0]
		}
	}
	return 0
}

// lead restricts the gaps of a row to what leads to the cells that other columns have. A gap for which nothing does stays.
func (f *filling) lead(w *writing, row int) {
	enc := f.q.m.enc
	have, cells := make([]bool, len(f.known)), make([]int64, len(f.known))
	for c := range f.known {
		cells[c] = f.known[c][row]
		have[c] = !draw.IsMissing(enc, c, cells[c])
	}
	for i := range enc.Schema().Rules {
		d := enc.Decision(i)
		if d == nil || have[d.From] || !f.missing(d.From, row) {
			continue
		}
		if _, known := w.known[d.From]; known {
			continue
		}
		r, ok := f.leading(d.From, f.s.Bound(cells, have, d.From))
		if !ok {
			w.known[d.From] = f.q.m.gap(d.From)
			f.stuck++
		} else if r != nil {
			w.ok = slices.Clone(w.ok)
			w.ok[d.From] = r
		}
	}
}

// leading gives the restriction to a set, MISSING left out; false where nothing is left, and nil where the set leaves everything.
func (f *filling) leading(c int, set *table.Set) (r *restriction, ok bool) {
	if set == nil {
		return nil, true
	}
	own := *set
	own.Missing = false
	key := fmt.Sprint(c, own)
	r, ok = f.leads[key]
	if !ok {
		r, _ = f.q.m.s.g.restrict(c, encode.Limit{Set: &own, Low: encode.NoLow, High: encode.NoHigh})
		f.leads[key] = r
	}
	return r, r != nil
}

// follow writes the value that another column decides into a gap of a row.
func (f *filling) follow(d *encode.Decision, row int) {
	enc := f.q.m.enc
	if !draw.IsMissing(enc, d.To, f.known[d.To][row]) || len(f.pairs[d.To]) > 0 && draw.IsMissing(enc, d.To, f.cell(d.To, row)) {
		return
	}
	if v, ok := d.Image(f.cell(d.From, row)); ok {
		draw.SetCell(f.cells[f.from[d.To]], row, v, &enc.Schema().Columns[d.To], &f.t.Schema().Columns[f.from[d.To]])
	}
}

// cell gives a cell as it is now, in the encoder's terms.
func (f *filling) cell(c, row int) int64 {
	to, from := &f.q.m.enc.Schema().Columns[c], &f.t.Schema().Columns[f.from[c]]
	switch cells := f.cells[f.from[c]].(type) {
	case []int64:
		if v := cells[row]; v < encode.NoLow {
			return v
		}
		return int64(math.Round(float64(cells[row]) * from.Step / to.Step))
	case []int32:
		if cells[row] < 0 {
			return -1
		}
		if v := slices.Index(to.Values, from.Values[cells[row]]); v >= 0 {
			return int64(v)
		}
		return -2 // a value that is not learned
	}
	if f.cells[f.from[c]].([]string)[row] == "" {
		return -1
	}
	return 0
}
