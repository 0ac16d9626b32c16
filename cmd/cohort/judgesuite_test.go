package main

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// suiteScreen asserts what holds of every screen without a verdict.
func suiteScreen(t *testing.T, r ran) {
	t.Helper()
	require.Zero(t, r.code, r.err)
	require.NotContains(t, r.out, "VERDICT")
	require.NotRegexp(t, noNumber, r.out+r.err)
	for line := range strings.Lines(r.out) {
		if !strings.HasPrefix(line, "  ") { // commands are never broken
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
		}
	}
}

func TestCheckSuite(t *testing.T) {
	dir := class(t)
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--suite", "sdmetrics", "--strict")
	suiteScreen(t, r)
	require.Contains(t, r.out, "SUITE      sdmetrics: the reports and scores of SDMetrics 0.32.\n           These are a peer's definitions: no verdict.\n\n"+
		"metric                                               value  real people better\nsdmetrics.quality    ")
	r = call(t, dir, "check", "real.csv", "fake.csv", "--suite", "mostlyai-qa", "--metrics", "mostlyai.accuracy.univariate", "--metrics", "mostlyai.dcr_share")
	suiteScreen(t, r)
	require.Contains(t, r.out, "\nmostlyai.accuracy.univariate  ")
	require.NotContains(t, r.out, "bivariate")
	require.Contains(t, r.out, "study split real.csv\n")

	require.Equal(t, 0, call(t, dir, "check", "real.csv", "fake.csv", "--suite", "sdmetrics", "--csv", "n.csv").code)
	f, err := os.Open(filepath.Join(dir, "n.csv"))
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"fake.csv", "sdmetrics.quality"}, lines[1][:2])
	require.Equal(t, files(t, dir), []string{"fake.csv", "held.csv", "n.csv", "real.csv"})
}

func TestCheckPaper(t *testing.T) {
	dir := class(t)
	write(t, dir, "other-1.csv", people(200, 5))
	write(t, dir, "other-2.csv", people(200, 6))
	r := call(t, dir, "check", "real.csv", "fake.csv", "other-*.csv", "--holdout", "held.csv", "--suite", "paper", "--sdis-weights", "1,1,1",
		"--metrics", "paper,sdis", "--latex", "t.tex")
	suiteScreen(t, r)
	require.Equal(t, 1, strings.Count(r.out, "SUITE      paper: "))
	require.Equal(t, 1, strings.Count(r.out, "sdis.paper and sdis.sound differ by design."))
	require.Equal(t, 3, strings.Count(r.out, "\nsdis.sound  "))
	require.Contains(t, r.out, "\nRANKING    sdis.paper: higher is better\n")
	require.Contains(t, r.out, "other-*.csv (2 seeds)")
	require.Contains(t, strings.Join(strings.Fields(r.out), " "), "Where there is no likely range, nothing shows whether a difference is more than chance.")
	require.Regexp(t, `stays first\s+at\s+\d+\s+of\s+66\s+weightings`, r.out)
	require.Contains(t, r.out, "Wrote t.tex: a table for LaTeX\n")
	b, err := os.ReadFile(filepath.Join(dir, "t.tex"))
	require.NoError(t, err)
	require.Contains(t, string(b), `\texttt{sdis.paper.sum} & `)
	require.NotContains(t, string(b), "detection{\\_}xgb")

	r = call(t, dir, "check", "real.csv", "fake.csv", "other-1.csv", "--holdout", "held.csv", "--suite", "paper", "--metrics", "paper,sdis.paper", "--json")
	require.Zero(t, r.code, r.err)
	var all struct {
		Reports []struct {
			Report struct {
				Verdict string
				Metrics []struct {
					Name  string
					Value *float64
					Real  *float64
				}
				About struct{ Suite string }
			}
		}
		Ranking  struct{ By string }
		Standing struct{ Stays, Weightings int }
	}
	require.NoError(t, json.Unmarshal([]byte(r.out), &all))
	require.Equal(t, "none", all.Reports[0].Report.Verdict)
	require.Equal(t, "paper", all.Reports[0].Report.About.Suite)
	require.Equal(t, "paper.wasserstein", all.Reports[0].Report.Metrics[0].Name)
	require.NotNil(t, all.Reports[0].Report.Metrics[0].Real)
	require.Equal(t, "sdis.paper", all.Ranking.By)
	require.Equal(t, 66, all.Standing.Weightings)
}

// The peer's authors give it every column: ids of digits are numbers, and what is left out all the same is said on the screen and the page.
func TestCheckSuiteColumns(t *testing.T) {
	dir := class(t)
	numbers := func(args ...string) (screen string) {
		r := call(t, dir, append([]string{"check", "real.csv", "fake.csv", "--suite", "synthcity-0.2.10", "--metrics", "stats.jensenshannon_dist,stats.wasserstein_dist"}, args...)...)
		suiteScreen(t, r)
		return r.out
	}
	line := regexp.MustCompile(`(?m)^stats\..*$`)
	plain := numbers("--report", "page.html")
	require.Equal(t, line.FindAllString(numbers("--number", "Student No"), -1), line.FindAllString(plain, -1))
	require.NotEqual(t, line.FindAllString(numbers("--drop", "Student No"), -1), line.FindAllString(plain, -1))
	page := html.UnescapeString(read(t, dir, "page.html"))
	for _, text := range []string{
		`The ids in "Student No" are numbers to this suite, as they are to its authors. Without them: --drop "Student No".`,
		`Left out, as ids or texts that are no numbers: "Name", "Remark".`, `to give it to the suite: --category Name --category Remark.`,
	} {
		require.Contains(t, strings.Join(strings.Fields(plain), " "), text)
		require.Contains(t, page, text)
	}
	require.NotContains(t, numbers("--category", "Name", "--category", "Remark"), "Left out")
}

func TestCheckMetrics(t *testing.T) {
	dir := class(t)
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed", "--metrics", "shape.mean,pairs")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "VERDICT    ")
	require.Contains(t, r.out, "\nshape.mean   ")
	require.NotContains(t, r.out, "look-alikes")
	r = call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed", "--metrics", "downstream.dt")
	suiteScreen(t, r)
	require.Contains(t, r.out, "No check was asked for, so there is no verdict.")
	require.Regexp(t, `(?m)^taught by +synthetic +real +gap +95 % of the gap\ndownstream.dt.accuracy +0\.\d{4} +0\.\d{4} +-?0\.\d{4} +-?\d\.\d{4} to -?\d\.\d{4}$`, r.out)
	require.Contains(t, r.out, "\ndownstream.dt.auc.macro ")
	require.NotContains(t, r.out, ".gap", "it has a column")
}

func TestCheckRegress(t *testing.T) {
	dir := class(t)
	r := call(t, dir, "check", "real.csv", "fake.csv", "--metrics", "shape", "--regress", "Maths ~ English + Passed", "--csv", "n.csv")
	require.Contains(t, r.out, "\nREGRESSION  Maths ~ English + Passed\n")
	require.Contains(t, r.out, "Mean overlap")
	b, err := os.ReadFile(filepath.Join(dir, "n.csv"))
	require.NoError(t, err)
	require.Contains(t, string(b), "fake.csv,regress.overlap,")
	require.Contains(t, string(b), "fake.csv,regress.coefficient,English,")
}

// What is misspelt is found, with a line to copy, and nothing is written.
func TestCheckSuiteProblems(t *testing.T) {
	dir := class(t)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"--suite", "papr"}, exitUsage, []string{`there is no suite "papr". Did you mean: paper`, "check real.csv fake.csv --suite paper"}},
		{[]string{"--suite", "zq7zq7zq7zq7"}, exitUsage, []string{"The suites are sound, paper,"}},
		{[]string{"--metrics", "shap"}, exitUsage, []string{`no metric "shap". Did you mean: shape`, "--metrics shape"}},
		{[]string{"--metrics", "zzzzzz"}, exitUsage, []string{`no metric "zzzzzz". Its metrics begin with shape,`}},
		{[]string{"--metrics", "pairs,shap"}, exitUsage, []string{"Do: ", "check real.csv fake.csv --metrics pairs,shape"}},
		{[]string{"--metrics", "shape,,pairs"}, exitUsage, []string{"--metrics needs names"}},
		{[]string{"--suite", "paper", "--metrics", "paper.qualty"}, exitUsage, []string{"Did you mean: paper.quality"}},
		{[]string{"--sdis-weights", "1,1"}, exitUsage, []string{"three numbers"}},
		{[]string{"--regress", " "}, exitUsage, []string{"needs a formula"}},
		{[]string{"--sdis-weights", "0,0,0"}, exitUsage, []string{"three numbers"}},
		{[]string{"--sdis-weights", "1e308,1e308,1e308"}, exitUsage, []string{"three numbers"}},
		{[]string{"--sdis-weights", "1,-1,1"}, exitUsage, []string{"three numbers"}},
		{[]string{"--regress", "Maths English"}, exitError, []string{"--regress: a formula has an outcome", `"G3 ~ studytime + failures"`}},
		{[]string{"--regress", "Maths ~ Englisch"}, exitError, []string{`--regress names a column "Englisch"; the header has "English"`, `--regress "Maths ~ English"`}},
		{[]string{"--latex", "real.csv"}, exitUsage, []string{"--latex names real.csv, which is one of the tables"}},
	} {
		r := call(t, dir, append([]string{"check", "real.csv", "fake.csv"}, c.args...)...)
		require.Equal(t, c.code, r.code, "%v: %s", c.args, r.err)
		text := strings.Join(strings.Fields(r.err), " ")
		for _, s := range c.says {
			require.Contains(t, text, s, c.args)
		}
		require.Empty(t, r.out)
		require.Equal(t, classFiles, files(t, dir))
	}
}

// Without people set aside nobody can examine what synthetic rows taught; beside it stands what real rows teach each other. A target of numbers once
// crashed here.
func TestDownstreamWithoutPeopleSetAside(t *testing.T) {
	dir := class(t)
	for _, target := range []string{"Maths", "Passed"} {
		args := []string{"check", "real.csv", "fake.csv", "--target", target, "--metrics", "downstream"}
		r := call(t, dir, args...)
		require.Zero(t, r.code, r.err)
		require.Contains(t, strings.Join(strings.Fields(r.out), " "), `"-" was not computed: it takes real people whom the generator never saw`)
		require.NotRegexp(t, noNumber, r.out+r.err)
		require.NotContains(t, r.err, "fault of the program")
		unmarked(t, r)
		require.Equal(t, classFiles, files(t, dir))

		r = call(t, dir, append(args, "--json")...)
		require.Zero(t, r.code, r.err)
		report := assertReport(t, r)
		for _, m := range report["metrics"].([]any) {
			require.Equal(t, "not-applicable", m.(map[string]any)["status"])
			require.Nil(t, m.(map[string]any)["value"])
		}
		require.NotEmpty(t, report["metrics"])
	}
}
