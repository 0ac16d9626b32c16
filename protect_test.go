package cohort_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// planted is a table with what four persons have: a category, a mark, a spike, and the ends of a range.
func planted() string {
	var b strings.Builder
	b.WriteString("School,Result,Income,Points,Year\n")
	for i := range 500 {
		r := rng.New(3, rng.Demo, uint64(i))
		school, result := []string{"North", "South", "East"}[r.Intn(3)], fmt.Sprint(40+r.Intn(50))
		income, points := fmt.Sprintf("%.2f", 20000+30000*r.Float64()), fmt.Sprint(r.Intn(9))
		switch {
		case i%125 == 3:
			school = "zq7Hill"
		case i%125 == 5:
			result = "zq7ABS"
		case i%10 == 6:
			result = "ABS"
		case i%125 == 7:
			income = "77777.77"
		case i%125 == 9:
			points = "17"
		case i%250 == 11:
			income = "999999.99"
		case i%250 == 12:
			income = "0.01"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%d\n", school, result, income, points, 2000+r.Intn(20))
	}
	return b.String()
}

func TestWhatFewPersonsHaveIsNotLearned(t *testing.T) {
	actual := read(t, planted())
	rare := []string{"zq7Hill", "zq7ABS", "77777.77", "999999.99"}
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model})
		inside := string(unpacked(t, file(t, m)))
		written := text(t, sample(t, m, cohort.SampleOptions{Rows: 5000}))
		for _, value := range rare {
			require.NotContains(t, inside, value, model)
			require.NotContains(t, written, value, model)
		}
		s := m.Info().Schema
		income, points := &s.Columns[2], &s.Columns[3]
		// The end lies midway between the fifth largest value and the next different one.
		require.InDelta(t, (77777.77+999999.99)/2, income.Max, 0.01)
		require.Greater(t, income.Min, 5000.0)
		require.Less(t, points.Max, 17.0)
		require.Contains(t, written, "ABS", "a mark that many have is learned")

		m = fit(t, actual, cohort.Options{Model: model, Protect: -1})
		require.Equal(t, 999999.99, m.Info().Schema.Columns[2].Max)
		require.Contains(t, text(t, sample(t, m, cohort.SampleOptions{Rows: 5000})), "zq7Hill", model)
	}
}

// Rows of one person do not add up to several persons.
func TestProtectionCountsPersons(t *testing.T) {
	var b strings.Builder
	b.WriteString("Student No,Term,Town\n")
	for i := range 200 {
		town := []string{"Aford", "Bford"}[i%2]
		if i == 17 {
			town = "zq7ford"
		}
		for term := range 6 {
			fmt.Fprintf(&b, "%06d,%d,%s\n", 300000+i*7, term, town)
		}
	}
	for _, person := range []string{"Student No", ""} {
		actual, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &table.Schema{Person: person}})
		require.NoError(t, err)
		for _, model := range generators {
			inside := string(unpacked(t, file(t, fit(t, actual, cohort.Options{Model: model}))))
			require.Equal(t, person == "", strings.Contains(inside, "zq7ford"), "%s, person %q", model, person)
		}
	}
}

// Ids that repeat do so as often, and none is real.
func TestRepeatedIds(t *testing.T) {
	var b strings.Builder
	b.WriteString("Student No,Term,Marks\n")
	for i := range 300 {
		for term := range 1 + i%3 {
			fmt.Fprintf(&b, "%06d,%d,%d\n", 100000+int(rng.Permute(1, rng.Demo, 800000, uint64(i))), term, (i*37+term*11)%50)
		}
	}
	actual, err := table.ReadCSV(strings.NewReader(b.String()),
		table.ReadOptions{Schema: &table.Schema{Person: "Student No"}})
	require.NoError(t, err)
	rows := sample(t, fit(t, actual, cohort.Options{}), cohort.SampleOptions{})
	require.Equal(t, actual.Rows(), rows.Rows())
	real := make(map[string]int)
	made := make(map[string]int)
	for r := range actual.Rows() {
		id, _ := actual.Cell(r, 0)
		real[id]++
		id, ok := rows.Cell(r, 0)
		require.True(t, ok)
		made[id]++
	}
	histogram := func(ids map[string]int) (of [4]int) {
		for _, n := range ids {
			of[n]++
		}
		return of
	}
	for id := range made {
		require.Zero(t, real[id], "a real id was written")
	}
	want, got := histogram(real), histogram(made)
	for n := 1; n < 4; n++ {
		require.InDelta(t, want[n], got[n], 12, "ids with %d rows", n)
	}
}

func TestColumnTreatments(t *testing.T) {
	s := &table.Schema{Columns: []table.Column{
		{Name: "Name", Treat: table.Drop},
		{Name: "House", Treat: table.Blank},
		{Name: "Year", Treat: table.Invent},
		{Name: "Start", Treat: table.Drop},
	}}
	content := pupils(200, 50)
	actual, err := table.ReadCSV(strings.NewReader(content), table.ReadOptions{Schema: s})
	require.NoError(t, err)
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model})
		rows := sample(t, m, cohort.SampleOptions{})
		legal(t, m, rows)
		require.Equal(t, actual.Cols()-2, rows.Cols())
		for r := range rows.Rows() {
			_, ok := rows.Cell(r, column(t, rows, "House"))
			require.False(t, ok)
		}
	}
}

func TestRealIdsAndNamesAreNeverWritten(t *testing.T) {
	actual := read(t, pupils(400, 51))
	for _, model := range generators {
		rows := sample(t, fit(t, actual, cohort.Options{Model: model, Protect: -1}), cohort.SampleOptions{Rows: 3000})
		for _, name := range []string{"Student No", "Name"} {
			real := make(map[string]bool)
			for r := range actual.Rows() {
				cell, _ := actual.Cell(r, column(t, actual, name))
				real[cell] = true
			}
			made := make(map[string]bool)
			for r := range rows.Rows() {
				cell, ok := rows.Cell(r, column(t, rows, name))
				require.True(t, ok)
				require.False(t, real[cell], "a real %s was written", name)
				made[cell] = true
			}
			require.Len(t, made, rows.Rows(), "%s repeats", name)
		}
	}
}
