package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// A BoostMethod is how the splits of a boosted tree are found.
type BoostMethod uint8

const (
	// Hist is tree_method "hist" of XGBoost 3: numbers are cut into at most 256 bins. The base score is estimated.
	Hist BoostMethod = iota
	// Exact is tree_method "exact" of XGBoost 1.7, its default for small tables: every midpoint between two numbers is
	// tried. The base score is one half.
	Exact
	// Hist2 is tree_method "hist" of XGBoost 2: as Hist, from that version's base score.
	Hist2
	// Approx2 is tree_method "approx" of XGBoost 2: as Hist2, with bins that are cut anew for each tree, by the sum of second derivatives.
	Approx2
)

// Boost is gradient boosting of regression trees (Chen and Guestrin, 2016), level by level as XGBoost does it: squared error
// for numbers, the logistic loss for two classes, softmax for more. Cells may be missing: each split learns where such rows
// go. The zero value is ready to fit, for a target of numbers; its fields must not change between a fit and a prediction.
type Boost struct {
	Method         BoostMethod
	Classes        int     // K; 0: the target is numbers
	Rounds         int     // one tree for each output of each; 0 is 100
	Depth          int     // of a tree; 0 is 6
	Eta            float64 // share of a tree's answer that is taken; 0 is 0.3
	Lambda         float64 // L2 penalty of a leaf's answer; 0 is 1, less than 0 is none
	MinChildWeight float64 // least sum of second derivatives in a node; 0 is 1, less than 0 is none
	Gamma          float64 // least gain of a split
	Subsample      float64 // share of the rows that each tree sees; 0 is all
	Seed           uint64  // which rows those are
	// Stop, once closed, ends Fit soon, with ErrStopped. nil is never.
	Stop <-chan struct{}

	boosted
}

// settings are Boost's fields with their defaults filled in.
type settings struct {
	rounds, depth         int
	eta, lambda, minChild float32
	gamma                 float32
	subsample             float64
	method                BoostMethod
}

func (b *Boost) settings() (settings, error) {
	s := settings{rounds: b.Rounds, depth: b.Depth, eta: float32(b.Eta), gamma: float32(b.Gamma), subsample: b.Subsample, method: b.Method}
	if s.rounds == 0 {
		s.rounds = 100
	}
	if s.depth == 0 {
		s.depth = 6
	}
	if s.eta == 0 {
		s.eta = 0.3
	}
	if s.subsample == 0 {
		s.subsample = 1
	}
	one := func(v float64) float32 {
		if v == 0 {
			return 1
		}
		return float32(max(v, 0))
	}
	s.lambda, s.minChild = one(b.Lambda), one(b.MinChildWeight)
	good := b.Method <= Approx2 && s.rounds > 0 && s.depth > 0 && s.depth <= maxBoostDepth && s.eta > 0 && s.gamma >= 0 &&
		s.subsample > 0 && s.subsample <= 1
	if !good || math.IsInf(float64(s.eta+s.gamma+s.lambda+s.minChild), 0) || s.lambda != s.lambda || s.minChild != s.minChild {
		return s, fmt.Errorf("%w: a setting of Boost is out of range: Depth is at most %d, Subsample at most 1, none is NaN", ErrInput, maxBoostDepth)
	}
	return s, nil
}

// Fit learns to tell y [N], classes from 0 to K-1 or numbers, from x [N, D]. A class that no row has is allowed as long as
// there are two others. The error is ErrNoRows, ErrOneClass or ErrStopped, or wraps ErrInput.
func (b *Boost) Fit(x *mat.Dense, y []float64) error {
	s, err := b.settings()
	if err != nil {
		return err
	}
	columns, err := columns32(x)
	if err != nil {
		return err
	}
	if err := checkAnswers(y, len(columns[0]), b.Classes); err != nil {
		return err
	}
	m := newBoosted(y, len(columns), b.Classes, s.method)
	var grow func(grad []pair32, seen []bool, margins []float32) boostTree
	if s.method == Exact {
		grow = newExact(columns, s).grow
	} else {
		grow = newHist(columns, s).grow
	}
	margins := m.start(len(y))
	grad := make([]pair32, len(y)*m.outputs())
	for round := range s.rounds {
		if run.Closed(b.Stop) {
			return ErrStopped
		}
		m.loss.gradients(grad, margins, y)
		seen := b.draw(len(y), round, s.subsample)
		for k := range margins {
			t := grow(grad[k*len(y):(k+1)*len(y)], seen, margins[k])
			m.trees, m.group = append(m.trees, t), append(m.group, int32(k))
		}
	}
	b.boosted = m
	return nil
}

// draw gives the rows that the trees of a round see; nil is all.
func (b *Boost) draw(n, round int, share float64) []bool {
	if share == 1 {
		return nil
	}
	r := rng.New(b.Seed, rng.BoostRows, uint64(round))
	seen := make([]bool, n)
	for i := range seen {
		seen[i] = r.Float64() < share
	}
	return seen
}

// Margin gives what the trees add up to, before it becomes a probability: one list of N numbers, or K of them for more than
// two classes. The error is as Predict's.
func (b *Boost) Margin(x *mat.Dense) ([][]float64, error) {
	if b.loss == nil {
		return nil, ErrUnfitted
	}
	out := b.lists(x)
	err := eachBlock(x, b.features, func(from, to int, rows []float32) {
		sums := make([]float32, (to-from)*len(out))
		b.margins(rows, sums)
		for i := range to - from {
			for k := range out {
				out[k][from+i] = float64(sums[i*len(out)+k])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// One gives what the trees add up to for one row x, D cells of which NaN are missing, of a model of numbers or of two classes. Anything else is a
// programmer's mistake: it panics.
func (b *Boost) One(x []float32) float64 {
	if b.loss == nil || len(b.base) != 1 || len(x) != b.features {
		panic(fmt.Sprintf("ml: Boost.One: %d cells for a model of %d features and %d outputs", len(x), b.features, len(b.base)))
	}
	var sum [1]float32
	b.margins(x, sum[:])
	return float64(sum[0])
}

// lists gives room for the outputs of each row of x.
func (m *boosted) lists(x *mat.Dense) [][]float64 {
	n := 0
	if x != nil {
		n, _ = x.Dims()
	}
	out := make([][]float64, m.outputs())
	for k := range out {
		out[k] = make([]float64, n)
	}
	return out
}

// Predict gives the most probable class of each row of x [N, D], or the expected number: N of them. The error is
// ErrUnfitted or ErrNoRows, or wraps ErrInput.
func (b *Boost) Predict(x *mat.Dense) ([]float64, error) {
	if b.loss != nil && b.classes == 0 {
		p, err := b.Margin(x)
		if err != nil {
			return nil, err
		}
		b.loss.answer(p)
		return p[0], nil
	}
	p, err := b.PredictProba(x)
	if err != nil {
		return nil, err
	}
	return likeliest(p), nil
}

// PredictProba gives the probability of each class: K lists of N numbers. The error is as Predict's; after a fit on numbers
// it wraps ErrInput.
func (b *Boost) PredictProba(x *mat.Dense) ([][]float64, error) {
	p, err := b.Margin(x)
	if err != nil {
		return nil, err
	}
	if b.classes == 0 {
		return nil, fmt.Errorf("%w: a target of numbers has no classes", ErrInput)
	}
	b.loss.answer(p)
	if len(p) == 1 {
		rest := make([]float64, len(p[0]))
		for i, v := range p[0] {
			rest[i] = float64(1 - float32(v))
		}
		p = [][]float64{rest, p[0]}
	}
	return p, nil
}

// Importance gives for each of the D columns the mean gain of its splits, as shares that add up to 1: feature_importances_ of
// XGBoost's own estimators. Without any split all are 0. The error is ErrUnfitted.
func (b *Boost) Importance() ([]float64, error) {
	if b.loss == nil {
		return nil, ErrUnfitted
	}
	gain, splits := make([]float64, b.features), make([]float64, b.features)
	for _, t := range b.trees {
		for i, node := range t.nodes {
			if !node.leaf() {
				gain[node.feature] += float64(t.stats[i].gain)
				splits[node.feature]++
			}
		}
	}
	for j := range gain {
		gain[j] /= max(splits[j], 1)
	}
	return shares(gain), nil
}

// shares divides by the sum, where there is one.
func shares(v []float64) []float64 {
	sum := 0.0
	for _, g := range v {
		sum += g
	}
	for j := range v {
		if sum > 0 {
			v[j] /= sum
		}
	}
	return v
}
