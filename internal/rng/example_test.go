package rng_test

import (
	"fmt"

	"example.org/cohort/internal/rng"
)

func Example() {
	const seed = 1
	// Row 7 has the same numbers, whether or not row 6 was ever drawn.
	s := rng.New(seed, rng.SampleCell, 7)
	fmt.Println(s.Intn(100), s.Intn(100))
	again := rng.New(seed, rng.SampleCell, 7)
	fmt.Println(again.Intn(100), again.Intn(100))

	// Output:
	// 94 63
	// 94 63
}

func ExamplePermute() {
	for i := range uint64(8) {
		fmt.Print(rng.Permute(1, rng.FillID, 8, i), " ")
	}
	// Output:
	// 3 0 7 1 6 5 2 4
}
