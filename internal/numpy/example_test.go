package numpy_test

import (
	"fmt"

	"example.org/cohort/internal/numpy"
)

func Example() {
	r := numpy.NewRandomState(0)
	fmt.Println(r.Permutation(10))
	fmt.Println(numpy.Sample(10, 3, 0))
	// Output:
	// [2 8 4 9 1 6 7 3 0 5]
	// [2 8 4]
}
