package draw

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPool(t *testing.T) {
	share, q := []float64{0.5, 0.3, 0.2, 0}, []float64{0.1, 0.6, 0.3, 0}
	for _, c := range []struct {
		power Pool
		want  []float64
	}{
		{Pool{0, 1}, q}, {Pool{1, 0}, []float64{0.2, 0.2, 0.6, 0}}, {Pool{0, 0}, share},
		// By hand: p q / share, scaled to 1.
		{Pool{1, 1}, []float64{0.04 / 1.34, 0.4 / 1.34, 0.9 / 1.34, 0}},
	} {
		p := []float64{0.2, 0.2, 0.6, 0}
		c.power.Mix(share, p, q)
		require.InDeltaSlice(t, c.want, p, 1e-12)
		require.True(t, c.power.Sound())
	}
	require.False(t, Pool{-1, 1}.Sound())
	require.False(t, Pool{math.NaN(), 1}.Sound())
}

// The ranked probability score of a sure guess is how many codes it is off.
func TestScoreOfNumbers(t *testing.T) {
	p := make([]float64, 9)
	p[3] = 1
	for code := range int32(9) {
		require.InDelta(t, -math.Abs(float64(code)-3), Score(p, code, true), 1e-12)
	}
	require.InDelta(t, 0, Score(p, 3, false), 1e-12)
}

func BenchmarkPool(b *testing.B) {
	share, p, q := make([]float64, 64), make([]float64, 64), make([]float64, 64)
	for c := range share {
		share[c], p[c], q[c] = 1.0/64, float64(c+1)/2080, float64(64-c)/2080
	}
	for b.Loop() {
		Pool{0.6, 0.6}.Mix(share, p, q)
	}
}
