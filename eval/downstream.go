package eval

import (
	"context"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

const (
	downstreamRows  = 5_000 // that teach, at most, and that examine
	downstreamFolds = 5     // of real rows, where nobody is set aside
	bootstrapDraws  = 500
)

// Downstream gives the table of models trained on synthetic and tested on unseen real people, beside the same models trained on as many
// real rows (Esteban et al., 2017, "train on synthetic, test on real"): a random forest ("rf"), nearest neighbours ("knn"), XGBoost's
// histogram boosting ("xgb"), a decision tree ("dt"), logistic regression ("logistic") or least squares ("linear"), and a network
// ("mlp"), each with its peer's default settings. Options.Target is the column to predict and Options.Holdout the people who examine.
//
// For classes there are "downstream.rf.accuracy", "downstream.rf.auc.macro" (mean over classes of one against the rest),
// "downstream.rf.auc.micro" (all pairs of a row and a class in one ranking) and "downstream.rf.f1.weighted", for numbers
// "downstream.rf.r2" and "downstream.rf.rmse", and so on for each model. Value is the score of synthetic rows, Real that of real ones.
// The same name with ".gap" is Value less Real. Intervals are percentiles of a bootstrap of the people who examine, the same draws for
// both (Efron and Tibshirani, 1993); no model is fitted twice, so that they leave out what other rows would have taught.
//
// Classes are those of all tables together: one that the rows that teach lack is never predicted, and one that the people who examine
// lack has no part in AUC and F1. Rows with one class alone teach to predict that. Rows without a target are left out, other gaps are
// filled with the mean beside a column that marks them; boosting takes them as they are.
//
// Without a holdout nothing honest can be said of synthetic rows, since their maker may remember who would examine. Value is then not
// applicable, and Real comes from folds by person of the real rows.
func Downstream(ctx context.Context, actual, fake *table.Table, opt Options) ([]Metric, error) {
	v, err := newView(actual, fake, opt)
	if err != nil {
		return nil, err
	}
	_, metrics, err := v.downstream(ctx)
	return metrics, err
}

// downstream is the step of Compare. It has no part in the verdict.
func (v *view) downstream(ctx context.Context) (*finding, []Metric, error) {
	if v.opt.Target == "" {
		return nil, []Metric{notMade("downstream", 1, 1, "no target is named: --target")}, nil
	}
	t := v.newTask(ctx)
	var metrics []Metric
	for _, name := range learnerNames(t.classes) {
		m, err := t.table(ctx, name)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, nil, err
		}
		metrics = append(metrics, m...)
	}
	if t.status == OK {
		v.notes = append(v.notes, t.absentClasses()...)
	}
	return nil, metrics, nil
}

// A task is one column to predict from the others.
type task struct {
	v           *view
	target      int
	others      []int
	class       []int32 // by code: its class, or -1; nil for numbers
	classes     int     // K; 0 for numbers
	real, trial []int32 // rows that teach, as many of one as of the other
	held        []int32 // rows that examine

	status   Status // not OK where nothing can be taught
	why      string
	whyTrial string // why the trial's rows can't be examined, or ""
}

func (v *view) newTask(ctx context.Context) *task {
	t := &task{v: v, target: slices.IndexFunc(v.columns, func(c column) bool { return c.name == v.opt.Target })}
	if t.target < 0 { // a column that is dropped
		t.status, t.why = NotApplicable, "the target is a column that is not learned"
		return t
	}
	t.others = slices.DeleteFunc(v.learnedColumns(), func(col int) bool { return col == t.target })
	t.nameClasses()
	switch {
	case !v.columns[t.target].learned:
		t.status, t.why = NotApplicable, "the target is a column that is not learned"
	case len(t.others) == 0:
		t.status, t.why = NotApplicable, "the target is the only column that is learned"
	case v.opt.Level == "structure":
		t.status, t.why = NotApplicable, `at level "structure" relations between columns are not learned`
	default:
		t.chooseRows(ctx)
	}
	return t
}

// absentClasses says from which rows that teach or examine classes of the target are missing.
func (t *task) absentClasses() (notes []string) {
	if t.class == nil {
		return nil // a number
	}
	for _, g := range []struct {
		name, then string
		rows       []int32
		side       *side
	}{
		{"The real rows that teach", "what they taught never predicts another", t.real, t.v.learned},
		{"The synthetic rows that teach", "what they taught never predicts another", t.trial, t.v.trial},
		{"The people set aside who examine", "no other has a part in AUC and F1", t.held, t.v.held},
	} {
		met := make([]bool, t.classes)
		for _, r := range g.rows {
			met[t.class[g.side.cells[t.target].code[r]]] = true
		}
		have := 0
		for _, is := range met {
			if is {
				have++
			}
		}
		if have > 0 && have < t.classes {
			notes = append(notes, fmt.Sprintf("%s have %d of the target's %d values: %s.", g.name, have, t.classes, g.then))
		}
	}
	return notes
}

// chooseRows draws the rows that teach and examine, or says why there are too few.
func (t *task) chooseRows(ctx context.Context) {
	v := t.v
	n := min(v.learned.rows, v.trial.rows, downstreamRows)
	groups := []struct {
		name string
		side *side
		n    int
		rows *[]int32
	}{{"the real table", v.learned, n, &t.real}, {"the synthetic table", v.trial, n, &t.trial}, {"the people set aside", v.held, downstreamRows, &t.held}}
	switch {
	case v.held == nil:
		t.whyTrial = "it takes real people whom the generator never saw: --holdout"
	case v.heldAreLearned(ctx):
		t.whyTrial = "the people set aside are in the real table, too"
	}
	if t.whyTrial != "" {
		groups = groups[:2]
	}
	for i, g := range groups {
		*g.rows = t.with(g.side, some(v.opt.Seed, rng.EvalDownstream, uint64(i), g.side.rows, g.n))
		if len(*g.rows) < fewestLikeness && t.status == OK {
			t.status = TooFew
			t.why = fmt.Sprintf("of %s, %s a target; %d are the least", g.name, count(len(*g.rows), "row has", "rows have"), fewestLikeness)
		}
	}
}

// nameClasses numbers the values that the target has anywhere.
func (t *task) nameClasses() {
	if t.v.columns[t.target].number {
		return
	}
	t.class = make([]int32, len(t.v.columns[t.target].label))
	for i := range t.class {
		t.class[i] = -1
	}
	for _, s := range []*side{t.v.learned, t.v.held, t.v.trial} {
		if s == nil {
			continue
		}
		for _, code := range s.cells[t.target].code {
			if code > none && t.class[code] < 0 {
				t.class[code] = int32(t.classes)
				t.classes++
			}
		}
	}
	t.classes = max(t.classes, 2) // a learner of one class is none
}

// with keeps the rows that have a target.
func (t *task) with(s *side, rows []int32) []int32 {
	at := &s.cells[t.target]
	return slices.DeleteFunc(slices.Clone(rows), func(r int32) bool {
		if t.class != nil {
			return at.code[r] <= none
		}
		return at.code[r] != isNumber || math.IsInf(at.num[r], 0)
	})
}

// answers gives the classes or numbers of rows.
func (t *task) answers(s *side, rows []int32) []float64 {
	y := make([]float64, len(rows))
	at := &s.cells[t.target]
	for i, r := range rows {
		if t.class != nil {
			y[i] = float64(t.class[at.code[r]])
		} else {
			y[i] = at.num[r]
		}
	}
	return y
}
