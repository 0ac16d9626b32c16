package great

import (
	"math"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/table"
)

// numerals are a way to write the numbers of a column, multiples of its step, one text for each: an automaton over bytes.
type numerals interface {
	// append writes the number n.
	append(dst []byte, n int64) []byte
	// start is the state before the first byte; false if s is empty.
	start(s spans) (numeral, bool)
	// next appends what may follow so that a number of s can still come of it, in the order of bytes.
	next(dst []edge, s spans, at numeral) []edge
	// value gives the number that has been read; false where its text has not ended, or s does not have it.
	value(s spans, at numeral) (int64, bool)
	// fits tells whether a part of a text could be part, from its start or within it, of one of the numbers of s.
	fits(s spans, part string) bool
}

// A numeral is a state of numerals: the digits read so far, or the ranks of the numbers that can still come.
type numeral struct {
	a, b          int64
	whole, places int8
	alive, minus  bool
}

// figures are the bytes that numerals consist of.
const figures = " -.0123456789:"

func isFigures(text string) bool {
	for i := range len(text) {
		if strings.IndexByte(figures, text[i]) < 0 {
			return false
		}
	}
	return true
}

// newNumerals gives the way to write a column: dates as in ISO 8601, numbers as decimals.
func newNumerals(c *table.Column, s spans) numerals {
	unit, places, ok := decimalStep(c.Step)
	if c.Kind == table.Date {
		if d, can := newDates(unit, places, s); ok && can {
			return d
		}
		ok = false
	}
	most := uint64(0)
	for _, p := range s.list {
		most = max(most, size(p[0]), size(p[1]))
	}
	// Where the product would be too large, and where the step is no short decimal, the number of steps is written.
	if !ok || most > math.MaxInt64/uint64(unit) {
		return &decimals{unit: 1, most: most}
	}
	return &decimals{unit: uint64(unit), places: int8(places), most: most * uint64(unit)}
}

// size is the absolute value.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// decimalStep takes a step apart, unit * 10^-places; false if it has more than 15 places.
func decimalStep(step float64) (unit int64, places int, ok bool) {
	whole, frac, _ := strings.Cut(strconv.FormatFloat(step, 'f', -1, 64), ".")
	if len(frac) > 15 {
		return 0, 0, false
	}
	unit, err := strconv.ParseInt(whole+frac, 10, 64)
	return unit, len(frac), err == nil && unit > 0
}

// decimals write a number in the shortest form: no zeros in front, none behind the point, no "+" and no "-0". In its numeral,
// a is what the digits say without the point, whole and places how many there are; places is -1 before the point.
type decimals struct {
	unit   uint64
	places int8
	most   uint64 // the largest absolute value, in 10^-places
}

func (d *decimals) append(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, '-')
	}
	at := len(dst)
	dst = strconv.AppendUint(dst, size(n)*d.unit, 10)
	if d.places == 0 {
		return dst
	}
	for len(dst)-at <= int(d.places) {
		dst = append(dst, 0)
		copy(dst[at+1:], dst[at:])
		dst[at] = '0'
	}
	point := len(dst) - int(d.places)
	dst = append(dst, 0)
	copy(dst[point+1:], dst[point:])
	dst[point] = '.'
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	if dst[len(dst)-1] == '.' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func (d *decimals) start(s spans) (numeral, bool) {
	return numeral{places: -1, alive: true}, !s.empty()
}

func (d *decimals) next(dst []edge, s spans, at numeral) []edge {
	if at.whole == 0 && !at.minus {
		if minus := (numeral{places: -1, alive: true, minus: true}); d.meets(s, minus, 1, d.most) {
			dst = append(dst, edge{'-', state{number: minus}})
		}
	}
	if at.whole > 0 && at.places < 0 && d.places > 0 {
		point := at
		point.places = 0
		if d.live(s, point) {
			dst = append(dst, edge{'.', state{number: point}})
		}
	}
	if at.whole == 1 && at.a == 0 && at.places < 0 || at.places == d.places {
		return dst // Nothing but a point follows a first 0.
	}
	for digit := range int64(10) {
		to := at
		if d.most < uint64(digit) || uint64(at.a) > (d.most-uint64(digit))/10 {
			break
		}
		to.a = 10*at.a + digit
		if at.places < 0 {
			to.whole++
		} else {
			to.places++
		}
		if d.live(s, to) {
			dst = append(dst, edge{byte('0' + digit), state{number: to}})
		}
	}
	return dst
}

// live tells whether a number of s begins with the digits of at.
func (d *decimals) live(s spans, at numeral) bool {
	low, width := uint64(at.a), uint64(1)
	for range d.places - max(at.places, 0) {
		if low > d.most/10 {
			return false
		}
		low, width = low*10, width*10
	}
	if at.places >= 0 {
		// Nothing ends in a point, or in 0 behind it.
		skip := uint64(0)
		if at.places == 0 || at.a%10 == 0 {
			skip = 1
		}
		return skip < width && d.meets(s, at, low+skip, low+(width-1))
	}
	for {
		if d.meets(s, at, low, low+(width-1)) {
			return true
		}
		if at.a == 0 || low > d.most/10 {
			return false
		}
		low, width = low*10, width*10
	}
}

// meets tells whether s has a number whose absolute value, in 10^-places, is from low to high; below 0 if at.minus.
func (d *decimals) meets(s spans, at numeral, low, high uint64) bool {
	if at.minus {
		low = max(low, 1)
	}
	high = min(high, d.most)
	if low > high {
		return false
	}
	from, to := (low+d.unit-1)/d.unit, high/d.unit
	if from > to {
		return false
	}
	if at.minus {
		return s.meets(-int64(to), -int64(from))
	}
	return s.meets(int64(from), int64(to))
}

func (d *decimals) value(s spans, at numeral) (int64, bool) {
	if !at.alive || at.whole == 0 || at.places == 0 || at.places > 0 && at.a%10 == 0 {
		return 0, false
	}
	v := uint64(at.a)
	for range d.places - max(at.places, 0) {
		if v > d.most/10 {
			return 0, false
		}
		v *= 10
	}
	if v%d.unit != 0 || at.minus && v == 0 {
		return 0, false
	}
	n := int64(v / d.unit)
	if at.minus {
		n = -n
	}
	return n, s.meets(n, n)
}

func (d *decimals) fits(s spans, part string) bool {
	if s.empty() {
		return false
	}
	if rest, minus := strings.CutPrefix(part, "-"); minus {
		if !s.meets(math.MinInt64, -1) {
			return false
		}
		part = rest
	}
	whole, frac, point := strings.Cut(part, ".")
	if point && (d.places == 0 || len(frac) > int(d.places)) || strings.Trim(whole+frac, "0123456789") != "" {
		return false
	}
	return len(whole) <= len(strconv.FormatUint(d.most, 10))
}

// dates are written as in ISO 8601, with as much of the time of day as the step asks for: texts of one length in the order
// of time. In a numeral, the dates of the ranks a..b-1 can still come, and whole is the number of bytes read.
type dates struct {
	unit   int64 // seconds of a step, in 10^-places
	scale  int64 // 10^places
	layout string
}

// newDates tells also whether all dates have years of four digits.
func newDates(unit int64, places int, s spans) (*dates, bool) {
	d := &dates{unit: unit, scale: 1}
	for range places {
		d.scale *= 10
	}
	switch {
	case places > 6:
		return nil, false
	case places > 0:
		d.layout = "2006-01-02 15:04:05." + strings.Repeat("0", places)
	case unit%86400 == 0:
		d.layout = time.DateOnly
	case unit%60 == 0:
		d.layout = "2006-01-02 15:04"
	default:
		d.layout = time.DateTime
	}
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for _, p := range s.list {
		if p[0] < first*d.scale/unit || p[1] >= last*d.scale/unit {
			return nil, false
		}
	}
	return d, true
}

func (d *dates) append(dst []byte, n int64) []byte {
	v := n * d.unit
	sec := v / d.scale
	if v%d.scale < 0 {
		sec--
	}
	nano := (v - sec*d.scale) * (1_000_000_000 / d.scale)
	return time.Unix(sec, nano).UTC().AppendFormat(dst, d.layout)
}

func (d *dates) start(s spans) (numeral, bool) {
	return numeral{b: s.count(), alive: true}, !s.empty()
}

func (d *dates) next(dst []edge, s spans, at numeral) []edge {
	if int(at.whole) == len(d.layout) {
		return dst
	}
	var room [32]byte
	digit := func(rank int64) byte { return d.append(room[:0], s.at(rank))[at.whole] }
	last := digit(at.b - 1)
	for from := at.a; from < at.b; {
		c, to := digit(from), at.b
		if c != last {
			for low := from + 1; low < to; {
				if mid := low + (to-low)/2; digit(mid) == c {
					low = mid + 1
				} else {
					to = mid
				}
			}
		}
		dst = append(dst, edge{c, state{number: numeral{a: from, b: to, whole: at.whole + 1, alive: true}}})
		from = to
	}
	return dst
}

func (d *dates) value(s spans, at numeral) (int64, bool) {
	if !at.alive || int(at.whole) < len(d.layout) {
		return 0, false
	}
	return s.at(at.a), true
}

func (d *dates) fits(s spans, part string) bool {
	if s.empty() {
		return false
	}
	shape := strings.Map(digitShape, d.layout)
	return strings.Contains(shape, strings.Map(digitShape, part))
}

// digitShape writes 0 for each digit.
func digitShape(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return r
}
