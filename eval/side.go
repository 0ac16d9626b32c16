package eval

import (
	"math"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/table"
)

// newSide turns a table into codes of the view. Values that no table before it had get new codes.
func (v *view) newSide(t *table.Table) *side {
	s := &side{table: t, rows: t.Rows(), cells: make([]cells, len(v.columns)), absent: make([]bool, len(v.columns))}
	for i := range v.columns {
		col := findColumn(t.Schema(), v.columns[i].name)
		if col < 0 {
			s.absent[i] = true
			s.cells[i].code = make([]int32, s.rows)
			continue
		}
		s.cells[i] = v.columns[i].encode(t, col)
	}
	s.person, s.persons = v.personsOf(s)
	return s
}

// personsOf numbers the persons of a table by the person column of the real table, whatever the table itself says. Rows of a
// table without that column are persons of their own, and so they are where a person would have more than twice the rows of a
// real one: many copies must not count as one because they bear one id.
func (v *view) personsOf(s *side) ([]int32, int) {
	person := make([]int32, s.rows)
	col := -1
	for i, c := range v.columns {
		if c.name == v.person && !s.absent[i] {
			col = i
		}
	}
	seen := make(map[key]int32)
	persons := int32(0)
	for r := range person {
		if col < 0 || s.cells[col].code[r] == none {
			person[r] = persons
			persons++
			continue
		}
		k := s.cells[col].key(r)
		p, ok := seen[k]
		if !ok {
			p = persons
			seen[k] = p
			persons++
		}
		person[r] = p
	}
	if v.rowsEach > 0 && float64(s.rows) > 2*v.rowsEach*float64(persons) {
		for r := range person {
			person[r] = int32(r)
		}
		persons = int32(s.rows)
	}
	return person, int(persons)
}

// A key is the same for equal cells of a column.
type key struct {
	code int32
	num  float64 // 0 where the cell is no number
}

func (c *cells) key(row int) key {
	if c.code[row] == isNumber {
		return key{isNumber, c.num[row]}
	}
	return key{code: c.code[row]}
}

// encode gives the cells of column col of t.
func (c *column) encode(t *table.Table, col int) cells {
	theirs := &t.Schema().Columns[col]
	if !c.number {
		code, label := texts(t, col)
		return cells{code: c.codes(code, c.labels(label))}
	}
	if isNumeric(theirs.Kind) && (theirs.Kind == table.Date) == (c.schema.Kind == table.Date) {
		out := cells{num: t.Floats(col), code: make([]int32, t.Rows())}
		marks := c.labels(theirs.Marks)
		for r, n := range t.Ints(col) {
			switch i := n - math.MinInt64; {
			case i == 0:
				out.code[r] = none
			case i > 0 && i <= int64(len(marks)):
				out.code[r] = marks[i-1]
			default:
				out.code[r] = isNumber
			}
		}
		return out
	}
	return c.parse(t, col)
}

// parse reads a column of numbers or dates that the table itself took for something else.
func (c *column) parse(t *table.Table, col int) cells {
	code, label := texts(t, col)
	value, as := make([]float64, len(label)), make([]int32, len(label))
	var words []string
	for i, text := range label {
		x, ok := c.read(text, t.Schema())
		value[i], as[i] = x, isNumber
		if !ok {
			value[i], as[i] = math.NaN(), int32(len(words))
			words = append(words, text)
		}
	}
	marks := c.labels(words)
	for i := range as {
		if math.IsNaN(value[i]) {
			as[i] = marks[as[i]]
		}
	}
	out := cells{num: make([]float64, len(code)), code: c.codes(code, as)}
	for r, i := range code {
		out.num[r] = math.NaN()
		if i >= 0 {
			out.num[r] = value[i]
		}
	}
	return out
}

// read takes a text as a number, or as a date in seconds since 1970.
func (c *column) read(text string, s *table.Schema) (float64, bool) {
	text = strings.TrimSpace(text)
	if c.schema.Kind == table.Date {
		for _, layout := range []string{c.schema.Layout, "2006-01-02", "2006-01-02 15:04:05", time.RFC3339} {
			if d, err := time.Parse(layout, text); err == nil {
				return float64(d.Unix()), true
			}
		}
		return 0, false
	}
	if s.Dialect.Decimal == ',' {
		text = strings.ReplaceAll(text, ",", ".")
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil && !math.IsInf(x, 0) && !math.IsNaN(x)
}

// texts gives a column as codes into its different texts; -1 where missing.
func texts(t *table.Table, col int) (code []int32, label []string) {
	switch c := &t.Schema().Columns[col]; {
	case c.Kind == table.Category || c.Kind == table.Ordered:
		return t.Codes(col), c.Values
	case isNumeric(c.Kind):
		code = make([]int32, t.Rows())
		seen := make(map[string]int32)
		for r := range code {
			text, ok := t.Cell(r, col)
			if !ok {
				code[r] = -1
				continue
			}
			i, old := seen[text]
			if !old {
				i = int32(len(label))
				seen[text] = i
				label = append(label, text)
			}
			code[r] = i
		}
		return code, label
	default:
		code = t.Codes(col)
		seen := make(map[int32]int32)
		for r, theirs := range code {
			if theirs < 0 {
				continue
			}
			i, old := seen[theirs]
			if !old {
				text, _ := t.Cell(r, col)
				i = int32(len(label))
				seen[theirs] = i
				label = append(label, text)
			}
			code[r] = i
		}
		return code, label
	}
}

// codes turns codes of a table into codes of the view; as has one for each label of the table.
func (c *column) codes(code, as []int32) []int32 {
	out := make([]int32, len(code))
	for r, i := range code {
		if i >= 0 {
			out[r] = as[i]
		}
	}
	return out
}

// labels finds the codes of texts: as they stand, else without blanks around, else as equal numbers; else they get new ones.
func (c *column) labels(texts []string) []int32 {
	loosely := looseText
	if c.tells() { // an id in small letters is the same id
		loosely = func(text string) string { return strings.ToLower(looseText(text)) }
	}
	exact := make(map[string]int32, len(c.label))
	loose := make(map[string]int32, len(c.label))
	for i := len(c.label) - 1; i > 0; i-- {
		exact[c.label[i]] = int32(i)
		loose[loosely(c.label[i])] = int32(i)
	}
	out := make([]int32, len(texts))
	for i, text := range texts {
		code, ok := exact[text]
		if !ok {
			code, ok = loose[loosely(text)]
		}
		if !ok {
			code = int32(len(c.label))
			c.label = append(c.label, text)
			exact[text] = code
			loose[loosely(text)] = code
		}
		out[i] = code
	}
	return out
}

// looseText is the same for texts that mean the same value: blanks around don't count, nor how a number is spelt.
func looseText(text string) string {
	text = strings.TrimSpace(text)
	if x, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(x) < 1<<53 {
		// Leading zeros tell codes apart: "007" is not "7".
		if len(text) < 2 || text[0] != '0' || text[1] == '.' {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
	}
	return text
}
