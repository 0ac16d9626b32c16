package table

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// splitTable has 1,000 rows of 250 persons; Group and Mark are the same in all rows of a person.
func splitTable(t testing.TB, person string) *Table {
	const rows = 1000
	ids, group, mark, row := make([]string, rows), make([]string, rows), make([]int64, rows), make([]int64, rows)
	for i := range rows {
		p := i * 7 % 250
		ids[i] = fmt.Sprintf("p%03d", p)
		group[i] = []string{"a", "b", "b", "c"}[p%4]
		mark[i] = int64(p * p % 101)
		row[i] = int64(i)
	}
	mark[3] = noNumber
	tab, err := New(&Schema{Person: person, Columns: []Column{
		{Name: "No", Kind: ID}, {Name: "Group", Kind: Category}, {Name: "Mark", Kind: Whole}, {Name: "Row", Kind: Whole},
	}}, []any{ids, group, mark, row})
	require.NoError(t, err)
	return tab
}

func TestSplitPartsPersons(t *testing.T) {
	tab := splitTable(t, "No")
	first, rest := tab.Split(0.3, 1)
	require.Equal(t, 1000, first.Rows()+rest.Rows())
	_, n := first.Persons()
	_, m := rest.Persons()
	require.Equal(t, 75, n)
	require.Equal(t, 175, m)
	in := map[string]bool{}
	for i := range first.Rows() {
		text, _ := first.Cell(i, 0)
		in[text] = true
	}
	last := int64(-1)
	for i := range rest.Rows() {
		text, _ := rest.Cell(i, 0)
		require.False(t, in[text], "a person is in both parts")
		require.Greater(t, rest.cols[3].nums[i], last, "rows keep their order")
		last = rest.cols[3].nums[i]
	}
}

func TestSplitIsAFunctionOfTheSeed(t *testing.T) {
	tab := splitTable(t, "")
	a, _ := tab.Split(0.5, 1)
	b, _ := tab.Split(0.5, 1)
	c, _ := tab.Split(0.5, 2)
	require.Equal(t, a.Ints(3), b.Ints(3))
	require.NotEqual(t, a.Ints(3), c.Ints(3))
	require.Equal(t, 500, c.Rows())
}

func TestSplitKeepsShares(t *testing.T) {
	tab := splitTable(t, "No")
	first, _ := tab.Split(0.2, 5, "Group", "Mark")
	require.InDelta(t, 200, first.Rows(), 4)
	count := map[[2]string][2]int{}
	for part, s := range []*Table{tab, first} {
		quarter := tab.classes(2)
		for i := range s.Rows() {
			row := int(s.cols[3].nums[i])
			g, _ := s.Cell(i, 1)
			k := [2]string{g, fmt.Sprint(quarter(row))}
			n := count[k]
			n[part]++
			count[k] = n
		}
	}
	for k, n := range count {
		require.InDelta(t, float64(n[0])/5, n[1], 5, "%v: one person of four rows is the most it may be off", k)
	}
	one, _ := tab.Split(0.2, 5, "Row")
	require.InDelta(t, 200, one.Rows(), 4)
}

// Each person is as likely as any other to be chosen, also where every person is a stratum of its own.
func TestSplitIsFair(t *testing.T) {
	const seeds = 400
	for _, strata := range [][]string{nil, {"No"}, {"Group", "Mark"}} {
		counts := make([]int, 1000)
		tab := splitTable(t, "")
		for seed := range uint64(seeds) {
			first, _ := tab.Split(0.25, seed, strata...)
			for _, r := range first.cols[3].nums {
				counts[r]++
			}
		}
		chi := 0.0
		for _, n := range counts {
			chi += float64((n-100)*(n-100)) / (400 * 0.25 * 0.75)
		}
		require.InDelta(t, 1000, chi, 200, "%v", strata) // standard deviation 45
	}
}

func TestSplitEnds(t *testing.T) {
	tab := splitTable(t, "No")
	for share, want := range map[float64]int{-1: 0, 0: 0, 1: 1000, 7: 1000} {
		first, rest := tab.Split(share, 0)
		require.Equal(t, want, first.Rows())
		require.Equal(t, 1000-want, rest.Rows())
	}
	require.PanicsWithValue(t, `table: Split: table: column "Grupp": there is no such column; did you mean "Group"?`, func() { tab.Split(0.5, 0, "Grupp") })
	empty, rest := tab.Select(nil).Split(0.5, 0, "Mark")
	require.Zero(t, empty.Rows()+rest.Rows())
}

func TestSelect(t *testing.T) {
	tab := splitTable(t, "")
	tab.cols[2].odd, tab.cols[2].oddText = []int32{2, 5}, []string{" 4", "05"}
	s := tab.Select([]int{5, 2, 2, 3, 4})
	text, ok := s.Cell(0, 2)
	require.Equal(t, "05", text)
	require.True(t, ok)
	for i, want := range []string{"05", " 4", " 4", "", "77"} {
		text, _ := s.Cell(i, 2)
		require.Equal(t, want, text)
	}
	require.PanicsWithValue(t, "table: Select: row 1000 of 1000", func() { tab.Select([]int{1000}) })
	require.Panics(t, func() { tab.Select([]int{-1}) })
}

func BenchmarkSplit(b *testing.B) {
	tab := splitTable(b, "No")
	for b.Loop() {
		tab.Split(0.5, 1, "Group", "Mark")
	}
}
