package column

import (
	"slices"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/draw"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
	"example.org/cohort/transformer"
)

// A reader is a net that is used and not trained: what it computes from parameters alone is there.
type reader struct {
	*net
	table tensor.Tensor      // [D+V+1, E]
	heads []*autograd.Weight // V, [K, E]
}

func newReader(n *net) *reader {
	n.params.Freeze(true)
	r := &reader{net: n}
	t := autograd.New(new(tensor.Arena))
	r.table = kept(n.table(t))
	for v := range n.vars {
		h := &n.heads[v]
		w := h.weight.On(t)
		if h.smooth != nil {
			w = t.Add(w, t.MatMul(t.Const(h.knots), h.smooth.On(t)))
		}
		r.heads = append(r.heads, &autograd.Weight{Data: kept(w)})
	}
	return r
}

func kept(v autograd.Var) tensor.Tensor {
	return tensor.Tensor{Shape: slices.Clone(v.Shape()), Data: slices.Clone(v.Data())}
}

// logits is net.head of a first part, with what is there already.
func (r *reader) logits(t *autograd.Tape, v int, z autograd.Var) autograd.Var {
	return t.AddBias(t.MatMulNT(z, t.Frozen(r.heads[v])), r.net.heads[v].bias.On(t))
}

// A source is a model as draw asks it. It belongs to one goroutine.
type source struct {
	m      *Model
	room   int // rows
	each   []reading
	widest int
	before int32     // the field that was drawn last; C before the first
	now    int32     // the field that is drawn
	done   int       // fields drawn
	p      []float32 // by row and code: the distribution of the first part of the field that is drawn
	part   []float32 // of a later part of one row
	values [][]int32
	ids    [2][]int32
	news   []kernels.NewTokens
	logits []float32
}

// A reading is what a source keeps of one net.
type reading struct {
	*reader
	tape  *autograd.Tape
	cache *transformer.Cache
	h     []float32 // by row, E: what the blocks say of the field that is drawn
}

// source makes a source for rows with an Index below n, for one goroutine, in any order of the variables.
func (m *Model) source(n int) draw.Source {
	if s, ok := m.spare.Get().(*source); ok && s.room >= n {
		return s
	}
	s := &source{m: m, room: n, widest: m.plan.Widest()}
	s.p, s.part = make([]float32, n*s.widest), make([]float32, s.widest)
	for _, r := range m.readers {
		s.each = append(s.each, reading{r, autograd.New(new(tensor.Arena)), transformer.NewCache(r.blocks, n, len(r.fields)), make([]float32, n*r.size.Width)})
	}
	return s
}

// Release keeps the source for another worker: its caches are large.
func (s *source) Release() { s.m.spare.Put(s) }

// Begin forgets what was drawn: all rows begin together.
func (s *source) Begin([]*draw.Row) {
	s.done, s.before = 0, int32(len(s.each[0].fields))
}

// Next takes all rows through the networks, one position further.
func (s *source) Next(rows []*draw.Row, v int32) []int32 {
	n := s.each[0].net
	s.now = int32(slices.IndexFunc(n.fields, func(f field) bool { return f.first == int(v) }))
	parts := 1
	for _, f := range n.fields {
		parts = max(parts, f.parts)
	}
	s.values, s.ids[0], s.ids[1] = rooms(s.values, parts, len(rows)), room(s.ids[0], len(rows)), room(s.ids[1], len(rows))
	s.news = s.news[:0]
	for i, w := range rows {
		n.place(s.values, i, s.before, func(v int) int32 { return w.Codes[v] })
		s.ids[0][i], s.ids[1][i] = s.before, s.now
		s.news = append(s.news, kernels.NewTokens{Slot: int32(w.Index), Start: int32(s.done), Count: 1})
	}
	k := n.vars[v].Card
	for e := range s.each {
		s.read(&s.each[e], rows, int(v), k, e == 0)
	}
	s.before = s.now
	s.done++
	return nil
}

// read does Next for one net, and sets or adds to the mean of the distributions.
func (s *source) read(r *reading, rows []*draw.Row, v, k int, first bool) {
	t := r.tape
	t.Reset()
	x := t.Add(t.Embedding(r.own.On(t), s.ids[0]), t.Embedding(r.next.On(t), s.ids[1]))
	for _, ids := range s.values {
		x = t.Add(x, t.Embedding(t.Const(r.table), ids))
	}
	h := r.cache.Forward(t, x, s.news)
	p := t.Softmax(r.logits(t, v, h)).Data()
	e, share := r.size.Width, 1/float32(len(s.each))
	for i, w := range rows {
		copy(r.h[w.Index*e:(w.Index+1)*e], h.Data()[i*e:(i+1)*e])
		to := s.p[w.Index*s.widest:][:k]
		for c, y := range p[i*k : (i+1)*k] {
			if first {
				to[c] = 0
			}
			to[c] += share * y
		}
	}
}

// told gives the distribution of variable v in a row, valid until the next call.
func (s *source) told(w *draw.Row, v int32) []float32 {
	n := s.each[0].net
	k := n.vars[v].Card
	if n.vars[v].Part == 0 {
		return s.p[w.Index*s.widest:][:k]
	}
	clear(s.part[:k])
	for e := range s.each {
		r := &s.each[e]
		s.logits = r.later(int(v), r.h[w.Index*r.size.Width:][:r.size.Width], w.Codes, s.logits[:0])
		kernels.Softmax(s.logits, s.logits, 1, k)
		for c, y := range s.logits {
			s.part[c] += y / float32(len(s.each))
		}
	}
	return s.part[:k]
}

// later appends the logits of a later part for one row: what follow and head do, in a plain loop, as one row is too little for a tape.
// z is what the blocks say, [E], and codes are the row's.
func (r *reader) later(v int, z []float32, codes []int32, out []float32) []float32 {
	h, width := &r.net.heads[v], len(z)
	seen := make([]float32, width)
	copy(seen, z)
	at := 0
	for p := v - r.vars[v].Part; p < v; p++ {
		row := at + int(codes[p])
		if codes[p] < 0 {
			row = at + r.vars[p].Card
		}
		scale, shift := h.scale.Data.Data[row*width:], h.shift.Data.Data[row*width:]
		for i, x := range z {
			seen[i] += float32(x*scale[i]) + shift[i]
		}
		at += r.vars[p].Card + 1
	}
	for k, b := range h.bias.Data.Data[:r.vars[v].Card] {
		sum := float32(0)
		for i, w := range r.heads[v].Data.Data[k*width : (k+1)*width] {
			sum += float32(w * seen[i])
		}
		out = append(out, sum+b)
	}
	return out
}

// Draw draws a code by its probability.
func (s *source) Draw(w *draw.Row, v int32) int32 { return draw.Pick(s.told(w, v), &w.R) }

// Spread gives the probability of every code.
func (s *source) Spread(w *draw.Row, v int32, p []float64) {
	for c, x := range s.told(w, v) {
		p[c] = float64(x)
	}
}

// Set does nothing: what was drawn is read from the row.
func (s *source) Set(*draw.Row, int32, int32) {}
