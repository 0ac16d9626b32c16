package draw

import "example.org/cohort/table/encode"

// A Component is what a generator lends to a stack of several, all of which walk one order.
type Component struct {
	Encoder *encode.Encoder
	Order   []int32            // of the variables
	Source  func(n int) Source // for rows with an Index below n, for one goroutine
	Target  *Target            // nil: none
	Even    int64              // see [Plan.EvenRows]
	Block   int                // rows that are best drawn side by side; 0 is any
	// Scores gives the probability of each code of the rows of codes [V][N], given the codes of the variables before it in Order; 1 where a
	// variable does not apply. It is nil where a generator can't.
	Scores func(codes [][]int32) ([][]float64, error)
}

// A Target is a column that others will want to predict.
type Target struct {
	V    int32 // its first variable, the last column in the order
	Rows int   // how many were learned
}
