package sdmetrics

import (
	"slices"

	"example.org/cohort/eval/suite"
)

// A counted is how often each of some cells is met: cell[i] is met count[i] times, the cells ascend.
type counted struct {
	rows  int
	cell  []int64
	count []int64
}

// present counts the codes of a category, missing cells left out.
func present(c *suite.Column) counted {
	count := make([]int64, len(c.Labels))
	rows := 0
	for _, code := range c.Codes {
		if code >= 0 {
			count[code]++
			rows++
		}
	}
	return fromDense(rows, count)
}

func fromDense(rows int, dense []int64) counted {
	c := counted{rows: rows}
	for i, n := range dense {
		if n > 0 {
			c.cell, c.count = append(c.cell, int64(i)), append(c.count, n)
		}
	}
	return c
}

// denseCells is how many cells of a joint table are counted in an array; above it, cells are sorted, so that two columns of
// 10,000 values each need no more memory than they have rows.
const denseCells = 1 << 14

// joint counts the pairs of codes of two columns; y has k codes.
func joint(x, y []int32, j, k int) counted {
	if j*k <= denseCells {
		dense := make([]int64, j*k)
		for r, code := range x {
			dense[int(code)*k+int(y[r])]++
		}
		return fromDense(len(x), dense)
	}
	cells := make([]int64, len(x))
	for r, code := range x {
		cells[r] = int64(code)*int64(k) + int64(y[r])
	}
	slices.Sort(cells)
	c := counted{rows: len(x)}
	for i, cell := range cells {
		if i == 0 || cell != cells[i-1] {
			c.cell, c.count = append(c.cell, cell), append(c.count, 0)
		}
		c.count[len(c.count)-1]++
	}
	return c
}

// variation is the total variation distance of two counts with rows. The sum is one of whole numbers, and so exact.
func variation(a, b counted) float64 {
	n, m := int64(a.rows), int64(b.rows)
	var sum int64
	i, j := 0, 0
	for i < len(a.cell) || j < len(b.cell) {
		var left, right int64
		atLeft := j == len(b.cell) || i < len(a.cell) && a.cell[i] <= b.cell[j]
		atRight := i == len(a.cell) || j < len(b.cell) && b.cell[j] <= a.cell[i]
		if atLeft {
			left = a.count[i]
			i++
		}
		if atRight {
			right = b.count[j]
			j++
		}
		d := left*m - right*n
		sum += max(d, -d)
	}
	return float64(sum) / 2 / float64(n) / float64(m)
}
