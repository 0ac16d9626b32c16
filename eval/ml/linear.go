package ml

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Linear is least squares with an intercept. Where columns depend on each other, it takes the coefficients of least length,
// as LinearRegression of scikit-learn does. The zero value is ready to fit.
type Linear struct {
	// RCond is the share of the greatest singular value below which another counts as 0. 0 is the rounding error of the
	// decomposition, max(N, D) 2^-52. LinearRegression has 2^-52 up to scikit-learn 1.6, and 1e-6 since, which on columns of
	// very different sizes takes away more than what depends.
	RCond float64

	coef      []float64 // [D]
	intercept float64
}

// Fit learns to tell y [N] from x [N, D]. The error is ErrNoRows or wraps ErrInput.
func (l *Linear) Fit(x *mat.Dense, y []float64) error {
	if err := checkTaught(x, y); err != nil {
		return err
	}
	mean, sd, err := spread(x)
	if err != nil {
		return err
	}
	rows, cols := x.Dims()
	centred := mat.NewDense(rows, cols, nil)
	middle := 0.0
	for i, v := range y {
		floats.SubTo(centred.RawRowView(i), x.RawRowView(i), mean)
		middle += v / float64(rows)
	}
	for j, v := range sd {
		if v == 0 { // what rounding leaves of a constant column is nothing to learn from
			centred.SetCol(j, make([]float64, rows))
		}
	}
	off := slices.Clone(y)
	floats.AddConst(-middle, off)
	coef := make([]float64, cols)
	if err := l.leastSquares(coef, centred, off); err != nil {
		return err
	}
	intercept := middle - floats.Dot(coef, mean)
	if floats.HasNaN(coef) || bad(intercept) {
		return fmt.Errorf("%w: numbers too large for least squares", ErrInput)
	}
	l.coef, l.intercept = coef, intercept
	return nil
}

// leastSquares sets coef to the shortest of the best solutions of x coef = y.
func (l *Linear) leastSquares(coef []float64, x *mat.Dense, y []float64) error {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return fmt.Errorf("%w: the singular values of the table do not converge", ErrInput)
	}
	rcond := l.RCond
	if rcond == 0 {
		rows, cols := x.Dims()
		rcond = float64(max(rows, cols)) * 0x1p-52
	}
	rank := svd.Rank(rcond)
	if rank == 0 {
		return nil // all columns are constant
	}
	svd.SolveVecTo(mat.NewVecDense(len(coef), coef), mat.NewVecDense(len(y), y), rank)
	return nil
}

// Predict gives the number expected for each row of x [N, D]: N of them. The error is ErrUnfitted or ErrNoRows, or wraps
// ErrInput.
func (l *Linear) Predict(x *mat.Dense) ([]float64, error) {
	if err := checkAsked(x, len(l.coef)); err != nil {
		return nil, err
	}
	rows, _ := x.Dims()
	y := make([]float64, rows)
	for i := range y {
		y[i] = l.intercept + floats.Dot(x.RawRowView(i), l.coef)
	}
	return y, nil
}

// Coefficients gives what a column's number is multiplied by, [D], and the intercept; nil and 0 before a fit.
func (l *Linear) Coefficients() (coef []float64, intercept float64) {
	return slices.Clone(l.coef), l.intercept
}
