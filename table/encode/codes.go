package encode

import (
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// Cells that Codes can't give as they are.
const (
	rareCell   = math.MinInt64 / 4 * 3 // between marks and numbers: kept out and without an order, so that its codes are drawn
	absentCell = -1                    // missing, of a closed or filled column
)

// Codes gives the codes of every row of t, [V][N]; -1 where a part does not apply. Columns are found by name; t may be any
// table with the columns of Schema, and other columns of t are ignored. A value that the encoder does not know, because
// protection keeps it out or because it is new, gets the nearest code where there is an order, else the code of the
// column's own "Other", else one drawn by Share (of stream EncodeRare and the row's number). Errors are of type
// [*table.Error]: other-columns.
func (e *Encoder) Codes(t *table.Table) ([][]int32, error) {
	out := make([][]int32, len(e.vars))
	block := make([]int32, len(e.vars)*t.Rows())
	for v := range out {
		out[v] = block[v*t.Rows() : (v+1)*t.Rows()]
	}
	for i := range e.cols {
		c := &e.cols[i]
		if c.codec == nil {
			continue
		}
		cells, err := e.cells(i, t)
		if err != nil {
			return nil, err
		}
		row := make([]int32, c.parts)
		for r, v := range cells {
			if v == rareCell {
				s := rng.New(uint64(i), rng.EncodeRare, uint64(r))
				c.codec.rare(row, &s)
			} else {
				c.codec.code(v, row)
			}
			for p, code := range row {
				out[c.first+p][r] = code
			}
		}
	}
	return out, nil
}

// cells reads the column of t that has the name of column i, in the terms of the encoder's schema.
func (e *Encoder) cells(i int, t *table.Table) ([]int64, error) {
	c := &e.schema.Columns[i]
	for j := range t.Schema().Columns {
		from := &t.Schema().Columns[j]
		if from.Name != c.Name {
			continue
		}
		switch {
		case e.cols[i].fill != nil:
			return presence(t, j), nil
		case numeric(c.Kind) && numeric(from.Kind):
			return e.numberCells(i, t, j), nil
		case !numeric(c.Kind) && !numeric(from.Kind):
			return e.closedCells(i, t, j), nil
		}
		return nil, &table.Error{
			Code: "other-columns", Column: c.Name,
			Reason: "the column is of kind " + from.Kind.String() + " here and was learned as " + c.Kind.String(),
			Fix:    "read it as the model does",
		}
	}
	return nil, &table.Error{
		Code: "other-columns", Column: c.Name, Reason: "the table has no such column", Fix: "give a table with the columns that were learned",
	}
}

func numeric(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

// presence tells, for each row, whether there is a cell.
func presence(t *table.Table, j int) []int64 {
	out := make([]int64, t.Rows())
	if numeric(t.Schema().Columns[j].Kind) {
		for r, n := range t.Ints(j) {
			if n == noNumber {
				out[r] = absentCell
			}
		}
		return out
	}
	for r, c := range t.Codes(j) {
		if c < 0 {
			out[r] = absentCell
		}
	}
	return out
}

// numberCells brings numbers to the encoder's step and marks to its list.
func (e *Encoder) numberCells(i int, t *table.Table, j int) []int64 {
	to, from := &e.schema.Columns[i], &t.Schema().Columns[j]
	scale := newRescale(from.Step, to.Step, to.Kind == table.Date)
	gaps := make([]int64, len(from.Marks)+1)
	gaps[0] = noNumber
	if !e.cols[i].codec.gap(noNumber) {
		gaps[0] = rareCell
	}
	for m, text := range from.Marks {
		gaps[m+1] = rareCell
		for k, known := range to.Marks {
			if known == text {
				gaps[m+1] = noNumber + 1 + int64(k)
			}
		}
	}
	out := t.Ints(j)
	for r, n := range out {
		if n >= lowestNumber {
			out[r] = scale.do(n)
		} else {
			out[r] = gaps[min(n-noNumber, int64(len(from.Marks)))]
		}
	}
	return out
}

// closedCells brings codes to the encoder's list of values.
func (e *Encoder) closedCells(i int, t *table.Table, j int) []int64 {
	to, from := &e.schema.Columns[i], &t.Schema().Columns[j]
	known := make(map[string]int64, len(to.Values))
	for v, text := range to.Values {
		known[text] = int64(v)
	}
	texts, codes := from.Values, t.Codes(j)
	if from.Kind == table.ID || from.Kind == table.Text {
		texts = textsByCode(t, j, codes)
	}
	keep := make([]bool, len(to.Values))
	for v := range keep {
		keep[v] = true
	}
	other := otherValue(to.Values, keep)
	keep = make([]bool, len(texts))
	for v, text := range texts {
		_, keep[v] = known[text]
	}
	cell := make([]int64, len(texts))
	for v, text := range texts {
		at := other
		cell[v] = int64(at)
		if keep[v] {
			cell[v] = known[text]
			continue
		}
		if to.Kind == table.Ordered && from.Kind == table.Ordered {
			if at = nearestKept(v, keep); at >= 0 {
				cell[v] = known[texts[at]]
			}
		}
		if at < 0 {
			cell[v] = rareCell
		}
	}
	missing := int64(absentCell)
	if !e.cols[i].codec.gap(noNumber) {
		missing = rareCell
	}
	out := make([]int64, len(codes))
	for r, c := range codes {
		out[r] = missing
		if c >= 0 {
			out[r] = cell[c]
		}
	}
	return out
}

// textsByCode gives the texts of an ID or Text column.
func textsByCode(t *table.Table, j int, codes []int32) []string {
	var texts []string
	for r, c := range codes {
		if int(c) >= len(texts) {
			texts = append(texts, make([]string, int(c)+1-len(texts))...)
		}
		if c >= 0 && texts[c] == "" {
			texts[c], _ = t.Cell(r, j)
		}
	}
	return texts
}
