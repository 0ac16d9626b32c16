package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
)

// A sampler draws conditions and the rows that meet them: training by sampling (Xu et al., 2019, section 4.3).
type sampler struct {
	l *layout
	m *matrix
	asks
	// By field that can be asked for: its rows in the order of their codes, those of code k from start[k] to start[k+1]-1.
	rows  [][]int32
	start [][]int32
}

// newSampler prepares the rows of m. weight turns the number of rows that have a code into its weight.
func newSampler(l *layout, m *matrix, weight func(rows int) float64) *sampler {
	s := &sampler{l: l, m: m}
	for _, f := range l.cond {
		k := l.fields[f].K
		start := make([]int32, k+1)
		for _, c := range m.code[f] {
			if c >= 0 {
				start[c+1]++
			}
		}
		upTo, total := make([]float64, k), 0.0
		for c := range k {
			if n := start[c+1]; n > 0 {
				total += weight(int(n))
			}
			upTo[c] = total
			start[c+1] += start[c]
		}
		rows, next := make([]int32, start[k]), append([]int32(nil), start...)
		for r, c := range m.code[f] {
			if c >= 0 {
				rows[next[c]] = int32(r)
				next[c]++
			}
		}
		s.upTo, s.rows, s.start = append(s.upTo, upTo), append(s.rows, rows), append(s.start, start)
	}
	return s
}

// logFrequency is the weight that CTGAN gives to a code while it learns.
func logFrequency(rows int) float64 { return math.Log(float64(rows + 1)) }

// frequency is the true one.
func frequency(rows int) float64 { return float64(rows) }

// A batch is what the networks are shown in a step.
type batch struct {
	which, label []int32         // by row: the field asked for, as a softmax of the layout, and its code; -1 is none
	cond         autograd.Sparse // [B, C]
	real         autograd.Sparse // [P, pac*D] rows that meet conditions, pac of them in a pack
	realCond     autograd.Sparse // [P, pac*C] the conditions that they meet
	field        []int32         // by row: index into layout.cond, or -1
}

// conditions asks for a code in each of n rows: of a field that is drawn first, all alike.
func (s *sampler) conditions(b *batch, n int, r *rng.Stream) {
	b.which, b.label, b.field = resize(b.which, n), resize(b.label, n), resize(b.field, n)
	for i := range n {
		b.which[i], b.label[i], b.field[i] = -1, -1, -1
		if len(s.l.cond) == 0 {
			continue
		}
		f := r.Intn(len(s.l.cond))
		if len(s.rows[f]) == 0 {
			continue // a column that is empty in the rows learned
		}
		b.field[i], b.label[i] = int32(f), s.pick(f, r)
		b.which[i] = int32(s.l.span[s.l.cond[f]])
	}
	s.l.ask(b)
}

// ask writes the conditions of a batch as rows.
func (l *layout) ask(b *batch) {
	n := len(b.which)
	b.cond.Rows, b.cond.Cols = n, l.condWidth
	b.cond.RowPtr, b.cond.Col = append(b.cond.RowPtr[:0], 0), b.cond.Col[:0]
	for i := range n {
		if f := b.field[i]; f >= 0 {
			b.cond.Col = append(b.cond.Col, int32(l.condAt[f])+b.label[i])
		}
		b.cond.RowPtr = append(b.cond.RowPtr, int32(len(b.cond.Col)))
	}
}

// match draws a row of the table for each condition of b, in an order of its own [B], and packs them.
func (s *sampler) match(b *batch, pac int, order []int32, r *rng.Stream) {
	for i := range order {
		order[i] = int32(i)
	}
	shuffle(order, r)
	pack := packer{l: s.l, to: &b.real, cond: &b.realCond, pac: pac}
	pack.begin()
	for _, i := range order {
		row := 0
		if f := b.field[i]; f >= 0 {
			row = s.draw(f, b.label[i], r)
		} else {
			row = r.Intn(s.m.rows)
		}
		pack.row(s.m, row, b.field[i], b.label[i])
	}
	pack.end()
}

// draw draws one of the rows that have a code of a field that can be asked for.
func (s *sampler) draw(field, code int32, r *rng.Stream) int {
	from, to := s.start[field][code], s.start[field][code+1]
	return int(s.rows[field][int(from)+r.Intn(int(to-from))])
}

// A packer puts encoded rows side by side, pac of them in a pack, and their conditions in the same way.
type packer struct {
	l        *layout
	to, cond *autograd.Sparse // cond is nil where nobody asks
	pac      int
	have     int
}

func (p *packer) begin() {
	p.to.RowPtr, p.to.Col, p.to.Val = append(p.to.RowPtr[:0], 0), p.to.Col[:0], p.to.Val[:0]
	p.to.Cols = p.pac * p.l.width
	if p.cond != nil {
		p.cond.RowPtr, p.cond.Col = append(p.cond.RowPtr[:0], 0), p.cond.Col[:0]
		p.cond.Cols = p.pac * p.l.condWidth
	}
}

// row appends row r of m with the code asked for in a field that can be asked for, or none: -1.
func (p *packer) row(m *matrix, r int, field, label int32) {
	place := p.have % p.pac
	p.to.Col, p.to.Val = p.l.put(m, r, int32(place*p.l.width), p.to.Col, p.to.Val)
	if field >= 0 {
		p.cond.Col = append(p.cond.Col, int32(place*p.l.condWidth+p.l.condAt[field])+label)
	}
	if p.have++; place < p.pac-1 {
		return
	}
	p.to.RowPtr = append(p.to.RowPtr, int32(len(p.to.Col)))
	if p.cond != nil {
		p.cond.RowPtr = append(p.cond.RowPtr, int32(len(p.cond.Col)))
	}
}

func (p *packer) end() {
	p.to.Rows = len(p.to.RowPtr) - 1
	if p.cond != nil {
		p.cond.Rows = p.to.Rows
	}
}

// resize gives s the length n. What it holds is lost where it has to grow.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}
