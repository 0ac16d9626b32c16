package table

import (
	"math"
	"slices"
	"strings"
)

// numberStats tell how the cells of a column read as numbers under one decimal mark.
type numberStats struct {
	decimal  byte
	cells    int
	distinct int
	percents int // cells with a percent sign
	zeros    int // with needless zeros in front
	long     int // of digits alone, but too many
	points   int // with a decimal mark
	bare     int // with nothing before it
	small    int // without any mark, below 1000
	large    int // without any mark, 1000 or more
	whole    bool
	fixed    bool // all have as many digits
	width    int
	most     int     // places that are not zero
	largest  float64 // absolute
	exact    [20]int // cells by places, the last of which is not zero
	padded   [20]int // cells by places written, with zeros at the end
	groups   []tally[rune]
	around   []tally[[2]string] // what stands before and behind
}

// A tally counts how often something was met.
type tally[T comparable] struct {
	what T
	n    int
}

func count[T comparable](t []tally[T], what T, n int) []tally[T] {
	for i := range t {
		if t[i].what == what {
			t[i].n += n
			return t
		}
	}
	if len(t) == 16 { // odd ones out; the frequent ones come early
		return t
	}
	return append(t, tally[T]{what, n})
}

// commonest gives what was met most often, the first of equals; zero if nothing was.
func commonest[T comparable](t []tally[T]) (what T, n int) {
	for _, x := range t {
		if x.n > n {
			what, n = x.what, x.n
		}
	}
	return what, n
}

// findNumbers fills the statistics for both decimal marks. Texts without any mark read the same under both.
// scratch is room to sort in, given back grown.
func (p *profile) findNumbers(scratch []int64) []int64 {
	for i, decimal := range []byte{'.', ','} {
		p.numbers[i] = numberStats{decimal: decimal, whole: true, fixed: true}
	}
	marked := false
	scratch = p.col.runs(scratch, func(v int64, n int) {
		q := unpack(v)
		for i, decimal := range []byte{'.', ','} {
			if q.written == 0 || p.col.mark == decimal {
				p.numbers[i].add(q, n)
			}
		}
		p.cells += n
		p.values++
		marked = marked || q.written > 0
	})
	p.each(func(_ int, text string, n int) {
		p.numbers[0].addText(text, n)
		marked = marked || strings.IndexByte(text, '.') >= 0 || strings.IndexByte(text, ',') >= 0
	})
	if marked {
		p.each(func(_ int, text string, n int) { p.numbers[1].addText(text, n) })
		return scratch
	}
	p.numbers[1] = p.numbers[0]
	p.numbers[1].decimal = ','
	return scratch
}

func (s *numberStats) addText(text string, n int) {
	switch q, ok := parseNumber(text, s.decimal); {
	case ok:
		s.add(q, n)
	case q.long:
		s.long += n
	}
}

func (s *numberStats) add(q parsed, n int) {
	s.cells += n
	s.distinct++
	if isPercent(q.suffix) {
		s.percents += n
	}
	if q.zeros {
		s.zeros += n
	}
	switch {
	case q.bare:
		s.bare += n
		fallthrough
	case q.written > 0:
		s.points += n
	case q.group != 0:
	case q.width <= 3:
		s.small += n
	default:
		s.large += n
	}
	if q.group != 0 {
		s.groups = count(s.groups, q.group, n)
	}
	if s.width == 0 {
		s.width = q.width
	}
	s.fixed = s.fixed && q.width == s.width && q.written == 0 && q.group == 0
	s.whole = s.whole && q.places == 0
	s.most = max(s.most, q.places)
	s.largest = max(s.largest, math.Abs(float64(q.value)/pow10[q.places]))
	if q.plain {
		if w := min(q.written, 19); q.written > q.places {
			s.padded[w] += n
		} else {
			s.exact[w] += n
		}
	}
	s.around = count(s.around, [2]string{q.prefix, q.suffix}, n)
}

func isPercent(suffix string) bool {
	for i := range len(suffix) {
		if suffix[i] == '%' {
			return true
		}
	}
	return false
}

// settleDecimal decides which of comma and point is the decimal mark, for the file by the columns that leave no doubt,
// and for each column: its own if it has one, else the file's.
func (rd *reader) settleDecimal(profiles []*profile) {
	votes := [2]int{}
	doubt := make([]bool, len(profiles))
	for i, p := range profiles {
		p.comma, doubt[i] = p.ownDecimal()
		if s := &p.numbers[max(p.comma, 0)]; p.comma >= 0 && !doubt[i] && s.cells*2 > p.cells {
			votes[p.comma]++
		}
	}
	file := 0
	switch d := rd.opt.Dialect.Decimal; {
	case d == ',' || d == 0 && votes[1] > votes[0]:
		file = 1
	case d == 0 && votes[0] == 0:
		for i, p := range profiles {
			if doubt[i] {
				file = p.guessDecimal(rd.dialect.Comma)
				break
			}
		}
	}
	rd.dialect.Decimal = []rune{'.', ','}[file]
	var groups []tally[rune]
	for _, p := range profiles {
		if p.comma < 0 || rd.opt.Dialect.Decimal != 0 {
			p.comma = file
		}
		if p.col.wide && p.col.mark != 0 && p.col.mark != p.stats().decimal {
			p.narrow()
			p.findNumbers(nil)
		}
		if s := p.stats(); s.cells*2 > p.cells {
			for _, g := range s.groups {
				groups = count(groups, g.what, g.n)
			}
		}
	}
	if rd.dialect.Thousand == 0 {
		rd.dialect.Thousand, _ = commonest(groups)
	}
	if rd.dialect.Thousand == rd.dialect.Decimal {
		rd.dialect.Thousand = 0
	}
}

func (p *profile) stats() *numberStats { return &p.numbers[p.comma] }

// ownDecimal gives the decimal mark under which more cells are numbers: 0 for a point, 1 for a comma, -1 if they are the
// same. doubt is true if both readings are possible and differ.
func (p *profile) ownDecimal() (comma int, doubt bool) {
	point, mark := &p.numbers[0], &p.numbers[1]
	switch {
	case point.cells > mark.cells:
		return 0, false
	case mark.cells > point.cells:
		return 1, false
	}
	return -1, point.points > 0 || mark.points > 0
}

// guessDecimal settles "1.234" and "1,234" where no column of the file tells. If numbers below 1000 stand without a mark
// and none above does, the mark parts thousands. Else a comma between fields makes a comma in a cell part thousands.
func (p *profile) guessDecimal(fields rune) int {
	point, mark := &p.numbers[0], &p.numbers[1]
	thousands := point.small > 0 && point.large == 0
	if point.points > 0 { // the mark met is a point
		if thousands {
			return 1
		}
		return 0
	}
	if thousands || mark.points == 0 || fields == ',' {
		return 0
	}
	return 1
}

// isNumber tells whether text is a number of the column: with a percent sign if most have one.
func (p *profile) isNumber(text string) bool {
	s := p.stats()
	q, ok := parseNumber(text, s.decimal)
	return ok && isPercent(q.suffix) == (s.percents*2 > s.cells)
}

// chooseNumber takes the column as numbers if all cells are, or all but marks. Codes with zeros in front are no numbers,
// nor are those too long for exact arithmetic.
func (p *profile) chooseNumber() bool {
	s := p.stats()
	if s.long > 0 || s.zeros > 0 && (s.fixed && s.width > 1 || s.zeros*20 >= s.cells) {
		return false
	}
	n, distinct := s.cells, s.distinct
	if minor := min(s.percents, s.cells-s.percents); minor > 0 {
		p.narrow()
		n, distinct = 0, 0
		p.each(func(_ int, text string, cells int) {
			if p.isNumber(text) {
				n += cells
				distinct++
			}
		})
	}
	if !p.few(n, distinct, p.isNumber) {
		return false
	}
	if len(p.marks) > 0 && distinct <= 20 && p.openEnded() || s.whole && p.chooseNumberID() {
		return p.kind != Auto
	}
	p.kind = Decimal
	if s.whole {
		p.kind = Whole
	}
	switch {
	case len(p.marks) > 0:
		p.why = percent(n, p.cells) + " numbers"
	case s.whole:
		p.why = "whole numbers"
	case s.most == 1:
		p.why = "numbers, 1 place"
	default:
		p.why = "numbers, " + plural(s.most, "place")
	}
	return true
}

// openEnded makes a scale of few numbers with open ends ("0", "1", "2", "3+").
func (p *profile) openEnded() bool {
	for _, m := range p.marks {
		if !isBound(m) {
			return false
		}
	}
	order, why := orderValues(p.sorted())
	if order == nil {
		return false
	}
	p.kind, p.order, p.why = Ordered, order, plural(p.values, "value")+", "+why
	return true
}

// numberGrid gives the finest grid that the numbers need and that leaves room for the largest, and how they are written.
func (p *profile) numberGrid(d *Dialect) (grid, numberFormat) {
	s := p.stats()
	decimals := s.most
	for decimals > 0 && s.largest*pow10[decimals] >= math.MaxInt64/2 {
		decimals--
	}
	g := grid{unit: 1, decimals: decimals}
	g.unit = p.commonUnit(g)
	g = newGrid(g.step())
	return g, s.format(d)
}

// commonUnit gives the largest usual step, in multiples of g, that divides all numbers. Ten different ones must show it,
// but whole numbers written with zeros behind the point are whole at once.
func (p *profile) commonUnit(g grid) int64 {
	if p.stats().distinct < 10 {
		return 1
	}
	all := int64(0)
	s := p.stats()
	for _, chunk := range p.col.packed {
		for _, v := range chunk {
			if _, text := packedCode(v); !text && all != 1 {
				q := unpack(v)
				n, _ := onGrid(q.value, q.places, g)
				all = gcd(all, int64(magnitude(n)))
			}
		}
	}
	p.each(func(_ int, text string, _ int) {
		if all == 1 {
			return
		}
		if q, ok := parseNumber(text, s.decimal); ok {
			n, _ := onGrid(q.value, q.places, g)
			all = gcd(all, int64(magnitude(n)))
		}
	})
	unit := int64(1)
	for power := int64(1); power <= 1_000_000; power *= 10 {
		for _, m := range []int64{1, 2, 5, 25} {
			// 2 and 0.2 are no usual steps, 20 and 200 are: ten even numbers are soon met by chance.
			if m == 2 && power/int64(upow10[g.decimals]) < 10 {
				continue
			}
			if u := m * power; all != 0 && all%u == 0 && u > unit {
				unit = u
			}
		}
	}
	return unit
}

// format gives the way in which most of the numbers are written.
func (s *numberStats) format(d *Dialect) numberFormat {
	f := newNumberFormat(&Column{Layout: "0"}, d)
	best := -1
	for places := range 19 {
		n := s.padded[places]
		for i := places; i < 20; i++ {
			n += s.exact[i]
		}
		// Numbers that all have as many places are not taken to be shortened.
		if n > best || n == best && s.exact[places] == n && n > 0 {
			f.places, best = places, n
		}
	}
	around, _ := commonest(s.around)
	f.prefix, f.suffix = around[0], around[1]
	if isPercent(f.suffix) != (s.percents*2 > s.cells) { // a rare case of many ways to write few percents
		for _, t := range s.around {
			if isPercent(t.what[1]) == (s.percents*2 > s.cells) {
				f.prefix, f.suffix = t.what[0], t.what[1]
				break
			}
		}
	}
	_, grouped := commonest(s.groups)
	f.grouped = grouped > s.large && d.Thousand != 0
	f.bare = s.bare > 0 && s.bare*2 > s.points-s.bare && s.most > 0
	return f
}

// numberCells turns the distinct texts into multiples of the grid. canonical tells which would be written as they stand.
func (p *profile) numberCells(g grid, f *numberFormat) (values []int64, canonical []bool) {
	s := p.stats()
	values, canonical = make([]int64, len(p.gap)), make([]bool, len(p.gap))
	var b []byte
	for i, gap := range p.gap {
		text := p.text(i)
		switch q, ok := parseNumber(text, s.decimal); {
		case gap:
			values[i], canonical[i] = noNumber, text == p.missing[0]
		case ok && isPercent(q.suffix) == (s.percents*2 > s.cells):
			values[i] = nearestOnGrid(q, g)
			b = f.append(b[:0], values[i], g)
			canonical[i] = string(b) == text
		default:
			values[i], canonical[i] = p.mark(text)
		}
	}
	return values, canonical
}

// mark gives the cell of a text that is a mark.
func (p *profile) mark(text string) (value int64, canonical bool) {
	trimmed := trim(text)
	i, _ := slices.BinarySearch(p.marks, trimmed)
	return noNumber + 1 + int64(i), text == trimmed
}

// nearestOnGrid rounds a number to a multiple of g. Numbers are off the grid only where they have more places than an
// int64 holds, or where a coarser step is given.
func nearestOnGrid(q parsed, g grid) int64 {
	floor, ceil := onGrid(q.value, q.places, g)
	if floor == ceil {
		return floor
	}
	low := float64(q.value)/pow10[q.places] - g.float(floor)
	if low*2 < g.step() {
		return floor
	}
	return ceil
}
