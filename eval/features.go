package eval

import (
	"math"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/rng"
)

// features gives rows of the columns named by cols to a model. A number's missing cells and marks are missing numbers; which
// mark it was is a column of its own. Everything that a category can be, MISSING too, is a category.
func (v *view) features(s *side, cols []int, rows []int32) []ml.Column {
	var x []ml.Column
	for _, i := range cols {
		c, from := &v.columns[i], &s.cells[i]
		if c.number {
			num := make([]float64, len(rows))
			for j, r := range rows {
				num[j] = math.NaN()
				if from.num != nil {
					num[j] = from.num[r]
				}
			}
			x = append(x, ml.Column{Numbers: num})
		}
		if !c.number || c.known > 1 {
			code := make([]int32, len(rows))
			for j, r := range rows {
				code[j] = max(from.code[r], none)
			}
			x = append(x, ml.Column{Codes: code, Card: len(c.label)})
		}
	}
	return x
}

// some draws n different rows of N, or all if there are no more, in random order: files may be sorted. row is the stream's.
func some(seed uint64, stream uint32, row uint64, rows, n int) []int32 {
	order := make([]int32, rows)
	for i := range order {
		order[i] = int32(i)
	}
	r := rng.New(seed, stream, row)
	n = min(n, rows)
	for i := range n {
		j := i + r.Intn(rows-i)
		order[i], order[j] = order[j], order[i]
	}
	return order[:n]
}

// personsAt gives the persons of rows, moved up by offset.
func (s *side) personsAt(rows []int32, offset int) []int32 {
	person := make([]int32, len(rows))
	for i, r := range rows {
		person[i] = s.person[r] + int32(offset)
	}
	return person
}
