package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// checkCells tells whether x has rows and columns of finite numbers.
func checkCells(x *mat.Dense) error {
	if err := checkShape(x); err != nil {
		return err
	}
	rows, _ := x.Dims()
	for i := range rows {
		for j, v := range x.RawRowView(i) {
			if bad(v) {
				return &CellError{j, "a cell is missing or infinite: fill such cells first"}
			}
		}
	}
	return nil
}

// checkTaught tells whether x [N, D] and y [N] can be learned from.
func checkTaught(x *mat.Dense, y []float64) error {
	if err := checkCells(x); err != nil {
		return err
	}
	if rows, _ := x.Dims(); rows != len(y) {
		return fmt.Errorf("%w: a target of %d rows in a table of %d", ErrInput, len(y), rows)
	}
	for _, v := range y {
		if bad(v) {
			return fmt.Errorf("%w: a target that is missing or infinite", ErrInput)
		}
	}
	return nil
}

// checkAsked tells whether x can be predicted by what was fitted on so many columns; 0 is not fitted.
func checkAsked(x *mat.Dense, fitted int) error {
	if fitted == 0 {
		return ErrUnfitted
	}
	if err := checkCells(x); err != nil {
		return err
	}
	if _, cols := x.Dims(); cols != fitted {
		return fmt.Errorf("%w: %d columns where %d were fitted", ErrInput, cols, fitted)
	}
	return nil
}

// known are the classes that a target has. Learners of lines and networks leave out those that no row has: nothing could be
// learned about them, and their probability is 0.
type known struct {
	all     int     // K
	classes []int   // that a row has, ascending
	code    []int32 // [N], place in classes
}

// newKnown reads class codes 0 to K-1; K 0 is one more than the greatest code.
func newKnown(y []float64, classes int) (known, error) {
	k := known{all: classes, code: make([]int32, len(y))}
	for _, v := range y {
		if v != math.Trunc(v) || v < 0 || v >= maxClasses || classes > 0 && v >= float64(classes) {
			return known{}, fmt.Errorf("%w: a class that is no whole number from 0 to %d", ErrInput, min(max(classes, 1)-1, maxClasses-1))
		}
		if classes == 0 {
			k.all = max(k.all, int(v)+1)
		}
	}
	place := make([]int32, k.all)
	for _, v := range y {
		place[int(v)] = 1
	}
	for c, there := range place {
		if there == 1 {
			place[c] = int32(len(k.classes))
			k.classes = append(k.classes, c)
		}
	}
	if len(k.classes) < 2 {
		return known{}, ErrOneClass
	}
	for i, v := range y {
		k.code[i] = place[int(v)]
	}
	return k, nil
}

// lists gives room for the probabilities of n rows: K lists of N.
func (k *known) lists(n int) [][]float64 {
	p := make([][]float64, k.all)
	for c := range p {
		p[c] = make([]float64, n)
	}
	return p
}

// likeliest gives the class with the greatest probability of each row, the smallest of several.
func likeliest(p [][]float64) []float64 {
	y := make([]float64, len(p[0]))
	for i := range y {
		for c := range p {
			if p[c][i] > p[int(y[i])][i] {
				y[i] = float64(c)
			}
		}
	}
	return y
}

// spread gives mean and standard deviation (of N, not N-1) of each column. The error names a column whose numbers are too
// large for that.
func spread(x *mat.Dense) (mean, sd []float64, err error) {
	rows, cols := x.Dims()
	mean, sd = make([]float64, cols), make([]float64, cols)
	for i := range rows {
		floats.Add(mean, x.RawRowView(i))
	}
	for j := range mean { // of a constant whole number this is that number, and no rounding error is left to be learned from
		mean[j] /= float64(rows)
	}
	for i := range rows {
		for j, v := range x.RawRowView(i) {
			sd[j] += (v - mean[j]) * (v - mean[j]) / float64(rows)
		}
	}
	for j, v := range sd {
		sd[j] = math.Sqrt(v)
		if bad(sd[j]) {
			return nil, nil, &CellError{j, "its numbers are too large to compute with"}
		}
		// What rounding alone leaves of a constant column is no spread.
		if sd[j] <= 1e-14*math.Abs(mean[j]) {
			sd[j] = 0
		}
	}
	return mean, sd, nil
}
