package ml

import (
	"encoding/json"
	"math"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/numpy"
)

// unscaled is the table of testdata/steps.py.
func unscaled(classes int) (*mat.Dense, []float64) {
	r := numpy.NewRandomState(5)
	x, y := mat.NewDense(300, 6, nil), make([]float64, 300)
	for i := range y {
		size, sum := 1.0, 0.0
		for j := range 6 {
			u := r.RandomSample()
			x.Set(i, j, u*size)
			size *= 3
			if j < 3 {
				sum += u
			}
		}
		y[i] = math.Floor(float64(classes) * min((sum+r.RandomSample())/4, 0.999))
	}
	return x, y
}

// The peer's steps are followed one by one, so that steps that end far from the minimum end at the same place. After a thousand
// steps the last digits of sums have grown to be seen, and two versions of the peer differ by some percent.
func TestLogisticFollowsScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/steps.json")
	require.NoError(t, err)
	var golden map[string]struct {
		Fits []struct {
			Classes, Most, Steps int
			Coef                 [][]float64
			Intercept            []float64
		}
	}
	require.NoError(t, json.Unmarshal(b, &golden))
	for version, peer := range map[string]Peer{"1.3.2": PeerScikit13, "1.9.1": PeerScikit15} {
		require.Len(t, golden[version].Fits, 6)
		for _, g := range golden[version].Fits {
			x, y := unscaled(g.Classes)
			l := Logistic{Peer: peer, MaxIter: g.Most}
			require.NoError(t, l.Fit(x, y))
			coef, intercept := l.Coefficients()
			steps, _ := l.Steps()
			if g.Steps == 1000 {
				require.Greater(t, steps, 500)
				continue
			}
			require.Equal(t, g.Steps, steps, "%s, %d classes, %d steps", version, g.Classes, g.Most)
			tolerance := 1e-9
			if g.Steps > 50 {
				tolerance = 1e-6
			}
			requireClose(t, g.Coef, coef, tolerance)
			requireClose(t, [][]float64{g.Intercept}, [][]float64{intercept}, tolerance)
		}
	}
}

func TestFollowedStepsAreDeterministic(t *testing.T) {
	x, y := told(1000, 8)
	one, two := Logistic{Peer: PeerScikit13}, Logistic{Peer: PeerScikit13}
	require.NoError(t, one.Fit(x, y))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.NoError(t, two.Fit(x, y))
	a, _ := one.Coefficients()
	b, _ := two.Coefficients()
	require.Equal(t, a, b)
}

// Numbers whose loss is not finite are an error, and where nothing is to be learned no step is taken.
func TestFollowedStepsEnd(t *testing.T) {
	l := Logistic{Peer: PeerScikit15}
	require.ErrorIs(t, l.Fit(mat.NewDense(4, 1, []float64{1e300, -1e300, 1e300, 1e300}), []float64{0, 1, 0, 1}), ErrInput)
	require.ErrorIs(t, (&Logistic{Peer: PeerSynthcity}).Fit(mat.NewDense(2, 1, nil), []float64{0, 1}), ErrInput)
	require.NoError(t, l.Fit(mat.NewDense(4, 1, nil), []float64{0, 1, 0, 1}))
	steps, converged := l.Steps()
	require.Zero(t, steps)
	require.True(t, converged)
}
