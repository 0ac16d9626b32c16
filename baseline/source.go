package baseline

import (
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/tree"
)

// A source is a model as draw asks it, with what it keeps of each row that is being drawn. It belongs to one goroutine.
type source struct {
	m        *Model
	x        []uint16  // by row and variable: the code as trees have it, one more
	noise    []float64 // by row and first part in drawing order: what stands behind its code, of a copula
	path     []int32
	order    []int32 // rows by tree
	next     []int32 // tree by row
	p, q     []float64
	r        []float64 // of residuals
	features []float32
}

// source makes a source of n rows.
func (m *Model) source(n int) *source { return m.sourceOf(n, m.plan.Widest()) }

// sourceOf makes a source where the widest variable has so many codes.
func (m *Model) sourceOf(n, widest int) *source {
	s := &source{m: m, x: make([]uint16, n*m.wide), p: make([]float64, widest), q: make([]float64, widest)}
	for _, l := range m.lines {
		s.r = append(s.r, make([]float64, max(len(l.Share)-len(s.r), 0))...)
	}
	if m.factor != nil {
		s.noise = make([]float64, n*m.first)
	}
	return s
}

// row gives what is kept of the codes of a row.
func (s *source) row(w *draw.Row) []uint16 {
	return s.x[w.Index*s.m.wide : (w.Index+1)*s.m.wide]
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
	if trees < 2 || s.m.blends[v] != nil || s.m.lined[v] != nil || len(rows) < 2 {
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
	if m.lined[v] != nil {
		p := s.p[:m.plan.Card(v)]
		s.Spread(w, v, p)
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
	if s.m.scored(v) {
		s.m.scores(s.noiseOf(w), s.m.place[v], s.m.ends[v], p)
		return
	}
	row := s.row(w)
	l := s.m.lined[v]
	told := s.ask(l, row)
	s.spread(row, v, l, told, p, func(n int) (from, to int) {
		k := w.R.Intn(n)
		return k, k + 1
	})
}

// Average gives the mean of Spread over the trees.
func (s *source) Average(w *draw.Row, v int32, p []float64) {
	if s.m.scored(v) {
		s.Spread(w, v, p)
		return
	}
	row := s.row(w)
	l := s.m.lined[v]
	s.spread(row, v, l, s.ask(l, row), p, all)
}

// all picks all of n trees.
func all(n int) (from, to int) { return 0, n }

// ask gives what a line tells of a row, and notes it for the trees of the residuals. A nil line tells nothing.
func (s *source) ask(l *line, row []uint16) float64 {
	if l == nil {
		return 0
	}
	told := 0.0
	told, s.features = l.tell(row, s.features)
	row[l.level] = bin(l.Levels, told)
	return told
}

// spread sets p to the probability of every code of v, by the trees from, ..., to-1 that pick gives of so many, and by a line, if it is not nil.
func (s *source) spread(row []uint16, v int32, l *line, told float64, p []float64, pick func(n int) (from, to int)) {
	m := s.m
	if b := m.blends[v]; b != nil {
		s.path = b.spread(row, s.path, p, s.q)
		return
	}
	if l == nil {
		s.forest(row, &m.trees[v], m.shares[v], p, pick)
		return
	}
	part := int(v - l.V)
	weight, pooled := l.weight[part], part == 0 && l.pool.Other > 0
	if pooled {
		pick = all
	}
	if clear(p); weight < 1 || part == 0 && l.own.gaps > 0 {
		s.forest(row, &m.trees[v], m.shares[v], p, pick)
	}
	r, q := s.r[:len(l.Share)], s.q[:len(p)]
	s.forest(row, &m.trees[l.res], l.prior, r, pick)
	switch {
	case !l.spread(part, row, told, r, p, q):
		s.forest(row, &m.trees[v], m.shares[v], p, pick)
	case pooled:
		l.pool.Mix(l.share, p, q)
	case weight == 1:
		copy(p, q)
	default:
		for c, x := range q {
			p[c] = float64((1-weight)*p[c]) + float64(weight*x)
		}
	}
}

// forest sets p to the mean of what the picked trees tell.
func (s *source) forest(row []uint16, f *forest, shares draw.Shares, p []float64, pick func(n int) (from, to int)) {
	clear(p)
	if len(f.Trees) == 0 {
		shares.Add(p, 1)
		return
	}
	from, to := pick(len(f.Trees))
	if f.table != nil {
		s.path = f.table.mean(row, s.path, p, from, to)
		return
	}
	for _, t := range f.Trees[from:to] {
		shares.Add(p, s.tree(row, t, f.Setting.Shrink, p, 1/float64(to-from)))
	}
}

// tree adds what a tree tells of a row to p, in parts of weight, and gives what is left of that for the shares.
func (s *source) tree(row []uint16, t *tree.Tree, shrink float64, p []float64, weight float64) (rest float64) {
	rest = 1
	s.path = t.Path(row, s.path[:0])
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

// Set notes a code, and draws the noise that stands behind it, if a copula draws it.
func (s *source) Set(w *draw.Row, v, code int32) {
	s.row(w)[v] = uint16(code + 1)
	if m := s.m; m.scored(v) {
		m.noise(s.noiseOf(w), m.place[v], m.ends[v], code, &w.R)
	}
}
