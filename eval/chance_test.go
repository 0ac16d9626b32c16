package eval

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// scipy 1.17: binom.sf(19, 39, .5), binom.sf(30, 37, .8), hypergeom.sf(11, 100, 60, 14), hypergeom.sf(0, 50, 10, 5).
func TestChanceAgreesWithScipy(t *testing.T) {
	require.InDelta(t, 0.5, newLuck(slices.Repeat([]float64{.5}, 39)).atLeast(20), 1e-12)
	require.InDelta(t, 0.36982768200214455, newLuck(slices.Repeat([]float64{.8}, 37)).atLeast(31), 1e-12)
	require.InDelta(t, 0.02977169849566024, newDraw(100, 60, 14).atLeast(12), 1e-12)
	require.InDelta(t, 0.6894372179954313, newDraw(50, 10, 5).atLeast(1), 1e-12)
}

func TestLuckIsBinomial(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100, 400} {
		for _, p := range []float64{.1, .5, .8, .97} {
			l, b := newLuck(slices.Repeat([]float64{p}, n)), distuv.Binomial{N: float64(n), P: p}
			require.InDelta(t, p*float64(n), l.mean, 1e-9)
			for k := range n + 1 {
				want := 1.0
				if k > 0 {
					want = b.Survival(float64(k - 1))
				}
				require.InDelta(t, want, l.atLeast(k), 1e-10)
			}
		}
	}
}

// With different chances, by going through all outcomes.
func TestLuckOfDifferentChances(t *testing.T) {
	p := []float64{.5, .8, .94, .985, .3, 1, 0}
	l := newLuck(p)
	exact := make([]float64, len(p)+2)
	for outcome := range 1 << len(p) {
		q, n := 1.0, 0
		for i, x := range p {
			if outcome>>i&1 == 1 {
				q *= x
				n++
			} else {
				q *= 1 - x
			}
		}
		for k := range n + 1 {
			exact[k] += q
		}
	}
	for k, q := range exact {
		require.InDelta(t, q, l.atLeast(k), 1e-12)
	}
	require.InDelta(t, 4.525, l.mean, 1e-12)
}

// More than the limit is seen with at most the probability of the level, and as much with more.
func TestLimits(t *testing.T) {
	for _, l := range []luck{newLuck(nil), newLuck([]float64{.5}), newLuck(slices.Repeat([]float64{.7}, 60)), newDraw(0, 0, 0),
		newDraw(10, 10, 4), newDraw(900, 600, 40), newDraw(900, 0, 40)} {
		for _, level := range []float64{.05, .01, .001} {
			k := l.upTo(level)
			require.LessOrEqual(t, l.atLeast(k+1), level)
			if k > 0 {
				require.Greater(t, l.atLeast(k), level)
			}
		}
		require.Equal(t, 1., l.atLeast(0))
		require.Zero(t, l.atLeast(1000))
		require.False(t, math.IsNaN(l.mean))
	}
}

func TestWilson(t *testing.T) { // Newcombe 1998 (two-sided intervals for the single proportion), table I: 15 of 148, 0 of 20
	low, high := wilson(15, 148)
	require.InDelta(t, .0624, low, 5e-5)
	require.InDelta(t, .1605, high, 5e-5)
	low, high = wilson(0, 20)
	require.InDelta(t, 0, low, 1e-12)
	require.InDelta(t, .1611, high, 5e-5)
	low, _ = wilson(0, 0)
	require.True(t, math.IsNaN(low))
}
