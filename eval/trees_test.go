package eval_test

import (
	"context"
	"testing"

	"example.org/cohort"
	"example.org/cohort/eval"
	"github.com/stretchr/testify/require"
)

// The trees of this repository pass the closest-pairs test: what the trial of Make writes is no nearer to the people it
// learned than to those it never saw.
func TestTreesDontKnowWhomTheyLearned(t *testing.T) {
	for i := range controls[:3] {
		c := &controls[i]
		t.Run(c.name, func(t *testing.T) {
			actual := c.whole(t)
			const n = 5
			passed := 0
			for seed := range uint64(n) {
				r, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{
					Fit:     cohort.Options{Model: "trees", Seed: seed},
					Sample:  cohort.SampleOptions{Rows: 2000, Seed: seed}, // as many as the trial is judged by
					Check:   eval.Options{Only: []string{"rules"}},
					NoRefit: true,
				})
				require.NoError(t, err)
				learned, held := actual.Split(0.5, seed)
				require.Equal(t, learned.Rows(), r.Model.Info().Rows)
				p, ok, err := eval.ClosestP(learned, r.Table, held, seed)
				require.NoError(t, err)
				require.True(t, ok)
				t.Logf("seed %d: p %.3f", seed, p)
				if p > .05 {
					passed++
				}
			}
			require.GreaterOrEqual(t, passed, n-n/5, "of %d seeds", n)
		})
	}
}
