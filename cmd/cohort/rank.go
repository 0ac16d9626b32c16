package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/stat/distuv"

	"example.org/cohort/eval"
)

// A ranking orders generators by one measure, and says which of them can't be told apart.
type ranking struct {
	By      string      `json:"by"`                // name of the metric, or "" where none could be computed for all
	Columns []string    `json:"columns,omitempty"` // that the metric is about
	Better  int         `json:"better"`            // +1 higher, -1 lower
	Tables  []contender `json:"tables"`            // the best first; those without a rank last
	Alike   [][2]int    `json:"alike"`             // first and last rank of every run of which no two differ beyond the noise

	real float64 // what real rows reach, NaN if not known
}

// A contender is one generator: a file, or several that are its seeds.
type contender struct {
	Generator string       `json:"generator"`
	Files     []string     `json:"files"`
	Verdict   eval.Verdict `json:"verdict"` // the worst of its files
	Rank      int          `json:"rank"`    // from 1; 0 is none: it is not to be released, or has no number
	Value     *float64     `json:"value"`   // mean over the files
	Low       *float64     `json:"low"`     // 95 % interval
	High      *float64     `json:"high"`
	Apart     *float64     `json:"told_apart"` // mean AUC with which its rows are told from those of unseen people; 0.5 is best

	reports []*eval.Report
	error   float64 // standard error
}

// normal95 is half the width of a 95 % interval in standard errors.
const normal95 = 1.959963984540054

// measures are what generators are ranked by: the first that all of them have with an interval.
var measures = []string{"useful.auc", "useful.r2", "useful.score", "detect.auc"}

// newRanking orders the generators of several files. Tables that are not to be released have no rank, for copies of real
// people would be the best of all.
func newRanking(fakes []judged) *ranking {
	r := &ranking{Better: 1, Tables: contenders(fakes), Alike: [][2]int{}, real: math.NaN()}
	for _, name := range measures {
		if !slices.ContainsFunc(fakes, func(f judged) bool { return !has(name, f.report) }) {
			r.By = name
			break
		}
	}
	for i := range r.Tables {
		r.Tables[i].Apart = number(meanOf(r.Tables[i].reports, "detect.auc"))
	}
	if r.By == "" {
		return r
	}
	first, _ := fakes[0].report.Metric(r.By)
	r.Columns, r.real = first.Columns, first.Real
	if first.Better <= 0 {
		r.Better = -1
	}
	for i := range r.Tables {
		r.Tables[i].score(r.By)
	}
	slices.SortStableFunc(r.Tables, func(a, b contender) int {
		if c := stopped(a) - stopped(b); c != 0 {
			return c
		}
		return r.Better * compareFloats(*b.Value, *a.Value)
	})
	var list []*contender
	for i := range r.Tables {
		if c := &r.Tables[i]; c.Verdict != eval.DoNotRelease {
			list = append(list, c)
			c.Rank = len(list)
		}
	}
	r.Alike = alike(list)
	return r
}

// has tells whether a report has a metric with an interval. A score of one column counts only where no other column was
// predicted: several have a mean of their own.
func has(name string, report *eval.Report) bool {
	lessons := 0
	for _, m := range report.Metrics {
		if m.Name == "useful.auc" || m.Name == "useful.r2" {
			lessons++
		}
	}
	m, ok := report.Metric(name)
	return ok && (len(m.Columns) == 0 || lessons == 1) && m.Status == eval.OK && !math.IsNaN(m.Value) && !math.IsNaN(m.Low) && !math.IsNaN(m.High)
}

func stopped(c contender) int {
	if c.Verdict == eval.DoNotRelease {
		return 1
	}
	return 0
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// number is nil for NaN, which JSON does not have.
func number(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

func meanOf(reports []*eval.Report, name string) float64 {
	sum := 0.0
	for _, r := range reports {
		m, ok := r.Metric(name)
		if !ok {
			return math.NaN()
		}
		sum += m.Value
	}
	return sum / float64(len(reports))
}

// score sets value and interval. The people who are predicted are the same for all seeds, so their part of the error does not
// fall with the number of seeds; the part of the seeds themselves does.
func (c *contender) score(by string) {
	var values []float64
	people := 0.0
	for _, r := range c.reports {
		m, _ := r.Metric(by)
		values = append(values, m.Value)
		half := (m.High - m.Low) / 2 / normal95
		people += half * half / float64(len(c.reports))
	}
	mean := meanOf(c.reports, by)
	seeds := 0.0
	if n := float64(len(values)); n > 1 {
		for _, v := range values {
			seeds += (v - mean) * (v - mean) / (n - 1) / n
		}
	}
	// Few seeds say little of how much seeds differ: Student's t.
	if n := len(values); n > 1 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
		seeds *= t * t / normal95 / normal95
	}
	c.error = math.Sqrt(people + seeds)
	low, high := mean-normal95*c.error, mean+normal95*c.error
	if by != "useful.r2" {
		low = max(low, 0)
	}
	high = min(high, 1)
	c.Value, c.Low, c.High = &mean, &low, &high
}

// alike finds the longest runs of neighbours of which no two differ beyond the noise: 95 %, Holm over all pairs. That both were
// tested on the same people would make the difference of two more certain, not less, so nothing is claimed too much.
func alike(list []*contender) [][2]int {
	type pair struct {
		i, k int
		p    float64
	}
	var pairs []pair
	for k := range list {
		for i := range k {
			spread := math.Hypot(list[i].error, list[k].error)
			p := 1.0
			if d := math.Abs(*list[i].Value - *list[k].Value); d > 0 {
				p = math.Erfc(d / spread / math.Sqrt2) // of no spread at all: 0
			}
			pairs = append(pairs, pair{i, k, p})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return compareFloats(a.p, b.p) })
	differ := make(map[[2]int]bool)
	for rank, q := range pairs {
		if q.p > 0.05/float64(len(pairs)-rank) {
			break
		}
		differ[[2]int{q.i, q.k}] = true
	}
	runs := [][2]int{}
	end := -1
	for first := range list {
		last := first
		for last+1 < len(list) && !apart(differ, first, last+1) {
			last++
		}
		if last > first && last > end {
			runs = append(runs, [2]int{first + 1, last + 1})
			end = last
		}
	}
	return runs
}

// apart tells whether any of first to last-1 differs from last.
func apart(differ map[[2]int]bool, first, last int) bool {
	for i := first; i < last; i++ {
		if differ[[2]int{i, last}] {
			return true
		}
	}
	return false
}

// contenders gathers the files of one generator, in the order of their first.
func contenders(fakes []judged) []contender {
	var list []contender
	index := map[string]int{}
	seeds := map[string]int{}
	for _, f := range fakes {
		if stem, ok := seedStem(f.file); ok {
			seeds[stem]++
		}
	}
	for _, f := range fakes {
		name := f.file
		stem, ok := seedStem(f.file)
		if ok = ok && seeds[stem] > 1; ok {
			name = stem
		}
		i, old := index[name]
		if !old {
			i = len(list)
			index[name] = i
			list = append(list, contender{Generator: name})
		}
		c := &list[i]
		c.Files = append(c.Files, f.file)
		c.reports = append(c.reports, f.report)
		c.Verdict = max(c.Verdict, f.report.Verdict)
	}
	return list
}

// seedStem gives what the names of several seeds of a generator have in common: ctgan-*.csv for ctgan-1.csv. A number counts
// after a hyphen or an underscore only, for gpt2.csv and gpt3.csv are two generators.
func seedStem(file string) (string, bool) {
	ext := filepath.Ext(file)
	stem := strings.TrimSuffix(file, ext)
	bare := strings.TrimRight(stem, "0123456789")
	if bare == stem || len(bare) < 2 || !strings.HasSuffix(bare, "-") && !strings.HasSuffix(bare, "_") || strings.HasSuffix(bare[:len(bare)-1], string(filepath.Separator)) {
		return "", false
	}
	return bare + "*" + ext, true
}

// generatorOf is the generator whose file this is.
func (r *ranking) generatorOf(file string) string {
	for _, c := range r.Tables {
		if slices.Contains(c.Files, file) {
			return c.Generator
		}
	}
	return file
}

// sayRanking prints what needs an eye in every file, and below it the ranking.
func (j *judging) sayRanking() {
	for i := range j.fakes {
		j.sayFile(j.fakes[i])
		j.sayNumbers(&j.fakes[i])
	}
	r := newRanking(j.fakes)
	title := r.title()
	if j.held == nil {
		title = "none: it takes real people whom the generators never saw"
	}
	j.a.say("\n%s", wrap("RANKING    ", title, j.a.width))
	if r.By == "" {
		return
	}
	width := 20
	names := r.shownNames()
	for _, name := range names {
		width = max(width, min(32, utf8.RuneCountInString(name)))
	}
	lead := strings.Repeat(" ", 5+width)
	j.a.say("\n%s", lead+"          score  likely range  told apart")
	for i, c := range r.Tables {
		j.a.say("%s", r.line(c, names[i], width))
	}
	if !math.IsNaN(r.real) && strings.HasPrefix(r.By, "useful.") {
		j.a.say("     %s%15.2f", padded("as many real rows", width), r.real)
	}
	for _, text := range r.sentences() {
		j.a.say("\n%s", wrap("", text, j.a.width))
	}
}

// sayFile prints the verdict of one file, and of its checks those that are not ok, without their sentences.
func (j *judging) sayFile(f judged) {
	head, _, _ := strings.Cut(reportText(f.report), "\n\n")
	_, summary, _ := strings.Cut(head, "\n")
	j.a.say("\n%s", oneLine(f.file))
	j.a.say("%s", wrap("   "+f.report.Verdict.String()+": ", strings.Join(strings.Fields(summary), " "), j.a.width))
	few := eval.Report{Verdict: f.report.Verdict}
	for _, c := range f.report.Checks {
		if c.Status != eval.OK {
			c.Sentence, c.Remedy = "", ""
			few.Checks = append(few.Checks, c)
		}
	}
	if _, lines, ok := strings.Cut(reportText(&few), "\n\n"); ok {
		for line := range strings.Lines(lines) {
			if line = strings.TrimSuffix(line, "\n"); line != "" {
				j.a.say("%s", j.a.coloured(line))
			}
		}
	}
}

// reportText is a report in text, with remedies as they can be copied into a shell.
func reportText(r *eval.Report) string {
	shown := *r
	shown.Checks = slices.Clone(r.Checks)
	for i := range shown.Checks {
		if c := &shown.Checks[i]; strings.HasPrefix(c.Remedy, "-") {
			c.Remedy = remedyText(c.Remedy)
		}
	}
	var b strings.Builder
	if err := shown.WriteText(&b); err != nil {
		panic("cohort: report: " + err.Error()) // a Builder takes everything
	}
	return b.String()
}

// verdictSign is the sign of a verdict.
func verdictSign(v eval.Verdict) string {
	return map[eval.Verdict]string{eval.Pass: "[ok]", eval.LookCloser: "[look]", eval.DoNotRelease: "[stop]"}[v]
}

// title says what the ranking is by.
func (r *ranking) title() string {
	switch {
	case r.By == "":
		return "none: no score could be had for all of them"
	case r.By == "detect.auc":
		return "how well its rows are told from real people (0.5 not at all, 1 always)"
	case r.By == "useful.score":
		return "what its rows teach, over all columns (0 guessing, 1 perfect)"
	case r.By == "useful.r2":
		return "what its rows teach: predicts " + r.Columns[0] + " (0 guessing, 1 perfect)"
	}
	return "what its rows teach: predicts " + r.Columns[0] + " (0.5 guessing, 1 perfect)"
}

// shownNames names the generators on the screen: by their files, with folders where two would be alike.
func (r *ranking) shownNames() []string {
	bases := map[string]int{}
	for _, c := range r.Tables {
		bases[filepath.Base(c.Generator)]++
	}
	var names []string
	for _, c := range r.Tables {
		name := filepath.Base(c.Generator)
		if bases[name] > 1 {
			name = c.Generator
		}
		if n := len(c.Files); n > 1 {
			name += " (" + strconv.Itoa(n) + " seeds)"
		}
		names = append(names, oneLine(name))
	}
	return names
}

// line is one generator: rank, name, sign of its verdict, score with its range, and how well it is told from real people.
func (r *ranking) line(c contender, name string, width int) string {
	place := "-"
	if c.Rank > 0 {
		place = strconv.Itoa(c.Rank)
	}
	lead := fmt.Sprintf("%3s  %s", place, padded(name, width))
	if utf8.RuneCountInString(name) > width {
		lead = fmt.Sprintf("%3s  %s\n     %s", place, name, padded("", width))
	}
	value, apart := "", ""
	if c.Value != nil {
		value = fmt.Sprintf("%5.2f  %.2f to %.2f", *c.Value, *c.Low, *c.High)
	}
	if c.Apart != nil {
		apart = fmt.Sprintf("%.2f", *c.Apart)
	}
	return strings.TrimRight(fmt.Sprintf("%s  %-6s  %-19s  %s", lead, verdictSign(c.Verdict), value, apart), " ")
}

// sentences say what the ranking does and does not show.
func (r *ranking) sentences() []string {
	ranked, seeds := 0, true
	for _, c := range r.Tables {
		if c.Rank > 0 {
			ranked++
			seeds = seeds && len(c.Files) > 1
		}
	}
	var out []string
	if len(r.Tables) > ranked {
		out = append(out, `"-" has no rank: it is not to be released.`)
	}
	switch {
	case ranked > 1 && len(r.Alike) == 0:
		out = append(out, "All differences between them are beyond the noise.")
	case ranked > 1:
		var runs []string
		for _, run := range r.Alike {
			between := " and "
			if run[1]-run[0] > 1 {
				between = " to "
			}
			runs = append(runs, fmt.Sprint(run[0], between, run[1]))
		}
		out = append(out, runs[0]+" can't be told apart"+strings.Join(append([]string{""}, runs[1:]...), ", nor can ")+
			". Other differences are beyond the noise.")
	}
	if ranked > 1 && !seeds {
		out = append(out, "Another seed of the same generator may do better or worse. Several files of one, ctgan-1.csv and ctgan-2.csv, count as its seeds "+
			"and show by how much.")
	}
	return append(out, "Likely range: in 95 of 100 cases the score lies in it for other people, too. Told apart: how well rows are told from people set "+
		"aside; 0.5 is not at all, 1 always.")
}
