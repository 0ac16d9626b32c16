package rng

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// The lines "philox 4x32 10" of Random123's tests/kat_vectors. randomgen 2.5.1 gives the same numbers.
func TestBlockKnownAnswers(t *testing.T) {
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
		w0, w1, w2, w3 := block(c.ctr[0], c.ctr[1], c.ctr[2], c.ctr[3], c.key[0], c.key[1])
		require.Equal(t, c.want, [4]uint32{w0, w1, w2, w3})
	}
}

// Made with randomgen 2.5.1: Philox(counter=(row<<32|stream<<96)-1, key=seed, number=4, width=32).random_raw(12). It
// fixes which word of the counter is which.
func TestStreamIsPhiloxFromElementZero(t *testing.T) {
	want := []uint32{
		0xc433cd08, 0x4ed40192, 0xba6a3730, 0x08a5049f, 0x8fa7a1a1, 0xe210e4e7,
		0x799dc35a, 0x4249c9d9, 0xb3a2ca4c, 0xb7de0b4e, 0xb62e6c7e, 0xff4d4821,
	}
	s := New(12345678901234567890, 0x305, 1<<32+2)
	var got []uint32
	for range want {
		got = append(got, s.Uint32())
	}
	require.Equal(t, want, got)
}

func TestUint64IsTwoWordsLowFirst(t *testing.T) {
	a, b := New(7, Split, 3), New(7, Split, 3)
	a.Uint32() // an odd start: the words of one number may lie in two blocks
	b.Uint32()
	for range 20 {
		lo := uint64(a.Uint32())
		hi := uint64(a.Uint32())
		require.Equal(t, hi<<32|lo, b.Uint64())
	}
}

func TestCopyDrawsTheSameAgain(t *testing.T) {
	s := New(1, Demo, 0)
	s.Uint32()
	c := s
	require.Equal(t, s.Norm(), c.Norm())
	require.Equal(t, s, c)
}

func TestDrawingAllocatesNothing(t *testing.T) {
	sum := 0.0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		s := New(1, SampleCell, 9)
		sum += s.Float64() + s.Norm() + s.Exp() + float64(s.Intn(10)) + float64(Permute(1, FillID, 1000, 9))
	}))
}

// moments draws n numbers, half of one stream and half of as many streams, and requires that mean and mean square lie
// within five standard errors of what they should be.
func moments(t *testing.T, mean, square, fourth float64, draw func(*Stream) float64) {
	t.Helper()
	const n = 200_000
	one := New(11, Demo, 0)
	var sum, sum2 float64
	for i := range n {
		s := New(11, Demo, uint64(i))
		if i%2 == 0 {
			s = one
		}
		x := draw(&s)
		if i%2 == 0 {
			one = s
		}
		sum += x
		sum2 += x * x
	}
	require.InDelta(t, mean, sum/n, 5*math.Sqrt((square-mean*mean)/n))
	require.InDelta(t, square, sum2/n, 5*math.Sqrt((fourth-square*square)/n))
}

func TestFloat64(t *testing.T) {
	moments(t, 1./2, 1./3, 1./5, (*Stream).Float64)
}

func TestNorm(t *testing.T) {
	moments(t, 0, 1, 3, (*Stream).Norm)
}

func TestExp(t *testing.T) {
	moments(t, 1, 2, 24, (*Stream).Exp)
}

// The whole distributions, by Kolmogorov and Smirnov: the largest distance from the distribution function stays below the
// 0.1 % point, 1.95/sqrt(n).
func TestDistributionFunctions(t *testing.T) {
	const n = 50_000
	for name, c := range map[string]struct {
		draw func(*Stream) float64
		cdf  func(float64) float64
	}{
		"uniform":     {(*Stream).Float64, distuv.Uniform{Max: 1}.CDF},
		"normal":      {(*Stream).Norm, distuv.UnitNormal.CDF},
		"exponential": {(*Stream).Exp, distuv.Exponential{Rate: 1}.CDF},
	} {
		x := make([]float64, n)
		s := New(5, Mock, 0)
		for i := range x {
			x[i] = c.draw(&s)
		}
		slices.Sort(x)
		var far float64
		for i, v := range x {
			far = max(far, c.cdf(v)-float64(i)/n, float64(i+1)/n-c.cdf(v))
		}
		require.Less(t, far, 1.95/math.Sqrt(n), name)
	}
}

// The ends of what one draw can be: the smallest and the largest 64-bit word.
func TestEndsAreFinite(t *testing.T) {
	words := func(w uint32) Stream { return Stream{buf: [4]uint32{w, w, w, w}, left: 4} }
	for _, w := range []uint32{0, math.MaxUint32, 1 << 31, 1<<31 - 1} {
		s := words(w)
		u := s.Float64()
		require.True(t, u >= 0 && u < 1)
		s = words(w)
		require.Less(t, math.Abs(s.Norm()), 8.3)
		s = words(w)
		e := s.Exp()
		require.True(t, e >= 0 && e < 36.8, e)
	}
}

// chiSquare gives the chance of counts at least as uneven as these.
func chiSquare(counts []int) float64 {
	var n, x2 float64
	for _, c := range counts {
		n += float64(c)
	}
	want := n / float64(len(counts))
	for _, c := range counts {
		x2 += (float64(c) - want) * (float64(c) - want) / want
	}
	return distuv.ChiSquared{K: float64(len(counts) - 1)}.Survival(x2)
}

func TestIntnIsUniform(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 10, 100, 1000} {
		counts := make([]int, n)
		s := New(3, Split, uint64(n))
		for range 200 * n {
			counts[s.Intn(n)]++
		}
		if n > 1 {
			require.Greater(t, chiSquare(counts), 1e-4, n)
		}
	}
}

// For n = 3 * 2^30 a product without rejection would give every third value twice as often.
func TestIntnRejects(t *testing.T) {
	for _, n := range []int{3 << 30, 3 << 61} {
		thirds := make([]int, 3)
		s := New(4, Split, uint64(n))
		for range 30_000 {
			v := s.Intn(n)
			require.True(t, v >= 0 && v < n)
			thirds[v%3]++
		}
		require.Greater(t, chiSquare(thirds), 1e-4, n)
	}
}

func TestBitsAndNeighboursAreIndependent(t *testing.T) {
	const n = 20_000
	limit := 5 * math.Sqrt(n) / 2
	for name, word := range map[string]func(i uint64) uint32{
		"element": func() func(uint64) uint32 {
			s := New(1, Demo, 1)
			return func(uint64) uint32 { return s.Uint32() }
		}(),
		"row":    func(i uint64) uint32 { s := New(1, Demo, i); return s.Uint32() },
		"seed":   func(i uint64) uint32 { s := New(i, Demo, 1); return s.Uint32() },
		"stream": func(i uint64) uint32 { s := New(1, uint32(i), 1); return s.Uint32() },
	} {
		var ones, changes [32]float64
		before := word(n)
		for i := range uint64(n) {
			w := word(i)
			for b := range 32 {
				ones[b] += float64(w >> b & 1)
				changes[b] += float64((w ^ before) >> b & 1)
			}
			before = w
		}
		for b := range 32 {
			require.InDelta(t, n/2, ones[b], limit, "%s: ones of bit %d", name, b)
			require.InDelta(t, n/2, changes[b], limit, "%s: changes of bit %d", name, b)
		}
	}
}

func TestPanicsNameTheNumber(t *testing.T) {
	s := New(0, 0, 0)
	require.PanicsWithValue(t, "rng: Intn of 0", func() { s.Intn(0) })
	require.PanicsWithValue(t, "rng: Permute of 5 outside [0, 5)", func() { Permute(0, 0, 5, 5) })
	require.PanicsWithValue(t, "rng: Permute of 0 outside [0, 0)", func() { Permute(0, 0, 0, 0) })
	require.PanicsWithValue(t, "rng: Shuffle of -1", func() { Shuffle(0, 0, -1, nil) })
}

// Every constant of streams.go is a stream with a number of its own.
func TestStreamsDiffer(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "streams.go", nil, 0)
	require.NoError(t, err)
	pkg, err := new(types.Config).Check("rng", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	owner := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		c := pkg.Scope().Lookup(name).(*types.Const)
		require.Equal(t, "uint32", c.Type().String(), name)
		require.Empty(t, owner[c.Val().String()], "%s has the number of another stream", name)
		owner[c.Val().String()] = name
	}
	require.NotEmpty(t, owner)
}
