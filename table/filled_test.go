package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Cells that are there keep their texts, gaps take theirs from the other table, and gaps of both stay as they were written.
func TestFilled(t *testing.T) {
	read := func(text string, s *Schema) *Table {
		tab, err := ReadCSV(strings.NewReader(text), ReadOptions{Schema: s})
		require.NoError(t, err)
		return tab
	}
	holes := "name,n,day,kind\n" + strings.Repeat("Ann,7,2024-01-02,a\nBob,8,2024-01-03,b\n", 10) +
		"Cyd, 7,2024-01-04,a\nDan,NA,2024-01-05,NA\nEve,007,,b\n,NA,2024-01-06,a\n"
	tab := read(holes, nil)
	require.Equal(t, []Kind{Whole, Date, Category}, []Kind{tab.schema.Columns[1].Kind, tab.schema.Columns[2].Kind, tab.schema.Columns[3].Kind})
	cols := []any{[]string{}, tab.Ints(1), tab.Ints(2), tab.Codes(3)}
	for r := range tab.Rows() {
		text, _ := tab.Cell(r, 0)
		cols[0] = append(cols[0].([]string), text)
	}
	nums, days, kinds := cols[1].([]int64), cols[2].([]int64), cols[3].([]int32)
	nums[21], kinds[21], days[22] = 8, 1, days[0]
	nums[0] = 8 // what is known there is not taken
	full, err := New(tab.Schema(), cols)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, WriteCSV(&b, tab.Filled(full)))
	want := strings.NewReplacer("Dan,NA,2024-01-05,NA", "Dan,8,2024-01-05,b", "Eve,007,,b", "Eve,007,2024-01-02,b").Replace(holes)
	require.Equal(t, want, b.String())
	b.Reset()
	require.NoError(t, WriteCSV(&b, tab))
	require.Equal(t, holes, b.String(), "the table itself has not changed")
	require.Panics(t, func() { tab.Filled(full.Select([]int{0})) })
}
