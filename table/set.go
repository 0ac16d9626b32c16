package table

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Set is what conditions leave of a column.
type Set struct {
	Col     int    // number of the column
	Missing bool   // cells may be missing
	Values  []bool // Category, Ordered: by value. ID, Text: one element, whether cells may have a text
	Marks   []bool // Whole, Decimal, Date: by mark
	// Spans are closed, ascending and disjoint ranges of multiples of Step, for Whole, Decimal and Date.
	Spans [][2]int64
}

// Sets brings conditions together, one Set for each of the columns that they name, in ascending order of Col. Numbers
// stay between Min and Max (any number, where both are 0), and cells may be missing only if the column has a spelling
// for it. The error is an [*Error]: "no-such-column"; "bad-condition" for a value that the column can't be compared
// with; "no-such-value" if no row can meet the conditions on one column. It repeats what the caller wrote and nothing
// from the table.
func Sets(s *Schema, conds []Cond) ([]Set, error) {
	var sets []Set
	for i := range conds {
		c := &conds[i]
		col, err := s.find(c.column)
		if err != nil {
			return nil, err
		}
		set, err := newSet(s, col, c)
		if err != nil {
			return nil, err
		}
		at, old := slices.BinarySearchFunc(sets, col, func(s Set, col int) int { return s.Col - col })
		if !old {
			sets = slices.Insert(sets, at, set)
			continue
		}
		sets[at].intersect(&set)
		if sets[at].empty() {
			return nil, &Error{Code: "no-such-value", Column: c.column, Reason: "no row can have " + together(conds[:i+1], c.column)}
		}
	}
	return sets, nil
}

// together describes all conditions on one column.
func together(conds []Cond, column string) string {
	var parts []string
	for i := range conds {
		if conds[i].column == column {
			parts = append(parts, conds[i].describe())
		}
	}
	return strings.Join(parts, " and ")
}

// noSuchValue is the error of a condition that holds in no row.
func noSuchValue(c *Cond) *Error {
	return &Error{Code: "no-such-value", Column: c.column, Reason: "no row can have " + c.describe()}
}

// newSet gives what one condition leaves of a column.
func newSet(s *Schema, col int, c *Cond) (Set, error) {
	all := fullSet(s, col)
	set := Set{Col: col, Values: make([]bool, len(all.Values)), Marks: make([]bool, len(all.Marks))}
	var err error
	switch c.op {
	case missingOp:
		set.Missing = true
	case isOp:
		for i := range c.values {
			if err := set.add(s, c, i); err != nil {
				return set, err
			}
		}
	case betweenOp:
		err = set.between(s, c)
	}
	if err != nil {
		return set, err
	}
	set.intersect(&all)
	if c.not {
		set.complement(&all)
	}
	if set.empty() {
		return set, noSuchValue(c)
	}
	return set, nil
}

// fullSet gives all that a column can hold.
func fullSet(s *Schema, col int) Set {
	c := &s.Columns[col]
	set := Set{Col: col, Missing: len(c.Missing) > 0}
	switch {
	case c.Kind.numeric():
		set.Marks = trues(len(c.Marks))
		g := newGrid(c.Step)
		low, high := g.ends(c.Kind)
		if c.Min != 0 || c.Max != 0 {
			// A float64 tells neighbours apart below 2^53 only: further out the ends stay open.
			if n, ok := g.nearest(c.Min); ok && n > -1<<53 {
				low = n
			}
			if n, ok := g.nearest(c.Max); ok && n < 1<<53 {
				high = n
			}
		}
		set.Spans = [][2]int64{{low, high}}
	case c.Kind.closed():
		set.Values = trues(len(c.Values))
	default:
		set.Values = trues(1)
	}
	return set
}

func trues(n int) []bool {
	b := make([]bool, n)
	for i := range b {
		b[i] = true
	}
	return b
}

// add puts the value i of a condition into the set.
func (set *Set) add(s *Schema, c *Cond, i int) error {
	col := &s.Columns[set.Col]
	value := c.values[i]
	found := false
	switch {
	case col.Kind.closed():
		found = mark(set.Values, col.Values, value)
	case col.Kind.numeric():
		found = mark(set.Marks, col.Marks, value)
	}
	if trimmed := strings.Trim(value, blanks); !found && (trimmed == "" || contains(col.Missing, trimmed)) {
		set.Missing, found = true, true
	}
	if found {
		return nil
	}
	if col.Kind.numeric() {
		floor, ceil, ok := s.number(set.Col, value)
		if ok && floor == ceil {
			set.Spans = unite(set.Spans, [2]int64{floor, floor})
			return nil
		}
	} else if !col.Kind.closed() {
		return c.bad(i, "this is of kind "+col.Kind.String()+": what it says is never learned",
			`take "is missing" or "is not missing"`)
	}
	one := Is(c.column, value)
	return noSuchValue(&one)
}

// mark sets those of the flags whose text is the value: as it stands, else but for the blanks around.
func mark(flags []bool, texts []string, value string) bool {
	if i := slices.Index(texts, value); i >= 0 {
		flags[i] = true
		return true
	}
	found := false
	for i, t := range texts {
		if strings.Trim(t, blanks) == strings.Trim(value, blanks) {
			flags[i], found = true, true
		}
	}
	return found
}

// contains is slices.Contains on trimmed texts.
func contains(texts []string, trimmed string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Trim(t, blanks) == trimmed })
}

// between puts a range into the set.
func (set *Set) between(s *Schema, c *Cond) error {
	col := &s.Columns[set.Col]
	switch {
	case col.Kind.numeric():
		return set.numbersBetween(s, c)
	case col.Kind == Ordered:
		return set.valuesBetween(col, c)
	}
	return c.bad(-1, "this is of kind "+col.Kind.String()+", whose values have no order",
		"take = or in; or read the column as ordered or as numbers")
}

// numbersBetween is between for numbers and dates.
func (set *Set) numbersBetween(s *Schema, c *Cond) error {
	span := [2]int64{lowestNumber, math.MaxInt64}
	for i, text := range c.values {
		if text == "" {
			continue
		}
		floor, ceil, ok := s.number(set.Col, text)
		if !ok {
			return c.bad(i, strconv.Quote(text)+" is not written as the column writes its values", s.sample(set.Col))
		}
		switch {
		case i == 0 && c.noLow:
			span[0] = floor + 1
		case i == 0:
			span[0] = ceil
		case c.noHigh:
			span[1] = ceil - 1
		default:
			span[1] = floor
		}
	}
	if span[0] <= span[1] {
		set.Spans = [][2]int64{span}
	}
	return nil
}

// sample shows how a column writes its values, with a value that is not from the table.
func (s *Schema) sample(col int) string {
	if s.Columns[col].Kind != Date {
		return "for example " + s.numberText(col, 10)
	}
	newYearsEve := float64(time.Date(2009, 12, 31, 0, 0, 0, 0, time.UTC).Unix())
	n, _ := newGrid(s.Columns[col].Step).nearest(newYearsEve)
	return "for example " + s.numberText(col, n)
}

// valuesBetween is between for an ordered column.
func (set *Set) valuesBetween(col *Column, c *Cond) error {
	ends := [2]int{0, len(col.Values) - 1}
	for i, text := range c.values {
		if text == "" {
			continue
		}
		flags := make([]bool, len(col.Values))
		if !mark(flags, col.Values, text) {
			one := Is(c.column, text)
			return noSuchValue(&one)
		}
		ends[i] = slices.Index(flags, true)
	}
	if c.noLow {
		ends[0]++
	}
	if c.noHigh {
		ends[1]--
	}
	for i := ends[0]; i <= ends[1]; i++ {
		set.Values[i] = true
	}
	return nil
}

// empty tells that no cell can be in the set.
func (set *Set) empty() bool {
	return !set.Missing && len(set.Spans) == 0 && !slices.Contains(set.Values, true) && !slices.Contains(set.Marks, true)
}

// intersect leaves in set what is in other, too.
func (set *Set) intersect(other *Set) {
	set.Missing = set.Missing && other.Missing
	for i := range set.Values {
		set.Values[i] = set.Values[i] && other.Values[i]
	}
	for i := range set.Marks {
		set.Marks[i] = set.Marks[i] && other.Marks[i]
	}
	var spans [][2]int64
	for _, a := range set.Spans {
		for _, b := range other.Spans {
			if low, high := max(a[0], b[0]), min(a[1], b[1]); low <= high {
				spans = append(spans, [2]int64{low, high})
			}
		}
	}
	set.Spans = spans
}

// complement makes set, which lies in all, the rest of all.
func (set *Set) complement(all *Set) {
	set.Missing = all.Missing && !set.Missing
	for i := range set.Values {
		set.Values[i] = !set.Values[i]
	}
	for i := range set.Marks {
		set.Marks[i] = !set.Marks[i]
	}
	var gaps [][2]int64
	for _, whole := range all.Spans {
		low := whole[0]
		for _, s := range set.Spans {
			if s[0] > low {
				gaps = append(gaps, [2]int64{low, s[0] - 1})
			}
			low = s[1] + 1
		}
		if low <= whole[1] {
			gaps = append(gaps, [2]int64{low, whole[1]})
		}
	}
	set.Spans = gaps
}

// unite adds a span of one number to ascending disjoint spans.
func unite(spans [][2]int64, one [2]int64) [][2]int64 {
	at, ok := slices.BinarySearchFunc(spans, one, func(a, b [2]int64) int {
		switch {
		case a[1] < b[0]:
			return -1
		case a[0] > b[0]:
			return 1
		}
		return 0
	})
	if ok {
		return spans
	}
	return slices.Insert(spans, at, one)
}

// Count gives how many rows of t are in all of the sets, which are about the columns of its schema.
func (t *Table) Count(sets []Set) int {
	n := 0
	for r := range t.rows {
		in := true
		for i := range sets {
			in = in && sets[i].has(t, r)
		}
		if in {
			n++
		}
	}
	return n
}

// has tells whether the cell of a row is in the set.
func (s *Set) has(t *Table, row int) bool {
	switch c := &t.schema.Columns[s.Col]; c.Kind {
	case Category, Ordered:
		k := t.Codes(s.Col)[row]
		return k < 0 && s.Missing || k >= 0 && s.Values[k]
	case Whole, Decimal, Date:
		v := t.Ints(s.Col)[row]
		switch i := uint64(v) - 1<<63; { // from the least number on
		case i == 0:
			return s.Missing
		case i <= uint64(len(s.Marks)):
			return s.Marks[i-1]
		}
		return slices.ContainsFunc(s.Spans, func(p [2]int64) bool { return p[0] <= v && v <= p[1] })
	}
	_, ok := t.Cell(row, s.Col)
	return !ok && s.Missing || ok && s.Values[0]
}
