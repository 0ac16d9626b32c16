package baseline

import (
	"example.org/cohort/internal/draw"
)

// A sketch is what a model computes from what it holds, once, for all samples. V variables.
type sketch struct {
	plan   *draw.Plan
	shares []draw.Shares // V: what is drawn from where no tree has been asked
	ends   [][]float64   // V: the normal scores at which codes end, of a copula
	blends []*blend      // V; nil where one tree tells
	lined  []*line       // V; nil where no line tells
	wide   int           // columns of a coded row
	place  []int         // V: its number among the first parts, in the order in which they are drawn, or -1
	first  int           // first parts
}

// prepare computes the sketch.
func (m *Model) prepare() (err error) {
	if m.plan, err = draw.NewPlan(m.enc, m.order); err != nil {
		return err
	}
	m.plan.Even(m.target)
	vars := m.enc.Vars()
	m.shares, m.ends = make([]draw.Shares, len(vars)), make([][]float64, len(vars))
	m.blends, m.place = make([]*blend, len(vars)), make([]int, len(vars))
	m.wide, m.lined = len(vars)+2*len(m.lines), make([]*line, len(vars))
	for _, l := range m.lines {
		set := &m.trees[l.res].Setting
		l.prior, l.weight, l.pool = draw.NewShares(l.Share), set.Line, set.Pool
		m.trees[l.res].table = m.trees[l.res].leaves(l.Share)
		for part, weight := range l.weight[:l.parts] {
			v := l.V + int32(part)
			if weight > 0 && weight < 1 {
				m.trees[v].table = m.trees[v].leaves(vars[v].Share)
			}
			if weight > 0 {
				m.lined[l.V+int32(part)] = l
			}
		}
	}
	for v := range vars {
		m.place[v] = -1
		m.shares[v] = draw.NewShares(vars[v].Share)
		m.ends[v] = quantiles(m.shares[v])
		if f := &m.trees[v]; f.Setting.Power > 0 && len(f.Trees) > 0 {
			m.blends[v] = newBlend(f.Trees, vars[v].Share, f.Setting, f.Linear)
		}
	}
	first := draw.FirstParts(vars, m.order)
	for i, v := range first {
		m.place[v] = i
	}
	m.first = len(first)
	return nil
}
