package ref_test

import (
	"fmt"

	"example.org/cohort/internal/ref"
)

func ExampleMatMulGrad() {
	a := ref.From([]float32{1, 2, 3, 4}, 2, 2)
	b := ref.From([]float32{5, 6}, 2, 1)
	g := ref.From([]float32{1, 10}, 2, 1)
	da, db := ref.MatMulGrad(a, b, g)
	fmt.Println(ref.MatMul(a, b).Data, da.Data, db.Data)

	// Output:
	// [17 39] [5 6 50 60] [31 42]
}
