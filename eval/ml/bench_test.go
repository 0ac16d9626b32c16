package ml

import (
	"fmt"
	"math"
	"testing"

	"example.org/cohort/internal/rng"
)

// mixed makes a table of n rows about two hidden traits: every other column is numbers, some with gaps, the others are
// categories of 2 to 40 values. loose between 0 and 1 is how little the columns have to do with the traits. The targets are
// a class and a number.
func mixed(n, columns int, loose float64, seed uint64) (x []Column, class, number Column) {
	r := rng.New(seed, rng.Demo, 77)
	a, b := make([]float64, n), make([]float64, n)
	class, number = Column{Codes: make([]int32, n), Card: 3}, Column{Numbers: make([]float64, n)}
	for i := range n {
		a[i], b[i] = r.Norm(), r.Norm()
		number.Numbers[i] = a[i] + a[i]*b[i] + r.Norm()/2
		class.Codes[i] = int32(min(2, max(0, math.Floor(1.5+number.Numbers[i]/2))))
	}
	for c := range columns {
		card := []int{2, 3, 5, 12, 40}[c/2%5]
		var col Column
		for i := range n {
			v := (1-loose)*(a[i]*float64(c%3)+b[i]*float64((c+1)%3))/2 + (0.3+loose)*r.Norm()
			switch {
			case c%2 == 1:
				// The categories' numbers say nothing about their order.
				k := int(math.Floor(float64(card) / (1 + math.Exp(-v))))
				col.Codes, col.Card = append(col.Codes, int32(k*7%card)), card
			case c%4 == 0 && r.Intn(20) == 0:
				col.Numbers = append(col.Numbers, math.NaN())
			case c%3 == 0:
				col.Numbers = append(col.Numbers, math.Round(10*v))
			default:
				col.Numbers = append(col.Numbers, v)
			}
		}
		x = append(x, col)
	}
	return x, class, number
}

// twoTables puts two tables of n rows under each other; y tells which row is of which.
func twoTables(n, columns int) (x []Column, y Column) {
	x, _, _ = mixed(n, columns, 0, 1)
	other, _, _ := mixed(n, columns, 0.05, 2)
	for c := range x {
		x[c].Numbers = append(x[c].Numbers, other[c].Numbers...)
		x[c].Codes = append(x[c].Codes, other[c].Codes...)
	}
	y = Column{Codes: make([]int32, 2*n), Card: 2}
	for i := range n {
		y.Codes[n+i] = 1
	}
	return x, y
}

// The measured bar: 10,000 real and 10,000 synthetic rows of 30 columns told apart.
func BenchmarkTellApart(b *testing.B) {
	x, y := twoTables(10_000, 30)
	positive := make([]bool, y.Len())
	for i, k := range y.Codes {
		positive[i] = k == 1
	}
	fold, _ := Folds(y, nil, 5, 1)
	for _, trees := range []int{50, 100} {
		f := Forest{Trees: trees}
		run := func(name string, predict func() [][]float64) {
			b.Run(fmt.Sprintf("%s/trees=%d", name, trees), func(b *testing.B) {
				for range b.N {
					s, err := AUC(predict()[1], positive)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(s.Value, "AUC")
				}
			})
		}
		run("bag", func() [][]float64 {
			_ = f.Fit(x, y)
			p, _ := f.OutOfBag()
			return p
		})
		run("fold", func() [][]float64 {
			p, _ := f.OutOfFold(x, y, fold)
			return p
		})
	}
}

// Usefulness: a forest taught by 10,000 rows, asked about 2,500 others.
func BenchmarkForest(b *testing.B) {
	x, class, number := mixed(10_000, 30, 0, 1)
	held, _, _ := mixed(2_500, 30, 0, 2)
	for _, y := range []Column{class, number} {
		b.Run(map[bool]string{true: "classes", false: "numbers"}[y.Codes != nil], func(b *testing.B) {
			for range b.N {
				var f Forest
				if err := f.Fit(x, y); err != nil {
					b.Fatal(err)
				}
				if _, err := f.Predict(held); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAUC(b *testing.B) {
	const n = 20_000
	r := rng.New(1, rng.Demo, 0)
	numbers, positive := make([]float64, n), make([]bool, n)
	for i := range numbers {
		numbers[i], positive[i] = r.Float64(), r.Intn(2) == 0
	}
	for range b.N {
		if _, err := AUC(numbers, positive); err != nil {
			b.Fatal(err)
		}
	}
}
