package kernels

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// logisticCase makes rows of numbers whose logits go as far as so often.
func logisticCase(n, d int, far float64) (x, y, w []float64) {
	tiles := (n + LogisticTile - 1) / LogisticTile
	for i, v := range numbers(uint64(n+1), tiles*LogisticTile*d, false) {
		x = append(x, float64(v)*(1+float64(i%7)/3))
	}
	for i := range n {
		y = append(y, float64(i*i%3&1))
	}
	for j := range d {
		w = append(w, far*math.Sin(float64(j+1)))
	}
	return x, y, w
}

// The sums by math.Exp and math.Log1p, in another order.
func plainLogistic(x, y, w []float64) (loss float64, grad []float64) {
	grad = make([]float64, len(w))
	for i, v := range y {
		at := func(j int) float64 { return x[(i/LogisticTile*len(w)+j)*LogisticTile+i%LogisticTile] }
		z := 0.0
		for j := range w {
			z += w[j] * at(j)
		}
		loss += math.Log1p(math.Exp(-math.Abs(z))) + max(z, 0) - v*z
		for j := range grad {
			grad[j] += at(j) * (1/(1+math.Exp(-z)) - v)
		}
	}
	return loss, grad
}

func TestLogistic(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 31, 32, 33, 100, 256, 500} {
			for _, d := range []int{1, 2, 7, 31} {
				for _, far := range []float64{0, 0.1, 3, 100, 3000} {
					what := fmt.Sprint(n, " rows, ", d, " columns, far ", far)
					x, y, w := logisticCase(n, d, far)
					grad, lanes := make([]float64, d+1), make([]float64, 4*d+1)
					grad[d], lanes[4*d] = 77, 78
					loss := Logistic(grad, lanes, x, y, w)
					require.Equal(t, []float64{77, 78}, []float64{grad[d], lanes[4*d]}, "%s: wrote outside", what)
					want, slope := plainLogistic(x, y, w)
					require.InDelta(t, want, loss, 1e-13*(1+want), what)
					require.InDeltaSlice(t, slope, grad[:d], 1e-11, what)
				}
			}
		}
	})
}

// Each row's loss and derivative is right to the last digits of 1, however far it lies.
func TestLogisticRow(t *testing.T) {
	for z := -800.0; z < 800; z += 0.37 {
		for _, y := range []float64{0, 1} {
			derivative, loss, factor := logisticRow(z, y)
			require.InEpsilon(t, 1+math.Exp(-math.Abs(z)), factor, 1e-6)
			side := z
			if y == 1 {
				side = -z
			}
			want := max(side, 0) + math.Log1p(math.Exp(-math.Abs(z)))
			require.InDelta(t, want, loss+math.Log(factor), 4e-16*max(want, 1), "%g", z)
			require.InDelta(t, 1/(1+math.Exp(-z))-y, derivative, 3e-16, "%g", z)
		}
	}
}

func TestLogisticOfNoNumber(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, n := range []int{3, 64} {
			x, y, w := logisticCase(n, 2, 1)
			x[1] = math.NaN()
			grad := make([]float64, 2)
			require.True(t, math.IsNaN(Logistic(grad, make([]float64, 8), x, y, w)))
			require.True(t, math.IsNaN(grad[0]))
		}
		require.Panics(t, func() { Logistic(nil, nil, nil, make([]float64, 1), make([]float64, 1)) })
		require.Panics(t, func() {
			Logistic(make([]float64, 1), make([]float64, 4), make([]float64, 544), make([]float64, 513), make([]float64, 1))
		})
	})
}

func BenchmarkLogisticLoss(b *testing.B) {
	x, y, w := logisticCase(256, 31, 0.3)
	grad, lanes := make([]float64, 31), make([]float64, 4*31)
	for b.Loop() {
		Logistic(grad, lanes, x, y, w)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/row")
}
