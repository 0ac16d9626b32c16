package ml

import (
	"encoding/binary"
	"flag"
	"math"
	"os"
	"testing"

	"example.org/cohort/internal/rng"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// dense gives columns as one matrix: a category by its code, a gap as the given number.
func dense(x []Column, gap float64) *mat.Dense {
	m := mat.NewDense(x[0].Len(), len(x), nil)
	for j, c := range x {
		for i := range c.Len() {
			v := gap
			if c.Codes != nil {
				v = float64(c.Codes[i])
			} else if c.Numbers[i] == c.Numbers[i] {
				v = c.Numbers[i]
			}
			m.Set(i, j, v)
		}
	}
	return m
}

// classCodes gives classes as numbers.
func classCodes(y Column) []float64 {
	codes := make([]float64, y.Len())
	for i, k := range y.Codes {
		codes[i] = float64(k)
	}
	return codes
}

// noise gives a matrix of rounded normal numbers: with few decimals many distances are ties.
func noise(n, d int, decimals float64, seed uint64) *mat.Dense {
	r, m := rng.New(seed, rng.Demo, 3), mat.NewDense(n, d, nil)
	m.Apply(func(_, _ int, _ float64) float64 {
		return float64(int(r.Norm()*decimals)) / decimals
	}, m)
	return m
}

func BenchmarkLinear(b *testing.B) {
	x, _, number := mixed(10_000, 30, 0, 1)
	learn := dense(x, -3)
	for range b.N {
		var l Linear
		if err := l.Fit(learn, number.Numbers); err != nil {
			b.Fatal(err)
		}
	}
}

var flatFile = flag.String("flat", "", "the table of bench/ml/flat.py, for BenchmarkFlat")

// flatTable is what flat.py writes: rows to learn, rows to ask about and rows to be told apart, each with its class.
func flatTable(b *testing.B) (x *mat.Dense, y []float64) {
	const rows, cols = 22_500, 30
	if *flatFile == "" {
		b.Skip("run by bench/ml/flat.py")
	}
	raw, err := os.ReadFile(*flatFile)
	if err != nil || len(raw) != 8*rows*(cols+1) {
		b.Fatalf("the table has %d bytes: %v", len(raw), err)
	}
	x, y = mat.NewDense(rows, cols, nil), make([]float64, rows)
	for i := range rows {
		for j := range cols + 1 {
			v := math.Float64frombits(binary.LittleEndian.Uint64(raw[8*(i*(cols+1)+j):]))
			if j < cols {
				x.Set(i, j, v)
			} else {
				y[i] = v
			}
		}
	}
	return x, y
}

// BenchmarkFlat is what bench/ml/flat.py times beside scikit-learn; "score" says that both did the same work.
func BenchmarkFlat(b *testing.B) {
	x, y := flatTable(b)
	rows := func(from, to int) *mat.Dense { return x.Slice(from, to, 0, 30).(*mat.Dense) }
	learn, ask := rows(0, 10_000), rows(10_000, 12_500)
	auc := func(b *testing.B, m interface {
		Fit(*mat.Dense, []float64) error
		PredictProba(*mat.Dense) ([][]float64, error)
	}) float64 {
		require.NoError(b, m.Fit(learn, y[:10_000]))
		p, err := m.PredictProba(ask)
		require.NoError(b, err)
		return macroAUC(b, p, y[10_000:12_500])
	}
	for name, work := range map[string]func(b *testing.B) float64{
		"knn":      func(b *testing.B) float64 { return auc(b, &KNN{Classes: 3}) },
		"mlp":      func(b *testing.B) float64 { return auc(b, &MLP{Classes: 3}) },
		"logistic": func(b *testing.B) float64 { return auc(b, &Logistic{Classes: 3, Standardise: true}) },
		"neighbours": func(b *testing.B) float64 {
			near, err := Neighbours(learn, learn, 5, true)
			require.NoError(b, err)
			return floats.Sum(near.Distance) / float64(len(near.Distance))
		},
		"detection": func(b *testing.B) float64 { return detection(b, learn, rows(12_500, 22_500)) },
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.ReportMetric(work(b), "score")
			}
		})
	}
}

// detection is synthcity's detection_linear in three folds, row by row.
func detection(b *testing.B, actual, fake *mat.Dense) float64 {
	var x mat.Dense
	x.Stack(actual, fake)
	n, cols := x.Dims()
	sum := 0.0
	for fold := range 3 {
		learn, ask := mat.NewDense(n-(n+2-fold)/3, cols, nil), mat.NewDense((n+2-fold)/3, cols, nil)
		var y, truth []float64
		for i := range n {
			class := float64(i / (n / 2))
			if i%3 == fold {
				ask.SetRow(len(truth), x.RawRowView(i))
				truth = append(truth, class)
			} else {
				learn.SetRow(len(y), x.RawRowView(i))
				y = append(y, class)
			}
		}
		l := Logistic{Converge: true}
		require.NoError(b, l.Fit(learn, y))
		p, err := l.PredictProba(ask)
		require.NoError(b, err)
		sum += macroAUC(b, p, truth)
	}
	return sum / 3
}

func macroAUC(t testing.TB, p [][]float64, y []float64) float64 {
	class := make([]int32, len(y))
	for i, v := range y {
		class[i] = int32(v)
	}
	s, err := MacroAUC(p, class)
	require.NoError(t, err)
	return s.Value
}

// A flat learner is one of those that learn from a matrix of numbers.
type flatLearner interface {
	Fit(x *mat.Dense, y []float64) error
	Predict(x *mat.Dense) ([]float64, error)
}

// flatLearners makes one of each; MLPs are small, so that tests are fast.
func flatLearners(classes int) map[string]flatLearner {
	l := map[string]flatLearner{
		"KNN":       &KNN{Near: 1, Classes: classes},
		"MLP":       &MLP{Classes: classes, Epochs: 3, Hidden: []int{4}},
		"synthcity": &MLP{Classes: classes, Hidden: []int{4}, Peer: PeerSynthcity},
	}
	if classes == 0 {
		l["Linear"] = &Linear{}
	} else {
		l["Logistic"] = &Logistic{Classes: classes}
		l["converged"] = &Logistic{Classes: classes, Converge: true, Standardise: true}
	}
	return l
}

func TestFlatLearnersOfBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	for _, c := range []struct {
		x       *mat.Dense
		y       []float64
		classes int
		want    error
		says    string
	}{
		{nil, nil, 0, ErrNoRows, ""},
		{&mat.Dense{}, []float64{1, 2}, 0, ErrNoRows, ""},
		{two, []float64{1}, 0, ErrInput, "1 rows in a table of 2"},
		{two, []float64{1, nan}, 0, ErrInput, "target"},
		{two, []float64{1, inf}, 0, ErrInput, "target"},
		{mat.NewDense(2, 2, []float64{1, 2, 3, nan}), []float64{0, 1}, 0, ErrInput, "column 2"},
		{mat.NewDense(2, 2, []float64{1, 2, -inf, 3}), []float64{0, 1}, 2, ErrInput, "column 1"},
		{two, []float64{1, 1}, 2, ErrOneClass, ""},
		{two.Slice(0, 1, 0, 2).(*mat.Dense), []float64{1}, 2, ErrOneClass, ""},
		{two, []float64{0, 2}, 2, ErrInput, "from 0 to 1"},
		{two, []float64{0, -1}, 2, ErrInput, "from 0 to 1"},
		{two, []float64{0, 0.5}, 2, ErrInput, "from 0 to 1"},
	} {
		for name, l := range flatLearners(c.classes) {
			err := l.Fit(c.x, c.y)
			require.ErrorIs(t, err, c.want, name)
			require.ErrorContains(t, err, c.says, name)
			_, err = l.Predict(two)
			require.ErrorIs(t, err, ErrUnfitted, name)
		}
	}
}

func TestFlatLearnersAskedBadly(t *testing.T) {
	two := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	for _, classes := range []int{0, 2} {
		for name, l := range flatLearners(classes) {
			require.NoError(t, l.Fit(two, []float64{0, 1}), name)
			_, err := l.Predict(&mat.Dense{})
			require.ErrorIs(t, err, ErrNoRows, name)
			_, err = l.Predict(mat.NewDense(1, 3, nil))
			require.ErrorIs(t, err, ErrInput, name)
			_, err = l.Predict(mat.NewDense(1, 2, []float64{0, math.NaN()}))
			require.ErrorIs(t, err, ErrInput, name)
			require.ErrorContains(t, err, "column 2", name)
		}
	}
}

// Numbers at the limits, constant columns, ties everywhere and a class that no row has lead to finite answers or to an error.
func TestFlatLearnersOfOddTables(t *testing.T) {
	for name, v := range map[string]float64{"constant": 0, "tiny": 1e-300, "large": 1e30, "huge": 1e300, "largest": math.MaxFloat64} {
		x := mat.NewDense(30, 3, nil)
		y := make([]float64, 30)
		for i := range y {
			x.SetRow(i, []float64{v * float64(1-i%3), 7, v})
			y[i] = float64(i % 2)
		}
		for _, classes := range []int{0, 3} {
			for learner, l := range flatLearners(classes) {
				if err := l.Fit(x, y); err != nil {
					require.ErrorIs(t, err, ErrInput, "%s %s", name, learner)
					require.Contains(t, []string{"large", "huge", "largest"}, name, "%s: %v", learner, err)
					continue
				}
				got, err := l.Predict(x)
				if err != nil {
					require.ErrorIs(t, err, ErrInput, "%s %s", name, learner)
					require.Contains(t, []string{"large", "huge", "largest"}, name, "%s: %v", learner, err)
					continue
				}
				require.Len(t, got, 30)
				require.False(t, floats.HasNaN(got), "%s %s", name, learner)
			}
		}
	}
}

func TestLinearOfDependentColumns(t *testing.T) {
	// The second column is twice the first: the shortest coefficients of y = 5 a are 1 and 2.
	var l Linear
	require.NoError(t, l.Fit(mat.NewDense(3, 3, []float64{1, 2, 9, 2, 4, 9, 4, 8, 9}), []float64{6, 11, 21}))
	coef, intercept := l.Coefficients()
	require.InDeltaSlice(t, []float64{1, 2, 0}, coef, 1e-12)
	require.InDelta(t, 1, intercept, 1e-12)
	// More columns than rows.
	require.NoError(t, l.Fit(mat.NewDense(1, 2, []float64{3, 4}), []float64{8}))
	got, err := l.Predict(mat.NewDense(1, 2, []float64{1, 1}))
	require.NoError(t, err)
	require.Equal(t, []float64{8}, got)
}

// A column that is constant where it is learned has no say, whatever rounding leaves of it and whatever it is where it is asked: the peer
// has coefficient 0. What was left of 79 rows of 13.1 was once taken for a column, with a coefficient of 1e11.
func TestLinearOfConstantColumns(t *testing.T) {
	r := rng.New(1, rng.Demo, 0)
	const rows = 79
	bare, learn, ask := mat.NewDense(rows, 2, nil), mat.NewDense(rows, 6, nil), mat.NewDense(rows, 6, nil)
	y := make([]float64, rows)
	for i := range rows {
		a, b := r.Float64(), math.Floor(3*r.Float64())
		y[i] = 2*a - b + r.Float64()
		bare.SetRow(i, []float64{a, b})
		learn.SetRow(i, []float64{13.1, a, 3, 1e6 + .1, b, 7.7e-3})
		ask.SetRow(i, []float64{r.Float64(), a, math.Floor(9 * r.Float64()), r.Float64(), b, r.Float64()})
	}
	for _, rcond := range []float64{0, 0x1p-52, 1e-6} {
		l := Linear{RCond: rcond}
		require.NoError(t, l.Fit(bare, y))
		want, err := l.Predict(bare)
		require.NoError(t, err)
		require.NoError(t, l.Fit(learn, y))
		got, err := l.Predict(ask)
		require.NoError(t, err)
		require.InDeltaSlice(t, want, got, 1e-9)
		coef, _ := l.Coefficients()
		require.Equal(t, []float64{0, 0, 0, 0}, []float64{coef[0], coef[2], coef[3], coef[5]})
	}
}
