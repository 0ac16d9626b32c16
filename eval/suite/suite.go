package suite

import (
	"fmt"
	"math"
)

// A Kind says how a suite treats a column.
type Kind uint8

const (
	Number   Kind = iota // whole numbers and decimals
	Date                 // dates and times, in seconds since 1970
	Category             // a closed set; also true and false
	Key                  // tells rows apart
	Text                 // free text and everything else that is in no metric
)

// A Column is one column of one table.
type Column struct {
	Name string
	Kind Kind
	// Type is how the table stores the column: "int64", "float64", "datetime64" or "object", as pandas names it. Only the check
	// of a table's structure reads it.
	Type    string
	Numbers []float64 // N values of a Number or Date; NaN is missing
	Codes   []int32   // N indices into Labels, of the other kinds; -1 is missing
	Labels  []string  // K texts; a code means the same text in every table that is compared
}

// A Table is N rows of C columns.
type Table struct {
	Rows    int
	Columns []Column
}

// Column finds a column by name, or gives nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Numeric tells whether the column has Numbers.
func (c *Column) Numeric() bool { return c.Kind == Number || c.Kind == Date }

// Missing tells whether a cell has no value.
func (c *Column) Missing(row int) bool {
	if c.Numeric() {
		return math.IsNaN(c.Numbers[row])
	}
	return c.Codes[row] < 0
}

// Rows gives the number of cells, N.
func (c *Column) Rows() int { return len(c.Numbers) + len(c.Codes) }

// Gaps counts the cells without a value.
func (c *Column) Gaps() int {
	gaps := 0
	for r := range c.Rows() {
		if c.Missing(r) {
			gaps++
		}
	}
	return gaps
}

// A Result is one number of a suite.
type Result struct {
	Name    string   // stable and dotted: "sdmetrics.shapes.column"
	Columns []string // none, one or two
	Value   float64  // NaN where Reason is not empty
	Reason  string   // why the suite gives no number, or ""
}

// OK makes a result with a value.
func OK(name string, value float64, columns ...string) Result {
	return Result{Name: name, Columns: columns, Value: value}
}

// No makes a result without a value.
func No(name, reason string, columns ...string) Result {
	return Result{Name: name, Columns: columns, Value: math.NaN(), Reason: reason}
}

// Mean gives the mean of the results that have a value, under a new name. With none it has the reason given.
func Mean(name, reason string, results []Result) Result {
	sum, n := 0.0, 0
	for _, r := range results {
		if r.Reason == "" {
			sum += r.Value
			n++
		}
	}
	if n == 0 {
		return No(name, reason)
	}
	return OK(name, sum/float64(n))
}

// Check refuses tables that no metric can take: without rows or columns, with two columns of one name, a column of another length
// than N, or a code without a label. A column that several tables have must be numbers in all of them or in none. The error
// names the table by its role.
func Check(roles []string, tables ...*Table) error {
	numeric := make(map[string]bool)
	for i, t := range tables {
		if err := t.check(numeric); err != nil {
			return fmt.Errorf("%s: %w", roles[i], err)
		}
	}
	return nil
}

func (t *Table) check(numeric map[string]bool) error {
	if t == nil || t.Rows == 0 || len(t.Columns) == 0 {
		return fmt.Errorf("the table is empty: give one with rows and columns")
	}
	seen := make(map[string]bool)
	for i := range t.Columns {
		c := &t.Columns[i]
		if seen[c.Name] {
			return fmt.Errorf("two columns are named %q: rename one", c.Name)
		}
		seen[c.Name] = true
		if before, ok := numeric[c.Name]; ok && before != c.Numeric() {
			return fmt.Errorf("column %q holds numbers in one table and texts in another: give both tables one schema", c.Name)
		}
		numeric[c.Name] = c.Numeric()
		if n := c.Rows(); n != t.Rows || c.Numeric() != (len(c.Numbers) == n) {
			return fmt.Errorf("column %q has %d numbers and %d codes for %d rows: give one a row, numbers for numbers and dates, else codes",
				c.Name, len(c.Numbers), len(c.Codes), t.Rows)
		}
		for r, code := range c.Codes {
			if code < -1 || int(code) >= len(c.Labels) {
				return fmt.Errorf("column %q, row %d: its code has no label: codes go from -1 to %d", c.Name, r+1, len(c.Labels)-1)
			}
		}
	}
	return nil
}
