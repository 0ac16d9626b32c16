package draw

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// Rows are kept in proportion to their weights, up to the greatest that counts, with and without conditions.
func TestKept(t *testing.T) {
	const rows = 40_000
	weigh := func(a, b int32) float64 { return []float64{0.2, 3, 1, 2, 5, 0.5, 1, 1}[a*4+b] }
	for _, most := range []float64{2, 8} {
		cut := func(a, b int32) float64 { return min(weigh(a, b), most) }
		got, set := frequencies(t, Options{Rows: rows, Most: most, Seed: 5}, weigh)
		requireClose(t, given(joint(), cut), got, rows)
		require.Zero(t, set)
		got, set = frequencies(t, Options{Rows: rows, Most: most, Seed: 6, Where: []table.Cond{table.Is("b", "x")}}, weigh)
		requireClose(t, given(joint(), func(a, b int32) float64 { return cut(a, b) * float64(b%2*(3-b)) }), got, rows)
		require.Zero(t, set)
	}
}

// Where no row weighs anything, all are as good as another.
func TestKeptWithoutWeight(t *testing.T) {
	got, set := frequencies(t, Options{Rows: 2000, Most: 2}, func(a, b int32) float64 { return 0 })
	requireClose(t, joint(), got, 2000)
	require.Zero(t, set)
}

func TestKeptOrPicked(t *testing.T) {
	require.PanicsWithValue(t, "draw: Sampler with Most 2 and 3 candidates for a row", func() {
		_, _ = mixedPlan(t).Sampler(Options{Rows: 1, Most: 2, Candidates: 3})
	})
}
