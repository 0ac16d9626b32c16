package mixture

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExp(t *testing.T) {
	require.Equal(t, 1.0, exp(0))
	r := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		x := -40 * r.Float64()
		if r.IntN(10) == 0 {
			x = 1400*r.Float64() - 700
		}
		want := math.Exp(x)
		require.InDelta(t, 1, exp(x)/want, 4.5e-16, x)
	}
}
