package demo_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/demo"
	"example.org/cohort/table"
)

func Example() {
	t, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows(), "pupils,", t.Cols(), "columns")
	for _, f := range table.FindRules(t) {
		fmt.Println(f.Rule, "in", f.Holds, "of", f.Rows, "rows")
	}
	// Output:
	// 600 pupils, 14 columns
	// Total = Maths + English + Science in 600 of 600 rows
}

func read(t testing.TB) *table.Table {
	tab, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	require.NoError(t, err)
	return tab
}

func TestSchoolIsUnderstood(t *testing.T) {
	require.Less(t, len(demo.CSV()), 100_000)
	tab := read(t)
	require.Empty(t, tab.Rejected())
	s := tab.Schema()
	require.Equal(t, ',', s.Dialect.Comma)
	require.Equal(t, "utf-8", s.Dialect.Encoding)
	var got []string
	gaps, marks := 0, 0
	for _, c := range s.Columns {
		got = append(got, c.Name+": "+c.Kind.String())
		gaps += min(1, len(c.Missing))
		marks += min(1, len(c.Marks))
	}
	require.Equal(t, []string{"Student No: id", "Name: text", "Born: date", "Year group: ordered", "Language: category", "SEN: category",
		"Absences: whole", "Reading: decimal", "Mock: whole", "Maths: whole", "English: whole", "Science: whole", "Total: whole", "Passed: category"}, got)
	require.Equal(t, 3, gaps)
	require.Equal(t, 1, marks)
	column := func(name string) *table.Column {
		c, err := s.Column(name)
		require.NoError(t, err)
		return c
	}
	require.Equal(t, []string{"Y7", "Y8", "Y9", "Y10", "Y11"}, column("Year group").Values)
	require.Equal(t, []string{"ABS"}, column("Mock").Marks)
	require.Equal(t, "02/01/2006", column("Born").Layout)
	require.Equal(t, 0.1, column("Reading").Step)
	require.Equal(t, []string{"E", "K", "N"}, column("SEN").Values)
	require.Equal(t, "999999", column("Student No").Layout)
}

func TestSchoolComesBackByteForByte(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, table.WriteCSV(&b, read(t)))
	require.True(t, b.String() == string(demo.CSV()))
}

// What the checks of the demonstration need: different ids, rare values, and a column that others predict.
func TestSchoolHasWhatADemonstrationNeeds(t *testing.T) {
	tab := read(t)
	ids := slices.Sorted(slices.Values(tab.Codes(0)))
	require.Len(t, slices.Compact(ids), 600)
	names := slices.Sorted(slices.Values(tab.Codes(1)))
	require.Greater(t, len(slices.Compact(names)), 570)

	rare := 0
	languages := tab.Codes(4)
	for v := range tab.Schema().Columns[4].Values {
		n := 0
		for _, code := range languages {
			if int(code) == v {
				n++
			}
		}
		if n < 5 {
			rare++
		}
	}
	require.Equal(t, 4, rare)

	total, passed := tab.Ints(12), tab.Codes(13)
	agree, yes := 0, 0
	for i := range total {
		yes += int(passed[i])
		if (total[i] >= 150) == (passed[i] == 1) {
			agree++
		}
	}
	require.InDelta(t, 400, yes, 60)
	require.InDelta(t, 550, agree, 30)
	require.True(t, strings.HasPrefix(string(demo.CSV()), "Student No,Name,Born,"))
}

func BenchmarkRead(b *testing.B) {
	data := demo.CSV()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := table.ReadCSV(bytes.NewReader(data), table.ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
