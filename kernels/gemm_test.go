package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// operands makes A and B of a layout with leading dimensions beyond their columns, NaN in between.
type operands struct {
	l             Layout
	m, n, k       int
	a, b          []float32
	lda, ldb, ldc int
}

func newOperands(r *rand.Rand, l Layout, m, n, k, extra int) operands {
	o := operands{l: l, m: m, n: n, k: k}
	matrix := func(rows, cols int) ([]float32, int) {
		ld := cols + extra
		s := make([]float32, rows*ld)
		for i := range s {
			s[i] = float32(math.NaN())
			if i%ld < cols {
				s[i] = float32(r.NormFloat64())
			}
		}
		return s, ld
	}
	ar, ac, br, bc := m, k, k, n
	if l == TN {
		ar, ac = k, m
	}
	if l == NT {
		br, bc = n, k
	}
	o.a, o.lda = matrix(ar, ac)
	o.b, o.ldb = matrix(br, bc)
	o.ldc = n + extra
	return o
}

func (o *operands) at(i, j, k int) (a, b float64) {
	a, b = 0, 0
	if o.l == TN {
		a = float64(o.a[k*o.lda+i])
	} else {
		a = float64(o.a[i*o.lda+k])
	}
	if o.l == NT {
		b = float64(o.b[j*o.ldb+k])
	} else {
		b = float64(o.b[k*o.ldb+j])
	}
	return a, b
}

// tries is how often a random test is repeated; -short is for emulated processors.
func tries(n int) int {
	if testing.Short() {
		return n / 6
	}
	return n
}

const guard = 40

// guarded gives a slice of n marked numbers between guards, and a function that tells whether the guards are whole.
func guarded(n int) (s []float32, whole func() bool) {
	all := make([]float32, n+2*guard)
	for i := range all {
		all[i] = 12345.678
	}
	s = all[guard : guard+n : guard+n]
	return s, func() bool {
		for i := range guard {
			if all[i] != 12345.678 || all[n+guard+i] != 12345.678 {
				return false
			}
		}
		return true
	}
}

var gemmSizes = []int{1, 2, 3, 5, 7, 12, 13, 16, 17, 25, 31, 33, 50, 65, 130, 257}

func TestGemmAgainstFloat64(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for try := range tries(400) {
			l := Layout(try % 3)
			m, n, k := gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))]
			o := newOperands(r, l, m, n, k, r.IntN(2)*r.IntN(9))
			c, whole := guarded(m * o.ldc)
			Gemm(l, m, n, k, o.a, o.lda, o.b, o.ldb, c, o.ldc, nil)
			require.True(t, whole(), "%v %d %d %d", l, m, n, k)
			for i := range m {
				for j := range o.ldc {
					if j >= n {
						require.Equal(t, float32(12345.678), c[i*o.ldc+j], "between the rows of C")
						continue
					}
					var sum, size float64
					for q := range k {
						a, b := o.at(i, j, q)
						sum += a * b
						size += math.Abs(a * b)
					}
					require.InDelta(t, sum, c[i*o.ldc+j], 1e-6*size+1e-30, "%v %dx%dx%d at %d %d", l, m, n, k, i, j)
				}
			}
		}
	})
}

// Every rectangle of a product has the bits that it has as a product of its own, whatever path computes it.
func TestSubRectanglesAreBitEqual(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for try := range tries(60) {
			l := Layout(try % 3)
			m, n, k := 1+r.IntN(150), 1+r.IntN(700), 1+r.IntN(600)
			o := newOperands(r, l, m, n, k, 0)
			whole := make([]float32, m*n)
			e := Epilogue{Act: LeakyReLU, Slope: .2}
			Gemm(l, m, n, k, o.a, o.lda, o.b, o.ldb, whole, n, &e)
			for range 8 {
				i, j := r.IntN(m), r.IntN(n)
				rows, cols := 1+r.IntN(m-i), 1+r.IntN(n-j)
				if r.IntN(3) == 0 {
					rows = min(rows, 1+r.IntN(12))
				}
				a, b := o.a[i:], o.b[j:]
				if l != TN {
					a = o.a[i*o.lda:]
				}
				if l == NT {
					b = o.b[j*o.ldb:]
				}
				part := make([]float32, rows*cols)
				if r.IntN(2) == 0 && l != NT {
					var p Packed
					p.Pack(NN, k, cols, b, o.ldb)
					GemmPacked(l, rows, a, o.lda, &p, part, cols, &e)
				} else {
					Gemm(l, rows, cols, k, a, o.lda, b, o.ldb, part, cols, &e)
				}
				for x := range rows {
					for y := range cols {
						require.Equal(t, math.Float32bits(whole[(i+x)*n+j+y]), math.Float32bits(part[x*cols+y]),
							"%v %dx%dx%d, part %d %d of %dx%d", l, m, n, k, x, y, rows, cols)
					}
				}
			}
		}
	})
}

// The epilogues do what finishGo does to the plain product.
func TestEpilogues(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for try := range tries(200) {
			m, n, k := gemmSizes[r.IntN(len(gemmSizes))], gemmSizes[r.IntN(len(gemmSizes))], 1+r.IntN(600)
			o := newOperands(r, NN, m, n, k, 0)
			old := newOperands(r, NN, m, n, n, 0).a
			e := Epilogue{Add: try%2 == 0, Act: Act(r.IntN(3)), Slope: .2}
			if r.IntN(2) == 0 {
				e.Bias = newOperands(r, NN, 1, 1, n, 0).a
			}
			if r.IntN(2) == 0 {
				e.Drop = &Dropout{Seed: 7, Stream: 9, Step: uint64(try), P: .5}
			}
			if r.IntN(2) == 0 {
				e.ColSums = make([]float32, n)
			}
			want := make([]float32, m*n)
			for i := range m {
				copy(want[i*n:(i+1)*n], old[i*n:])
			}
			Gemm(NN, m, n, k, o.a, o.lda, o.b, o.ldb, want, n, &Epilogue{Add: e.Add})
			ref := gemmTask{m: m, n: n, e: e, sums: make([]float32, (m+sumRows-1)/sumRows*n)}
			for i := range m {
				ref.finishGo(want[i*n:(i+1)*n], i, 0)
			}
			got, whole := guarded(m * n)
			copy(got, old)
			Gemm(NN, m, n, k, o.a, o.lda, o.b, o.ldb, got, n, &e)
			require.True(t, whole())
			sameBits(t, want, got, fmt.Sprintf("%dx%dx%d %+v", m, n, k, e))
			if e.ColSums != nil {
				sums := make([]float32, n)
				for at := 0; at < len(ref.sums); at += n {
					AddTo(sums, ref.sums[at:at+n])
				}
				sameBits(t, sums, e.ColSums, "column sums")
			}
		}
	})
}

// Rows of mostly zeros give the bits of the dense product.
func TestSparseIsBitEqualToDense(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for try := range tries(100) {
			m, n, k := 1+r.IntN(60), 1+r.IntN(400), 1+r.IntN(900)
			o := newOperands(r, NN, m, n, k, 0)
			s := Sparse{RowPtr: []int32{0}}
			for i := range m {
				for j := range k {
					if r.IntN(20) > 0 {
						o.a[i*k+j] = 0
						continue
					}
					if try%2 == 0 {
						o.a[i*k+j] = 1
					}
					s.Col = append(s.Col, int32(j))
					s.Val = append(s.Val, o.a[i*k+j])
				}
				s.RowPtr = append(s.RowPtr, int32(len(s.Col)))
			}
			if try%2 == 0 {
				s.Val = nil
			}
			e := Epilogue{Act: LeakyReLU, Slope: .2, Add: try%3 == 0, ColSums: make([]float32, n)}
			want, sums := make([]float32, m*n), make([]float32, n)
			Gemm(NN, m, n, k, o.a, o.lda, o.b, o.ldb, want, n, &Epilogue{Act: e.Act, Slope: e.Slope, Add: e.Add, ColSums: sums})
			got, whole := guarded(m * n)
			clear(got)
			GemmSparse(m, n, k, s, o.b, o.ldb, got, n, &e)
			require.True(t, whole())
			sameBits(t, want, got, fmt.Sprintf("%dx%dx%d", m, n, k))
			sameBits(t, sums, e.ColSums, "column sums")
		}
	})
}

// sameBits fails at the first number that differs; all NaN are alike.
func sameBits(t *testing.T, want, got []float32, about string) {
	t.Helper()
	require.Len(t, got, len(want), about)
	for i := range want {
		if math.Float32bits(want[i]) != math.Float32bits(got[i]) && (want[i] == want[i] || got[i] == got[i]) {
			t.Fatalf("%s: number %d is %g, not %g", about, i, got[i], want[i])
		}
	}
}

// A product with dropout in its epilogue has the bits of a product followed by dropout.
func TestDropoutInTheEpilogueIsDropout(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 9))
		o := newOperands(r, NN, 70, 333, 40, 0)
		d := Dropout{Seed: 3, Stream: 4, Step: 5, P: .3}
		want, got := make([]float32, 70*333), make([]float32, 70*333)
		Gemm(NN, 70, 333, 40, o.a, o.lda, o.b, o.ldb, want, 333, nil)
		DropoutForward(want, want, d, 0)
		Gemm(NN, 70, 333, 40, o.a, o.lda, o.b, o.ldb, got, 333, &Epilogue{Drop: &d})
		sameBits(t, want, got, "dropout")
	})
}

// The ways that large products take: rows of A a multiple of 4096 bytes apart, and a B that each chunk packs in parts.
func TestLargeProductsHaveTheBitsOfPackedOnes(t *testing.T) {
	defer func(b blocking) { blocks = b }(blocks)
	for _, shared := range []int{0, 1 << 20} {
		blocks.shared = shared
		forEachFamily(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			for _, s := range [][3]int{{130, 150, 700}, {97, 333, 1024}, {130, 70, 2000}} {
				for _, l := range []Layout{NN, NT, TN} {
					m, n, k := s[0], s[1], s[2]
					o := newOperands(r, l, m, n, k, 0)
					c, want := make([]float32, m*n), make([]float32, m*n)
					far := (o.lda/1024 + 1) * 1024
					a := make([]float32, len(o.a)/o.lda*far)
					for i := range len(o.a) / o.lda {
						copy(a[i*far:], o.a[i*o.lda:(i+1)*o.lda])
					}
					Gemm(l, m, n, k, a, far, o.b, o.ldb, c, n, nil)
					var p Packed
					la, lb := l, NN
					if l == NT {
						la, lb = NN, NT
					}
					p.Pack(lb, k, n, o.b, o.ldb)
					GemmPacked(la, m, o.a, o.lda, &p, want, n, nil)
					sameBits(t, want, c, fmt.Sprintf("%v %v", l, s))
				}
			}
		})
	}
}

// A leading dimension whose product with the rows overflows is no matrix.
func TestGemmRefusesWhatOverflows(t *testing.T) {
	one := []float32{1, 2, 3}
	require.Panics(t, func() { Gemm(NN, 3, 1, 1, one[:1], 1<<62+5, one, 1, make([]float32, 3), 1, nil) })
	require.Panics(t, func() { Gemm(NN, 3, 1, 1, one, 1, one, 1, make([]float32, 1), 1<<62+5, nil) })
	require.Panics(t, func() { new(Packed).Pack(NN, -1, 5, one, 5) })
}

// Signs of zeros are those of the dense product, too.
func TestSparseKeepsTheSignOfZero(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, k := range []int{1, 300} {
			for _, add := range []bool{false, true} {
				for _, old := range []float32{0, negativeZero} {
					a, b := make([]float32, 2*k), make([]float32, k)
					a[0], b[0] = 1e-30, -1e-30
					want, got := []float32{old, old}, []float32{old, old}
					e := &Epilogue{Add: add}
					Gemm(NN, 2, 1, k, a, k, b, 1, want, 1, e)
					GemmSparse(2, 1, k, Sparse{RowPtr: []int32{0, 1, 1}, Col: []int32{0}, Val: a[:1]}, b, 1, got, 1, e)
					sameBits(t, want, got, fmt.Sprint(k, add, old))
				}
			}
		}
	})
}
