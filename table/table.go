package table

import (
	"iter"
	"math"
)

// A Table is a sequence of rows of typed columns. It never changes.
type Table struct {
	schema   *Schema
	rows     int
	cols     []column
	rejected []Rejected
}

// column holds the cells of one column: nums for Whole, Decimal and Date, codes for the other kinds.
type column struct {
	// nums are multiples of Step. noNumber is a missing cell, noNumber+1+i is Marks[i].
	nums []int64
	// codes index Column.Values (Category, Ordered) or words (ID, Text). -1 is a missing cell.
	codes []int32
	words []string // ID, Text: the distinct texts
	// odd lists, ascending, the rows whose text in the file is not the one that the value would be written with
	// (" 7" for 7, "NA" where the other gaps are empty), and oddText what they had.
	odd     []int32
	oddText []string
}

// noNumber is the missing cell in a column of numbers; noNumber+1+i is mark i. Real cells lie far above.
const noNumber = math.MinInt64

// lowestNumber is the least int64 that is a number and no mark.
const lowestNumber = math.MinInt64 / 2

// Rejected is a row that was set aside because it could not be read.
type Rejected struct {
	Line   int64 // 1-based, of the input
	Reason string
	Raw    []byte // real data: never log it
}

// Schema describes the columns of t. Callers must not change it.
func (t *Table) Schema() *Schema { return t.schema }

// Rows gives the number of rows, N.
func (t *Table) Rows() int { return t.rows }

// Cols gives the number of columns, C.
func (t *Table) Cols() int { return len(t.cols) }

// Rejected lists the rows that were set aside.
func (t *Table) Rejected() []Rejected { return t.rejected }

// Floats copies a Whole, Decimal or Date column, N values; NaN where missing or a mark. Dates are seconds since 1970.
// It panics for a column of another kind.
func (t *Table) Floats(col int) []float64 {
	c := &t.schema.Columns[col]
	if !c.Kind.numeric() {
		panic("table: Floats: column " + c.Name + " is of kind " + c.Kind.String())
	}
	g := newGrid(c.Step)
	out := make([]float64, t.rows)
	for i, n := range t.cols[col].nums {
		if n < lowestNumber {
			out[i] = math.NaN()
		} else {
			out[i] = g.float(n)
		}
	}
	return out
}

// Ints copies a Whole, Decimal or Date column, N multiples of [Column.Step]: exact, where Floats rounds. A missing cell
// is math.MinInt64, and math.MinInt64+1+i is Marks[i], as [New] takes them. It panics for a column of another kind.
func (t *Table) Ints(col int) []int64 {
	c := &t.schema.Columns[col]
	if !c.Kind.numeric() {
		panic("table: Ints: column " + c.Name + " is of kind " + c.Kind.String())
	}
	return append([]int64(nil), t.cols[col].nums...)
}

// Codes copies a column of another kind than Floats takes, N codes; -1 where missing. They index Column.Values for a
// Category or Ordered column; for ID and Text equal cells have equal codes. It panics for numbers and dates.
func (t *Table) Codes(col int) []int32 {
	c := &t.schema.Columns[col]
	if c.Kind.numeric() {
		panic("table: Codes: column " + c.Name + " is of kind " + c.Kind.String())
	}
	return append([]int32(nil), t.cols[col].codes...)
}

// Cell gives the text of a cell as it stood in the file; ok is false where it is missing.
func (t *Table) Cell(row, col int) (text string, ok bool) {
	w := newCellWriter(t.schema, col)
	b, ok := w.append(nil, &t.cols[col], row)
	return string(b), ok
}

// Records ranges over row numbers and their cells, as the file had them. The slice is reused.
func (t *Table) Records() iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		writers := make([]cellWriter, len(t.cols))
		for c := range writers {
			writers[c] = newCellWriter(t.schema, c)
		}
		cells := make([]string, len(t.cols))
		var b []byte
		for r := range t.rows {
			for c := range cells {
				b, _ = writers[c].append(b[:0], &t.cols[c], r)
				cells[c] = string(b)
			}
			if !yield(r, cells) {
				return
			}
		}
	}
}

// Persons gives, for each of the N rows, the number of the person it is about: the same number for equal cells of the
// Person column, counted from 0 in the order of first appearance. A row without such a cell, or any row where the schema
// names no Person, is a person of its own. The second result is how many persons there are.
func (t *Table) Persons() (person []int32, persons int) {
	person = make([]int32, t.rows)
	key := t.personKeys()
	if key == nil {
		for i := range person {
			person[i] = int32(i)
		}
		return person, t.rows
	}
	seen := make(map[int64]int32)
	for i := range person {
		k, ok := key(i)
		if ok {
			if p, old := seen[k]; old {
				person[i] = p
				continue
			}
			seen[k] = int32(persons)
		}
		person[i] = int32(persons)
		persons++
	}
	return person, persons
}

// personKeys gives a function from row to the value of the Person column (ok is false where missing), or nil.
func (t *Table) personKeys() func(row int) (int64, bool) {
	if t.schema.Person == "" {
		return nil
	}
	for i := range t.schema.Columns {
		if t.schema.Columns[i].Name != t.schema.Person {
			continue
		}
		col := &t.cols[i]
		if col.nums != nil {
			return func(row int) (int64, bool) { return col.nums[row], col.nums[row] != noNumber }
		}
		return func(row int) (int64, bool) { return int64(col.codes[row]), col.codes[row] >= 0 }
	}
	return nil
}
