package table

import (
	"slices"
	"strconv"
	"strings"
)

// table turns what was gathered into typed columns.
func (rd *reader) table() (*Table, error) {
	if rd.s != nil && rd.s.read != nil {
		rd.s.read(0)
	}
	if err := rd.checkRoom(); err != nil {
		return nil, err
	}
	if err := rd.decodeTexts(); err != nil {
		return nil, err
	}
	if err := rd.checkHeader(); err != nil {
		return nil, err
	}
	rd.findQuotes()
	profiles := make([]*profile, len(rd.cols))
	for i, g := range rd.cols {
		g.dict.done()
		profiles[i] = newProfile(rd.header[i], g)
	}
	t := &Table{schema: &Schema{Columns: make([]Column, len(profiles))}, rows: rd.rows, rejected: rd.rejected}
	for i := range t.schema.Columns {
		t.schema.Columns[i].Name = rd.header[i]
	}
	if err := rd.override(t.schema, profiles); err != nil {
		return nil, err
	}
	rd.settleDecimal(profiles)
	rd.settleDates(profiles)
	t.schema.Dialect = rd.dialect
	for i, p := range profiles {
		p.choose()
		c, cells, err := rd.build(p)
		if err != nil {
			return nil, err
		}
		t.schema.Columns[i] = c
		t.cols = append(t.cols, cells)
		rd.warnColumn(p, &t.schema.Columns[i])
		profiles[i], rd.cols[i] = nil, nil
	}
	rd.warnPersons(t)
	rd.warnOddRows(t)
	return t, nil
}

// A profile is what is known of one column before its kind is settled.
type profile struct {
	name    string
	given   Column // what the caller said of it
	col     *gather
	count   []int32 // cells by code
	gap     []bool  // by code: spells "no value"
	cells   int     // with a value
	gaps    int
	values  int      // different ones
	missing []string // spellings of "no value", the most frequent first
	quoted  bool
	person  bool // an id because the caller named it as the person

	kind    Kind
	why     string
	numbers [2]numberStats // read with a decimal point, with a decimal comma
	comma   int            // which of the two
	dates   []dateFit
	marks   []string // sorted
	order   []string // of Ordered
	doubt   string   // of dates: what was decided without evidence
}

func newProfile(name string, g *gather) *profile {
	p := &profile{name: name, col: g, count: g.counts(), gap: make([]bool, g.dict.len())}
	p.given.Name = name
	return p
}

// find reads every distinct text once: as no value, as a number in both spellings, as a date. scratch is room to sort in,
// given back grown.
func (p *profile) find(scratch []int64) []int64 {
	p.findGaps()
	scratch = p.findNumbers(scratch)
	if p.given.Kind == Auto && !p.col.wide || p.given.Kind == Date {
		p.findDates()
	}
	if p.given.Kind == Date && p.given.Layout != "" {
		p.giveLayout()
	}
	return scratch
}

// narrow makes codes of the cells of a column that turns out to be no column of numbers.
func (p *profile) narrow() {
	if !p.col.wide {
		return
	}
	p.col.narrow()
	p.count, p.gap = p.col.counts(), make([]bool, p.col.dict.len())
	p.cells, p.gaps, p.values = 0, 0, 0
	p.findGaps()
}

// missingCodes spell "no value", with or without blanks around them: these and no others. A caller may name more.
var missingCodes = [...]string{"", "NA", "N/A", "NULL", "-", ".", "?"}

// findGaps settles which texts are no values.
func (p *profile) findGaps() {
	type spelling struct {
		text string
		n    int32
	}
	var met []spelling
	for i := range p.gap {
		text := p.text(i)
		if len(text) > 40 && p.given.Missing == nil {
			p.values++
			p.cells += int(p.count[i])
			continue
		}
		trimmed := trim(text)
		if isMissingCode(trimmed) || slices.Contains(p.given.Missing, text) || slices.Contains(p.given.Missing, trimmed) {
			p.gap[i] = true
			p.gaps += int(p.count[i])
			met = append(met, spelling{text, p.count[i]})
			continue
		}
		p.values++
		p.cells += int(p.count[i])
	}
	slices.SortStableFunc(met, func(a, b spelling) int {
		if a.n != b.n {
			return int(b.n) - int(a.n)
		}
		return strings.Compare(a.text, b.text)
	})
	p.missing = slices.Clone(p.given.Missing)
	for _, m := range met {
		if !slices.Contains(p.missing, m.text) {
			p.missing = append(p.missing, strings.Clone(m.text))
		}
	}
}

func (p *profile) text(code int) string { return p.col.dict.text(code) }

// each calls f with every distinct text that is a value, and its number of cells; not with packed numbers.
func (p *profile) each(f func(code int, text string, n int)) {
	for i, gap := range p.gap {
		if !gap {
			f(i, p.text(i), int(p.count[i]))
		}
	}
}

// choose settles the kind: as given, else numbers and dates before texts.
func (p *profile) choose() {
	if p.given.Kind != Auto {
		p.kind, p.why = p.given.Kind, "as you said"
		switch p.kind {
		case Whole, Decimal:
			p.collectMarks(p.isNumber, p.values)
		case Date:
			p.collectMarks(p.isDate, p.values)
		case Ordered:
			p.order, _ = orderValues(p.sorted())
		}
		return
	}
	if p.chooseDate() || p.chooseNumber() {
		return
	}
	p.narrow()
	switch {
	case p.values == 0:
		p.kind, p.why = Category, "no values"
	case p.chooseID(), p.chooseOrdered():
	case p.values*2 > p.cells && p.values > 10:
		p.kind, p.why = Text, percent(p.values, p.cells)+" differ"
	default:
		p.kind, p.why = Category, plural(p.values, "value")
	}
}

// chooseOrdered looks for a scale that is known, or for numbers in the texts.
func (p *profile) chooseOrdered() bool {
	if p.values < 3 || p.values > maxScale || p.values*2 > p.cells && p.values > 10 {
		return false
	}
	order, why := orderValues(p.sorted())
	if order == nil {
		return false
	}
	p.kind, p.order, p.why = Ordered, order, plural(p.values, "value")+", "+why
	return true
}

// sorted gives the distinct texts that are values in byte order, as copies.
func (p *profile) sorted() []string {
	out := make([]string, 0, p.values)
	p.each(func(_ int, text string, _ int) { out = append(out, strings.Clone(text)) })
	slices.Sort(out)
	return out
}

// collectMarks gathers the texts that are values but not of the kind, sorted and without blanks around them. It gives up
// when there are more than most.
func (p *profile) collectMarks(is func(text string) bool, most int) bool {
	p.marks = nil
	for i, gap := range p.gap {
		if text := p.text(i); !gap && !is(text) {
			if len(p.marks) == most {
				p.marks = nil
				return false
			}
			p.marks = append(p.marks, strings.Clone(trim(text)))
		}
	}
	slices.Sort(p.marks)
	p.marks = slices.Compact(p.marks)
	return true
}

// few tells whether the texts that are not of a kind may be marks in it: n cells of the kind with distinct different
// texts. Either nearly all cells are of the kind, or nearly all that differ are; and the rest repeats, or says "below" or
// "above" something.
func (p *profile) few(n, distinct int, is func(text string) bool) bool {
	rest, texts := p.cells-n, p.values-distinct
	if n == 0 || n*10 < p.cells*9 && (n*2 < p.cells || distinct*10 < p.values*9) {
		return false
	}
	if texts == 0 {
		return true
	}
	if texts > 5 && texts*2 > rest {
		bounds := 0
		p.each(func(_ int, text string, _ int) {
			if !is(text) && isBound(text) {
				bounds++
			}
		})
		if bounds < texts {
			return false
		}
	}
	return texts <= maxMarks && p.collectMarks(is, maxMarks)
}

// maxMarks bounds the marks of a column.
const maxMarks = 100

// isBound tells whether a text such as "<5", "> 100" or "90+" says below or above a number.
func isBound(text string) bool {
	text = trim(text)
	rest := trimLeft(strings.TrimLeft(text, "<>=\u2264\u2265"))
	if rest == text {
		rest = strings.TrimRight(text, "+")
	}
	if rest == text {
		return false
	}
	if _, ok := parseNumber(rest, '.'); ok {
		return true
	}
	_, ok := parseNumber(rest, ',')
	return ok
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes n as "12,345".
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes part of whole, rounded down, so that 100 % means all, but no part is none.
func percent(part, whole int) string {
	share := int(float64(part) / float64(max(whole, 1)) * 100)
	if part > 0 && share == 0 {
		return "under 1 %"
	}
	return strconv.Itoa(share) + " %"
}
