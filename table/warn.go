package table

import (
	"slices"
	"strconv"
	"strings"
)

// warnColumn says what a person should look at in one column.
func (rd *reader) warnColumn(p *profile, c *Column) {
	warn := func(code, reason, fix string) {
		rd.opt.warn(&Error{Code: code, Column: c.Name, Reason: reason, Fix: fix})
	}
	if p.doubt != "" && c.Kind == Date && p.given.Kind == Auto {
		warn("ambiguous-date", p.doubt, "if that is wrong, name its kind date and its layout m/d/y or d/m/y")
	}
	if rd.rows == 0 {
		return
	}
	switch {
	case p.values == 0:
		warn("gaps-over-half", "no row has a value", "leave the column out, or keep it empty")
	case p.gaps > rd.rows/2:
		warn("gaps-over-half", percent(p.gaps, rd.rows)+" of the rows have no value", "look whether that is right, or leave the column out")
	}
	if p.values == 1 && p.gaps == 0 && rd.rows > 1 && p.given.Kind == Auto {
		warn("constant-column", "all rows have the same value", "leave the column out if it tells nothing")
	}
	repeats := p.cells - p.values
	switch {
	case p.given.Kind != Auto:
	case c.Kind == Whole && p.values == p.cells && p.cells >= 20:
		warn("all-different", "all numbers differ, and nothing says that they are ids. They are learned as numbers",
			"if they tell people apart, name the kind id")
	case (c.Kind == Whole || c.Kind == Category) && p.namesThings(c.Kind):
		warn("repeated-id", "its header says that it names persons or things, and its values repeat. They are learned, so real ones are written",
			"if the column says whom a row is about, name it as the person; else its kind id or text has them made anew")
	case c.Kind == ID && repeats > 0:
		n := p.repeated()
		verb := " have"
		if n == 1 {
			verb = " has"
		}
		warn("repeated-id", plural(n, "id")+verb+" more than one row", "if the column says whom a row is about, name it as the person")
	case c.Kind == Text && repeats*5 > p.cells:
		warn("text-repeats", percent(repeats, p.cells)+" of the texts repeat an earlier one. They are invented, not learned",
			"if they are a closed set, name the kind category")
	}
}

// nameWords in a header say that the column names persons.
var nameWords = [...]string{"name", "names", "fullname", "surname", "forename", "firstname", "lastname", "student", "pupil", "learner",
	"teacher", "parent", "email", "mail", "phone", "schüler", "schülerin", "vorname", "nachname", "lehrer", "lehrerin", "élève",
	"prénom", "nom", "alumno", "alumna", "nombre", "apellido", "apellidos"}

// namesThings tells whether values that repeat look like the ids or names of persons with several rows each: there are many,
// and a word in the header says so. Numbers must have one length of four digits and more.
func (p *profile) namesThings(k Kind) bool {
	if p.values < 20 || p.values >= p.cells {
		return false
	}
	if k == Whole {
		s := p.stats()
		return idWord(p.name) && s.fixed && s.width >= 4
	}
	return idWord(p.name) || slices.ContainsFunc(headerWords(p.name), func(w string) bool { return slices.Contains(nameWords[:], w) })
}

// repeated counts the texts that more than one row has.
func (p *profile) repeated() (n int) {
	p.each(func(_ int, _ string, cells int) {
		if cells > 1 {
			n++
		}
	})
	return n
}

// warnPersons says which columns have one value in all rows of a person: rows are learned one by one, so that made-up
// persons may have several.
func (rd *reader) warnPersons(t *Table) {
	if t.schema.Person == "" || rd.opt.Warn == nil {
		return
	}
	person, persons := t.Persons()
	if persons == t.rows {
		return
	}
	var names []string
	for i := range t.cols {
		if c := &t.schema.Columns[i]; c.Name != t.schema.Person && c.Kind != ID && c.Kind != Text && t.cols[i].followsPerson(person, persons) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	verb := " has"
	if len(names) > 1 {
		verb = " have"
	}
	rd.opt.warn(&Error{Code: "one-value-per-person", Column: names[0],
		Reason: list(names) + verb + " one value in all rows of a person. Rows are made one by one, so that in the result the rows of a person may differ in it",
		Fix:    "do not read the rows of one invented person as a history"})
}

// followsPerson tells whether all rows of a person have the same cell, in a column with more than one.
func (c *column) followsPerson(person []int32, persons int) bool {
	value := func(row int) int64 {
		if c.nums != nil {
			return c.nums[row]
		}
		return int64(c.codes[row])
	}
	seen := make([]bool, persons)
	first := make([]int64, persons)
	for row, p := range person {
		switch v := value(row); {
		case !seen[p]:
			seen[p], first[p] = true, v
		case first[p] != v:
			return false
		}
	}
	return len(first) > 0 && slices.Min(first) != slices.Max(first)
}

// totalWords begin the name of a row that adds up the others.
var totalWords = [...]string{"total", "totals", "grand total", "sum", "average", "mean", "overall", "gesamt", "summe", "totaux"}

// warnOddRows asks about a first row that may be a second header and a last one that may be a total. Neither is left out:
// that is for a person to say.
func (rd *reader) warnOddRows(t *Table) {
	if t.rows < 3 || rd.opt.Warn == nil {
		return
	}
	numbers, marks := 0, 0
	for i := range t.cols {
		if c := &t.cols[i]; t.schema.Columns[i].Kind.numeric() {
			numbers++
			if n := c.nums[0]; n != noNumber && n < lowestNumber && !slices.Contains(c.nums[1:], n) {
				marks++
			}
		}
	}
	if marks > 0 && marks*2 >= numbers || t.namesHeader() {
		rd.opt.warn(&Error{Code: "second-header", Line: rd.line(0), Reason: "the row under the header may be a second header: it has words where all others have numbers, or says points or units",
			Fix: "skip this line if it is no person"})
	}
	for i := range t.cols {
		text, _ := t.Cell(t.rows-1, i)
		if slices.Contains(totalWords[:], strings.TrimRight(strings.ToLower(trim(text)), ":")) && !t.cols[i].common(t.rows-1) {
			rd.opt.warn(&Error{Code: "total-row", Line: rd.line(t.rows - 1), Column: t.schema.Columns[i].Name, Reason: "the last row may add up the others",
				Fix: "skip this line if it is no person"})
			return
		}
	}
}

// headerTexts are what gradebooks and instruments write under a header.
var headerTexts = [...]string{"points possible", "possible points", "max points", "maximum points", "out of", "units", "unit"}

// namesHeader tells whether the first row says, in a cell that no other row has, that it is about the columns.
func (t *Table) namesHeader() bool {
	for i := range t.cols {
		text, _ := t.Cell(0, i)
		if !slices.Contains(headerTexts[:], strings.TrimRight(strings.ToLower(trim(text)), ":")) {
			continue
		}
		if c := &t.cols[i]; c.nums != nil && !slices.Contains(c.nums[1:], c.nums[0]) || c.nums == nil && !slices.Contains(c.codes[1:], c.codes[0]) {
			return true
		}
	}
	return false
}

// common tells whether a cell is like that of another row.
func (c *column) common(row int) bool {
	if c.nums != nil {
		return slices.Contains(c.nums[:row], c.nums[row])
	}
	return slices.Contains(c.codes[:row], c.codes[row])
}

// Line lists in warnings stay short.
const listedLines = 10

// lineList writes "line 19" or "lines 19, 804 and others".
func lineList(rejected []Rejected) string {
	if len(rejected) == 1 {
		return "line " + strconv.FormatInt(rejected[0].Line, 10)
	}
	text := "lines "
	for i, r := range rejected[:min(len(rejected), listedLines)] {
		if i > 0 {
			text += ", "
		}
		text += strconv.FormatInt(r.Line, 10)
	}
	if len(rejected) > listedLines {
		text += " and others"
	}
	return text
}
