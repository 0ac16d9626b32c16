package synthcity

import (
	"context"
	"flag"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"example.org/cohort/internal/testutil"
)

var long = flag.Bool("long", false, "also run the learners with twenty seeds: 8 seconds")

// A seedsGolden is what the peer says of a pair: one number of a learner without a seed, twenty of one with.
type seedsGolden struct {
	Pairs map[string]struct {
		XGB         float64              `json:"detection_xgb"`
		GMM         []float64            `json:"detection_gmm"`
		MLP         []float64            `json:"detection_mlp"`
		Boosted     map[string]float64   `json:"performance_xgb"`
		LinearModel map[string]float64   `json:"performance_linear"`
		Network     []map[string]float64 `json:"performance_mlp"`
	}
}

// forSeedPairs runs f on each pair of testdata/seeds.
func forSeedPairs(t *testing.T, f func(t *testing.T, name string, p *Pair)) {
	pairs := []string{"A_ctgan", "A_gpt2", "A_distilgpt", "A_dialogpt", "B1_ctgan", "B1_gpt2", "student_tvae"}
	if *long {
		pairs = append(pairs, "B1_dialogpt", "B1_distilgpt")
	}
	for _, name := range pairs {
		t.Run(name, func(t *testing.T) {
			real, _, _ := strings.Cut(name, "_")
			f(t, name, readPair(t, V0210, real+"_real", name))
		})
	}
}

// forSeeds gives what f gives for some seeds, twenty with -long.
func forSeeds[T any](name string, f func(seed uint64) T) []T {
	seeds := 4
	switch large := strings.HasPrefix(name, "B1"); {
	case *long && large:
		seeds = 10 // of 652 rows
	case *long:
		seeds = 20
	case large:
		seeds = 1
	}
	out := make([]T, seeds)
	for i := range out {
		out[i] = f(uint64(i))
	}
	return out
}

// alike asks that two lots of seeds have one distribution: their means are no further apart than three standard errors, and their distribution
// functions than happens once in a thousand times (Kolmogorov and Smirnov; with fewer than five seeds no distance is that rare). It gives
// whether our seed 0 lies within the range of the peer's.
func alike(t *testing.T, what string, peers, ours []float64) (inside bool) {
	t.Helper()
	require.LessOrEqual(t, meansApart(peers, ours), 3., what)
	require.GreaterOrEqual(t, len(peers), 20)
	outside := 0
	for _, x := range ours {
		if x < slices.Min(peers) || x > slices.Max(peers) {
			outside++
		}
	}
	t.Logf("%s: seed 0 %.4f, mean %.4f; the peer %.4f (%.4f to %.4f); %.1f standard errors apart, deviations %.4f and %.4f, %d of %d outside", what, ours[0],
		stat.Mean(ours, nil), stat.Mean(peers, nil), slices.Min(peers), slices.Max(peers), meansApart(peers, ours), stat.StdDev(ours, nil),
		stat.StdDev(peers, nil), outside, len(ours))
	require.LessOrEqual(t, outside, (len(ours)+2)/3, what)
	apart := stat.KolmogorovSmirnov(slices.Sorted(slices.Values(peers)), nil, slices.Sorted(slices.Values(ours)), nil)
	require.LessOrEqual(t, apart, 1.95*math.Sqrt(1/float64(len(peers))+1/float64(len(ours))), what)
	return ours[0] >= slices.Min(peers) && ours[0] <= slices.Max(peers)
}

// meansApart is how many standard errors lie between the means, by the spread of the peer.
func meansApart(peers, ours []float64) float64 {
	se := stat.StdDev(peers, nil) * math.Sqrt(1/float64(len(peers))+1/float64(len(ours)))
	return max(math.Abs(stat.Mean(peers, nil)-stat.Mean(ours, nil))-1e-9, 0) / max(se, 1e-12)
}

func TestDetectionIsThePeers(t *testing.T) {
	t.Parallel()
	var golden seedsGolden
	testutil.JSON(t, "testdata/seeds.json", &golden)
	forSeedPairs(t, func(t *testing.T, name string, p *Pair) {
		g := golden.Pairs[name]
		score := func(l learner) float64 {
			l.version = V0210
			v, err := detection(context.Background(), p, l)
			require.NoError(t, err)
			return v
		}
		require.InDelta(t, g.XGB, score(learner{name: boost}), 1e-9)
		in := alike(t, gaussians, g.GMM, forSeeds(name, func(seed uint64) float64 { return score(learner{name: gaussians, seed: seed}) }))
		require.True(t, in, "%s: seed 0", gaussians)
		in = alike(t, network, g.MLP, forSeeds(name, func(seed uint64) float64 { return score(learner{name: network, seed: seed}) }))
		require.True(t, in, "%s: seed 0", network)
	})
}

// The linear detector takes the steps of scikit-learn 1.3.2, also beside the id of set B1, where they end after 19, 3 and 3, or those of
// 1.5.2 and 1.9.1. Beyond some hundred steps the last digits of sums decide where these end: with the rows to be learned in twenty other orders
// they say .540 to .557 of one pair. Ours must be one of what they say.
func TestLinearDetectionIsThePeers(t *testing.T) {
	var golden map[string]struct {
		Pairs map[string]struct {
			Score, Minimum float64
			Steps          []int
			Orders         []float64
		}
	}
	testutil.JSON(t, "testdata/lines.json", &golden)
	require.Len(t, golden, 3)
	forSeedPairs(t, func(t *testing.T, name string, p *Pair) {
		score := func(v Version) float64 {
			score, err := detection(context.Background(), p, learner{version: v, name: linear, long: true})
			require.NoError(t, err)
			return score
		}
		require.InDelta(t, golden["1.3.2"].Pairs[name].Score, score(V0210), 1e-9)
		later := score(V0212)
		var luck []float64
		for _, version := range []string{"1.5.2", "1.9.1"} {
			g := golden[version].Pairs[name]
			t.Logf("scikit-learn %s: %v steps, off by %.1e", version, g.Steps, later-g.Score)
			if slices.Max(g.Steps) <= 100 {
				require.InDelta(t, g.Score, later, 1e-9, "scikit-learn %s", version)
				continue
			}
			require.InDelta(t, g.Score, later, 1.5e-3, "scikit-learn %s", version)
			require.InDelta(t, g.Minimum, later, 3e-3, "the steps end near the minimum")
			require.Len(t, g.Orders, 20)
			luck = append(append(luck, g.Score), g.Orders...)
		}
		if luck != nil {
			require.GreaterOrEqual(t, later, slices.Min(luck)-1e-9)
			require.LessOrEqual(t, later, slices.Max(luck)+1e-9)
		}
	})
}
