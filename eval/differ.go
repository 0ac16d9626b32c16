package eval

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// leastExpected is how many rows a cell of a chi-squared test must be expected to have, at least: Cochran's rule (1954). Smaller ones
// are taken together, and left out where all of them together are expected to have less than one.
const leastExpected = 5

// chances are the p of the chi-squared tests whether the trial's rows, and the people learned, differ from the people set aside. It is NaN
// without people set aside.
//
// A generator knows people through those whom it learned alone, so that also a perfect one has their luck: the test of the trial
// allows for it, as if that were a sample of a sample. A copy of the people learned is not found to differ, and gains nothing by
// being one, as it is held against others.
func (s *spread) chances() (trial, learned float64) {
	if s.held == nil || len(s.learned) == 0 {
		return math.NaN(), math.NaN()
	}
	counts := func(code []int32) []float64 {
		out := make([]float64, s.size)
		for _, c := range code {
			out[c]++
		}
		return s.binned(out)
	}
	held, people := counts(s.held), counts(s.learned)
	return homogeneity(held, counts(s.trial), 1/float64(len(s.learned))), homogeneity(held, people, 0)
}

// homogeneity is the p of Pearson's chi-squared test that counts a and b have the same shares. more is a further variance of the shares
// of b, in that of a single row: they then count as those of fewer rows. Where one cell holds all rows nothing can differ: p is 1.
func homogeneity(a, b []float64, more float64) float64 {
	var n, m float64
	for i := range a {
		n, m = n+a[i], m+b[i]
	}
	if n == 0 || m == 0 {
		return math.NaN()
	}
	each := 1 / (1 + float64(more*m)) // of a row of b
	m *= each
	fewer := min(n, m) / (n + m)
	sum, cells := 0.0, 0
	add := func(x, y float64) {
		cells++
		gap := x/n - y/m
		sum += gap * gap / (x + y)
	}
	var x, y float64 // of all small cells
	for i := range a {
		if own := float64(each * b[i]); (a[i]+own)*fewer < leastExpected {
			x, y = x+a[i], y+own
		} else {
			add(a[i], own)
		}
	}
	if (x+y)*fewer >= 1 {
		add(x, y)
	}
	if cells < 2 {
		return 1
	}
	return distuv.ChiSquared{K: float64(cells - 1)}.Survival(sum * n * m)
}

// differ makes "shape.p" of each column, Holm-adjusted, and "shape.differ", the share of columns in which it is at most 5 %. Columns of one
// value in all tables are no hypotheses.
func (v *view) differ(cols []int, columns []shapedColumn) []Metric {
	why, status := v.tooFew(fewestLikeness), TooFew
	switch {
	case v.held == nil:
		why, status = "it takes real people whom the generator never saw", NotApplicable
	case len(cols) == 0:
		why, status = "no column is learned", NotApplicable
	case v.learned.persons < v.learned.rows || v.held.persons < v.held.rows:
		why, status = "people have several rows, which hang together, so that no test of single rows is sound", NotApplicable
	}
	whole := notMade("shape.differ", 0, -1, why)
	whole.Status = status
	if why != "" {
		return []Metric{whole}
	}
	var p, real []float64
	for _, c := range columns {
		if !c.of[likePoints].constant {
			p, real = append(p, c.p), append(real, c.realP)
		}
	}
	p, real = holmAdjusted(p), holmAdjusted(real)
	metrics := []Metric{whole}
	at := 0
	for i, col := range cols {
		m := notMade("shape.p", 1, 1, "")
		m.Columns, m.Status, m.Value, m.Real = []string{v.columns[col].name}, OK, 1, 1
		if !columns[i].of[likePoints].constant {
			m.Value, m.Real = p[at], real[at]
			at++
		}
		metrics = append(metrics, m)
	}
	metrics[0].Status, metrics[0].Value, metrics[0].Real = OK, lowShare(p), lowShare(real)
	return metrics
}

// lowShare is the share of p that are at most 5 %.
func lowShare(p []float64) float64 {
	low := 0
	for _, x := range p {
		if x <= 0.05 {
			low++
		}
	}
	return float64(low) / float64(max(len(p), 1))
}

// holmAdjusted gives for each p the least level at which Holm's procedure rejects its hypothesis.
func holmAdjusted(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	out, least := make([]float64, len(p)), 0.0
	for rank, i := range order {
		least = max(least, min(p[i]*float64(len(p)-rank), 1))
		out[i] = least
	}
	return out
}
