package synthcity

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/testutil"
)

// testdata/ranks.py makes the numbers.
type ranksGolden struct {
	Versions map[string]string
	Pairs    []struct {
		Pair, Target string
		Scores       []float64 // nil: the peer raises an error or draws random numbers
	}
	Kendall []struct {
		X, Y   []float64
		Tau, P float64
	}
}

func TestKendallIsScipys(t *testing.T) {
	var golden ranksGolden
	testutil.JSON(t, "testdata/ranks-0.2.10.json", &golden)
	require.Len(t, golden.Kendall, 8)
	for _, g := range golden.Kendall {
		tau, p := kendall(g.X, g.Y)
		require.InDelta(t, g.Tau, tau, 1e-14)
		require.InDelta(t, g.P, p, 1e-12, "%d numbers", len(g.X))
	}
	tau, p := kendall([]float64{1, 1, 1}, []float64{1, 2, 3})
	require.Zero(t, tau)
	require.Zero(t, p, "the peer makes 0 of what is not a number")
}

func TestFeatureRanksAreThePeers(t *testing.T) {
	t.Parallel()
	for _, v := range []Version{V0210, V0212} {
		var golden ranksGolden
		testutil.JSON(t, "testdata/ranks-"+string(v)+".json", &golden)
		require.Equal(t, string(v), golden.Versions["synthcity"])
		require.Len(t, golden.Pairs, 8)
		for _, g := range golden.Pairs {
			t.Run(string(v)+"/"+g.Pair+"/"+g.Target, func(t *testing.T) {
				real, _, _ := strings.Cut(g.Pair, "_")
				p, err := NewPair(Input{Version: v, Real: readSeedTable(t, v, real+"_real"), Synthetic: readSeedTable(t, v, g.Pair), Target: g.Target})
				require.NoError(t, err)
				scores, err := featureRanks(context.Background(), p)
				if g.Scores == nil {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				require.InDeltaSlice(t, g.Scores, scores, 1e-9)
			})
		}
	}
}
