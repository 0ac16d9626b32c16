package eval

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// mostLevels bounds the columns of 0 and 1 that a category becomes.
const mostLevels = 50

// An encoder gives rows to learners that need a matrix of numbers [N, D]. It is fitted on the rows that teach: a number is scaled to
// mean 0 and standard deviation 1, and each of the commonest values, MISSING among them, is a column of 0 and 1. A value that the
// rows that teach don't have is 0 in all of them.
type encoder struct {
	v     *view
	parts []part // D of them
}

// A part is one column of the matrix: the numbers of a column, or where it has one code.
type part struct {
	cell
	mean, sd float64 // of the numbers that teach; sd is 1 where they are all equal
}

// newEncoder looks at rows of a side.
func (v *view) newEncoder(s *side, cols []int, rows []int32) *encoder {
	e := &encoder{v: v}
	for _, col := range cols {
		from := &s.cells[col]
		counts := make([]int, len(v.columns[col].label))
		var numbers []float64
		for _, r := range rows {
			if code := from.code[r]; code != isNumber {
				counts[code]++
			} else if x := from.num[r]; !math.IsInf(x, 0) {
				numbers = append(numbers, x)
			}
		}
		if len(numbers) > 0 {
			e.parts = append(e.parts, newNumberPart(col, numbers))
		}
		for _, code := range commonCodes(counts) {
			e.parts = append(e.parts, part{cell: cell{col, code}})
		}
	}
	return e
}

func newNumberPart(col int, numbers []float64) part {
	p := part{cell: cell{col, isNumber}, mean: mean(numbers), sd: 1}
	sum := 0.0
	for _, x := range numbers {
		sum += (x - p.mean) * (x - p.mean)
	}
	// What rounding alone leaves of a constant column is no spread.
	if sd := math.Sqrt(sum / float64(len(numbers))); sd > 1e-14*math.Abs(p.mean) && !math.IsInf(sd, 0) {
		p.sd = sd
	}
	return p
}

// commonCodes lists the codes that any row has, the commonest mostLevels of them, ascending.
func commonCodes(counts []int) []int32 {
	var codes []int32
	for code, n := range counts {
		if n > 0 {
			codes = append(codes, int32(code))
		}
	}
	if len(codes) > mostLevels {
		slices.SortStableFunc(codes, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
		codes = codes[:mostLevels]
		slices.Sort(codes)
	}
	return codes
}

// matrix gives rows of a side. A missing number is the mean of those that teach, which is 0, or NaN where gaps are left to the learner.
func (e *encoder) matrix(s *side, rows []int32, gaps bool) *mat.Dense {
	d := max(len(e.parts), 1) // a learner needs a column, if only one of zeros
	out := mat.NewDense(len(rows), d, nil)
	for j, p := range e.parts {
		from := &s.cells[p.col]
		for i, r := range rows {
			code, x := from.code[r], 0.0
			switch {
			case p.code != isNumber && code == p.code:
				x = 1
			case p.code != isNumber:
			case code == isNumber && !math.IsInf(from.num[r], 0):
				x = (from.num[r] - p.mean) / p.sd
			case gaps:
				x = math.NaN()
			}
			out.Set(i, j, x)
		}
	}
	return out
}
