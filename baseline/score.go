package baseline

import (
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
)

// Component is the model as a part of a stack. A copula has no Scores.
func (m *Model) Component() draw.Component {
	c := draw.Component{Encoder: m.enc, Order: m.order, Target: m.target, Even: m.plan.EvenRows(), Source: func(n int) draw.Source { return m.source(n) }}
	if m.kind != kindCopula {
		c.Scores = m.scoresOf
	}
	return c
}

// scoresOf gives the probability of each code of the rows of codes [V][N], as [encode.Encoder.Codes] gives them for the model's encoder,
// given the codes of the variables before it in the model's order: the mean over the trees of a variable, as rows are written by any of
// them. It is 1 where a variable does not apply. Only trees and independent columns can.
func (m *Model) scoresOf(codes [][]int32) ([][]float64, error) {
	d, err := code(m.enc, codes)
	if err != nil {
		return nil, err
	}
	rows := every(d.rows())
	out := make([][]float64, len(codes))
	run.Parallel(len(codes), func(v int) { out[v] = m.score(d, int32(v), rows) })
	return out, nil
}

// score is Scores of one variable.
func (m *Model) score(d *coded, v int32, rows []int32) []float64 {
	out := make([]float64, len(rows))
	y, f := d.x[v], &m.trees[v]
	switch {
	case m.blends[v] != nil:
		var path []int32
		row, p, spare := make([]uint16, len(d.x)), make([]float64, y.Card-1), make([]float64, y.Card-1)
		for i, r := range rows {
			d.row(r, row)
			if path = m.blends[v].spread(row, path, p, spare); y.Codes[r] > 0 {
				out[i] = p[y.Codes[r]-1]
			}
		}
	case m.lined[v] != nil:
		s, p := m.source(0), make([]float64, y.Card-1)
		row := make([]uint16, m.wide)
		for i, r := range rows {
			if y.Codes[r] > 0 {
				d.row(r, row)
				l := m.lined[v]
				s.spread(row, v, l, s.ask(l, row), p, all)
				out[i] = p[y.Codes[r]-1]
			}
		}
	case len(f.Trees) == 0:
		for i, r := range rows {
			out[i] = d.prior[v][y.Codes[r]]
		}
	default:
		for _, t := range f.Trees {
			for i, x := range t.Score(d.x, y, rows, []float64{f.Setting.Shrink}, d.prior[v]) {
				out[i] += x / float64(len(f.Trees))
			}
		}
	}
	for i, r := range rows {
		if y.Codes[r] == 0 {
			out[i] = 1
		}
	}
	return out
}

// every lists the numbers below n.
func every(n int) []int32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(i)
	}
	return x
}
