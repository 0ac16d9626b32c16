package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A mark is shown if ten persons share it and it is learned; rows of one person count once.
func TestSharedMarksCountPersons(t *testing.T) {
	var b strings.Builder
	b.WriteString("who,points\n")
	for i := range 100 {
		fmt.Fprintf(&b, "p%d,%d\n", i, i%20)
	}
	for i := range 40 {
		fmt.Fprintf(&b, "p%d,zq7\n", i%4)
	}
	for i := range 12 {
		fmt.Fprintf(&b, "p%d,ABS\n", i)
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &table.Schema{Person: "who",
		Columns: []table.Column{{Name: "points", Kind: table.Whole}}}})
	require.NoError(t, err)
	require.Equal(t, "ABS", sharedMark(tab, 1, []string{"ABS", "zq7"}))
	require.Empty(t, sharedMark(tab, 1, []string{"zq7"}))
}

func TestTimesOfDayAreNoDatesOfBirth(t *testing.T) {
	var b strings.Builder
	b.WriteString("at,seen,day\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%02d:15,%02d/03/2004,%02d/04/2024\n", i%24, i%28+1, i%28+1)
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	require.NoError(t, err)
	require.Equal(t, table.Date, tab.Schema().Columns[0].Kind)
	require.Equal(t, []string{"seen"}, birthCandidates(tab, tab.Schema()))
}

func TestColumnsOfTooFewNumbersAreDescribed(t *testing.T) {
	tab, err := table.ReadCSV(strings.NewReader("few,y\n"+strings.Repeat("7,a\n8,b\n", 4)+strings.Repeat(",a\n", 40)), table.ReadOptions{})
	require.NoError(t, err)
	enc, err := encode.Fit(tab, encode.Options{Protect: 5})
	require.NoError(t, err)
	require.Equal(t, table.Whole, enc.Schema().Columns[0].Kind)
	require.Equal(t, "not learned; left empty", learnedText(&enc.Schema().Columns[0], false, 0, 28))
}

// What few people have is in neither page that is handed over, whatever the level: rare values and marks, extremes, ids, names, texts.
func TestPagesShowNothingRare(t *testing.T) {
	rare := func(n int) string {
		var b strings.Builder
		b.WriteString("No,Name,Born,House,Points,Passed\n")
		for i := range n {
			born, house, points := fmt.Sprintf("20%02d-%02d-01", 8+draw(i, 1, 5), 1+draw(i, 2, 12)), []string{"Red", "Blue"}[draw(i, 3, 2)], fmt.Sprint(draw(i, 4, 60))
			switch {
			case i == 3:
				born, points = "1931-03-07", "71828182"
			case i > 3 && i < 8:
				house = "zq7house"
			case i < 12 && i > 8:
				points = "zq7mark"
			case i < 30:
				points = "ABS"
			}
			fmt.Fprintf(&b, "zq7%05d,zq7name %d,%s,%s,%s,%t\n", 7*i, i*i, born, house, points, draw(i, 4, 60) > 25)
		}
		return b.String()
	}
	dir := t.TempDir()
	write(t, dir, "t.csv", rare(120))
	write(t, dir, "copy.csv", rare(110))
	pages := []string{"out/t_report.html", "out-2/t_report.html", "o.html"}
	for _, args := range [][]string{
		{"make", "t.csv", "--target", "Passed"}, {"make", "t.csv", "--level", "research"},
		{"check", "t.csv", "copy.csv", "--category", "House", "--metrics", "shape,pairs,private,rules,explain", "--regress", "Points ~ House + Passed", "--outside", "o.html"},
	} {
		r := call(t, dir, args...)
		require.Contains(t, []int{0, exitDoNotRelease}, r.code, r.err)
		if args[0] == "make" { // the terms of a regression that was asked for are on the screen, House = zq7house among them
			unmarked(t, r)
		}
	}
	for _, name := range pages {
		if !exists(filepath.Join(dir, name)) { // after DO NOT RELEASE
			require.NotEqual(t, "o.html", name)
			continue
		}
		page := read(t, dir, name)
		require.Contains(t, page, "Points")
		for _, cell := range []string{"zq7", "71828182", "71,828,182", "7.18", "1931"} {
			require.False(t, strings.Contains(page, cell), "%s has %s", name, cell)
		}
	}
	require.FileExists(t, filepath.Join(dir, "out/t_report.html"))
}
