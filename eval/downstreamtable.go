package eval

import (
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// A learner is a model of package ml that takes matrices.
type learner interface {
	Fit(x *mat.Dense, y []float64) error
	Predict(x *mat.Dense) ([]float64, error)
}

// A classifier also tells how likely each class is.
type classifier interface {
	learner
	PredictProba(x *mat.Dense) ([][]float64, error)
}

// learnerNames lists the models in the order of the table; classes is 0 for numbers.
func learnerNames(classes int) []string {
	if classes == 0 {
		return []string{"rf", "knn", "xgb", "dt", "linear", "mlp"}
	}
	return []string{"rf", "knn", "xgb", "dt", "logistic", "mlp"}
}

// learner gives a model that is not fitted yet.
func (t *task) learner(ctx context.Context, name string) learner {
	seed := t.v.opt.Seed
	switch name {
	case "rf":
		return &ml.CARTForest{Classes: t.classes, Seed: uint32(seed), Stop: ctx.Done()}
	case "dt":
		return &ml.CART{Classes: t.classes, Seed: uint32(seed)}
	case "mlp":
		return &ml.MLP{Classes: t.classes, Seed: seed, Stop: ctx.Done()}
	case "knn":
		return &ml.KNN{Classes: t.classes}
	case "xgb":
		return &ml.Boost{Classes: t.classes, Seed: seed, Stop: ctx.Done()}
	case "logistic":
		return &ml.Logistic{Classes: t.classes}
	case "linear":
		return &ml.Linear{}
	}
	panic("eval: no learner of this name: " + name)
}

// table gives the rows of one model.
func (t *task) table(ctx context.Context, name string) ([]Metric, error) {
	if t.status != OK {
		return t.notMade(name, t.status, t.why), nil
	}
	real, trial := new(prediction), new(prediction)
	exam := t.held
	var err error
	if t.whyTrial != "" {
		exam = t.real
		real, err = t.outOfFold(ctx, name)
	} else if real, err = t.predict(ctx, name, t.v.learned, t.real, t.v.held, t.held); err == nil {
		trial, err = t.predict(ctx, name, t.v.trial, t.trial, t.v.held, t.held)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return t.notMade(name, Failed, err.Error()), nil
	case t.whyTrial != "":
		out := t.notMade(name, NotApplicable, t.whyTrial)
		for i, m := range real.measures(t.answers(t.v.learned, exam)) {
			out[2*i].Real = m.score(once(len(exam)))
		}
		return out, nil
	}
	y := t.answers(t.v.held, exam)
	return t.compare(name, trial.measures(y), real.measures(y), t.v.held.personsAt(exam, 0)), nil
}

// notMade gives the rows of a model that has no numbers.
func (t *task) notMade(name string, status Status, why string) []Metric {
	p := prediction{}
	if t.class != nil {
		p.proba = make([][]float64, t.classes)
	}
	var out []Metric
	for _, m := range p.measures(nil) {
		for _, end := range []string{"", ".gap"} {
			x := notMade("downstream."+name+"."+m.name+end, m.best, m.better, why)
			x.Status = status
			out = append(out, x)
		}
	}
	return out
}

// predict teaches a model with rows of one side and gives what it says of rows of another.
func (t *task) predict(ctx context.Context, name string, s *side, teach []int32, other *side, exam []int32) (*prediction, error) {
	e, gaps := t.v.newEncoder(s, t.others, teach), name == "xgb"
	y := t.answers(s, teach)
	m := t.learner(ctx, name)
	if err := m.Fit(e.matrix(s, teach, gaps), y); errors.Is(err, ml.ErrOneClass) {
		return t.constant(int(y[0]), len(exam)), nil
	} else if err != nil {
		return nil, err
	}
	x := e.matrix(other, exam, gaps)
	answer, err := m.Predict(x)
	if err != nil || t.class == nil {
		return &prediction{answer: answer}, err
	}
	proba, err := m.(classifier).PredictProba(x)
	return &prediction{proba: proba, answer: answer}, err
}

// constant predicts the only class of the rows that teach.
func (t *task) constant(class, n int) *prediction {
	p := &prediction{proba: make([][]float64, t.classes), answer: make([]float64, n)}
	for k := range p.proba {
		p.proba[k] = make([]float64, n)
	}
	for i := range n {
		p.proba[class][i], p.answer[i] = 1, float64(class)
	}
	return p
}

// outOfFold predicts the real rows, those of a person by models that did not see the person.
func (t *task) outOfFold(ctx context.Context, name string) (*prediction, error) {
	y := t.answers(t.v.learned, t.real)
	target := ml.Column{Numbers: y}
	if t.class != nil {
		target = ml.Column{Codes: make([]int32, len(y)), Card: t.classes}
		for i, k := range y {
			target.Codes[i] = int32(k)
		}
	}
	fold, err := ml.Folds(target, t.v.learned.personsAt(t.real, 0), downstreamFolds, t.v.opt.Seed)
	if err != nil {
		return nil, err
	}
	out := &prediction{answer: make([]float64, len(y))}
	if t.class != nil {
		out = t.constant(0, len(y))
	}
	for k := range int32(downstreamFolds) {
		var teach, exam []int32
		var at []int
		for i, r := range t.real {
			if fold[i] == k {
				exam, at = append(exam, r), append(at, i)
			} else {
				teach = append(teach, r)
			}
		}
		p, err := t.predict(ctx, name, t.v.learned, teach, t.v.learned, exam)
		if err != nil {
			return nil, err
		}
		for j, i := range at {
			out.answer[i] = p.answer[j]
			for c := range out.proba {
				out.proba[c][i] = p.proba[c][j]
			}
		}
	}
	return out, nil
}

// compare gives the scores of both predictions and their gap, with intervals over draws of the people who examine.
func (t *task) compare(name string, trial, real []measure, person []int32) []Metric {
	draws := make([][]float64, bootstrapDraws) // by draw: trial and real of each measure
	run.Parallel(len(draws), func(d int) {
		w := resample(person, t.v.opt.Seed, uint64(d))
		for i := range trial {
			draws[d] = append(draws[d], trial[i].score(w), real[i].score(w))
		}
	})
	all := once(len(person))
	var out []Metric
	for i, m := range trial {
		value, beside := m.score(all), real[i].score(all)
		x := Metric{Name: "downstream." + name + "." + m.name, Value: value, Real: beside, Best: m.best, Better: m.better}
		gap := Metric{Name: x.Name + ".gap", Value: value - beside, Real: math.NaN(), Better: m.better}
		if math.IsNaN(value) {
			why := "the people set aside have one class only"
			if t.class == nil {
				why = "the target of the people set aside has no spread"
			}
			out = append(out, notMade(x.Name, x.Best, x.Better, why), notMade(gap.Name, gap.Best, gap.Better, why))
			continue
		}
		x.Low, x.High = percentiles(draws, func(d []float64) float64 { return d[2*i] })
		gap.Low, gap.High = percentiles(draws, func(d []float64) float64 { return d[2*i] - d[2*i+1] })
		out = append(out, x, gap)
	}
	return out
}

// once lets every row count once.
func once(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// resample draws as many persons as there are, with replacement, and gives how often each row [N] counts.
func resample(person []int32, seed, draw uint64) []float64 {
	number := make(map[int32]int)
	for _, p := range person {
		if _, ok := number[p]; !ok {
			number[p] = len(number)
		}
	}
	times := make([]float64, len(number))
	r := rng.New(seed, rng.EvalBootstrap, draw)
	for range times {
		times[r.Intn(len(times))]++
	}
	w := make([]float64, len(person))
	for i, p := range person {
		w[i] = times[number[p]]
	}
	return w
}

// percentiles gives the ends of the middle 95 % of a number over draws; a draw without classes or spread has none.
func percentiles(draws [][]float64, of func(d []float64) float64) (low, high float64) {
	var x []float64
	for _, d := range draws {
		if v := of(d); !math.IsNaN(v) {
			x = append(x, v)
		}
	}
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(x)
	return stat.Quantile(0.025, stat.Empirical, x, nil), stat.Quantile(0.975, stat.Empirical, x, nil)
}
