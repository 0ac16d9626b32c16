package ctgan

import (
	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// wanted is what conditions and balance come to for the generator: internal/draw sees to it that they are met, this that rows
// which meet them are likely.
type wanted struct {
	hints  []hint
	wishes []wish
}

// A hint is a column that a condition is about and the generator can be asked for.
type hint struct {
	field int                       // among those that can be asked for
	upTo  []float64                 // the cumulated shares of the codes that are left
	code  func(row *draw.Row) int32 // or, where the column is balanced, the code that is wanted
}

// label is the code that the generator is asked for.
func (h *hint) label(w *draw.Row) int32 {
	if h.code != nil {
		return h.code(w)
	}
	a := asks{upTo: [][]float64{h.upTo}}
	return a.pick(0, &w.R)
}

// A wish is what a condition on a column leaves of the one that it follows from, which is drawn before it.
type wish struct {
	variable int                       // drawn before
	to       []int32                   // the code that follows, by its code
	ok       []bool                    // by code that follows: whether it meets the condition
	code     func(row *draw.Row) int32 // or, where the column that follows is balanced, the code that is wanted
}

// unlikely is a share that is as good as none.
const unlikely = 1e-12

// leave copies the shares of the codes that come to what is wished for, and gives their sum. Where none has a share, all codes keep theirs:
// the condition will be set into the row.
func (x *wish) leave(dst, shares []float32, w *draw.Row) ([]float32, float64) {
	want := int32(-1)
	if x.code != nil {
		want = x.code(w)
	}
	sum := 0.0
	for k, p := range shares {
		if dst[k] = 0; x.code == nil && x.ok[x.to[k]] || x.code != nil && x.to[k] == want {
			dst[k] = p
			sum += float64(p)
		}
	}
	if !(sum > unlikely) {
		return shares, unlikely
	}
	return dst, sum
}

// wantedBy finds out what conditions and balance come to. s is the sampler with the same options.
func (m *Model) wantedBy(opt SampleOptions, s *draw.Sampler) (*wanted, error) {
	sets, err := table.Sets(m.Schema(), opt.Where)
	if err != nil {
		return nil, err
	}
	w := &wanted{}
	for i := range sets {
		set := &sets[i]
		if v := m.variable(set.Col); v >= 0 {
			ok := make([]bool, m.enc.Vars()[v].Card)
			m.enc.Allowed(v, make([]int32, len(m.enc.Vars())), encode.Limit{Set: set, Low: encode.NoLow, High: encode.NoHigh}, ok)
			m.want(w, v, ok, nil)
		}
	}
	for c := range m.Schema().Columns {
		if v := m.variable(c); v >= 0 && opt.Balance == m.Schema().Columns[c].Name {
			m.want(w, v, nil, func(row *draw.Row) int32 { return s.Wanted(c, row.Number) })
		}
	}
	return w, nil
}

// variable is the first one of a column, or -1.
func (m *Model) variable(col int) int {
	for v, x := range m.enc.Vars() {
		if x.Col == col {
			return v
		}
	}
	return -1
}

// want adds what is wanted of the first variable of a column: the codes that are ok, or the one that code gives.
func (m *Model) want(w *wanted, v int, ok []bool, code func(*draw.Row) int32) {
	if d := &m.follows[v]; d.To != nil {
		w.wishes = append(w.wishes, wish{variable: d.From, to: d.To, ok: ok, code: code})
		if code != nil {
			return
		}
		from := make([]bool, len(d.To))
		for k, c := range d.To {
			from[k] = ok[c]
		}
		v, ok = d.From, from
	}
	for i, f := range m.l.cond {
		if m.first[f] != v {
			continue
		}
		h := hint{field: i, code: code}
		below, total := 0.0, 0.0
		for k, u := range m.asks.upTo[i] {
			if code != nil || ok[k] {
				total += u - below
			}
			below = u
			h.upTo = append(h.upTo, total)
		}
		if total > 0 {
			w.hints = append(w.hints, h)
		}
	}
}
