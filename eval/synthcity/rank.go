package synthcity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/run"
)

// featureRanks is Kendall's tau-b, and its p-value, between what matters to a program taught real rows and to one taught synthetic
// ones: mean |SHAP| of trees that are asked about the fifth of the real rows that neither has seen, with the package shap from 0.45 on.
// Quirks: in 0.2.10 the target is a class always, also where performance takes it for a number; of classes it is the rows, and not the columns,
// whose importance is compared, for the mean is over the columns; and the peer minimises the score, though 1 is the best. Where
// the synthetic codes of the target are not 0, 1, ..., the peer compares with random numbers that no seed fixes, and here is
// an error.
func featureRanks(ctx context.Context, p *Pair) ([]float64, error) {
	if len(p.Names) < 2 {
		return nil, errors.New("there is no column beside the target")
	}
	split, err := p.Real.TrainTest()
	if err != nil {
		return nil, err
	}
	regression := false
	if p.Version != V0210 {
		if regression, err = p.Regression(); err != nil {
			return nil, err
		}
	}
	ask := p.Real.take(split.Test).task().x
	lessons := []struct {
		of   string
		task task
	}{{"real", p.Real.take(split.Train).task()}, {"synthetic", p.Synthetic.task()}}
	matter, errs := make([][]float64, 2), make([]error, 2)
	run.Parallel(2, func(i int) {
		if regression {
			matter[i], errs[i] = ofColumns(ctx, lessons[i].task, ask)
		} else {
			matter[i], errs[i] = ofRows(ctx, p.Version, lessons[i].task, ask)
		}
		if errs[i] != nil {
			errs[i] = fmt.Errorf("of %s rows: %w", lessons[i].of, inWords(errs[i], lessons[i].task.names, lessons[i].task.of))
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	if len(matter[0]) != len(matter[1]) {
		return nil, errors.New("the real and the synthetic rows have different numbers of classes")
	}
	tau, chance := kendall(matter[0], matter[1])
	return []float64{tau, chance}, nil
}

// ofColumns is the mean |SHAP| over the rows of ask, for each column, after a lesson of numbers: D of them.
func ofColumns(ctx context.Context, lesson task, ask *mat.Dense) ([]float64, error) {
	boosted := &ml.Boost{Method: ml.Hist2, Stop: ctx.Done()}
	if err := boosted.Fit(lesson.x, lesson.y); err != nil {
		return nil, err
	}
	values, _, err := boosted.SHAP(ask)
	if err != nil {
		return nil, err
	}
	n, d := ask.Dims()
	means := make([]float64, d)
	for j := range means {
		means[j] = floats.Norm(mat.Col(nil, j, values[0]), 1) / float64(n)
	}
	return means, nil
}

// ofRows is the mean |SHAP| over the columns, for each row of ask and each class, after a lesson of classes: N K' numbers, K' 1 for up to
// two classes.
func ofRows(ctx context.Context, v Version, lesson task, ask *mat.Dense) ([]float64, error) {
	classes := slices.Compact(slices.Sorted(slices.Values(lesson.y)))
	for i, c := range classes {
		if c != float64(i) {
			return nil, fmt.Errorf("the target's %d codes are not 0 to %d, which XGBoost asks for", len(classes), len(classes)-1)
		}
	}
	n, d := ask.Dims()
	if len(classes) == 1 {
		return make([]float64, n), nil // trees without a split
	}
	boosted := &ml.Boost{Method: ml.Exact, Classes: len(classes), Stop: ctx.Done()}
	if v != V0210 {
		boosted.Method = ml.Approx2
	}
	if err := boosted.Fit(lesson.x, lesson.y); err != nil {
		return nil, err
	}
	values, _, err := boosted.SHAP(ask)
	if err != nil {
		return nil, err
	}
	var means []float64
	for _, v := range values {
		for i := range n {
			means = append(means, floats.Norm(v.RawRowView(i), 1)/float64(d))
		}
	}
	return means, nil
}

// kendall is kendalltau of scipy: tau-b of x and y, both [N], and the p-value of none, exact where there are no ties and few pairs are out of
// order, else from the normal distribution. Where x or y is constant the peer takes 0 for both.
func kendall(x, y []float64) (tau, p float64) {
	n := len(x)
	rankX, countX := ranks(x)
	rankY, countY := ranks(y)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(rankX[a]-rankX[b], rankY[a]-rankY[b]) })
	tiedX, tiedY := tiesOf(countX), tiesOf(countY)
	both, discordant := 0.0, inversions(order, rankY, len(countY))
	for from := 0; from < n; {
		to := from + 1
		for to < n && rankX[order[to]] == rankX[order[from]] && rankY[order[to]] == rankY[order[from]] {
			to++
		}
		both += float64(to-from) * float64(to-from-1) / 2
		from = to
	}
	all := float64(n) * float64(n-1) / 2
	if tiedX.pairs == all || tiedY.pairs == all {
		return 0, 0
	}
	excess := all - tiedX.pairs - tiedY.pairs + both - 2*discordant
	tau = excess / math.Sqrt(all-tiedX.pairs) / math.Sqrt(all-tiedY.pairs)
	if few := min(discordant, all-discordant); tiedX.pairs == 0 && tiedY.pairs == 0 && (n <= 33 || few <= 1) {
		return tau, exactKendall(n, int(few))
	}
	m := float64(n) * float64(n-1)
	variance := (m*float64(2*n+5)-tiedX.spread-tiedY.spread)/18 + 2*tiedX.pairs*tiedY.pairs/m + tiedX.triples*tiedY.triples/(9*m*float64(n-2))
	return tau, 2 * distuv.UnitNormal.Survival(math.Abs(excess)/math.Sqrt(variance))
}

// ties are what the ties of a list take from the variance of tau.
type ties struct{ pairs, triples, spread float64 }

// tiesOf sums over the groups of equal numbers, of which count are the sizes.
func tiesOf(count []int) (t ties) {
	for _, size := range count {
		c := float64(size)
		t.pairs += c * (c - 1) / 2
		t.triples += c * (c - 1) * (c - 2)
		t.spread += c * (c - 1) * (2*c + 5)
	}
	return t
}

// inversions counts pairs of which the first in order has the greater rank. tree is a Fenwick tree of how often a rank was seen.
func inversions(order, rank []int, ranks int) (pairs float64) {
	tree := make([]int, ranks+1)
	for seen, row := range order {
		notGreater := 0
		for at := rank[row] + 1; at > 0; at -= at & -at {
			notGreater += tree[at]
		}
		pairs += float64(seen - notGreater)
		for at := rank[row] + 1; at <= ranks; at += at & -at {
			tree[at]++
		}
	}
	return pairs
}

// exactKendall is the share of all orders of n numbers that have at most so few inversions, or as many too many (Kendall, Rank
// Correlation Methods, 4th edition, page 68).
func exactKendall(n, few int) float64 {
	if n <= 2 || 4*few == n*(n-1) {
		return 1
	}
	count := make([]float64, few+1) // orders of so many inversions, from 2 numbers on
	count[0] = 1
	if few > 0 {
		count[1] = 1
	}
	for j := 3; j <= n; j++ {
		// The j-th number may stand before 0 to j-1 of the others.
		next := make([]float64, few+1)
		for i := range next {
			for _, c := range count[max(0, i-j+1) : i+1] {
				next[i] += c
			}
		}
		count = next
	}
	share := 0.0
	for _, c := range count {
		share += c / math.Gamma(float64(n)+1)
	}
	return min(1, 2*share)
}
