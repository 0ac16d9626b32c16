package sdmetrics

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
)

// Diagnostic is SDMetrics' DiagnosticReport. Its results, best 1, are
//
//	sdmetrics.diagnostic         mean of the two below
//	sdmetrics.validity           mean over columns
//	sdmetrics.structure          of the columns of either table, by name and type, the share that both have
//	sdmetrics.validity.column    of a column: the share of rows within the real range (numbers, dates), with a real value
//	                             (categories), or with a value that no row above has (keys)
//
// A missing number is valid, and left out, where the real column has missing ones, too. A key that repeats in the real table is no
// key. The error is that of [suite.Check].
func Diagnostic(actual, fake *suite.Table) ([]suite.Result, error) {
	if err := suite.Check([]string{"the real table", "the synthetic table"}, actual, fake); err != nil {
		return nil, err
	}
	var columns []suite.Result
	for i := range actual.Columns {
		c := &actual.Columns[i]
		if c.Kind == suite.Text {
			continue
		}
		columns = append(columns, validity(c, fake.Column(c.Name)))
	}
	valid := suite.Mean("sdmetrics.validity", "no column has a score", columns)
	structure := suite.OK("sdmetrics.structure", sharedColumns(actual, fake))
	all := suite.Mean("sdmetrics.diagnostic", "", []suite.Result{valid, structure})
	return slices.Concat([]suite.Result{all, valid, structure}, columns), nil
}

func validity(actual, fake *suite.Column) suite.Result {
	const name = "sdmetrics.validity.column"
	if fake == nil {
		return suite.No(name, lacks, actual.Name)
	}
	share, why := 0.0, ""
	switch {
	case actual.Numeric():
		share, why = boundaryAdherence(actual, fake)
	case actual.Kind == suite.Category:
		share = categoryAdherence(actual, fake)
	default:
		share, why = keyUniqueness(actual, fake)
	}
	if why != "" {
		return suite.No(name, why, actual.Name)
	}
	return suite.OK(name, share, actual.Name)
}

// boundaryAdherence counts numbers within the real range.
func boundaryAdherence(actual, fake *suite.Column) (share float64, why string) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range actual.Numbers {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	rows, inside := fake.Rows(), 0
	if actual.Gaps() > 0 {
		rows -= fake.Gaps()
	}
	if rows == 0 {
		return 0, "all cells of the synthetic column are missing"
	}
	for _, x := range fake.Numbers {
		if x >= low && x <= high {
			inside++
		}
	}
	return float64(inside) / float64(rows), ""
}

// categoryAdherence counts rows whose value is in the real column; missing is a value.
func categoryAdherence(actual, fake *suite.Column) float64 {
	known := make(map[int32]bool)
	for _, code := range actual.Codes {
		known[code] = true
	}
	inside := 0
	for _, code := range fake.Codes {
		if known[code] {
			inside++
		}
	}
	return float64(inside) / float64(len(fake.Codes))
}

// keyUniqueness counts different values; missing is none.
func keyUniqueness(actual, fake *suite.Column) (share float64, why string) {
	if different(actual.Codes) < len(actual.Codes) {
		return 0, "the real column repeats or has gaps: it's no primary key"
	}
	return float64(different(fake.Codes)) / float64(len(fake.Codes)), ""
}

func different(codes []int32) int {
	seen := make(map[int32]bool)
	for _, code := range codes {
		if code >= 0 {
			seen[code] = true
		}
	}
	return len(seen)
}

// sharedColumns is TableStructure.
func sharedColumns(actual, fake *suite.Table) float64 {
	type column struct{ name, typ string }
	here := make(map[column]bool)
	for _, c := range actual.Columns {
		here[column{c.Name, c.Type}] = true
	}
	both := 0
	for _, c := range fake.Columns {
		if here[column{c.Name, c.Type}] {
			both++
		}
	}
	return float64(both) / float64(len(actual.Columns)+len(fake.Columns)-both)
}
