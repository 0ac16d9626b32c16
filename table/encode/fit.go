package encode

import (
	"fmt"
	"strings"

	"example.org/cohort/table"
)

// Options say how much is learned.
type Options struct {
	// Protect is k, the number of persons who must have a value for it to be learned; 0 or less is off.
	Protect int
	// Level is "share" (also ""), "research" or "structure": see the command's help on --level.
	Level string
	// Whole is the table whose persons are counted for which values of closed sets are kept, if t is a part of it
	// (of the same schema). Were they counted in t, most of a value's people would be in t wherever it is just kept, and
	// whoever compares the part with the rest would take that for memory. nil is t itself.
	Whole *table.Table
	// Warn hears of columns that are not learned as they stand: filled-like-text, too-few-numbers. Never of a value.
	Warn func(*table.Error)
}

// Fit learns how the columns of t are written in codes. Column.Treat, Column.Coarsen, Schema.Person and Schema.Rules are
// those of t.Schema(). Errors are of type [*table.Error]: no-rows, no-columns, bad-coarsen, bad-level.
func Fit(t *table.Table, opt Options) (*Encoder, error) {
	f, err := newFitter(t, opt)
	if err != nil {
		return nil, err
	}
	for i := range t.Schema().Columns {
		if t.Schema().Columns[i].Treat == table.Drop {
			continue
		}
		if err := f.column(i); err != nil {
			return nil, err
		}
	}
	if len(f.out.Columns) == 0 {
		return nil, &table.Error{Code: "no-columns", Reason: "every column is left out", Fix: "keep at least one"}
	}
	f.out.Rules = f.rules()
	if err := f.totals(); err != nil {
		return nil, err
	}
	f.partitions()
	e := &Encoder{schema: f.out, cols: f.cols, cycles: f.cycles, protect: f.k, level: f.level}
	e.link()
	f.decide(e)
	return e, nil
}

// fitter holds what Fit knows while it goes through the columns.
type fitter struct {
	t       *table.Table
	k       int
	level   string
	warn    func(*table.Error)
	person  []int32 // by row
	persons int
	census  *census
	whole   *fitter // counts the persons of Options.Whole; the fitter itself if that is nil
	out     *table.Schema
	cols    []column
	source  []int // by column of out: the column of t
	cycles  []cycle
}

func newFitter(t *table.Table, opt Options) (*fitter, error) {
	f := &fitter{t: t, k: max(opt.Protect, 0), level: opt.Level, warn: opt.Warn}
	switch f.level {
	case "":
		f.level = levelShare
	case levelShare, levelResearch, levelStructure:
	default:
		return nil, &table.Error{Code: "bad-level", Reason: "there is no level of this name", Fix: "use share, research or structure"}
	}
	if t.Rows() == 0 {
		return nil, &table.Error{Code: "no-rows", Reason: "the table has a header and no rows", Fix: "give a table with rows"}
	}
	if f.warn == nil {
		f.warn = func(*table.Error) {}
	}
	f.person, f.persons = t.Persons()
	f.census = newCensus(f.persons)
	f.whole = f
	if opt.Whole != nil && opt.Whole != t {
		f.whole = &fitter{t: opt.Whole}
		f.whole.person, f.whole.persons = opt.Whole.Persons()
		f.whole.census = newCensus(f.whole.persons)
	}
	s := t.Schema()
	f.out = &table.Schema{Dialect: s.Dialect}
	for i := range s.Columns {
		if s.Columns[i].Name == s.Person && s.Columns[i].Treat != table.Drop {
			f.out.Person = s.Person
		}
	}
	return f, nil
}

// The levels.
const (
	levelShare     = "share"
	levelResearch  = "research"
	levelStructure = "structure"
)

// column fits column i of the table and appends it to the schema that is written.
func (f *fitter) column(i int) error {
	c := f.t.Schema().Columns[i]
	c.Values = append([]string(nil), c.Values...)
	c.Marks = append([]string(nil), c.Marks...)
	var col column
	var err error
	switch {
	case c.Treat == table.Blank:
		col = blank(&c)
	case c.Name == f.out.Person: // Whatever its kind, it tells people apart.
		if c.Kind != table.Text {
			c.Kind = table.ID
		}
		col = f.filled(i, &c)
	case c.Treat == table.Invent || c.Kind == table.ID || c.Kind == table.Text:
		col = f.filled(i, &c)
	case c.Kind == table.Category || c.Kind == table.Ordered:
		col, err = f.category(i, &c)
	default:
		col, err = f.number(i, &c, nil)
	}
	if err != nil {
		return err
	}
	c.Coarsen = f.t.Schema().Columns[i].Coarsen
	if keep := keeps(&c, f.level); c.Kind == table.Date && c.Treat == table.Learn && keep != keepAll {
		c.Coarsen = keptUnits[keep]
	}
	f.out.Columns = append(f.out.Columns, c)
	f.cols = append(f.cols, col)
	f.source = append(f.source, i)
	return nil
}

// blank leaves the header and takes the cells.
func blank(c *table.Column) column {
	c.Values, c.Marks, c.Missing = nil, nil, []string{""}
	c.Min, c.Max = 0, 0
	return column{}
}

// category fits a closed set, or fills the column if no value has k persons.
func (f *fitter) category(i int, c *table.Column) (column, error) {
	if c.Coarsen != "" {
		return column{}, badCoarsen(c.Name, "only numbers and dates can be made coarser")
	}
	codes, whole := f.t.Codes(i), f.whole.t.Codes(i)
	_, persons := f.whole.census.perValue(len(c.Values), f.whole.person, func(r int) int { return int(whole[r]) })
	rows, _ := f.census.perValue(len(c.Values), f.person, func(r int) int { return int(codes[r]) })
	keep := make([]bool, len(rows))
	some, met := false, 0
	for v := range rows {
		keep[v] = rows[v] > 0 && persons[v] >= f.k
		some = some || keep[v]
		if rows[v] > 0 {
			met++
		}
	}
	missing := f.missing(len(codes), func(r int) bool { return codes[r] < 0 })
	if !some && met > 0 {
		f.warn(&table.Error{
			Code: "filled-like-text", Column: c.Name,
			Reason: fmt.Sprintf("no value is shared by %d persons, so the column is filled like text", f.k),
			Fix:    "make its values coarser, or name it with --text",
		})
		col := f.filled(i, c)
		col.kept = met
		c.Why = fmt.Sprintf("no value is shared by %d persons", f.k)
		return col, nil
	}
	if f.level == levelStructure {
		rows, missing = f.commonOnly(rows, keep, missing)
	} else {
		f.merge(c, rows, keep)
	}
	kept := met
	var values []string
	var weights []int64
	for v, ok := range keep {
		if ok {
			values = append(values, c.Values[v])
			weights = append(weights, rows[v])
			kept--
		}
	}
	c.Values = values
	if len(values) == 0 && missing < 0 {
		missing = int64(len(codes))
	}
	return column{codec: newCategory(c.Kind == table.Ordered, missing, weights), kept: kept}, nil
}

// missing counts the rows that lack a value; -1 if fewer than k persons do, so that MISSING is no code.
func (f *fitter) missing(rows int, lacks func(row int) bool) int64 {
	f.census.reset()
	n := int64(0)
	for r := range rows {
		if lacks(r) {
			f.census.add(f.person[r])
			n++
		}
	}
	if f.census.n < max(f.k, 1) {
		return -1
	}
	return n
}

// merge gives the rows of the values that are not kept to the column's own "Other", or where there is an order to the
// nearest value. Otherwise the others share them in proportion, which needs nothing.
func (f *fitter) merge(c *table.Column, rows []int64, keep []bool) {
	other := otherValue(c.Values, keep)
	for v, ok := range keep {
		if ok {
			continue
		}
		to := other
		if c.Kind == table.Ordered {
			to = nearestKept(v, keep)
		}
		if to >= 0 {
			rows[to] += rows[v]
		}
		rows[v] = 0
	}
}

// otherValue finds the value, among those kept, that stands for all others; -1 if there is none.
func otherValue(values []string, keep []bool) int {
	for v, text := range values {
		if keep[v] && otherNames[strings.ToLower(strings.TrimSpace(text))] {
			return v
		}
	}
	return -1
}

var otherNames = map[string]bool{
	"other": true, "others": true, "any other": true, "all other": true, "all others": true, "sonstige": true,
	"sonstiges": true, "sonstiger": true, "andere": true, "anderes": true, "anderer": true, "autre": true, "autres": true,
	"otro": true, "otra": true, "otros": true, "otras": true, "altro": true, "altri": true, "outro": true, "outros": true,
	"outra": true, "overig": true, "overige": true, "anders": true, "annet": true, "andet": true, "annan": true,
	"övrigt": true, "muu": true, "inne": true, "inny": true, "jiné": true, "egyéb": true,
}

// nearestKept gives the nearest value in the order that is kept, the lower of two; -1 if there is none.
func nearestKept(v int, keep []bool) int {
	for d := range len(keep) {
		if v-d >= 0 && keep[v-d] {
			return v - d
		}
		if v+d < len(keep) && keep[v+d] {
			return v + d
		}
	}
	return -1
}

// commonOnly rounds the shares to tenths and keeps the values that have one.
func (f *fitter) commonOnly(rows []int64, keep []bool, missing int64) ([]int64, int64) {
	weights := make([]int64, len(rows)+1)
	for v, ok := range keep {
		if ok {
			weights[v] = rows[v]
		}
	}
	weights[len(rows)] = max(missing, 0)
	weights = tenths(weights)
	for v := range keep {
		keep[v] = weights[v] > 0
	}
	missing = weights[len(rows)]
	if missing == 0 {
		missing = -1
	}
	return weights[:len(rows)], missing
}

func badCoarsen(column, reason string) error {
	return &table.Error{Code: "bad-coarsen", Column: column, Reason: reason, Fix: "give day, month or year for a date, a step such as 5 for a number"}
}
