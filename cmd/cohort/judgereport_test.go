package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page for the inside has exact counts, that for outsiders has not; neither has a value of one person.
func TestCheckWritesReports(t *testing.T) {
	dir := class(t)
	write(t, dir, "fake-2.csv", people(203, 9))
	r := call(t, dir, "check", "real.csv", "fake-2.csv", "--holdout", "held.csv", "--target", "Passed", "--report", "r.html", "--outside", "o.html", "--csv", "n.csv")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.out, "Wrote r.html: the report, as confidential as the real table\nWrote o.html: the report for those who get the table\n")
	inside, outside := read(t, dir, "r.html"), read(t, dir, "o.html")
	require.Contains(t, inside, "fake-2.csv: 203 rows")
	require.Contains(t, outside, "fake-2.csv: 205 rows")
	require.NotContains(t, inside+outside, "zq7")
	require.FileExists(t, filepath.Join(dir, "n.csv"))

	r = call(t, dir, "check", "real.csv", "fake.csv", "fake-2.csv", "--holdout", "held.csv", "--target", "Passed", "--report", "r.html", "--force")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, read(t, dir, "r.html"), "Comparison of 2 synthetic tables")
}

func TestReportsReplaceNothing(t *testing.T) {
	dir := class(t)
	write(t, dir, "r.html", "mine")
	for _, args := range [][]string{{"--report", "r.html"}, {"--outside", "r.html"}, {"--report", "fake.csv"}, {"--report", "no/r.html"}, {"--report", "x.html", "--outside", "x.html"}} {
		r := call(t, dir, append([]string{"check", "real.csv", "fake.csv"}, args...)...)
		require.NotEqual(t, 0, r.code)
		require.Contains(t, r.err, "\nDo:    ")
	}
	require.Equal(t, "mine", read(t, dir, "r.html"))
	_, err := os.Stat(filepath.Join(dir, "x.html"))
	require.Error(t, err)
}
