package eval

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// peerNumbers is what testdata/divergence.py wrote.
type peerNumbers struct {
	Transports []struct {
		Learned, Other []float64
		Distance       float64
	}
	Divergences []struct {
		P, Q []float64
		Bits float64
	}
	Tests []struct {
		A, B    []float64
		More, P float64
	}
	Joint struct {
		Learned, Held, Trial   [][]float64
		MMD, Density, Coverage float64
	}
}

func readPeerNumbers(t *testing.T) *peerNumbers {
	t.Helper()
	b, err := os.ReadFile("testdata/divergence.json")
	require.NoError(t, err)
	g := new(peerNumbers)
	require.NoError(t, json.Unmarshal(b, g))
	require.NotEmpty(t, g.Transports)
	return g
}

// numberColumn is a view of one column of numbers.
func numberColumn(learned, trial []float64) *view {
	v := &view{columns: []column{testColumn("n", table.Decimal, 0)}}
	side := func(x []float64) *side {
		s := newTestSide(len(x))
		s.cells = []cells{{num: x, code: slices.Repeat([]int32{isNumber}, len(x))}}
		return s
	}
	v.learned, v.trial = side(learned), side(trial)
	return v
}

// columnOf gives the shares of the trial and of the people learned in the only column.
func columnOf(v *view) (s spread, trial, learned []float64) {
	s = v.spread(0)
	return s, shares(s.trial, allRows(v.trial.rows), s.size), shares(s.learned, allRows(v.learned.rows), s.size)
}

func TestDivergencesAgreeWithScipy(t *testing.T) {
	g := readPeerNumbers(t)
	for i, c := range g.Transports {
		s, trial, learned := columnOf(numberColumn(c.Learned, c.Other))
		require.InDelta(t, c.Distance, s.transport(trial, learned), 1e-12, i)
		require.InDelta(t, c.Distance, s.transport(learned, trial), 1e-12, i)
		require.Zero(t, s.transport(learned, learned))
	}
	scaled := func(x []float64) []float64 {
		sum := 0.0
		for _, y := range x {
			sum += y
		}
		out := slices.Clone(x)
		for i := range out {
			out[i] /= sum
		}
		return out
	}
	for i, c := range g.Divergences {
		s := spread{loose: len(c.P), size: len(c.P), ends: []int{len(c.P)}}
		require.InDelta(t, c.Bits, s.divergence(scaled(c.P), scaled(c.Q)), 1e-12, i)
		require.InDelta(t, c.Bits, s.divergence(scaled(c.Q), scaled(c.P)), 1e-12, i)
	}
	for i, c := range g.Tests {
		require.InEpsilon(t, c.P, homogeneity(c.A, c.B, c.More), 1e-9, i)
	}
}

// The ends of the scales, and columns that say nothing.
func TestDivergencesAtTheEnds(t *testing.T) {
	nothing := spread{loose: 2, size: 2, ends: []int{2}}
	require.InDelta(t, 1, nothing.divergence([]float64{1, 0}, []float64{0, 1}), 1e-12)
	require.Zero(t, nothing.transport([]float64{1, 0}, []float64{0, 1}))
	for name, c := range map[string]struct {
		learned, trial []float64
		want           float64
	}{
		"all beyond":             {[]float64{1, 2, 3}, []float64{9e9, 1e300}, .5},
		"all at the far end":     {[]float64{1, 1, 3}, []float64{3, 4}, 2. / 3},
		"one number":             {[]float64{7, 7, 7}, []float64{7, 7}, 0},
		"one number, another":    {[]float64{7, 7, 7}, []float64{7, 8}, .5},
		"one number, below":      {[]float64{7}, []float64{-1e308, 7, 7, 7}, .25},
		"wider than a float64":   {[]float64{-math.MaxFloat64, math.MaxFloat64}, []float64{-math.MaxFloat64, -math.MaxFloat64}, .5},
		"nothing learned":        {nil, []float64{1, 2}, 1},
		"nothing on either side": {nil, nil, 0},
	} {
		v := numberColumn(c.learned, c.trial)
		s := v.spread(0)
		full := func(code []int32) []float64 {
			if len(code) == 0 {
				return make([]float64, s.size)
			}
			return shares(code, allRows(len(code)), s.size)
		}
		require.InDelta(t, c.want, s.transport(full(s.trial), full(s.learned)), 1e-12, name)
	}
	// A single one far out in a hundred does not move the unit.
	far := make([]float64, 200)
	for i := range far {
		far[i] = float64(i)
	}
	b := bulkOf(far)
	far[199] = 1e12
	require.Equal(t, b, bulkOf(far))

	require.Equal(t, 1., homogeneity([]float64{50, 0}, []float64{40, 0}, 0), "one value")
	require.Equal(t, 1., homogeneity([]float64{3, 1}, []float64{1, 3}, 0), "too few to tell")
	require.True(t, math.IsNaN(homogeneity([]float64{0, 0}, []float64{1, 3}, 0)))
	require.Less(t, homogeneity([]float64{500, 0, 0}, []float64{0, 500, 0}, 1./400), 1e-9)
}

// Holm's adjusted p as R's p.adjust gives them.
func TestHolmAdjusted(t *testing.T) {
	require.InDeltaSlice(t, []float64{.06, .04, .06, .06}, holmAdjusted([]float64{.03, .01, .02, .04}), 1e-12)
	require.InDeltaSlice(t, []float64{1, .003, 1}, holmAdjusted([]float64{.6, .001, .7}), 1e-12)
	require.Empty(t, holmAdjusted(nil))
}

// Where people have several rows, or nobody was set aside, or too few were, columns are not tested, and the reason says why.
func TestColumnsThatAreNotTested(t *testing.T) {
	for want, held := range map[string]int{"whom the generator never saw": 0, "4 people were set aside": 4} {
		opt := Options{Only: []string{"shape.differ"}}
		if held > 0 {
			opt.Holdout = pupils(2, held).table(t, nil)
		}
		m := metric(t, compare(t, pupils(1, 100).table(t, nil), pupils(3, 100).table(t, nil), opt), "shape.differ")
		require.NotEqual(t, OK, m.Status)
		require.Contains(t, m.Reason, want)
	}
	twice := func(seed uint64) *table.Table {
		s := pupils(seed, 100)
		s.header = append([]string{"Pupil"}, s.header...)
		for i := range s.rows {
			s.rows[i] = append([]string{string(rune('A'+i/2%26)) + string(rune('a'+i/52))}, s.rows[i]...)
		}
		return s.table(t, &table.Schema{Person: "Pupil"})
	}
	r := compare(t, twice(1), twice(3), Options{Holdout: twice(2), Only: []string{"shape", "joint"}})
	require.Contains(t, metric(t, r, "shape.differ").Reason, "several rows")
	require.Equal(t, OK, metric(t, r, "joint.coverage").Status)
}
