package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/run"
)

// A CART is one decision tree as DecisionTreeClassifier and DecisionTreeRegressor of scikit-learn 1.9 grow it: by Gini
// impurity or squared error, until every leaf is pure, with the peer's random numbers, so that the same seed decides alike
// between equally good splits. Cells may be missing: each split learns where such rows go. It is for matrices what [Tree] is
// for columns of numbers and categories. The zero value is ready to fit, for a target of numbers; its fields must not change
// between a fit and a prediction.
type CART struct {
	Classes int    // K; 0: the target is numbers
	Depth   int    // the greatest depth of a leaf; 0 is any
	Try     int    // columns that a split chooses from; 0 is all
	Seed    uint32 // random_state

	cartModel
}

// A CARTForest is RandomForestClassifier or RandomForestRegressor of scikit-learn 1.9: the mean of many trees, each grown on a
// bootstrap sample of the rows, with the peer's random numbers. The zero value is ready to fit, for a target of numbers; its
// fields must not change between a fit and a prediction.
type CARTForest struct {
	Classes int    // K; 0: the target is numbers
	Trees   int    // 0 is 100
	Depth   int    // the greatest depth of a leaf; 0 is any
	Try     int    // columns that a split chooses from; 0 is sqrt(D) for classes and all for numbers
	Seed    uint32 // random_state
	// Stop, once closed, ends Fit soon, with ErrStopped. nil is never.
	Stop <-chan struct{}

	cartModel
}

// A cartModel is one tree or many.
type cartModel struct {
	features int
	classes  int
	trees    []cartTree
}

// randMax is what scikit-learn draws the seeds of its trees and splitters below.
const randMax = math.MaxInt32

// Fit learns to tell y [N], classes from 0 to K-1 or numbers, from x [N, D]. The error is ErrNoRows or ErrOneClass, or wraps
// ErrInput.
func (c *CART) Fit(x *mat.Dense, y []float64) error {
	t, err := newCARTTable(x, y, c.Classes, c.Depth, c.Try)
	if err != nil {
		return err
	}
	if c.Try == 0 {
		t.try = t.features()
	}
	weight := make([]uint32, t.n)
	for i := range weight {
		weight[i] = 1
	}
	c.cartModel = cartModel{t.features(), c.Classes, []cartTree{t.grow(weight, c.Seed)}}
	return nil
}

// Fit learns to tell y [N], classes from 0 to K-1 or numbers, from x [N, D]. The error is ErrNoRows, ErrOneClass or
// ErrStopped, or wraps ErrInput.
func (f *CARTForest) Fit(x *mat.Dense, y []float64) error {
	t, err := newCARTTable(x, y, f.Classes, f.Depth, f.Try)
	if err != nil {
		return err
	}
	if f.Trees < 0 {
		return fmt.Errorf("%w: a forest of %d trees", ErrInput, f.Trees)
	}
	if f.Try == 0 && f.Classes > 0 {
		t.try = int(math.Sqrt(float64(t.features())))
	} else if f.Try == 0 {
		t.try = t.features()
	}
	seeds := make([]uint32, f.Trees)
	if f.Trees == 0 {
		seeds = make([]uint32, 100)
	}
	r := numpy.NewRandomState(f.Seed)
	for i := range seeds {
		seeds[i] = uint32(r.Randint(0, randMax))
	}
	trees := make([]cartTree, len(seeds))
	run.Parallel(len(seeds), func(i int) {
		if run.Closed(f.Stop) {
			return
		}
		weight, r := make([]uint32, t.n), numpy.NewRandomState(seeds[i])
		for range t.n {
			weight[r.Randint(0, t.n)]++
		}
		trees[i] = t.grow(weight, seeds[i])
	})
	if run.Closed(f.Stop) {
		return ErrStopped
	}
	f.cartModel = cartModel{t.features(), f.Classes, trees}
	return nil
}

// outputs is how many numbers a leaf has.
func (m *cartModel) outputs() int { return max(1, m.classes) }

// mean gives the mean answer of the trees: K lists of N, or one.
func (m *cartModel) mean(x *mat.Dense) ([][]float64, error) {
	n := 0
	if x != nil {
		n, _ = x.Dims()
	}
	out, k := make([][]float64, m.outputs()), m.outputs()
	for c := range out {
		out[c] = make([]float64, n)
	}
	err := eachBlock(x, m.features, func(from, to int, rows []float32) {
		sums := make([]float64, (to-from)*k)
		for t := range m.trees {
			m.trees[t].addTo(sums, rows, m.features)
		}
		for i := range to - from {
			for c := range out {
				out[c][from+i] = sums[i*k+c] / float64(len(m.trees))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Predict gives the most probable class of each row of x [N, D], or the expected number: N of them. The error is ErrUnfitted
// or ErrNoRows, or wraps ErrInput.
func (m *cartModel) Predict(x *mat.Dense) ([]float64, error) {
	p, err := m.mean(x)
	if err != nil {
		return nil, err
	}
	if m.classes == 0 {
		return p[0], nil
	}
	return likeliest(p), nil
}

// PredictProba gives the probability of each class, the mean share that it has in the leaves: K lists of N numbers. The error
// is as Predict's; after a fit on numbers it wraps ErrInput.
func (m *cartModel) PredictProba(x *mat.Dense) ([][]float64, error) {
	p, err := m.mean(x)
	if err != nil {
		return nil, err
	}
	if m.classes == 0 {
		return nil, fmt.Errorf("%w: a target of numbers has no classes", ErrInput)
	}
	return p, nil
}

// Importance gives for each of the D columns the impurity that its splits take away, as shares that add up to 1, of each tree
// and then of all: feature_importances_ of scikit-learn. Without any split all are 0. The error is ErrUnfitted.
func (m *cartModel) Importance() ([]float64, error) {
	if m.trees == nil {
		return nil, ErrUnfitted
	}
	all := make([]float64, m.features)
	for i := range m.trees {
		for j, v := range m.trees[i].importance(m.features) {
			all[j] += v
		}
	}
	return shares(all), nil
}
