package ml

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// slowAUC compares every positive with every negative row, and takes DeLong's variance from its definition.
func slowAUC(numbers []float64, positive []bool) (auc, se float64) {
	var x, y []float64 // positives, negatives
	for i, v := range numbers {
		if positive[i] {
			x = append(x, v)
		} else {
			y = append(y, v)
		}
	}
	m, n := float64(len(x)), float64(len(y))
	v10, v01 := make([]float64, len(x)), make([]float64, len(y))
	for i := range x {
		for j := range y {
			psi := 0.0
			if x[i] > y[j] {
				psi = 1
			} else if x[i] == y[j] {
				psi = 0.5
			}
			v10[i] += psi / n
			v01[j] += psi / m
			auc += psi / (m * n)
		}
	}
	s10, s01 := 0.0, 0.0
	for _, v := range v10 {
		s10 += (v - auc) * (v - auc) / (m - 1)
	}
	for _, v := range v01 {
		s01 += (v - auc) * (v - auc) / (n - 1)
	}
	return auc, math.Sqrt(s10/m + s01/n)
}

func randomScores(n int, seed uint64) (numbers []float64, positive []bool) {
	r := rng.New(seed, rng.Demo, 1)
	for i := range n {
		p := i > 1 && (i < 4 || r.Intn(3) == 0) // two of each at least
		v := math.Round(3*r.Norm()) / 2         // with ties
		if p {
			v++
		}
		numbers, positive = append(numbers, v), append(positive, p)
	}
	return numbers, positive
}

func TestAUCAgainstDefinition(t *testing.T) {
	for seed := range uint64(30) {
		numbers, positive := randomScores(5+int(seed)*4, seed)
		want, se := slowAUC(numbers, positive)
		got, err := AUC(numbers, positive)
		require.NoError(t, err)
		require.InDelta(t, want, got.Value, 1e-12)
		require.InDelta(t, se, got.SE(nil), 1e-12)
		sum := 0.0
		for _, v := range got.Rows {
			sum += v
		}
		require.InDelta(t, 0, sum, 1e-12)
	}
}

func TestAUCByHand(t *testing.T) {
	for _, c := range []struct {
		numbers  []float64
		positive []bool
		want     float64
	}{
		{[]float64{1, 2, 3, 4}, []bool{false, false, true, true}, 1},
		{[]float64{1, 2, 3, 4}, []bool{true, true, false, false}, 0},
		{[]float64{5, 5, 5, 5}, []bool{true, false, true, false}, 0.5},
		{[]float64{1, 2, 2, 3}, []bool{false, true, false, true}, 0.875},
		{[]float64{math.Inf(-1), 0, math.Inf(1)}, []bool{false, false, true}, 1},
	} {
		s, err := AUC(c.numbers, c.positive)
		require.NoError(t, err)
		require.Equal(t, c.want, s.Value)
		require.False(t, math.IsNaN(s.SE(nil)))
	}
}

// A table in which every person comes four times says no more than one in which everybody comes once.
func TestSEByPerson(t *testing.T) {
	numbers, positive := randomScores(300, 5)
	once, err := AUC(numbers, positive)
	require.NoError(t, err)
	var (
		number4   []float64
		positive4 []bool
		person    []int32
	)
	for i := range numbers {
		for range 4 {
			number4, positive4 = append(number4, numbers[i]), append(positive4, positive[i])
			person = append(person, int32(-7*i)) // any numbers will do
		}
	}
	four, err := AUC(number4, positive4)
	require.NoError(t, err)
	require.InDelta(t, once.Value, four.Value, 1e-12)
	require.InEpsilon(t, once.SE(nil), four.SE(person), 0.01)
	require.InEpsilon(t, once.SE(nil)/2, four.SE(nil), 0.01)
	require.Panics(t, func() { four.SE(person[1:]) })
}

// Intervals of 1.96 standard errors hold the true number in about 95 of 100 cases: of an AUC, of the difference of two AUCs
// on the same rows, and of R2.
func TestSECoverage(t *testing.T) {
	const tries, n = 600, 150
	auc := 0.5 * math.Erfc(-0.5) // of two normal distributions one standard deviation apart: Phi(1/sqrt(2))
	hits := map[string]int{}
	hit := func(what string, s Score, truth float64) {
		if math.Abs(s.Value-truth) < 1.96*s.SE(nil) {
			hits[what]++
		}
	}
	for try := range tries {
		r := rng.New(uint64(try), rng.Demo, 3)
		a, b, positive := make([]float64, n), make([]float64, n), make([]bool, n)
		actual := make([]float64, n)
		for i := range n {
			shared, shift := r.Norm(), 0.0
			positive[i] = i%2 == 0
			if positive[i] {
				shift = 1
			}
			a[i] = 0.8*shared + 0.6*r.Norm() + shift
			b[i] = 0.8*shared + 0.6*r.Norm() + shift
			actual[i] = a[i] - shift + r.Norm() // half of the variance is a's
		}
		sa, err := AUC(a, positive)
		require.NoError(t, err)
		sb, err := AUC(b, positive)
		require.NoError(t, err)
		hit("auc", sa, auc)
		hit("difference", sa.Minus(sb), 0)
		predicted := make([]float64, n)
		for i := range n {
			predicted[i] = a[i]
			if positive[i] {
				predicted[i]--
			}
		}
		s, err := R2(predicted, actual)
		require.NoError(t, err)
		hit("r2", s, 0.5)
	}
	for _, what := range []string{"auc", "difference", "r2"} {
		require.InDelta(t, 0.95, float64(hits[what])/tries, 0.035, what)
	}
}

func TestMinus(t *testing.T) {
	a, b := Score{3, []float64{1, -1}}, Score{1, []float64{0.5, -0.5}}
	require.Equal(t, Score{2, []float64{0.5, -0.5}}, a.Minus(b))
	require.Panics(t, func() { a.Minus(Score{}) })
}

func TestMacroAUC(t *testing.T) {
	numbers, positive := randomScores(100, 2)
	class, rest := make([]int32, 100), make([]float64, 100)
	for i, p := range positive {
		rest[i] = -numbers[i]
		if p {
			class[i] = 1
		}
	}
	one, err := AUC(numbers, positive)
	require.NoError(t, err)
	two, err := MacroAUC([][]float64{rest, numbers}, class)
	require.NoError(t, err)
	require.InDelta(t, one.Value, two.Value, 1e-12)
	require.InDelta(t, one.SE(nil), two.SE(nil), 1e-12)
	// A class that no row has is left out.
	three, err := MacroAUC([][]float64{rest, numbers, make([]float64, 100)}, class)
	require.NoError(t, err)
	require.Equal(t, two, three)
	// Three classes: by hand .75, .5 and 1.
	s, err := MacroAUC([][]float64{{.9, .5, .5, .1}, {0, 0, 0, 0}, {.1, .2, .3, .8}}, []int32{0, 0, 1, 2})
	require.NoError(t, err)
	require.InDelta(t, (0.875+0.5+1)/3, s.Value, 1e-12)
}

func TestR2(t *testing.T) {
	actual := []float64{1, 2, 3, 6}
	for _, c := range []struct {
		predicted []float64
		want      float64
	}{{actual, 1}, {[]float64{3, 3, 3, 3}, 0}, {[]float64{6, 3, 2, 1}, 1 - 52./14}} {
		s, err := R2(c.predicted, actual)
		require.NoError(t, err)
		require.InDelta(t, c.want, s.Value, 1e-12)
	}
}

func TestScoresRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	auc := func(v []float64, p ...bool) error { _, err := AUC(v, p); return err }
	require.ErrorIs(t, auc(nil), ErrNoRows)
	require.ErrorIs(t, auc([]float64{1}, true, false), ErrInput)
	require.ErrorIs(t, auc([]float64{1, nan}, true, false), ErrInput)
	require.ErrorIs(t, auc([]float64{1, 2}, true, true), ErrOneClass)
	require.ErrorIs(t, auc([]float64{1, 2}, false, false), ErrOneClass)
	macro := func(p [][]float64, k ...int32) error { _, err := MacroAUC(p, k); return err }
	require.ErrorIs(t, macro(nil), ErrNoRows)
	require.ErrorIs(t, macro([][]float64{{1, 2}, {1, 2}}, 0, 2), ErrInput)
	require.ErrorIs(t, macro([][]float64{{1, 2}, {1, 2}}, 0, -1), ErrInput)
	require.ErrorIs(t, macro([][]float64{{1, 2}, {1}}, 0, 1), ErrInput)
	require.ErrorIs(t, macro([][]float64{{1, 2}, {1, 2}}, 1, 1), ErrOneClass)
	r2 := func(a, b []float64) error { _, err := R2(a, b); return err }
	require.ErrorIs(t, r2(nil, nil), ErrNoRows)
	require.ErrorIs(t, r2([]float64{1}, []float64{1, 2}), ErrInput)
	require.ErrorIs(t, r2([]float64{1, 2}, []float64{3, 3}), ErrInput)
	require.ErrorIs(t, r2([]float64{1, nan}, []float64{3, 4}), ErrInput)
	require.ErrorIs(t, r2([]float64{1, 2}, []float64{3, inf}), ErrInput)
	require.ErrorIs(t, r2([]float64{1, 2}, []float64{1e200, -1e200}), ErrInput)
}
