package kernels_test

import (
	"fmt"

	"example.org/cohort/kernels"
)

// A layer: C = ReLU(A B + bias).
func ExampleGemm() {
	a := []float32{
		1, 2,
		3, 4,
		5, 6,
	}
	b := []float32{
		1, 0, -1,
		0, 1, -1,
	}
	c := make([]float32, 9)
	kernels.Gemm(kernels.NN, 3, 3, 2, a, 2, b, 3, c, 3, &kernels.Epilogue{Bias: []float32{10, 20, 5}, Act: kernels.ReLU})
	fmt.Println(c[0:3])
	fmt.Println(c[3:6])
	fmt.Println(c[6:9])

	// Output:
	// [11 22 2]
	// [13 24 0]
	// [15 26 0]
}
