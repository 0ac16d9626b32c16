package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// cantTell is what package eval writes in the place of a number.
const cantTell = "can't tell"

// A rankingView is the first page where there are several reports.
type rankingView struct {
	Verdicts  bool // some table has one
	Ranges    bool // there are likely ranges
	Apart     bool // rows were told apart
	Title     string
	Rows      []rankedRow
	Real      string // what as many real rows reach, or ""
	Draw      *dots
	Sentences []string
	Facts     []fact
	Heads     []string  // of the tables side by side
	Side      []sideRow // checks
	Numbers   []sideRow
}

type rankedRow struct {
	Rank, Name, Sign, Verdict, Value, Interval, Apart string
}

type sideRow struct {
	Name  string
	Cells []sideCell
}

type sideCell struct{ Sign, Word, Text, Range string }

// titles say what tables are ranked by.
var titles = map[string]string{
	"":             "None: no number could be had for all of them.",
	"detect.auc":   "By how well its rows are told from real people (0.5 not at all, 1 always).",
	"useful.score": "By what its rows teach, over all columns (0 guessing, 1 perfect).",
	"useful.r2":    "By what its rows teach: predicts %s (0 guessing, 1 perfect).",
	"useful.auc":   "By what its rows teach: predicts %s (0.5 guessing, 1 perfect).",
	"sdis.paper":   "By SDIS as the paper has it.",
	"sdis.sound":   "By the sound SDIS.",
	"shape.mean":   "By the likeness of single columns (100 perfect).",

	"sdmetrics.quality":            "By SDMetrics' quality (1 perfect).",
	"mostlyai.accuracy":            "By the accuracy of mostlyai-qa (1 perfect).",
	"detection.detection_xgb.mean": "By synthcity's detection with XGBoost (lower is better).",
}

// newRankingView ranks exact reports, also where shown are the rounded ones of outsiders, lest rounding should change who is first
// and what can be told apart. Outsiders get scores of two decimals.
func newRankingView(to Audience, exact, shown []*eval.Report, tables []string, f fit) *rankingView {
	ranking := eval.Rank(exact...)
	told, digits := ranking.Sentence(), scoreDecimals(to)
	if to == Outside {
		if ranking.By == pointsOf100 {
			digits = 0
		}
		roundRanking(ranking)
	}
	v := &rankingView{Title: rankingTitle(ranking), Sentences: rankingSentences(ranking, told)}
	if text := standing(exact, ranking, tables); text != "" {
		v.Sentences = append(v.Sentences, text)
	}
	d := &dots{ID: "ranking-dots", Title: "Scores with their likely ranges"}
	low, high := math.Inf(1), math.Inf(-1)
	for _, e := range ranking.Entries {
		v.Rows = append(v.Rows, newRankedRow(&e, shown, tables, digits))
		last := &v.Rows[len(v.Rows)-1]
		v.Verdicts, v.Ranges, v.Apart = v.Verdicts || e.Verdict != 0, v.Ranges || !isNone(e.Low), v.Apart || last.Apart != "–"
		if isNone(e.Value) || e.Rank == 0 {
			continue
		}
		d.Rows = append(d.Rows, dotRow{Text: short(fmt.Sprintf("%d  %s", e.Rank, v.Rows[len(v.Rows)-1].Name), 42), Value: fixed(e.Value, digits),
			here: e.Value, low: e.Low, high: e.High, beside: ranking.Real})
		for _, x := range []float64{e.Value, e.Low, e.High, ranking.Real} {
			if !isNone(x) {
				low, high = min(low, x), max(high, x)
			}
		}
	}
	if len(d.Rows) > 1 && f.rows > 0 {
		d.Desc = "The same numbers as in the table above."
		step := math.Pow(10, math.Floor(math.Log10(max(high-low, 1e-6))))
		low, high = step*math.Floor(low/step), step*math.Ceil(high/step)
		d.place(low, high)
		d.tick(low, high, low, number(low, 3))
		d.tick(low, high, high, number(high, 3))
		v.Draw = d
	}
	if v.Apart {
		v.Sentences = append(v.Sentences, "Told apart: how well rows are told from people set aside; 0.5 is not at all, 1 always.")
	}
	if !isNone(ranking.Real) {
		v.Real = fixed(ranking.Real, digits)
	}
	v.sideBySide(shown, tables)
	return v
}

// pointsOf100 is the only score that tables are ranked by which counts points of 100.
const pointsOf100 = "shape.mean"

// roundRanking takes the intervals away, and all but two decimals, of points of 100 all. Scores such as R2 and sums may exceed 1.
func roundRanking(r *eval.Ranking) {
	step := 100.0
	if r.By == pointsOf100 {
		step = 1
	}
	round := func(x float64) float64 { return math.Round(x*step) / step }
	for i := range r.Entries {
		e := &r.Entries[i]
		e.Value, e.Low, e.High = round(e.Value), math.NaN(), math.NaN()
	}
	r.Real = round(r.Real)
}

func rankingTitle(r *eval.Ranking) string {
	title, known := titles[r.By]
	switch {
	case !known:
		return "By " + clean(r.By) + "."
	case strings.Contains(title, "%s") && len(r.Columns) > 0:
		return fmt.Sprintf(title, named(r.Columns[0]))
	}
	return strings.Replace(title, "predicts %s ", "", 1)
}

func newRankedRow(e *eval.Ranked, reports []*eval.Report, tables []string, digits int) rankedRow {
	row := rankedRow{Rank: "–", Name: generatorName(e, tables), Value: fixed(e.Value, digits), Interval: "–", Apart: "–", Verdict: e.Verdict.String()}
	row.Sign = newVerdict(&eval.Report{Verdict: e.Verdict}).Sign
	if e.Rank > 0 {
		row.Rank = fmt.Sprint(e.Rank)
	}
	if !isNone(e.Low) {
		row.Interval = fixed(e.Low, digits) + " to " + fixed(e.High, digits)
	}
	apart := 0.0
	for _, i := range e.Reports {
		m, ok := reports[i].Metric("detect.auc")
		if !ok {
			m.Value = math.NaN()
		}
		apart += m.Value / float64(len(e.Reports))
	}
	if !isNone(apart) {
		row.Apart = fmt.Sprintf("%.2f", apart)
	}
	return row
}

// standing says how far the winner of the suite "paper" hangs on the weights, and nothing of other suites.
func standing(exact []*eval.Report, r *eval.Ranking, tables []string) string {
	s, err := eval.Stand(exact...)
	if err != nil {
		return ""
	}
	at := slices.IndexFunc(r.Entries, func(e eval.Ranked) bool { return e.Generator == s.Winner })
	if at < 0 {
		return ""
	}
	return fmt.Sprintf("%s has the highest SDIS at equal weights, and stays first at %d of %d weightings.", generatorName(&r.Entries[at], tables), s.Stays, s.Weightings)
}

// generatorName is the name of a generator, with the number of its seeds.
func generatorName(e *eval.Ranked, tables []string) string {
	if len(e.Reports) == 1 {
		return tables[e.Reports[0]]
	}
	return fmt.Sprintf("%s (%d seeds)", fileName(e.Generator), len(e.Reports))
}

// rankingSentences say what the ranking does and does not show; told is what can be told apart.
func rankingSentences(r *eval.Ranking, told string) []string {
	ranked, seeds := 0, true
	for _, e := range r.Entries {
		if e.Rank > 0 {
			ranked++
			seeds = seeds && len(e.Reports) > 1
		}
	}
	var out []string
	if told != "" {
		out = append(out, strings.ReplaceAll(told, "'", "’"))
	}
	if r.By != "" && len(r.Entries) > ranked {
		out = append(out, "“–” has no rank: it is not to be released.")
	}
	if ranked > 1 && !seeds {
		out = append(out, "Another seed of the same generator may do better or worse. Several tables of one generator show by how much.")
	}
	if slices.ContainsFunc(r.Entries, func(e eval.Ranked) bool { return !isNone(e.Low) }) {
		out = append(out, "Likely range: in 95 of 100 cases the score lies in it for other people, too.")
	}
	return out
}

// sideBySide sets the checks, and the numbers that are about no column, beside each other.
func (v *rankingView) sideBySide(reports []*eval.Report, tables []string) {
	var checks, numbers []string
	v.Heads = tables
	for _, r := range reports {
		for _, c := range r.Checks {
			if !slices.Contains(checks, c.Name) {
				checks = append(checks, c.Name)
			}
		}
		for _, m := range r.Metrics {
			if len(m.Columns) == 0 && !slices.Contains(numbers, m.Name) {
				numbers = append(numbers, m.Name)
			}
		}
	}
	slices.SortStableFunc(numbers, func(a, b string) int { return cmp.Compare(defined(a), defined(b)) })
	for _, name := range checks {
		row := sideRow{Name: named(name)}
		for _, r := range reports {
			cell := sideCell{Text: "–"}
			if i := slices.IndexFunc(r.Checks, func(c eval.Check) bool { return c.Name == name }); i >= 0 {
				mark, word := sign(r.Checks[i].Status)
				cell = sideCell{Sign: mark, Word: word, Text: clean(r.Checks[i].Shown)}
				if cell.Text == cantTell {
					cell.Text = "" // the word says it
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Side = append(v.Side, row)
	}
	for _, name := range numbers {
		row := sideRow{Name: clean(name)}
		for _, r := range reports {
			cell := sideCell{Text: "–"}
			if m, ok := r.Metric(name); ok {
				cell.Text = number(m.Value, digits(&m))
				if text := interval(&m); text != "–" {
					cell.Range = text
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Numbers = append(v.Numbers, row)
	}
}
