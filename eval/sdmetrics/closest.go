package sdmetrics

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
)

// Distances are Gower's: a number counts its difference in units of the range of the reference rows, at most 1; a category counts 0 or 1;
// a cell that is missing on one side alone counts 1. A row's distance is the mean over columns.

// A packed table has the cells of its distance columns row by row, so that a row lies in one piece of memory.
type packed struct {
	rows    int
	numbers []float64 // rows x columns of numbers and dates
	codes   []int32   // rows x categories
}

// pack takes the named columns of t, all of which it must have.
func pack(t *suite.Table, numbers, categories []string) packed {
	p := packed{rows: t.Rows, numbers: make([]float64, t.Rows*len(numbers)), codes: make([]int32, t.Rows*len(categories))}
	for i, name := range numbers {
		for r, x := range t.Column(name).Numbers {
			p.numbers[r*len(numbers)+i] = x
		}
	}
	for i, name := range categories {
		for r, code := range t.Column(name).Codes {
			p.codes[r*len(categories)+i] = code
		}
	}
	return p
}

// shared lists the columns that all tables have and that have a distance, in the order of the first.
func shared(tables ...*suite.Table) (numbers, categories []string) {
	for i := range tables[0].Columns {
		c := &tables[0].Columns[i]
		if slices.ContainsFunc(tables, func(t *suite.Table) bool { return t.Column(c.Name) == nil }) {
			continue
		}
		if c.Numeric() {
			numbers = append(numbers, c.Name)
		} else if c.Kind == suite.Category {
			categories = append(categories, c.Name)
		}
	}
	return numbers, categories
}

// ranges gives the range of each number among the rows of p; NaN where all are missing.
func (p *packed) ranges() []float64 {
	width := len(p.numbers) / p.rows
	out := make([]float64, width)
	for i := range out {
		low, high := math.Inf(1), math.Inf(-1)
		for r := range p.rows {
			if x := p.numbers[r*width+i]; !math.IsNaN(x) {
				low, high = min(low, x), max(high, x)
			}
		}
		out[i] = high - low
		if low > high {
			out[i] = math.NaN()
		}
	}
	return out
}

// closest gives the distance of each row of query to the nearest of reference.
func closest(reference, query *packed) []float64 {
	span := reference.ranges()
	out := make([]float64, query.rows)
	run.Parallel((query.rows+chunk-1)/chunk, func(i int) {
		for r := i * chunk; r < min((i+1)*chunk, query.rows); r++ {
			out[r] = nearest(reference, query, r, span)
		}
	})
	return out
}

// nearest gives the distance of row r of query to the nearest row of reference. A row is left as soon as it is too far.
func nearest(reference, query *packed, r int, span []float64) float64 {
	wide, deep := len(span), len(query.codes)/query.rows
	x, codes := query.numbers[r*wide:(r+1)*wide], query.codes[r*deep:(r+1)*deep]
	best := math.Inf(1)
candidates:
	for s := range reference.rows {
		sum := 0.0
		for i, code := range reference.codes[s*deep : (s+1)*deep] {
			if code != codes[i] {
				sum++
			}
		}
		if sum >= best {
			continue
		}
		for i, y := range reference.numbers[s*wide : (s+1)*wide] {
			sum += apart(x[i], y, span[i])
			if sum >= best {
				continue candidates
			}
		}
		best = sum
	}
	return best / float64(wide+deep)
}

// apart is the distance of two numbers of a column.
func apart(x, y, span float64) float64 {
	if x == y {
		return 0
	}
	d := math.Abs(x-y) / span
	if d < 1 {
		return d
	}
	if math.IsNaN(x) && math.IsNaN(y) {
		return 0
	}
	return 1 // farther than the range, or one is missing
}
