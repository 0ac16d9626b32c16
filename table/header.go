package table

import (
	"slices"
	"strconv"
	"strings"
)

// checkHeader asks for a name for every column, and for different ones. Columns at the end without a name and without
// any cell are left out, with a warning: spreadsheets write them. So is a first one without a name that numbers the rows: pandas writes it.
func (rd *reader) checkHeader() error {
	if len(rd.header) == 0 {
		return &Error{Code: "empty-header", Reason: "the table has no columns", Fix: "give it a header"}
	}
	// A byte order mark behind blank lines is no name. Written first, it would be read as the mark.
	rd.header[0] = strings.TrimLeft(rd.header[0], "\ufeff")
	last := len(rd.header)
	for last > 1 && trim(rd.header[last-1]) == "" && rd.empty(last-1) {
		last--
	}
	if dropped := len(rd.header) - last; dropped > 0 {
		rd.opt.warn(&Error{Code: "empty-column", Reason: plural(dropped, "column") + " at the end, without a name and without any value, left out",
			Fix: "delete them in the spreadsheet, or give them names"})
		rd.header, rd.cols = rd.header[:last], rd.cols[:last]
	}
	if len(rd.header) > 1 && trim(rd.header[0]) == "" && rd.numbersRows(0) {
		rd.opt.warn(&Error{Code: "index-column", Reason: "the first column has no name and only numbers the rows: left out", Fix: "give it a name if it means something"})
		rd.header, rd.cols = rd.header[1:], rd.cols[1:]
	}
	var unnamed, twice []string
	for i, name := range rd.header {
		switch {
		case trim(name) == "":
			unnamed = append(unnamed, strconv.Itoa(i+1))
		case slices.Contains(rd.header[:i], name):
			twice = append(twice, rd.headerText(i))
		}
	}
	if len(unnamed) > 0 {
		e := &Error{Code: "empty-header", Line: rd.headerLine(), Reason: "column " + unnamed[0] + " has no name",
			Fix: "write a name into the header, or delete the column if it only counts the rows"}
		if len(unnamed) > 1 {
			e.Reason = "columns " + strings.Join(unnamed, ", ") + " have no names"
			e.Fix = "write names into the header; if there is a title above it, skip the title's line"
		}
		return e
	}
	if len(twice) == 0 {
		if rd.dataAsHeader() {
			rd.opt.warn(&Error{Code: "no-header", Line: rd.headerLine(), Reason: "many names in the header are numbers: the line may be a row of the table, and names are not made up",
				Fix: "if it is a row, put a line with the names of the columns above it"})
		}
		return nil
	}
	e := &Error{Code: "duplicate-column", Line: rd.headerLine(), Reason: "two columns have the name " + twice[0], Fix: "give every column a name of its own"}
	if len(twice) > 1 {
		e.Reason = "several columns have one of the names " + strings.Join(slices.Compact(twice), ", ")
	}
	if rd.dataAsHeader() {
		e.Reason = "the first line looks like a row of the table, not like names: it has numbers, and some twice"
		e.Fix = "put a line with the names of the columns above it"
	}
	return e
}

// headerText quotes a name for a message. A number may be a cell of a table without a header and is not shown.
func (rd *reader) headerText(i int) string {
	if _, ok := parseNumber(rd.header[i], '.'); ok {
		return "of column " + strconv.Itoa(i+1)
	}
	return strconv.Quote(rd.header[i])
}

// dataAsHeader tells whether a third of the names are numbers. Years are names as good as any.
func (rd *reader) dataAsHeader() bool {
	numbers := 0
	for _, name := range rd.header {
		if q, ok := parseNumber(name, '.'); ok && !(q.places == 0 && q.value >= 1900 && q.value < 2100) {
			numbers++
		}
	}
	return numbers > 0 && numbers*3 >= len(rd.header)
}

func (rd *reader) headerLine() int64 {
	if rd.s == nil {
		return 1
	}
	return rd.headerAt
}

// empty tells whether a column has nothing but blanks.
func (rd *reader) empty(col int) bool {
	d := rd.cols[col].dict
	if rd.cols[col].wide {
		return false
	}
	for i := range d.len() {
		if trim(d.text(i)) != "" {
			return false
		}
	}
	return true
}

// numbersRows tells whether the cells of a column are whole numbers and all different. Where there are so many that they are packed, they
// have to rise.
func (rd *reader) numbersRows(col int) bool {
	g, last := rd.cols[col], int64(-1)
	if rd.rows < 2 || g.dict.len()+len(g.packed) == 0 {
		return false
	}
	for _, chunk := range g.packed {
		for _, v := range chunk {
			if _, text := packedCode(v); text || v&31 != 0 || v <= last {
				return false
			}
			last = v
		}
	}
	if g.wide {
		return true
	}
	for i := range g.dict.len() {
		if q, ok := parseNumber(g.dict.text(i), '.'); !ok || q.places != 0 || q.value < 0 {
			return false
		}
	}
	return g.dict.len() == rd.rows
}

// findQuotes tells which quotes the file has that it would not need.
func (rd *reader) findQuotes() {
	all := len(rd.header) > 0 && !rd.headerPlain && rd.s != nil
	for _, c := range rd.cols {
		for _, f := range c.dict.flags {
			all = all && f == quotedFlag
		}
		all = all && c.packedFlags&plainFlag == 0
	}
	rd.dialect.QuoteHeader = !rd.headerPlain && !rd.headerNeeds && rd.s != nil
	needless := rd.dialect.QuoteHeader
	for _, c := range rd.cols {
		needless = needless || c.quoted(byte(rd.dialect.Comma))
	}
	if all && needless || rd.opt.Dialect.QuoteAll {
		rd.dialect.QuoteAll, rd.dialect.QuoteHeader = true, false
	}
}

// quoted tells whether all cells with a value stand in quotes, and at least one without need.
func (g *gather) quoted(comma byte) bool {
	needless := g.wide && g.mark != comma
	if g.packedFlags&plainFlag != 0 {
		return false
	}
	for i, f := range g.dict.flags {
		text := g.dict.text(i)
		if isMissingCode(trim(text)) {
			continue
		}
		if f&plainFlag != 0 {
			return false
		}
		needless = needless || !needsQuotes(text, comma)
	}
	return needless
}

func isMissingCode(trimmed string) bool { return slices.Contains(missingCodes[:], trimmed) }

// override takes over what the caller said of the columns.
func (rd *reader) override(s *Schema, profiles []*profile) error {
	given := rd.opt.Schema
	if given != nil {
		for _, c := range given.Columns {
			i, err := s.find(c.Name)
			if err != nil {
				return err
			}
			profiles[i].given = c
		}
		s.Person, s.Rules = given.Person, given.Rules
		if s.Person != "" {
			i, err := s.find(s.Person)
			if err != nil {
				return err
			}
			if p := profiles[i]; p.given.Kind == Auto {
				p.given.Kind, p.person = ID, true
			}
		}
		if err := given.checkRules(s); err != nil {
			return err
		}
	}
	var scratch []int64
	for i, p := range profiles {
		if p.given.Kind > Text {
			return badSchema(p.name, "its kind is no kind", "")
		}
		if k := p.given.Kind; k != Auto && k != Whole && k != Decimal || p.given.Missing != nil {
			p.narrow()
		}
		p.quoted = p.given.Quoted || !rd.dialect.QuoteAll && rd.s != nil && rd.cols[i].quoted(byte(rd.dialect.Comma))
		scratch = p.find(scratch)
	}
	return nil
}

// checkRules looks for the columns of the rules in the table's header.
func (s *Schema) checkRules(of *Schema) error {
	for _, r := range s.Rules {
		_, names := r.Terms()
		for _, name := range names {
			if _, err := of.find(name); err != nil {
				return err
			}
		}
	}
	return nil
}
