package great

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer"
)

// Sample writes rows. set is the number of rows into which a condition, or the balanced value, was set because it was not generated; of preset
// be_great it is the number of rows that its filter would not have let through. A condition that no row can meet gives an error that wraps
// draw's ErrNoRow; other errors of the options are *[table.Error]. A cancelled ctx gives ctx.Err() soon.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	if opt.First < 0 || opt.Rows < 0 {
		panic(fmt.Sprintf("great: Sample of %d rows from %d", opt.Rows, opt.First))
	}
	if m.set.Preset == beGreat {
		return m.samplePeer(ctx, opt)
	}
	s, err := m.plan.Sampler(draw.Options{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict,
		Balance: opt.Balance, Meets: true})
	if err != nil {
		return nil, 0, err
	}
	q, err := m.newRequest(opt)
	if err != nil {
		return nil, 0, err
	}
	if err := q.conditions(opt, s); err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q.ctx, q.fail = ctx, cancel
	t, set, err = s.Rows(ctx, func(n int) draw.Source { return newSource(q, n) })
	if ctx.Err() != nil {
		return nil, 0, context.Cause(ctx)
	}
	if err == nil {
		q.tell(opt)
	}
	return t, set, err
}

// A request is what the rows of one call have in common.
type request struct {
	m       *Model
	ctx     context.Context
	fail    context.CancelCauseFunc
	temper  float64
	bf16    bool
	prefix  []int32                // examples
	comma   bool                   // a comma stands behind the last cell, too
	ok      []*restriction         // by column of the schema: what conditions leave; nil: everything
	balance int                    // the column that is balanced, or -1
	each    map[int32]*restriction // and what its codes leave
	wanted  func(row int64) int32
	shares  []draw.Shares // by variable
	head    []int32

	mass, drawn atomic.Int64 // of all tokens that were drawn: probability of what was allowed, in units of 1/massUnit
}

const massUnit = 1 << 30

// leastMass is the mean probability of the tokens that were allowed below which a model has hardly learned what rows look like.
const leastMass = 0.9

func (m *Model) newRequest(opt SampleOptions) (*request, error) {
	q := &request{m: m, temper: m.set.Temperature, ok: make([]*restriction, len(m.enc.Schema().Columns)), balance: -1, comma: m.set.Level == "structure" || m.s.comma}
	if opt.Temperature != 0 {
		q.temper = opt.Temperature
	}
	if err := checkBF16(opt.BF16); err != nil {
		return nil, err
	}
	q.bf16 = opt.BF16
	if !(q.temper > 0) || math.IsInf(q.temper, 0) {
		return nil, badOption("the temperature is not above 0", "use 1, the learned distribution, or a number near it")
	}
	for _, x := range m.enc.Vars() {
		q.shares = append(q.shares, draw.NewShares(x.Share))
	}
	// Names can be fed but never drawn.
	q.head = m.s.g.head()
	return q, q.examples(opt)
}

// conditions restricts columns.
func (q *request) conditions(opt SampleOptions, s *draw.Sampler) error {
	enc := q.m.enc
	sets, err := table.Sets(enc.Schema(), opt.Where)
	if err != nil {
		return err
	}
	for _, c := range q.m.s.cols { // what a rule computes is not among them, and draw sees to it
		set := s.Left(c)
		if set == nil {
			continue
		}
		if q.ok[c], err = q.m.s.g.restrict(c, encode.Limit{Set: set, Low: encode.NoLow, High: encode.NoHigh}); err != nil {
			return err
		}
	}
	for _, c := range q.m.s.cols {
		if opt.Balance == enc.Schema().Columns[c].Name {
			q.balance, q.each = c, map[int32]*restriction{}
			q.wanted = func(row int64) int32 { return s.Wanted(c, row) }
			return q.balanced(c, sets)
		}
	}
	return nil
}

// balanced finds what each code of the first part of a column leaves of its values.
func (q *request) balanced(c int, sets []table.Set) error {
	enc := q.m.enc
	col, first := &enc.Schema().Columns[c], slices.IndexFunc(enc.Vars(), func(x encode.Var) bool { return x.Col == c })
	row := make([]int32, len(enc.Vars()))
	codeOf := func(v int64) int32 { enc.Code(c, v, row); return row[first] }
	by := map[int32]*table.Set{}
	get := func(code int32) *table.Set {
		if by[code] == nil {
			by[code] = &table.Set{Col: c, Values: make([]bool, len(col.Values)), Marks: make([]bool, len(col.Marks))}
		}
		return by[code]
	}
	if !isNumber(col.Kind) {
		for v := range col.Values {
			get(codeOf(int64(v))).Values[v] = true
		}
	} else {
		for from, high := int64(col.Min/col.Step), int64(col.Max/col.Step); from <= high; {
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
	}
	for code, set := range by {
		if r, err := q.m.s.g.restrict(c, encode.Limit{Set: within(set, sets), Low: encode.NoLow, High: encode.NoHigh}); err == nil {
			q.each[code] = r // what conditions leave nothing of is never wanted
		}
	}
	return nil
}

// within is what a condition on the same column leaves of a set.
func within(set *table.Set, sets []table.Set) *table.Set {
	i := slices.IndexFunc(sets, func(s table.Set) bool { return s.Col == set.Col })
	if i < 0 {
		return set
	}
	for v := range set.Values {
		set.Values[v] = set.Values[v] && sets[i].Values[v]
	}
	var spans [][2]int64
	for _, a := range set.Spans {
		for _, b := range sets[i].Spans {
			if low, high := max(a[0], b[0]), min(a[1], b[1]); low <= high {
				spans = append(spans, [2]int64{low, high})
			}
		}
	}
	set.Spans = spans
	return set
}

// tell reports the mean mass.
func (q *request) tell(opt SampleOptions) {
	n := q.drawn.Load()
	if n == 0 {
		return
	}
	mean := float64(q.mass.Load()) / massUnit / float64(n)
	if opt.Mass != nil {
		opt.Mass(mean)
	}
	if low := LowMass(mean); low != nil && opt.Warn != nil {
		opt.Warn(low)
	}
}

// LowMass is what there is to say of a mean probability of the tokens that the grammar allowed: the warning low-mass below .9, else nil.
func LowMass(mean float64) *table.Error {
	if mean >= leastMass {
		return nil
	}
	return &table.Error{Code: "low-mass", Reason: fmt.Sprintf("the model gives only %.0f %% of its probability to text that can be a row: it has hardly "+
		"learned what rows look like", 100*mean), Fix: "learn for longer, with more rows, or from weights"}
}

// A writing is one row while it is generated.
type writing struct {
	q     *request
	order []int // places in speller.cols
	ok    []*restriction
	known map[int]int64 // cells that are given, by column
	cells []int64       // by column of the schema, once they are read
	at    int           // in order
	in    bool          // the name stands, and now comes the value
	read  int           // tokens
	place place
	legal []int32
}

// next says what comes behind the tokens of a row.
func (w *writing) next(r transformer.Row) transformer.Next {
	g := w.q.m.s.g
	for ; w.in && w.read < len(r.IDs); w.read++ {
		p, ok := g.step(w.place, r.IDs[w.read])
		if !ok {
			w.q.fail(fmt.Errorf("great: a token was drawn that the grammar does not allow"))
			return transformer.Next{Stop: true}
		}
		w.place = p
		if v, done := g.value(p); done {
			w.cells[w.q.m.s.cols[w.order[w.at]]] = v
			w.at, w.in = w.at+1, false
		}
	}
	if w.at == len(w.order) {
		return transformer.Next{Stop: true}
	}
	if w.in {
		w.legal = g.allowed(w.place, w.legal[:0])
		return transformer.Next{Allowed: w.legal}
	}
	return w.begin(r)
}

// begin begins a cell: with its name, and with its value where that is known.
func (w *writing) begin(r transformer.Row) transformer.Next {
	s, place := w.q.m.s, w.order[w.at]
	col, last := s.cols[place], w.at == len(w.order)-1 && !w.q.comma
	name := s.name(place, w.at)
	if w.at == 0 {
		name = append(slices.Clone(s.begin), name...)
	}
	w.read = len(r.IDs)
	if v, ok := w.known[col]; ok {
		w.cells[col] = v
		w.at++
		return transformer.Next{Forced: s.g.tokens(slices.Clone(name), col, v, last)}
	}
	w.in, w.place, w.read = true, s.g.begin(col, last, w.ok[col]), w.read+len(name)
	if len(name) == 0 {
		w.legal = s.g.allowed(w.place, w.legal[:0])
		return transformer.Next{Allowed: w.legal}
	}
	return transformer.Next{Forced: name}
}

// first puts the columns for which yes is true before the others, each part in the order that it has.
func (w *writing) first(yes func(col int) bool) {
	slices.SortStableFunc(w.order, func(a, b int) int {
		x, y := yes(w.q.m.s.cols[a]), yes(w.q.m.s.cols[b])
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
}

// write generates rows. seed gives each a number for its stream.
func (q *request) write(rows []*writing, stream func(i int) rng.Stream) error {
	longest := 0
	err := q.m.net.Generate(q.ctx, transformer.GenerateOptions{
		Rows: len(rows), Batch: generateBatch, Most: min(len(q.prefix)+q.m.widest+1, q.m.net.Config.Positions), Prefix: q.prefix, Head: q.head, Mass: true,
		Temperature: q.temper, TopK: q.m.set.TopK, BF16: q.bf16,
		Stream: stream,
		Prompt: func(i int) []int32 { return rows[i].next(transformer.Row{IDs: q.prefix}).Forced },
		Next:   func(r transformer.Row) transformer.Next { return rows[r.Number].next(r) },
	}, func(r transformer.Row) error {
		longest = max(longest, len(r.IDs))
		if w := rows[r.Number]; w.at < len(w.order) {
			return tooLong(len(r.IDs)+1, q.m.net.Config.Positions)
		}
		q.mass.Add(int64(r.Mass*float64(r.Drawn)*massUnit + 0.5))
		q.drawn.Add(int64(r.Drawn))
		return nil
	})
	return err
}

// generateBatch is how many rows are generated together.
const generateBatch = 64

// A source writes the rows of one goroutine, and tells draw what it has written.
type source struct {
	q     *request
	codes [][]int32 // by index of the row: the codes of what was written, by variable
}

func newSource(q *request, n int) *source {
	s := &source{q: q, codes: make([][]int32, n)}
	for i := range s.codes {
		s.codes[i] = make([]int32, len(q.m.enc.Vars()))
	}
	return s
}

// Begin writes the rows.
func (s *source) Begin(rows []*draw.Row) {
	if s.q.ctx.Err() != nil {
		return
	}
	list := make([]*writing, len(rows))
	seeds := make([]uint64, len(rows))
	for i, row := range rows {
		w := &writing{q: s.q, ok: s.q.ok, order: s.q.m.s.order(&row.R), cells: make([]int64, len(s.q.ok))}
		if s.q.balance >= 0 {
			w.ok = slices.Clone(w.ok)
			w.ok[s.q.balance] = s.q.each[s.q.wanted(row.Number)]
		}
		if !s.q.m.s.fixed {
			w.first(func(col int) bool { return w.ok[col] != nil })
		}
		seeds[i] = uint64(row.R.Uint32())<<32 | uint64(row.R.Uint32())
		list[i] = w
	}
	if err := s.q.write(list, func(i int) rng.Stream { return rng.New(seeds[i], rng.GreatToken, 0) }); err != nil {
		s.q.fail(err)
		return
	}
	for i, row := range rows {
		codes := s.codes[row.Index]
		for v := range codes {
			codes[v] = -1
		}
		for _, c := range s.q.m.s.cols {
			s.q.m.enc.Code(c, list[i].cells[c], codes)
		}
	}
}

// Next leaves the order free.
func (s *source) Next([]*draw.Row, int32) []int32 { return nil }

// Draw gives the code that was written; of a column that a rule computes, one by its share.
func (s *source) Draw(w *draw.Row, v int32) int32 {
	if k := s.codes[w.Index][v]; k >= 0 {
		return k
	}
	return s.q.shares[v].Draw(&w.R)
}

// Spread gives the code that was written nearly everything.
func (s *source) Spread(w *draw.Row, v int32, p []float64) {
	k, weight := s.codes[w.Index][v], 1.0
	clear(p)
	if k >= 0 {
		weight = restShare
		p[k] = 1 - restShare
	}
	s.q.shares[v].Add(p, weight)
}

// restShare is what is left for codes that were not written: they are taken where rules leave no other.
const restShare = 1e-9

// Set has nothing to do: the row is written.
func (s *source) Set(*draw.Row, int32, int32) {}
