package draw

import "example.org/cohort/table/encode"

// A Component is what a generator lends to a stack of several, all of which walk one order.
type Component struct {
	Encoder *encode.Encoder
	Order   []int32            // of the variables
	Source  func(n int) Source // for rows with an Index below n, for one goroutine
	// Scores gives the probability of each code of the rows of codes [V][N], given the codes of the variables before it in Order; 1 where a
	// variable does not apply.
	Scores func(codes [][]int32) ([][]float64, error)
}
