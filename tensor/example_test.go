package tensor_test

import (
	"fmt"

	"example.org/cohort/tensor"
)

func Example() {
	x := tensor.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	fmt.Println(x.Rows(), x.Cols(), x.Row(2))

	tail := x.Slice(1, 3) // shares its numbers with x
	tail.Data[0] = 30
	fmt.Println(x.Reshape(2, 3).Row(0))

	// Output:
	// 3 2 [5 6]
	// [1 2 30]
}

func ExampleArena() {
	var a tensor.Arena
	for range 3 { // each step asks for the same memory
		h := a.New(100, 256)
		clear(h.Data)
		a.Reset()
	}
	fmt.Println(a.Size(), "bytes")

	// Output:
	// 102400 bytes
}
