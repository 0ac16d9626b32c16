package eval

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/table"
)

// A trait is one number about a row that the detector sees, of one column of the view.
type trait struct {
	col int
	of  func(s *side, row int) float64
}

// traits are those of all learned columns. Of a number they are the number and how it is written: whether it lies on the real grid, its
// decimals, and how round it is. Snapped leaves out the latter, brings numbers to the grid and takes values that no real row has for
// missing.
func (h *halves) traits(snapped bool) []trait {
	var out []trait
	for _, col := range h.v.learnedColumns() {
		c := &h.v.columns[col]
		if c.number {
			out = append(out, trait{col, numberTrait(c, col, snapped)})
			if !snapped {
				out = append(out,
					trait{col, ofNumber(col, func(x float64) float64 { return is(!c.onGrid(x)) })},
					trait{col, ofNumber(col, func(x float64) float64 { return float64(decimals(x)) })},
					trait{col, ofNumber(col, func(x float64) float64 { return float64(roundness(x)) })})
			}
		}
		for _, code := range h.codes(col) {
			if !snapped || code < c.known {
				out = append(out, trait{col, func(s *side, row int) float64 { return is(s.cells[col].code[row] == code) }})
			}
		}
	}
	return out
}

// codes are the commonest of both tables among rows that find.
func (h *halves) codes(col int) []int32 {
	counts := make([]int, len(h.v.columns[col].label))
	for i, s := range h.side {
		for _, r := range h.find[i] {
			if code := s.cells[col].code[r]; code != isNumber {
				counts[code]++
			}
		}
	}
	return commonCodes(counts)
}

func is(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// numberTrait gives the number itself, scaled by the real range so that dates fit 32 bits.
func numberTrait(c *column, col int, snapped bool) func(s *side, row int) float64 {
	wide := max(c.high-c.low, c.step())
	return ofNumber(col, func(x float64) float64 {
		if snapped {
			x = math.Round(x/c.step()) * c.step()
		}
		// Whatever is far beyond the range looks the same.
		return max(min((x-c.low)/wide, 1e6), -1e6)
	})
}

// ofNumber is NaN where a cell is no number.
func ofNumber(col int, f func(x float64) float64) func(s *side, row int) float64 {
	return func(s *side, row int) float64 {
		if s.cells[col].code[row] != isNumber {
			return math.NaN()
		}
		return f(s.cells[col].num[row])
	}
}

// mostDecimals is as many as are told apart.
const mostDecimals = 6

// decimals counts those that a number needs.
func decimals(x float64) int {
	for d := range mostDecimals {
		if multiple(x, math.Pow10(-d)) {
			return d
		}
	}
	return mostDecimals
}

// multiple tells whether x is a multiple of step, but for the rounding of binary numbers.
func multiple(x, step float64) bool {
	n := x / step
	return math.Abs(n-math.Round(n)) <= 1e-6+math.Abs(n)*1e-14
}

// roundness counts how many of 5, 10, 50, 100 and so on up to 10,000 a number is a multiple of: people like such numbers.
func roundness(x float64) int {
	n := 0
	for step := 5.0; step <= 10_000 && multiple(x, step); n++ {
		if n%2 == 0 {
			step *= 2
		} else {
			step *= 5
		}
	}
	return n
}

// isDate tells whether the numbers of a column are seconds.
func (c *column) isDate() bool { return c.schema.Kind == table.Date }

// shapRows bounds the rows that are explained: a mean over so many is known well enough.
const shapRows = 2_000

// shap gives by column of the view its part in the detector's answers: the mean over rows of how far its traits together move a row's
// margin, all adding up to 1.
func (h *halves) shap(b *ml.Boost, x *mat.Dense, traits []trait) ([]float64, error) {
	n, d := x.Dims()
	if n > shapRows {
		few := mat.NewDense(shapRows, d, nil)
		for i := range shapRows {
			few.SetRow(i, x.RawRowView(i*n/shapRows)) // of both tables, as x has one after the other
		}
		x, n = few, shapRows
	}
	values, _, err := b.SHAP(x)
	if err != nil {
		return nil, err
	}
	part := make([]float64, len(h.v.columns))
	row := make([]float64, len(part))
	for i := range n {
		clear(row)
		for j, t := range traits {
			row[t.col] += values[0].At(i, j)
		}
		for col, v := range row {
			part[col] += math.Abs(v)
		}
	}
	if sum := floats.Sum(part); sum > 0 {
		floats.Scale(1/sum, part)
	}
	return part, nil
}
