package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// reals looks in the result for ids, names and texts of real people, and for whom rows are about: in the same column, each
// cell by itself. It needs nobody set aside.
func (v *view) reals(context.Context) (*finding, []Metric, error) {
	var metrics []Metric
	var lacks, found []string
	hit := make([]bool, v.result.persons)
	looked := 0
	for col := range v.columns {
		c := &v.columns[col]
		if !c.tellsPeople(v.person) || c.filled && !filledIn(v.result, c.name) {
			continue // what only the trial had to fill has values that a table of everybody may have
		}
		m := Metric{Name: "private.real", Columns: []string{c.name}, Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Better: -1}
		if v.result.absent[col] {
			if v.renamed(c, hit) {
				found = append(found, c.name)
			}
			lacks = append(lacks, c.name)
			m = notMade(m.Name, 0, -1, "the synthetic table has no such column")
			m.Columns = []string{c.name}
			metrics = append(metrics, m)
			continue
		}
		looked++
		real := make(map[key]bool)
		for r, code := range v.all.cells[col].code {
			if code != none {
				real[v.all.cells[col].key(r)] = true
			}
		}
		for r, code := range v.result.cells[col].code {
			if code != none && real[v.result.cells[col].key(r)] {
				m.Value++
				hit[v.result.person[r]] = true
			}
		}
		if m.Value > 0 {
			found = append(found, c.name)
		}
		metrics = append(metrics, m)
	}
	if len(metrics) == 0 {
		return nil, []Metric{notMade("private.reals", 0, -1, "the real table has no ids, names or texts")}, nil
	}
	return v.judgeReals(hit, found, lacks, looked), metrics, nil
}

// renamed looks for the values of a column that the result lacks in the columns that the real table lacks. Where they are
// most of one of these it marks the persons of its rows.
func (v *view) renamed(c *column, hit []bool) bool {
	real := make(map[string]bool)
	for _, text := range c.label[1:c.known] {
		real[strings.ToLower(looseText(text))] = true
	}
	any := false
	s := v.result.table.Schema()
	for i := range s.Columns {
		if slices.ContainsFunc(v.columns, func(c column) bool { return c.name == s.Columns[i].Name }) {
			continue
		}
		code, label := texts(v.result.table, i)
		same := make([]bool, len(label))
		for j, text := range label {
			same[j] = real[strings.ToLower(looseText(text))]
		}
		if len(label) < fewestOwn || tallyOf(same).share() <= renamedShare {
			continue
		}
		any = true
		for r, k := range code {
			if k >= 0 && same[k] {
				hit[v.result.person[r]] = true
			}
		}
	}
	return any
}

// tells tells whether the values of a column are ids, names or texts.
func (c *column) tells() bool {
	return c.schema.Kind == table.ID || c.schema.Kind == table.Text || c.own || c.schema.Treat == table.Invent
}

// tellsPeople tells whether a column is one whose values must not come back: ids, texts, the person, and what is invented.
func (c *column) tellsPeople(person string) bool { return c.tells() || c.name == person || c.filled }

// filledIn tells whether the maker of a table says that it filled a column.
func filledIn(s *side, name string) bool {
	col := findColumn(s.table.Schema(), name)
	if col < 0 {
		return false
	}
	treat := s.table.Schema().Columns[col].Treat
	return treat == table.Invent || treat == table.Blank
}

func (v *view) judgeReals(hit []bool, found, lacks []string, looked int) *finding {
	n := 0
	for _, h := range hit {
		if h {
			n++
		}
	}
	f := &finding{Check: Check{Group: "Private", Name: "real ids, names", Shown: grouped(n), Beside: "must be 0"}, private: true}
	f.Sentence = "No id, name or text of a real person is in the table."
	if len(lacks) > 0 {
		f.Sentence += " It has no column " + quoted(lacks) + "."
	}
	if looked == 0 && n == 0 {
		f.Shown, f.Beside = "none there", "the columns are left out"
		f.Sentence = "The table has no column " + quoted(lacks) + ", so no real id, name or text can be in it."
	}
	if n > 0 {
		f.Status = Stop
		f.Sentence = fmt.Sprintf("%s a value of a real person in %s.", count(n, "synthetic person has", "synthetic people have"), quoted(found))
		f.Remedy = "--text " + argument(found[0])
	}
	f.Metrics = []Metric{{Name: "private.reals", Value: float64(n), Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Better: -1}}
	return f
}
