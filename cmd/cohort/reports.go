package main

import (
	"io"
	"slices"
	"strings"
	"time"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/eval/report"
)

// outsideReport writes the page for those who get the table: rounded, and without what tells of few people.
func (m *making) outsideReport(out io.Writer) error {
	return report.HTML(out, report.Outside, m.described())
}

// fullReport writes the page for those who have the real table, with every number.
func (m *making) fullReport(out io.Writer) error {
	r := m.described()
	r.About.Made += fingerprint("the real table", m.data.SHA256)
	return report.HTML(out, report.Inside, r)
}

// described is the report with the names of the files.
func (m *making) described() *eval.Report {
	r := copyable(m.result.Report, m.try)
	r.About.Table, r.About.Made = m.name+"_SYNTHETIC"+m.ext, madeToday()
	if m.file != "-" {
		r.About.Real = m.file
	}
	return r
}

// madeToday says when a report is made, and with what.
func madeToday() string { return time.Now().Format("2 January 2006") + ", Cohort " + cohort.Version }

// fingerprint tells by the first digits of a file's SHA-256 which file was meant; "" where there is none.
func fingerprint(what, sum string) string {
	if len(sum) < 16 {
		return ""
	}
	return "; SHA-256 of " + what + " " + sum[:16]
}

// copyable is a report whose remedies are the whole commands that try makes of them, to be copied from a page.
func copyable(r *eval.Report, try func(option string) string) *eval.Report {
	shown := *r
	shown.Checks, shown.Reasons = slices.Clone(r.Checks), slices.Clone(r.Reasons)
	whole := func(remedy *string) {
		if strings.HasPrefix(*remedy, "-") {
			*remedy = try(*remedy)
		}
	}
	for i := range shown.Checks {
		whole(&shown.Checks[i].Remedy)
	}
	for i := range shown.Reasons {
		whole(&shown.Reasons[i].Remedy)
	}
	return &shown
}
