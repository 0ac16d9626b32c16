package synthcity

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/testutil"
)

// naiveSinkhorn is the loop of geomloss with whole matrices of costs, in float64.
func naiveSinkhorn(x, y [][]float64) float64 {
	softmin := func(eps float64, from, to [][]float64, potential []float64) []float64 {
		out := make([]float64, len(from))
		for i, p := range from {
			h := make([]float64, len(to))
			for j, q := range to {
				d := floats.Distance(p, q, 2)
				h[j] = -math.Log(float64(len(to))) + (potential[j]-d*d/2)/eps
			}
			out[i] = -eps * floats.LogSumExp(h)
		}
		return out
	}
	low, high := make([]float64, len(x[0])), make([]float64, len(x[0]))
	for j := range low {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
		for _, rows := range [][][]float64{x, y} {
			for _, row := range rows {
				low[j], high[j] = min(low[j], row[j]), max(high[j], row[j])
			}
		}
	}
	box := floats.Distance(low, high, 2)
	list := []float64{box * box}
	for l := 2 * math.Log(box); l > 2*math.Log(.05); l += 2 * math.Log(.5) {
		list = append(list, math.Exp(l))
	}
	list = append(list, .05*.05)
	f, g, p, q := make([]float64, len(x)), make([]float64, len(y)), make([]float64, len(x)), make([]float64, len(y))
	step := func(eps, share float64) {
		f1, g1, p1, q1 := softmin(eps, x, y, g), softmin(eps, y, x, f), softmin(eps, x, x, p), softmin(eps, y, y, q)
		for _, s := range [][2][]float64{{f, f1}, {g, g1}, {p, p1}, {q, q1}} {
			floats.Scale(1-share, s[0])
			floats.AddScaled(s[0], share, s[1])
		}
	}
	step(list[0], 1)
	for _, eps := range list {
		step(eps, .5)
	}
	step(.05*.05, 1)
	return (floats.Sum(f)-floats.Sum(p))/float64(len(x)) + (floats.Sum(g)-floats.Sum(q))/float64(len(y))
}

// points makes n rows of d columns, half of them of few values, moved by shift.
func points(n, d int, shift float64, seed uint64) [][]float64 {
	r := rng.New(seed, rng.Demo, 0)
	x := make([][]float64, n)
	for i := range x {
		x[i] = make([]float64, d)
		for j := range x[i] {
			if x[i][j] = r.Float64() + shift; j%2 == 0 {
				x[i][j] = math.Floor(3*r.Float64()+shift) / 2
			}
		}
	}
	return x
}

func dense(rows [][]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, row := range rows {
		m.SetRow(i, row)
	}
	return m
}

func TestSinkhornIsTheNaiveLoop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		n, m, d    int
		shift, far float64
	}{
		{"one point each", 1, 1, 2, .3, 0},
		{"less than a tile", 79, 79, 30, .1, 0},
		{"ragged tiles", 300, 270, 12, .05, 0},
		{"one column", 270, 100, 1, .2, 0},
		{"equal clouds", 128, 128, 7, 0, 0},
		{"rows far away", 200, 150, 5, .1, 50},
		{"rows beyond float32", 200, 150, 5, .1, 1e6},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, y := points(c.n, c.d, 0, 1), points(c.m, c.d, c.shift, 2)
			if c.name == "equal clouds" {
				y = x
			}
			if c.far > 0 {
				y[0][0], y[len(y)-1][1] = c.far, -c.far
			}
			got, err := Sinkhorn(context.Background(), dense(x), dense(y))
			require.NoError(t, err)
			want := naiveSinkhorn(x, y)
			t.Logf("%.12g, naive %.12g", got, want)
			require.InDelta(t, want, got, 2e-7*max(1, math.Abs(want)))
		})
	}
}

func TestSinkhornRefuses(t *testing.T) {
	ctx := context.Background()
	one := mat.NewDense(2, 2, []float64{1, 2, 1, 2})
	_, err := Sinkhorn(ctx, one, one)
	require.ErrorIs(t, err, ErrOnePoint)
	_, err = Sinkhorn(ctx, one, mat.NewDense(1, 3, nil))
	require.ErrorContains(t, err, "2 columns, the synthetic one 3")
	_, err = Sinkhorn(ctx, one, &mat.Dense{})
	require.ErrorContains(t, err, "without rows")
	_, err = Sinkhorn(ctx, one, mat.NewDense(1, 2, []float64{0, math.NaN()}))
	require.ErrorContains(t, err, "row 1 of the synthetic table, column 2")
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err = Sinkhorn(stopped, one, mat.NewDense(1, 2, nil))
	require.ErrorIs(t, err, context.Canceled)
}

// The bits do not depend on how many processors there are.
func TestSinkhornOnOneThread(t *testing.T) {
	x, y := dense(points(700, 9, 0, 1)), dense(points(650, 9, .1, 2))
	want, err := Sinkhorn(context.Background(), x, y)
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	got, err := Sinkhorn(context.Background(), x, y)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func BenchmarkSinkhorn(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		x, y := dense(points(n, 30, 0, 1)), dense(points(n, 30, .02, 2))
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Sinkhorn(context.Background(), x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// geomloss gives the same, on tables of mixed columns scaled to the real one's range.
func TestSinkhornIsGeomloss(t *testing.T) {
	var golden modelsGolden
	testutil.JSON(t, "testdata/models.json", &golden)
	require.Len(t, golden.Sinkhorn, 5)
	for _, g := range golden.Sinkhorn {
		x, y := drawn(g.Rows, g.Cols, 1, 0, g.Scale), drawn(g.Others, g.Cols, 2, g.Shift, g.Scale)
		low, high := slices.Clone(x.RawRowView(0)), slices.Clone(x.RawRowView(0))
		for i := range g.Rows {
			for j, v := range x.RawRowView(i) {
				low[j], high[j] = min(low[j], v), max(high[j], v)
			}
		}
		scale := func(_, j int, v float64) float64 { return (v - low[j]) / (high[j] - low[j]) }
		x.Apply(scale, x)
		y.Apply(scale, y)
		got, err := Sinkhorn(context.Background(), x, y)
		require.NoError(t, err)
		require.InDelta(t, g.Value, got, 1e-6*max(1, g.Value))
		t.Logf("%d x %d x %d: off by %.1e of %g", g.Rows, g.Others, g.Cols, got-g.Value, g.Value)
	}
}

// wasserstein_dist of every pair of testdata/tables is the peer's, from the files to the number. The pair with missing numbers has none.
func TestSinkhornOfPairs(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{V0210, V0212} {
		var golden struct {
			Versions map[string]string
			Pairs    map[string]*float64
		}
		testutil.JSON(t, "testdata/sinkhorn-"+string(v)+".json", &golden)
		require.Equal(t, string(v), golden.Versions["synthcity"])
		require.Len(t, golden.Pairs, 13)
		for name, want := range golden.Pairs {
			real, _, _ := strings.Cut(name, "_")
			if v == V0212 && len(real) < 3 && !*long { // A and B1, the larger ones
				continue
			}
			p, err := NewPair(Input{Version: v, Real: readCut(t, v, real), Synthetic: readCut(t, v, name)})
			require.NoError(t, err)
			got, err := wasserstein.score(context.Background(), p)
			if want == nil {
				require.Error(t, err, name)
				continue
			}
			require.NoError(t, err, name)
			require.InDelta(t, *want, got[0], 1e-6, "%s %s", v, name)
		}
	}
}
