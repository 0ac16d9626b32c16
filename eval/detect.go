package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/rng"
)

// A forest of this size tells rows apart.
const detectRows, detectTrees = 2_500, 50

// detect asks whether a forest can tell synthetic rows from real ones: the AUC of its out-of-bag probabilities, against people
// set aside ("detect.auc") and against the people learned ("detect.auc_learned", where a value clearly below 0.5 shows that
// rows follow single real people). 0.5 is no difference. "detect.auc.unseen" is the former, folded: its distance from 0.5 added to 0.5, so
// that a detector that takes the one for the other counts as much. "detect.copying" is 1 where the latter, raw, is an alarm. They are
// metrics and decide nothing; the alarm is a note beside the verdict. How often it is false stands in POWER.md.
func (v *view) detect(ctx context.Context) (*finding, []Metric, error) {
	var metrics []Metric
	for _, m := range []struct {
		name string
		real *side
	}{{"detect.auc", v.held}, {"detect.auc_learned", v.learned}} {
		out := Metric{Name: m.name, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Best: 0.5, Status: NotApplicable}
		switch {
		case m.real == nil:
			out.Reason = "it takes real people whom the generator never saw"
		case len(v.learnedColumns()) == 0:
			out.Reason = "no column is learned"
		case min(m.real.rows, v.trial.rows) < fewestLikeness:
			out.Status, out.Reason = TooFew, fmt.Sprintf("it takes %d rows of each table", fewestLikeness)
		default:
			var err error
			if out, err = v.tellApart(ctx, out, m.real); err != nil {
				return nil, nil, err
			}
		}
		metrics = append(metrics, out)
	}
	alarm := copying(metrics[1])
	if alarm.Value == 1 {
		note := "A detector takes rows of the table for real people more often than the people who were learned: a sign that rows follow single people."
		if alarm.Status != OK {
			note += " Among so few rows that also comes about by chance."
		}
		v.notes = append(v.notes, note)
	}
	return nil, append(metrics, folded(metrics[0]), alarm), nil
}

// folded gives an AUC against unseen people with its distance from 0.5 added to 0.5. The raw value is the metric that it is made of.
func folded(raw Metric) Metric {
	m := raw
	m.Name, m.Better = "detect.auc.unseen", -1
	fold := func(x float64) float64 { return math.Abs(x-0.5) + 0.5 }
	m.Value, m.Real, m.Low, m.High = fold(raw.Value), fold(raw.Real), fold(raw.Low), fold(raw.High)
	if m.Low, m.High = min(m.Low, m.High), max(m.Low, m.High); raw.Low < 0.5 && raw.High > 0.5 {
		m.Low = 0.5
	}
	return m
}

// copying is the alarm of an AUC against people learned, raw and below 0.45: rows that are taken for them more often than they themselves
// follow single ones. Where rows are few chance alone gives such a number now and then, and out-of-bag scores lie a little below one half
// by themselves: within three standard errors of one half the alarm is "too few", and the reason says so.
func copying(raw Metric) Metric {
	m := notMade("detect.copying", 0, -1, raw.Reason)
	m.Status = raw.Status
	if raw.Status != OK {
		return m
	}
	switch se := (raw.High - raw.Value) / normal95; {
	case raw.Value >= copyAUC:
		m.Status, m.Value = OK, 0
	case raw.Value+copyErrors*se < 0.5:
		m.Status, m.Value = OK, 1
	default:
		m.Status, m.Value, m.Reason = TooFew, 1, "the AUC against people learned is below 0.45; among so few rows that also comes about by chance"
	}
	return m
}

// tellApart fits a forest on equal numbers of real and of the trial's rows, and, if there are others, on two groups of real
// people for the number beside it.
func (v *view) tellApart(ctx context.Context, m Metric, real *side) (Metric, error) {
	s, person, err := v.apart(ctx, real, v.trial)
	if err != nil {
		return m, err
	}
	half := normal95 * s.SE(person)
	m.Value, m.Low, m.High, m.Status = s.Value, max(s.Value-half, 0), min(s.Value+half, 1), OK
	if real == v.held && v.learned.rows >= fewestLikeness {
		other, _, err := v.apart(ctx, v.held, v.learned)
		if err != nil {
			return m, err
		}
		m.Real = other.Value
	}
	return m, nil
}

// apart gives the AUC with which rows of b are told from those of a.
func (v *view) apart(ctx context.Context, a, b *side) (ml.Score, []int32, error) {
	n := min(a.rows, b.rows, detectRows)
	from, to := some(v.opt.Seed, rng.EvalDetect, 0, a.rows, n), some(v.opt.Seed, rng.EvalDetect, 1, b.rows, n)
	cols := v.learnedColumns()
	x, more := v.features(a, cols, from), v.features(b, cols, to)
	for i := range x {
		x[i].Numbers = append(x[i].Numbers, more[i].Numbers...)
		x[i].Codes = append(x[i].Codes, more[i].Codes...)
	}
	y, positive := ml.Column{Codes: make([]int32, 2*n), Card: 2}, make([]bool, 2*n)
	for i := n; i < 2*n; i++ {
		y.Codes[i], positive[i] = 1, true
	}
	person := append(a.personsAt(from, 0), b.personsAt(to, a.persons)...)
	f := ml.Forest{Trees: detectTrees, Seed: v.opt.Seed, Person: person, Stop: ctx.Done()}
	err := f.Fit(x, y)
	if errors.Is(err, ml.ErrStopped) {
		err = ctx.Err()
	}
	if err != nil {
		return ml.Score{}, nil, err
	}
	p, err := f.OutOfBag()
	if err != nil {
		return ml.Score{}, nil, err
	}
	for i, q := range p[1] {
		if math.IsNaN(q) { // every tree saw the row: nothing is known of it
			p[1][i] = 0.5
		}
	}
	s, err := ml.AUC(p[1], positive)
	return s, person, err
}
