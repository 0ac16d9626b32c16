package report

import (
	"cmp"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// A group is the checks of one kind.
type group struct {
	Name, Asks string
	Checks     []checkView
}

// A checkView is one line of the verdict.
type checkView struct {
	Name, Sign, Word, Shown, Beside, Sentence, Remedy string
}

// asks says what a group of checks is for.
var asks = map[string]string{
	"Looks alike": "Are its columns, and pairs of them, like those of real people?",
	"Useful":      "Does it teach what real rows teach?",
	"Private":     "Does it give away anything about the people it was made from?",
	"Rules":       "Could every row be real?",
}

// sign is the name of the mark of a status, and word what stands beside it.
func sign(s eval.Status) (mark, word string) {
	switch s {
	case eval.OK:
		return "ok", "ok"
	case eval.Look:
		return "look", "look"
	case eval.Stop:
		return "stop", "stop"
	case eval.Failed:
		return "open", "failed"
	}
	return "open", "can’t tell"
}

func newVerdict(r *eval.Report) verdictView {
	v := verdictView{Name: r.Verdict.String(), Summary: r.Summary(), Notes: clean(strings.Join(r.Notes, " "))}
	switch r.Verdict {
	case eval.Pass:
		v.Sign, v.Meaning = "ok", "No check found a problem. This is not yet a permission: a person reads the checks and the limits, and decides."
	case eval.DoNotRelease:
		v.Sign, v.Meaning = "stop", "A check has failed that must not fail. The table is not to be handed over as it is."
	case eval.LookCloser:
		v.Sign, v.Meaning = "look", "At least one check needs a person’s eye, or could not tell. Read these before you decide."
	default:
		v.Sign = "open"
	}
	return v
}

// groups gives the checks in the order of the screen.
func groups(r *eval.Report) []group {
	var out []group
	for i := range r.Checks {
		c := &r.Checks[i]
		if len(out) == 0 || out[len(out)-1].Name != clean(c.Group) {
			out = append(out, group{Name: clean(c.Group), Asks: asks[c.Group]})
		}
		mark, word := sign(c.Status)
		g := &out[len(out)-1]
		g.Checks = append(g.Checks, checkView{
			Name: named(c.Name), Sign: mark, Word: word, Shown: clean(c.Shown), Beside: clean(c.Beside), Sentence: clean(c.Sentence), Remedy: clean(c.Remedy),
		})
	}
	return out
}

// statusWords say why there is no number.
var statusWords = map[eval.Status]string{eval.TooFew: "too few people or rows", eval.NotApplicable: "does not apply", eval.Failed: "failed"}

// A metricRow is one number of the appendix.
type metricRow struct {
	Name, Columns, Value, Interval, Real, Best, Status, Reason string
}

// A metricTable is a list of numbers.
type metricTable struct {
	Rows               []metricRow
	Columns, Intervals bool // some row has them
	Width              int
}

func metricRows(metrics []eval.Metric) metricTable {
	rows := make([]metricRow, len(metrics))
	t := metricTable{Rows: rows, Width: 4}
	for i := range metrics {
		m := &metrics[i]
		d := digits(m)
		var columns []string
		for _, c := range m.Columns {
			columns = append(columns, named(c))
		}
		rows[i] = metricRow{Name: clean(m.Name), Columns: strings.Join(columns, " + "), Value: number(m.Value, d), Interval: interval(m),
			Real: number(m.Real, d), Best: number(m.Best, 2), Reason: clean(m.Reason)}
		if m.Status != eval.OK {
			rows[i].Status = statusWords[m.Status]
		}
		t.Columns = t.Columns || len(columns) > 0
		t.Intervals = t.Intervals || rows[i].Interval != "–"
	}
	for _, has := range []bool{t.Columns, t.Intervals} {
		if has {
			t.Width++
		}
	}
	return t
}

// apart parts the metrics of the whole table, in the order of the definitions, from those of columns.
func apart(metrics []eval.Metric) (whole, single []eval.Metric) {
	for _, m := range metrics {
		if len(m.Columns) == 0 {
			whole = append(whole, m)
		} else {
			single = append(single, m)
		}
	}
	slices.SortStableFunc(whole, func(a, b eval.Metric) int { return cmp.Compare(defined(a.Name), defined(b.Name)) })
	return whole, single
}

// A reasonRow is one thing by which rows are told apart.
type reasonRow struct{ Sentence, Real, Fake, Cause, Remedy string }

func reasonRows(r *eval.Report) []reasonRow {
	var rows []reasonRow
	share := func(c eval.Count) string { return percent(float64(c.Rows) / float64(max(c.Of, 1))) }
	for _, x := range r.Reasons {
		rows = append(rows, reasonRow{clean(x.Sentence), share(x.Real), share(x.Fake), clean(x.Cause), clean(x.Remedy)})
	}
	return rows
}

// usefulRows are the numbers of what the rows teach; those of downstream models have a table of their own.
func usefulRows(r *eval.Report) metricTable {
	var list []eval.Metric
	for _, m := range r.Metrics {
		family, _, _ := strings.Cut(m.Name, ".")
		if family == "useful" || family == "regress" || family == "sdis" {
			list = append(list, m)
		}
	}
	return metricRows(list)
}

// A privateView is what is said about one check of privacy.
type privateView struct {
	checkView
	Means string
	Draw  *dots // of its numbers by column; nil where there are no two
}

func privateViews(r *eval.Report, prefix string, most int) []privateView {
	var out []privateView
	for _, g := range groups(r) {
		if g.Name != "Private" {
			continue
		}
		for _, c := range g.Checks {
			out = append(out, privateView{checkView: c, Means: meaning(c.Name)})
		}
	}
	n := 0
	for i := range r.Checks {
		if r.Checks[i].Group == "Private" && n < len(out) {
			out[n].Draw = columnDots(&r.Checks[i], prefix+"private-"+string(rune('a'+n)), most)
			n++
		}
	}
	return out
}

// meaning explains a check of privacy.
func meaning(name string) string {
	for prefix, text := range meanings {
		if strings.HasPrefix(name, prefix) {
			return text
		}
	}
	return ""
}
