package baseline

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is told never falls, ends at its total, and the first round counts for what the choice of settings costs.
func TestProgressCountsWork(t *testing.T) {
	tab := read(t, school(400, 6), schoolRules...)
	for _, kind := range kinds {
		var last, most int64
		calls := 0
		m, err := Fit(context.Background(), tab, Options{Model: kind, Progress: func(phase string, done, total int64) {
			if phase != "learn" {
				return
			}
			calls++
			require.GreaterOrEqual(t, done, last)
			require.LessOrEqual(t, done, total)
			require.True(t, calls == 1 || total == most, "the total stays")
			last, most = done, total
		}})
		require.NoError(t, err)
		require.Equal(t, most, last)
		require.Equal(t, save(t, fit(t, tab, Options{Model: kind})), save(t, m), "nobody is told, the same bytes")
	}
}

func TestPaceOfRounds(t *testing.T) {
	p := &pace{sums: [2][]int64{{0, 100, 300}, {0, 1, 3}}}
	for steps, want := range map[int64]int64{0: 0, 1: 100, 2: 300, 3: 301, 4: 303, 5: 304, 8: 309} {
		require.Equal(t, want, p.work(steps), "%d steps", steps)
	}
	require.EqualValues(t, 7, (&pace{sums: [2][]int64{{0}, {0}}}).work(7))
	require.Nil(t, (*pace)(nil).progress())
	p.choice, p.most = []int64{80, 150}, 300
	p.add(1, 0.5)
	require.EqualValues(t, 75, p.part.Load())
	require.PanicsWithValue(t, "mistake", func() { p.parallel(0, 2, func(int) { panic("mistake") }) })
}
