package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func dependencyTexts(found []Dependency) []string {
	var s []string
	for _, d := range found {
		s = append(s, fmt.Sprintf("%s %s %s: %d rows, %d values", d.A, d.Form, d.B, d.Rows, d.Values))
	}
	return s
}

// forms is a table of pupils in 12 forms, each of one year and one building, with marks that have nothing to do with that.
func forms(n int, slip func(i int) bool) string {
	var b strings.Builder
	b.WriteString("Form,Year,Building,Marks,Oral,Written\n")
	r := rng.New(3, rng.Mock, 0)
	for i := range n {
		form := r.Intn(12)
		year := form / 2
		if slip(i) {
			year = (year + 3) % 6
		}
		oral, written := fmt.Sprint(r.Intn(40)), ""
		if r.Intn(3) == 0 {
			oral, written = "", fmt.Sprint(r.Intn(40))
		}
		fmt.Fprintf(&b, "F%d,Y%d,B%d,%d,%s,%s\n", form, year, form/6, r.Intn(60), oral, written)
	}
	return b.String()
}

func never(int) bool { return false }

func readText(t *testing.T, text string, s *Schema) *Table {
	t.Helper()
	tab, err := ReadCSV(strings.NewReader(text), ReadOptions{Schema: s})
	require.NoError(t, err)
	return tab
}

// Form decides Year, and Year decides Building, so that Form decides Building follows. One slip is enough to end it.
func TestFindDependencies(t *testing.T) {
	require.Equal(t, []string{
		"Form decides Year: 600 rows, 12 values", "Year decides Building: 600 rows, 6 values", "Oral either Written: 600 rows, 0 values",
	}, dependencyTexts(FindDependencies(readText(t, forms(600, never), nil))))
	require.Equal(t, []string{
		"Form decides Building: 600 rows, 12 values", "Oral either Written: 600 rows, 0 values",
	}, dependencyTexts(FindDependencies(readText(t, forms(600, func(i int) bool { return i == 400 }), nil))))
	require.Empty(t, FindDependencies(readText(t, forms(12, never), nil)))
}

// Columns that decide each other are listed through the first of them.
func TestDependenciesBothWays(t *testing.T) {
	var b strings.Builder
	b.WriteString("Code,Subject,Short,Marks\n")
	r := rng.New(4, rng.Mock, 0)
	for range 300 {
		k := r.Intn(7)
		fmt.Fprintf(&b, "C%d,Subject %d,S%d,%d\n", k, k, k, r.Intn(30))
	}
	require.Equal(t, []string{
		"Code decides Subject: 300 rows, 7 values", "Code decides Short: 300 rows, 7 values",
		"Subject decides Code: 300 rows, 7 values", "Short decides Code: 300 rows, 7 values",
	}, dependencyTexts(FindDependencies(readText(t, b.String(), nil))))
}

// In columns that have nothing to do with each other, nothing is found: not where one hardly repeats, nor where one is almost constant.
func TestDependenciesByChance(t *testing.T) {
	for seed := range 40 {
		n := 30 + 40*seed
		rare := make([]int64, n)
		rare[n/2] = 1
		tab := numbers(t, []string{"near", "few", "two", "rare", "constant"},
			random(seed*10, n, 1<<40), random(seed*10+1, n, 9), random(seed*10+2, n, 2), rare, make([]int64, n))
		require.Empty(t, dependencyTexts(FindDependencies(tab)), "seed %d", seed)
	}
}

// The rows of one person say one thing once: who has a form once for each of ten tests has not shown ten times that it decides the year.
func TestDependenciesCountPersons(t *testing.T) {
	var b strings.Builder
	b.WriteString("Pupil,Form,Year\n")
	r := rng.New(5, rng.Mock, 0)
	year := make([]int, 60)
	for i := range 60 {
		form := i // the first 20 share ten forms
		if i < 20 {
			form = i / 2
		}
		if year[i] = r.Intn(3); form != i {
			year[i] = year[i/2*2]
		}
		for range 10 {
			fmt.Fprintf(&b, "P%d,F%d,Y%d\n", i, form, year[i])
		}
	}
	s := &Schema{Columns: []Column{{Name: "Pupil", Kind: Category}, {Name: "Form", Kind: Category}, {Name: "Year", Kind: Category}}}
	require.Contains(t, dependencyTexts(FindDependencies(readText(t, b.String(), s))), "Form decides Year: 600 rows, 50 values")
	s.Person = "Pupil"
	require.Empty(t, FindDependencies(readText(t, b.String(), s)))
}

// Gaps that are independent, and a gap in all rows but one beside a gap in that one, are no rule.
func TestEitherByChance(t *testing.T) {
	n := 1000
	a, b := random(1, n, 50), random(2, n, 50)
	for i := range n {
		if i == 7 {
			a[i] = noNumber
		} else {
			b[i] = noNumber
		}
	}
	require.Empty(t, FindDependencies(numbers(t, []string{"a", "b"}, a, b)))
	c, d := gaps(random(3, n, 50), 2), random(4, n, 50)
	for i := 1; i < n; i += 2 {
		d[i] = noNumber
	}
	require.Equal(t, []string{"c either d: 1000 rows, 0 values"}, dependencyTexts(FindDependencies(numbers(t, []string{"c", "d"}, c, d))))
	c[5] = noNumber
	require.Empty(t, FindDependencies(numbers(t, []string{"c", "d"}, c, d)))
}
