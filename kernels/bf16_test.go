package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// needBF16 skips a test where there are no products of bfloat16.
func needBF16(t testing.TB) {
	t.Helper()
	if !hasBF16() {
		t.Skip(errNoBF16)
	}
}

// product is one of the layouts, from B as it lies or packed before.
func (o *operands) product(packed bool, c []float32, e *Epilogue) {
	if !packed {
		GemmBF16(o.l, o.m, o.n, o.k, o.a, o.lda, o.b, o.ldb, c, o.ldc, e)
		return
	}
	la, lb := o.l, NN
	if o.l == NT {
		la, lb = NN, NT
	}
	var p Packed
	p.PackBF16(lb, o.k, o.n, o.b, o.ldb)
	GemmPacked(la, o.m, o.a, o.lda, &p, c, o.ldc, e)
}

func rounded(x float64) float64 {
	return float64(math.Float32frombits(uint32(bfloat16(float32(x))) << 16))
}

// The reference: operands rounded to bfloat16, products added up in float64.
func TestGemmBF16AgainstFloat64(t *testing.T) {
	needBF16(t)
	r := rand.New(rand.NewPCG(1, 2))
	for try := range tries(400) {
		m, n, k := gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))]*(1+r.IntN(3))
		o := newOperands(r, Layout(try%3), m, n, k, r.IntN(2)*r.IntN(9))
		c, whole := guarded(m * o.ldc)
		o.product(try%2 == 0, c, nil)
		require.True(t, whole(), "%v %d %d %d", o.l, m, n, k)
		for i := range m {
			for j := range o.ldc {
				if j >= n {
					require.Equal(t, float32(12345.678), c[i*o.ldc+j], "between the rows of C")
					continue
				}
				var sum, size float64
				for q := range k {
					a, b := o.at(i, j, q)
					sum += rounded(a) * rounded(b)
					size += math.Abs(a * b)
				}
				require.InDelta(t, sum, c[i*o.ldc+j], 1e-6*size+1e-30, "%v %dx%dx%d at %d %d", o.l, m, n, k, i, j)
			}
		}
	}
}

// Every rectangle of a product has the bits that it has as a product of its own, whatever path and however many threads compute it.
func TestSubRectanglesOfBF16AreBitEqual(t *testing.T) {
	needBF16(t)
	r := rand.New(rand.NewPCG(3, 4))
	defer func(b blocking) { blocks = b }(blocks)
	for try := range tries(60) {
		blocks.shared = try % 2 << 20
		l, m, n, k := Layout(try%3), 1+r.IntN(150), 1+r.IntN(700), 1+r.IntN(1300)
		o := newOperands(r, l, m, n, k, 0)
		whole := make([]float32, m*n)
		o.product(false, whole, &Epilogue{Act: ReLU})
		for range 8 {
			i, j := r.IntN(m), r.IntN(n)
			p := operands{l: l, m: 1 + r.IntN(m-i), n: 1 + r.IntN(n-j), k: k, a: o.a[i:], b: o.b[j:], lda: o.lda, ldb: o.ldb}
			if r.IntN(3) == 0 {
				p.m = min(p.m, 1+r.IntN(12))
			}
			if l != TN {
				p.a = o.a[i*o.lda:]
			}
			if l == NT {
				p.b = o.b[j*o.ldb:]
			}
			p.ldc = p.n
			part := make([]float32, p.m*p.n)
			threads := runtime.GOMAXPROCS(1 + r.IntN(3))
			p.product(r.IntN(2) == 0, part, &Epilogue{Act: ReLU})
			runtime.GOMAXPROCS(threads)
			for x := range p.m {
				for y := range p.n {
					require.Equal(t, math.Float32bits(whole[(i+x)*n+j+y]), math.Float32bits(part[x*p.n+y]),
						"%v %dx%dx%d, part %d %d of %dx%d", l, m, n, k, x, y, p.m, p.n)
				}
			}
		}
	}
}

// The epilogues do what finishGo does to the plain product.
func TestEpiloguesOfBF16(t *testing.T) {
	needBF16(t)
	r := rand.New(rand.NewPCG(5, 6))
	for try := range tries(100) {
		m, n, k := gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))], 1+r.IntN(1200)
		o := newOperands(r, NN, m, n, k, 0)
		old := newOperands(r, NN, m, n, n, 0).a[:m*n]
		e := Epilogue{Add: try%2 == 0, Act: Act(r.IntN(3)), Slope: .2, Bias: newOperands(r, NN, 1, 1, n, 0).a, ColSums: make([]float32, n)}
		if r.IntN(2) == 0 {
			e.Drop = &Dropout{Seed: 7, Stream: 9, Step: uint64(try), P: .5}
		}
		want, got := make([]float32, m*n), make([]float32, m*n)
		copy(want, old)
		copy(got, old)
		o.product(false, want, &Epilogue{Add: e.Add})
		ref := gemmTask{m: m, n: n, e: e, sums: make([]float32, (m+sumRows-1)/sumRows*n)}
		for i := range m {
			ref.finishGo(want[i*n:(i+1)*n], i, 0)
		}
		o.product(try%3 == 0, got, &e)
		sameBits(t, want, got, fmt.Sprintf("%dx%dx%d %+v", m, n, k, e))
		sums := make([]float32, n)
		for at := 0; at < len(ref.sums); at += n {
			AddTo(sums, ref.sums[at:at+n])
		}
		sameBits(t, sums, e.ColSums, "column sums")
	}
}

// One bad number spoils its row or column and nothing else, also in an odd last place; numbers below 2^-126 count as 0.
func TestGemmBF16PropagatesNaNAndInf(t *testing.T) {
	needBF16(t)
	const m, n, k = 30, 70, 301
	for l := range Layout(3) {
		o := newOperands(rand.New(rand.NewPCG(1, 1)), l, m, n, k, 0)
		for i := range o.a {
			o.a[i] = 1
		}
		for i := range o.b {
			o.b[i] = 1
		}
		aAt := func(i, q int) *float32 {
			if l == TN {
				return &o.a[q*m+i]
			}
			return &o.a[i*k+q]
		}
		*aAt(3, 300), *aAt(5, 1), *aAt(7, 2) = nan, inf, 0x1p-130
		c := make([]float32, m*n)
		o.product(l == NT, c, nil)
		for i := range m {
			for j, x := range c[i*n : (i+1)*n] {
				want := map[int]float32{3: nan, 5: inf, 7: k - 1}
				w, special := want[i]
				if !special {
					w = k
				}
				sameBits(t, []float32{w}, []float32{x}, fmt.Sprint(l, i, j))
			}
		}
	}
}

// What the processor rounds is what the reference rounds, for every number that has few bits set beyond those that stay, and others.
func TestPairsAreRoundedAsTheReferenceRounds(t *testing.T) {
	needBF16(t)
	const n = 1 << 16
	for _, low := range []uint32{0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x1234} {
		src, got, rows := make([]float32, n), make([]float32, n/2), make([]float32, n/2)
		for i := range src {
			src[i] = math.Float32frombits(uint32(i)<<16 | low)
		}
		pairRow(got, src)
		pairPanels(rows, 32, src, n/2, n/64, 1)
		for i := range got {
			require.Equal(t, math.Float32bits(word(src[2*i], src[2*i+1])), math.Float32bits(got[i]), "%x %x", i, low)
			require.Equal(t, math.Float32bits(word(src[i], src[n/2+i])), math.Float32bits(rows[i]), "%x %x", i, low)
		}
	}
}

func TestGemmBF16OfNothing(t *testing.T) {
	needBF16(t)
	c := []float32{1, 2}
	GemmBF16(NN, 0, 2, 3, nil, 3, make([]float32, 6), 2, c, 2, nil)
	GemmBF16(NN, 2, 0, 3, make([]float32, 6), 3, nil, 0, c, 0, nil)
	require.Equal(t, []float32{1, 2}, c)
	GemmBF16(TN, 1, 2, 0, nil, 1, nil, 2, c, 2, &Epilogue{Add: true, Bias: []float32{10, 20}})
	require.Equal(t, []float32{11, 22}, c)
}

// Products of bfloat16 are refused where they are not worth it, and where there are none; what ran is counted under its own name.
func TestCheckBF16(t *testing.T) {
	require.NoError(t, bf16Refusal(131, 100))
	require.EqualError(t, bf16Refusal(52, 100),
		"products of bfloat16 are 0.52 times as fast as those of float32 on this processor; at least 1.3 is worth their rounding")
	restore, err := Use(generic)
	require.NoError(t, err)
	require.ErrorIs(t, CheckBF16(), errNoBF16)
	require.Panics(t, func() { GemmBF16(NN, 1, 1, 1, []float32{1}, 1, []float32{1}, 1, []float32{1}, 1, nil) })
	require.Panics(t, func() { new(Packed).PackBF16(NN, 1, 1, []float32{1}, 1) })
	restore()
	needBF16(t)
	before := Ran()
	GemmBF16(NN, 2, 2, 2, []float32{1, 2, 3, 4}, 2, []float32{1, 2, 3, 4}, 2, make([]float32, 4), 2, nil)
	after := Ran()
	require.Equal(t, before["bf16 12x32"]+1, after["bf16 12x32"])
	require.Equal(t, before["avx512 12x32"], after["avx512 12x32"])
	t.Logf("dot products of bfloat16: %.1f GFLOP/s on one thread, float32 %.1f", ceilingBF16(1), Ceiling(1))
}

// BenchmarkGemmBF16 is BenchmarkGemm with products of bfloat16: their share is that of their own ceiling.
func BenchmarkGemmBF16(b *testing.B) {
	needBF16(b)
	for threads := 1; threads <= 2; threads++ {
		if *threadsFlag != 0 && *threadsFlag != threads {
			continue
		}
		for _, s := range gemmShapes {
			b.Run(fmt.Sprintf("threads=%d/%s/%dx%dx%d", threads, s.name, s.m, s.k, s.n), func(b *testing.B) {
				benchGemm(b, threads, s.m, s.k, s.n, s.packed, true)
			})
		}
	}
}
