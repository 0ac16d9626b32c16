package baseline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// A total that a rule computes is as often missing as in the real table, although beside an empty cell only one number is
// left for it.
func TestComputedTotalIsMissingAsOften(t *testing.T) {
	var b strings.Builder
	b.WriteString("maths,english,total\n")
	for i := range 600 {
		maths, english := i*37%61, i*53%41
		if i%10 == 3 {
			fmt.Fprintf(&b, "%d,,\n", maths)
		} else {
			fmt.Fprintf(&b, "%d,%d,%d\n", maths, english, maths+english)
		}
	}
	real, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	require.NoError(t, err)
	rule, err := table.ParseRule("total = maths + english")
	require.NoError(t, err)
	m, err := Fit(context.Background(), real.WithRules(rule), Options{})
	require.NoError(t, err)
	made, _, err := m.Sample(context.Background(), SampleOptions{Rows: 2000})
	require.NoError(t, err)
	require.Empty(t, rule.Broken(made))
	missing := 0
	for row := range made.Rows() {
		if _, ok := made.Cell(row, 2); !ok {
			missing++
		}
	}
	require.InDelta(t, 0.1, float64(missing)/2000, 0.04)
}
