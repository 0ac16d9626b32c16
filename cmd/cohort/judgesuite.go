package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/eval/report"
	"example.org/cohort/table"
)

func setSuite(o *options, v string) error {
	if names := eval.Suites(); !slices.Contains(names, v) {
		p := usage("no-such-suite", "there is no suite "+strconv.Quote(v)+".", "--suite "+names[0])
		if near := nearest(v, names); near != "" {
			p.what += " Did you mean: " + near
			p.do = "--suite " + near
		} else {
			p.what += " The suites are " + strings.Join(names, ", ") + "."
		}
		return p
	}
	o.suite = v
	return nil
}

// setMetrics takes names of metrics, or what they begin with, with commas between.
func setMetrics(o *options, v string) error {
	for name := range strings.SplitSeq(v, ",") {
		if name = strings.TrimSpace(name); name == "" {
			return badValue("metrics", "names of metrics, or what they begin with, with commas between", "shape,useful.auc")
		}
		o.metrics = append(o.metrics, name)
	}
	return nil
}

func setWeights(o *options, v string) error {
	bad := badValue("sdis-weights", "three numbers from 0 up, not all 0, with commas between: of quality, usefulness and indistinguishability", "1,1,1")
	parts := strings.Split(v, ",")
	if len(parts) != len(o.weights) {
		return bad
	}
	for i, part := range parts {
		w, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(w >= 0) || math.IsInf(w, 0) {
			return bad
		}
		o.weights[i] = w
	}
	if sum := o.weights[0] + o.weights[1] + o.weights[2]; sum == 0 || math.IsInf(sum, 0) {
		return bad
	}
	return nil
}

// regress fits the regression of --regress on the real rows and on those of one file.
func (j *judging) regress(f *judged, opt eval.Options) error {
	if j.o.regress == "" {
		return nil
	}
	var err error
	f.regression, err = eval.Regress(j.ctx, j.o.regress, j.real, f.table, opt)
	var e *table.Error
	if errors.As(err, &e) && e.Code != "no-such-column" && e.Code != "other-columns" {
		p := fault(e.Code, "--regress: "+quotedColumn(e)+e.Reason+".", sentence(e.Fix))
		p.file, p.column, p.err = j.o.files[0], e.Column, err
		return p
	}
	return err
}

// quotedColumn names the column before a reason that does not begin with it.
func quotedColumn(e *table.Error) string {
	if e.Column == "" || strings.HasPrefix(e.Reason, e.Column) {
		return ""
	}
	return strconv.Quote(e.Column) + ": "
}

// metricProblem is the error of --metrics, with the whole line to copy.
func (j *judging) metricProblem(err error) error {
	var e *table.Error
	if !errors.As(err, &e) || e.Code != "no-such-metric" {
		return err
	}
	p := usage(e.Code, e.Reason+".", "cohort help check")
	if near, ok := suggested(e.Fix); ok {
		p.what += " Did you mean: " + near
		_, quoted, _ := strings.Cut(e.Reason, "no metric ")
		if bad, err := strconv.Unquote(quoted); err == nil {
			p.do = j.o.commandWith(bad, near)
		}
	} else if rest, ok := strings.CutPrefix(e.Fix, "its"); ok {
		p.what += " Its" + rest + "."
	}
	return p
}

// whole is the report of a file with the numbers of its regression.
func (f *judged) whole() *eval.Report {
	if f.regression == nil {
		return f.report
	}
	all := *f.report
	all.Metrics = slices.Concat(all.Metrics, f.regression.Metrics())
	for _, t := range f.regression.Terms {
		m := eval.Metric{Name: "regress.coefficient", Columns: []string{t.Name}, Value: t.Fake.Value, Low: t.Fake.Low, High: t.Fake.High,
			Real: t.Real.Value, Best: t.Real.Value}
		if math.IsNaN(m.Value) {
			m.Status, m.Reason = eval.NotApplicable, "the synthetic rows tell nothing about it"
		}
		all.Metrics = append(all.Metrics, m)
	}
	return &all
}

// latex writes the table of --latex: a line a metric, a column a file.
func (j *judging) latex(w io.Writer) error {
	var reports []*eval.Report
	var names []string
	for i := range j.fakes {
		r := *j.fakes[i].report
		if j.fakes[i].regression != nil { // a published table has no coefficients of real people
			r.Metrics = slices.Concat(r.Metrics, j.fakes[i].regression.Metrics())
		}
		reports = append(reports, &r)
		for _, m := range r.Metrics {
			if len(j.o.metrics) > 0 && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return report.LaTeX(w, names, reports...)
}

// noVerdict tells whether the reports are numbers alone: of a peer's suite, or of --metrics that no check belongs to.
func (j *judging) noVerdict() bool {
	return !slices.ContainsFunc(j.fakes, func(f judged) bool { return f.report.Verdict != 0 })
}

// sayNumbers prints the table of --metrics of a file, by what rows are told apart, and the regression.
func (j *judging) sayNumbers(f *judged) {
	if len(j.o.metrics) > 0 && f.report.Verdict != 0 {
		j.sayTable(f.report)
	}
	for i, reason := range f.report.Reasons {
		if i == 0 {
			j.a.say("\nWhat tells synthetic rows from real ones, the clearest first:")
		}
		text := reason.Sentence + "."
		if reason.Cause != "" {
			text += " " + reason.Cause
		}
		j.a.say("%s", wrap("  ", text, j.a.width))
		if reason.Remedy != "" { // unbroken, to be copied
			j.a.say("    Mended by:  %s", remedyText(reason.Remedy))
		}
	}
	if f.regression != nil {
		var b strings.Builder
		if err := f.regression.WriteText(&b); err != nil {
			panic("cohort: regression: " + err.Error())
		}
		j.a.say("\n%s", strings.TrimSuffix(b.String(), "\n"))
	}
}

// saySuite prints reports without a verdict, and a ranking of several files. What is true of all of them is said once.
func (j *judging) saySuite() {
	head, _, _ := strings.Cut(reportText(j.fakes[0].report), "\n\n")
	j.a.say("\n%s", head)
	if shared := j.sharedNotes(); len(j.fakes) == 1 {
		j.sayTable(j.fakes[0].report)
		for _, note := range shared {
			j.a.say("\n%s", wrap("", note, j.a.width))
		}
		j.sayNumbers(&j.fakes[0])
	} else {
		for i := range j.fakes {
			j.saySuiteFile(&j.fakes[i], shared)
		}
		for _, note := range shared {
			j.a.say("\n%s", wrap("", note, j.a.width))
		}
		j.saySuiteRanking()
		j.sayCombined()
	}
	if j.held == nil {
		j.a.say("\n%s", wrap("", "Without real people whom the generator never saw, numbers are missing here. To get some, set them aside before it learns, and let "+
			"it learn the rest:", j.a.width))
		j.a.say("  %s", j.a.text(j.splitCommand()))
	}
	j.sayWritten()
}

// sharedNotes are those that all reports have.
func (j *judging) sharedNotes() []string {
	return slices.DeleteFunc(slices.Clone(j.fakes[0].report.Notes), func(note string) bool {
		return slices.ContainsFunc(j.fakes, func(f judged) bool { return !slices.Contains(f.report.Notes, note) })
	})
}

// saySuiteFile prints the numbers of one of several files.
func (j *judging) saySuiteFile(f *judged, shared []string) {
	j.a.say("\n%s", oneLine(f.file))
	j.sayTable(f.report)
	for _, note := range f.report.Notes {
		if !slices.Contains(shared, note) {
			j.a.say("\n%s", wrap("", note, j.a.width))
		}
	}
	j.sayNumbers(f)
}

// sayTable prints all numbers of a report: those of downstream models in a table of their own.
func (j *judging) sayTable(r *eval.Report) {
	taught := downstreamText(r)
	if rest := withoutDownstream(r); len(rest.Metrics) > 0 || taught == "" {
		j.a.say("\n%s", tableText(rest))
	}
	if taught != "" {
		j.a.say("\n%s", taught)
	}
}

// tableText is the table of all metrics of a report.
func tableText(r *eval.Report) string {
	var b strings.Builder
	if err := r.WriteTable(&b); err != nil {
		panic("cohort: table: " + err.Error()) // a Builder takes everything
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// saySuiteRanking ranks the files by the suite's main number.
func (j *judging) saySuiteRanking() {
	r := newRanking(j.fakes)
	if r.By == "" {
		j.a.say("\n%s", wrap("RANKING    ", "none: no score could be had for all of them", j.a.width))
		return
	}
	better := "higher is better"
	if r.Better < 0 {
		better = "lower is better"
	}
	j.a.say("\n%s", wrap("RANKING    ", r.By+": "+better, j.a.width))
	names := r.shownNames()
	width := 20
	for _, name := range names {
		width = max(width, min(40, len([]rune(name))))
	}
	j.a.say("\n%s", strings.Repeat(" ", 5+width)+"    value  likely range of its seeds")
	for i, c := range r.Tables {
		line := fmt.Sprintf("%3d  %s", c.Rank, padded(names[i], width))
		if len([]rune(names[i])) > width {
			line = fmt.Sprintf("%3d  %s\n     %s", c.Rank, names[i], padded("", width))
		}
		line += fmt.Sprintf("%9.4f", *c.Value)
		if c.Low != nil {
			line += fmt.Sprintf("  %.4f to %.4f", *c.Low, *c.High)
		}
		j.a.say("%s", line)
	}
	for _, text := range r.sentences() {
		j.a.say("\n%s", wrap("", text, j.a.width))
	}
	if s := j.standing(); s != nil {
		j.a.say("\n%s", wrap("", fmt.Sprintf("%s has the highest SDIS at equal weights, and stays first at %d of %d weightings.", oneLine(s.Winner), s.Stays, s.Weightings), j.a.width))
	}
}

// standing is how far the winner of the suite "paper" hangs on the weights, nil for other suites and for less than two generators.
func (j *judging) standing() *eval.Standing {
	var reports []*eval.Report
	for _, f := range j.fakes {
		reports = append(reports, f.report)
	}
	s, err := eval.Stand(reports...)
	if err != nil || j.o.suite != eval.Paper {
		return nil
	}
	return &s
}
