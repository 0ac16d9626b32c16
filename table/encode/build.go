package encode

import (
	"fmt"

	"example.org/cohort/table"
)

// Build makes a table of rows first, first+1, ... from cells[col][i], as Value gives them. Ids and texts are made from the
// number of the row and seed alone; cells of a filled column that always has one may be nil, and say -1 elsewhere for a
// gap. At least one column must not be nil: it gives the number of rows. Build panics where the shapes don't fit.
func (e *Encoder) Build(seed uint64, first int64, cells [][]int64) (*table.Table, error) {
	n := e.rows(cells)
	cols := make([]any, len(e.cols))
	for i := range e.cols {
		c, own := &e.schema.Columns[i], cells[i]
		if e.cols[i].codec == nil {
			own = nil // The cells of a blank column are missing, whatever is given.
		}
		switch {
		case e.cols[i].fill != nil:
			cols[i] = e.fillColumn(i, seed, uint64(first), n, own)
		case c.Kind == table.Category || c.Kind == table.Ordered:
			codes := make([]int32, n)
			for r := range codes {
				codes[r] = -1
				if own != nil {
					codes[r] = int32(own[r])
				}
			}
			cols[i] = codes
		case c.Kind == table.ID || c.Kind == table.Text:
			cols[i] = make([]string, n)
		default:
			nums := make([]int64, n)
			for r := range nums {
				nums[r] = noNumber
			}
			if own != nil {
				copy(nums, own)
			}
			cols[i] = nums
		}
	}
	return table.New(e.schema, cols)
}

// rows checks the shapes of cells and gives the number of rows.
func (e *Encoder) rows(cells [][]int64) int {
	if len(cells) != len(e.cols) {
		panic(fmt.Sprintf("encode: Build of %d columns, the schema has %d", len(cells), len(e.cols)))
	}
	n := -1
	for i, c := range cells {
		switch {
		case c == nil && e.cols[i].codec != nil:
			panic("encode: Build without the cells of column " + e.schema.Columns[i].Name)
		case c == nil:
		case n >= 0 && len(c) != n:
			panic(fmt.Sprintf("encode: Build with columns of %d and %d rows", n, len(c)))
		default:
			n = len(c)
		}
	}
	if n < 0 {
		panic("encode: Build without cells")
	}
	return n
}

// fillColumn makes the texts of a filled column. They share one buffer.
func (e *Encoder) fillColumn(col int, seed, first uint64, n int, cells []int64) []string {
	fl := e.cols[col].fill
	out := make([]string, n)
	var ids idMaker
	if fl.ID != nil {
		ids = fl.ID.maker(seed, col)
	}
	var buf []byte
	ends := make([]int, n)
	last := ^uint64(0)
	for r := range n {
		if cells != nil && cells[r] < 0 || cells == nil && !fl.Always {
			ends[r] = len(buf)
			last = ^uint64(0)
			continue
		}
		person := first + uint64(r)
		if fl.Cycle >= 0 {
			person = e.cycles[fl.Cycle].person(person)
		}
		switch {
		case person == last:
			from := 0
			if r > 1 {
				from = ends[r-2]
			}
			buf = append(buf, buf[from:ends[r-1]]...)
		case fl.ID != nil:
			buf = ids.append(buf, person)
		default:
			buf = fl.append(buf, person)
		}
		last = person
		ends[r] = len(buf)
	}
	all := string(buf)
	from := 0
	for r, to := range ends {
		out[r] = all[from:to]
		from = to
	}
	return out
}
