package cohort

import "example.org/cohort/table"

// A gather puts chunks of one schema together, column by column.
type gather struct {
	first *table.Table
	cols  []any
}

// add appends the rows of t.
func (g *gather) add(t *table.Table) {
	if g.first == nil {
		g.first = t
		return
	}
	if g.cols == nil {
		g.cols = make([]any, t.Cols())
		g.append(g.first)
	}
	g.append(t)
}

func (g *gather) append(t *table.Table) {
	for c := range g.cols {
		switch t.Schema().Columns[c].Kind {
		case table.Whole, table.Decimal, table.Date:
			old, _ := g.cols[c].([]int64)
			g.cols[c] = append(old, t.Ints(c)...)
		case table.Category, table.Ordered:
			old, _ := g.cols[c].([]int32)
			g.cols[c] = append(old, t.Codes(c)...)
		default:
			old, _ := g.cols[c].([]string)
			for r := range t.Rows() {
				text, ok := t.Cell(r, c)
				if !ok {
					text = ""
				}
				old = append(old, text)
			}
			g.cols[c] = old
		}
	}
}

// table gives all rows added; there must be some.
func (g *gather) table() (*table.Table, error) {
	if g.cols == nil {
		return g.first, nil
	}
	return table.New(g.first.Schema(), g.cols)
}
