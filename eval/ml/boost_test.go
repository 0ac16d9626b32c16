package ml

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// boostGolden is testdata/boost_exact.json and the like, written by testdata/boost.py.
type boostGolden struct {
	XGBoost string
	Made    []struct {
		Gaps, Kinds, Classes, Seed int
		More                       map[string]float64
		P                          []float64
	}
	Tables []struct {
		File, Target     string
		Classes, Rows    int
		Score, Low, High float64
		P                []float64
	}
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, v))
}

// madeTable is made of boost.py.
func madeTable(n, gaps, kinds, classes, seed int) (*mat.Dense, []float64) {
	s := uint32(seed)
	draw := func() int {
		s = (s*1103515245 + 12345) % (1 << 31)
		return int(s >> 8)
	}
	x, y := mat.NewDense(n, 4, nil), make([]float64, n)
	for i := range n {
		sum := 0.0
		for j := range 4 {
			v := float64(draw() % kinds)
			if gaps == 1 && draw()%10 == 0 {
				v = math.NaN()
			} else {
				sum += float64(j+1) * v
			}
			x.Set(i, j, v)
		}
		sum += float64(draw() % kinds)
		if y[i] = sum / 16; classes > 0 {
			y[i] = math.Floor(sum / float64(11*kinds) * float64(classes))
		}
	}
	return x, y
}

// head and tail give the first n rows and the others.
func head(x *mat.Dense, n int) *mat.Dense {
	_, d := x.Dims()
	return x.Slice(0, n, 0, d).(*mat.Dense)
}

func tail(x *mat.Dense, n int) *mat.Dense {
	rows, d := x.Dims()
	return x.Slice(n, rows, 0, d).(*mat.Dense)
}

// denseTable codes a real table as boost.py does, and keeps every fourth row for the test.
func denseTable(t testing.TB, file, target string, rows int) (x *mat.Dense, y []float64, tx *mat.Dense, ty []float64) {
	t.Helper()
	columns, answer := realTable(t, file, target, rows)
	number := func(c Column, i int) float64 {
		if c.Numbers != nil {
			return c.Numbers[i]
		}
		return float64(c.Codes[i])
	}
	n := answer.Len()
	x, tx = mat.NewDense(n-n/4, len(columns), nil), mat.NewDense(n/4, len(columns), nil)
	for i := range n {
		to, at := x, i-i/4
		if i%4 == 3 {
			to, at = tx, i/4
			ty = append(ty, number(answer, i))
		} else {
			y = append(y, number(answer, i))
		}
		for j := range columns {
			to.Set(at, j, number(columns[j], i))
		}
	}
	return x, y, tx, ty
}

// flatProba gives predictions as boost.py lists them: numbers, the probability of class 1, or all classes row by row.
func flatProba(t testing.TB, b *Boost, x *mat.Dense) (flat []float64) {
	t.Helper()
	if b.Classes == 0 {
		p, err := b.Predict(x)
		require.NoError(t, err)
		return p
	}
	p, err := b.PredictProba(x)
	require.NoError(t, err)
	if b.Classes == 2 {
		return p[1]
	}
	return byRow(p)
}

func byRow(lists [][]float64) (flat []float64) {
	for i := range lists[0] {
		for k := range lists {
			flat = append(flat, lists[k][i])
		}
	}
	return flat
}

// worst is the greatest difference, relative where the numbers are greater than 1.
func worst(t testing.TB, want, got []float64) (off float64) {
	t.Helper()
	require.GreaterOrEqual(t, len(got), len(want))
	for i, w := range want {
		off = max(off, math.Abs(w-got[i])/max(1, math.Abs(w)))
	}
	return off
}

// All methods predict as XGBoost does, to the last digits that 32 bits have, on tables with ties and gaps, for all losses
// and settings.
func TestBoostIsXGBoosts(t *testing.T) {
	for _, c := range []struct {
		file   string
		method BoostMethod
	}{{"boost_exact.json", Exact}, {"boost_hist.json", Hist}, {"boost_hist2.json", Hist2}, {"boost_approx2.json", Approx2}} {
		var g boostGolden
		readJSON(t, c.file, &g)
		require.Len(t, g.Made, 17)
		for _, m := range g.Made {
			if m.Seed == 0 {
				m.Seed = 1 + m.Classes
			}
			x, y := madeTable(400, m.Gaps, m.Kinds, m.Classes, m.Seed)
			b := Boost{Method: c.method, Classes: m.Classes, Rounds: 20, Gamma: m.More["gamma"], MinChildWeight: m.More["min_child_weight"],
				Lambda: m.More["lambda"], Depth: int(m.More["max_depth"]), Eta: m.More["eta"]}
			require.NoError(t, b.Fit(head(x, 300), y[:300]))
			off := worst(t, m.P, flatProba(t, &b, tail(x, 300)))
			require.Less(t, off, 1e-5, "%s: gaps %d, %d values, %d classes, %v", c.file, m.Gaps, m.Kinds, m.Classes, m.More)
		}
	}
}

// On real tables it scores as XGBoost does: as near as 0.01, or inside the range of its seeds.
func TestBoostScoresAsXGBoost(t *testing.T) {
	for _, c := range []struct {
		file   string
		method BoostMethod
	}{{"boost_exact.json", Exact}, {"boost_hist.json", Hist}, {"boost_hist2.json", Hist2}, {"boost_approx2.json", Approx2}} {
		var g boostGolden
		readJSON(t, c.file, &g)
		require.Len(t, g.Tables, 5)
		for _, m := range g.Tables {
			t.Run(m.File, func(t *testing.T) {
				x, y, tx, ty := denseTable(t, m.File, m.Target, 3000)
				require.Equal(t, m.Rows, len(y)+len(ty))
				b := Boost{Method: c.method, Classes: m.Classes}
				require.NoError(t, b.Fit(x, y))
				score := scoreOf(t, b.Predict, b.PredictProba, m.Classes, tx, ty)
				t.Logf("XGBoost %s: %.5f, here %.5f; range of seeds %.5f to %.5f; predictions differ by %.2g", g.XGBoost, m.Score, score,
					m.Low, m.High, worst(t, m.P, flatProba(t, &b, tx)))
				if score < m.Low || score > m.High {
					require.InDelta(t, m.Score, score, 0.01)
				}
			})
		}
	}
}

// scoreOf gives R2, or the AUC, of several classes their mean.
func scoreOf(t testing.TB, predict func(*mat.Dense) ([]float64, error), proba func(*mat.Dense) ([][]float64, error), classes int, x *mat.Dense, y []float64) float64 {
	t.Helper()
	if classes == 0 {
		p, err := predict(x)
		require.NoError(t, err)
		s, err := R2(p, y)
		require.NoError(t, err)
		return s.Value
	}
	p, err := proba(x)
	require.NoError(t, err)
	class := make([]int32, len(y))
	for i, v := range y {
		class[i] = int32(v)
	}
	s, err := MacroAUC(p, class)
	require.NoError(t, err)
	return s.Value
}

// Ways are read against the answers: rows that turn as a way says get one answer, and those of another way another one.
func TestWaysLeadToTheAnswers(t *testing.T) {
	x, y := mat.NewDense(64, 3, nil), make([]float64, 64)
	for i := range y {
		for j := range 3 {
			x.Set(i, j, float64(i>>(2*j)&3))
		}
		y[i] = x.At(i, 0)*4 + x.At(i, 2)
	}
	b := Boost{Rounds: 1, Depth: 3}
	_, err := b.Ways(0)
	require.ErrorIs(t, err, ErrUnfitted)
	require.NoError(t, b.Fit(x, y))
	answers, err := b.Predict(x)
	require.NoError(t, err)
	ways, err := b.Ways(0)
	require.NoError(t, err)
	require.Greater(t, len(ways), 4)
	seen, met := map[float64]bool{}, 0
	for _, way := range ways {
		require.LessOrEqual(t, len(way), 3)
		of := math.NaN()
		for i := range y {
			if slices.ContainsFunc(way, func(turn Turn) bool { return x.At(i, turn.Feature) >= turn.Cut != turn.Right }) {
				continue
			}
			met++
			if of != of {
				of = answers[i]
				require.False(t, seen[of])
				seen[of] = true
			}
			require.Equal(t, of, answers[i])
		}
	}
	require.Equal(t, len(y), met, "every row is in one leaf")
}
