package sdmetrics

import (
	"example.org/cohort/eval/suite"
)

const noDistance = "the tables share no column of numbers, dates or categories"

// Overfitting is SDMetrics' DCROverfittingProtection. Its results, best 1, are
//
//	sdmetrics.dcr_overfitting          twice the share of synthetic rows that are no nearer to a row of train than to one of holdout, at
//	                                   most 1
//	sdmetrics.dcr_overfitting.closer   share of synthetic rows that are nearer to train
//
// Distances to train are in units of its ranges and distances to holdout in units of holdout's, as the package has it, so that
// outliers of the one table alone move the result. A holdout smaller than train makes it worse without any memory. The error is
// that of [suite.Check].
func Overfitting(train, fake, holdout *suite.Table) ([]suite.Result, error) {
	roles := []string{"the rows learned", "the synthetic table", "the rows set aside"}
	if err := suite.Check(roles, train, fake, holdout); err != nil {
		return nil, err
	}
	const name, share = "sdmetrics.dcr_overfitting", "sdmetrics.dcr_overfitting.closer"
	numbers, categories := shared(train, fake, holdout)
	if len(numbers)+len(categories) == 0 {
		return []suite.Result{suite.No(name, noDistance), suite.No(share, noDistance)}, nil
	}
	learned, unseen, query := pack(train, numbers, categories), pack(holdout, numbers, categories), pack(fake, numbers, categories)
	toLearned, toUnseen := closest(&learned, &query), closest(&unseen, &query)
	closer := 0
	for r, d := range toLearned {
		if d < toUnseen[r] {
			closer++
		}
	}
	part := float64(closer) / float64(fake.Rows)
	return []suite.Result{suite.OK(name, min(1, 2*(1-part))), suite.OK(share, part)}, nil
}

// Baseline is SDMetrics' DCRBaselineProtection. Its results are
//
//	sdmetrics.dcr_baseline             the next in units of the one below, at most 1, which is best
//	sdmetrics.dcr_baseline.synthetic   median distance of a synthetic row to the nearest real one
//	sdmetrics.dcr_baseline.random      the same of as many rows drawn at random: numbers and dates evenly from the real range (whole
//	                                   numbers, "int64", are whole),
//	                                   categories evenly from the real values, missing as often as in the real column
//
// The package draws its random rows without a seed; here seed makes them. The error is that of [suite.Check].
func Baseline(actual, fake *suite.Table, seed uint64) ([]suite.Result, error) {
	if err := suite.Check([]string{"the real table", "the synthetic table"}, actual, fake); err != nil {
		return nil, err
	}
	names := []string{"sdmetrics.dcr_baseline", "sdmetrics.dcr_baseline.synthetic", "sdmetrics.dcr_baseline.random"}
	numbers, categories := shared(actual, fake)
	if len(numbers)+len(categories) == 0 {
		return []suite.Result{suite.No(names[0], noDistance), suite.No(names[1], noDistance), suite.No(names[2], noDistance)}, nil
	}
	reference, query := pack(actual, numbers, categories), pack(fake, numbers, categories)
	random := pack(randomRows(actual, fake.Rows, seed), numbers, categories)
	synthetic, chance := median(closest(&reference, &query)), median(closest(&reference, &random))
	score := suite.No(names[0], "random rows equal real ones: there is nothing to compare with")
	if chance > 0 {
		score = suite.OK(names[0], min(1, synthetic/chance))
	}
	return []suite.Result{score, suite.OK(names[1], synthetic), suite.OK(names[2], chance)}, nil
}
