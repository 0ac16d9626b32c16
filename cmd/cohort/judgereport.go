package main

import (
	"io"

	"example.org/cohort/eval"
	"example.org/cohort/eval/report"
)

// judgeOutput is a file that check writes.
type judgeOutput struct {
	option, path, role, about string
	write                     func(io.Writer) error
}

// outputs are the files that were asked for.
func (j *judging) outputs() []judgeOutput {
	page := func(to report.Audience) func(io.Writer) error {
		return func(w io.Writer) error {
			var reports []*eval.Report
			for _, f := range j.fakes {
				reports = append(reports, copyable(f.whole(), j.try))
			}
			return report.HTML(w, to, reports...)
		}
	}
	var out []judgeOutput
	for _, o := range []judgeOutput{
		{"--csv", j.o.csv, "keep", "every number", j.metrics},
		{"--latex", j.o.latex, "keep", "a table for LaTeX", j.latex},
		{"--report", j.o.report, "report", "the report, as confidential as the real table", page(report.Inside)},
		{"--outside", j.o.outside, "outside-report", "the report for those who get the table", page(report.Outside)},
	} {
		if o.path != "" {
			out = append(out, o)
		}
	}
	return out
}

// describe says in the reports what the files are called, and which of them are seeds of one generator.
func (j *judging) describe() {
	all := contenders(j.fakes)
	for _, f := range j.fakes {
		a := &f.report.About
		a.Table, a.Generator, a.Real, a.Holdout, a.Made = f.file, generatorOf(all, f.file), j.o.files[0], j.o.holdout, madeToday()
		if sum, err := fileHash(f.file); err == nil {
			a.Made += fingerprint("the table", sum)
		}
	}
}
