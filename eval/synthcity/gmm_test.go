package synthcity

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/testutil"
)

// drawn is the table of testdata/models.py: every second column has three values, and column 0 is scale times as large.
func drawn(rows, cols int, seed uint32, shift, scale float64) *mat.Dense {
	r := numpy.NewRandomState(seed)
	x := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			v := r.RandomSample() + shift
			if j%2 == 1 {
				v = math.Floor(3*v) / 2
			}
			x.Set(i, j, v)
		}
		x.Set(i, 0, x.At(i, 0)*scale)
	}
	return x
}

type modelsGolden struct {
	Sinkhorn []struct {
		Rows, Others, Cols  int
		Shift, Scale, Value float64
	}
	Mixture []struct {
		Rows, Cols, Components int
		Scale, Score           float64
		Weights                []float64
		Proba                  [][]float64
	}
}

// turns are labels 0, 1, ..., k-1, 0, 1, ...
func turns(n, k int) []int {
	labels := make([]int, n)
	for i := range labels {
		labels[i] = i % k
	}
	return labels
}

// From the same first labels the steps end at the numbers of scikit-learn.
func TestMixtureIsScikitLearns(t *testing.T) {
	var golden modelsGolden
	testutil.JSON(t, "testdata/models.json", &golden)
	require.Len(t, golden.Mixture, 3)
	for _, g := range golden.Mixture {
		x, ask := drawn(g.Rows, g.Cols, 3, 0, g.Scale), drawn(50, g.Cols, 4, 0.1, g.Scale)
		m, err := fitMixture(context.Background(), x, turns(g.Rows, g.Components), g.Components)
		require.NoError(t, err)
		resp := mat.NewDense(50, g.Components, nil)
		require.InEpsilon(t, g.Score, m.expect(scalingOf(x).samples(ask), resp), 1e-6)
		for k, w := range g.Weights {
			require.InDelta(t, w, math.Exp(m.logWeight[k]), 1e-7)
		}
		for i, p := range g.Proba {
			require.InDeltaSlice(t, p, resp.RawRowView(i), 1e-6, "row %d", i)
		}
	}
}

func TestMixtureOnOneThread(t *testing.T) {
	x := drawn(3000, 5, 1, 0, 1)
	want, err := fitMixture(context.Background(), x, turns(3000, 4), 4)
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	got, err := fitMixture(context.Background(), x, turns(3000, 4), 4)
	require.NoError(t, err)
	require.Equal(t, want.resp.RawMatrix().Data, got.resp.RawMatrix().Data)
}

// What the glance in float32 leaves out is below the rounding error of what stays, also beside a column of another size.
func TestScreenLosesNothing(t *testing.T) {
	const n, d, k = 700, 6, 8
	for _, scale := range []float64{1, 1e6} {
		x := drawn(n, d, 5, 0, scale)
		m, err := fitMixture(context.Background(), x, kMeans(x, k, 1, numpy.NewRandomState(1)).label, k)
		require.NoError(t, err)
		p, got := scalingOf(x).samples(x), mat.NewDense(n, k, nil)
		likelihood, want := m.expect(p, got), 0.0
		for i := range n {
			logs := make([]float64, k)
			for c := range logs {
				off := make([]float64, d)
				floats.SubTo(off, x.RawRowView(i), m.mean.RawRowView(c))
				var white mat.VecDense
				white.MulVec(m.whiten[c], mat.NewVecDense(d, off))
				logs[c] = m.constant[c] - mat.Dot(&white, &white)/2
			}
			all := floats.LogSumExp(logs)
			want += all / n
			for c, l := range logs {
				require.InDelta(t, math.Exp(l-all), got.At(i, c), 1e-9)
			}
		}
		require.InEpsilon(t, want, likelihood, 1e-12)
		b, listed := newBlock(d, k), 0
		newScreen(m, p).ask(b, p, 0, blockRows)
		for _, rows := range b.rows {
			listed += len(rows)
		}
		require.GreaterOrEqual(t, listed, blockRows)
		require.Less(t, listed, blockRows*k*3/4, "nothing was left out")
	}
}

func TestMixtureOfHugeNumbers(t *testing.T) {
	x := drawn(100, 3, 1, 0, 1e12)
	for i := range 100 {
		x.Set(i, 2, 3*x.At(i, 0))
	}
	_, err := fitMixture(context.Background(), x, turns(100, 2), 2)
	require.ErrorIs(t, err, errSingular)
}

func BenchmarkMixture(b *testing.B) {
	for _, n := range []int{13_333} {
		x := drawn(n, 30, 1, 0, 1)
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := fitMixture(context.Background(), x, turns(n, 10), 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
