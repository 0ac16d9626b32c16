package numpy

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden holds what numpy, scikit-learn and pandas answered; see testdata/golden.py.
type golden struct {
	Draws []struct {
		Seed                               uint32
		Bits                               []uint32
		Sample, Gauss                      []float64
		Permutation, Randint, Wide, Choice []int
		Replace, Weighted, Late            []int
		Uniform                            float64
	}
	Sample []struct {
		N, Size int
		Seed    uint32
		Rows    []int
	}
	KFold, Stratified []struct {
		N, K   int
		Seed   uint32
		Labels []int
		Folds  []Fold
	}
	Shuffle, ShuffleStratified, TrainTest []struct {
		N, Train, Test int
		Seed           uint32
		Labels         []int
		Fold           Fold
	}
}

func readGolden(t *testing.T) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(b, &g))
	return g
}

// Each method goes on from where the one before stopped, so a draw too many or too few shows in all that follow.
func TestDraws(t *testing.T) {
	g := readGolden(t)
	require.NotEmpty(t, g.Draws)
	for _, want := range g.Draws {
		r := NewRandomState(want.Seed)
		for _, v := range want.Bits {
			require.Equal(t, v, r.Uint32())
		}
		for _, v := range want.Sample {
			require.Equal(t, v, r.RandomSample())
		}
		require.Equal(t, want.Permutation, r.Permutation(23))
		for _, v := range want.Randint {
			require.Equal(t, v, r.Randint(-5, 95))
		}
		for _, v := range want.Wide {
			require.Equal(t, v, r.Randint(0, 1<<40+12345))
		}
		for _, v := range want.Gauss {
			require.InEpsilon(t, v, r.Gauss(), 1e-14)
		}
		require.Equal(t, want.Choice, r.Choice(30, 9))
		require.Equal(t, want.Replace, r.ChoiceReplace(30, 9))
		p := make([]float64, 7)
		for i := range p {
			p[i] = float64(i+1) / 28
		}
		for _, v := range want.Weighted {
			require.Equal(t, v, r.ChoiceWeighted(p))
		}
		require.InEpsilon(t, want.Uniform, r.Uniform(-3, 4), 1e-15)
		late := r.ChoiceReplace(1000, 2000)
		require.Equal(t, want.Late, late[len(late)-5:])
	}
}

func TestSplits(t *testing.T) {
	g := readGolden(t)
	for _, w := range g.Sample {
		require.Equal(t, w.Rows, Sample(w.N, w.Size, w.Seed))
	}
	for _, w := range g.KFold {
		got, err := KFold(w.N, w.K, w.Seed)
		require.NoError(t, err)
		require.Equal(t, w.Folds, got)
	}
	for _, w := range g.Stratified {
		got, err := StratifiedKFold(w.Labels, w.K, w.Seed)
		require.NoError(t, err)
		require.Equal(t, w.Folds, got)
	}
	for _, w := range g.Shuffle {
		require.Equal(t, w.Fold, ShuffleSplit(w.N, w.Train, w.Test, w.Seed))
	}
	for _, w := range g.ShuffleStratified {
		got, err := StratifiedShuffleSplit(w.Labels, w.Train, w.Test, w.Seed)
		require.NoError(t, err)
		require.Equal(t, w.Fold, got)
	}
	for _, w := range g.TrainTest {
		got, err := TrainTestSplit(w.N, .8, w.Labels, w.Seed)
		require.NoError(t, err)
		require.Equal(t, w.Fold, got)
	}
	require.NotEmpty(t, g.Sample)
	require.NotEmpty(t, g.KFold)
	require.NotEmpty(t, g.Stratified)
	require.NotEmpty(t, g.Shuffle)
	require.NotEmpty(t, g.ShuffleStratified)
	require.NotEmpty(t, g.TrainTest)
}

// What scikit-learn refuses is refused.
func TestRefusals(t *testing.T) {
	for name, err := range map[string]error{
		"more folds than rows": second(KFold(3, 4, 0)),
		"one fold":             second(KFold(3, 1, 0)),
		"no rows":              second(StratifiedKFold(nil, 2, 0)),
		"classes too small":    second(StratifiedKFold([]int{1, 1, 2, 2}, 3, 0)),
		"class of one":         second(StratifiedShuffleSplit([]int{1, 1, 2}, 2, 1, 0)),
		"side too small":       second(StratifiedShuffleSplit([]int{1, 1, 2, 2, 3, 3}, 4, 2, 0)),
		"one row":              second(TrainTestSplit(1, .8, nil, 0)),
		"empty":                second(TrainTestSplit(0, .8, nil, 0)),
	} {
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "numpy", "users read it, who know rows and no package")
	}
	require.EqualError(t, second(KFold(3, 4, 0)), "too few rows: 3 for 4 folds")
	r := NewRandomState(0)
	require.Panics(t, func() { r.Randint(1, 1) })
	require.Panics(t, func() { r.Choice(2, 3) })
	require.Panics(t, func() { ShuffleSplit(3, 2, 2, 0) })
	require.Panics(t, func() { _, _ = TrainTestSplit(3, .5, []int{1}, 0) })
	require.Empty(t, r.Permutation(0))
}

func second[T any](_ T, err error) error { return err }
