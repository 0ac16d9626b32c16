package sdmetrics

import (
	"fmt"
	"math"

	"example.org/cohort/eval/suite"
)

// Disclosure is SDMetrics' DisclosureProtection by its method "cap": somebody who knows the known columns of a real person takes the
// synthetic rows that agree in them, and guesses the sensitive columns by one of these rows. Numbers are cut in ten equal
// parts of the real range; dates and categories are taken as they are, and missing is a value. Its results, best 1, are
//
//	sdmetrics.disclosure            the next, in units of the one below, at most 1
//	sdmetrics.disclosure.cap        the chance to guess wrong, mean over the real rows with whose known columns a synthetic row agrees
//	sdmetrics.disclosure.baseline   the chance of a guess at random among the real values to be wrong
//
// The error is that of [suite.Check], or names a column that is not there.
func Disclosure(actual, fake *suite.Table, known, sensitive []string) ([]suite.Result, error) {
	if err := suite.Check([]string{"the real table", "the synthetic table"}, actual, fake); err != nil {
		return nil, err
	}
	keys, why, err := guessed(actual, fake, known)
	if err != nil {
		return nil, err
	}
	values, whyNot, err := guessed(actual, fake, sensitive)
	if err != nil {
		return nil, err
	}
	if why == "" {
		why = whyNot
	}
	const all, chance, baseline = "sdmetrics.disclosure", "sdmetrics.disclosure.cap", "sdmetrics.disclosure.baseline"
	if why != "" {
		return []suite.Result{suite.No(all, why), suite.No(chance, why), suite.No(baseline, why)}, nil
	}

	combinations := 1.0
	for _, c := range values {
		_, _, n := combine([]codedColumn{c}, actual.Rows, fake.Rows)
		combinations *= float64(n)
	}
	results := []suite.Result{{}, {}, suite.OK(baseline, 1-1/combinations)}
	wrong, ok := wrongGuesses(keys, values, actual.Rows, fake.Rows)
	switch {
	case !ok:
		why = "no synthetic row agrees with a real one in the known columns"
		results[0], results[1] = suite.No(all, why), suite.No(chance, why)
	case combinations == 1:
		results[0], results[1] = suite.No(all, "the sensitive columns are constant: there is nothing to guess"), suite.OK(chance, wrong)
	default:
		results[0], results[1] = suite.OK(all, min(1, wrong/(1-1/combinations))), suite.OK(chance, wrong)
	}
	return results, nil
}

// wrongGuesses is 1 less the mean over real rows of the share of synthetic rows with the same keys that have the same values,
// too; not ok where no keys are shared.
func wrongGuesses(keys, values []codedColumn, n, m int) (wrong float64, ok bool) {
	real, synthetic, count := combine(keys, n, m)
	agree := make([]int, count)
	for _, key := range synthetic {
		if key >= 0 {
			agree[key]++
		}
	}
	whole, fakeWhole, count := combine(append(keys[:len(keys):len(keys)], values...), n, m)
	hit := make([]int, count)
	for _, c := range fakeWhole {
		if c >= 0 {
			hit[c]++
		}
	}
	sum, met := 0.0, 0
	for r, key := range real {
		if agree[key] > 0 {
			sum += float64(hit[whole[r]]) / float64(agree[key])
			met++
		}
	}
	if met == 0 {
		return 0, false
	}
	return 1 - sum/float64(met), true
}

// guessed gives the named columns as codes that mean the same in both tables.
func guessed(actual, fake *suite.Table, names []string) (columns []codedColumn, why string, err error) {
	if len(names) == 0 {
		return nil, "no columns are named as known or none as sensitive", nil
	}
	for _, name := range names {
		a, f := actual.Column(name), fake.Column(name)
		if a == nil || f == nil {
			return nil, "", fmt.Errorf("one of the tables has no column %q: name columns that both have", name)
		}
		c := codedColumn{actual: a.Codes, fake: f.Codes}
		switch {
		case a.Kind == suite.Number:
			edges, why := equalParts(a.Numbers, 1)
			if why != "" {
				return nil, "real table: " + why, nil
			}
			c = codedColumn{actual: realParts(a.Numbers, edges), fake: realParts(f.Numbers, edges)}
		case a.Kind == suite.Date:
			c.actual, c.fake = equalNumbers(a.Numbers, f.Numbers)
		}
		columns = append(columns, c)
	}
	return columns, "", nil
}

// realParts gives the part of each number, which its upper edge belongs to; the first and the last are open, and missing numbers are
// one of their own.
func realParts(numbers []float64, edges [parts + 1]float64) []int32 {
	codes := make([]int32, len(numbers))
	for r, x := range numbers {
		if math.IsNaN(x) {
			codes[r] = parts
			continue
		}
		codes[r] = parts - 1
		for codes[r] > 0 && x <= edges[codes[r]] {
			codes[r]--
		}
	}
	return codes
}

// equalNumbers gives equal numbers equal codes; missing is -1.
func equalNumbers(actual, fake []float64) (a, f []int32) {
	code := make(map[float64]int32)
	of := func(numbers []float64) []int32 {
		out := make([]int32, len(numbers))
		for r, x := range numbers {
			if math.IsNaN(x) {
				out[r] = -1
				continue
			}
			c, ok := code[x]
			if !ok {
				c = int32(len(code))
				code[x] = c
			}
			out[r] = c
		}
		return out
	}
	return of(actual), of(fake)
}
