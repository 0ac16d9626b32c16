package sdmetrics

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/stat"
)

// Quality is SDMetrics' QualityReport. Its results, best 1, are
//
//	sdmetrics.quality         mean of the two below
//	sdmetrics.shapes          mean over columns
//	sdmetrics.pairs           mean over the pairs that count
//	sdmetrics.shapes.column   of a column: 1 less the Kolmogorov-Smirnov distance (numbers, dates) or the total variation distance
//	sdmetrics.pairs.column    of two columns: 1 less half the difference of their correlations, or less the total variation
//	                          distance of their joint tables
//
// A column or pair without a score has a reason and is left out of the mean. The error is that of [suite.Check].
func Quality(actual, fake *suite.Table) ([]suite.Result, error) {
	if err := suite.Check([]string{"the real table", "the synthetic table"}, actual, fake); err != nil {
		return nil, err
	}
	columns := scored(actual, fake)
	shapes := make([]suite.Result, len(columns))
	run.Parallel(len(columns), func(i int) { shapes[i] = columns[i].shape() })
	pairs := pairResults(columns)

	shape := suite.Mean("sdmetrics.shapes", "no column has a score", shapes)
	pair := suite.Mean("sdmetrics.pairs", "no pair of columns has a score", pairs)
	quality := suite.Mean("sdmetrics.quality", "no column has a score", []suite.Result{shape, pair})
	return slices.Concat([]suite.Result{quality, shape, pair}, shapes, pairs), nil
}

// A scoredColumn is a column of the real table beside that of the synthetic one, which is nil where it has none.
type scoredColumn struct {
	name         string
	actual, fake *suite.Column
}

// scored lists the columns that take part, in the real table's order.
func scored(actual, fake *suite.Table) []scoredColumn {
	var columns []scoredColumn
	for i := range actual.Columns {
		c := &actual.Columns[i]
		if c.Numeric() || c.Kind == suite.Category {
			columns = append(columns, scoredColumn{c.Name, c, fake.Column(c.Name)})
		}
	}
	return columns
}

const lacks = "the synthetic table has no such column"

// shape is KSComplement or TVComplement.
func (c *scoredColumn) shape() suite.Result {
	const name = "sdmetrics.shapes.column"
	if c.fake == nil {
		return suite.No(name, lacks, c.name)
	}
	if c.actual.Numeric() {
		real, synthetic := sortedNumbers(c.actual), sortedNumbers(c.fake)
		if len(real) == 0 || len(synthetic) == 0 {
			return suite.No(name, "all cells are missing in one of the tables", c.name)
		}
		return suite.OK(name, 1-stat.KolmogorovSmirnov(real, nil, synthetic, nil), c.name)
	}
	real, synthetic := present(c.actual), present(c.fake)
	if real.rows == 0 || synthetic.rows == 0 {
		return suite.No(name, "all cells are missing in one of the tables", c.name)
	}
	return suite.OK(name, 1-variation(real, synthetic), c.name)
}

// sortedNumbers gives the numbers of a column, ascending and rounded to 14 decimals as the package does, so that noise of the
// last digit makes no difference.
func sortedNumbers(c *suite.Column) []float64 {
	out := make([]float64, 0, len(c.Numbers))
	for _, x := range c.Numbers {
		if math.IsNaN(x) {
			continue
		}
		// From 100 on a float64 has no more than 14 decimals.
		if math.Abs(x) < 100 {
			x = math.RoundToEven(x*1e14) / 1e14
		}
		out = append(out, x)
	}
	slices.Sort(out)
	return out
}
