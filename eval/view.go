package eval

import (
	"math"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// A view is the tables as the checks see them: one schema, that of the real table, serves all, columns are matched by name,
// and a value has the same code in each of them.
type view struct {
	opt     Options
	columns []column // of the real table, in its order, less those that are dropped
	// all is the real table and result the one that is judged. learned are the people that the judged model saw, trial its
	// rows, held people whom it never saw (nil if there are none). Without a twin learned is all and trial is result.
	all, learned, held, result, trial *side
	person                            string   // name of the column that says whom a row is about, or ""
	rowsEach                          float64  // rows that a real person has, on average
	made                              bool     // by cohort.Make, so that a breach is a defect
	notes                             []string // sentences that go with the verdict
	drawn                             []PairLikeness
	reasons                           []Reason // what explain found
}

// A column is one column of the real table.
type column struct {
	name    string
	schema  *table.Column
	learned bool     // takes part in comparisons; ids, texts, the person column and blanks do not
	filled  bool     // the maker of the result says that it was
	own     bool     // of people with several rows: each value is one person's, so that it tells who they are
	number  bool     // cells may be numbers (dates are seconds)
	label   []string // by code: "" for MISSING, then marks, values and texts
	known   int32    // codes from here on are in no cell of the real table: unseen categories, text among numbers
	missing bool     // the real table has missing cells
	low     float64  // smallest and largest number of the real table; both 0 if there is none
	high    float64
}

// A side is one table in the codes of the view.
type side struct {
	table   *table.Table
	rows    int
	person  []int32 // of each row
	persons int
	cells   []cells // by column of the view
	absent  []bool  // by column of the view: the table has no such column; its cells are all missing
}

// cells are one column of one table.
type cells struct {
	num  []float64 // NaN where the cell is no number; nil if the column has none
	code []int32   // -1 a number, 0 MISSING, others index column.label
}

// none says that a cell is missing, isNumber that its value is in num.
const (
	none     int32 = 0
	isNumber int32 = -1
)

// newView brings the tables under the schema of actual. A learned column that one of them lacks is an error.
func newView(actual, fake *table.Table, opt Options) (*view, error) {
	v := &view{opt: opt, made: opt.Twin != nil, person: actual.Schema().Person}
	var written []*table.Schema
	if fake != nil {
		written = append(written, fake.Schema())
	}
	if opt.Twin != nil {
		written = append(written, opt.Twin.Rows.Schema())
	}
	v.addColumns(actual, written)
	if err := v.checkNames(actual.Schema()); err != nil {
		return nil, err
	}
	tables := []*table.Table{actual, nil, opt.Holdout, fake, nil}
	roles := []string{"the real table", "the people learned", "the people set aside", "the synthetic table", "the trial's table"}
	if opt.Twin != nil {
		tables[1], tables[4] = opt.Twin.Learned, opt.Twin.Rows
	}
	sides := make([]*side, len(tables))
	for i, t := range tables {
		if t == nil {
			continue
		}
		if err := v.sameColumns(t, roles[i]); err != nil {
			return nil, err
		}
		sides[i] = v.newSide(t)
		if i == 0 {
			v.closeKnown(sides[0])
			v.rowsEach = float64(sides[0].rows) / float64(max(sides[0].persons, 1))
		}
	}
	v.all, v.learned, v.held, v.result, v.trial = sides[0], sides[1], sides[2], sides[3], sides[4]
	if v.learned == nil {
		v.learned, v.trial = v.all, v.result
	}
	return v, nil
}

// addColumns describes the columns of s. What the maker says it filled, in the table or in the trial's, tells nothing about
// the real column. A table of unknown making may have texts in any column: there only what nobody could learn counts as filled.
func (v *view) addColumns(t *table.Table, written []*table.Schema) {
	s := t.Schema()
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Treat == table.Drop {
			continue
		}
		filled := false
		for _, w := range written {
			if f := findColumn(w, c.Name); f >= 0 {
				filled = filled || w.Columns[f].Treat == table.Invent || w.Columns[f].Treat == table.Blank
			}
		}
		filled = filled && (v.made || !shared(t, i))
		own := ownValues(t, i)
		v.columns = append(v.columns, column{
			name:    c.Name,
			schema:  c,
			learned: c.Kind != table.ID && c.Kind != table.Text && c.Treat == table.Learn && c.Name != s.Person && !filled && !own,
			number:  isNumeric(c.Kind),
			filled:  filled,
			own:     own,
			label:   append([]string{""}, c.Marks...),
		})
		if !isNumeric(c.Kind) {
			last := &v.columns[len(v.columns)-1]
			last.label = append(last.label[:1], c.Values...)
		}
	}
}

// ownValues tells whether the values of a closed set belong to one person each, as a name does that stands in each of its
// person's rows. Where every person has one row such a column is an id or a text already.
func ownValues(t *table.Table, col int) bool {
	persons, n := t.Persons()
	if c := &t.Schema().Columns[col]; n == t.Rows() || isNumeric(c.Kind) || c.Name == t.Schema().Person {
		return false
	}
	holder := make(map[int32]int32)
	several := make(map[int32]bool)
	for r, code := range t.Codes(col) {
		if code < 0 {
			continue
		}
		if p, ok := holder[code]; ok && p != persons[r] {
			several[code] = true
		}
		holder[code] = persons[r]
	}
	return len(holder) >= fewestOwn && float64(len(several)) <= (1-ownShare)*float64(len(holder))
}

// shared tells whether a column has a value that several persons have, so that it can be learned.
func shared(t *table.Table, col int) bool {
	if isNumeric(t.Schema().Columns[col].Kind) {
		return true
	}
	persons, _ := t.Persons()
	holders := make(map[int32]map[int32]bool)
	for r, code := range t.Codes(col) {
		if code < 0 {
			continue
		}
		if holders[code] == nil {
			holders[code] = make(map[int32]bool)
		}
		if holders[code][persons[r]] = true; len(holders[code]) >= leastShared {
			return true
		}
	}
	return false
}

func isNumeric(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

func findColumn(s *table.Schema, name string) int {
	return slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == name })
}

// checkNames refuses names in the options that the real table does not have.
func (v *view) checkNames(s *table.Schema) error {
	names := append(slices.Clone(v.opt.Known), v.opt.Sensitive...)
	if v.opt.Target != "" {
		names = append(names, v.opt.Target)
	}
	for _, name := range names {
		if _, err := s.Column(name); err != nil {
			return err
		}
	}
	return nil
}

// sameColumns refuses a table that lacks learned columns, and tells of others that it lacks or has beyond.
func (v *view) sameColumns(t *table.Table, role string) error {
	var lacks, lacksToo []string
	for _, c := range v.columns {
		switch {
		case findColumn(t.Schema(), c.name) >= 0:
		case c.learned:
			lacks = append(lacks, c.name)
		default:
			lacksToo = append(lacksToo, c.name)
		}
	}
	if len(lacks) > 0 {
		return &table.Error{
			Code: "other-columns", Column: lacks[0],
			Reason: role + " has no column " + quoted(lacks),
			Fix:    "give both tables the same names in the header; their order does not matter",
		}
	}
	if len(lacksToo) > 0 {
		v.warn(role+" has no column "+quoted(lacksToo), lacksToo[0], "it is left out of the checks")
	}
	var more []string
	for i := range t.Schema().Columns {
		name := t.Schema().Columns[i].Name
		if t.Schema().Columns[i].Treat != table.Drop && !slices.ContainsFunc(v.columns, func(c column) bool { return c.name == name }) {
			more = append(more, name)
		}
	}
	if len(more) > 0 {
		v.warn(role+" has further columns: "+quoted(more), more[0], "they are left out of the checks")
	}
	return nil
}

func (v *view) warn(reason, column, fix string) {
	if v.opt.Warn != nil {
		v.opt.Warn(&table.Error{Code: "other-columns", Column: column, Reason: reason, Fix: fix})
	}
}

// quoted lists names in quotes, at most five.
func quoted(names []string) string {
	more := ""
	if len(names) > 5 {
		names, more = names[:5], " and more"
	}
	return `"` + strings.Join(names, `", "`) + `"` + more
}

// closeKnown notes what the real table has, after its cells and before those of any other table.
func (v *view) closeKnown(s *side) {
	for i := range v.columns {
		c := &v.columns[i]
		c.known = int32(len(c.label))
		c.missing = slices.Contains(s.cells[i].code, none)
		c.low, c.high = math.Inf(1), math.Inf(-1)
		for _, x := range s.cells[i].num {
			if !math.IsNaN(x) {
				c.low, c.high = math.Min(c.low, x), math.Max(c.high, x)
			}
		}
		if c.low > c.high {
			c.low, c.high = 0, 0
		}
	}
}

// learnedColumns lists the columns that comparisons take.
func (v *view) learnedColumns() []int {
	var cols []int
	for i, c := range v.columns {
		if c.learned {
			cols = append(cols, i)
		}
	}
	return cols
}

// named lists the columns of the given names that are learned, or if names is nil those that pass.
func (v *view) named(names []string, pass func(c *column) bool) []int {
	var cols []int
	for i := range v.columns {
		c := &v.columns[i]
		if c.learned && (names == nil && pass(c) || slices.Contains(names, c.name)) {
			cols = append(cols, i)
		}
	}
	return cols
}

// knownColumns are those that outsiders may know.
func (v *view) knownColumns() []int {
	return v.named(v.opt.Known, func(c *column) bool {
		k := c.schema.Kind
		return (k == table.Category || k == table.Ordered || k == table.Date) && c.name != v.opt.Target
	})
}

// sensitiveColumns are those that outsiders may want to guess.
func (v *view) sensitiveColumns() []int {
	return v.named(v.opt.Sensitive, func(c *column) bool {
		return c.schema.Kind == table.Category || c.schema.Kind == table.Ordered
	})
}
