package table

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A numberFormat says how the numbers of a column are written: Column.Layout taken apart, with the marks of the dialect.
type numberFormat struct {
	prefix, suffix string // literal text around the number: leading blanks, "%"
	places         int    // the fewest places after the point
	grouped        bool   // thousands marks
	bare           bool   // ".5" and not "0.5"
	decimal        rune
	thousand       rune
}

// newNumberFormat reads the layout of column c; without one, numbers have the places of the step.
func newNumberFormat(c *Column, d *Dialect) numberFormat {
	f := numberFormat{decimal: d.Decimal, thousand: d.Thousand}
	if f.decimal == 0 {
		f.decimal = '.'
	}
	if f.thousand == 0 {
		f.thousand = ','
		if f.decimal == ',' {
			f.thousand = '.'
		}
	}
	if c.Layout == "" {
		f.places = min(newGrid(c.Step).decimals, 6)
		return f
	}
	first := strings.IndexAny(c.Layout, "#0.")
	if first < 0 {
		f.suffix = c.Layout
		return f
	}
	last := strings.LastIndexAny(c.Layout, "#0.") + 1
	f.prefix, f.suffix = c.Layout[:first], c.Layout[last:]
	whole, frac, _ := strings.Cut(c.Layout[first:last], ".")
	f.grouped = strings.Contains(whole, ",")
	f.bare = !strings.Contains(whole, "0") && strings.Contains(c.Layout[first:last], ".")
	f.places = strings.Count(frac, "0")
	return f
}

// layout is the way back from newNumberFormat; most is the largest number of places met.
func (f *numberFormat) layout(most int) string {
	whole := "0"
	switch {
	case f.bare:
		whole = "#"
	case f.grouped:
		whole = "#,##0"
	}
	most = max(most, f.places)
	if most > 0 {
		whole += "." + strings.Repeat("0", f.places) + strings.Repeat("#", most-f.places)
	}
	return f.prefix + whole + f.suffix
}

// append writes n multiples of g.
func (f *numberFormat) append(dst []byte, n int64, g grid) []byte {
	dst = append(dst, f.prefix...)
	v := n * g.unit
	if v < 0 {
		dst = append(dst, '-')
	}
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	scale := upow10[g.decimals]
	whole, frac := u/scale, u%scale
	digits, places := g.decimals, f.places
	for digits > places && frac%10 == 0 {
		frac /= 10
		digits--
	}
	if whole > 0 || !f.bare || max(digits, places) == 0 {
		dst = f.appendWhole(dst, whole)
	}
	if digits > 0 || places > 0 {
		dst = utf8.AppendRune(dst, f.decimal)
		for d := digits - 1; d >= 0; d-- {
			dst = append(dst, byte('0'+frac/upow10[d]%10))
		}
		for ; digits < places; digits++ {
			dst = append(dst, '0')
		}
	}
	return append(dst, f.suffix...)
}

// appendWhole writes the digits before the point.
func (f *numberFormat) appendWhole(dst []byte, whole uint64) []byte {
	if !f.grouped || whole < 1000 {
		return strconv.AppendUint(dst, whole, 10)
	}
	dst = f.appendWhole(dst, whole/1000)
	dst = utf8.AppendRune(dst, f.thousand)
	r := whole % 1000
	return append(dst, byte('0'+r/100), byte('0'+r/10%10), byte('0'+r%10))
}

// upow10[i] is 10^i.
var upow10 = func() (p [19]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

// wholeDigits is the most digits that a number may have before the point; longer ones are codes of something, and a
// float64 would not tell neighbours apart.
const wholeDigits = 15

// parsed is a number as a cell spells it: value * 10^-places.
type parsed struct {
	value   int64
	places  int    // without zeros at the end; 0 to 18
	written int    // places as written
	prefix  string // blanks in front
	suffix  string // blanks and percent sign behind
	group   rune   // the thousands mark, 0 for none
	zeros   bool   // needless zeros in front: "007"
	bare    bool   // no digit before the point
	plain   bool   // nothing unusual: no plus, exponent, minus zero or rounding
	long    bool   // more than wholeDigits before the point: no number at all
	width   int    // digits before the point
}

// parseNumber reads text as a number with the decimal mark given, the dialect's other marks parting thousands. If p.long
// is true, ok is false, but the text consists of digits.
func parseNumber(text string, decimal byte) (p parsed, ok bool) {
	body := trimLeft(text)
	p.prefix = text[:len(text)-len(body)]
	end := len(trimRight(body))
	if end > 0 && body[end-1] == '%' {
		end = len(trimRight(body[:end-1]))
	}
	body, p.suffix = body[:end], body[end:]
	p.plain = true
	negative := false
	if body != "" && (body[0] == '-' || body[0] == '+') {
		negative = body[0] == '-'
		p.plain = negative
		body = body[1:]
	} else if rest, cut := strings.CutPrefix(body, "\u2212"); cut {
		negative, p.plain, body = true, false, rest
	}
	if body == "" || len(body) > 400 || !(isDigit(body[0]) || body[0] == decimal) {
		return p, false
	}
	var m mantissa
	rest, ok := p.scanWhole(&m, body, decimal)
	if !ok {
		return p, false
	}
	if rest != "" && rest[0] == decimal {
		rest = p.scanPlaces(&m, rest[1:])
		if p.width == 0 && p.written == 0 {
			return p, false
		}
	}
	exponent := 0
	if rest != "" {
		if exponent, ok = scanExponent(rest); !ok {
			return p, false
		}
		p.plain = false
	}
	p.bare = p.width == 0
	return p, p.finish(m, exponent, negative)
}

// mantissa gathers the leading 18 digits of a number; dropped counts those before the point that did not fit.
type mantissa struct {
	value   uint64
	dropped int
	places  int
	full    bool // a digit did not fit
	half    bool // the first of those is 5 or more
	inexact bool // one of those is not 0
}

func (m *mantissa) add(d byte, afterPoint bool) {
	if m.value < 1e17 {
		m.value = m.value*10 + uint64(d-'0')
		if afterPoint {
			m.places++
		}
		return
	}
	if !m.full {
		m.full, m.half = true, d >= '5'
	}
	m.inexact = m.inexact || d != '0'
	if !afterPoint {
		m.dropped++
	}
}

// digits counts the significant ones.
func (m *mantissa) digits() (n int) {
	for n < len(upow10) && m.value >= upow10[n] {
		n++
	}
	return n
}

// scanWhole reads the digits before the point, parted into groups of three or not.
func (p *parsed) scanWhole(m *mantissa, s string, decimal byte) (rest string, ok bool) {
	inGroup, first := 0, true
	for s != "" {
		if isDigit(s[0]) {
			m.add(s[0], false)
			p.width++
			inGroup++
			s = s[1:]
			continue
		}
		r, size := groupMark(s, decimal)
		if size == 0 || len(s) == size || !isDigit(s[size]) {
			break
		}
		if p.group != 0 && p.group != r || first && (inGroup == 0 || inGroup > 3 || m.value == 0) || !first && inGroup != 3 {
			return s, false
		}
		p.group, first, inGroup = r, false, 0
		s = s[size:]
	}
	if !first && inGroup != 3 {
		return s, false
	}
	p.zeros = p.width > 1 && m.value < upow10[min(p.width, 19)-1]
	return s, true
}

// scanPlaces reads the digits after the point.
func (p *parsed) scanPlaces(m *mantissa, s string) (rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		m.add(s[i], true)
		i++
	}
	p.written = i
	if i == 0 {
		p.plain = false // "5."
	}
	return s[i:]
}

// scanExponent reads "E+11".
func scanExponent(s string) (exponent int, ok bool) {
	if len(s) < 2 || len(s) > 6 || (s[0] != 'e' && s[0] != 'E') {
		return 0, false
	}
	exponent, err := strconv.Atoi(s[1:])
	return exponent, err == nil
}

// finish puts value and places together.
func (p *parsed) finish(m mantissa, exponent int, negative bool) bool {
	if m.dropped > 0 || m.digits()-m.places+exponent > wholeDigits {
		p.long = m.value != 0
		if p.long {
			return false
		}
	}
	if m.half {
		m.value++
	}
	if m.inexact {
		p.plain = false
	}
	places := m.places - exponent
	for m.value != 0 && (places > 18 || places > 0 && m.value%10 == 0) {
		if places > 18 && m.value%10 != 0 {
			p.plain = false
		}
		m.value /= 10
		places--
	}
	for ; places < 0 && m.value != 0; places++ {
		m.value *= 10
	}
	if m.value == 0 {
		places = 0
		p.plain = p.plain && !negative
	}
	p.value, p.places = int64(m.value), places
	if negative {
		p.value = -p.value
	}
	return true
}

// trim takes off blanks: spaces, tabs, no-break spaces.
func trim(text string) string { return trimRight(trimLeft(text)) }

const (
	blanks    = " \t" + hardBlank
	hardBlank = "\u00a0"
)

func trimLeft(text string) string {
	for text != "" && (text[0] <= ' ' || text[0] == hardBlank[0]) {
		switch {
		case text[0] == ' ' || text[0] == '\t':
			text = text[1:]
		case strings.HasPrefix(text, hardBlank):
			text = text[len(hardBlank):]
		default:
			return text
		}
	}
	return text
}

func trimRight(text string) string {
	for text != "" {
		switch last := text[len(text)-1]; {
		case last == ' ' || last == '\t':
			text = text[:len(text)-1]
		case last == hardBlank[1] && strings.HasSuffix(text, hardBlank):
			text = text[:len(text)-len(hardBlank)]
		default:
			return text
		}
	}
	return text
}

func isDigit(c byte) bool { return c-'0' < 10 }

// groupMark tells whether s begins with a mark that may part thousands, and its length.
func groupMark(s string, decimal byte) (mark rune, size int) {
	switch c := s[0]; {
	case c == decimal:
		return 0, 0
	case c == ',' || c == '.' || c == ' ' || c == '\'':
		return rune(c), 1
	case c < utf8.RuneSelf:
		return 0, 0
	}
	switch r, n := utf8.DecodeRuneInString(s); r {
	case '\u00a0', '\u202f', '\u2019':
		return r, n
	}
	return 0, 0
}

// onGrid gives the nearest multiples of g below and above value * 10^-places. They are equal on the grid; beyond the
// range of numbers they stop at the ends of it.
func onGrid(value int64, places int, g grid) (floor, ceil int64) {
	unit := g.unit
	if d := g.decimals - places; d >= 0 {
		hi, lo := bits.Mul64(magnitude(value), upow10[d])
		if hi != 0 || lo > math.MaxInt64/2 {
			return clampSign(value), clampSign(value)
		}
		value *= int64(upow10[d])
	} else {
		hi, lo := bits.Mul64(uint64(unit), upow10[-d])
		if hi != 0 || lo > math.MaxInt64 { // the step dwarfs the value
			lo = math.MaxInt64
		}
		unit = int64(lo)
	}
	floor = value / unit
	if value%unit < 0 {
		floor--
	}
	if value%unit == 0 {
		return floor, floor
	}
	return floor, floor + 1
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

// clampSign gives the largest number that a cell may hold, with the sign of v.
func clampSign(v int64) int64 {
	if v < 0 {
		return lowestNumber
	}
	return -lowestNumber
}

// number reads a literal in the spelling of the file as multiples of the step of a numeric column: the nearest ones
// below and above, equal if it lies on the grid.
func (s *Schema) number(col int, text string) (floor, ceil int64, ok bool) {
	c := &s.Columns[col]
	g := newGrid(c.Step)
	if c.Kind == Date {
		layout := c.Layout
		if layout == "" {
			layout = defaultLayout(g)
		}
		t, ok := parseDate(layout, text)
		if !ok {
			return 0, 0, false
		}
		floor, ceil = t.onGrid(g)
		return floor, ceil, true
	}
	decimal := byte('.')
	if s.Dialect.Decimal == ',' {
		decimal = ','
	}
	p, ok := parseNumber(text, decimal)
	if !ok {
		return 0, 0, false
	}
	floor, ceil = onGrid(p.value, p.places, g)
	return floor, ceil, true
}

// numberText gives the canonical text of n multiples of the step of a numeric column.
func (s *Schema) numberText(col int, n int64) string {
	w := newCellWriter(s, col)
	return string(w.appendNumber(nil, n))
}
