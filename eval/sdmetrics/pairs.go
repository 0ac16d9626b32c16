package sdmetrics

import (
	"fmt"
	"math"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/stat"
)

const (
	pairName = "sdmetrics.pairs.column"

	// A pair counts only if its real columns have more to do with each other than this.
	leastCorrelation = .5
	leastCramer      = .3

	parts = 10 // of a number beside a category

	// Squares of larger numbers have no sum in float64.
	largestNumber = 1e75
)

// pairResults scores every pair of columns, the first ones first.
func pairResults(columns []scoredColumn) []suite.Result {
	coded := make([]codedColumn, len(columns))
	run.Parallel(len(columns), func(i int) {
		if columns[i].fake != nil {
			coded[i] = columns[i].codes()
		}
	})
	var pairs [][2]int
	for i := range columns {
		for j := i + 1; j < len(columns); j++ {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	results := make([]suite.Result, len(pairs))
	run.Parallel(len(pairs), func(p int) {
		i, j := pairs[p][0], pairs[p][1]
		x, y := &columns[i], &columns[j]
		switch {
		case x.fake == nil || y.fake == nil:
			results[p] = suite.No(pairName, lacks, x.name, y.name)
		case x.actual.Numeric() && y.actual.Numeric():
			results[p] = correlationSimilarity(x, y)
		default:
			results[p] = contingencySimilarity(x, y, &coded[i], &coded[j])
		}
	})
	return results
}

// correlationSimilarity is CorrelationSimilarity with Pearson's coefficient.
func correlationSimilarity(x, y *scoredColumn) suite.Result {
	real, why := correlation(x.actual, y.actual)
	if why != "" {
		return suite.No(pairName, "real table: "+why, x.name, y.name)
	}
	if math.Abs(real) <= leastCorrelation {
		return suite.No(pairName, fmt.Sprintf("the real columns have a correlation of %.2f; only above .5 in size does it count", real), x.name, y.name)
	}
	synthetic, why := correlation(x.fake, y.fake)
	if why != "" {
		return suite.No(pairName, "synthetic table: "+why, x.name, y.name)
	}
	return suite.OK(pairName, 1-math.Abs(real-synthetic)/2, x.name, y.name)
}

// correlation is Pearson's, over the rows in which neither cell is missing, or the reason why there is none.
func correlation(x, y *suite.Column) (rho float64, why string) {
	a, b := make([]float64, 0, x.Rows()), make([]float64, 0, x.Rows())
	aVaries, bVaries := false, false
	for r, v := range x.Numbers {
		w := y.Numbers[r]
		if math.IsNaN(v) || math.IsNaN(w) {
			continue
		}
		if math.Abs(v) > largestNumber || math.Abs(w) > largestNumber {
			return 0, "a number is infinite or too large"
		}
		a, b = append(a, v), append(b, w)
		aVaries, bVaries = aVaries || v != a[0], bVaries || w != b[0]
	}
	if len(a) < 2 {
		return 0, "fewer than two rows have both numbers"
	}
	if !aVaries || !bVaries {
		return 0, "a column is constant, so that it has no correlation"
	}
	rho = stat.Correlation(a, b, nil)
	if math.IsNaN(rho) || math.IsInf(rho, 0) {
		return 0, "a column is nearly constant, so that it has no correlation"
	}
	return max(-1, min(1, rho)), ""
}

// A codedColumn has a column of both tables as codes below k, each table in its own, or the reason why that can't be.
type codedColumn struct {
	actual, fake []int32
	k            int
	why          string
}

// codes cuts numbers in parts; of a category 0 is missing.
func (c *scoredColumn) codes() codedColumn {
	if c.actual.Numeric() {
		real, why := inParts(c.actual)
		if why != "" {
			return codedColumn{why: "real table: " + why}
		}
		synthetic, why := inParts(c.fake)
		if why != "" {
			return codedColumn{why: "synthetic table: " + why}
		}
		return codedColumn{actual: real, fake: synthetic, k: parts + 1}
	}
	return codedColumn{actual: raised(c.actual.Codes), fake: raised(c.fake.Codes), k: max(len(c.actual.Labels), len(c.fake.Labels)) + 1}
}

func raised(codes []int32) []int32 {
	out := make([]int32, len(codes))
	for r, code := range codes {
		out[r] = code + 1
	}
	return out
}

// inParts cuts the numbers of a column in ten equal parts of their own range. The largest number falls beyond the last part,
// and so do missing ones.
func inParts(c *suite.Column) (codes []int32, why string) {
	unit := 1.0
	if c.Kind == suite.Date {
		unit = 1e9 // the package counts nanoseconds, and can't cut a range of none
	}
	edges, why := equalParts(c.Numbers, unit)
	if why != "" {
		return nil, why
	}
	codes = make([]int32, len(c.Numbers))
	for r, x := range c.Numbers {
		codes[r] = parts
		for codes[r] > 0 && x*unit < edges[codes[r]] {
			codes[r]--
		}
	}
	return codes, ""
}

// equalParts gives the 11 edges of ten equal parts of the range of numbers, times unit. A range of none is made one wide.
func equalParts(numbers []float64, unit float64) (edges [parts + 1]float64, why string) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range numbers {
		if !math.IsNaN(x) {
			low, high = min(low, x*unit), max(high, x*unit)
		}
	}
	switch {
	case low > high:
		low, high = 0, 1
	case math.IsInf(low, 0) || math.IsInf(high, 0) || math.IsInf(high-low, 0):
		return edges, "a number is infinite, so that the range can't be cut in parts"
	case low == high:
		low, high = low-.5, high+.5
	}
	for i := range edges {
		// The conversion keeps the product from being fused with the sum on some processors.
		edges[i] = low + float64(float64(i)*((high-low)/parts))
	}
	edges[parts] = high
	for i := range parts {
		if edges[i] >= edges[i+1] {
			return edges, "the numbers are so close to each other that their range can't be cut in parts"
		}
	}
	return edges, ""
}

// contingencySimilarity is ContingencySimilarity.
func contingencySimilarity(x, y *scoredColumn, a, b *codedColumn) suite.Result {
	for _, c := range []*codedColumn{a, b} {
		if c.why != "" {
			return suite.No(pairName, c.why, x.name, y.name)
		}
	}
	real := joint(a.actual, b.actual, a.k, b.k)
	v, ok := cramer(real, b.k, a.k)
	if !ok {
		return suite.No(pairName, "a column of the real table is constant, so that it has nothing to do with others", x.name, y.name)
	}
	if v <= leastCramer {
		return suite.No(pairName, fmt.Sprintf("Cramér's V of the real columns is %.2f; only above .3 does the pair count", v), x.name, y.name)
	}
	return suite.OK(pairName, 1-variation(real, joint(a.fake, b.fake, a.k, b.k)), x.name, y.name)
}

// cramer is Cramér's V of a joint table with cells x*k+y, x below j, without correction of its bias; not ok where a column is constant.
func cramer(c counted, k, j int) (v float64, ok bool) {
	rows, columns := make([]int64, j), make([]int64, k)
	for i, cell := range c.cell {
		rows[cell/int64(k)] += c.count[i]
		columns[cell%int64(k)] += c.count[i]
	}
	least := min(used(rows), used(columns)) - 1
	if least < 1 {
		return 0, false
	}
	phi := -1.0
	for i, cell := range c.cell {
		n := float64(c.count[i])
		phi += n * n / float64(rows[cell/int64(k)]) / float64(columns[cell%int64(k)])
	}
	return math.Sqrt(max(phi, 0) / float64(least)), true
}

func used(counts []int64) int {
	n := 0
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	return n
}
