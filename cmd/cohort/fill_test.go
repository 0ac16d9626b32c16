package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// holed gives a table of marked rows of which some cells are empty or written oddly.
func holed(rows int) string {
	lines := strings.SplitAfter(marked(rows), "\n")
	for i := 1; i < len(lines)-1; i++ {
		cells := strings.Split(lines[i], ",")
		switch i % 4 {
		case 0:
			cells[3] = ""
		case 1:
			cells[4] = ""
		case 2:
			cells[4] = " " + cells[4]
		}
		lines[i] = strings.Join(cells, ",")
	}
	return strings.Join(lines, "")
}

func cellsOf(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return rows
}

// requireFilled asserts that the rows, their order and every cell that was there are the same, and gives how many cells were filled.
func requireFilled(t *testing.T, was, is string) (filled int) {
	t.Helper()
	a, b := cellsOf(t, was), cellsOf(t, is)
	require.Len(t, b, len(a))
	for r := range a {
		require.Len(t, b[r], len(a[r]))
		for c := range a[r] {
			switch {
			case a[r][c] != "":
				require.Equal(t, a[r][c], b[r][c])
			case b[r][c] != "":
				filled++
			}
		}
	}
	return filled
}

func TestFill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(120))
	partial := holed(60)
	write(t, dir, "partial.csv", partial)
	r := call(t, dir, "fit", "t.csv", "--model", "great", "--steps", "3")
	require.Equal(t, 0, r.code, r.err)

	r = call(t, dir, "fill", "partial.csv", "--with", "t.cohort")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	first := read(t, dir, "out-private/partial_FILLED.csv")
	filled := requireFilled(t, partial, first)
	require.GreaterOrEqual(t, filled, 30)
	require.Contains(t, r.err, fmt.Sprintf("%d cells filled", filled))
	var m fillMark
	require.NoError(t, json.Unmarshal([]byte(read(t, dir, "out-private/partial_FILLED_manifest.json")), &m))
	require.Equal(t, []any{"great", filled, "../t.cohort", "../partial.csv", 60}, []any{m.Model, m.Filled, m.With.Path, m.Data.Path, m.Data.Rows})
	require.Len(t, m.Files, 1)

	require.Equal(t, 0, call(t, dir, "fill", "partial.csv", "--with", "t.cohort").code)
	require.Equal(t, first, read(t, dir, "out-2-private/partial_FILLED.csv"), "nothing is overwritten, and the same seed gives the same bytes")
	require.Equal(t, first, call(t, dir, "fill", "partial.csv", "--with", "t.cohort", "-o", "-").out)
	require.Equal(t, first, runInput(t, dir, partial, "fill", "-", "--with", "t.cohort", "-o", "-").out)

	write(t, dir, "mine_1.csv", "mine")
	require.Equal(t, 0, call(t, dir, "fill", "partial.csv", "--with", "t.cohort", "-m", "3", "-o", "mine.csv").code)
	require.Equal(t, "mine", read(t, dir, "mine_1.csv"))
	require.Equal(t, first, read(t, dir, "mine-2_1.csv"))
	require.NotEqual(t, first, read(t, dir, "mine-2_2.csv"))
	require.Equal(t, filled, requireFilled(t, partial, read(t, dir, "mine-2_3.csv")))
	require.FileExists(t, filepath.Join(dir, "mine-2_manifest.json"))
	require.Equal(t, 0, call(t, dir, "fill", "partial.csv", "--with", "t.cohort", "--force").code)
	require.Equal(t, first, read(t, dir, "out-private/partial_FILLED.csv"))
}

// Gaps that are written in another way, a column of gaps alone, and values that the model does not know.
func TestFillOfOddCells(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(120))
	lines := strings.SplitAfter(marked(60), "\n")
	for i := 1; i < len(lines)-1; i++ {
		cells := strings.Split(lines[i], ",")
		cells[3] = []string{"NA", "Y8", "zq7year"}[i%3]
		cells[7] = ""
		lines[i] = strings.Join(cells, ",")
	}
	write(t, dir, "partial.csv", strings.Join(lines, ""))
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "--model", "great", "--steps", "3").code)
	r := call(t, dir, "fill", "partial.csv", "--with", "t.cohort", "-o", "full.csv")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	for i, row := range cellsOf(t, read(t, dir, "full.csv"))[1:] {
		switch (i + 1) % 3 {
		case 0:
			require.Regexp(t, "^Y[0-9]+$", row[3])
		case 1:
			require.Equal(t, "Y8", row[3])
		case 2:
			require.Equal(t, "zq7year", row[3])
		}
		require.Contains(t, []string{"yes", "no"}, row[7])
	}
}

// Without a model the table is learned first.
func TestFillLearns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	partial := holed(120)
	write(t, dir, "partial.csv", partial)
	r := call(t, dir, "fill", "partial.csv", "--steps", "2", "-o", "full.csv")
	require.Equal(t, 0, r.code, r.err)
	require.Positive(t, requireFilled(t, partial, read(t, dir, "full.csv")))
	require.Equal(t, []string{"full.csv", "full_manifest.json", "partial.csv"}, files(t, dir))
}

func TestFillOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(120))
	write(t, dir, "partial.csv", holed(40))
	write(t, dir, "other.csv", strings.Replace(holed(40), "Maths", "Math", 1))
	write(t, dir, "short.csv", holed(40)+"zq7alone\n")
	write(t, dir, "not.cohort", "zq7")
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "--model", "great", "--steps", "1").code)
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "--model", "independent", "-o", "plain.cohort").code)
	before := files(t, dir)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"partial.csv", "--with", "plain.cohort"}, exitError, []string{"a model independent can't complete rows", "great"}},
		{[]string{"partial.csv", "--with", "t.csv"}, exitError, []string{"t.csv is a table, not a model"}},
		{[]string{"partial.csv", "--with", "not.cohort"}, exitError, nil},
		{[]string{"partial.csv", "--with", "none.cohort"}, exitError, []string{"none.cohort"}},
		{[]string{"t.cohort", "--with", "t.cohort"}, exitError, []string{"t.cohort is a model, not a table"}},
		{[]string{"t.cohort"}, exitError, []string{"t.cohort is a model, not a table"}},
		{[]string{"other.csv", "--with", "t.cohort"}, exitError, []string{`"Maths"`}},
		{[]string{"short.csv", "--with", "t.cohort"}, exitError, []string{"1 row of short.csv could not be read (lines 42)", "--skip-rows"}},
		{[]string{"partial.csv", "--model", "trees"}, exitUsage, []string{"a model trees can't complete rows", "distilgpt2"}},
		{[]string{"partial.csv", "--preset", "be_great"}, exitUsage, []string{"preset be_great can't complete rows"}},
		{[]string{"partial.csv", "--with", "t.cohort", "--epochs", "3"}, exitUsage, []string{"--epochs is about learning"}},
		{[]string{"partial.csv", "--with", "t.cohort", "-m", "2", "-o", "-"}, exitUsage, []string{"-m writes several tables"}},
		{[]string{"partial.csv", "--resume"}, exitError, []string{"no stopped run"}},
	} {
		r := call(t, dir, append([]string{"fill"}, c.args...)...)
		assertClear(t, r, c.code, dir, before, c.says...)
	}
}
