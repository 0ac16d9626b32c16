package eval

import (
	"cmp"
	"context"
	"math"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// A pair is two columns and how well their joint table is met.
type pair struct {
	a, b        int // among the learned columns
	weight      float64
	value, real float64   // points of 100
	halves      []float64 // value by half
}

// pairTables are what the joint tables of all pairs are counted from.
type pairTables struct {
	columns []coarse
	learned []int32 // rows
	trial   [][]int32
	held    [][]int32 // nil without people set aside
	halves  []halfPair
}

// pairs compares pairs of columns by the total variation distance of their joint tables in coarse codes. A pair counts as
// much as its columns depend on each other among the people learned, beyond chance: else the many pairs that have nothing to
// do with each other would hide the few that do.
func (v *view) pairs(ctx context.Context) (*finding, []Metric, error) {
	if v.opt.Level == "structure" {
		return nil, []Metric{notMade("pairs.mean", 100, 1, "at level structure no relations between columns are learned")}, nil
	}
	cols := v.learnedColumns()
	n := v.trial.rows
	if v.held != nil {
		n = min(n, v.held.rows)
	}
	n = min(n, mostPairRows)
	var list []pair
	if n > 0 && v.learned.rows > 0 {
		list = choosePairs(len(cols), v.opt.Seed)
		t := v.pairTables(cols, n)
		run.Parallel(len(list), func(i int) {
			if ctx.Err() == nil {
				t.measure(&list[i])
			}
		})
	}
	f := v.likenessFinding("pairs of columns", "pairs.mean", weighted(list, v.held != nil), n)
	metrics := v.worstPairs(list, cols, n)
	for _, p := range list {
		v.drawn = append(v.drawn, PairLikeness{[2]string{v.columns[cols[p.a]].name, v.columns[cols[p.b]].name}, p.weight, p.value, p.real})
	}
	if f.Status == Look {
		f.Sentence += " Least alike: " + quoted(metrics[0].Columns[:1]) + " with " + quoted(metrics[0].Columns[1:]) + "."
	}
	return f, metrics, ctx.Err()
}

// choosePairs lists the pairs of columns: all, or of very many as many as thresholds.go says, drawn at random.
func choosePairs(cols int, seed uint64) []pair {
	all := cols * (cols - 1) / 2
	if all <= 0 {
		return nil
	}
	list := make([]pair, min(all, mostPairs))
	for i := range list {
		at := i
		if len(list) < all {
			at = int(rng.Permute(seed, rng.EvalPairs, uint64(all), uint64(i)))
		}
		// Pair number at in the order (0,1), (0,2), (1,2), (0,3), ...
		b := int((1 + math.Sqrt(1+8*float64(at))) / 2)
		for b*(b-1)/2 > at {
			b--
		}
		for (b+1)*b/2 <= at {
			b++
		}
		list[i] = pair{a: at - b*(b-1)/2, b: b, real: math.NaN()}
	}
	return list
}

func (v *view) pairTables(cols []int, n int) *pairTables {
	t := &pairTables{columns: make([]coarse, len(cols))}
	k := bins(n)
	run.Parallel(len(cols), func(i int) { t.columns[i] = v.coarse(cols[i], k) })
	t.learned = draws(v.learned.rows, min(v.learned.rows, mostPairRows), v.opt.Seed, rng.EvalPairs, 2)[0]
	t.trial = draws(v.trial.rows, n, v.opt.Seed, rng.EvalPairs, 1)
	t.halves = v.halfPairs(t.learned, t.trial)
	if v.held != nil {
		t.held = draws(v.held.rows, n, v.opt.Seed, rng.EvalPairs, 0)
	}
	return t
}

// measure fills in the numbers of a pair.
func (t *pairTables) measure(p *pair) {
	a, b := &t.columns[p.a], &t.columns[p.b]
	size := a.size * b.size
	learned, other := make([]float64, size), make([]float64, size)
	joint(learned, a.learned, b.learned, b.size, t.learned)
	p.weight = dependence(learned, b.size, len(t.learned))
	like := func(x, y []uint8, samples [][]int32) float64 {
		sum := 0.0
		for _, rows := range samples {
			clear(other)
			joint(other, x, y, b.size, rows)
			sum += 100 * (1 - distance(other, learned, size))
		}
		return sum / float64(len(samples))
	}
	p.value = like(a.trial, b.trial, t.trial)
	if t.held != nil {
		p.real = like(a.held, b.held, t.held)
	}
	for _, h := range t.halves {
		clear(learned)
		joint(learned, a.learned, b.learned, b.size, h.learned)
		p.halves = append(p.halves, like(a.trial, b.trial, [][]int32{h.trial}))
	}
}

// joint fills in the shares of the pairs of codes, y the faster.
func joint(out []float64, x, y []uint8, width int, rows []int32) {
	for _, r := range rows {
		out[int(x[r])*width+int(y[r])]++
	}
	for i := range out {
		out[i] /= float64(len(rows))
	}
}

// dependence is the total variation distance between a joint table and the product of its margins, as far as it exceeds what
// n rows of columns that have nothing to do with each other give by chance; 0 where it hardly does.
func dependence(joint []float64, width, n int) float64 {
	row, col := make([]float64, len(joint)/width), make([]float64, width)
	for i, p := range joint {
		row[i/width] += p
		col[i%width] += p
	}
	var found, chance float64
	for i, p := range joint {
		r, c := row[i/width], col[i%width]
		found += math.Abs(p-r*c) / 2
		// Mean absolute deviation of a cell, by the normal approximation.
		chance += math.Sqrt(2/math.Pi*r*c*(1-r)*(1-c)/float64(n)) / 2
	}
	return math.Max(found-pairChance*chance, 0)
}

// weighted gives the mean of the pairs by weight; of a table whose columns have nothing to do with each other, the plain one.
func weighted(list []pair, held bool) shaped {
	var total, sum float64
	for _, p := range list {
		total += p.weight
	}
	var out shaped
	for _, p := range list {
		w := p.weight
		if total == 0 {
			w = 1
		}
		sum += w
		out.value += w * p.value
		out.real += w * p.real
		if out.halves == nil {
			out.halves = make([]float64, len(p.halves))
		}
		for k, x := range p.halves {
			out.halves[k] += w * x
		}
	}
	if !held {
		out.real = math.NaN()
	}
	out.value, out.real = out.value/sum, out.real/sum
	for k := range out.halves {
		out.halves[k] /= sum
	}
	return out
}

// worstPairs are the metrics of the pairs that lose most, as they count.
func (v *view) worstPairs(list []pair, cols []int, n int) []Metric {
	loss := func(p pair) float64 {
		if math.IsNaN(p.real) {
			return p.weight * (100 - p.value)
		}
		return p.weight * (p.real - p.value)
	}
	slices.SortStableFunc(list, func(p, q pair) int { return cmp.Compare(loss(q), loss(p)) })
	metrics := make([]Metric, min(len(list), worstPairs))
	for i := range metrics {
		p := list[i]
		metrics[i] = v.likeness("pairs.tv", p.value, p.real, n, v.columns[cols[p.a]].name, v.columns[cols[p.b]].name)
	}
	return metrics
}
