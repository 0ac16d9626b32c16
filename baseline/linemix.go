package baseline

import (
	"context"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
)

// sureLine is by how many standard errors of the difference a line or the trees must tell better to tell alone.
const sureLine = 2

// weighLine finds the weight of a line beside the trees of its column, in each part: all for what tells persons held out better, as the mean with
// one that is worse would write what can't be; where chance explains the difference, the weight that makes their codes most likely. Of a target it
// is the pool with the mean of the trees that tells them best. The settings of all trees are known.
func (l *learner) weighLine(ctx context.Context, x *line) (weight [2]float64, best draw.Pool) {
	if len(l.forests[x.res].Trees) == 0 {
		return weight, best
	}
	p := l.shuffled(rng.TreeTune, uint64(x.V)<<16)
	most, folds, _ := tuning(len(p))
	var told [2][][2]float64 // by part and row: what the trees and the line tell
	pools, mix := draw.Pools(), make([]float64, l.vars[x.V].Card)
	scores := make([]float64, len(pools))
	for fold := range folds {
		if ctx.Err() != nil {
			return weight, best
		}
		rows := l.hold(x.V, p[:most], fold).held
		l.toldHeld(x, l.lineTrial(ctx, x, p[:most], fold), rows, func(part int, code int32, p, q []float64) {
			told[part] = append(told[part], [2]float64{p[code], q[code]})
			for k := range pools {
				if x.V == l.target && part == 0 {
					copy(mix, p)
					pools[k].Mix(l.vars[x.V].Share, mix, q)
					scores[k] += draw.Score(mix, code, true)
				}
			}
		})
	}
	for part := range told {
		weight[part] = weightOf(told[part])
	}
	if x.V == l.target {
		k := slices.Index(scores, slices.Max(scores))
		weight[0], best = 0.5, pools[k]
	}
	return weight, best
}

// weightOf gives the weight of the second of two that told the codes of rows.
func weightOf(told [][2]float64) float64 {
	sum, squares, n := 0.0, 0.0, float64(len(told))
	for _, p := range told {
		gain := logOf(p[1]) - logOf(p[0])
		sum, squares = sum+gain, squares+float64(gain*gain)
	}
	if chance := sureLine * math.Sqrt(max(squares-float64(sum*sum)/n, 0)); n == 0 || sum < -chance {
		return 0
	} else if sum > chance {
		return 1
	}
	w := 0.5
	for range 50 {
		part := 0.5
		for _, p := range told {
			part += float64(w*p[1]) / max(float64((1-w)*p[0])+float64(w*p[1]), 1e-300)
		}
		w = part / (n + 1)
	}
	return w
}

// lineTrial grows the trees of a line's column and of its residuals without a fold of the persons p.
func (l *learner) lineTrial(ctx context.Context, x *line, p []int32, fold int) *Model {
	m := &Model{sketch: sketch{blends: make([]*blend, len(l.vars)), wide: len(l.d.x)}, trees: make([]forest, len(l.forests)), lines: l.lines}
	for v := range l.vars {
		m.shares = append(m.shares, draw.NewShares(l.vars[v].Share))
	}
	_, _, trees := tuning(len(p))
	for _, v := range []int32{x.V, x.V + int32(x.parts) - 1, x.res} {
		h, f := l.hold(v, p, fold), &m.trees[v]
		if f.Setting = l.forests[v].Setting; f.Trees != nil {
			continue // a column of one part
		}
		for k := range trees {
			if t := l.trial(ctx, h, f.Setting, k); t != nil {
				f.Trees = append(f.Trees, t)
			}
		}
		shares := x.Share
		if v != x.res {
			shares = l.vars[v].Share
		}
		f.table = f.leaves(shares)
	}
	return m
}

// toldHeld hands on, by part and row, the code and what the trees and the line tell of all.
func (l *learner) toldHeld(x *line, trial *Model, rows []int32, told func(part int, code int32, p, q []float64)) {
	alone := *x
	alone.weight = [2]float64{1, 1}
	alone.prior = draw.NewShares(x.Share)
	widest := 0
	for _, v := range l.vars {
		widest = max(widest, v.Card)
	}
	s, row := trial.sourceOf(1, widest), make([]uint16, len(l.d.x))
	for part := range x.parts {
		v := x.V + int32(part)
		p, q := make([]float64, l.vars[v].Card), make([]float64, l.vars[v].Card)
		for _, r := range rows {
			y := l.d.x[v].Codes[r]
			if l.d.row(r, row); y == 0 || row[x.level] == 0 {
				continue
			}
			s.spread(row, v, nil, 0, p, all)
			s.spread(row, v, &alone, x.folded[r], q, all)
			told(part, int32(y)-1, p, q)
		}
	}
}

// dropLines forgets the lines without weight.
func (m *Model) dropLines() {
	vars, some := len(m.enc.Vars()), false
	for _, l := range m.lines {
		if m.trees[l.res].Setting.Line == [2]float64{} {
			m.trees[l.res] = forest{Columns: m.trees[l.res].Columns}
		} else {
			some = true
		}
		l.folded = nil
	}
	if !some {
		m.lines, m.trees = nil, m.trees[:vars]
	}
}
