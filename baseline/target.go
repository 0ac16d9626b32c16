package baseline

import (
	"context"
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/tree"
	"example.org/cohort/table/encode"
)

// A blend tells a target that is a category: the mean of all its trees and a linear, each raised to a power and multiplied.
// The mean of many trees is too careful, and a linear knows no exceptions. K classes, T trees.
type blend struct {
	shares []float64 // K: logarithms
	trees  *leafTable
	power  float64 // of the mean of the trees
	linear *linear
	weight float64 // the power of the linear
}

var (
	// What the held-out likelihood chooses from for a blend.
	blendShrinks = []float64{0.6, 2, 6, 20}
	blendPowers  = []float64{0.5, 1, 1.5, 2}
	blendWeights = []float64{0, 0.25, 0.5, 0.75, 1}
	ridges       = []float64{2, 8, 30}
)

const (
	// blendTrees is the number of trees by which blends are compared, and blendFolds the number of times over where there
	// are at most blendPeople persons.
	blendTrees, blendFolds, blendPeople = 8, 4, 4000
	// linearPeople bounds the persons from whom a linear is learned: more of them would change its few weights little.
	linearPeople = 30_000
)

// blendClasses is the most codes of a variable with a blend.
const blendClasses = 32

// canBlend tells whether a variable can have a blend. Numbers are left to single trees: classes know no distance.
func canBlend(x *encode.Var) bool {
	return x.Part == 0 && !x.Ordered && x.Card >= 2 && x.Card <= blendClasses
}

// newBlend prepares a blend of trees for a variable of the given shares.
func newBlend(trees []*tree.Tree, shares []float64, s setting, m *linear) *blend {
	b := &blend{trees: newLeafTable(trees, shares, s.Shrink), power: s.Power, linear: m, weight: s.Linear}
	for _, x := range shares {
		b.shares = append(b.shares, math.Log(x))
	}
	return b
}

// spread sets p to the probability of each class for a row. spare has room for K numbers.
func (b *blend) spread(row []uint16, path []int32, p, spare []float64) []int32 {
	path = b.trees.mean(row, path, p, 0, len(b.trees.trees))
	for c := range p {
		p[c] = math.Log(max(p[c], 1e-12))
	}
	spare = spare[:len(p)]
	clear(spare)
	if b.weight > 0 {
		b.linear.scores(row, spare)
	}
	b.mix(p, spare, b.power, b.weight)
	return path
}

// mix turns the logarithm p of what trees tell, and a linear's scores, into probabilities. A class that nobody has gets none.
func (b *blend) mix(p, scores []float64, power, weight float64) {
	for c, share := range b.shares {
		if math.IsInf(share, -1) {
			p[c] = share
			continue
		}
		p[c] = share + float64(power*(p[c]-share)) + float64(weight*(scores[c]-share))
	}
	softmax(p)
}

// tuneBlend chooses the setting of a target, and fits its linear, by the likelihood of persons held out.
func (l *learner) tuneBlend(ctx context.Context, v int32) (setting, *linear) {
	best, bestScore, ridge := setting{Leaf: 2 * l.leaf, Try: 0.5, Shrink: 2, Power: 1}, math.Inf(-1), 0.0
	all := l.shuffled(rng.TreeTune, uint64(v)<<16)
	p := all[:min(len(all), tunePeople)]
	folds := blending(len(p))
	var scores [][][]float64 // by fold and ridge: of the rows held out
	for fold := range folds {
		scores = append(scores, l.linears(ctx, l.hold(v, p, fold)))
	}
	list := blendSettings(l.leaf, len(p))
	for _, s := range list {
		total := make([]float64, len(blendShrinks)*len(ridges)*len(blendPowers)*len(blendWeights))
		for fold := range folds {
			if ctx.Err() != nil {
				return best, nil
			}
			l.judgeBlend(ctx, l.hold(v, p, fold), s, scores[fold], total)
			l.pace.add(v, 1/float64(folds*len(list)))
		}
		for j, sum := range total {
			if sum < 0 && sum > bestScore { // 0: too few persons to tell
				w, g := j%len(blendWeights), j/len(blendWeights)
				bestScore, best, ridge = sum, s, ridges[g/len(blendPowers)%len(ridges)]
				best.Linear, best.Power = blendWeights[w], blendPowers[g%len(blendPowers)]
				best.Shrink = blendShrinks[g/len(blendPowers)/len(ridges)]
			}
		}
	}
	if best.Linear == 0 || ctx.Err() != nil {
		return best, nil
	}
	return best, l.linear(ctx, v, l.rowsOf(v, l.members(all[:min(len(all), linearPeople)])), ridge)
}

// linears fits a linear for each of ridges to the others, and gives the scores of the rows held out.
func (l *learner) linears(ctx context.Context, h *holdout) (scores [][]float64) {
	rows := l.rowsOf(h.v, l.members(h.others))
	for _, ridge := range ridges {
		if ctx.Err() != nil {
			return nil
		}
		scores = append(scores, l.linear(ctx, h.v, rows, ridge).told(l.d, h.held))
	}
	return scores
}

// blending says how many times over blends are compared.
func blending(people int) int {
	if people <= blendPeople {
		return blendFolds
	}
	return 1
}

// blendSettings lists how the trees of a blend may be grown.
func blendSettings(leaf, people int) []setting {
	leaves := []int{leaf, 2 * leaf, 4 * leaf}
	if people < fewPeople {
		leaves = leaves[1:]
	}
	var s []setting
	for _, n := range leaves {
		for _, try := range []float64{0.3, 1} {
			s = append(s, setting{Leaf: n, Try: try})
		}
	}
	return s
}

// judgeBlend adds the log-likelihood of the rows held out to total: by shrink, ridge, power and weight.
func (l *learner) judgeBlend(ctx context.Context, h *holdout, s setting, scores [][]float64, total []float64) {
	var trees []*tree.Tree
	for m := range blendTrees {
		t := l.trial(ctx, h, s, m)
		if t == nil {
			return
		}
		trees = append(trees, t)
	}
	shares := l.vars[h.v].Share
	k, y := len(shares), l.d.x[h.v].Codes
	row, log, p := make([]uint16, len(l.d.x)), make([]float64, k), make([]float64, k)
	var path []int32
	for j, shrink := range blendShrinks {
		if ctx.Err() != nil {
			return
		}
		s.Shrink = shrink
		b := newBlend(trees, shares, s, nil)
		for i, r := range h.held {
			l.d.row(r, row)
			path = b.trees.mean(row, path, log, 0, len(trees))
			for c := range log {
				log[c] = math.Log(max(log[c], 1e-12))
			}
			at := j * len(ridges) * len(blendPowers) * len(blendWeights)
			for _, score := range scores {
				for _, power := range blendPowers {
					for _, weight := range blendWeights {
						copy(p, log)
						b.mix(p, score[i*k:(i+1)*k], power, weight)
						total[at] += logOf(p[y[r]-1])
						at++
					}
				}
			}
		}
	}
}

// row copies a row of the table, by code plus one of each variable.
func (d *coded) row(r int32, row []uint16) {
	for c := range d.x {
		row[c] = d.x[c].Codes[r]
	}
}

// linear fits a linear to rows.
func (l *learner) linear(ctx context.Context, v int32, rows []int32, ridge float64) *linear {
	m, size := newLinear(l.vars, l.forests[v].Columns, v)
	m.weights = make([]float64, size)
	m.fit(ctx, l.d, v, rows, ridge)
	return m
}

// told gives the scores of the given rows, N by K.
func (m *linear) told(d *coded, rows []int32) []float64 {
	row, out := make([]uint16, len(d.x)), make([]float64, len(rows)*m.classes)
	for i, r := range rows {
		d.row(r, row)
		m.scores(row, out[i*m.classes:(i+1)*m.classes])
	}
	return out
}
