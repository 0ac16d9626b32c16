package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

// scored is a file whose report has one score with half the width of its interval.
func scored(file string, v eval.Verdict, score, half float64) judged {
	m := eval.Metric{Name: "useful.auc", Columns: []string{"Passed"}, Value: score, Low: score - half, High: score + half, Real: 0.9, Best: 1, Better: 1}
	apart := eval.Metric{Name: "detect.auc", Value: 0.6, Low: 0.5, High: 0.7, Real: 0.5, Best: 0.5}
	return judged{file: file, report: &eval.Report{Verdict: v, Metrics: []eval.Metric{m, apart}}}
}

func TestRanking(t *testing.T) {
	r := newRanking([]judged{
		scored("c.csv", eval.LookCloser, 0.60, 0.02),
		scored("copy.csv", eval.DoNotRelease, 0.90, 0.02),
		scored("a.csv", eval.Pass, 0.82, 0.02),
		scored("b.csv", eval.Pass, 0.81, 0.02),
		scored("d.csv", eval.Pass, 0.40, 0.02),
	})
	require.Equal(t, "useful.auc", r.By)
	var order []string
	for _, c := range r.Tables {
		order = append(order, fmt.Sprint(c.Rank, " ", c.Generator))
	}
	require.Equal(t, []string{"1 a.csv", "2 b.csv", "3 c.csv", "4 d.csv", "0 copy.csv"}, order, "a copy would be the best of all")
	require.Equal(t, [][2]int{{1, 2}}, r.Alike)
	require.Equal(t, "1 and 2 can't be told apart. Other differences are beyond the noise.", r.sentences()[1])

	// Chance: twenty generators that are as good as each other are told apart in few tables only.
	var same []judged
	for i := range 20 {
		same = append(same, scored(fmt.Sprintf("g%d.csv", i), eval.Pass, 0.7+0.001*float64(i), 0.02))
	}
	r = newRanking(same)
	require.Equal(t, [][2]int{{1, 20}}, r.Alike)
	require.Contains(t, r.sentences()[0], "1 to 20 can't be told apart.")

	// Neighbours overlap: 1 and 3 differ, 2 differs from neither.
	r = newRanking([]judged{scored("x.csv", eval.Pass, 0.60, 0.03), scored("y.csv", eval.Pass, 0.64, 0.03), scored("z.csv", eval.Pass, 0.68, 0.03)})
	require.Equal(t, [][2]int{{1, 2}, {2, 3}}, r.Alike)
	require.Contains(t, r.sentences()[0], "1 and 2 can't be told apart, nor can 2 and 3.")
	r = newRanking([]judged{scored("x.csv", eval.Pass, 0.60, 0.01), scored("y.csv", eval.Pass, 0.70, 0)})
	require.Empty(t, r.Alike)
	require.Contains(t, r.sentences()[0], "beyond the noise")
}

// Where nothing can be predicted, or nobody was set aside, there is another measure or none.
func TestRankingMeasures(t *testing.T) {
	a, b := scored("a.csv", eval.Pass, 0.8, 0.02), scored("b.csv", eval.Pass, 0.7, 0.02)
	b.report.Metrics[0].Status = eval.NotApplicable
	r := newRanking([]judged{a, b})
	require.Equal(t, "detect.auc", r.By)
	require.Equal(t, -1, r.Better, "the less the rows are told from real ones the better")

	for _, f := range []judged{a, b} {
		f.report.Metrics = []eval.Metric{{Name: "detect.auc", Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Status: eval.NotApplicable}}
	}
	r = newRanking([]judged{a, b})
	require.Equal(t, "", r.By)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(text), `"value":null`)
	require.Contains(t, string(text), `"alike":[]`)

	several := scored("a.csv", eval.Pass, 0.8, 0.02)
	several.report.Metrics = append(several.report.Metrics, several.report.Metrics[0],
		eval.Metric{Name: "useful.score", Value: 0.5, Low: 0.4, High: 0.6, Best: 1, Better: 1})
	require.Equal(t, "useful.score", newRanking([]judged{several, several}).By, "one of several lessons is not the whole")
}

// A number without an interval orders, and nothing says which difference is more than chance. Without people set aside there is none.
func TestRankingWithoutIntervals(t *testing.T) {
	alone := func(file string, value float64) judged {
		m := eval.Metric{Name: "shape.mean", Value: value, Low: math.NaN(), High: math.NaN(), Real: 95, Best: 100, Better: 1}
		return judged{file: file, report: &eval.Report{Verdict: eval.LookCloser, Metrics: []eval.Metric{m}}}
	}
	r := newRanking([]judged{alone("a.csv", 90), alone("b.csv", 92)})
	require.Equal(t, "how like real columns its columns are (100 is equal)", r.title())
	require.Equal(t, "  1  b.csv  [look]  92.00", r.line(r.Tables[0], "b.csv", 5))
	require.Empty(t, r.Alike)
	require.Equal(t, "No likely range is known for this score. The order by itself says nothing: any difference may be chance.", r.sentences()[0])
	require.Contains(t, r.sentences()[1], "Several files of one, ctgan-1.csv and ctgan-2.csv, count as its seeds and show by how much.")

	dir := class(t)
	write(t, dir, "other.csv", people(150, 10))
	out := call(t, dir, "check", "real.csv", "fake.csv", "other.csv").out
	require.Contains(t, out, "RANKING    none: it takes real people whom the generators never saw\n")
	require.NotContains(t, out, "Likely range:")
}

// A peer's suite has no intervals: one file of each generator shows nothing but an order, and their seeds show what they differ by.
func TestRankingByASuiteWithoutIntervals(t *testing.T) {
	dir := class(t)
	for i := range 3 {
		write(t, dir, fmt.Sprintf("gen-%d.csv", i+1), people(150, uint64(10+i)))
		write(t, dir, fmt.Sprintf("other-%d.csv", i+1), people(150, uint64(20+i)))
	}
	ask := func(files ...string) string {
		args := append([]string{"check", "real.csv"}, files...)
		r := call(t, dir, append(args, "--holdout", "held.csv", "--target", "Passed", "--suite", "sdmetrics")...)
		require.Zero(t, r.code, r.err)
		return strings.Join(strings.Fields(r.out), " ")
	}
	one := ask("gen-1.csv", "other-1.csv")
	require.Contains(t, one, "The order by itself says nothing: any difference may be chance.")
	require.NotContains(t, one, "told apart. ")
	require.NotContains(t, one, "noise")
	seeds := ask("gen-*.csv", "other-*.csv")
	require.Contains(t, seeds, "1 and 2 can't be told apart.")
	require.NotContains(t, seeds, "by itself")
}

func TestSeeds(t *testing.T) {
	for file, want := range map[string]string{
		"ctgan-1.csv": "ctgan-*.csv", "out/ctgan_12.csv": "out/ctgan_*.csv", "grades_SYNTHETIC_3.csv": "grades_SYNTHETIC_*.csv",
		"gpt2.csv": "", "ctgan.csv": "", "-1.csv": "", "ctgan-.csv": "", "7.csv": "",
	} {
		stem, ok := seedStem(filepath.FromSlash(file))
		require.Equal(t, want != "", ok, file)
		require.Equal(t, want, filepath.ToSlash(stem), file)
	}
	r := newRanking([]judged{
		scored("ctgan-1.csv", eval.Pass, 0.70, 0.02), scored("tvae-1.csv", eval.Pass, 0.71, 0.02),
		scored("ctgan-2.csv", eval.LookCloser, 0.74, 0.02), scored("ctgan-3.csv", eval.Pass, 0.72, 0.02),
	})
	require.Len(t, r.Tables, 2)
	c := r.Tables[0]
	require.Equal(t, "ctgan-*.csv", c.Generator)
	require.Equal(t, []string{"ctgan-1.csv", "ctgan-2.csv", "ctgan-3.csv"}, c.Files)
	require.Equal(t, eval.LookCloser, c.Verdict, "the worst of its seeds")
	require.InDelta(t, 0.72, *c.Value, 1e-9)
	// The people who are predicted are the same for all seeds: half 0.02. The seeds: standard deviation 0.02 over the root
	// of 3, by Student's t with 2 degrees of freedom, 4.303.
	half := math.Hypot(0.02, 4.3027*0.02/math.Sqrt(3))
	require.InDelta(t, 0.72-half, *c.Low, 1e-5)
	require.InDelta(t, 0.72+half, *c.High, 1e-5)
	require.Equal(t, "tvae-1.csv", r.Tables[1].Generator, "a single file has its own name")
	require.Equal(t, []string{"ctgan-*.csv (3 seeds)", "tvae-1.csv"}, r.shownNames())
	require.Equal(t, "ctgan-*.csv", generatorOf(r.Tables, "ctgan-2.csv"))
	r = newRanking([]judged{scored("a/fake.csv", eval.Pass, 0.7, 0.1), scored("b/fake.csv", eval.Pass, 0.7, 0.1)})
	require.Equal(t, []string{"a/fake.csv", "b/fake.csv"}, r.shownNames())
}

func TestCheckSeveral(t *testing.T) {
	dir := class(t)
	for i := range 3 {
		write(t, dir, fmt.Sprintf("gen-%d.csv", i+1), people(150, uint64(10+i)))
	}
	write(t, dir, "copy.csv", people(200, 1))
	args := []string{"check", "real.csv", "fake.csv", "gen-*.csv", "copy.csv", "--holdout", "held.csv", "--target", "Passed"}
	r := call(t, dir, args...)
	require.Equal(t, exitDoNotRelease, r.code, r.err)
	require.NotRegexp(t, noNumber, r.out)
	unmarked(t, r)
	for line := range strings.Lines(r.out) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
	}
	require.Contains(t, r.out, "\ncopy.csv\n   DO NOT RELEASE: ")
	require.Contains(t, r.out, "RANKING    what its rows teach: predicts Passed (0.5 guessing, 1 perfect)\n")
	require.Contains(t, r.out, "gen-*.csv (3 seeds)")
	require.Regexp(t, `(?m)^  -  copy.csv +\[stop\]  `, r.out)
	require.Contains(t, r.out, "1 and 2 can't be told apart.")

	r = call(t, dir, append(args, "--json", "--csv", "t.csv")...)
	all := assertReport(t, r)
	require.Equal(t, "real.csv", all["real"])
	reports := all["reports"].([]any)
	require.Len(t, reports, 5)
	second := reports[1].(map[string]any)
	require.Equal(t, "gen-1.csv", second["file"])
	require.Equal(t, "gen-*.csv", second["generator"])
	require.Contains(t, second["report"], "metrics")
	require.Len(t, all["ranking"].(map[string]any)["tables"], 3)
	require.Equal(t, 5, strings.Count(r.err, `{"event":"verdict","file":"`))
	require.Equal(t, 1, strings.Count(read(t, dir, "t.csv"), "file,name,"), "one header")
	require.Contains(t, read(t, dir, "t.csv"), "\ngen-3.csv,")
}
