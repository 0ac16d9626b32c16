package ml

import (
	"math"

	"example.org/cohort/internal/run"
)

// A Forest is the mean of many trees, each grown on a part of the persons, with few columns to choose from at every split
// (Breiman, 2001). A tree sees 63.2 % of the persons, drawn without replacement and from each class alike: as many
// different rows as a bootstrap draws, but no row twice. The zero value is ready to fit; its fields must not change
// between a fit and a prediction.
type Forest struct {
	Trees   int    // 0 is 100
	MinLeaf int    // least number of rows in a leaf; 0 is 2
	Try     int    // columns that a split chooses from; 0 is sqrt(C) for classes, C/3 for numbers
	Seed    uint64 // the same seed and data give the same forest
	// Person gives the person that each of the N rows is about, by any number; nil if each row is a person of its own. A tree
	// sees all rows of a person or none, so that no person is judged by trees that know it.
	Person []int32
	// Stop, once closed, ends Fit and OutOfFold soon, with ErrStopped. nil is never.
	Stop <-chan struct{}

	model
	sample *sample
}

// share is the expected share of different rows in a bootstrap sample, 1-1/e.
const share = 1 - 1/math.E

// Fit learns to tell y from x: C columns and a target, all of N rows. The error is ErrNoRows, ErrOneClass or ErrStopped, or
// wraps ErrInput.
func (f *Forest) Fit(x []Column, y Column) error {
	m, err := newModel(x, y)
	if err != nil {
		return err
	}
	unit, err := units(f.Person, y.Len())
	if err != nil {
		return err
	}
	s := newSample(count(y.Len()), m.target, unit)
	m.trees = make([]grown, f.size())
	run.Parallel(len(m.trees), func(i int) { m.trees[i] = m.grow(s, f.options(&m), f.Seed, uint64(i)) })
	if run.Closed(f.Stop) {
		return ErrStopped
	}
	f.model, f.sample = m, s
	return nil
}

// Predict gives the most probable class of each row of x, or the expected number: a column of N codes or numbers like the
// target's. x has the columns that the forest was fitted on, in their order. The error is ErrUnfitted or ErrNoRows, or wraps
// ErrInput.
func (f *Forest) Predict(x []Column) (Column, error) { return f.model.predict(x) }

// PredictProba gives the probability of each class: K lists of N numbers. The error is as Predict's; after a fit on numbers
// it wraps ErrInput.
func (f *Forest) PredictProba(x []Column) ([][]float64, error) { return f.model.predictProba(x) }

// OutOfBag predicts every row of the fit by those trees that did not see its person: K lists of N probabilities, or one list
// of N numbers. It is the forest's own cross-validation and costs next to nothing. A row that all trees saw gets NaN; among
// 100 trees that happens once in 10^20. The error is ErrUnfitted.
func (f *Forest) OutOfBag() ([][]float64, error) {
	if f.sample == nil {
		return nil, ErrUnfitted
	}
	return f.model.mean(f.model.x, f.sample.all, f.model.trees, true), nil
}

// OutOfFold predicts every row by a forest of the same settings that was fitted on the rows of the other folds: K lists of N
// probabilities, or one list of N numbers. fold is the fold of each row, from 0 on, as [Folds] gives them. Rows of one
// person should be in one fold. The forest itself stays as it was. The errors are those of Fit; a class that only one fold
// has is no error.
func (f *Forest) OutOfFold(x []Column, y Column, fold []int32) ([][]float64, error) {
	m, err := newModel(x, y)
	if err != nil {
		return nil, err
	}
	unit, err := units(f.Person, y.Len())
	if err != nil {
		return nil, err
	}
	parts, err := byFold(fold, y.Len())
	if err != nil {
		return nil, err
	}
	samples := make([]*sample, len(parts))
	for k := range parts {
		samples[k] = newSample(others(parts, k), m.target, unit)
	}
	trees := f.size()
	grown := make([]grown, trees*len(parts))
	run.Parallel(len(grown), func(i int) {
		k, t := i/trees, i%trees
		grown[i] = m.grow(samples[k], f.options(&m), f.Seed, uint64(k+1)<<32|uint64(t))
		grown[i].in = nil
	})
	if run.Closed(f.Stop) {
		return nil, ErrStopped
	}
	p := m.lists(y.Len())
	for k, rows := range parts {
		own := m.mean(m.x, rows, grown[k*trees:(k+1)*trees], false)
		for c := range p {
			for j, i := range rows {
				p[c][i] = own[c][j]
			}
		}
	}
	return p, nil
}

func (f *Forest) size() int {
	if f.Trees > 0 {
		return f.Trees
	}
	return 100
}

func (f *Forest) options(m *model) options {
	o := options{minLeaf: f.MinLeaf, try: f.Try, share: share, stop: f.Stop}
	if o.try <= 0 && m.target.classes > 0 {
		o.try = int(math.Sqrt(float64(len(m.x))))
	} else if o.try <= 0 {
		o.try = max(1, len(m.x)/3)
	}
	return o
}
