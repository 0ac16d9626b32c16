package mostlyai

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
)

const (
	identical  = 1e-6 // rows no further apart count as the same
	nothing    = 1e-8 // keeps ratios of no distance from being 0/0
	atRank     = 10   // of the ratios, from below, the one that is reported
	mostDims   = 10   // up to here the package takes all columns together
	chunk      = 64   // rows that one goroutine takes at a time
	withTexts  = "the table has texts or categories, whose distances need a language model; mostlyai.numbers has those of its numbers and dates"
	withGroups = "beyond ten dimensions the package reports the worst of several groups of columns, some drawn at random; mostlyai.numbers takes all together"
)

// fields are the numbers of the package's Distances, in its order.
var fields = []string{
	"ims_training", "ims_holdout", "ims_trn_hol", "dcr_training", "dcr_holdout", "dcr_trn_hol", "dcr_share", "nndr_training", "nndr_holdout", "nndr_trn_hol",
}

// Distances says how near synthetic rows are to rows that the generator saw and to rows that it did not see. Its results are
//
//	mostlyai.ims_training     share of synthetic rows that are the same as a row of train
//	mostlyai.dcr_training     mean distance of a synthetic row to the nearest of train
//	mostlyai.nndr_training    tenth smallest ratio of the distances to the nearest and to the second nearest row of train
//	mostlyai.X_holdout        the same to rows of holdout, and
//	mostlyai.X_trn_hol        of rows of holdout to those of train: what is right for rows without memory
//	mostlyai.dcr_share        share of synthetic rows that are nearer to train than to holdout, ties half; best .5
//
// and the same again from numbers and dates alone, all together, under "mostlyai.numbers.", where the package takes in more: see the
// package documentation. Without a holdout, those that need one have a reason. The error is that of [suite.Check].
func Distances(train, holdout, fake *suite.Table) ([]suite.Result, error) {
	if err := check(train, holdout, fake); err != nil {
		return nil, err
	}
	if why := tooSmall(train, holdout, fake); why != "" {
		return none("mostlyai.", why), nil
	}
	names, why := numericNames(train, holdout, fake)
	if why != "" {
		return none("mostlyai.", why), nil
	}
	tables := []*suite.Table{train, fake}
	if holdout != nil {
		tables = []*suite.Table{train, holdout, fake}
	}
	rows := train.Rows
	for _, t := range tables {
		rows = min(rows, t.Rows)
	}
	for i, t := range tables {
		tables[i] = evenly(t, rows)
	}
	points := embed(names, len(tables)-1, tables...)
	results := measured(points)
	switch {
	case len(names) < min(mostColumns, len(train.Columns)):
		return append(none("mostlyai.", withTexts), named("mostlyai.numbers.", results)...), nil
	case holdout != nil && points[0].dims > mostDims:
		return append(none("mostlyai.", withGroups), named("mostlyai.numbers.", results)...), nil
	}
	return named("mostlyai.", results), nil
}

// numericNames lists the numbers and dates among the first 300 columns, or says why there is nothing to measure.
func numericNames(train, holdout, fake *suite.Table) (names []string, why string) {
	for i := range train.Columns[:min(mostColumns, len(train.Columns))] {
		c := &train.Columns[i]
		if !c.Numeric() {
			continue
		}
		names = append(names, c.Name)
		for _, t := range []*suite.Table{train, holdout, fake} {
			if t == nil {
				continue
			}
			other := t.Column(c.Name)
			if other == nil {
				return nil, "one of the tables lacks a column"
			}
			if slices.ContainsFunc(other.Numbers, func(x float64) bool { return math.IsInf(x, 0) }) {
				return nil, "a number is infinite"
			}
		}
	}
	if len(names) == 0 {
		return nil, "the table has no numbers or dates, and distances between texts and categories need a language model"
	}
	return names, ""
}

func none(prefix, why string) []suite.Result {
	results := make([]suite.Result, len(fields))
	for i, f := range fields {
		results[i] = suite.No(prefix+f, why)
	}
	return results
}

func named(prefix string, results []suite.Result) []suite.Result {
	for i := range results {
		results[i].Name = prefix + fields[i]
	}
	return results
}

// measured gives the fields, without names. The first points are of train, the last synthetic, and between them may be holdout.
func measured(points []embedded) []suite.Result {
	train, fake := &points[0], &points[len(points)-1]
	results := none("", "no rows were set aside")
	dcr, nndr := closest(train, fake)
	results[0], results[3], results[7] = suite.OK("", identicals(dcr)), suite.OK("", mean(dcr)), tenth(nndr)
	if len(points) < 3 {
		return results
	}
	holdout := &points[1]
	toHoldout, ratios := closest(holdout, fake)
	results[1], results[4], results[8] = suite.OK("", identicals(toHoldout)), suite.OK("", mean(toHoldout)), tenth(ratios)
	between, ratios := closest(train, holdout)
	results[2], results[5], results[9] = suite.OK("", identicals(between)), suite.OK("", mean(between)), tenth(ratios)
	share := 0.0
	for r, d := range dcr {
		switch {
		case d < toHoldout[r]:
			share++
		case d == toHoldout[r]:
			share += .5
		}
	}
	results[6] = suite.OK("", share/float64(len(dcr)))
	return results
}

func identicals(dcr []float64) float64 {
	n := 0
	for _, d := range dcr {
		if d <= identical {
			n++
		}
	}
	return float64(n) / float64(len(dcr))
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func tenth(nndr []float64) suite.Result {
	if len(nndr) < atRank {
		return suite.No("", "fewer than ten rows")
	}
	slices.Sort(nndr)
	return suite.OK("", nndr[atRank-1])
}

// closest gives the distance of each row of query to the nearest row of data, and its ratio to the distance of the second nearest.
func closest(data, query *embedded) (dcr, nndr []float64) {
	dcr, nndr = make([]float64, query.rows), make([]float64, query.rows)
	run.Parallel((query.rows+chunk-1)/chunk, func(i int) {
		for r := i * chunk; r < min((i+1)*chunk, query.rows); r++ {
			first, second := math.Inf(1), math.Inf(1)
			for s := range data.rows {
				switch d := square(data.row(s), query.row(r)); {
				case d < first:
					first, second = d, first
				case d < second:
					second = d
				}
			}
			dcr[r] = math.Sqrt(first)
			nndr[r] = (dcr[r] + nothing) / (math.Sqrt(second) + nothing)
		}
	})
	return dcr, nndr
}

// square is the squared distance of two points.
func square(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		d := x - b[i]
		sum += d * d
	}
	return sum
}
