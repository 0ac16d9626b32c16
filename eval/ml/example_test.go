package ml_test

import (
	"fmt"
	"math"

	"example.org/cohort/eval/ml"
)

// Two tables, one under the other: can their rows be told apart? The second never has colour 2, and taller people.
func Example() {
	colour, height := ml.Column{Card: 3}, ml.Column{}
	table, positive := ml.Column{Card: 2}, []bool{}
	for i := range 400 {
		second := i >= 200
		k := i % 3
		if second && k == 2 {
			k = 0
		}
		colour.Codes = append(colour.Codes, int32(k))
		height.Numbers = append(height.Numbers, math.Sin(float64(i))+float64(i/200))
		table.Codes = append(table.Codes, int32(i/200))
		positive = append(positive, second)
	}
	forest := ml.Forest{Trees: 50, MinLeaf: 10}
	if err := forest.Fit([]ml.Column{colour, height}, table); err != nil {
		fmt.Println(err)
		return
	}
	p, err := forest.OutOfBag()
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := ml.AUC(p[1], positive)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("AUC %.2f, standard error %.2f\n", s.Value, s.SE(nil))
	// Output: AUC 0.94, standard error 0.01
}

// Numbers are predicted too, and a gap says something as well.
func ExampleTree() {
	hours := ml.Column{Numbers: []float64{1, 2, 8, 9, math.NaN(), math.NaN()}}
	points := ml.Column{Numbers: []float64{10, 12, 40, 44, 0, 0}}
	var tree ml.Tree
	if err := tree.Fit([]ml.Column{hours}, points); err != nil {
		fmt.Println(err)
		return
	}
	p, err := tree.Predict([]ml.Column{{Numbers: []float64{0, 5.5, math.NaN()}}})
	fmt.Println(p.Numbers, err)
	// Output: [11 42 0] <nil>
}

// Is one prediction really better than another of the same rows? They share what is hard about the rows.
func ExampleScore_Minus() {
	actual := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	a, _ := ml.R2([]float64{1, 2, 3, 4, 5, 6, 7, 9}, actual)
	b, _ := ml.R2([]float64{3, 2, 3, 4, 5, 6, 7, 9}, actual)
	d := a.Minus(b)
	fmt.Printf("%.3f less %.3f is %.3f, standard error %.3f\n", a.Value, b.Value, d.Value, d.SE(nil))
	// Output: 0.976 less 0.881 is 0.095, standard error 0.076
}
