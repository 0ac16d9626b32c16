package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/eval/suite"
	"example.org/cohort/eval/synthcity"
	"example.org/cohort/table"
)

// synthcityInputs are what the peer is given: the table that is judged, and, where people are set aside, the people learned in its place,
// for the numbers of real people.
func (v *view) synthcityInputs(version synthcity.Version) (fake synthcity.Input, real *synthcity.Input) {
	all := v.drawnRows(v.all, "the real table", 0, forAll)
	result := v.drawnRows(v.result, "the synthetic table", 1, forAll)
	v.lastColumn()
	v.tellColumns()
	columns := v.peerColumns()
	learned := v.synthcityTable(version, all, columns)
	fake = synthcity.Input{Version: version, Real: learned, Synthetic: v.synthcityTable(version, result, columns), Target: v.opt.Target}
	if v.held == nil {
		v.notes = append(v.notes, "Nobody was set aside, so the real rows are those that the generator learned: rows that copy them get the best numbers. "+
			"The suite's authors take people whom it never saw.")
		return fake, nil
	}
	fake.Real, fake.Train = v.synthcityTable(version, v.drawnRows(v.held, "the people set aside", 2, forAll), columns), &learned
	other := fake
	other.Synthetic = learned
	return fake, &other
}

// lastColumn is the target that the peer takes where none is named.
func (v *view) lastColumn() {
	cols := v.peerColumns()
	if v.opt.Target != "" || len(cols) == 0 {
		return
	}
	v.opt.Target = v.columns[cols[len(cols)-1]].name
	v.notes = append(v.notes, fmt.Sprintf("No target was named, and this suite then predicts the last column, %q.", v.opt.Target))
}

// peerColumns are those that a peer's program is given: no ids and texts, but for those that are numbers in its eyes.
func (v *view) peerColumns() []int {
	var cols []int
	for i := range v.columns {
		if c := &v.columns[i]; v.everywhere(i) && (!c.idOrText() || c.digits()) {
			cols = append(cols, i)
		}
	}
	return cols
}

// everywhere tells whether all tables have a column.
func (v *view) everywhere(i int) bool {
	return !v.result.absent[i] && (v.held == nil || !v.held.absent[i])
}

func (c *column) idOrText() bool { return c.schema.Kind == table.ID || c.schema.Kind == table.Text }

// digits tells whether every text of a column, in all tables, is a number, so that pandas reads the column as numbers.
func (c *column) digits() bool { return len(c.label) > 1 && numbersIn(c.label[1:]) != nil }

// numbersIn reads texts as pandas does; nil where one of them is no number.
func numbersIn(texts []string) []float64 {
	return synthcity.FromText(synthcity.V0212, "", texts).Numbers
}

// tellColumns notes which ids count as numbers, and which columns the suite is not given, with the options that change it.
func (v *view) tellColumns() {
	var numbers, left, drop, give []string
	for i := range v.columns {
		c := &v.columns[i]
		switch {
		case !v.everywhere(i) || !c.idOrText():
		case c.digits():
			numbers, drop = append(numbers, strconv.Quote(c.name)), append(drop, "--drop "+argument(c.name))
		default:
			left, give = append(left, strconv.Quote(c.name)), append(give, "--category "+argument(c.name))
		}
	}
	if len(numbers) > 0 {
		v.notes = append(v.notes, fmt.Sprintf("The ids in %s are numbers to this suite, as they are to its authors. Without them: %s.",
			strings.Join(numbers, ", "), strings.Join(drop, " ")))
	}
	if len(left) > 0 {
		v.notes = append(v.notes, fmt.Sprintf("Left out, as ids or texts that are no numbers: %s. The suite's authors have every column; to give it to the suite: %s.",
			strings.Join(left, ", "), strings.Join(give, " ")))
	}
}

// synthcityTable gives columns as pandas reads them from a file. Values that look like numbers are numbers, of whatever kind they are here.
func (v *view) synthcityTable(version synthcity.Version, s *side, columns []int) synthcity.Table {
	var t synthcity.Table
	for _, i := range columns {
		c := &v.columns[i]
		if c.number && c.schema.Kind != table.Date {
			t.Columns = append(t.Columns, synthcity.Column{Name: c.name, Numbers: numbersOf(&s.cells[i]), Whole: v.wholeIn(s, i)})
			continue
		}
		words := make([]string, s.rows)
		for r, code := range s.cells[i].code {
			if code == isNumber {
				words[r] = c.dateText(s.cells[i].num[r])
			} else {
				words[r] = c.label[code]
			}
		}
		t.Columns = append(t.Columns, synthcity.FromText(version, c.name, words))
	}
	return t
}

// synthcitySuite is that of a version: its metrics have the peer's own keys.
func synthcitySuite(name string) peerSuite {
	version := synthcity.Version(strings.TrimPrefix(name, "synthcity-"))
	run := func(v *view, ctx context.Context, wanted func(string) bool) ([]Metric, error) {
		in, real := v.synthcityInputs(version)
		passes := int64(1)
		if real != nil {
			passes = 2
		}
		opt := synthcity.Options{Only: slices.DeleteFunc(synthcity.Keys(), func(key string) bool { return !wanted(key) })}
		opt.Progress = func(_ string, done, total int64) { v.tell(done, total*passes) }
		results, _, err := synthcity.Suite(ctx, in, opt)
		if err != nil {
			return nil, peerError(ctx, err)
		}
		metrics := synthcityMetrics(results)
		// People who were learned add nothing to themselves.
		opt.Only = slices.DeleteFunc(opt.Only, func(key string) bool { return strings.Contains(key, "_augmentation.") })
		if real != nil && len(opt.Only) > 0 {
			opt.Progress = func(_ string, done, total int64) { v.tell(total+done, total*passes) }
			if results, _, err = synthcity.Suite(ctx, *real, opt); err != nil {
				return nil, peerError(ctx, err)
			}
			setReal(metrics, synthcityMetrics(results))
		}
		return metrics, nil
	}
	return peerSuite{name: name, whose: "the metrics of synthcity " + string(version) + ", its faults included", main: "detection.detection_xgb.mean",
		names: synthcity.Keys(), run: run}
}

// peerError is the error of a program that can't read the tables. The context's stays as it is.
func peerError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &table.Error{Code: "not-for-suite", Reason: "the suite can't take these tables: " + strings.TrimPrefix(err.Error(), "synthcity: "), Err: err}
}

// unbounded are scores without a greatest value.
var unbounded = []string{"privacy.k-anonymization.", "privacy.k-map.", "privacy.distinct l-diversity.", "stats.prdc.density", "privacy.delta-presence."}

// halfway are scores of which people whom the generator never saw get about one half, whatever direction the peer gives them: a detector that
// guesses, and rows as far from the real ones as these are from each other.
var halfway = []string{"detection.", "stats.alpha_precision.authenticity"}

// ideal is the best value of a peer's score.
func ideal(r synthcity.Result) float64 {
	begins := func(o string) bool { return strings.HasPrefix(r.Key, o) }
	switch {
	case slices.ContainsFunc(unbounded, begins):
		return math.Inf(1)
	case slices.ContainsFunc(halfway, begins):
		return .5
	case r.Better > 0:
		return 1
	}
	return 0
}

func synthcityMetrics(results []synthcity.Result) []Metric {
	var metrics []Metric
	for _, r := range results {
		m := peerMetric(suite.OK(r.Key, r.Value), ideal(r), r.Better)
		switch {
		case r.Err != nil:
			m.Status, m.Reason = Failed, strings.TrimPrefix(r.Err.Error(), "synthcity: "+r.Key+": ")
			for _, lead := range []string{"synthcity: sinkhorn: ", "synthcity: gmm: "} { // whose name says it
				m.Reason = strings.TrimPrefix(m.Reason, lead)
			}
			for _, lead := range []string{"not applicable: ", "not ported: "} {
				if rest, ok := strings.CutPrefix(m.Reason, lead); ok {
					m.Status, m.Reason = NotApplicable, rest
				}
			}
		case r.Note != "":
			// The peer shows the number all the same.
			m.Status, m.Reason = Failed, r.Note
		}
		metrics = append(metrics, m)
	}
	return metrics
}
