package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// suiteRows bounds the rows of each table where a peer's metric holds rows against all rows of another.
const suiteRows = 10_000

// peerSuites are those of others.
func peerSuites() []peerSuite {
	return []peerSuite{paperSuite(), synthcitySuite(Synthcity210), synthcitySuite(Synthcity212), sdmetricsSuite(), mostlyaiSuite()}
}

// byPeer gives the numbers of a peer's suite. They lead to no verdict: by these definitions nobody can tell whether a table may be
// released.
func (v *view) byPeer(ctx context.Context, p *peerSuite) (*Report, error) {
	metrics, err := p.run(v, ctx, func(name string) bool { return askedBy(v.opt.Only, name) })
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return &Report{Version: version, Metrics: keepOnly(metrics, v.opt.Only), Notes: v.notes, About: v.about()}, nil
}

// tell reports progress, if anybody listens.
func (v *view) tell(done, total int64) {
	if v.opt.Progress != nil {
		v.opt.Progress("check", done, total)
	}
}

// What rows are drawn for.
const (
	forAll     = "for all numbers of this suite"
	forNearest = "where rows are held against all others"
)

// drawnRows gives at most suiteRows rows of a table, drawn at random, and says so. role names the table; which is its number.
func (v *view) drawnRows(s *side, role string, which uint64, what string) *side {
	if s == nil || s.rows <= suiteRows {
		return s
	}
	v.notes = append(v.notes, fmt.Sprintf("Of the %s rows of %s, %s drawn at random are taken %s.",
		grouped(s.rows), role, grouped(suiteRows), what))
	few := s.only(some(v.opt.Seed, rng.EvalSuite, which, s.rows, suiteRows))
	few.table = s.table
	return few
}

// suiteTable gives the columns that a table has, as suite.Of does, but for a fake that is read by the schema of the real table. All
// tables share codes.
func (v *view) suiteTable(s *side) *suite.Table {
	if s == nil {
		return nil
	}
	t := &suite.Table{Rows: s.rows}
	for i := range v.columns {
		if s.absent[i] {
			continue
		}
		c := &v.columns[i]
		out := suite.Column{Name: c.name, Kind: suiteKind(c.schema.Kind), Type: "object"}
		if c.number {
			out.Numbers = numbersOf(&s.cells[i])
			switch {
			case c.schema.Kind == table.Date:
				out.Type = "datetime64"
			case v.wholeIn(s, i):
				out.Type = "int64"
			default:
				out.Type = "float64"
			}
		} else {
			out.Labels = c.label[1:]
			for _, code := range s.cells[i].code {
				out.Codes = append(out.Codes, code-1)
			}
		}
		t.Columns = append(t.Columns, out)
	}
	return t
}

// numbersOf gives the numbers of a column, NaN for marks, gaps and what is not finite, which no peer's program gets through.
func numbersOf(c *cells) []float64 {
	out := make([]float64, len(c.code))
	for r, code := range c.code {
		out[r] = math.NaN()
		if code == isNumber && !math.IsInf(c.num[r], 0) {
			out[r] = c.num[r]
		}
	}
	return out
}

// wholeIn tells whether pandas would read column i of a table as int64: whole numbers without a gap, and without a decimal mark as they
// stand in the file, whatever the real table has.
func (v *view) wholeIn(s *side, i int) bool {
	for r, code := range s.cells[i].code {
		if x := s.cells[i].num[r]; code != isNumber || x != math.Trunc(x) || math.IsInf(x, 0) {
			return false
		}
	}
	own := findColumn(s.table.Schema(), v.columns[i].name)
	if own < 0 {
		return true
	}
	for r := range s.table.Rows() {
		if text, _ := s.table.Cell(r, own); strings.ContainsAny(text, ".,eE") {
			return false
		}
	}
	return true
}

func suiteKind(k table.Kind) suite.Kind {
	switch k {
	case table.Whole, table.Decimal:
		return suite.Number
	case table.Date:
		return suite.Date
	case table.Category, table.Ordered:
		return suite.Category
	case table.ID:
		return suite.Key
	}
	return suite.Text
}

// dateText writes seconds since 1970 as the real table writes them.
func (c *column) dateText(seconds float64) string {
	whole := math.Floor(seconds)
	return time.Unix(int64(whole), int64((seconds-whole)*1e9)).UTC().Format(cmp.Or(c.schema.Layout, "2006-01-02"))
}

// peerMetric makes a metric of a peer's result. Peers have no intervals.
func peerMetric(r suite.Result, best float64, better int) Metric {
	m := notMade(r.Name, best, better, r.Reason)
	m.Columns, m.Value = r.Columns, r.Value
	if r.Reason == "" {
		m.Status = OK
	}
	return m
}

// setReal puts beside each metric the same number of real people.
func setReal(metrics []Metric, real []Metric) {
	for i := range metrics {
		m := &metrics[i]
		at := slices.IndexFunc(real, func(r Metric) bool { return r.Name == m.Name && slices.Equal(r.Columns, m.Columns) })
		if at >= 0 && real[at].Status == OK {
			m.Real = real[at].Value
		}
	}
}
