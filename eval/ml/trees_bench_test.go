package ml

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// benchTable gives the table of bench/ml/trees.py, if that says where it is, or else one of the same shape.
func benchTable(b *testing.B) (x *mat.Dense, class, number []float64) {
	b.Helper()
	file := os.Getenv("COHORT_TREES_TABLE")
	if file == "" {
		columns, k, v := mixed(10_000, 30, 0, 1)
		x = mat.NewDense(10_000, 30, nil)
		for j, c := range columns {
			for i := range 10_000 {
				if c.Numbers != nil {
					x.Set(i, j, c.Numbers[i])
				} else {
					x.Set(i, j, float64(c.Codes[i]))
				}
			}
		}
		for _, c := range k.Codes {
			class = append(class, float64(min(c, 1)))
		}
		return x, class, v.Numbers
	}
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	d := len(records[0]) - 2
	x = mat.NewDense(len(records), d, nil)
	for i, r := range records {
		for j, word := range r {
			v, err := strconv.ParseFloat(word, 64)
			switch {
			case err != nil:
				b.Fatal(err)
			case j < d:
				x.Set(i, j, v)
			case j == d:
				class = append(class, v)
			default:
				number = append(number, v)
			}
		}
	}
	return x, class, number
}

// BenchmarkTrees fits 10,000 rows and 30 columns and predicts them; bench/ml/trees.py times the peers on the same.
func BenchmarkTrees(b *testing.B) {
	x, class, number := benchTable(b)
	type learner interface {
		Fit(*mat.Dense, []float64) error
		Predict(*mat.Dense) ([]float64, error)
	}
	for _, c := range []struct {
		name string
		new  func() learner
		y    []float64
	}{
		{"forest", func() learner { return &CARTForest{Classes: 2} }, class},
		{"tree", func() learner { return &CART{Classes: 2} }, class},
		{"hist", func() learner { return &Boost{Classes: 2} }, class},
		{"hist-numbers", func() learner { return &Boost{} }, number},
		{"exact", func() learner { return &Boost{Classes: 2, Method: Exact} }, class},
	} {
		l := c.new()
		b.Run(c.name+"/fit", func(b *testing.B) {
			for range b.N {
				l = c.new()
				if err := l.Fit(x, c.y); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/predict", func(b *testing.B) {
			for range b.N {
				if _, err := l.Predict(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSHAP(b *testing.B) {
	x, class, _ := benchTable(b)
	m := Boost{Classes: 2}
	if err := m.Fit(x, class); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		if _, _, err := m.SHAP(head(x, 500)); err != nil {
			b.Fatal(err)
		}
	}
}
