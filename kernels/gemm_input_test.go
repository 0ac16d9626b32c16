package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGemmRefusesWhatDoesNotFit(t *testing.T) {
	a := make([]float32, 12)
	for name, c := range map[string]struct {
		call func()
		want string
	}{
		"short A":   {func() { Gemm(NN, 4, 3, 4, a, 4, a, 3, a, 3, nil) }, "kernels: Gemm: A is [4 4] with leading dimension 4 in 12 numbers"},
		"short B":   {func() { Gemm(NT, 3, 4, 4, a, 4, a, 4, a, 4, nil) }, "kernels: Gemm: B is [4 4] with leading dimension 4 in 12 numbers"},
		"short C":   {func() { Gemm(NN, 4, 4, 3, a, 3, a, 4, a, 4, nil) }, "kernels: Gemm: C is [4 4] with leading dimension 4 in 12 numbers"},
		"leading":   {func() { Gemm(TN, 4, 3, 3, a, 3, a, 3, a, 3, nil) }, "kernels: Gemm: A is [3 4] with leading dimension 3 in 12 numbers"},
		"negative":  {func() { Gemm(NN, -1, 3, 3, a, 3, a, 3, a, 3, nil) }, "kernels: Gemm of M -1, N 3, K 3"},
		"bias":      {func() { Gemm(NN, 3, 4, 3, a, 3, a, 4, a, 4, &Epilogue{Bias: a[:3]}) }, "kernels: Gemm: bias has 3 numbers for C [3 4]"},
		"sums":      {func() { Gemm(NN, 3, 4, 3, a, 3, a, 4, a, 4, &Epilogue{ColSums: a[:3]}) }, "kernels: Gemm: column sums have 3 numbers for C [3 4]"},
		"packed NT": {func() { GemmPacked(NT, 3, a, 3, &Packed{}, a, 3, nil) }, "kernels: GemmPacked of layout NT: say NT when packing"},
		"pointers":  {func() { GemmSparse(3, 3, 3, Sparse{RowPtr: []int32{0}}, a, 3, a, 3, nil) }, "kernels: GemmSparse: 1 row pointers for A [3 3]"},
		"column": {func() {
			GemmSparse(1, 3, 3, Sparse{RowPtr: []int32{0, 1}, Col: []int32{3}}, a, 3, a, 3, nil)
		}, "kernels: GemmSparse: column 3 after -1 in row 0 of A [1 3]"},
	} {
		require.PanicsWithValue(t, c.want, c.call, name)
	}
}

func TestPackedOfAnotherFamilyIsRefused(t *testing.T) {
	restore, err := Use(generic)
	require.NoError(t, err)
	var p Packed
	p.Pack(NN, 3, 4, make([]float32, 12), 4)
	restore()
	if Family() == generic {
		return // there is only one
	}
	require.False(t, p.Current())
	require.Panics(t, func() { GemmPacked(NN, 1, make([]float32, 3), 3, &p, make([]float32, 4), 4, nil) })
}

func TestUnknownFamilyIsAnError(t *testing.T) {
	_, err := Use("sse9")
	require.ErrorContains(t, err, `no kernels "sse9" on this processor; it can run [`)
}

// Dimensions of 0 work: nothing is touched, or only the epilogue happens.
func TestGemmOfNothing(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		c := []float32{1, 2}
		Gemm(NN, 0, 2, 3, nil, 3, make([]float32, 6), 2, c, 2, nil)
		Gemm(NN, 2, 0, 3, make([]float32, 6), 3, nil, 0, c, 0, nil)
		require.Equal(t, []float32{1, 2}, c)
		Gemm(NN, 1, 2, 0, nil, 0, nil, 2, c, 2, &Epilogue{Add: true, Bias: []float32{10, 20}})
		require.Equal(t, []float32{11, 22}, c)
		Gemm(NN, 1, 2, 0, nil, 0, nil, 2, c, 2, &Epilogue{Bias: []float32{10, 20}})
		require.Equal(t, []float32{10, 20}, c)
		long := []float32{1, 2, 3, 4, 5, 6, 7, 8}
		Gemm(NN, 8, 64, 0, nil, 1024, nil, 64, make([]float32, 8*64), 64, nil) // rows 4096 bytes apart, of nothing
		GemmSparse(1, 8, 3, Sparse{RowPtr: []int32{0, 0}}, make([]float32, 24), 8, long, 8, &Epilogue{Add: true})
		require.Equal(t, []float32{1, 2, 3, 4, 5, 6, 7, 8}, long)
		zero := []float32{float32(math.Copysign(0, -1))}
		GemmSparse(1, 1, 3, Sparse{RowPtr: []int32{0, 0}}, make([]float32, 3), 1, zero, 1, &Epilogue{Add: true})
		require.Zero(t, math.Float32bits(zero[0]))
		sums := []float32{7, 7}
		Gemm(NN, 0, 2, 3, nil, 3, make([]float32, 6), 2, nil, 2, &Epilogue{ColSums: sums})
		require.Equal(t, []float32{0, 0}, sums)
		var p Packed
		p.Pack(NN, 0, 2, nil, 2)
		GemmPacked(NN, 1, nil, 0, &p, c, 2, nil)
		require.Equal(t, []float32{0, 0}, c)
	})
}

// One bad number spoils its row or column, as IEEE 754 says, and nothing else.
func TestGemmPropagatesNaNAndInf(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		const m, n, k = 30, 70, 300
		a, b := make([]float32, m*k), make([]float32, k*n)
		for i := range a {
			a[i] = 1
		}
		for i := range b {
			b[i] = 1
		}
		a[3*k+280], a[5*k+1], b[2*n+66] = nan, inf, -inf
		c := make([]float32, m*n)
		for _, act := range []Act{Linear, ReLU, LeakyReLU} {
			Gemm(NN, m, n, k, a, k, b, n, c, n, &Epilogue{Act: act, Slope: .5})
			for i := range m {
				for j := range n {
					x := c[i*n+j]
					switch {
					case i == 3 || i == 5 && j == 66:
						require.True(t, x != x, "%v %d %d is %g", act, i, j, x)
					case i == 5:
						require.Equal(t, inf, x)
					case j == 66 && act == ReLU:
						require.Equal(t, float32(0), x)
					case j == 66:
						require.Equal(t, -inf, x)
					default:
						require.Equal(t, float32(k), x)
					}
				}
			}
		}
	})
}

// Where the processor has AVX-512, products run on the AVX-512 kernel: its own counter says so.
func TestTheBestKernelRuns(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		before := Ran()
		a := make([]float32, 64*64)
		Gemm(NN, 64, 64, 64, a, 64, a, 64, make([]float32, 64*64), 64, nil)
		var ran []string
		for name, n := range Ran() {
			if n > before[name] {
				ran = append(ran, name)
			}
		}
		want := map[string]string{avx512: "avx512 12x32", avx2: "avx2 6x16", neon: "neon 8x12", generic: generic}
		require.Equal(t, []string{want[Family()]}, ran)
	})
	t.Logf("families: %v", Families())
}
