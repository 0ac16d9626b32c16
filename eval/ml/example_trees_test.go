package ml_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
)

// Who passes: by hours of study and absences, of which some are not known.
func ExampleBoost() {
	x, y := mat.NewDense(40, 2, nil), make([]float64, 40)
	for i := range 40 {
		x.SetRow(i, []float64{float64(i % 8), float64(i % 5)})
		if i%8 > 3 {
			y[i] = 1
		}
	}
	b := ml.Boost{Classes: 2}
	if err := b.Fit(x, y); err != nil {
		fmt.Println(err)
		return
	}
	p, err := b.PredictProba(mat.NewDense(2, 2, []float64{1, 0, 7, 0}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", p[1])
	importance, _ := b.Importance()
	fmt.Printf("%.2f\n", importance)
	// Output:
	// [0.05 0.95]
	// [1.00 0.00]
}
