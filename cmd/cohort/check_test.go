package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

func tableOf(t *testing.T, text string) *table.Table {
	t.Helper()
	rows, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	require.NoError(t, err)
	return rows
}

// TestCheckerFinds feeds the checker what must never be written: a check that can't fail is none.
func TestCheckerFinds(t *testing.T) {
	text := marked(300) + "900000,zq7rare,2008-01-01,Y99,1,1,2,no,zq7 one more remark\n"
	actual := tableOf(t, text)
	rule, err := table.ParseRule("Total = Maths + English")
	require.NoError(t, err)
	actual = actual.WithRules(rule)

	c := newChecker(actual, actual.Schema(), 5)
	c.add(actual)
	require.EqualValues(t, 301, c.Rows)
	require.Equal(t, 3*301, c.Copies, "Student No, Name, Remark")
	require.Equal(t, 1, c.Rare, "Y99")
	require.Equal(t, []int{0}, c.Broken)
	require.Zero(t, c.Outside)
	require.False(t, c.ok())

	narrow := *actual.Schema()
	narrow.Columns = append([]table.Column(nil), narrow.Columns...)
	narrow.Columns[4].Max = 10
	c = newChecker(actual, &narrow, 0)
	c.add(actual)
	require.Positive(t, c.Outside, "Maths above 10")
	require.Zero(t, c.Rare, "nothing is rare where protection is off")

	broken := tableOf(t, strings.ReplaceAll(text, ",no,", ",yes,")).WithRules(rule)
	other := tableOf(t, strings.ReplaceAll(text, "Passed", "Failed"))
	require.False(t, newChecker(actual, other.Schema(), 5).columns)
	require.True(t, newChecker(actual, broken.Schema(), 5).columns)
	lines := strings.Split(text, "\n")
	lines[1] = "100000,zq7name0,2008-01-01,Y7,11,7,99,no,zq7remark"
	c = newChecker(actual, actual.Schema(), 5)
	c.add(tableOf(t, strings.Join(lines, "\n")).WithRules(rule))
	require.Equal(t, []int{1}, c.Broken)
	require.Zero(t, c.kept())
}

// TestFailedCheck: after a check that failed there is nothing to hand over.
func TestFailedCheck(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, dir, "t.csv", marked(100))
	var out, err strings.Builder
	a := newApp([]string{"cohort"}, strings.NewReader(""), &out, &err)
	w, release := newWork(a, &options{verb: "make", files: []string{"t.csv"}}, "t.csv")
	defer release()
	m := &making{work: w}
	for _, step := range []func() error{m.read, m.checkSample, m.claim, func() error { return m.learn("") }, m.write} {
		require.NoError(t, step())
	}
	m.check.Copies = 3 // as if the program had a fault
	require.Equal(t, exitCode(exitDoNotRelease), m.deliver())
	m.pair.drop()
	require.Equal(t, []string{"out-private/t.cohort", "out-private/t_SYNTHETIC_DO-NOT-RELEASE.csv", "out-private/t_manifest.json",
		"out-private/t_recipe.toml", "t.csv"}, files(t, dir))
	require.Contains(t, out.String(), "Private       [stop] real ids, names   3           must be 0")
	require.Contains(t, out.String(), "do not release")
	require.NotContains(t, out.String(), "Hand over")
}

func TestPairs(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "a", "out")
	first, err := newPair(base)
	require.NoError(t, err)
	second, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base+"-private", first.private)
	require.Equal(t, base+"-2-private", second.private, "two runs at once do not share a folder")
	second.drop()
	first.drop()
	require.Empty(t, files(t, dir), "folders that hold nothing go, and so do their parents")

	// A folder with something in it is left alone, one with leftovers of a dead run is cleaned and taken.
	require.NoError(t, os.MkdirAll(base, 0o777))
	write(t, base, "mine", "")
	third, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base+"-2", third.public)
	third.drop()
	require.NoError(t, os.Remove(filepath.Join(base, "mine")))
	write(t, base, temporaryStart+"999999999-x.csv"+temporaryEnd, "half")
	fourth, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base, fourth.public)
	require.Equal(t, []string{"a/out-private/" + filepath.Base(fourth.lock), "a/out/"}, files(t, dir))
	fourth.drop()
}

func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".cohort-999999999-0.tmp", "of a checkpoint")
	write(t, dir, ".cohort-1-grades.csv.tmp", "of a process that runs")
	write(t, dir, "other.tmp", "not ours")
	removeLeftovers(dir)
	require.Equal(t, []string{".cohort-1-grades.csv.tmp", "other.tmp"}, files(t, dir))
	require.Equal(t, filepath.Join("out", "grades.csv"), finalName(temporaryName(filepath.Join("out", "grades.csv"))))
	require.Equal(t, "out", finalName(filepath.Join("out", ".cohort-12-3.tmp")))
	require.Equal(t, filepath.Join("out", "x.csv"), finalName(filepath.Join("out", "x.csv")))
}

func TestCommitTakesAllBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "old.csv", "old")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "held.csv", "x"), 0o777))
	var s stage
	text := func(w io.Writer) error { _, err := w.Write([]byte("new")); return err }
	require.NoError(t, s.write(filepath.Join(dir, "old.csv"), "a", text))
	require.NoError(t, s.write(filepath.Join(dir, "held.csv"), "b", text))
	require.Error(t, s.commit([]string{filepath.Join(dir, "old.csv")}))
	require.Equal(t, "old", read(t, dir, "old.csv"))
	s.discard()
	require.Equal(t, []string{"held.csv/x/", "old.csv"}, files(t, dir))
}
