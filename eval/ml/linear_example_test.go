package ml_test

import (
	"fmt"

	"example.org/cohort/eval/ml"
	"gonum.org/v1/gonum/mat"
)

// Which point of the second table is nearest to each of the first?
func ExampleNeighbours() {
	queries := mat.NewDense(2, 2, []float64{0, 0, 5, 5})
	base := mat.NewDense(3, 2, []float64{3, 4, 5, 6, 9, 9})
	near, err := ml.Neighbours(queries, base, 2, false)
	fmt.Println(near.Index, near.Distance[0], near.Distance[2], err)
	// Output: [0 1 1 0] 5 1 <nil>
}

// The chance to pass by hours of study.
func ExampleLogistic() {
	hours := mat.NewDense(6, 1, []float64{1, 2, 3, 4, 5, 6})
	l := ml.Logistic{Classes: 2}
	if err := l.Fit(hours, []float64{0, 0, 1, 0, 1, 1}); err != nil {
		fmt.Println(err)
		return
	}
	p, err := l.PredictProba(mat.NewDense(2, 1, []float64{2, 5}))
	fmt.Printf("%.2f %v\n", p[1], err)
	// Output: [0.24 0.76] <nil>
}
