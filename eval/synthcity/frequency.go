package synthcity

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	histogramBins = 10    // n_histogram_bins
	fewCategories = 5     // columns with fewer different values are categories, not histograms
	noShare       = 1e-11 // stands for a share of 0
)

// frequencies are the shares that chi-squared test and KL divergence compare: get_frequency of the peer. Columns with fewer than 5
// different real values are counted by value, others in at most 10 equal bins of the real range.
//
// Quirks: a value is not compared with itself: each table's shares stand in descending order, so that {0: .6, 1: .4} equals
// {1: .6, 0: .4}, and an invented category can stand beside one that is missing. Synthetic values outside the real range are dropped,
// and the shares are of the rest. Shares of 0 become 1e-11.
func frequencies(real, synthetic []float64) (r, s []float64, err error) {
	values, _ := distinct(real)
	if len(values) < fewCategories {
		r, s = shares(real, synthetic)
		return r, s, nil
	}
	if !finite(values) {
		return nil, nil, errors.New(gapWords)
	}
	edges := equalEdges(values[0], values[len(values)-1], min(histogramBins, len(values)))
	return histogram(real, edges), histogram(synthetic, edges), nil
}

// distinct gives the different values of x in order, NaN last and once, and how often each occurs.
func distinct(x []float64) (values []float64, count []int) {
	sorted := slices.Sorted(slices.Values(x)) // NaN first
	gaps := sort.Search(len(sorted), func(i int) bool { return !math.IsNaN(sorted[i]) })
	for i, v := range sorted[gaps:] {
		if i == 0 || v != values[len(values)-1] {
			values, count = append(values, v), append(count, 0)
		}
		count[len(count)-1]++
	}
	if gaps > 0 {
		values, count = append(values, math.NaN()), append(count, gaps)
	}
	return values, count
}

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// shares are those of categories: each table's in descending order, then one for each value that only the other has.
// What is missing belongs to no category, but to the whole.
func shares(real, synthetic []float64) (r, s []float64) {
	own := func(x []float64) (values []float64, share []float64) {
		values, count := distinct(x)
		if n := len(values); n > 0 && math.IsNaN(values[n-1]) {
			values, count = values[:n-1], count[:n-1]
		}
		for _, c := range count {
			share = append(share, float64(c)/float64(len(x)))
		}
		slices.SortFunc(share, func(a, b float64) int { return cmp.Compare(b, a) })
		return values, share
	}
	realValues, r := own(real)
	syntheticValues, s := own(synthetic)
	for _, v := range realValues {
		if !slices.Contains(syntheticValues, v) {
			s = append(s, noShare)
		}
	}
	for _, v := range syntheticValues {
		if !slices.Contains(realValues, v) {
			r = append(r, noShare)
		}
	}
	return r, s
}

// equalEdges is numpy.linspace(from, to, bins+1), with the order of its operations.
func equalEdges(from, to float64, bins int) []float64 {
	edges := make([]float64, bins+1)
	step := (to - from) / float64(bins)
	for i := range edges {
		edges[i] = float64(i)*step + from
	}
	edges[bins] = to
	return edges
}

// histogram gives the shares of x in the bins, among those inside: bins hold their left edge, the last one its right, too.
func histogram(x, edges []float64) []float64 {
	share := make([]float64, len(edges)-1)
	last := len(edges) - 1
	for _, v := range x {
		if v >= edges[0] && v <= edges[last] {
			at := sort.Search(last, func(i int) bool { return edges[i] > v })
			share[at-1]++
		}
	}
	total := floats.Sum(share) + 1e-8
	for i := range share {
		if share[i] /= total; share[i] == 0 {
			share[i] = noShare
		}
	}
	return share
}

// chiSquared is the mean over columns of the p-value of a chi-squared test. Quirks: the test is given shares where it asks for
// counts, so that the number of rows plays no part; a bin that is empty in the synthetic table makes the p-value 0, and so does a
// constant column, which has no degree of freedom.
func chiSquared(_ context.Context, p *Pair) ([]float64, error) {
	return meanOfColumns(p, func(real, synthetic []float64) (float64, error) {
		r, s, err := frequencies(real, synthetic)
		if err != nil {
			return 0, err
		}
		return chiSquaredP(r, s, p.Version), nil
	})
}

// chiSquaredP is scipy.stats.chisquare(r, s), or 0 where that fails: where the sums differ, or there is one bin.
func chiSquaredP(r, s []float64, v Version) float64 {
	// The peer's scipy: of 0.2.10 at the time of the paper, of 0.2.12 since scipy 1.14.
	tolerance := 1e-8
	if v != V0210 {
		tolerance = 0x1p-26
	}
	sumR, sumS := floats.Sum(r), floats.Sum(s)
	if math.Abs(sumR-sumS)/min(sumR, sumS) > tolerance || len(r) < 2 {
		return 0
	}
	x := 0.0
	for i := range r {
		x += (r[i] - s[i]) * (r[i] - s[i]) / s[i]
	}
	return distuv.ChiSquared{K: float64(len(r) - 1)}.Survival(x)
}

// inverseKL is the mean over columns of 1/(1+KL), where KL = sum r ln(r/s) - r + s.
func inverseKL(_ context.Context, p *Pair) ([]float64, error) {
	return meanOfColumns(p, func(real, synthetic []float64) (float64, error) {
		r, s, err := frequencies(real, synthetic)
		if err != nil {
			return 0, err
		}
		kl := 0.0
		for i := range r {
			kl += r[i]*math.Log(r[i]/s[i]) - r[i] + s[i]
		}
		return 1 / (1 + kl), nil
	})
}

// meanOfColumns is the mean of a score of each column, in the order of the columns. Its errors are of the real column.
func meanOfColumns(p *Pair, score func(real, synthetic []float64) (float64, error)) ([]float64, error) {
	all := make([]float64, len(p.Names))
	for j := range all {
		var err error
		if all[j], err = score(p.Real.Column(j), p.Synthetic.Column(j)); err != nil {
			return nil, ofColumn(p.Names[j], p.Real.of, err.Error())
		}
	}
	return []float64{stat.Mean(all, nil)}, nil
}
