package mixture_test

import (
	"fmt"

	"example.org/cohort/ctgan/mixture"
)

func ExampleFitCounts() {
	// Marks of 2,000 exams. Who did not come has 0.
	marks := []float64{0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
	exams := []int64{400, 10, 30, 70, 120, 190, 240, 260, 240, 190, 120, 70, 40, 15, 5}

	m, err := mixture.FitCounts(marks, exams, mixture.Options{Components: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k, w := range m.Weight {
		if w > 0.005 {
			fmt.Printf("mean %4.1f  SD %.1f  weight %.2f\n", m.Mean[k], m.SD[k], w)
		}
	}
	p := make([]float64, len(m.Mean))
	m.Responsibilities(9, p)
	fmt.Printf("%.2f\n", p)

	// Output:
	// mean 10.7  SD 2.2  weight 0.42
	// mean  0.0  SD 0.5  weight 0.20
	// mean  8.5  SD 1.9  weight 0.28
	// mean 11.4  SD 2.3  weight 0.11
	// [0.46 0.00 0.46 0.09]
}
