package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMake(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "grades.csv", marked(300))
	r := call(t, dir, "make", "grades.csv")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	require.Equal(t, []string{"grades.csv", "out-private/grades.cohort", "out-private/grades_manifest.json", "out-private/grades_recipe.toml",
		"out-private/grades_report_full.html", "out-private/grades_report_full.json", "out/README.txt", "out/grades_SYNTHETIC.csv",
		"out/grades_report.html"}, files(t, dir))
	require.Contains(t, r.err, "Reading    grades.csv     300 rows, 9 columns; comma, UTF-8")
	require.Contains(t, r.err, "Total = ")
	require.Contains(t, r.err, "Total -> Passed, in ")
	inOrder(t, r.err, "100 %   ", "   a trial, from 150 of the 300\n", "Checking   [", "   against the 150 it never saw\n", "   the model, from all 300\n",
		"Writing    300 rows, 0 rules broken\n")
	inOrder(t, r.out, "\nVERDICT    ", "Looks alike   [", "Useful        [", "Private       [ok]   real ids, names   0           must be 0\n",
		"Rules         [ok]   kept              2 of 2      kinds and ranges, too\n",
		"\nNot tested: what somebody could learn by joining this table with another one.\nBefore a real release, read: "+program+" help privacy\n",
		"\nHand over  "+slashed("out")+"            grades_SYNTHETIC.csv, report, README\n",
		"Keep       "+slashed("out-private")+"    model, full report: as confidential as real data\n")
	plainLines(t, r.out+r.err)
	for _, name := range []string{"out/README.txt", "out/grades_report.html", "out-private/grades_report_full.html", "out-private/grades_report_full.json"} {
		require.NotContains(t, read(t, dir, name), "zq7", name)
	}
	made := read(t, dir, "out/grades_SYNTHETIC.csv")
	require.Equal(t, header(marked(1)), header(made))
	require.Len(t, rowsOf(made), 300)
	for i, line := range rowsOf(made) {
		cells := strings.Split(line, ",")
		require.Len(t, cells, 9)
		var a, e, total int
		if n, _ := fmt.Sscan(strings.Join(cells[4:7], " "), &a, &e, &total); n == 3 {
			require.Equal(t, total, a+e, "row %d", i)
		}
	}

	t.Run("a second run changes nothing of the first", func(t *testing.T) {
		require.Equal(t, 0, call(t, dir, "make", "grades.csv", "--seed", "1").code)
		require.Equal(t, made, read(t, dir, "out/grades_SYNTHETIC.csv"))
		require.NotEqual(t, made, read(t, dir, "out-2/grades_SYNTHETIC.csv"))
		require.FileExists(t, filepath.Join(dir, "out-2-private/grades.cohort"))
		m, err := readManifest(filepath.Join(dir, "out-2-private/grades_manifest.json"))
		require.NoError(t, err)
		require.Equal(t, 2, m.Tables)
	})
	t.Run("force replaces the last", func(t *testing.T) {
		before := files(t, dir)
		require.Equal(t, 0, call(t, dir, "make", "grades.csv", "--force").code)
		require.Equal(t, before, files(t, dir))
		require.Equal(t, made, read(t, dir, "out-2/grades_SYNTHETIC.csv"), "the same seed again")
	})
	t.Run("force removes what the last had and this has not", func(t *testing.T) {
		write(t, dir, "other.csv", marked(100))
		require.Equal(t, 0, call(t, dir, "make", "other.csv", "--force").code)
		require.NoFileExists(t, filepath.Join(dir, "out-2/grades_SYNTHETIC.csv"))
		require.FileExists(t, filepath.Join(dir, "out-2/other_SYNTHETIC.csv"))
	})
}

// inOrder asserts that the parts stand in text, one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		require.True(t, ok, "%q is not in its place in\n%s", part, text)
		rest = after
	}
}

func TestForceWhereAFileIsHeld(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	require.Equal(t, 0, call(t, dir, "make", "t.csv").code)
	// A folder in the place of the file can't be replaced, like a workbook that is open on Windows.
	held := filepath.Join(dir, "out", "t_SYNTHETIC.csv")
	require.NoError(t, os.Remove(held))
	require.NoError(t, os.MkdirAll(filepath.Join(held, "x"), 0o777))
	r := call(t, dir, "make", "t.csv", "--force")
	require.Equal(t, exitError, r.code, r.err)
	require.Contains(t, r.err, "out-2")
	require.Len(t, rowsOf(read(t, dir, "out-2/t_SYNTHETIC.csv")), 60)
	m, err := readManifest(filepath.Join(dir, "out-2-private/t_manifest.json"))
	require.NoError(t, err)
	require.Equal(t, "../out-2/t_SYNTHETIC.csv", m.Files[0].Path)
	require.FileExists(t, filepath.Join(dir, "out-private/t.cohort"), "the last result stays")
	for _, f := range files(t, dir) {
		require.NotContains(t, f, ".tmp")
	}
}

func TestReplay(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(300))
	write(t, dir, "r.toml", "seed = 7\nwhere = [\"Maths < 40\"]\n[columns.\"Remark\"]\ndrop = true\n")
	require.Equal(t, 0, call(t, dir, "make", "t.csv", "--recipe", "r.toml", "-n", "123", "--model", "copula").code)
	require.NoError(t, os.Remove(filepath.Join(dir, "r.toml")))
	manifest := filepath.Join("out-private", "t_manifest.json")
	r := call(t, dir, "make", "--replay", manifest)
	require.Equal(t, 0, r.code, r.err)
	require.Equal(t, read(t, dir, "out/t_SYNTHETIC.csv"), read(t, dir, "out-2/t_SYNTHETIC.csv"))
	require.Equal(t, read(t, dir, "out-private/t.cohort"), read(t, dir, "out-2-private/t.cohort"))
	require.NotContains(t, header(read(t, dir, "out-2/t_SYNTHETIC.csv")), "Remark")
	require.Len(t, rowsOf(read(t, dir, "out-2/t_SYNTHETIC.csv")), 123)

	before := files(t, dir)
	write(t, dir, "t.csv", marked(301))
	assertClear(t, call(t, dir, "make", "--replay", manifest), exitError, dir, before, "t.csv is not the file")
	require.NoError(t, os.Rename(filepath.Join(dir, "t.csv"), filepath.Join(dir, "moved.csv")))
	assertClear(t, call(t, dir, "make", "--replay", manifest), exitError, dir, files(t, dir), "not where it was")
	write(t, dir, "moved.csv", marked(300))
	require.Equal(t, 0, call(t, dir, "make", "moved.csv", "--replay", manifest).code)
	require.Equal(t, read(t, dir, "out/t_SYNTHETIC.csv"), read(t, dir, "out-3/moved_SYNTHETIC.csv"))

	text := read(t, dir, manifest)
	m, err := readManifest(filepath.Join(dir, manifest))
	require.NoError(t, err)
	write(t, dir, "changed.json", strings.Replace(text, m.Files[0].SHA256, strings.Repeat("0", 64), 1))
	before = files(t, dir)
	assertClear(t, call(t, dir, "make", "moved.csv", "--replay", "changed.json"), exitError, dir, before, "other bytes")
	write(t, dir, "none.json", "{}")
	assertClear(t, call(t, dir, "make", "moved.csv", "--replay", "none.json"), exitError, dir, files(t, dir), "none.json is not a manifest")
}

func TestStudents(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "student-mat.csv"))
	if err != nil {
		t.Skip("the data are not here")
	}
	dir := t.TempDir()
	write(t, dir, "student-mat.csv", string(data))
	r := call(t, dir, "make", "student-mat.csv")
	require.Equal(t, 0, r.code, r.err)
	made := read(t, dir, "out/student-mat_SYNTHETIC.csv")
	require.Equal(t, header(string(data)), header(made))
	require.Len(t, rowsOf(made), 395)
}

func TestStandardInputAndOutput(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, 0, runInput(t, dir, marked(100), "make", "-", "-n", "10").code)
	require.Len(t, rowsOf(read(t, dir, "out/table_SYNTHETIC.csv")), 10)
	require.Equal(t, 0, runInput(t, dir, marked(100), "fit", "-", "--seed", "0").code)
	require.Equal(t, read(t, dir, "out-private/table.cohort"), read(t, dir, "table.cohort"))
	r := call(t, dir, "sample", "table.cohort", "-n", "10", "-o", "-")
	require.Equal(t, 0, r.code)
	require.Equal(t, read(t, dir, "out/table_SYNTHETIC.csv"), r.out)
}

func TestEvents(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60)) // of so few people some checks can't tell
	r := call(t, dir, "make", "t.csv", "--json")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	seen := map[string][]map[string]any{}
	for line := range strings.SplitSeq(strings.TrimSpace(r.err), "\n") {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		seen[e["event"].(string)] = append(seen[e["event"].(string)], e)
	}
	phases := ""
	for _, e := range seen["progress"] {
		if p := e["phase"].(string); !strings.HasSuffix(phases, p+" ") {
			phases += p + " "
		}
	}
	require.Equal(t, "read trial check learn write ", phases)
	roles := map[any]any{}
	for _, e := range seen["file"] {
		roles[filepath.ToSlash(e["path"].(string))] = e["role"]
	}
	require.Equal(t, "hand-over", roles["out/t_SYNTHETIC.csv"])
	require.Equal(t, "keep", roles["out-private/t.cohort"])
	require.Len(t, seen["verdict"], 1)
	require.Equal(t, "look-closer", seen["verdict"][0]["verdict"])
	require.NotEmpty(t, seen["verdict"][0]["checks"])
	for _, c := range seen["verdict"][0]["checks"].([]any) {
		check := c.(map[string]any)
		require.NotEmpty(t, check["name"])
		require.Contains(t, []string{"ok", "look", "too-few", "not-applicable"}, check["status"])
	}

	r = call(t, dir, "make", "absent.csv", "--json")
	var e errorEvent
	require.NoError(t, json.Unmarshal([]byte(r.err[strings.LastIndex(strings.TrimSpace(r.err), "\n")+1:]), &e))
	require.Equal(t, "no-such-file", e.Code)
	require.Empty(t, call(t, dir, "make", "t.csv", "--quiet").err)
}

func TestTooLittleTime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(20000))
	r := call(t, dir, "make", "t.csv", "--max-time", "100ms")
	assertClear(t, r, exitError, dir, []string{"t.csv"}, "can't learn a table of 9 columns", "make t.csv --max-time ", "the least for this table")
}

func TestStrictConditions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(300))
	// No two of these go together in the table, so they have to be set into the rows.
	where := []string{"make", "t.csv", "--no-rules", "--where", `Passed = "yes" and Total < 20`}
	assertClear(t, call(t, dir, append(where, "--strict")...), exitError, dir, []string{"t.csv"}, "condition")
	require.Equal(t, 0, call(t, dir, where...).code)
	require.Len(t, rowsOf(read(t, dir, "out/t_SYNTHETIC.csv")), 300)
	// The rule "Total -> Passed" leaves no such row.
	before := files(t, dir)
	assertClear(t, call(t, dir, append([]string{"make", "t.csv"}, where[3:]...)...), exitError, dir, before, `column "Total"`, "they and the rules leave")
}

func TestNothingToResume(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	assertClear(t, call(t, dir, "make", "t.csv", "--resume"), exitError, dir, []string{"t.csv"}, "no stopped run of t.csv")
	assertClear(t, call(t, dir, "fit", "t.csv", "--resume"), exitError, dir, []string{"t.csv"}, "no stopped run of t.csv")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "out-private"), 0o777))
	write(t, dir, checkpoint, "zq7")
	before := []string{filepath.ToSlash(checkpoint), "t.csv"}
	assertClear(t, call(t, dir, "make", "t.csv", "--resume"), exitError, dir, before, "t_checkpoint is cut short", "make t.csv (begins anew)")
	require.Equal(t, 0, call(t, dir, "make", "t.csv").code)
	require.FileExists(t, filepath.Join(dir, "out-2", "t_SYNTHETIC.csv"), "a run that can go on keeps its folder")

	write(t, dir, "t_checkpoint", "zq7")
	r := call(t, dir, "fit", "t.csv", "--model", "independent")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.err, "t_checkpoint) is given up", "a stopped run is not lost without a word")
	require.NoFileExists(t, filepath.Join(dir, "t_checkpoint"))
}

// The command to copy is one that works.
func TestFewRowsForANetwork(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", "a,b\n1,x\n2,y\n3,x\n")
	r := call(t, dir, "fit", "t.csv", "--preset", "sdv", "--batch", "20", "--seed", "4")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "fit t.csv --seed 4 --level structure\n")
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "--level", "structure", "--seed", "4").code)
}

// A condition on a column that is left out is told before anything is learned.
func TestConditionOnADroppedColumn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	for _, option := range []string{"--where=Maths < 40", "--balance=Maths"} {
		r := call(t, dir, "make", "t.csv", "--drop", "Maths", option)
		require.Equal(t, exitError, r.code)
		require.Contains(t, r.err, `names the column "Maths", and --drop leaves it out.`)
		require.NotContains(t, r.err, "Learning")
		require.Equal(t, []string{"t.csv"}, files(t, dir))
	}
}
