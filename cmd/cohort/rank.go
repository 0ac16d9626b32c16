package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/cohort/eval"
)

// A ranking is eval's, as the JSON has it and with the files of each generator.
type ranking struct {
	By      string      `json:"by"`                // name of the metric, or "" where none could be computed for all
	Columns []string    `json:"columns,omitempty"` // that the metric is about
	Better  int         `json:"better"`            // +1 higher, -1 lower
	Tables  []contender `json:"tables"`            // the best first; those without a rank last
	Alike   [][2]int    `json:"alike"`             // first and last rank of every run of which no two differ beyond the noise

	whole *eval.Ranking
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
}

// newRanking orders the generators of several files.
func newRanking(fakes []judged) *ranking {
	all := contenders(fakes)
	var reports []*eval.Report
	for _, f := range fakes {
		named := *f.report
		named.About.Generator = generatorOf(all, f.file)
		reports = append(reports, &named)
	}
	whole := eval.Rank(reports...)
	r := &ranking{By: whole.By, Columns: whole.Columns, Better: 1, Alike: append([][2]int{}, whole.Alike...), whole: whole}
	if whole.Better <= 0 {
		r.Better = -1
	}
	for _, e := range whole.Entries {
		c := all[slices.IndexFunc(all, func(c contender) bool { return c.Generator == e.Generator })]
		c.Rank, c.Value, c.Low, c.High = e.Rank, number(e.Value), number(e.Low), number(e.High)
		c.Apart = number(meanOf(c.reports, "detect.auc"))
		r.Tables = append(r.Tables, c)
	}
	return r
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
func generatorOf(all []contender, file string) string {
	return all[slices.IndexFunc(all, func(c contender) bool { return slices.Contains(c.Files, file) })].Generator
}

// sayRanking prints what needs an eye in every file, and below it the ranking.
func (j *judging) sayRanking() {
	for i := range j.fakes {
		j.sayFile(j.fakes[i])
		j.sayNumbers(&j.fakes[i])
	}
	r := newRanking(j.fakes)
	title := r.title()
	if j.held == nil && r.By == "" {
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
	if real := r.whole.Real; !math.IsNaN(real) && strings.HasPrefix(r.By, "useful.") {
		j.a.say("     %s%15.2f", padded("as many real rows", width), real)
	}
	for _, text := range r.sentences() {
		j.a.say("\n%s", wrap("", text, j.a.width))
	}
	if slices.ContainsFunc(r.Tables, func(c contender) bool { return c.Low != nil }) {
		j.a.say("\n%s", wrap("", "Likely range: in 95 of 100 cases the score lies in it for other people, too. Told apart: how well rows are told from "+
			"people set aside; 0.5 is not at all, 1 always.", j.a.width))
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
	case r.By == "useful.auc":
		return "what its rows teach: predicts " + r.Columns[0] + " (0.5 guessing, 1 perfect)"
	case r.By == "shape.mean":
		return "how like real columns its columns are (100 is equal)"
	}
	return r.By
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
		value = fmt.Sprintf("%5.2f", *c.Value)
	}
	if c.Low != nil {
		value += fmt.Sprintf("  %.2f to %.2f", *c.Low, *c.High)
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
	if text := r.whole.Sentence(); text != "" {
		out = append(out, text)
	}
	if ranked > 1 && !seeds {
		out = append(out, "Another seed of the same generator may do better or worse. Several files of one, ctgan-1.csv and ctgan-2.csv, count as its seeds "+
			"and show by how much.")
	}
	return out
}
