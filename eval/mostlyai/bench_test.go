package mostlyai

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"example.org/cohort/eval/suite"
)

// wide makes a table of half numbers, half categories that have something to do with each other.
func wide(seed uint64, rows, columns int) *suite.Table {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &suite.Table{Rows: rows}
	trait := make([]float64, rows)
	for i := range trait {
		trait[i] = r.NormFloat64()
	}
	for i := range columns {
		c := suite.Column{Name: fmt.Sprint(i)}
		for _, x := range trait {
			if i%2 == 0 {
				c.Numbers = append(c.Numbers, x+r.NormFloat64())
			} else {
				c.Kind = suite.Category
				c.Codes = append(c.Codes, int32(max(0, min(7, 3+2*x+r.NormFloat64()))))
			}
		}
		if i%2 == 1 {
			c.Labels = []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func BenchmarkAccuracy(b *testing.B) {
	train, fake := wide(1, 10_000, 30), wide(2, 10_000, 30)
	for b.Loop() {
		if _, err := Accuracy(train, nil, fake); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDistances(b *testing.B) {
	train, holdout, fake := wide(1, 3000, 30), wide(2, 3000, 30), wide(3, 3000, 30)
	for b.Loop() {
		if _, err := Distances(train, holdout, fake); err != nil {
			b.Fatal(err)
		}
	}
}
