package synthcity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
)

// The learners of the peer, by the names of its scores.
const (
	linear  = "linear"
	network = "mlp"
	boost   = "xgb"
)

// A model learns to tell y from x.
type model interface {
	Fit(x *mat.Dense, y []float64) error
}

// A learner is one of the peer's programs with its settings. Quirk: "depth: 3" is no parameter of XGBoost, so that trees have 6
// levels, and columns are not scaled, so that 100 steps of the linear model are mostly too few.
type learner struct {
	version Version
	name    string
	seed    uint64 // of the network and the Gaussians; the peer's own is 0
	// long lets the linear model for classes take 10,000 steps, in place of 100.
	long bool
}

// model gives one that has learned nothing; classes 0 is for a target of numbers.
func (l learner) model(ctx context.Context, classes int) model {
	switch {
	case l.name == boost && l.version == V0210:
		return &ml.Boost{Method: ml.Exact, Classes: classes, Stop: ctx.Done()}
	case l.name == boost:
		return &ml.Boost{Method: ml.Hist2, Classes: classes, Stop: ctx.Done()}
	case l.name == network:
		return &ml.MLP{Classes: classes, Peer: ml.PeerSynthcity, Seed: l.seed, Stop: ctx.Done()}
	case classes > 0:
		return l.logistic(classes)
	case l.version == V0210:
		return &ml.Linear{RCond: 0x1p-52} // scikit-learn up to 1.6
	}
	return &ml.Linear{RCond: 1e-6}
}

// logistic is the linear model for classes. Where unscaled columns leave the peer's steps far from the minimum, its number hangs on
// them, and scikit-learn is followed step by step: 1.3, that of the paper, or 1.5 and later.
func (l learner) logistic(classes int) model {
	switch {
	case l.version != V0210 && l.long:
		return &patient{&ml.Logistic{Classes: classes, Peer: ml.PeerScikit15, MaxIter: patience}}
	case l.version != V0210:
		return &ml.Logistic{Classes: classes, Peer: ml.PeerScikit15}
	case l.long:
		return &ml.Logistic{Classes: classes, Peer: ml.PeerScikit13, MaxIter: 10_000}
	}
	return &ml.Logistic{Classes: classes, Peer: ml.PeerScikit13}
}

// patience is how many of the 10,000 steps are followed. Beyond, the last digits of sums decide where the peer is, so that no two of its
// versions agree, and it is not far from the minimum.
const patience = 500

// A patient model follows the peer's steps as far as they can be, and then goes to the minimum.
type patient struct{ *ml.Logistic }

func (p *patient) Fit(x *mat.Dense, y []float64) error {
	if err := p.Logistic.Fit(x, y); err != nil {
		return err
	}
	if _, ended := p.Steps(); ended {
		return nil
	}
	p.Logistic = &ml.Logistic{Classes: p.Classes, Converge: true}
	return p.Logistic.Fit(x, y)
}

// predict asks a model: one list of numbers, or a list of probabilities for each class.
func predict(m model, x *mat.Dense, classes int) ([][]float64, error) {
	if classes > 0 {
		return m.(interface {
			PredictProba(x *mat.Dense) ([][]float64, error)
		}).PredictProba(x)
	}
	y, err := m.(interface {
		Predict(x *mat.Dense) ([]float64, error)
	}).Predict(x)
	return [][]float64{y}, err
}

// A task is what a model learns: D features and a target, of N rows.
type task struct {
	x     *mat.Dense
	y     []float64
	names []string // [D]
	of    string   // whose rows these are
}

// task takes the target out of a frame.
func (f *Frame) task() task {
	n, d := f.Data.Dims()
	if d < 2 {
		return task{y: f.Column(f.target), of: f.of}
	}
	x := mat.NewDense(n, d-1, nil)
	for i := range n {
		row := f.Data.RawRowView(i)
		copy(x.RawRowView(i), row[:f.target])
		copy(x.RawRowView(i)[f.target:], row[f.target+1:])
	}
	return task{x: x, y: f.Column(f.target), names: slices.Delete(slices.Clone(f.names), f.target, f.target+1), of: f.of}
}

// rows gives rows of a task.
func (t task) rows(rows []int) task {
	_, d := t.x.Dims()
	out := task{x: mat.NewDense(len(rows), d, nil), y: make([]float64, len(rows)), names: t.names, of: t.of}
	for i, row := range rows {
		out.x.SetRow(i, t.x.RawRowView(row))
		out.y[i] = t.y[row]
	}
	return out
}

// A pupil is a model that has learned a task, or the reason why it has not.
type pupil struct {
	model   model
	err     error
	classes []float64 // targets that it has seen, ascending; nil: the target is a number
}

// teach fits a learner. What the peer's programs refuse is an error of the pupil, for the peer goes on with a
// score of 0 or -1; the error is ctx's.
func (l learner) teach(ctx context.Context, t task, regression bool) (pupil, error) {
	p := pupil{}
	y := t.y
	if !regression {
		p.classes = slices.Compact(slices.Sorted(slices.Values(t.y)))
		y = make([]float64, len(t.y))
		for i, c := range t.y {
			y[i] = float64(place(p.classes, c))
		}
	}
	if len(p.classes) == 1 {
		p.err = fmt.Errorf("the target has only one class in the %s", t.of)
		return p, ctx.Err()
	}
	p.model = l.model(ctx, len(p.classes))
	p.err = inWords(p.model.Fit(t.x, y), t.names, t.of)
	if p.err == nil {
		p.err = ctx.Err()
	}
	return p, ctx.Err()
}

// place finds a value in an ascending list; -1 where it is not.
func place(sorted []float64, v float64) int {
	if i, ok := slices.BinarySearch(sorted, v); ok {
		return i
	}
	return -1
}

// examine scores a pupil on other rows: AUC or R2. Where the peer's score stands for an exception, note says for which.
func (p pupil) examine(t task) (score float64, note string) {
	var err error
	if p.classes == nil {
		if score, err = p.r2(t); err == nil {
			return score, ""
		}
		return -1, "-1 for: " + err.Error()
	}
	if score, err = p.auc(t); err == nil {
		return score, ""
	}
	return 0, "0 for: " + err.Error()
}

// r2 is r2_score of scikit-learn: where all rows have one target it is 1 for a perfect answer, else 0.
func (p pupil) r2(t task) (float64, error) {
	if p.err != nil {
		return 0, p.err
	}
	answers, err := predict(p.model, t.x, 0)
	if err != nil {
		return 0, inWords(err, t.names, t.of)
	}
	if len(t.y) < 2 {
		return math.NaN(), nil
	}
	if floats.Max(t.y) == floats.Min(t.y) {
		if floats.Equal(answers[0], t.y) {
			return 1, nil
		}
		return 0, nil
	}
	s, err := ml.R2(answers[0], t.y)
	return s.Value, inWords(err, t.names, t.of)
}

// auc leaves out rows of classes that were not learned. Quirks: of more than two classes it is the micro-average, all
// probabilities in one list; and it fails where a class that was learned has no row here.
func (p pupil) auc(t task) (float64, error) {
	var kept []int
	for i, c := range t.y {
		if place(p.classes, c) >= 0 {
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return 0, errors.New("no row has a class that was learned")
	}
	if p.err != nil {
		return 0, p.err
	}
	t = t.rows(kept)
	answers, err := predict(p.model, t.x, len(p.classes))
	if err != nil {
		return 0, inWords(err, t.names, t.of)
	}
	if present := len(slices.Compact(slices.Sorted(slices.Values(t.y)))); present < len(p.classes) {
		return 0, fmt.Errorf("%d of %d classes have rows to judge by", present, len(p.classes))
	}
	if len(answers) == 2 {
		answers = answers[1:]
	}
	first := len(p.classes) - len(answers) // class of the first list
	var numbers []float64
	var positive []bool
	for c, list := range answers {
		numbers = append(numbers, list...)
		for _, y := range t.y {
			positive = append(positive, y == p.classes[first+c])
		}
	}
	s, err := ml.AUC(numbers, positive)
	return s.Value, inWords(err, t.names, t.of)
}

// The scores of performance, by place: which pupil is asked about which rows.
const (
	groundTruth = iota // "gt"
	synID              // "syn_id"
	synOOD             // "syn_ood"
)

// performance scores a learner: taught real rows and asked about others of the same fold ("gt"), taught all synthetic rows
// and asked about the folds of the real ones ("syn_id") and about the fifth of the real rows that no fold has ("syn_ood"). Of
// each that is wanted it gives the mean over the folds, and notes of what the peer hides. The learner of the synthetic rows is taught
// once: the peer teaches it for each fold from the same seed.
func performance(ctx context.Context, p *Pair, l learner, wanted [3]bool) (scores [3]float64, notes [3]string, err error) {
	regression, err := p.Regression()
	if err != nil {
		return scores, notes, err
	}
	split, err := p.Real.TrainTest()
	if err != nil {
		return scores, notes, err
	}
	if len(p.Names) < 2 {
		return scores, notes, errors.New("there is no column beside the target")
	}
	inside, outside, fake := p.Real.take(split.Train).task(), p.Real.take(split.Test).task(), p.Synthetic.task()
	folds, err := learnFolds(inside.y, p.Version.Folds(), regression)
	if err != nil {
		return scores, notes, err
	}
	var lessons []task // of the synthetic rows, which are the most, and of the folds
	if wanted[synID] || wanted[synOOD] {
		lessons = append(lessons, fake)
	}
	first := len(lessons)
	if wanted[groundTruth] {
		for _, f := range folds {
			lessons = append(lessons, inside.rows(f.Train))
		}
	}
	pupils, errs := make([]pupil, len(lessons)), make([]error, len(lessons))
	sideBySide(len(lessons), func(i int) { pupils[i], errs[i] = l.teach(ctx, lessons[i], regression) })
	if err := cmp.Or(errs...); err != nil {
		return scores, notes, err
	}
	for s := range scores {
		if !wanted[s] {
			scores[s] = math.NaN()
			continue
		}
		values := make([]float64, len(folds))
		for i, f := range folds {
			who, rows := pupils[0], outside
			if s != synOOD {
				rows = inside.rows(f.Test)
			}
			if s == groundTruth {
				who = pupils[first+i]
			}
			var note string
			if values[i], note = who.examine(rows); note != "" {
				notes[s] = note
			}
		}
		scores[s] = stat.Mean(values, nil)
	}
	return scores, notes, nil
}

// sideBySide calls fit(0), ..., fit(n-1). While they fill the processors each keeps to one; only the last ones, for whom that leaves
// processors over, share their products out. The results are the same.
func sideBySide(n int, fit func(i int)) {
	alone := n - n%runtime.GOMAXPROCS(0)
	run.Parallel(n, func(i int) {
		if i < alone {
			defer kernels.Apart()()
		}
		fit(i)
	})
}

// learnFolds deals rows to folds as the peer does: by class, or any way where the target is a number.
func learnFolds(y []float64, k int, regression bool) ([]numpy.Fold, error) {
	if regression {
		return numpy.KFold(len(y), k, 0)
	}
	label, _ := ranks(y)
	return numpy.StratifiedKFold(label, k, 0)
}
