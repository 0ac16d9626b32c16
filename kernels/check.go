package kernels

import (
	"fmt"
	"math"
)

// Check computes a product, with every epilogue, and some vector maths on every family that this processor has, and
// compares: avx2 and avx512 must agree bit for bit, the others within rounding. The error names the family that does not. It switches
// families, so no kernel may run meanwhile.
func Check() error {
	const m, n, k = 37, 77, 300
	var first []float32
	for _, name := range Families() {
		restore, err := Use(name)
		if err != nil {
			return err
		}
		got := checkValues(m, n, k)
		restore()
		if first == nil {
			first = got
		}
		exact := name == avx512 || name == avx2
		for i, x := range got {
			if x != first[i] && (exact || math.Abs(float64(x-first[i])) > 1e-4*(1+math.Abs(float64(x)))) {
				return fmt.Errorf("the %s kernels give %g where %s gives %g", name, x, Families()[0], first[i])
			}
		}
	}
	return nil
}

// checkValues is numbers that depend on most kernels.
func checkValues(m, n, k int) []float32 {
	a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
	for i := range a {
		a[i] = float32(i%17)/8 - 1
	}
	for i := range b {
		b[i] = float32(i%23)/64 - .15
	}
	sums := make([]float32, n)
	e := Epilogue{Bias: b[:n], Act: LeakyReLU, Slope: .2, Drop: &Dropout{Seed: 1, P: .5}, ColSums: sums}
	Gemm(NN, m, n, k, a, k, b, n, c, n, &e)
	Gemm(NT, m, n, k, a, k, b, k, c, n, &Epilogue{Add: true})
	Gemm(TN, m, n, k, a, m, b, n, c, n, &Epilogue{Add: true, Act: ReLU})
	t := make([]float32, len(c))
	Tanh(t, c)
	return append(append(c, sums...), t...)
}
