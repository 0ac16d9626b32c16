package kernels

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// bigFMA is x*y + z, exact and then rounded once.
func bigFMA(x, y, z float32) float32 {
	b := func(v float32) *big.Float { return new(big.Float).SetPrec(700).SetFloat64(float64(v)) }
	sum := b(x)
	sum.Mul(sum, b(y)).Add(sum, b(z))
	f, _ := sum.Float32()
	return f
}

func TestFMAIsRoundedOnce(t *testing.T) {
	check := func(x, y, z float32) {
		want := bigFMA(x, y, z)
		for _, got := range []float32{fma32(x, y, z), exactFMA(x, y, z), slowFMA(x, y, z)} {
			// The sign of an exact zero is not asked of big.Float.
			if got != want {
				t.Fatalf("%x*%x + %x is %x, not %x", x, y, z, got, want)
			}
		}
	}
	// Midway between two numbers but for a tiny part, which a second rounding would not see.
	check(1+0x1p-12, 1+0x1p-12, 0x1p-60)
	check(1+0x1p-23, 0x1p-24, 1)
	check(1+0x1p-23, 0x1p-24, -1)
	check(0x1p-75, 0x1p-75, 0x1p-149)
	check(0x1p-75, 0x1.8p-75, 0x1p-149)
	check(3, -0x1p-127, 0x1p-126)
	finite := func(n int, seed uint64) []float32 {
		x := numbers(seed, n, true)
		for i, v := range x {
			if !(v-v == 0) {
				x[i] = float32(i)
			}
		}
		return x
	}
	const n = 20000
	x, y, z := finite(n, 1), finite(n, 2), finite(n, 3)
	for i := range x {
		check(x[i], y[i], z[i])
		check(x[i], y[i], -float32(x[i]*y[i])*(1+0x1p-20)) // cancels
		near := math.Float32frombits(math.Float32bits(x[i])&^(255<<23) | 127<<23)
		check(near, 1+0x1p-23, float32(math.Ldexp(float64(y[i]-y[i]+near), -24+i%8)))
	}
	require.True(t, math.IsNaN(float64(fma32(inf, 0, 1))))
	require.Equal(t, inf, fma32(inf, 2, 1))
	require.True(t, math.IsNaN(float64(fma32(nan, 2, 1))))
}
