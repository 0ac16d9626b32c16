package synthcity

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The neighbour of a real row is looked up under the number of a synthetic one, so that the order of the synthetic rows
// changes the score.
func TestAuthenticityTakesTheWrongRow(t *testing.T) {
	real := []float64{0, 10, 11, 30} // each 10, 1, 1, 19 from the next
	p := columnPair(real, []float64{29, .5, 40, 50})
	require.Equal(t, .5, scoresOf(t, alphaPrecision, p)[2])
	p = columnPair(real, []float64{.5, 29, 40, 50})
	require.Equal(t, .25, scoresOf(t, alphaPrecision, p)[2])
}

// A copy of the table has no authentic row; each row is covered, and the curves are those of the quantiles themselves.
func TestAlphaPrecisionOfACopy(t *testing.T) {
	real := []float64{0, 1, 3, 7, 15, 31}
	got := scoresOf(t, alphaPrecision, columnPair(real, real))
	// At quantile k/29 of 6 values floor(5k/29)+1 of 6 are within.
	off, sum := 0.0, 0.0
	for k := range 30 {
		off += math.Abs(float64(k)/29 - math.Floor(float64(5*k)/29+1e-9)/6 - 1./6)
		sum += float64(k) / 29
	}
	require.InDeltaSlice(t, []float64{1 - off/sum, 1 - off/sum, 0}, got, 1e-12)
}

// The target plays no part but that the rows must be splittable by it.
func TestAlphaPrecisionAndTarget(t *testing.T) {
	real := []float64{0, 1, 3, 7}
	p := columnPair(real, []float64{1, 2, 3, 4})
	want := scoresOf(t, alphaPrecision, p)
	for i := range 4 {
		p.Real.Data.Set(i, 1, float64(i*i*100))
	}
	require.Equal(t, want, scoresOf(t, alphaPrecision, p))
	for i := range 4 {
		p.Real.Data.Set(i, 1, float64(i/2)) // two classes of two rows, and one row to judge
	}
	_, err := alphaPrecision(context.Background(), p)
	require.Error(t, err)
}

func TestAlphaPrecisionRefuses(t *testing.T) {
	for name, p := range map[string]*Pair{
		"one row":     columnPair([]float64{1}, []float64{1}),
		"missing":     columnPair([]float64{1, 2, math.NaN()}, []float64{1, 2, 3}),
		"far outside": columnPair([]float64{1, 2, 3, 4}, []float64{1e6, 2e6, 3e6, 4e6}),
	} {
		v, err := alphaPrecision(context.Background(), p)
		if name == "far outside" {
			// No synthetic row within any radius: exactly 0, which is not below it.
			require.NoError(t, err)
			require.InDelta(t, 0, v[0], 1e-12)
			continue
		}
		require.Error(t, err, name)
	}
}

func TestQuantiles(t *testing.T) {
	q := quantiles([]float64{30, 1})
	require.Equal(t, 1.0, q[0])
	require.InDelta(t, 2, q[1], 1e-15)
	require.Equal(t, 30.0, q[29])
	require.Equal(t, 5.0, quantiles([]float64{5})[17])
}

// blocks repeats values.
func blocks(pairs ...float64) (x []float64) {
	for i := 0; i < len(pairs); i += 2 {
		for range int(pairs[i]) {
			x = append(x, pairs[i+1])
		}
	}
	return x
}

// Twenty rows are the fewest that are clustered, in two.
func TestClusterScores(t *testing.T) {
	real := blocks(15, 0, 5, 100)
	p := columnPair(real, blocks(19, 0, 1, 90))
	require.Equal(t, []float64{5, 1 + 1e-8}, scoresOf(t, kAnonymization, p))
	require.Equal(t, []float64{5, 1 + 1e-8}, scoresOf(t, lDiversity, p), "without sensitive columns the same")
	require.Equal(t, []float64{1}, scoresOf(t, kMap, p))
	require.InDeltaSlice(t, []float64{5 / (1 + 1e-8)}, scoresOf(t, deltaPresence, p), 1e-14)
	// A cluster without synthetic rows does not count, and nobody is rarer.
	p = columnPair(real, blocks(20, 0))
	require.Equal(t, []float64{20}, scoresOf(t, kMap, p))
	require.InDeltaSlice(t, []float64{15 / (20 + 1e-8)}, scoresOf(t, deltaPresence, p), 1e-14)
	// The target has one value, so as the sensitive column it has one in each cluster.
	p.Sensitive = []int{1}
	p.prepare()
	require.Equal(t, []float64{1, 0 + 1e-8}, scoresOf(t, lDiversity, p), "the synthetic rows leave a cluster empty")
}

func TestClusterScoresOfFewRows(t *testing.T) {
	p := columnPair(blocks(19, 0), blocks(19, 1))
	require.Equal(t, []float64{999, 999 + 1e-8}, scoresOf(t, kAnonymization, p))
	require.Equal(t, []float64{999, 999 + 1e-8}, scoresOf(t, lDiversity, p))
	require.Equal(t, []float64{0}, scoresOf(t, kMap, p))
	_, err := deltaPresence(context.Background(), p)
	require.Error(t, err)
	p = columnPair(append(blocks(19, 0), math.NaN()), blocks(20, 1))
	for _, m := range privacyMetrics {
		_, err := m.score(context.Background(), p)
		require.Error(t, err, m.keys[0])
	}
}

func TestIdentifiability(t *testing.T) {
	require.Equal(t, []float64{1}, scoresOf(t, identifiability, columnPair([]float64{0, 1}, []float64{.5, 5})))
	require.Equal(t, []float64{0}, scoresOf(t, identifiability, columnPair([]float64{0, 2}, []float64{4, 4})), "as near is not nearer")
	require.Equal(t, []float64{.5}, scoresOf(t, identifiability, columnPair([]float64{0, 2}, []float64{3, 9})))
}

// Synthetic rows far from all others have a density of 0 everywhere: every row scores the same, and is taken for one that was
// not learned.
func TestDomiasUnderflows(t *testing.T) {
	column := func(name string, scale, shift float64) Column {
		c := Column{Name: name, Numbers: make([]float64, 30)}
		for i := range c.Numbers {
			c.Numbers[i] = shift + scale*float64((i*i)%31) + float64(i)/64
		}
		return c
	}
	learned := Table{[]Column{column("x", 3, 0), column("y", -1, 0)}}
	in := Input{Version: V0210, Real: learned, Train: &learned, Synthetic: Table{[]Column{column("x", 3, 1e6), column("y", 2, 0)}}}
	p, err := NewPair(in)
	require.NoError(t, err)
	require.Equal(t, []float64{.25, .5}, scoresOf(t, domiasPrior, p)) // 10 of 40 were not learned
	require.Equal(t, []float64{.25, .5}, scoresOf(t, domiasKDE, p))
	in.Train = nil
	p, err = NewPair(in)
	require.NoError(t, err)
	_, err = domiasKDE(context.Background(), p)
	require.ErrorContains(t, err, "learned")
	_, err = newKernelDensity(p.Real.take([]int{0, 0, 0}).Data)
	require.ErrorContains(t, err, "singular")
}
