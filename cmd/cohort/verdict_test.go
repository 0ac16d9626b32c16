package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

// Whatever the verdict on a table whose people lie apart from each other is, the files lie where it says.
func TestFoldersFollowTheVerdict(t *testing.T) {
	for _, seed := range []string{"0", "1", "2"} {
		t.Run("seed "+seed, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "apart.csv", lattice(300))
			r := call(t, dir, "make", "apart.csv", "--seed", seed)
			require.Len(t, rowsOf(delivered(t, dir, "apart", r)), 300)
			if r.code != exitDoNotRelease {
				return
			}
			// A replay ends in the same place with the same bytes.
			again := call(t, dir, "make", "--replay", "out-private/apart_manifest.json")
			require.Equal(t, exitDoNotRelease, again.code, again.err)
			require.Equal(t, read(t, dir, "out-private/apart_SYNTHETIC_DO-NOT-RELEASE.csv"),
				read(t, dir, "out-2-private/apart_SYNTHETIC_DO-NOT-RELEASE.csv"))
		})
	}
}

// learnedHere makes a table inside the test up to the point where its files are given their names.
func learnedHere(t *testing.T, o *options, text string) (m *making, out, err *strings.Builder) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, ".", "t.csv", text)
	out, err = &strings.Builder{}, &strings.Builder{}
	a := newApp([]string{"cohort"}, strings.NewReader(""), out, err)
	o.verb, o.files = "make", []string{"t.csv"}
	w, release := newWork(a, o, "t.csv")
	t.Cleanup(release)
	m = &making{work: w}
	for _, step := range []func() error{m.read, m.checkOptions, m.claim, func() error { return m.learnAndJudge("") }} {
		require.NoError(t, step())
	}
	return m, out, err
}

// After a check that stops, the table lies beside the model and there is nothing to hand over. The check is stopped by hand;
// that real copies stop it is tested where tables are judged.
func TestDoNotRelease(t *testing.T) {
	for _, force := range []bool{false, true} {
		o := &options{force: force, typed: map[string][]string{"seed": {"0"}}}
		m, out, _ := learnedHere(t, o, marked(100))
		m.result.Report.Verdict = eval.DoNotRelease
		for i := range m.result.Report.Checks {
			if c := &m.result.Report.Checks[i]; c.Name == "copied rows" {
				c.Status, c.Shown, c.Sentence, c.Remedy = eval.Stop, "7 of 100", "7 synthetic people are real people in every column.", "--protect 10"
			}
		}
		require.NoError(t, m.write())
		require.Equal(t, exitCode(exitDoNotRelease), m.deliver())
		m.pair.drop()
		require.Equal(t, []string{"out-private/t.cohort", "out-private/t_SYNTHETIC_DO-NOT-RELEASE.csv", "out-private/t_manifest.json",
			"out-private/t_recipe.toml", "out-private/t_report_full.html", "out-private/t_report_full.json", "t.csv"}, files(t, "."))
		inOrder(t, out.String(), "\nVERDICT    DO NOT RELEASE\n           1 privacy check failed. The table is in "+slashed("out-private")+" only.\n",
			"[stop] copied rows       7 of 100",
			"\n                     7 synthetic people are real people in every column.\n"+
				"                     Try:  cohort make t.csv --seed 0 --protect 10\n",
			"\nKeep       "+slashed("out-private"))
		require.NotContains(t, out.String(), "Hand over")
	}
}

// A result that may be released is replaced by one that may not, and takes its folder with it.
func TestDoNotReleaseReplacesAResult(t *testing.T) {
	m, _, _ := learnedHere(t, &options{}, marked(60))
	require.NoError(t, m.write())
	require.NoError(t, m.deliver())
	m.pair.drop()
	require.DirExists(t, "out")
	again := &making{work: m.work, result: m.result}
	again.o.force = true
	require.NoError(t, again.claim())
	again.result.Report.Verdict = eval.DoNotRelease
	require.NoError(t, again.write())
	require.Equal(t, exitCode(exitDoNotRelease), again.deliver())
	again.pair.drop()
	require.NoDirExists(t, "out")
	require.FileExists(t, "out-private/t_SYNTHETIC_DO-NOT-RELEASE.csv")
}

// From few people the privacy checks can't tell, and that is no READY FOR REVIEW.
func TestTooFewToTell(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "few.csv", marked(30))
	r := call(t, dir, "make", "few.csv", "--quiet")
	require.Equal(t, 0, r.code, r.err)
	require.Empty(t, r.err)
	delivered(t, dir, "few", r)
	require.Contains(t, r.out, "\nVERDICT    LOOK CLOSER\n")
	require.Regexp(t, `found no problem; .*\d could not tell`, strings.Join(strings.Fields(r.out), " "))
	require.Contains(t, r.out, "[?]    look-alikes")
	plainLines(t, r.out)
	strict := call(t, dir, "make", "few.csv", "--strict")
	require.Equal(t, exitDoNotRelease, strict.code, "with --strict a look is an error")
	require.FileExists(t, dir+"/out-2/few_SYNTHETIC.csv", "but the table is there")
}

// plainLines asserts 79 columns, but for lines that are to be copied whole.
func plainLines(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "Try:  ") && !strings.HasPrefix(line, "Next  ") {
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
		}
	}
}

// What "make" is told about columns reaches the checks, the recipe and a replay.
func TestTargetKnownSensitive(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(300))
	write(t, dir, "r.toml", "target = \"Passed\"\nknown = [\"Year\"]\nset-aside = \"20%\"\n")
	r := call(t, dir, "make", "t.csv", "--recipe", "r.toml", "--sensitive", "Passed", "--no-refit")
	made := delivered(t, dir, "t", r)
	require.Contains(t, r.err, "a trial, from 240 of the 300\n")
	require.Contains(t, r.err, "against the 60 it never saw\n")
	require.NotContains(t, r.err, "the model, from all")
	require.Contains(t, r.out, "predicts Passed")
	recipe := read(t, dir, "out-private/t_recipe.toml")
	for _, line := range []string{"target = \"Passed\"\n", "\nknown = [\"Year\"]\n", "\nsensitive = [\"Passed\"]\n", "\nset-aside = \"20%\"\n", "\nno-refit = true\n"} {
		require.Contains(t, recipe, line)
	}
	m, err := readManifest(dir + "/out-private/t_manifest.json")
	require.NoError(t, err)
	require.True(t, m.FromTrial)
	again := call(t, dir, "make", "--replay", "out-private/t_manifest.json", "-o", "again")
	require.Equal(t, r.code, again.code, again.err)
	require.Equal(t, made, read(t, dir, strings.Replace("again/t_SYNTHETIC.csv", "again/", map[bool]string{true: "again-private/", false: "again/"}[r.code == exitDoNotRelease], 1)))
	require.Equal(t, read(t, dir, "out-private/t.cohort"), read(t, dir, "again-private/t.cohort"))
	// The recipe that the run leaves makes the same table.
	require.Equal(t, r.code, call(t, dir, "make", "t.csv", "--recipe", "out-private/t_recipe.toml", "-o", "third").code)
	require.Equal(t, read(t, dir, "out-private/t.cohort"), read(t, dir, "third-private/t.cohort"))
}

// A column that is left out is no difference between the tables.
func TestDroppedColumnIsNoWarning(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "make", "t.csv", "--drop", "Name", "--drop", "Year")
	require.NotContains(t, r.err, "Note:")
	require.Equal(t, "Student No,Born,Maths,English,Total,Passed,Remark", header(delivered(t, dir, "t", r)))
}

// README.txt and the report for outsiders say what repositories ask for, and nothing of single people.
func TestReadmeAndReport(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "make", "t.csv", "--coarsen", "Maths=5")
	require.Equal(t, 0, r.code, r.err)
	readme := read(t, dir, "out/README.txt")
	inOrder(t, readme, "t_SYNTHETIC.csv\n", "No row is a person.", "Made by   ____", "Made on   ", "Source    a table of 60 rows and 9 columns (t.csv)",
		"\nLevel\n  share: to hand over.", "Total = Maths + English", "\nLikeness\n  - single columns: ", "  - pairs of columns: ", "  - predicts ", "t_report.html", "\nWhat not to use it for\n",
		"\nColumns\n  Units are", "\n  Maths\n    number; ", "steps of 5", "made coarser", "\n  Total\n", "Computed by a rule", "\nHow to cite\n")
	plain(t, readme)
	report := read(t, dir, "out/t_report.html")
	inOrder(t, report, "<!DOCTYPE html>", "Report on t_SYNTHETIC.csv", "counts are rounded to 5", "LOOK CLOSER", "To hand over (level share).", "t.csv: 60 rows", "single columns")
	require.NotContains(t, report, "shape.ks")
	require.NotContains(t, report, "cohort make", "outsiders can't make it anew")
	full := read(t, dir, "out-private/t_report_full.html")
	inOrder(t, full, "<!DOCTYPE html>", "As confidential as the real", "LOOK CLOSER", "single columns", "shape.ks", "Maths")
	for _, page := range []string{report, full} {
		require.NotContains(t, page, "NaN")
		require.NotContains(t, page, filepath.ToSlash(dir), "folders tell whose computer it was")
	}
	require.NotContains(t, read(t, dir, "out-private/t_report_full.json"), "NaN")
}

// Nothing that a column is called runs when a line is copied into a shell.
func TestQuoteFor(t *testing.T) {
	for _, c := range []struct{ text, posix, windows string }{
		{"Name", "Name", "Name"},
		{"Student No", `"Student No"`, `"Student No"`},
		{"", `""`, `""`},
		{"Pupil $(touch pwn) No", `'Pupil $(touch pwn) No'`, `"Pupil $(touch pwn) No"`},
		{"a`b", "'a`b'", "a`b"},
		{`a\b`, `'a\b'`, `a\b`},
		{`say "x"`, `'say "x"'`, `"say \"x\""`},
		{"Here!", "'Here!'", "Here!"},
		{"it's", `"it's"`, "it's"},
		{"it's $HOME", `'it'\''s $HOME'`, `"it's $HOME"`},
		{"two\nlines", "\"two\nlines\"", "\"two\nlines\""},
	} {
		require.Equal(t, c.posix, quoteFor("linux", c.text))
		require.Equal(t, c.posix, quoteFor("darwin", c.text))
		require.Equal(t, c.windows, quoteFor("windows", c.text))
	}
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no POSIX shell")
	}
	for _, text := range []string{"Pupil $(touch pwn) No", "`touch pwn`", `a\"b`, `"`, "'", "it's $HOME!", "two\nlines", "a;b", "~", "#x", "*"} {
		out, err := exec.Command(sh, "-c", "printf %s "+quoteArg(text)).Output()
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
}

// A remedy is safe to copy, and replaces what was said about its column.
func TestRemedied(t *testing.T) {
	typed := map[string][]string{
		"category": {"cat", "other"}, "text": {"Name"}, "date": {"Born=d/m/y"}, "coarsen": {"Born=month", "Maths=5"}, "drop": {"old"},
		"known": {"cat", "Born"}, "sensitive": {"SEN"}, "target": {"Passed"}, "rule": {"Total = Maths + English", "broken"}, "protect": {"5"},
	}
	o := &options{verb: "make", typed: typed}
	all := "cohort make t.csv --protect 5 --target Passed --category cat --category other --date Born=d/m/y --text Name --coarsen Born=month " +
		`--coarsen Maths=5 --drop old --known cat --known Born --sensitive SEN --rule "Total = Maths + English" --rule broken`
	for remedy, gone := range map[string]string{
		"--text cat":     " --category cat| --known cat",
		"--text Name":    " --text Name",
		"--text Born":    " --date Born=d/m/y| --coarsen Born=month| --known Born",
		"--text SEN":     " --sensitive SEN",
		"--drop Passed":  " --target Passed",
		"--drop Maths":   ` --coarsen Maths=5| --rule "Total = Maths + English"`,
		"--protect 10":   " --protect 5",
		"--text Further": "",
	} {
		want := all
		for _, option := range strings.Split(gone, "|") {
			want = strings.Replace(want, option, "", 1)
		}
		require.Equal(t, want+" "+remedy, o.remedied("t.csv", remedy))
	}
	require.Equal(t, []string{"cat", "other"}, typed["category"], "the call itself is as it was")
	plain := &options{verb: "make"}
	require.Equal(t, "cohort make t.csv --text "+quoteArg(`a "b" $c`), plain.remedied("t.csv", `--text "a \"b\" $c"`))
	require.Equal(t, "cohort make t.csv --holdout FILE", plain.remedied("t.csv", "--holdout FILE"))
	text := reportText(&eval.Report{Verdict: eval.DoNotRelease, Checks: []eval.Check{
		{Group: "Private", Name: "real ids, names", Status: eval.Stop, Shown: "1", Beside: "must be 0", Sentence: "s", Remedy: `--text "Pupil $(touch pwn) No"`}}})
	require.Contains(t, text, "Try:  --text "+quoteArg("Pupil $(touch pwn) No")+"\n")
}
