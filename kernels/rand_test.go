package kernels

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"example.org/cohort/internal/rng"
)

// The lines "philox 4x32 10" of Random123's tests/kat_vectors.
func TestPhiloxKnownAnswers(t *testing.T) {
	const f = math.MaxUint32
	for _, c := range []struct {
		ctr  [4]uint32
		key  [2]uint32
		want [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{f, f, f, f}, [2]uint32{f, f}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		require.Equal(t, c.want, philox(c.ctr[0], c.ctr[1], c.ctr[2], c.ctr[3], c.key[0], c.key[1]))
		forEachFamily(t, func(t *testing.T) {
			d := draw{uint64(c.key[1])<<32 | uint64(c.key[0]), c.ctr[3], uint64(c.ctr[2])<<32 | uint64(c.ctr[1])}
			var got [wordGroup]float32
			philoxWords(got[:], c.ctr[0], d)
			for i, w := range c.want {
				require.Equal(t, w, math.Float32bits(got[i]))
			}
		})
	}
}

// Every way to begin and to end gives the numbers that internal/rng's stream gives one by one.
func TestWordsAreTheStreams(t *testing.T) {
	const seed, stream, step = 0x0123456789abcdef, rng.Demo, 1<<35 + 3
	const all = 3000
	s := rng.New(seed, stream, step)
	words := make([]uint32, all)
	for i := range words {
		words[i] = s.Uint32()
	}
	drop := Dropout{Seed: seed, Stream: stream, Step: step, P: .3}
	x := numbers(1, all, false)
	pair := func(i int) (z0, z1 float32) { return normal32(words[i&^1], words[i|1]) }
	forEachFamily(t, func(t *testing.T) {
		for first := range 9 {
			for _, n := range []int{0, 1, 2, 3, 5, 31, 64, 1023, 1024, 1025, 2049} {
				dst, check := vecGuarded(t, n)
				Uniform(dst, seed, stream, step, uint64(first))
				for i, v := range dst {
					require.Equal(t, float32(words[first+i]>>8)*0x1p-24, v)
				}
				Exponential(dst, seed, stream, step, uint64(first))
				for i, v := range dst {
					require.Equal(t, exponential32(words[first+i]), v)
				}
				GumbelFill(dst, seed, stream, step, uint64(first))
				for i, v := range dst {
					require.Equal(t, gumbel32(words[first+i]), v)
				}
				Normal(dst, seed, stream, step, uint64(first))
				for i, v := range dst {
					z0, z1 := pair(first + i)
					if (first+i)%2 == 1 {
						z0 = z1
					}
					require.Equal(t, z0, v)
				}
				DropoutForward(dst, x[:n], drop, uint64(first))
				for i, v := range dst {
					want := float32(0)
					if drop.keeps(uint64(first + i)) {
						want = x[i] * drop.scale()
					}
					require.Equal(t, want, v+0)
				}
				check("random numbers")
			}
		}
	})
}

func TestBitsOfDropoutAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		words := make([]float32, 77)
		philoxWordsGo(words[:76], 3, draw{1, 2, 3})
		words[5], words[70] = math.Float32frombits(1<<31), math.Float32frombits(math.MaxUint32)
		for _, limit := range []uint32{0, 1, 1 << 20, 1 << 31, 1<<31 + 1, math.MaxUint32} {
			for _, n := range []int{0, 1, 7, 8, 9, 64, 77} {
				want, got := make([]byte, 10), make([]byte, 10)
				keepBitsGo(want, words[:n], limit)
				keepBits(got, words[:n], limit)
				require.Equal(t, want, got, "%d words, limit %d", n, limit)
			}
		}
	})
}

func TestDropoutOfAllAndOfNothing(t *testing.T) {
	x := numbers(1, 100, false)
	dst := make([]float32, 100)
	DropoutForward(dst, x, Dropout{P: 0}, 0)
	require.Equal(t, x, dst)
	DropoutForward(dst, x, Dropout{P: 1}, 0)
	for _, v := range dst {
		require.Zero(t, v)
	}
	const n = 200_000
	ones, out := make([]float32, n), make([]float32, n)
	Fill(ones, 1)
	DropoutForward(out, ones, Dropout{Seed: 3, P: .25}, 1)
	require.InDelta(t, 1, Sum(out)/n, 5*math.Sqrt(.25/.75/n), "what is kept averages to 1")
}

// The whole distributions, by Kolmogorov and Smirnov: the largest distance from the distribution function stays below the
// 0.1 % point, 1.95/sqrt(n). Neighbours are not correlated.
func TestDistributions(t *testing.T) {
	const n = 100_000
	gumbel := func(x float64) float64 { return math.Exp(-math.Exp(-x)) }
	for name, c := range map[string]struct {
		fill func(dst []float32, seed uint64, stream uint32, step, first uint64)
		cdf  func(float64) float64
	}{
		"uniform":     {Uniform, distuv.Uniform{Max: 1}.CDF},
		"normal":      {Normal, distuv.UnitNormal.CDF},
		"exponential": {Exponential, distuv.Exponential{Rate: 1}.CDF},
		"gumbel":      {GumbelFill, gumbel},
	} {
		x := make([]float32, n)
		c.fill(x, 5, 6, 7, 0)
		for _, lag := range []int{1, 2, 4} {
			u := make([]float64, n)
			for i, v := range x {
				u[i] = c.cdf(float64(v)) - .5
			}
			sum := 0.0
			for i := lag; i < n; i++ {
				sum += u[i] * u[i-lag]
			}
			require.Less(t, math.Abs(sum)/n*12, 5/math.Sqrt(n), "%s, lag %d", name, lag)
		}
		slices.Sort(x)
		require.Greater(t, float64(x[0]), math.Inf(-1))
		require.Less(t, float64(x[n-1]), 20.)
		var far float64
		for i, v := range x {
			f := c.cdf(float64(v))
			far = max(far, f-float64(i)/n, float64(i+1)/n-f)
		}
		require.Less(t, far, 1.95/math.Sqrt(n), name)
	}
}

// The least and the greatest word give finite numbers, within what the comments say.
func TestExtremeWords(t *testing.T) {
	for _, w := range []uint32{0, 1, 511, 512, 1 << 29, 1 << 30, 1<<31 - 1, 1 << 31, 3 << 30, math.MaxUint32 - 511, math.MaxUint32} {
		require.LessOrEqual(t, uniform32(w), float32(1-0x1p-24))
		require.InDelta(t, 8.35, exponential32(w), 8.35)
		require.GreaterOrEqual(t, exponential32(w), float32(5.9e-8))
		require.Less(t, math.Abs(f64(gumbel32(w))), 16.7)
		for _, v := range []uint32{0, 1 << 29, 1<<29 - 1, 1 << 30, 1 << 31, math.MaxUint32} {
			z0, z1 := normal32(w, v)
			r := math.Hypot(f64(z0), f64(z1))
			require.Less(t, r, 5.8)
			angle := 2 * math.Pi * float64(v) / (1 << 32)
			require.InDelta(t, r*math.Cos(angle), z0, 2e-6)
			require.InDelta(t, r*math.Sin(angle), z1, 2e-6)
		}
	}
}

func TestAdamIsPyTorchsFormula(t *testing.T) {
	const n = 37
	for _, a := range []AdamStep{
		{LR: 2e-4, Beta1: .5, Beta2: .9, Eps: 1e-8, Decay: 1e-6},
		{LR: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8},
		{LR: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Decay: .01, Decoupled: true},
	} {
		p, m, v := numbers(1, n, false), make([]float32, n), make([]float32, n)
		p64, m64, v64 := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range p {
			p64[i] = f64(p[i])
		}
		b1, b2, lr, decay := widen(a.Beta1), widen(a.Beta2), widen(a.LR), widen(a.Decay)
		for step := 1; step <= 10; step++ {
			a.Step = step
			g := numbers(uint64(step), n, false)
			g[0], g[1] = 0, 1e-20
			Adam(p, g, m, v, a)
			for i := range p64 {
				d := f64(g[i])
				if a.Decoupled {
					p64[i] *= 1 - lr*decay
				} else {
					d += decay * p64[i]
				}
				m64[i] += (1 - b1) * (d - m64[i])
				v64[i] = b2*v64[i] + (1-b2)*d*d
				root := math.Sqrt(v64[i])/math.Sqrt(1-math.Pow(b2, float64(step))) + 1e-8
				p64[i] -= lr / (1 - math.Pow(b1, float64(step))) * m64[i] / root
			}
		}
		near(t, p, 1e-6, "parameters", func(i int) float64 { return p64[i] })
		near(t, m, 1e-6, "first moments", func(i int) float64 { return m64[i] })
		near(t, v, 2e-6, "second moments", func(i int) float64 { return v64[i] })
	}
	undoAdam(t)
	p, m, v := []float32{1, 1}, []float32{1e-31, 1e-29}, []float32{1e-31, 1e-29}
	Adam(p, []float32{0, 0}, m, v, AdamStep{LR: 1, Beta1: .9, Beta2: .999, Eps: 1e-8, Step: 5})
	require.Zero(t, m[0])
	require.Zero(t, v[0])
	require.NotZero(t, m[1])
}

// undoAdam shows that what a step did to the parameters can be computed from the moments.
func undoAdam(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, a := range []AdamStep{
			{LR: 2e-4, Beta1: .5, Beta2: .9, Eps: 1e-8, Decay: 1e-6},
			{LR: 1e-1, Beta1: .9, Beta2: .999, Eps: 1e-8, Decay: .01, Decoupled: true},
		} {
			const n = 2*vecChunk + 37
			p, m, v := numbers(1, n, false), make([]float32, n), make([]float32, n)
			var before []float32
			for a.Step = 1; a.Step <= 3; a.Step++ {
				before = slices.Clone(p)
				Adam(p, numbers(uint64(a.Step)+1, n, false), m, v, a)
			}
			a.Step--
			moved, m0, v0 := slices.Clone(p), slices.Clone(m), slices.Clone(v)
			AdamUndo(p, m, v, a)
			require.Equal(t, m0, m)
			require.Equal(t, v0, v)
			for i := range p {
				require.InDelta(t, before[i], p[i], 0x1p-22*max(math.Abs(f64(before[i])), math.Abs(f64(moved[i]))))
			}
			require.NotEqual(t, before, moved)
		}
	})
}
