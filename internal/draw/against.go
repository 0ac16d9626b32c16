package draw

import (
	"fmt"
	"math"
	"slices"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// unknownCell is a closed cell that has a value which the encoder does not know.
const unknownCell = -2

// Cells gives the cells of t as they are, by column of the encoder and row, as [Given] has them. t has the columns of the encoder's schema.
func Cells(enc *encode.Encoder, t *table.Table) [][]int64 {
	out := make([][]int64, len(enc.Schema().Columns))
	for i := range out {
		c := &enc.Schema().Columns[i]
		from := slices.IndexFunc(t.Schema().Columns, func(x table.Column) bool { return x.Name == c.Name })
		theirs := &t.Schema().Columns[from]
		switch theirs.Kind {
		case table.Whole, table.Decimal, table.Date:
			out[i] = t.Ints(from)
			for r, v := range out[i] {
				if v >= encode.NoLow {
					out[i][r] = int64(math.Round(float64(v) * theirs.Step / c.Step))
				}
			}
		case table.Category, table.Ordered:
			out[i] = closedCells(c, theirs.Values, t.Codes(from))
		default:
			out[i] = closedCells(c, nil, t.Codes(from))
		}
	}
	return out
}

// closedCells brings codes of texts to a column of the encoder's schema.
func closedCells(c *table.Column, texts []string, codes []int32) []int64 {
	out, known := make([]int64, len(codes)), make([]int64, len(texts))
	for v, text := range texts {
		if known[v] = int64(slices.Index(c.Values, text)); known[v] < 0 {
			known[v] = unknownCell
		}
	}
	for r, code := range codes {
		switch {
		case code < 0:
			out[r] = -1
		case int(code) < len(known):
			out[r] = known[code]
		case len(c.Values) > 0:
			out[r] = unknownCell
		}
	}
	return out
}

// Against counts the rows of t that are against a rule by the cells that they have, which filling their gaps can't mend.
func Against(enc *encode.Encoder, t *table.Table) int {
	cells := Cells(enc, t)
	bad := make([]bool, t.Rows())
	for i, rule := range enc.Schema().Rules {
		op, names := rule.Terms()
		var cols []int
		for _, n := range names {
			cols = append(cols, slices.IndexFunc(enc.Schema().Columns, func(c table.Column) bool { return c.Name == n }))
		}
		switch op {
		case "xor":
			for r := range bad {
				bad[r] = bad[r] || !IsMissing(enc, cols[0], cells[cols[0]][r]) && !IsMissing(enc, cols[1], cells[cols[1]][r])
			}
		case "->":
			d := enc.Decision(i)
			for r := range bad {
				a, b := cells[d.From][r], cells[d.To][r]
				image, ok := d.Image(a)
				bad[r] = bad[r] || ok && isValue(enc, d.From, a) && isValue(enc, d.To, b) && b != image
			}
		default:
			for _, r := range rule.Broken(t) {
				bad[r] = true
			}
		}
	}
	n := 0
	for _, b := range bad {
		if b {
			n++
		}
	}
	return n
}

// WarnAgainst says how many rows [Against] counts.
func WarnAgainst(enc *encode.Encoder, t *table.Table, warn func(*table.Error)) {
	if n := Against(enc, t); n > 0 && warn != nil {
		warn(&table.Error{Code: "against-rule", Reason: fmt.Sprintf("in %d of %d rows cells that are there are against a rule; they stay as they are", n, t.Rows()),
			Fix: "see whether these rows are right"})
	}
}
