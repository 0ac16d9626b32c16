package cohort_test

import (
	"testing"
	"time"

	"example.org/cohort"
	"github.com/stretchr/testify/require"
)

func TestPlan(t *testing.T) {
	small, large := read(t, pupils(100, 95)), read(t, pupils(1000, 95))
	a, err := cohort.Plan(small, cohort.Options{})
	require.NoError(t, err)
	b, err := cohort.Plan(large, cohort.Options{})
	require.NoError(t, err)
	require.Equal(t, "trees", a.Model)
	require.Positive(t, a.Time)
	require.Greater(t, b.Time, a.Time)
	require.Greater(t, b.Memory, a.Memory)
	_, err = cohort.Plan(small, cohort.Options{Model: "none"})
	require.ErrorContains(t, err, "cohort: plan: ")
	actual, ok := shared(t, "student-mat.csv")
	if !ok {
		actual = read(t, pupils(300, 96))
	}
	e, err := cohort.Plan(actual, cohort.Options{})
	require.NoError(t, err)
	began := time.Now()
	fit(t, actual, cohort.Options{})
	took := time.Since(began)
	t.Logf("planned %v, took %v: a ratio of %.2f", e.Time, took, e.Time.Seconds()/took.Seconds())
}
