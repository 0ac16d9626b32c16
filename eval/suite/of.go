package suite

import (
	"fmt"

	"example.org/cohort/table"
)

// Of gives tables as the suites take them. Columns are as in each table's own schema, less those that are dropped; one text has the
// same code in all tables. Marks among numbers ("ABS") are missing, as they are to a Python program that reads numbers.
//
// A column that is numbers in one table and texts in another is an error: read both with one schema.
func Of(tables ...*table.Table) ([]*Table, error) {
	labels := make(map[string]*labeller)
	out := make([]*Table, len(tables))
	roles := make([]string, len(tables))
	for i, t := range tables {
		out[i] = &Table{Rows: t.Rows()}
		roles[i] = fmt.Sprintf("table %d", i+1)
		for col := range t.Schema().Columns {
			if s := &t.Schema().Columns[col]; s.Treat != table.Drop {
				if labels[s.Name] == nil {
					labels[s.Name] = &labeller{code: make(map[string]int32)}
				}
				out[i].Columns = append(out[i].Columns, columnOf(t, col, labels[s.Name]))
			}
		}
	}
	for _, t := range out {
		for i := range t.Columns {
			// Only now are all texts known.
			t.Columns[i].Labels = labels[t.Columns[i].Name].label
		}
	}
	return out, Check(roles, out...)
}

// A labeller numbers the texts of one column of all tables, in the order in which they come.
type labeller struct {
	code  map[string]int32
	label []string
}

func (l *labeller) of(text string) int32 {
	code, ok := l.code[text]
	if !ok {
		code = int32(len(l.label))
		l.code[text] = code
		l.label = append(l.label, text)
	}
	return code
}

func columnOf(t *table.Table, col int, l *labeller) Column {
	s := &t.Schema().Columns[col]
	c := Column{Name: s.Name, Kind: kindOf(s.Kind)}
	if c.Numeric() {
		c.Numbers = t.Floats(col)
		// pandas stores whole numbers with gaps as floats, and the structure check sees that.
		switch {
		case c.Kind == Date:
			c.Type = "datetime64"
		case s.Kind == table.Whole && c.Gaps() == 0:
			c.Type = "int64"
		default:
			c.Type = "float64"
		}
		return c
	}
	c.Type = "object"
	c.Codes = make([]int32, t.Rows())
	known := make(map[int32]int32)
	for r, theirs := range t.Codes(col) {
		if theirs < 0 {
			c.Codes[r] = -1
			continue
		}
		code, ok := known[theirs]
		if !ok {
			text, _ := t.Cell(r, col)
			code = l.of(text)
			known[theirs] = code
		}
		c.Codes[r] = code
	}
	return c
}

func kindOf(k table.Kind) Kind {
	switch k {
	case table.Whole, table.Decimal:
		return Number
	case table.Date:
		return Date
	case table.Category, table.Ordered:
		return Category
	case table.ID:
		return Key
	default:
		return Text
	}
}
