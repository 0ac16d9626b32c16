package mixture

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func testSpans(c *column, k int, seed uint64) []span {
	draws := rng.New(seed, rng.GANMixture, 0)
	return kMeans(c, k, &draws)
}

// centresOf are the means of clusters; NaN for an empty one.
func centresOf(c *column, spans []span) []float64 {
	centres := make([]float64, len(spans))
	for k, s := range spans {
		rows, sum := 0.0, 0.0
		for i := s.from; i < s.to; i++ {
			rows += c.count[i]
			sum += c.count[i] * c.value[i]
		}
		centres[k] = sum / rows
	}
	return centres
}

func inertia(c *column, spans []span) float64 {
	sum := 0.0
	for k, centre := range centresOf(c, spans) {
		for i := spans[k].from; i < spans[k].to; i++ {
			sum += c.count[i] * (c.value[i] - centre) * (c.value[i] - centre)
		}
	}
	return sum * c.unit * c.unit
}

// The clusters part the column.
func requireParted(t testing.TB, c *column, spans []span) {
	t.Helper()
	full := slices.DeleteFunc(slices.Clone(spans), span.empty)
	slices.SortFunc(full, func(a, b span) int { return a.from - b.from })
	at := 0
	for _, s := range full {
		require.Equal(t, at, s.from)
		require.Greater(t, s.to, s.from)
		at = s.to
	}
	require.Equal(t, len(c.value), at)
}

// Clusters are as tight as scikit-learn's, on average over the random starts and at best.
func TestKMeansIsAsGoodAsTheReference(t *testing.T) {
	const seeds = 200
	for name, g := range goldenColumns(t) {
		c := merged(g.Values, g.Counts)
		c.standardise()
		mean, least := 0.0, math.Inf(1)
		for seed := range uint64(seeds) {
			spans := testSpans(c, 10, seed)
			requireParted(t, c, spans)
			mean += inertia(c, spans) / seeds
			least = min(least, inertia(c, spans))
		}
		t.Logf("%s: mean %.4g, scikit-learn %.4g; least %.4g, scikit-learn %.4g", name, mean, g.Inertia[1], least, g.Inertia[0])
		require.InDelta(t, g.Inertia[1], mean, 0.1*g.Inertia[1]+1e-20, name)
		require.InDelta(t, g.Inertia[0], least, 0.05*g.Inertia[0]+1e-20, name)
	}
}

// Every value is with its nearest centre, up to what the tolerance leaves.
func TestKMeansHasConverged(t *testing.T) {
	c := distinct(sampleOf("log-normal", 1000))
	c.standardise()
	spans := testSpans(c, 10, 3)
	centres := centresOf(c, spans)
	for k, s := range spans {
		for i := s.from; i < s.to; i++ {
			for _, other := range centres {
				require.LessOrEqual(t, math.Abs(c.value[i]-centres[k]), math.Abs(c.value[i]-other)+0.02)
			}
		}
	}
}

// With fewer values than clusters every value has its own.
func TestKMeansOfFewValues(t *testing.T) {
	c := merged([]float64{4, 1, 9}, []int64{5, 1, 1})
	c.standardise()
	spans := testSpans(c, 10, 1)
	requireParted(t, c, spans)
	full := slices.DeleteFunc(spans, span.empty)
	require.Len(t, full, 3)
}

func TestAssign(t *testing.T) {
	c := distinct([]float64{0, 1, 2, 3, 4})
	for _, test := range []struct {
		centres []float64
		want    []span
	}{
		{[]float64{1, 3}, []span{{0, 3}, {3, 5}}}, // 2 is as near to both and goes to the first
		{[]float64{3, 1}, []span{{2, 5}, {0, 2}}},
		{[]float64{3, 3, 1}, []span{{2, 5}, {}, {0, 2}}},
		{[]float64{1, 1.1, 9}, []span{{0, 2}, {2, 5}, {5, 5}}},
		{[]float64{7}, []span{{0, 5}}},
	} {
		l := clusters{column: c, centre: test.centres}
		for k := range test.centres {
			l.order = append(l.order, k)
		}
		got := make([]span, len(test.centres))
		l.assign(got)
		require.Equal(t, test.want, got, test.centres)
	}
}

// A cluster that loses all its values is put where one is missed most.
func TestEmptyClusterMoves(t *testing.T) {
	c := distinct([]float64{0, 0.1, 0.2, 5, 5.1, 9})
	c.standardise()
	z := c.value
	spans := lloyd(c, []float64{z[0], z[0], z[5]})
	requireParted(t, c, spans)
	require.Less(t, inertia(c, spans), 0.1)
}
