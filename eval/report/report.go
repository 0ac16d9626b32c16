package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"path/filepath"
	"sync"

	"example.org/cohort/eval"
)

// An Audience is who may read a report.
type Audience uint8

// The audiences.
const (
	Outside Audience = iota // counts rounded to 5, small cells and extremes suppressed
	Inside                  // everything: as confidential as the real table
)

// mostBytes is what a page has at most.
const mostBytes = 400_000

// A fit says how much of the reports is on the page.
type fit struct {
	figures  int  // columns that are drawn, of all reports together; 0: no pairs either
	rows     int  // of the tables of columns, pairs and numbers, of one report
	json     bool // the reports themselves
	chapters bool // what is about a single report, where there are several
}

const all = 1 << 30

// fits are tried in this order, until the page is small enough.
var fits = []fit{
	{all, all, true, true}, {100, all, true, true}, {60, all, true, true}, {40, all, false, true}, {40, 60, false, true},
	{20, 20, false, true}, {0, 8, false, true}, {0, 0, false, false},
}

//go:embed report.html
var pageText string

//go:embed style.css
var styleText string

// Parsing takes 9 ms, which most runs of a program that links this package do not need.
var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })

// HTML writes one self-contained page of at most 400 KB; several reports on the same real table become a ranking (eval.Rank).
// What a report is called is its About.Table, and About.Made is shown as it stands; package eval knows neither. The reports are
// only read. Without a report it panics; errors are those of w.
func HTML(w io.Writer, to Audience, reports ...*eval.Report) error {
	if len(reports) == 0 {
		panic("report: HTML: there is no report")
	}
	exact := reports
	if to == Outside {
		rounded := make([]*eval.Report, len(reports))
		for i, r := range reports {
			rounded[i] = forOutsiders(r)
		}
		reports = rounded
	}
	var b bytes.Buffer
	for i, f := range fits {
		b.Reset()
		if err := pageTemplate().Execute(&b, newPage(to, f, exact, reports)); err != nil {
			panic("report: " + err.Error()) // a Buffer takes everything, and the template is ours
		}
		if b.Len() <= mostBytes || i == len(fits)-1 {
			break
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// forOutsiders is a report as those may read it who get the table. They can't make it anew, so that no option to do so is in
// it, and a folder may tell whose computer it was.
func forOutsiders(r *eval.Report) *eval.Report {
	out := r.Outside()
	for i := range out.Checks {
		out.Checks[i].Remedy = ""
	}
	for _, path := range []*string{&out.About.Table, &out.About.Real, &out.About.Holdout} {
		if *path != "" {
			*path = filepath.Base(*path)
		}
	}
	return out
}
