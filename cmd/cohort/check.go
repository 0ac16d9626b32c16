package main

import (
	"math"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// A checker looks at rows while they are written, for what must never be in them. It stands apart from what makes the
// rows, so that a fault there is seen here.
type checker struct {
	schema  *table.Schema // of the rows
	rules   []table.Rule
	real    []map[string]bool // by column of the rows: the ids, names and texts of the real table; nil for other columns
	rare    []map[int32]bool  // by column of the rows: codes that too few real persons have
	columns bool              // the header is the one asked for

	present []bool // by column of the rows: some row has a value

	Rows    int64
	Copies  int   // cells that are ids, names or texts of the real table
	Rare    int   // cells that hold a value which too few real persons have
	Broken  []int // by rule: rows in which it does not hold
	Outside int   // cells out of kind or range
}

// newChecker prepares the check of rows of the given schema against the real table, with k persons as the least that a
// value must have (0: off).
func newChecker(actual *table.Table, schema *table.Schema, k int) *checker {
	c := &checker{
		schema:  schema,
		rules:   schema.Rules,
		real:    make([]map[string]bool, len(schema.Columns)),
		rare:    make([]map[int32]bool, len(schema.Columns)),
		columns: slices.Equal(headerWithoutDropped(actual.Schema()), headerWithoutDropped(schema)),
		present: make([]bool, len(schema.Columns)),
		Broken:  make([]int, len(schema.Rules)),
	}
	persons, _ := actual.Persons()
	for col := range schema.Columns {
		from := columnIndex(actual.Schema(), schema.Columns[col].Name)
		if from < 0 {
			continue
		}
		switch source := &actual.Schema().Columns[from]; {
		case source.Kind == table.ID || source.Kind == table.Text || source.Name == actual.Schema().Person:
			c.real[col] = textsOf(actual, from)
		case (source.Kind == table.Category || source.Kind == table.Ordered) && k > 0:
			c.rare[col] = rareCodes(source, &schema.Columns[col], actual.Codes(from), persons, k)
		}
	}
	return c
}

// headerWithoutDropped lists the names of the columns that are written.
func headerWithoutDropped(s *table.Schema) []string {
	var names []string
	for i := range s.Columns {
		if s.Columns[i].Treat != table.Drop {
			names = append(names, s.Columns[i].Name)
		}
	}
	return names
}

func columnIndex(s *table.Schema, name string) int {
	return slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == name })
}

// textsOf gathers the different cells of a column, without blanks around them.
func textsOf(t *table.Table, col int) map[string]bool {
	texts := make(map[string]bool)
	for _, cells := range t.Records() {
		if s := strings.TrimSpace(cells[col]); s != "" {
			texts[s] = true
		}
	}
	for _, m := range t.Schema().Columns[col].Missing {
		delete(texts, strings.TrimSpace(m))
	}
	return texts
}

// rareCodes lists the codes of written whose value fewer than k persons have in the real column.
func rareCodes(source, written *table.Column, codes, persons []int32, k int) map[int32]bool {
	type pair struct{ code, person int32 }
	seen := make(map[pair]bool)
	counts := make([]int, len(source.Values))
	for i, code := range codes {
		if p := (pair{code, persons[i]}); code >= 0 && !seen[p] {
			seen[p] = true
			counts[code]++
		}
	}
	few := make(map[string]bool)
	for i, n := range counts {
		if n < k {
			few[source.Values[i]] = true
		}
	}
	rare := make(map[int32]bool)
	for i, v := range written.Values {
		if few[v] {
			rare[int32(i)] = true
		}
	}
	return rare
}

// add looks at a part of the rows.
func (c *checker) add(t *table.Table) {
	c.Rows += int64(t.Rows())
	for i, r := range c.rules {
		c.Broken[i] += len(r.Broken(t))
	}
	for col := range c.schema.Columns {
		switch c.schema.Columns[col].Kind {
		case table.Whole, table.Decimal, table.Date:
			c.addNumbers(t, col)
		case table.Category, table.Ordered:
			c.addCodes(t, col)
		}
	}
	if slices.ContainsFunc(c.real, func(m map[string]bool) bool { return m != nil }) {
		c.addTexts(t)
	}
}

func (c *checker) addNumbers(t *table.Table, col int) {
	column := &c.schema.Columns[col]
	for _, v := range t.Floats(col) {
		c.present[col] = c.present[col] || !math.IsNaN(v)
		if v < column.Min || v > column.Max { // a missing cell and a mark are NaN
			c.Outside++
		}
	}
}

func (c *checker) addCodes(t *table.Table, col int) {
	values := int32(len(c.schema.Columns[col].Values))
	for _, code := range t.Codes(col) {
		c.present[col] = c.present[col] || code >= 0
		if code >= values {
			c.Outside++
		} else if c.rare[col][code] {
			c.Rare++
		}
	}
}

func (c *checker) addTexts(t *table.Table) {
	for _, cells := range t.Records() {
		for col, texts := range c.real {
			if texts != nil && texts[strings.TrimSpace(cells[col])] {
				c.Copies++
			}
		}
	}
}

// ok tells whether nothing was found that must not be.
func (c *checker) ok() bool {
	return c.Copies == 0 && c.Rare == 0 && c.Outside == 0 && c.columns && c.kept() == len(c.rules)
}

// kept counts the rules that hold in every row.
func (c *checker) kept() int {
	n := 0
	for _, broken := range c.Broken {
		if broken == 0 {
			n++
		}
	}
	return n
}
