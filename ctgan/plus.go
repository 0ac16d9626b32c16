package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/tensor"
)

// encodeCodes writes the table in the codes that all of Cohort's own models share: spikes, grids, gaps and marks are codes, and what
// too few persons have is in none. The networks see the first part of each column that does not follow from another one; a later
// part, which says where in a bin a number lies, is drawn by its share given the part before it.
func (f *fitting) encodeCodes(t *table.Table) error {
	m := f.m
	var err error
	m.enc, err = encode.Fit(t, encode.Options{Protect: f.opt.Protect, Level: f.opt.Level, Whole: f.opt.Whole, Warn: f.opt.Warn})
	if err != nil {
		return err
	}
	codes, err := m.enc.Codes(t)
	if err != nil {
		return err
	}
	vars := m.enc.Vars()
	m.later = laterParts(vars, codes, f.opt.Protect)
	m.follows = dependences(vars, codes, m.ruled())
	if err := m.arrange(); err != nil {
		return err
	}
	if f.opt.LR == 0 && m.set.Model == kindCTGAN {
		m.set.LR = min(max(ratePerRow*float64(t.Rows()), leastRate), m.set.LR)
	}
	f.data = &matrix{rows: t.Rows()}
	for _, v := range m.first {
		f.data.code = append(f.data.code, codes[v])
		f.data.num = append(f.data.num, nil)
	}
	if len(m.first) == 0 {
		return &table.Error{Code: "nothing-to-learn", Reason: "no column is learned: all are ids or text", Fix: "read one as a number or category"}
	}
	return nil
}

// Small tables are learned more slowly: at the full rate, which pays from about 2,000 rows on, a few hundred rows' chance patterns are
// learned as well.
const ratePerRow, leastRate = 5e-7, 2e-4

// mostAsked is how many codes a column has at most that the generator can be asked for.
const mostAsked = 256

// arrange puts the columns' first parts side by side and plans the order in which they are drawn: what follows from another column after it.
func (m *Model) arrange() error {
	var fields []field
	var weight []float64
	vars := m.enc.Vars()
	m.first, m.place = nil, make([]int, len(vars))
	for v, x := range vars {
		if x.Part > 0 {
			continue
		}
		weight = append(weight, 1)
		if m.follows[v].To != nil {
			weight[len(weight)-1] = 0
			continue
		}
		k := m.enc.Schema().Columns[x.Col].Kind
		closed := k == table.Category || k == table.Ordered
		m.place[v] = len(fields)
		m.first = append(m.first, v)
		fields = append(fields, field{K: x.Card, Cond: m.set.Model == kindCTGAN && closed && x.Card <= mostAsked})
	}
	m.l = newLayout(fields, true)
	m.rankCodes()
	m.group = m.groupsOf()
	rules, err := draw.NewRules(m.enc)
	if err != nil {
		return err
	}
	m.plan, err = draw.NewPlan(m.enc, rules.Order(weight))
	return err
}

// laterParts gives, for every variable that is not the first of its column, the shares of its codes by the code of the part before
// it, [K of that][K]. A code that fewer than protect rows have there has no share of its own, and all codes have a little
// of the variable's share.
func laterParts(vars []encode.Var, codes [][]int32, protect int) [][]float32 {
	const prior = 0.5 // rows that the variable's share counts for
	later := make([][]float32, len(vars))
	for v, x := range vars {
		if x.Part == 0 {
			continue
		}
		before := vars[v-1].Card
		count := make([]float32, before*x.Card)
		for r, c := range codes[v] {
			if b := codes[v-1][r]; c >= 0 && b >= 0 {
				count[int(b)*x.Card+int(c)]++
			}
		}
		for i := range count {
			if int(count[i]) < protect {
				count[i] = 0
			}
			count[i] += float32(prior * x.Share[i%x.Card])
		}
		later[v] = count
	}
	return later
}

// A source tells internal/draw what the generator makes of a row's noise: the shares of each column's codes, which are independent of
// each other given the noise.
type source struct {
	m      *Model
	wanted *wanted
	tape   *autograd.Tape
	z      tensor.Tensor // [B, Z]
	b      batch
	shares []float32 // by index of a row, [D]

	sure     []float32       // the shares of a code that follows from another column's
	left     [][]float32     // by wish: the shares of the codes that it leaves
	features autograd.Sparse // of the rows that are weighed
	chances  []float64       // by index of a row, [wishes]: how likely it was that a wish came true
}

// mostTogether is about how many numbers a row's codes and those of the rows beside it come to while they go through the generator.
const mostTogether = 1 << 20

func (m *Model) newSource(n int, w *wanted) *source {
	return &source{m: m, wanted: w, tape: autograd.New(&tensor.Arena{}), shares: make([]float32, n*m.l.width),
		left: make([][]float32, len(w.wishes)), chances: make([]float64, n*len(w.wishes))}
}

// Begin draws noise and a condition for each row from a seed of its own, and takes all of them through the generator.
func (s *source) Begin(rows []*draw.Row) {
	for _, w := range rows {
		for i := range s.wanted.wishes {
			s.chances[w.Index*len(s.wanted.wishes)+i] = 1
		}
	}
	each := max(mostTogether/s.m.l.width, 32)
	for at := 0; at < len(rows); at += each {
		s.begin(rows[at:min(at+each, len(rows))])
	}
}

func (s *source) begin(rows []*draw.Row) {
	m, n := s.m, len(rows)
	s.z = tensor.FromSlice(resize(s.z.Data, n*m.set.Z), n, m.set.Z)
	s.b.which, s.b.label, s.b.field = resize(s.b.which, n), resize(s.b.label, n), resize(s.b.field, n)
	for i, w := range rows {
		kernels.Normal(s.z.Row(i), w.R.Uint64(), rng.GANRow, 0, 0)
		s.b.field[i], s.b.label[i] = -1, -1
		switch {
		case len(s.wanted.hints) > 0:
			h := &s.wanted.hints[w.R.Intn(len(s.wanted.hints))]
			s.b.field[i], s.b.label[i] = int32(h.field), h.label(w)
		case len(m.asks.upTo) > 0:
			f := w.R.Intn(len(m.asks.upTo))
			s.b.field[i], s.b.label[i] = int32(f), m.asks.pick(f, &w.R)
		}
	}
	if m.set.NoiseSD != 1 {
		kernels.Scale(s.z.Data, s.z.Data, float32(m.set.NoiseSD))
	}
	m.l.ask(&s.b)
	s.tape.Reset()
	logits := m.gen.logits(s.tape, s.z, &s.b.cond, writing)
	p := s.tape.SpanHead(logits, m.l.spans, 1, nil).Data()
	d := m.l.width
	for i, w := range rows {
		copy(s.shares[w.Index*d:(w.Index+1)*d], p[i*d:(i+1)*d])
	}
}

// Next has no order of its own.
func (s *source) Next([]*draw.Row, int32) []int32 { return nil }

// of gives the shares of the codes of variable v that a wish leaves.
func (s *source) of(w *draw.Row, v int32) []float32 {
	p, before := s.learned(w, v), 1.0
	for i := range s.wanted.wishes {
		if x := &s.wanted.wishes[i]; x.variable == int(v) {
			var sum float64
			s.left[i] = resize(s.left[i], len(p))
			p, sum = x.leave(s.left[i], p, w)
			s.chances[w.Index*len(s.wanted.wishes)+i] = sum / before
			before = sum
		}
	}
	return p
}

// learned gives the shares of the codes of variable v.
func (s *source) learned(w *draw.Row, v int32) []float32 {
	x := &s.m.enc.Vars()[v]
	if x.Part > 0 {
		at := int(w.Codes[v-1]) * x.Card
		return s.m.later[v][at : at+x.Card]
	}
	if d := &s.m.follows[v]; d.To != nil {
		s.sure = resize(s.sure, x.Card)
		clear(s.sure)
		s.sure[d.To[w.Codes[d.From]]] = 1
		return s.sure
	}
	at := w.Index*s.m.l.width + s.m.l.at[s.m.place[v]]
	return s.shares[at : at+x.Card]
}

// Draw draws a code by its share.
func (s *source) Draw(w *draw.Row, v int32) int32 {
	p := s.of(w, v)
	total := 1.0
	if s.m.enc.Vars()[v].Part > 0 || len(s.wanted.wishes) > 0 {
		total = 0
		for _, x := range p {
			total += float64(x)
		}
	}
	at := float64(w.R.Float64() * total)
	last := len(p) - 1
	for k, x := range p[:last] {
		if at -= float64(x); at < 0 {
			return int32(k)
		}
	}
	for last > 0 && p[last] == 0 {
		last-- // rounding led behind the last code that is left
	}
	return int32(last)
}

// Spread gives the share of every code.
func (s *source) Spread(w *draw.Row, v int32, p []float64) {
	total := 0.0
	for k, x := range s.of(w, v) {
		p[k] = float64(x)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
}

// Set has nothing to learn: columns are independent given the noise.
func (s *source) Set(*draw.Row, int32, int32) {}

// recalibrate gives the generator's BatchNorm the exact statistics of rows as they are written. tick hears of rows written, and may end
// it.
func (m *Model) recalibrate(t *autograd.Tape, seed uint64, batches int, tick func(rows int) error) error {
	norms := 0
	for _, b := range m.gen.blocks {
		if b.norm != nil {
			norms++
		}
	}
	if norms == 0 {
		return tick(batches * m.set.Batch)
	}
	var p prober
	for i := range batches {
		p.draw(m, seed, uint64(i), m.set.Batch)
		t.Reset()
		m.gen.logits(t, p.z, &p.b.cond, counting)
		if err := tick(m.set.Batch); err != nil {
			return err
		}
	}
	for _, b := range m.gen.blocks {
		if b.norm != nil {
			b.norm.Finish()
		}
	}
	return nil
}

// A prober draws noise and conditions as they are drawn when rows are written.
type prober struct {
	z tensor.Tensor
	b batch
}

func (p *prober) draw(m *Model, seed, step uint64, n int) {
	p.z = tensor.FromSlice(resize(p.z.Data, n*m.set.Z), n, m.set.Z)
	kernels.Normal(p.z.Data, seed, rng.GANProbe, 2*step, 0)
	if m.set.NoiseSD != 1 {
		kernels.Scale(p.z.Data, p.z.Data, float32(m.set.NoiseSD))
	}
	r := rng.New(seed, rng.GANProbe, 2*step+1)
	p.b.which, p.b.label, p.b.field = resize(p.b.which, n), resize(p.b.label, n), resize(p.b.field, n)
	for i := range n {
		p.b.field[i], p.b.label[i] = -1, -1
		if len(m.asks.upTo) > 0 {
			f := r.Intn(len(m.asks.upTo))
			p.b.field[i], p.b.label[i] = int32(f), m.asks.pick(f, &r)
		}
	}
	m.l.ask(&p.b)
}

// balanceRows are written in a round of balance, at most.
const balanceRows = 4000

// shares draws noise and conditions for n rows and gives the shares of their codes: [n, D], until the tape's Reset.
func (p *prober) shares(m *Model, t *autograd.Tape, seed, step uint64, n int) []float32 {
	p.draw(m, seed, step, n)
	t.Reset()
	return t.SpanHead(m.gen.logits(t, p.z, &p.b.cond, writing), m.l.spans, 1, nil).Data()
}

// balance moves the last layer's bias until the codes of every column are written as often as they are met in the table.
func (m *Model) balance(t *autograd.Tape, seed uint64, rounds, rows int, tick func(rows int) error) error {
	const most = 1.0 // that a bias moves in a round
	bias := m.gen.out.Bias
	mean := make([]float64, m.l.width)
	var p prober
	for round := range rounds {
		clear(mean)
		for i := range (rows + m.set.Batch - 1) / m.set.Batch {
			shares := p.shares(m, t, seed, uint64(1<<21+round*balanceRows+i), m.set.Batch)
			for r := range m.set.Batch {
				for j, x := range shares[r*m.l.width : (r+1)*m.l.width] {
					mean[j] += float64(x)
				}
			}
			if err := tick(m.set.Batch); err != nil {
				return err
			}
		}
		for f := range m.l.fields {
			x := &m.enc.Vars()[m.first[f]]
			at := m.l.at[f]
			total := 0.0
			for k := range x.Card {
				total += mean[at+k]
			}
			for k, want := range x.Share {
				const least = 1e-5
				off := math.Log((want + least) / (mean[at+k]/total + least))
				bias.Data.Data[at+k] += float32(min(max(off, -most), most))
			}
		}
		bias.Changed()
	}
	return nil
}
