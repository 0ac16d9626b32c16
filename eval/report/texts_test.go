package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

const (
	saidOfExam     = "Both are tested on people whom neither has seen"
	saidOfChecks   = "Every check allows for chance"
	saidOfLikeness = "Likeness was measured on single columns and on pairs"
	saidOfPrivacy  = "most checks of privacy could not be made"
)

// A suite without a verdict gives numbers alone, and the page says nothing of what was not done.
func TestPageWithoutChecks(t *testing.T) {
	none := math.NaN()
	r := &eval.Report{About: eval.About{Table: "fake.csv", Suite: "paper", Columns: 3, Compared: 3}, Metrics: []eval.Metric{
		{Name: "paper.quality", Value: .65, Low: none, High: none, Real: none, Best: 1, Better: 1},
		{Name: "sdis.paper.sum", Value: 1.431, Low: none, High: none, Real: none, Best: 3, Better: 1},
		{Name: "sdis.sound", Value: none, Low: none, High: none, Real: none, Best: 1, Status: eval.TooFew, Reason: "it lacks the share of copies: there are no rows"},
		{Name: "paper.ood.r2", Value: none, Low: none, High: none, Real: none, Best: 1, Status: eval.NotApplicable, Reason: "the target has words"},
	}}
	for _, to := range []Audience{Inside, Outside} {
		page := strings.Join(textOf(requireSound(t, page0(t, to, r)), "main"), " ")
		for _, text := range []string{saidOfExam, saidOfChecks, saidOfLikeness, saidOfPrivacy} {
			requireWithout(t, page, text)
		}
		for _, text := range []string{"No check was made.", "No check of privacy was made. The numbers", "Without them nobody can tell memory from chance.", "1.43",
			"too few people or rows: it lacks the share of copies: there are no rows", "does not apply: the target has words"} {
			require.Contains(t, page, text)
		}
		before, _, _ := strings.Cut(page, "For programs")
		requireWithout(t, before, "too-few")
		requireWithout(t, before, "not-applicable")
	}
}

// What was done is said.
func TestPageSaysWhatWasDone(t *testing.T) {
	page := page0(t, Inside, wild()[0])
	for _, text := range []string{saidOfExam, saidOfChecks, saidOfLikeness} {
		require.Contains(t, page, text)
	}
	alone := *wild()[0]
	alone.About.HeldPeople = 0
	page = page0(t, Inside, &alone)
	require.Contains(t, page, saidOfPrivacy)
	requireWithout(t, page, saidOfExam)
	columns := eval.Report{Metrics: []eval.Metric{{Name: "shape.mean", Value: 93}}}
	require.Contains(t, limits(Inside, []*eval.Report{&columns}), "Likeness was measured on single columns. What two or more columns have to do with each other may be lost.")
}

// Scores keep their decimals for outsiders, also those above 1; points of 100 are whole.
func TestRankingForOutsidersKeepsDecimals(t *testing.T) {
	for by, want := range map[string][]string{"sdis.paper": {"1.43", "−2.03"}, "shape.mean": {"94", "93"}} {
		values := map[string][]float64{"sdis.paper": {1.4312, -2.0312}, "shape.mean": {94.44, 93.1}}[by]
		var reports []*eval.Report
		for i, x := range values {
			reports = append(reports, &eval.Report{About: eval.About{Table: string(rune('a' + i)), Generator: string(rune('a' + i))},
				Metrics: []eval.Metric{{Name: by, Value: x, Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Best: map[string]float64{"shape.mean": 100}[by], Better: 1}}})
		}
		v := newRankingView(Outside, reports, reports, tableNames(reports), fits[0])
		require.Len(t, v.Rows, 2, by)
		require.Equal(t, want, []string{v.Rows[0].Value, v.Rows[1].Value}, by)
	}
}

// A comparison by the paper's table says how far its winner hangs on the weights; one by others does not.
func TestRankingSaysHowTheWinnerStands(t *testing.T) {
	none := math.NaN()
	var reports []*eval.Report
	for i, parts := range [][3]float64{{.6, .7, .5}, {.5, .8, .6}} {
		r := &eval.Report{About: eval.About{Table: string(rune('a'+i)) + ".csv", Generator: string(rune('a'+i)) + ".csv", Suite: eval.Paper}}
		for k, name := range []string{"paper.quality", "paper.ood.auc", "paper.detection"} {
			r.Metrics = append(r.Metrics, eval.Metric{Name: name, Value: parts[k], Low: none, High: none, Real: none, Best: 1, Better: 1})
		}
		r.Metrics = append(r.Metrics, eval.Metric{Name: "sdis.paper", Value: (parts[0] + parts[1] + 1 - parts[2]) / 3, Low: none, High: none, Real: none, Best: 1, Better: 1})
		reports = append(reports, r)
	}
	// a.csv is not behind where usefulness weighs no more than the two others: 0, 1, ... 5 tenths of
	// usefulness leave 11, 10, ... 6 weightings.
	const text = "a.csv has the highest SDIS at equal weights, and stays first at 51 of 66 weightings."
	for _, to := range []Audience{Inside, Outside} {
		require.Contains(t, newRankingView(to, reports, reports, tableNames(reports), fits[0]).Sentences, text)
	}
	for _, r := range reports {
		r.Metrics = r.Metrics[1:]
	}
	requireWithout(t, strings.Join(newRankingView(Inside, reports, reports, tableNames(reports), fits[0]).Sentences, " "), "weightings")
}

func TestNamesAreCutToTheirRoom(t *testing.T) {
	for _, c := range []struct {
		name string
		room int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"", 3, ""}, {"äöüß", 3, "äö…"}, {"学生成绩", 8, "学生成绩"}, {"学生成绩", 7, "学生成…"}, {"学生成绩", 6, "学生…"}, {"a", 1, "a"}, {"ab", 1, "…"}} {
		require.Equal(t, c.want, short(c.name, c.room), c.name)
	}
}
