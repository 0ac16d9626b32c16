package synthcity

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat"
)

var statMetrics = []metric{
	{[]string{"stats.jensenshannon_dist.marginal"}, -1, jensenShannon},
	{[]string{"stats.chi_squared_test.marginal"}, +1, chiSquared},
	{[]string{"stats.inv_kl_divergence.marginal"}, +1, inverseKL},
	{[]string{"stats.ks_test.marginal"}, +1, kolmogorovSmirnov},
	{[]string{"stats.max_mean_discrepancy.joint"}, -1, meanDiscrepancy},
	{[]string{"stats.prdc.precision", "stats.prdc.recall", "stats.prdc.density", "stats.prdc.coverage"}, +1, prdc},
	{[]string{"stats.alpha_precision.delta_precision_alpha_naive", "stats.alpha_precision.delta_coverage_beta_naive",
		"stats.alpha_precision.authenticity_naive"}, +1, alphaPrecision},
}

// kolmogorovSmirnov is the mean over columns of 1-D, D the greatest difference of the distribution functions. Quirk: codes of
// categories count as numbers, so that the order of the alphabet matters. Where a column of numbers has missing cells it is NaN; before
// scipy 1.12, on which 0.2.10 stands, such cells count as numbers larger than all.
func kolmogorovSmirnov(_ context.Context, p *Pair) ([]float64, error) {
	return meanOfColumns(p, func(real, synthetic []float64) (float64, error) {
		for _, x := range [][]float64{real, synthetic} {
			for i, v := range x {
				if math.IsNaN(v) && p.Version != V0210 {
					return math.NaN(), nil
				} else if math.IsNaN(v) {
					x[i] = math.Inf(1)
				}
			}
			slices.Sort(x)
		}
		return 1 - stat.KolmogorovSmirnov(real, nil, synthetic, nil), nil
	})
}

// jensenShannon is the mean over columns of the Jensen-Shannon distance (natural logarithm) of shares in at most 10 equal bins
// of the real range; what lies outside, or is missing, is a bin of its own. Quirk: 1 is added to every share after they were made to
// sum to 1, which shrinks the distance to a fiftieth or so.
func jensenShannon(_ context.Context, p *Pair) ([]float64, error) {
	return meanOfColumns(p, func(real, synthetic []float64) (float64, error) {
		edges, err := cutEdges(real)
		if err != nil {
			return 0, err
		}
		r, s := cutShares(real, edges), cutShares(synthetic, edges)
		if last := len(r) - 1; r[last] == 0 && s[last] == 0 {
			r, s = r[:last], s[:last]
		}
		for _, share := range [][]float64{r, s} {
			for i := range share {
				share[i] = (share[i] + 1) / float64(1+len(share))
			}
		}
		return math.Sqrt(stat.JensenShannon(r, s)), nil
	})
}

// cutEdges are the edges of pandas.cut: equal bins of the range, the lowest edge moved down by a thousandth of it.
func cutEdges(x []float64) ([]float64, error) {
	values, _ := distinct(x)
	bins := min(histogramBins, len(values)) // NaN counts
	if math.IsNaN(values[len(values)-1]) {
		values = values[:len(values)-1]
	}
	if len(values) == 0 || !finite(values) {
		return nil, errors.New("it is empty, or has infinite cells")
	}
	low, high := values[0], values[len(values)-1]
	if low < high {
		edges := equalEdges(low, high, bins)
		edges[0] -= (high - low) * .001
		return edges, nil
	}
	if low != 0 {
		return equalEdges(low-.001*math.Abs(low), high+.001*math.Abs(high), bins), nil
	}
	return equalEdges(-.001, .001, bins), nil
}

// cutShares gives the shares of x in the bins, which hold their right edge, and last that of what is in none.
func cutShares(x, edges []float64) []float64 {
	share := make([]float64, len(edges))
	for _, v := range x {
		at := sort.SearchFloat64s(edges, v) // edges before v
		if math.IsNaN(v) || at == 0 || at == len(edges) {
			at = len(edges)
		}
		share[at-1]++
	}
	for i := range share {
		share[i] /= float64(len(x))
	}
	return share
}
