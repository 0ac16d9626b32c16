package ml

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
)

// told is two tables under each other in one matrix, and which table each row is of.
func told(n, columns int) (*mat.Dense, []float64) {
	x, y := twoTables(n, columns)
	return dense(x, -3), classCodes(y)
}

func BenchmarkLogistic(b *testing.B) {
	x, y := told(10_000, 30)
	for name, l := range map[string]Logistic{"100": {}, "standardised": {Standardise: true}, "converged": {Converge: true}} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if err := l.Fit(x, y); err != nil {
					b.Fatal(err)
				}
			}
			steps, converged := l.Steps()
			b.ReportMetric(float64(steps), "steps")
			if !converged && name != "100" {
				b.Fatal("not converged")
			}
		})
	}
}

// The gradient is that of the loss.
func TestLogisticGradient(t *testing.T) {
	x := noise(300, 3, 100, 1)
	for _, outs := range []int{2, 3} {
		y := make([]float64, 300)
		for i := range y {
			y[i] = float64(i * i % outs)
		}
		k, err := newKnown(y, 0)
		require.NoError(t, err)
		l := Logistic{C: 0.01, Converge: true}
		p, err := l.problem(x, &k)
		require.NoError(t, err)
		theta := make([]float64, len(p.last))
		for i := range theta {
			theta[i] = math.Sin(float64(i))
		}
		p.evaluate(theta)
		grad := slices.Clone(p.grad)
		require.InDeltaSlice(t, fd.Gradient(nil, p.evaluate, theta, &fd.Settings{Formula: fd.Central}), grad, 1e-7)
	}
}

// The minimum is the same in any variables, and does not depend on the number of threads.
func TestLogisticConverges(t *testing.T) {
	x, y := told(400, 8)
	slow, fast := Logistic{MaxIter: 100_000}, Logistic{Converge: true}
	require.NoError(t, slow.Fit(x, y))
	require.NoError(t, fast.Fit(x, y))
	a, _ := slow.Coefficients()
	b, _ := fast.Coefficients()
	require.InDeltaSlice(t, a[0], b[0], 2e-3)
	n, converged := fast.Steps()
	require.True(t, converged)
	require.Less(t, n, 200)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var again Logistic
	again.Converge = true
	require.NoError(t, again.Fit(x, y))
	c, _ := again.Coefficients()
	require.Equal(t, b, c)
}

func TestLogisticLeavesOutAbsentClasses(t *testing.T) {
	x := mat.NewDense(4, 1, []float64{0, 1, 2, 3})
	l := Logistic{Classes: 5}
	require.NoError(t, l.Fit(x, []float64{1, 1, 3, 3}))
	p, err := l.PredictProba(x)
	require.NoError(t, err)
	require.Len(t, p, 5)
	for i := range 4 {
		require.Zero(t, p[0][i]+p[2][i]+p[4][i])
		require.InDelta(t, 1, p[1][i]+p[3][i], 1e-15)
	}
	got, err := l.Predict(x)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 1, 3, 3}, got)
	coef, intercept := l.Coefficients()
	require.Len(t, coef, 1)
	require.InDelta(t, -1.5, intercept[0]/coef[0][0], 1e-3)
}
