package baseline

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

func whole(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

func TestConditionsHold(t *testing.T) {
	tab := read(t, school(300, 1), schoolRules...)
	for _, kind := range kinds {
		m := fit(t, tab, Options{Model: kind})
		for _, c := range []struct {
			where []table.Cond
			holds func(get func(col string) string) bool
			rare  bool
		}{
			{where: []table.Cond{table.Is("Sex", "f")}, holds: func(get func(string) string) bool { return get("Sex") == "f" }},
			{where: []table.Cond{table.Is("Maths", "ABS")}, holds: func(get func(string) string) bool { return get("Maths") == "ABS" }},
			{where: []table.Cond{table.Missing("Leave")}, holds: func(get func(string) string) bool { return get("Leave") == "" }},
			{where: []table.Cond{table.Not(table.Missing("Leave")), table.Between("Start", "2023-11-01", "2023-11-30")},
				holds: func(get func(string) string) bool { return get("Leave") != "" && get("Start")[:7] == "2023-11" }},
			{where: []table.Cond{table.Between("Total", "150", "")},
				holds: func(get func(string) string) bool { return whole(t, get("Total")) >= 150 }},
			{where: []table.Cond{table.Between("Total", "171", "173"), table.Not(table.Is("Maths", "ABS"))}, rare: true,
				holds: func(get func(string) string) bool {
					return whole(t, get("Total")) >= 171 && whole(t, get("Total")) <= 173 && get("Maths") != "ABS"
				}},
			{where: []table.Cond{table.Is("Year", "Y9", "Y10"), table.Is("Passed", "yes"), table.Between("English", "", "35"), table.Is("Sex", "m"),
				table.Between("Low", "25", ""), table.Between("High", "", "27")}, rare: true,
				holds: func(get func(string) string) bool {
					return get("Passed") == "yes" && whole(t, get("English")) <= 35 && whole(t, get("Low")) >= 25 && whole(t, get("High")) <= 27
				}},
		} {
			s, set, err := m.Sample(context.Background(), SampleOptions{Rows: 300, Where: c.where})
			require.NoError(t, err)
			require.Equal(t, 300, s.Rows())
			if c.rare {
				require.Positive(t, set)
				_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 300, Where: c.where, Strict: true})
				require.ErrorIs(t, err, ErrNoRow)
			}
			for i := range s.Rows() {
				get := func(col string) string { x, _ := s.Cell(i, column(t, s, col)); return x }
				require.True(t, c.holds(get), "%s, row %d", kind, i)
			}
			for _, r := range s.Schema().Rules {
				require.Empty(t, r.Broken(s), "%s: %s", kind, r)
			}
		}
	}
}

// A condition on one column must not bend the others further than it does in the table.
func TestConditionsKeepTheRest(t *testing.T) {
	tab := read(t, school(1100, 9), schoolRules...)
	m := fit(t, tab, Options{Protect: -1})
	s, set, err := m.Sample(context.Background(), SampleOptions{Rows: 1000, Where: []table.Cond{table.Is("Passed", "yes")}})
	require.NoError(t, err)
	require.Zero(t, set)
	mean := func(tab *table.Table, keep func(i int) bool) float64 {
		sum, n := 0.0, 0.0
		for i, x := range tab.Floats(column(t, tab, "English")) {
			if keep(i) {
				sum, n = sum+x, n+1
			}
		}
		return sum / n
	}
	passed := cells(t, tab, "Passed")
	want := mean(tab, func(i int) bool { return passed[i] == "yes" })
	require.InDelta(t, want, mean(s, func(int) bool { return true }), 2.5)
}

func TestImpossibleConditions(t *testing.T) {
	tab := read(t, school(300, 1), schoolRules...)
	m := fit(t, tab, Options{Model: kindIndependent})
	for _, where := range [][]table.Cond{
		{table.Missing("No")},      // always filled
		{table.Missing("English")}, // never missing
		{table.Between("High", "", "3"), table.Between("Low", "20", "")}, // against a rule
		{table.Between("English", "90", ""), table.Between("Total", "", "20"), // against a sum
			table.Not(table.Is("Maths", "ABS")), table.Not(table.Missing("Total"))},
		{table.Is("Sex", "f"), table.Is("Sex", "m")},
	} {
		_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 10, Where: where})
		require.Error(t, err, "%v", where)
		var told *table.Error
		require.ErrorAs(t, err, &told)
	}
	_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 10, Where: []table.Cond{table.Not(table.Missing("No"))}})
	require.NoError(t, err)
}

func TestBalance(t *testing.T) {
	tab := read(t, school(300, 1), schoolRules...)
	for _, kind := range kinds {
		m := fit(t, tab, Options{Model: kind})
		s := sample(t, m, SampleOptions{Rows: 500, Balance: "Year", Where: []table.Cond{table.Is("Sex", "f")}})
		count := map[string]int{}
		for i, y := range cells(t, s, "Year") {
			count[y]++
			require.Equal(t, "f", cells(t, s, "Sex")[i])
			if i > 20 {
				break
			}
		}
		count = map[string]int{}
		for _, y := range cells(t, s, "Year") {
			count[y]++
		}
		require.Equal(t, map[string]int{"Y7": 100, "Y8": 100, "Y9": 100, "Y10": 100, "Y11": 100}, count)
		for _, name := range []string{"No", "nobody"} {
			_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 5, Balance: name})
			var told *table.Error
			require.ErrorAs(t, err, &told)
		}
	}
}

func TestTemperature(t *testing.T) {
	tab := read(t, "a,b\n"+strings.Repeat("x,1\nx,1\nx,2\nx,2\ny,3\n", 40))
	for _, kind := range kinds {
		m := fit(t, tab, Options{Model: kind})
		share := func(temperature float64) float64 {
			n := 0.0
			for _, x := range cells(t, sample(t, m, SampleOptions{Rows: 2000, Temperature: temperature}), "a") {
				if x == "y" {
					n++
				}
			}
			return n / 2000
		}
		// 0.2 and 0.8 to the powers 2, 1 and 1/2.
		require.InDelta(t, 1./17, share(0.5), 0.03)
		require.InDelta(t, 0.2, share(1), 0.04)
		require.InDelta(t, 1./3, share(2), 0.05)
	}
}
