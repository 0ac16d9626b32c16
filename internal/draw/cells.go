package draw

import (
	"math"
	"slices"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// CellsOf gives a copy of column c of t, as table.New takes it: []int64, []int32 or []string.
func CellsOf(t *table.Table, c int) any {
	switch t.Schema().Columns[c].Kind {
	case table.Whole, table.Decimal, table.Date:
		return slices.Clone(t.Ints(c))
	case table.Category, table.Ordered:
		return slices.Clone(t.Codes(c))
	}
	texts := make([]string, t.Rows())
	for r := range texts {
		texts[r], _ = t.Cell(r, c)
	}
	return texts
}

// SetCell writes v, a cell of column from as [encode.Encoder.Value] gives it, into a row of cells, which are those of column to. A mark that to
// does not have stays a gap, and so does a category.
func SetCell(cells any, row int, v int64, from, to *table.Column) {
	switch cells := cells.(type) {
	case []int64:
		if v < encode.NoLow {
			if i := slices.Index(to.Marks, from.Marks[v-math.MinInt64-1]); i >= 0 {
				cells[row] = math.MinInt64 + 1 + int64(i)
			}
			return
		}
		cells[row] = int64(math.Round(float64(v) * from.Step / to.Step))
	case []int32:
		cells[row] = int32(slices.Index(to.Values, from.Values[v]))
	}
}
