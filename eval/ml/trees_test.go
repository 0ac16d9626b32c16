package ml

import (
	"bytes"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// A matrixLearner is what the learners on matrices have in common.
type matrixLearner interface {
	Fit(*mat.Dense, []float64) error
	Predict(*mat.Dense) ([]float64, error)
	PredictProba(*mat.Dense) ([][]float64, error)
	Importance() ([]float64, error)
	SHAP(*mat.Dense) ([]*mat.Dense, []float64, error)
}

// treeLearners gives a new learner of each kind.
func treeLearners(classes int) map[string]matrixLearner {
	return map[string]matrixLearner{
		"hist":   &Boost{Classes: classes, Rounds: 5},
		"exact":  &Boost{Classes: classes, Rounds: 5, Method: Exact},
		"tree":   &CART{Classes: classes},
		"forest": &CARTForest{Classes: classes, Trees: 5},
	}
}

func TestBadTablesAreErrors(t *testing.T) {
	good := mat.NewDense(4, 1, []float64{1, 2, 3, 4})
	for _, c := range []struct {
		name    string
		classes int
		x       *mat.Dense
		y       []float64
		want    error
	}{
		{"no table", 0, nil, nil, ErrNoRows},
		{"empty", 0, &mat.Dense{}, nil, ErrNoRows},
		{"lengths", 0, good, []float64{1}, ErrInput},
		{"infinite cell", 0, mat.NewDense(2, 1, []float64{1, math.Inf(-1)}), []float64{1, 2}, ErrInput},
		{"cell beyond 32 bits", 0, mat.NewDense(2, 1, []float64{1, 1e300}), []float64{1, 2}, ErrInput},
		{"missing answer", 0, good, []float64{1, 2, 3, math.NaN()}, ErrInput},
		{"infinite answer", 0, good, []float64{1, 2, 3, math.Inf(1)}, ErrInput},
		{"class out of range", 2, good, []float64{0, 1, 2, 0}, ErrInput},
		{"class less than 0", 2, good, []float64{0, 1, -1, 0}, ErrInput},
		{"half a class", 2, good, []float64{0, 1, 0.5, 0}, ErrInput},
		{"class missing", 2, good, []float64{0, 1, math.NaN(), 0}, ErrInput},
		{"one class", 2, good, []float64{1, 1, 1, 1}, ErrOneClass},
		{"one row", 2, mat.NewDense(1, 1, []float64{1}), []float64{1}, ErrOneClass},
		{"Classes 1", 1, good, []float64{0, 0, 0, 0}, ErrInput},
		{"Classes -1", -1, good, []float64{0, 0, 0, 0}, ErrInput},
	} {
		for name, l := range treeLearners(c.classes) {
			require.ErrorIs(t, l.Fit(c.x, c.y), c.want, "%s: %s", name, c.name)
			_, err := l.Predict(good)
			require.ErrorIs(t, err, ErrUnfitted)
		}
	}
	for name, l := range treeLearners(2) {
		require.NoError(t, l.Fit(good, []float64{0, 0, 1, 1}))
		_, err := l.PredictProba(mat.NewDense(1, 2, nil))
		require.ErrorIs(t, err, ErrInput, name)
		_, err = l.PredictProba(mat.NewDense(1, 1, []float64{math.Inf(1)}))
		require.ErrorIs(t, err, ErrInput, name)
		_, err = l.Predict(&mat.Dense{})
		require.ErrorIs(t, err, ErrNoRows, name)
		_, _, err = l.SHAP(mat.NewDense(1, 2, nil))
		require.ErrorIs(t, err, ErrInput, name)
	}
	for name, l := range treeLearners(0) {
		_, err := l.Importance()
		require.ErrorIs(t, err, ErrUnfitted, name)
		_, _, err = l.SHAP(good)
		require.ErrorIs(t, err, ErrUnfitted, name)
		require.NoError(t, l.Fit(good, []float64{0, 0, 1, 1}))
		_, err = l.PredictProba(good)
		require.ErrorIs(t, err, ErrInput, name)
	}
	for _, b := range []Boost{{Depth: -1}, {Depth: 1 << 20}, {Rounds: -1}, {Eta: -1}, {Subsample: 2}, {Gamma: -1}, {Eta: math.NaN()},
		{Lambda: math.NaN()}, {MinChildWeight: math.Inf(1)}, {Method: 9}} {
		require.ErrorIs(t, b.Fit(good, []float64{0, 0, 1, 1}), ErrInput, "%+v", b)
	}
	require.ErrorIs(t, (&CART{Try: 2}).Fit(good, make([]float64, 4)), ErrInput)
	require.ErrorIs(t, (&CARTForest{Trees: -1}).Fit(good, make([]float64, 4)), ErrInput)
	require.ErrorIs(t, new(Boost).WriteJSON(new(bytes.Buffer)), ErrUnfitted)
}

// Tables with nothing to learn give what can be said without the columns.
func TestTablesWithNothingToLearn(t *testing.T) {
	nan := math.NaN()
	for name, x := range map[string]*mat.Dense{
		"constant": mat.NewDense(6, 2, []float64{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}),
		"missing":  mat.NewDense(6, 2, []float64{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}),
	} {
		for kind, l := range treeLearners(3) { // class 1 has no row
			require.NoError(t, l.Fit(x, []float64{0, 2, 0, 2, 2, 2}))
			p, err := l.PredictProba(x)
			require.NoError(t, err)
			require.Len(t, p, 3)
			require.Greater(t, p[2][0], p[0][0], "%s, %s", kind, name)
			require.Greater(t, p[0][0], p[1][0], "%s, %s", kind, name)
			importance, err := l.Importance()
			require.NoError(t, err)
			require.Equal(t, []float64{0, 0}, importance)
		}
		for kind, l := range treeLearners(0) {
			require.NoError(t, l.Fit(x, []float64{5, 5, 5, 5, 5, 5}))
			p, err := l.Predict(x)
			require.NoError(t, err)
			off := 1e-12
			if kind == "exact" {
				off = 2 // begins at one half, and has five rounds only
			}
			require.InDelta(t, 5, p[3], off, "%s, %s", kind, name)
		}
	}
	for kind, l := range treeLearners(0) {
		require.NoError(t, l.Fit(mat.NewDense(1, 1, []float64{3}), []float64{0.5}))
		p, err := l.Predict(mat.NewDense(1, 1, []float64{nan}))
		require.NoError(t, err)
		require.Equal(t, []float64{0.5}, p, kind)
	}
}

// The same bits for any number of threads.
func TestTreesDoNotDependOnThreads(t *testing.T) {
	x, y := madeTable(3000, 1, 400, 3, 5)
	var first [][][]float64
	for _, threads := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(threads)
		var all [][][]float64
		for _, l := range []matrixLearner{&Boost{Classes: 3, Rounds: 10, Subsample: 0.7}, &Boost{Classes: 3, Rounds: 5, Method: Exact},
			&CARTForest{Classes: 3, Trees: 10}} {
			require.NoError(t, l.Fit(x, y))
			p, err := l.PredictProba(x)
			require.NoError(t, err)
			all = append(all, p)
		}
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = all
		}
		require.Equal(t, first, all)
	}
}

func TestTreesStop(t *testing.T) {
	x, y := madeTable(50, 0, 9, 2, 1)
	stop := make(chan struct{})
	close(stop)
	require.ErrorIs(t, (&Boost{Classes: 2, Stop: stop}).Fit(x, y), ErrStopped)
	require.ErrorIs(t, (&CARTForest{Classes: 2, Stop: stop}).Fit(x, y), ErrStopped)
}

// Numbers of every size, signs and gaps, in the order that a comparison sort gives.
func TestAscending(t *testing.T) {
	v := []float32{3, -1, 0, float32(math.NaN()), 1e-40, -1e30, 1e30, -1, 3, float32(math.Inf(1)), math.MaxFloat32, -1e-40}
	require.Equal(t, []int32{5, 1, 7, 11, 2, 4, 0, 8, 6, 10, 9}, ascending(v))
	require.Empty(t, ascending(nil))
}
