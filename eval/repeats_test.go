package eval

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A table that says its rows again is named, with numbers; one that has as many rows alike as real people have is not.
func TestRepeatedRows(t *testing.T) {
	actual, fresh := pupils(1, 400), pupils(3, 400)
	again := sheet{fresh.header, slices.Concat(fresh.rows[:300], fresh.rows[:80], slices.Repeat(fresh.rows[:1], 20))}
	r := compare(t, actual.table(t, nil), again.table(t, nil), Options{})
	at := slices.IndexFunc(r.Checks, func(c Check) bool { return c.Name == "repeated rows" })
	require.GreaterOrEqual(t, at, 0)
	c := r.Checks[at]
	require.Equal(t, Look, c.Status)
	require.Equal(t, "180 of 400", c.Shown)
	require.Equal(t, "real people: 2 of 400", c.Beside)
	require.Equal(t, "180 synthetic people have a row that others have in every column; of as many real rows it is 2. "+
		"The commonest row is there 22 times; 400 rows are 300 different ones.", c.Sentence)
	m := metric(t, r, "shape.repeats")
	require.InDelta(t, .45, m.Value, 1e-12)
	require.True(t, m.Low < .45 && m.High > .45 && m.Real == .005)

	for name, s := range map[string]struct{ actual, fake sheet }{
		"others":          {actual, fresh},
		"coarse":          {actual.columns("Form", "House"), fresh.columns("Form", "House")},
		"more of them":    {actual.columns("Form", "House", "Maths"), pupils(4, 1600).columns("Form", "House", "Maths")},
		"fewer":           {actual.columns("Form", "House", "Maths"), pupils(5, 100).columns("Form", "House", "Maths")},
		"as the real one": {again, again},
	} {
		r := compare(t, s.actual.table(t, nil), s.fake.table(t, nil), Options{})
		require.False(t, slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Name == "repeated rows" }), name)
		require.Equal(t, OK, metric(t, r, "shape.repeats").Status, name)
	}
	require.False(t, moreRepeated(tally{9, 1000}, tally{}), "below one in a hundred")
	require.False(t, moreRepeated(tally{2, 40}, tally{0, 40}), "one coincidence")
	require.True(t, moreRepeated(tally{40, 400}, tally{2, 400}))
}

// Rows of the same kind are alike, which the upper end must reach in spite of what few rows lose by noise; the lower end is that of a mean.
func TestLikenessIntervals(t *testing.T) {
	reached := 0
	const n = 20
	for seed := range uint64(n) {
		for _, check := range []func(*view, context.Context) (*finding, []Metric, error){(*view).shape, (*view).pairs} {
			v := related(seed, 300, 300, 300, false)
			f, _, err := check(v, context.Background())
			require.NoError(t, err)
			m := f.Metrics[0]
			require.True(t, m.Low < m.Value && m.Value < m.High, "%v", m)
			require.Less(t, m.High-m.Low, 30.)
			reached += int(is(m.High >= 99))
		}
	}
	require.Greater(t, reached, 2*n*8/10)

	low, high := likenessInterval(90, []float64{88, 90, 89, 91, 87, 89, 88, 90, 89, 89})
	require.InDelta(t, 90-1.1547005*2.2621572, low, 1e-6, "standard deviation of the halves times Student's t of 9")
	require.InDelta(t, 90+1/(math.Sqrt2-1)+1.1547005*2.2621572, high, 1e-6)
	low, high = likenessInterval(90, nil)
	require.True(t, math.IsNaN(low) && math.IsNaN(high))
}
