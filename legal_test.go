package cohort_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func lines(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i) + "\n")
	}
	return b.String()
}

func upTo(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func pad(i int) string { return fmt.Sprintf("%06d", 100000+7919*i%900000) }

// legal checks every cell: a known category, a number in range and on the grid, a date that is one; and the rules.
func legal(t testing.TB, m *cohort.Model, rows *table.Table) {
	t.Helper()
	s := m.Info().Schema
	require.Equal(t, len(s.Columns), rows.Cols())
	for col := range s.Columns {
		c := &s.Columns[col]
		switch c.Kind {
		case table.Whole, table.Decimal, table.Date:
			legalNumbers(t, c, rows, col)
		case table.Category, table.Ordered:
			for _, code := range rows.Codes(col) {
				require.True(t, code >= -1 && int(code) < len(c.Values), c.Name)
				require.True(t, code >= 0 || len(c.Missing) > 0 || len(c.Values) == 0, "%s has gaps that it never had", c.Name)
			}
		}
	}
	for _, r := range s.Rules {
		require.Empty(t, r.Broken(rows), r.String())
	}
	// What is written must be read back as it was meant: the text is legal, too.
	again, err := table.ReadCSV(strings.NewReader(text(t, rows)), table.ReadOptions{Schema: s, Dialect: s.Dialect})
	require.NoError(t, err)
	require.Equal(t, rows.Rows(), again.Rows())
	require.Empty(t, again.Rejected())
}

func legalNumbers(t testing.TB, c *table.Column, rows *table.Table, col int) {
	t.Helper()
	values := rows.Floats(col)
	for r, n := range rows.Ints(col) {
		if n < math.MinInt64/2 {
			mark := n - math.MinInt64 - 1
			require.Less(t, mark, int64(len(c.Marks)), c.Name)
			require.True(t, mark >= 0 || len(c.Missing) > 0, "%s has gaps that it never had", c.Name)
			continue
		}
		require.GreaterOrEqual(t, values[r], c.Min, c.Name)
		require.LessOrEqual(t, values[r], c.Max, c.Name)
	}
}

func TestEveryCellIsLegal(t *testing.T) {
	tables := map[string]*table.Table{"pupils": read(t, pupils(200, 31))}
	for _, name := range []string{"student-mat.csv", "dropout.csv"} {
		if actual, ok := shared(t, name); ok {
			tables[name] = actual.Select(upTo(120))
		}
	}
	for name, actual := range tables {
		for _, model := range generators {
			for _, opt := range []cohort.Options{{}, {Level: "research"}, {Protect: 10}} {
				opt.Model = model
				if name != "pupils" && model == "trees" && opt.Protect == 10 {
					continue // seconds of work for what the other two levels show
				}
				m := fit(t, actual, opt)
				legal(t, m, sample(t, m, cohort.SampleOptions{Rows: 500}))
			}
		}
		m := fit(t, actual, cohort.Options{Level: "structure"})
		legal(t, m, sample(t, m, cohort.SampleOptions{Rows: 500}))
	}
}
