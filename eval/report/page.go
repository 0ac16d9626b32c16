package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// A page is what the template writes.
type page struct {
	Title, Lead, Style string
	CSS                template.CSS
	Outside            bool
	Contents           []link
	Ranking            *rankingView // nil of one report
	Chapters           []*chapter
	Single             bool
	Left               string // what was left out for room
	Limits             []string
	Glossary           []term
	Definitions        []term
	JSON               []embedded
	Made, Version      string

	tables []string // what the reports are called
}

type link struct{ ID, Text string }

type term struct{ Name, Text string }

type embedded struct {
	Title string
	Text  template.HTML
}

// A chapter is about one report.
type chapter struct {
	Prefix  string // of its ids
	H, Sub  int    // levels of its headings
	Title   string // "" of a single one
	Verdict verdictView
	Facts   []fact
	Glance  *dots // nil where there is nothing to draw
	Checks  []group
	Columns columnsView
	Pairs   pairsView
	Useful  metricTable
	Exam    string          // how what the rows teach was measured; "" where it was not
	Taught  *downstreamView // nil where no downstream model was asked for
	Private []privateView
	Metrics metricTable // of no column
	Single  metricTable // of columns
	More    int         // of these, that are left out
	Reasons []reasonRow
}

type fact struct{ Name, Text string }

type verdictView struct{ Name, Sign, Meaning, Summary, Notes string }

// newPage gathers what is on the page of reports; exact are the same before they were rounded for outsiders.
func newPage(to Audience, f fit, exact, reports []*eval.Report) *page {
	p := &page{CSS: template.CSS(styleText), Outside: to == Outside, Single: len(reports) == 1, Limits: limits(to, reports), Glossary: glossary, tables: tableNames(exact)}
	first := reports[0]
	p.Made, p.Version = clean(first.About.Made), clean(first.Version)
	p.Lead = "As confidential as the real table: for those who have it."
	if p.Outside {
		p.Lead = "For those who get the table: counts are rounded to 5, and what only few people have is left out."
	}
	if p.Single {
		p.Title = "Report on " + p.tables[0]
	} else {
		p.Title = fmt.Sprintf("Comparison of %d synthetic tables", len(reports))
		p.Ranking = newRankingView(to, exact, reports, p.tables, f)
		p.Ranking.Facts = slices.DeleteFunc(facts(to, first), func(f fact) bool { return f.Name == "Synthetic table" })
	}
	for i, r := range reports {
		if p.Single || f.chapters {
			p.Chapters = append(p.Chapters, newChapter(to, f, r, p.tables[i], i, len(reports)))
		}
		if f.json {
			p.JSON = append(p.JSON, embedded{p.tables[i], jsonText(to, r)})
		}
	}
	p.Definitions = definitions(reports)
	p.Left = leftOut(f, p)
	p.Contents = p.contents()
	return p
}

// mostOfEach is how many columns and pairs of each of several tables are drawn and listed: those that lose most.
const mostOfEach = 12

func newChapter(to Audience, f fit, r *eval.Report, name string, i, n int) *chapter {
	c, dots := &chapter{H: 2, Sub: 3}, mostDots
	if n > 1 {
		c.Prefix, c.H, c.Sub = fmt.Sprintf("t%d-", i+1), 3, 4
		c.Title = name
		f.figures, f.rows, dots = min(f.figures/n, mostOfEach), min(f.rows, mostOfEach), mostOfEach
	}
	c.Verdict = newVerdict(r)
	c.Facts = facts(to, r)
	c.Glance = glance(r, c.Prefix+"glance")
	c.Checks = groups(r)
	c.Columns = newColumns(r, c.Prefix, f.figures, f.rows)
	c.Pairs = newPairs(r, c.Prefix, f.rows, f.figures > 0)
	c.Useful, c.Taught = usefulRows(r), newDownstream(to, r.Metrics)
	c.Exam = exam(r)
	c.Private = privateViews(r, c.Prefix, dots)
	whole, single := apart(r.Metrics)
	c.Metrics, c.Single = metricRows(whole), metricRows(single)
	if c.More = len(single) - f.rows; c.More > 0 {
		c.Single.Rows = c.Single.Rows[:f.rows]
	}
	c.Reasons = reasonRows(r)
	return c
}

// tableNames are what the reports are called: by their files, with the folders where two would be alike.
func tableNames(reports []*eval.Report) []string {
	names, alike := make([]string, len(reports)), map[string]int{}
	for i, r := range reports {
		switch names[i] = fileName(r.About.Table); {
		case names[i] != "":
			alike[names[i]]++
		case len(reports) == 1:
			names[i] = "a synthetic table"
		default:
			names[i] = fmt.Sprintf("table %d", i+1)
		}
	}
	for i, r := range reports {
		if folder := filepath.Base(filepath.Dir(r.About.Table)); alike[names[i]] > 1 && folder != "." {
			names[i] = named(folder) + "/" + names[i]
		}
	}
	return names
}

// jsonText is a report as WriteJSON has it, without the blanks, as text of an element.
func jsonText(to Audience, r *eval.Report) template.HTML {
	if to == Outside && r.About.Generator != "" { // the whole path is needed for the ranking
		named := *r
		named.About.Generator = filepath.Base(r.About.Generator)
		r = &named
	}
	var b, small bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		panic("report: " + err.Error()) // a Buffer takes everything
	}
	if err := json.Compact(&small, b.Bytes()); err != nil {
		panic("report: " + err.Error())
	}
	var out strings.Builder
	for _, c := range small.String() {
		switch {
		case c == '<' || c == '>' || c == '&' || turns(c) && c < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, c) // stands in strings only, where JSON knows it
		default:
			out.WriteRune(c)
		}
	}
	return template.HTML(out.String())
}

// leftOut says what is not on the page for want of room.
func leftOut(f fit, p *page) string {
	var left []string
	for _, c := range p.Chapters {
		if c.Columns.Undrawn > 0 {
			left = append(left, "drawings of columns")
			break
		}
	}
	for _, c := range p.Chapters {
		if c.More > 0 {
			left = append(left, "some of the numbers")
			break
		}
	}
	if !f.json {
		left = append(left, "the report in JSON")
	}
	if !p.Single && !f.chapters {
		left = append(left, "what is about single tables")
	}
	if len(left) == 0 {
		return ""
	}
	return "So that this page stays small enough for a mail, it lacks " + strings.Join(left, ", ") +
		". All numbers are in what \"cohort check --json\" and \"--csv\" write."
}

// contents lists the parts of the page.
func (p *page) contents() []link {
	var out []link
	if p.Single {
		out = []link{{"verdict", "Verdict"}, {"checks", "Checks"}, {"columns", "Columns"}, {"pairs", "Pairs of columns"},
			{"useful", "Usefulness"}, {"private", "Privacy"}}
	} else {
		out = append(out, link{"ranking", "Ranking"}, link{"side", "Side by side"})
		for _, c := range p.Chapters {
			out = append(out, link{c.Prefix + "report", c.Title})
		}
	}
	return append(out, link{"limits", "What this does not show"}, link{"glossary", "Words"}, link{"appendix", "For researchers"})
}
