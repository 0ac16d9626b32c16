package synthcity

import (
	"fmt"
	"math"
)

// A Column is a raw column: of numbers, or of words. What pandas calls bool is words here, "False" and "True"; dates are
// words, as pandas reads them from a file.
type Column struct {
	Name    string
	Numbers []float64 // NaN is missing; nil for words
	Whole   bool      // the numbers are whole and none is missing: int64 in pandas, else float64
	Words   []string  // nil for numbers
	Missing []bool    // of words; nil: none
}

// Rows is how many cells the column has.
func (c *Column) Rows() int { return max(len(c.Numbers), len(c.Words)) }

func (c *Column) missing(row int) bool {
	if c.Words != nil {
		return c.Missing != nil && c.Missing[row]
	}
	return math.IsNaN(c.Numbers[row])
}

// empty tells whether all cells are missing.
func (c *Column) empty() bool {
	for row := range c.Rows() {
		if !c.missing(row) {
			return false
		}
	}
	return true
}

// A Table is a raw table of N rows. All columns have as many cells.
type Table struct {
	Columns []Column
}

// Rows is N.
func (t *Table) Rows() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return t.Columns[0].Rows()
}

// find gives the columns of t in the order of names.
func (t *Table) find(names []string) ([]Column, error) {
	if len(t.Columns) != len(names) {
		return nil, fmt.Errorf("the real table has %d columns and this one %d: give both the same", len(names), len(t.Columns))
	}
	cols := make([]Column, len(names))
	for i, name := range names {
		found := false
		for _, c := range t.Columns {
			if c.Name == name {
				cols[i], found = c, true
			}
		}
		if !found {
			return nil, fmt.Errorf("column %q of the real table is missing", name)
		}
	}
	return cols, nil
}

// check refuses tables that no program could hold.
func (t *Table) check() error {
	seen := map[string]bool{}
	for _, c := range t.Columns {
		switch {
		case (c.Numbers == nil) == (c.Words == nil):
			return fmt.Errorf("column %q must have either numbers or words, and at least one row", c.Name)
		case c.Rows() != t.Rows():
			return fmt.Errorf("column %q has %d rows, the first one %d", c.Name, c.Rows(), t.Rows())
		case c.Missing != nil && len(c.Missing) != c.Rows():
			return fmt.Errorf("column %q says of %d of %d cells whether they are missing", c.Name, len(c.Missing), c.Rows())
		case seen[c.Name]:
			return fmt.Errorf("two columns are called %q: rename one", c.Name)
		}
		seen[c.Name] = true
	}
	if t.Rows() == 0 {
		return fmt.Errorf("the table has no rows")
	}
	return nil
}
