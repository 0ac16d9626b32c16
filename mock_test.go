package cohort_test

import (
	"testing"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestMockNeedsNoData(t *testing.T) {
	rule, err := table.ParseRule("Start <= End")
	require.NoError(t, err)
	s := &table.Schema{
		Columns: []table.Column{
			{Name: "No", Kind: table.ID, Layout: "A9999"},
			{Name: "Name", Kind: table.Text},
			{Name: "House", Kind: table.Category, Values: []string{"Blue", "Gold", "Red"}, Missing: []string{"-"}},
			{Name: "Grade", Kind: table.Ordered, Values: []string{"D", "C", "B", "A"}},
			{Name: "Marks", Kind: table.Whole, Min: 0, Max: 40, Step: 1, Layout: "0", Marks: []string{"ABS"}},
			{Name: "Height", Kind: table.Decimal, Min: 1.2, Max: 2.1, Step: 0.01, Layout: "0.00"},
			{Name: "Start", Kind: table.Date, Min: 1577836800, Max: 1609372800, Step: 86400, Layout: "2006-01-02"},
			{Name: "End", Kind: table.Date, Min: 1577836800, Max: 1609372800, Step: 86400, Layout: "2006-01-02"},
		},
		Rules:   []table.Rule{rule},
		Dialect: table.Dialect{Comma: ',', Decimal: '.'},
	}
	rows, err := cohort.Mock(s, cohort.SampleOptions{Rows: 3000, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, 3000, rows.Rows())
	require.Equal(t, 8, rows.Cols())
	require.Empty(t, rule.Broken(rows))
	counts := make(map[int32]int)
	for _, c := range rows.Codes(2) {
		counts[c]++
	}
	for c := range int32(3) {
		require.InDelta(t, 950, counts[c], 120)
	}
	require.InDelta(t, 150, counts[-1], 60)
	for _, v := range rows.Floats(5) {
		require.True(t, v >= 1.2 && v <= 2.1)
	}
	require.Contains(t, text(t, rows), "ABS")
	again, err := cohort.Mock(s, cohort.SampleOptions{Rows: 3000, Seed: 1})
	require.NoError(t, err)
	require.True(t, text(t, rows) == text(t, again))
	some, err := cohort.Mock(s, cohort.SampleOptions{Rows: 20, Where: []table.Cond{table.Is("Grade", "A")}})
	require.NoError(t, err)
	for _, c := range some.Codes(3) {
		require.EqualValues(t, 3, c)
	}
}

// The schema of a real table is enough, too.
func TestMockOfARealSchema(t *testing.T) {
	actual := read(t, pupils(100, 70))
	rows, err := cohort.Mock(actual.Schema(), cohort.SampleOptions{})
	require.NoError(t, err)
	require.Equal(t, 1000, rows.Rows())
	require.Equal(t, actual.Cols(), rows.Cols())
}
