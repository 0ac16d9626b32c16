package baseline

import (
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/tree"
)

// A source is a model as draw asks it, with what it keeps of each row that is being drawn. It belongs to one goroutine.
type source struct {
	m     *Model
	x     []uint16  // by row and variable: the code as trees have it, one more
	noise []float64 // by row and first part in drawing order: what stands behind its code, of a copula
	path  []int32
	order []int32 // rows by tree
	next  []int32 // tree by row
	p, q  []float64
}

// source makes a source of n rows.
func (m *Model) source(n int) *source {
	widest := m.plan.Widest()
	s := &source{m: m, x: make([]uint16, n*len(m.shares)), p: make([]float64, widest), q: make([]float64, widest)}
	if m.factor != nil {
		s.noise = make([]float64, n*m.first)
	}
	return s
}

// row gives what is kept of the codes of a row.
func (s *source) row(w *draw.Row) []uint16 {
	v := len(s.m.shares)
	return s.x[w.Index*v : (w.Index+1)*v]
}

// noiseOf gives what is kept of the noise of a row.
func (s *source) noiseOf(w *draw.Row) []float64 {
	f := s.m.first
	return s.noise[w.Index*f : (w.Index+1)*f]
}

// scored tells whether the copula draws a variable, which it does with first parts.
func (m *Model) scored(v int32) bool { return m.factor != nil && m.place[v] >= 0 }

// Begin does nothing: all that a row is drawn from is set before it is asked for.
func (s *source) Begin([]*draw.Row) {}

// Next gives the numbers of the rows in the order of the trees that they will ask about variable v, so that one tree
// after the other is in the processor's cache.
func (s *source) Next(rows []*draw.Row, v int32) []int32 {
	trees := len(s.m.trees[v].Trees)
	if trees < 2 || s.m.blends[v] != nil || len(rows) < 2 {
		return nil
	}
	s.order, s.next = append(s.order[:0], make([]int32, len(rows))...), s.next[:0]
	start := make([]int32, trees+1)
	for i, w := range rows {
		r := w.R // a copy, which draws what the row will draw
		s.next = append(s.next, int32(r.Intn(trees)))
		start[s.next[i]+1]++
	}
	for t := range trees {
		start[t+1] += start[t]
	}
	for i, t := range s.next {
		s.order[start[t]] = int32(i)
		start[t]++
	}
	return s.order
}

// Draw draws a code without regard to the earlier parts of its column.
func (s *source) Draw(w *draw.Row, v int32) int32 {
	code := s.any(w, v)
	s.row(w)[v] = uint16(code + 1)
	return code
}

func (s *source) any(w *draw.Row, v int32) int32 {
	m := s.m
	if m.scored(v) {
		return m.normal(s.noiseOf(w), m.place[v], m.ends[v], &w.R)
	}
	f := &m.trees[v]
	if len(f.Trees) == 0 {
		return m.shares[v].Draw(&w.R)
	}
	if b := m.blends[v]; b != nil {
		p := s.p[:len(b.shares)]
		s.path = b.spread(s.row(w), s.path, p, s.q)
		return draw.Pick(p, &w.R)
	}
	t := f.Trees[w.R.Intn(len(f.Trees))]
	s.path = t.Path(s.row(w), s.path[:0])
	for i := len(s.path) - 1; i >= 0; i-- {
		n := &t.Nodes[s.path[i]]
		all := float64(n.Count) + float64(f.Setting.Shrink*float64(n.Kinds))
		if float64(w.R.Uint32())*0x1p-32*all < float64(n.Count) {
			return int32(t.Codes[int(n.First)+w.R.Intn(int(n.Count))]) - 1
		}
	}
	return m.shares[v].Draw(&w.R)
}

// Spread gives the probability of every code of a variable: by its blend or one tree, picked at random, as any does.
func (s *source) Spread(w *draw.Row, v int32, p []float64) {
	m := s.m
	if m.scored(v) {
		m.scores(s.noiseOf(w), m.place[v], m.ends[v], p)
		return
	}
	if b := m.blends[v]; b != nil {
		s.path = b.spread(s.row(w), s.path, p, s.q)
		return
	}
	rest := 1.0
	clear(p)
	if f := &m.trees[v]; len(f.Trees) > 0 {
		rest = s.tree(w, f.Trees[w.R.Intn(len(f.Trees))], f.Setting.Shrink, p, 1)
	}
	m.shares[v].Add(p, rest)
}

// tree adds what a tree tells of a row to p, in parts of weight, and gives what is left of that for the shares.
func (s *source) tree(w *draw.Row, t *tree.Tree, shrink float64, p []float64, weight float64) (rest float64) {
	rest = 1
	s.path = t.Path(s.row(w), s.path[:0])
	for i := len(s.path) - 1; i >= 0 && rest > 1e-3; i-- {
		n := &t.Nodes[s.path[i]]
		own := float64(n.Count) / (float64(n.Count) + float64(shrink*float64(n.Kinds)))
		for _, c := range t.Codes[n.First : n.First+n.Count] {
			p[c-1] += weight * rest * own / float64(n.Count)
		}
		rest *= 1 - own
	}
	return weight * rest
}

// Average gives the mean of Spread over the trees.
func (s *source) Average(w *draw.Row, v int32, p []float64) {
	f := &s.m.trees[v]
	if s.m.blends[v] != nil || s.m.scored(v) || len(f.Trees) < 2 {
		s.Spread(w, v, p)
		return
	}
	clear(p)
	for i := range f.Trees {
		s.m.shares[v].Add(p, s.tree(w, f.Trees[i], f.Setting.Shrink, p, 1/float64(len(f.Trees))))
	}
}

// Set notes a code, and draws the noise that stands behind it, if a copula draws it.
func (s *source) Set(w *draw.Row, v, code int32) {
	s.row(w)[v] = uint16(code + 1)
	if m := s.m; m.scored(v) {
		m.noise(s.noiseOf(w), m.place[v], m.ends[v], code, &w.R)
	}
}
