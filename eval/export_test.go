package eval

import (
	"context"

	"example.org/cohort/table"
)

// ClosestP gives the p of the closest-pairs test, unadjusted; false where the test can't be made.
func ClosestP(learned, fake, held *table.Table, seed uint64) (p float64, ok bool, err error) {
	v, err := newView(learned, fake, Options{Holdout: held, Seed: seed})
	if err != nil {
		return 0, false, err
	}
	f, _, err := v.lookAlikes(context.Background())
	if err != nil || len(f.tests) == 0 {
		return 0, false, err
	}
	return f.tests[0].look, true, nil
}
