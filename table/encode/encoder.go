package encode

import (
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// An Encoder turns the rows of a table into codes and codes into cells. It is made by [Fit] or read from JSON, never
// changes, and may be used by several goroutines.
type Encoder struct {
	schema  *table.Schema
	cols    []column
	vars    []Var
	cycles  []cycle
	protect int
	level   string

	decisions []*Decision // by rule of the schema
}

// A column is one column of the schema: learned (codec), filled (fill, with a codec where gaps are learned) or blank.
type column struct {
	codec        codec
	fill         *fill
	first, parts int // its variables
	kept         int
}

// A codec writes the cells of a learned column as codes. row holds the codes of the column's own parts.
type codec interface {
	shape() []Var
	applies(part int, row []int32) bool
	allowed(part int, row []int32, lim Limit, ok []bool) int
	value(row []int32, lim Limit, r *rng.Stream) int64
	code(v int64, row []int32)
	gap(v int64) bool // whether a missing cell (noNumber) or mark has a code
	// rare gives codes for a cell that protection keeps out and that has no neighbours, by their shares.
	rare(row []int32, r *rng.Stream)
}

// A Var is one code variable. A learned column owns one to four consecutive ones, its parts; each is to be learned given the
// parts before it.
type Var struct {
	Col   int // index into Schema().Columns
	Part  int // 0 to Parts-1
	Parts int
	Card  int // codes are 0 to Card-1
	Scale int // codes below are MISSING and marks; above 0 in part 0 only
	// Ordered is true where codes from Scale on lie in the order of value.
	Ordered bool
	// Share is how often each code is met among the rows to which the part applies; it sums to 1. What protection keeps out
	// has gone to other codes.
	Share []float64
}

// Schema describes what is written: values, marks and ranges as protection left them, without the columns dropped. Callers
// must not change it.
func (e *Encoder) Schema() *table.Schema { return e.schema }

// Vars gives the code variables, V, in the order of the columns. Callers must not change them.
func (e *Encoder) Vars() []Var { return e.vars }

// KeptOut gives, for each column of Schema, how many different values protection kept out: categories, marks and exact
// values that fewer than k persons have, and numbers beyond the range.
func (e *Encoder) KeptOut() []int {
	out := make([]int, len(e.cols))
	for i := range out {
		out[i] = e.cols[i].kept
	}
	return out
}

// Spans gives where the one-hot code of each variable starts when all stand side by side, and the width D of that row.
func (e *Encoder) Spans() (offset []int, width int) {
	offset = make([]int, len(e.vars))
	for v := range e.vars {
		offset[v] = width
		width += e.vars[v].Card
	}
	return offset, width
}

// Filled tells whether the cells of a column of Schema are made by [Encoder.Build], not by a model.
func (e *Encoder) Filled(col int) bool { return e.cols[col].fill != nil || e.cols[col].codec == nil }

// row gives the column's own part of a row of codes.
func (c *column) row(row []int32) []int32 { return row[c.first : c.first+c.parts] }

// Applies tells whether variable v says anything in a row of V codes: a part after MISSING or a mark does not, nor one
// that can have one code only, given the parts before it. Only the parts before v are read.
func (e *Encoder) Applies(v int, row []int32) bool {
	x := &e.vars[v]
	c := &e.cols[x.Col]
	return c.codec.applies(x.Part, c.row(row))
}

// Allowed marks in ok, which has at least Card entries, the codes of variable v that some value within lim has, given the
// earlier parts of the column in row, and returns how many there are.
func (e *Encoder) Allowed(v int, row []int32, lim Limit, ok []bool) int {
	x := &e.vars[v]
	c := &e.cols[x.Col]
	clear(ok[:x.Card])
	own := c.row(row)
	if !c.codec.applies(x.Part, own) {
		return 0
	}
	return c.codec.allowed(x.Part, own, lim, ok[:x.Card])
}

// Value draws the cell of a column that a row of codes stands for, within lim, as [table.New] takes it: a multiple of
// Column.Step (math.MinInt64 missing, math.MinInt64+1+i mark i) or an index into Column.Values (-1 missing). Encoding it
// gives the codes back. Where lim leaves nothing of what the codes stand for, the cell is a value near it that lim leaves.
// For a filled column it is -1, missing, or 0.
func (e *Encoder) Value(col int, row []int32, lim Limit, r *rng.Stream) int64 {
	c := &e.cols[col]
	if c.codec == nil {
		switch {
		case c.fill != nil && c.fill.Always:
			return 0
		case numeric(e.schema.Columns[col].Kind):
			return noNumber
		}
		return -1
	}
	return c.codec.value(c.row(row), lim, r)
}

// Code writes the codes of one cell, given as Value gives it, into the column's part of row; -1 where a part does not apply.
func (e *Encoder) Code(col int, value int64, row []int32) {
	c := &e.cols[col]
	if c.codec != nil {
		c.codec.code(value, c.row(row))
	}
}

// link computes the variables from the codecs.
func (e *Encoder) link() {
	e.vars = nil
	for i := range e.cols {
		c := &e.cols[i]
		c.first = len(e.vars)
		c.parts = 0
		if c.codec == nil {
			continue
		}
		shape := c.codec.shape()
		c.parts = len(shape)
		for p, v := range shape {
			v.Col, v.Part, v.Parts = i, p, len(shape)
			e.vars = append(e.vars, v)
		}
	}
}

// shares scales weights to the sum 1; all alike if there are none.
func shares(weights []int64) []float64 {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	out := make([]float64, len(weights))
	for i, w := range weights {
		if total == 0 {
			out[i] = 1 / float64(len(weights))
		} else {
			out[i] = float64(w) / float64(total)
		}
	}
	return out
}

// pick draws an index with probability in proportion to weights; the first one if all are 0.
func pick(weights []int64, r *rng.Stream) int {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	if total == 0 {
		return 0
	}
	at := int64(below(uint64(total), r))
	return slices.IndexFunc(weights, func(w int64) bool { at -= w; return at < 0 })
}
