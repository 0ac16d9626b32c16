package ml

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// farAndNear finds neighbours by sorting all distances.
func farAndNear(queries, base *mat.Dense, k int, others bool) Nearest {
	m, cols := queries.Dims()
	n, _ := base.Dims()
	out := Nearest{K: k}
	for i := range m {
		d := make([]float64, n)
		for j := range n {
			for c := range cols {
				d[j] += (queries.At(i, c) - base.At(j, c)) * (queries.At(i, c) - base.At(j, c))
			}
		}
		order := count(n)
		if others {
			order = slices.Delete(order, i, i+1)
		}
		slices.SortStableFunc(order, func(a, b int32) int {
			switch {
			case d[a] < d[b]:
				return -1
			case d[a] > d[b]:
				return 1
			}
			return 0
		})
		for _, j := range order[:k] {
			out.Index, out.Distance = append(out.Index, j), append(out.Distance, math.Sqrt(d[j]))
		}
	}
	return out
}

func scaled(x *mat.Dense, by func(i, j int, v float64) float64) *mat.Dense {
	y := mat.DenseCopyOf(x)
	y.Apply(by, y)
	return y
}

func TestNeighboursAreExact(t *testing.T) {
	for name, base := range map[string]*mat.Dense{
		"wide":         noise(150, 60, 1e9, 1),
		"ties":         noise(2100, 2, 2, 2),
		"one column":   noise(1100, 1, 10, 3),
		"far away":     scaled(noise(1100, 4, 1e9, 4), func(_, _ int, v float64) float64 { return v + 1e9 }),
		"unlike sizes": scaled(noise(1100, 5, 1e9, 5), func(_, j int, v float64) float64 { return v * math.Pow(1e3, float64(j)) }),
		"an outlier":   scaled(noise(300, 3, 1e9, 6), func(i, _ int, v float64) float64 { return v * math.Pow(1e30, float64(1-min(i, 1))) }),
		"close":        scaled(noise(300, 3, 1e9, 6), func(i, _ int, v float64) float64 { return v*1e-9 + float64(i%2) }),
		"huge":         scaled(noise(300, 3, 1e9, 7), func(_, _ int, v float64) float64 { return v * 1e160 }),
		"constant":     mat.NewDense(70, 3, nil),
	} {
		t.Run(name, func(t *testing.T) {
			_, cols := base.Dims()
			queries := base.Slice(0, 69, 0, cols).(*mat.Dense)
			for _, k := range []int{1, 5, 33} {
				got, err := Neighbours(queries, base, k, false)
				require.NoError(t, err)
				require.Equal(t, farAndNear(queries, base, k, false), got)
			}
			got, err := Neighbours(queries, queries, 3, true)
			require.NoError(t, err)
			require.Equal(t, farAndNear(queries, queries, 3, true), got)
		})
	}
}

func TestNeighboursDoNotDependOnThreads(t *testing.T) {
	base := noise(3000, 7, 100, 1)
	want, err := Neighbours(base, base, 4, true)
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	got, err := Neighbours(base, base, 4, true)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func BenchmarkNeighbours(b *testing.B) {
	x, _, _ := mixed(10_000, 30, 0, 1)
	base := dense(x, -3)
	for range b.N {
		if _, err := Neighbours(base, base, 5, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKNN(b *testing.B) {
	x, class, _ := mixed(12_500, 30, 0, 1)
	all, y := dense(x, -3), classCodes(class)
	base, held := all.Slice(0, 10_000, 0, 30).(*mat.Dense), all.Slice(10_000, 12_500, 0, 30).(*mat.Dense)
	for range b.N {
		m := KNN{Classes: 3}
		if err := m.Fit(base, y[:10_000]); err != nil {
			b.Fatal(err)
		}
		if _, err := m.Predict(held); err != nil {
			b.Fatal(err)
		}
	}
}

func TestKNNTies(t *testing.T) {
	x := mat.NewDense(6, 1, []float64{0, 2, 2, 4, 4, 9})
	// Row 0 and rows 1 and 2 are equally near to 1, rows 1 to 4 to 3: the lowest rows vote, and of equal votes class 0 wins.
	m := KNN{Near: 2, Classes: 3}
	require.NoError(t, m.Fit(x, []float64{2, 0, 1, 1, 1, 0}))
	got, err := m.Predict(mat.NewDense(3, 1, []float64{1, 3, 5}))
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0, 1}, got)
	p, err := m.PredictProba(mat.NewDense(1, 1, []float64{1}))
	require.NoError(t, err)
	require.Equal(t, [][]float64{{0.5}, {0}, {0.5}}, p)

	mean := KNN{Near: 2}
	require.NoError(t, mean.Fit(x, []float64{5, 1, 2, 3, 4, 6}))
	got, err = mean.Predict(mat.NewDense(2, 1, []float64{1, 3}))
	require.NoError(t, err)
	require.Equal(t, []float64{3, 1.5}, got)
	_, err = mean.PredictProba(x)
	require.ErrorIs(t, err, ErrInput)
}

func TestNeighboursOfBadInput(t *testing.T) {
	x := mat.NewDense(3, 2, nil)
	for _, c := range []struct {
		queries, base *mat.Dense
		k             int
		others        bool
		want          error
	}{
		{x, nil, 1, false, ErrNoRows},
		{&mat.Dense{}, x, 1, false, ErrNoRows},
		{x, mat.NewDense(3, 1, nil), 1, false, ErrInput},
		{x, x, 0, false, ErrInput},
		{x, x, 4, false, ErrInput},
		{x, x, 3, true, ErrInput},
		{mat.NewDense(2, 2, nil), x, 1, true, ErrInput},
		{mat.NewDense(1, 2, []float64{1, math.Inf(1)}), x, 1, false, ErrInput},
	} {
		_, err := Neighbours(c.queries, c.base, c.k, c.others)
		require.ErrorIs(t, err, c.want)
	}
	require.ErrorContains(t, func() error {
		_, err := Neighbours(x, mat.NewDense(1, 2, []float64{1, math.NaN()}), 1, false)
		return err
	}(), "base: ml: bad input: column 2")
}
