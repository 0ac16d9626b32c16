package cohort

import (
	"context"
	"math"
	"slices"

	"example.org/cohort/baseline"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

const (
	mockRows   = 1000 // rows of the table that Mock learns, and of its result where none are asked for
	mostValues = 1 << 16
)

// Mock writes rows from a schema alone, without any data: every value of a category is equally frequent, numbers and
// dates are spread evenly from Min to Max, one cell in twenty is missing where the column has a spelling for that, and as
// many are marks where it has any. Rules and conditions hold. Rows 0 is 1000.
func Mock(s *table.Schema, opt SampleOptions) (*table.Table, error) {
	ctx := context.Background()
	t, err := mockTable(s)
	if err != nil {
		return nil, during(ctx, "mock", err)
	}
	gen, err := baseline.Fit(ctx, t, baseline.Options{Model: "independent", Level: "research", Protect: -1})
	if err != nil {
		return nil, during(ctx, "mock", err)
	}
	m := newModel(plain{gen}, header{Rows: mockRows})
	return m.Sample(ctx, opt)
}

// mockTable makes a table in which every column has its values evenly spread and no column knows of another.
func mockTable(s *table.Schema) (*table.Table, error) {
	rows := mockRows
	for i := range s.Columns {
		rows = max(rows, min(len(s.Columns[i].Values), mostValues))
	}
	cols := make([]any, len(s.Columns))
	for i := range s.Columns {
		// Each column has its own permutation of the rows, so that columns are independent.
		order := func(row int) int {
			return int(rng.Permute(uint64(i), rng.Mock, uint64(rows), uint64(row)))
		}
		switch c := &s.Columns[i]; c.Kind {
		case table.Whole, table.Decimal, table.Date:
			cols[i] = mockNumbers(c, rows, order)
		case table.Category, table.Ordered:
			cols[i] = mockCodes(c, rows, order)
		default:
			cols[i] = mockTexts(c, rows, order)
		}
	}
	return table.New(s, cols)
}

// mockNumbers spreads numbers from Min to Max, in multiples of Step; math.MinInt64 is missing, the next ones are marks.
func mockNumbers(c *table.Column, rows int, order func(int) int) []int64 {
	step := c.Step
	if !(step > 0) {
		step = 1
	}
	low, high := math.Round(c.Min/step), math.Round(c.Max/step)
	out := make([]int64, rows)
	for row := range out {
		at := order(row)
		switch {
		case at < rows/20 && len(c.Missing) > 0:
			out[row] = math.MinInt64
		case at >= rows-rows/20 && len(c.Marks) > 0:
			out[row] = math.MinInt64 + 1 + int64(at%len(c.Marks))
		default:
			out[row] = int64(math.Round(low + (high-low)*float64(at)/float64(rows-1)))
		}
	}
	return out
}

// mockCodes gives every value the same share; -1 is missing.
func mockCodes(c *table.Column, rows int, order func(int) int) []int32 {
	out := make([]int32, rows)
	for row := range out {
		at := order(row)
		if len(c.Values) == 0 || at%20 == 0 && len(c.Missing) > 0 {
			out[row] = -1
		} else {
			out[row] = int32(at % len(c.Values))
		}
	}
	return out
}

// mockTexts writes numbers into the pattern of an id, all different where it has room for that.
func mockTexts(c *table.Column, rows int, order func(int) int) []string {
	out := make([]string, rows)
	for row := range out {
		word, left := []byte(c.Layout), order(row)
		if len(word) == 0 {
			word = []byte("9999")
		}
		for i := range slices.Backward(word) {
			switch word[i] {
			case '9':
				word[i] = byte('0' + left%10)
				left /= 10
			case 'A', 'a':
				word[i] += byte(left % 26)
				left /= 26
			}
		}
		out[row] = string(word)
	}
	return out
}
