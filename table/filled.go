package table

import (
	"slices"
	"strconv"
)

// Filled gives t with the missing cells of its numbers, dates and categories taken from a table of the same schema and rows. Every other
// cell stays as it is, its text in the file included. It panics where the number of rows or columns differs.
func (t *Table) Filled(from *Table) *Table {
	if from.rows != t.rows || len(from.cols) != len(t.cols) {
		panic("table: Filled: " + strconv.Itoa(t.rows) + " rows of " + strconv.Itoa(len(t.cols)) + " columns from " + strconv.Itoa(from.rows) +
			" of " + strconv.Itoa(len(from.cols)))
	}
	out := *t
	out.cols = slices.Clone(t.cols)
	for i := range out.cols {
		c, kind := &out.cols[i], t.schema.Columns[i].Kind
		switch {
		case kind.numeric():
			c.nums = slices.Clone(c.nums)
			c.take(len(c.nums), func(r int) bool {
				if c.nums[r] != noNumber || from.cols[i].nums[r] == noNumber {
					return false
				}
				c.nums[r] = from.cols[i].nums[r]
				return true
			})
		case kind.closed():
			c.codes = slices.Clone(c.codes)
			c.take(len(c.codes), func(r int) bool {
				if c.codes[r] >= 0 || from.cols[i].codes[r] < 0 {
					return false
				}
				c.codes[r] = from.cols[i].codes[r]
				return true
			})
		}
	}
	return &out
}

// take fills the rows for which fill is true, and forgets how their gaps were written.
func (c *column) take(rows int, fill func(r int) bool) {
	odd, text := c.odd, c.oddText
	c.odd, c.oddText = nil, nil
	for r := range rows {
		filled := fill(r)
		if len(odd) == 0 || odd[0] != int32(r) {
			continue
		}
		if !filled {
			c.odd, c.oddText = append(c.odd, odd[0]), append(c.oddText, text[0])
		}
		odd, text = odd[1:], text[1:]
	}
}
