package ml

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// coefficients are of one problem.
type coefficients struct {
	Coef      [][]float64
	Intercept []float64
}

// lineGolden is testdata/linear.json, written by testdata/linear.py, which says what each number is.
type lineGolden struct {
	Sklearn   string
	Synthcity string
	Tables    []lineTable
	Published struct {
		X           [][]float64
		Y           []float64
		Folds       [][]int
		Peer, Score float64
	}
}

type lineTable struct {
	File    string
	Rows    int
	Target  string
	Numbers bool
	KNN     struct {
		Predicted []float64
		Tied      []int
		Fifth     float64
	}
	Linear   struct{ Predicted, Loose []float64 }
	Logistic struct {
		Scaled, Raw coefficients
		AUC         float64
	}
	MLP struct {
		Least, Greatest, Mean                float64
		LeastRight, GreatestRight, MeanRight float64
	}
	Synthcity []float64
}

func readLines(t *testing.T) (g lineGolden) {
	b, err := os.ReadFile("testdata/linear.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &g))
	require.NotEmpty(t, g.Sklearn)
	require.Len(t, g.Tables, 5)
	return g
}

// A halved table teaches with its even rows and is asked about the odd ones.
type halved struct {
	learn, ask *mat.Dense
	y, truth   []float64
	classes    int // 0 for numbers
}

func (g lineTable) read(t *testing.T) (h halved) {
	columns, target := realTable(t, g.File, g.Target, g.Rows)
	require.Equal(t, g.Rows, target.Len())
	x, y := dense(columns, -999), target.Numbers
	if !g.Numbers {
		y, h.classes = classCodes(target), target.Card
	}
	_, cols := x.Dims()
	h.learn, h.ask = mat.NewDense((g.Rows+1)/2, cols, nil), mat.NewDense(g.Rows/2, cols, nil)
	for i := range g.Rows {
		if i%2 == 0 {
			h.learn.SetRow(len(h.y), x.RawRowView(i))
			h.y = append(h.y, y[i])
		} else {
			h.ask.SetRow(len(h.truth), x.RawRowView(i))
			h.truth = append(h.truth, y[i])
		}
	}
	return h
}

// binned makes two classes of a target of numbers: above the median of the rows that teach or not.
func (h halved) binned() halved {
	if h.classes > 0 {
		return h
	}
	sorted := slices.Sorted(slices.Values(h.y))
	n := len(sorted)
	median := (sorted[(n-1)/2] + sorted[n/2]) / 2
	above := func(y []float64) (classes []float64) {
		for _, v := range y {
			c := 0.0
			if v > median {
				c = 1
			}
			classes = append(classes, c)
		}
		return classes
	}
	h.y, h.truth, h.classes = above(h.y), above(h.truth), 2
	return h
}

// dependent adds the sum of the first two columns, and a column of 7s.
func dependent(x *mat.Dense) *mat.Dense {
	rows, cols := x.Dims()
	y := x.Grow(0, 2).(*mat.Dense)
	for i := range rows {
		y.Set(i, cols, x.At(i, 0)+x.At(i, 1))
		y.Set(i, cols+1, 7)
	}
	return y
}

func TestKNNIsSklearns(t *testing.T) {
	for _, g := range readLines(t).Tables {
		t.Run(g.File, func(t *testing.T) {
			h := g.read(t)
			m := KNN{Classes: h.classes}
			require.NoError(t, m.Fit(h.learn, h.y))
			got, err := m.Predict(h.ask)
			require.NoError(t, err)
			require.Len(t, got, len(g.KNN.Predicted))
			require.Less(t, len(g.KNN.Tied), len(got)/3)
			for i, want := range g.KNN.Predicted {
				if !slices.Contains(g.KNN.Tied, i) {
					require.InDelta(t, want, got[i], 1e-9*max(1, math.Abs(want)), "row %d", i)
				}
			}
			near, err := Neighbours(h.ask, h.learn, 5, false)
			require.NoError(t, err)
			fifth := 0.0
			for i := range got {
				fifth += near.Distance[5*i+4] / float64(len(got))
			}
			require.InEpsilon(t, g.KNN.Fifth, fifth, 1e-12)
		})
	}
}

func TestLinearIsSklearns(t *testing.T) {
	for _, g := range readLines(t).Tables {
		t.Run(g.File, func(t *testing.T) {
			h := g.read(t)
			for rcond, want := range map[float64][]float64{0: g.Linear.Predicted, 1e-6: g.Linear.Loose} {
				l := Linear{RCond: rcond}
				require.NoError(t, l.Fit(dependent(h.learn), h.y))
				got, err := l.Predict(dependent(h.ask))
				require.NoError(t, err)
				for i, v := range want {
					require.InDelta(t, v, got[i], 1e-8*max(1, math.Abs(v)))
				}
			}
		})
	}
}

// The authors' number is found again: three folds of the 63 rows that synthcity teaches.
func TestLinearIsThePapers(t *testing.T) {
	g := readLines(t).Published
	mean := 0.0
	for _, fold := range g.Folds {
		var learn, ask, y, truth []float64
		for i, row := range g.X {
			if slices.Contains(fold, i) {
				ask, truth = append(ask, row...), append(truth, g.Y[i])
			} else {
				learn, y = append(learn, row...), append(y, g.Y[i])
			}
		}
		var l Linear
		require.NoError(t, l.Fit(mat.NewDense(len(y), 32, learn), y))
		p, err := l.Predict(mat.NewDense(len(truth), 32, ask))
		require.NoError(t, err)
		s, err := R2(p, truth)
		require.NoError(t, err)
		mean += s.Value / 3
	}
	require.InDelta(t, g.Score, mean, 1e-7)
	require.InDelta(t, g.Peer, mean, 1e-11)
}

func TestLogisticIsSklearns(t *testing.T) {
	for _, g := range readLines(t).Tables {
		t.Run(g.File, func(t *testing.T) {
			h := g.read(t).binned()
			scaled := Logistic{Converge: true, Standardise: true}
			require.NoError(t, scaled.Fit(h.learn, h.y))
			_, sd, err := spread(h.learn)
			require.NoError(t, err)
			coef, _ := scaled.Coefficients()
			for k := range coef {
				for j := range coef[k] {
					coef[k][j] *= sd[j]
				}
			}
			requireClose(t, g.Logistic.Scaled.Coef, coef, 1e-4)

			raw := Logistic{Converge: true}
			require.NoError(t, raw.Fit(h.learn, h.y))
			_, converged := raw.Steps()
			require.True(t, converged)
			coef, intercept := raw.Coefficients()
			requireClose(t, g.Logistic.Raw.Coef, coef, 1e-4)
			requireClose(t, [][]float64{g.Logistic.Raw.Intercept}, [][]float64{intercept}, 1e-4)

			for peer, tolerance := range map[Peer]float64{0: 0.02, PeerScikit15: 5e-3} {
				short := Logistic{Peer: peer}
				require.NoError(t, short.Fit(h.learn, h.y))
				p, err := short.PredictProba(h.ask)
				require.NoError(t, err)
				t.Logf("peer %d: off by %.1e", peer, macroAUC(t, p, h.truth)-g.Logistic.AUC)
				require.InDelta(t, g.Logistic.AUC, macroAUC(t, p, h.truth), tolerance)
			}
		})
	}
}

// requireClose compares each number relatively, but for those that are next to nothing beside the greatest of their list.
func requireClose(t *testing.T, want, got [][]float64, tolerance float64) {
	require.Len(t, got, len(want))
	for k := range want {
		most := 0.0
		for _, v := range want[k] {
			most = max(most, math.Abs(v))
		}
		for j, v := range want[k] {
			require.InDelta(t, v, got[k][j], tolerance*max(math.Abs(v), 1e-3*most), "list %d, number %d", k, j)
		}
	}
}

// In accuracy, AUC and R2 not worse than the worst of scikit-learn's 20 networks, as a mean of two seeds.
func TestMLPIsAsGoodAsSklearns(t *testing.T) {
	const seeds = 2
	for _, g := range readLines(t).Tables {
		t.Run(g.File, func(t *testing.T) {
			h := g.read(t)
			score, right := 0.0, 0.0
			for seed := range uint64(seeds) {
				m := MLP{Classes: h.classes, Seed: seed}
				s, r := h.examine(t, &m)
				score, right = score+s/seeds, right+r/seeds
			}
			t.Logf("AUC or R2 %.4f, scikit-learn %.4f to %.4f; accuracy %.4f, scikit-learn %.4f to %.4f", score, g.MLP.Least, g.MLP.Greatest,
				right, g.MLP.LeastRight, g.MLP.GreatestRight)
			require.GreaterOrEqual(t, score, g.MLP.Least)
			require.GreaterOrEqual(t, right, g.MLP.LeastRight)
		})
	}
}

// examine gives AUC and accuracy, or R2 and 0, of a network.
func (h halved) examine(t *testing.T, m *MLP) (score, right float64) {
	require.NoError(t, m.Fit(h.learn, h.y))
	got, err := m.Predict(h.ask)
	require.NoError(t, err)
	if h.classes == 0 {
		s, err := R2(got, h.truth)
		require.NoError(t, err)
		return s.Value, 0
	}
	for i, v := range h.truth {
		if got[i] == v {
			right += 1 / float64(len(got))
		}
	}
	p, err := m.PredictProba(h.ask)
	require.NoError(t, err)
	return macroAUC(t, p, h.truth), right
}

// The peer's network in distribution: the means of our 6 and its 20 random states are as near as chance allows.
func TestMLPIsSynthcitys(t *testing.T) {
	tables := 0
	for _, g := range readLines(t).Tables {
		if g.Synthcity == nil {
			continue
		}
		tables++
		t.Run(g.File, func(t *testing.T) {
			h := g.read(t)
			var ours []float64
			for seed := range uint64(6) {
				score, _ := h.examine(t, &MLP{Classes: h.classes, Peer: PeerSynthcity, Seed: seed})
				ours = append(ours, score)
			}
			a, sa := stat.MeanStdDev(ours, nil)
			b, sb := stat.MeanStdDev(g.Synthcity, nil)
			t.Logf("%.4f ± %.4f, synthcity %.4f ± %.4f", a, sa, b, sb)
			require.InDelta(t, b, a, 3*math.Sqrt(sa*sa/6+sb*sb/20)+1e-3)
		})
	}
	require.Equal(t, 2, tables)
}
