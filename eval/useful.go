package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/rng"
)

// How much is taught. With a target there is one lesson; without, one a column, so each is smaller.
const (
	usefulRows, usefulTrees, usefulExam = 5_000, 60, 5_000
	turnCells, turnTrees, turnExam      = 20_000, 20, 1_500 // cells are rows times lessons
	turnFewest                          = 500               // rows
	usefulLeaf                          = 5                 // rows that a leaf has at least
	usefulParts                         = 4                 // of the real rows, to see how much the choice of rows matters
)

// useful checks whether rows of the trial teach what as many real rows teach: forests taught by either predict the target of
// people set aside. Without a target each column that real rows can predict has its turn, and the mean is judged.
func (v *view) useful(ctx context.Context) (*finding, []Metric, error) {
	f := &finding{Check: Check{Group: "Useful", Name: "prediction"}}
	if v.opt.Target != "" {
		f.Name = "predicts " + v.opt.Target
	}
	if why := v.cantTeach(); why != "" {
		m := Metric{Name: "useful.score", Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Best: 1, Better: 1,
			Status: NotApplicable, Reason: why}
		if v.opt.Level == "structure" {
			return nil, []Metric{m}, nil
		}
		f.Status, f.Shown, f.Sentence, f.Metrics = NotApplicable, "can't tell", strings.ToUpper(why[:1])+why[1:]+".", []Metric{m}
		return f, nil, nil
	}
	targets := v.learnedColumns()
	if v.opt.Target != "" {
		targets = v.named([]string{v.opt.Target}, nil)
	}
	e := v.newExam(ctx, len(targets))
	for _, t := range targets {
		if err := e.hold(t); err != nil {
			if errors.Is(err, ml.ErrStopped) {
				err = ctx.Err()
			}
			return nil, nil, err
		}
	}
	e.mark(f, targets)
	return f, nil, nil
}

// cantTeach says why there can be no lesson, or "".
func (v *view) cantTeach() string {
	switch {
	case v.opt.Level == "structure":
		return `at level "structure" relations between columns are not learned`
	case v.held == nil:
		return "it takes real people whom the generator never saw"
	case v.tooFew(fewestLikeness) != "":
		return v.tooFew(fewestLikeness)
	case v.opt.Target != "" && len(v.named([]string{v.opt.Target}, nil)) == 0:
		return "the target is a column that is not learned"
	}
	return ""
}

// An exam holds the lessons and adds up their scores.
type exam struct {
	v           *view
	forest      ml.Forest
	real, trial []int32 // rows that teach, as many of one as of the other
	held        []int32
	passed      []int    // targets that real rows can predict
	scores      []Metric // of each, in the units of the field
	ours, best  ml.Score // sums over the targets
	part        [usefulParts]float64
}

func (v *view) newExam(ctx context.Context, targets int) *exam {
	n, trees, held := usefulRows, usefulTrees, usefulExam
	if v.opt.Target == "" {
		n, trees, held = min(max(turnCells/max(targets, 1), turnFewest), usefulRows), turnTrees, turnExam
	}
	n = min(n, v.learned.rows, v.trial.rows)
	zero := func() ml.Score { return ml.Score{Rows: make([]float64, v.held.rows)} }
	return &exam{
		v:      v,
		forest: ml.Forest{Trees: trees, MinLeaf: usefulLeaf, Seed: v.opt.Seed, Stop: ctx.Done()},
		real:   some(v.opt.Seed, rng.EvalUseful, 0, v.learned.rows, n),
		trial:  some(v.opt.Seed, rng.EvalUseful, 1, v.trial.rows, n),
		held:   some(v.opt.Seed, rng.EvalUseful, 2, v.held.rows, held),
		ours:   zero(), best: zero(),
	}
}

// hold gives one lesson. It counts if real rows can predict the target, by their own out-of-bag score: the people set aside
// have no say in that, else the best of many scores would look better than it is.
func (e *exam) hold(target int) error {
	l := e.v.newLesson(target, e.real, e.held, e.forest)
	if l == nil {
		return nil
	}
	f, err := l.teach(e.v.learned, e.real)
	if f == nil || err != nil {
		return err
	}
	own, err := l.ownScore(f, e.v.learned, e.real)
	if err != nil || own.Value < usefulLeast || own.Value < normal95*own.SE(f.Person) {
		return err
	}
	best, _, err := l.examine(f)
	if err != nil {
		return err
	}
	if f, err = l.teach(e.v.trial, e.trial); err != nil {
		return err
	}
	ours, raw, err := l.examine(f)
	if err != nil {
		return err
	}
	for k := range e.part {
		n := len(e.real)
		if f, err = l.teach(e.v.learned, e.real[k*n/usefulParts:(k+1)*n/usefulParts]); err != nil {
			return err
		}
		s, _, err := l.examine(f)
		if err != nil {
			return err
		}
		e.part[k] += s.Value
	}
	e.passed = append(e.passed, target)
	e.scores = append(e.scores, l.metric(raw, best))
	for r := range ours.Rows {
		e.ours.Rows[r] += ours.Rows[r]
		e.best.Rows[r] += best.Rows[r]
	}
	e.ours.Value += ours.Value
	e.best.Value += best.Value
	return nil
}

// metric gives the scores of one lesson in the units of the field. Worse than guessing is shown as guessing.
func (l *lesson) metric(raw, best ml.Score) Metric {
	m := Metric{Name: "useful.r2", Columns: []string{l.v.columns[l.target].name}, Value: raw.Value, Real: best.Value, Best: 1, Better: 1}
	half := normal95 * raw.SE(l.v.held.person)
	m.Low, m.High = m.Value-half, min(m.Value+half, 1)
	least := 0.0
	if l.class != nil {
		least = 0.5
		for _, x := range []*float64{&m.Value, &m.Real, &m.Low, &m.High} {
			m.Name, *x = "useful.auc", (1+*x)/2
		}
	}
	m.Value, m.Low, m.High = max(m.Value, least), max(m.Low, least), max(m.High, least)
	return m
}

// mark decides and says how the exam went.
func (e *exam) mark(f *finding, targets []int) {
	k := float64(len(e.passed))
	f.Metrics = e.scores
	if k == 0 {
		f.Status, f.Shown, f.Sentence = NotApplicable, "can't tell", e.whyNone(targets)
		f.Metrics = []Metric{{Name: "useful.score", Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Best: 1, Better: 1,
			Status: NotApplicable, Reason: f.Sentence}}
		return
	}
	short := ml.Score{Value: e.ours.Value - usefulShare*e.best.Value, Rows: make([]float64, len(e.ours.Rows))}
	for r := range short.Rows {
		short.Rows[r] = e.ours.Rows[r] - usefulShare*e.best.Rows[r]
	}
	// The interval has two parts: other people set aside, and other rows that teach. A forest taught by a part of the rows
	// shows how much the latter matters; the variance of all falls with their number.
	exam := short.SE(e.v.held.person)
	teach := (1 + usefulShare*usefulShare) * variance(e.part[:]) / usefulParts
	half := normal95 * math.Sqrt(exam*exam+teach)
	if short.Value+half < 0 {
		f.Status = Look
	}
	ours, best := e.ours.Value/k, e.best.Value/k
	score := Metric{Name: "useful.score", Value: ours, Real: best, Best: 1, Better: 1}
	spread := normal95 * e.ours.SE(e.v.held.person) / k
	score.Low, score.High = max(ours-spread, 0), min(ours+spread, 1)
	f.Metrics = append([]Metric{score}, f.Metrics...)
	scale, names := "0 is guessing, 1 perfect", fmt.Sprintf("%d columns", len(e.passed))
	if len(e.passed) == 1 {
		one := e.scores[0]
		ours, best, names = one.Value, one.Real, one.Columns[0]
		if one.Name == "useful.auc" {
			scale = "0.5 is guessing, 1 perfect"
		}
	}
	f.Name = "predicts " + names
	f.Shown = fmt.Sprintf("%.2f", ours)
	f.Beside = fmt.Sprintf("taught by real rows: %.2f\n(%s)", best, scale)
	f.Sentence = fmt.Sprintf("A model taught by synthetic rows predicts %s of people set aside with %.2f, one taught by as many real rows with %.2f (%s).",
		names, ours, best, scale)
}

// whyNone says why there was no score.
func (e *exam) whyNone(targets []int) string {
	name := ""
	if e.v.opt.Target != "" {
		name = e.v.columns[targets[0]].name
		if why := e.lacks(targets[0], e.real); why != "" && e.lacks(targets[0], allRows(e.v.learned.rows)) == "" {
			return fmt.Sprintf("Of %s of each table there are too few with a value of %s to teach from.", count(len(e.real), "row", "rows"), name)
		} else if why != "" {
			return name + " " + why + "."
		}
		return name + " can't be predicted from the other columns, by real rows either."
	}
	asked := 0
	for _, t := range targets {
		if e.lacks(t, e.real) == "" {
			asked++
		}
	}
	switch asked {
	case 0:
		return fmt.Sprintf("No column can be predicted: each has one value only, or fewer than %d rows of other values.", fewestClass)
	case len(targets):
		return "Nothing here can be predicted from the other columns, by real rows either."
	}
	return fmt.Sprintf("Nothing here can be predicted from the other columns, by real rows either; %s one value only, or too few rows of others.",
		count(len(targets)-asked, "column has", "columns have"))
}

// lacks says what a target lacks in rows of the people learned, who teach, or of those set aside, who examine; "" if nothing.
func (e *exam) lacks(target int, teach []int32) string {
	if len(e.v.learnedColumns()) < 2 {
		return "is the only column that is learned"
	}
	c := &e.v.columns[target]
	groups := []struct {
		side *side
		rows []int32
		name string
	}{{e.v.learned, teach, "the people learned"}, {e.v.held, e.held, "the people set aside"}}
	enough := make([]map[key]int, len(groups))
	for i, g := range groups {
		rows := make(map[key]int)
		n := 0
		for _, r := range g.rows {
			if code := g.side.cells[target].code[r]; c.number && code == isNumber || !c.number && code != none {
				rows[g.side.cells[target].key(int(r))]++
				n++
			}
		}
		switch {
		case len(rows) == 0:
			return "has no value among " + g.name
		case len(rows) == 1:
			return "has one value only among " + g.name
		case c.number && n < fewestClass:
			return fmt.Sprintf("has %s among %s; it takes %d", count(n, "number", "numbers"), g.name, fewestClass)
		}
		enough[i] = rows
	}
	classes := 0
	for k, n := range enough[0] {
		if n >= fewestClass && enough[1][k] >= fewestClass {
			classes++
		}
	}
	if !c.number && classes < 2 {
		return fmt.Sprintf("has too few rows of each value: two values are needed of which %d of the people learned and %d of those set aside have one each",
			fewestClass, fewestClass)
	}
	return ""
}

// variance is that of a sample.
func variance(x []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, a := range x {
		mean += a / float64(len(x))
	}
	for _, a := range x {
		sum += (a - mean) * (a - mean)
	}
	return sum / float64(len(x)-1)
}
