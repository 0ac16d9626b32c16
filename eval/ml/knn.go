package ml

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A KNN predicts a row by the rows nearest to it, by Euclidean distance and with equal votes, as KNeighborsClassifier and
// KNeighborsRegressor of scikit-learn do by default. Of classes with equal votes the smallest wins. The zero value is ready
// to fit; its fields must not change between a fit and a prediction. Columns count by the size of their numbers: it is for the
// caller to scale them.
type KNN struct {
	Near    int // neighbours that vote; 0 is 5
	Classes int // K; 0: the target is numbers

	base *mat.Dense
	y    []float64
}

// Fit keeps x [N, D] and y [N], classes from 0 to K-1 or numbers. The error is ErrNoRows or ErrOneClass, or wraps ErrInput,
// also where there are fewer rows than neighbours.
func (m *KNN) Fit(x *mat.Dense, y []float64) error {
	if err := checkTaught(x, y); err != nil {
		return err
	}
	if m.Classes > 0 {
		if _, err := newKnown(y, m.Classes); err != nil {
			return err
		}
	}
	if m.Near < 0 || m.near() > len(y) {
		return fmt.Errorf("%w: %d neighbours of %d rows: ask for fewer", ErrInput, m.near(), len(y))
	}
	m.base, m.y = mat.DenseCopyOf(x), slices.Clone(y)
	return nil
}

func (m *KNN) near() int {
	if m.Near == 0 {
		return 5
	}
	return m.Near
}

// ask finds the neighbours of the rows of x.
func (m *KNN) ask(x *mat.Dense) (Nearest, error) {
	fitted := 0
	if m.base != nil {
		_, fitted = m.base.Dims()
	}
	if err := checkAsked(x, fitted); err != nil {
		return Nearest{}, err
	}
	return Neighbours(x, m.base, m.near(), false)
}

// Predict gives the class with most votes for each row of x [N, D], or the mean of the neighbours' numbers: N of them. The
// error is ErrUnfitted or ErrNoRows, or wraps ErrInput.
func (m *KNN) Predict(x *mat.Dense) ([]float64, error) {
	if m.Classes > 0 {
		p, err := m.PredictProba(x)
		if err != nil {
			return nil, err
		}
		return likeliest(p), nil
	}
	near, err := m.ask(x)
	if err != nil {
		return nil, err
	}
	rows, _ := x.Dims()
	y := make([]float64, rows)
	for i := range y {
		for _, j := range near.Index[i*near.K : (i+1)*near.K] {
			y[i] += m.y[j]
		}
		y[i] /= float64(near.K)
	}
	return y, nil
}

// PredictProba gives each class's share of the votes: K lists of N numbers. The error is as Predict's; after a fit on
// numbers it wraps ErrInput.
func (m *KNN) PredictProba(x *mat.Dense) ([][]float64, error) {
	near, err := m.ask(x)
	if err != nil {
		return nil, err
	}
	if m.Classes == 0 {
		return nil, fmt.Errorf("%w: a target of numbers has no classes", ErrInput)
	}
	rows, _ := x.Dims()
	k := known{all: m.Classes}
	p := k.lists(rows)
	for i := range rows {
		for _, j := range near.Index[i*near.K : (i+1)*near.K] {
			p[int(m.y[j])][i] += 1 / float64(near.K)
		}
	}
	return p, nil
}
