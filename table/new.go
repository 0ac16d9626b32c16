package table

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// New makes a table from typed columns, one of these for each of the C columns of s, all of length N. It copies them.
//
//	[]int64    Whole, Decimal, Date: multiples of Step; math.MinInt64 is missing, math.MinInt64+1+i is Marks[i]
//	[]float64  Whole, Decimal, Date (seconds since 1970): the nearest multiple of Step is taken; NaN is missing. A Step
//	           of 0 becomes the 10^-d that keeps 15 significant digits of every number as far as the largest leaves room
//	[]int32    Category, Ordered: codes into Values; -1 is missing
//	[]string   the kinds that are no numbers: "" and the texts in Missing are missing. Category, Ordered: all others are in
//	           Values; if that is nil, that of a Category becomes the sorted set of them
//
// A Step of 0 counts as 1 for a Whole column of []int64. Min and Max are found if both are 0. What does not fit is an
// [*Error] with Code "bad-schema", "other-columns" (their number, type or length) or "no-such-value"; Line is then
// the 1-based row.
func New(s *Schema, cols []any) (*Table, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if len(cols) != len(s.Columns) {
		return nil, &Error{Code: "other-columns",
			Reason: "the schema has " + strconv.Itoa(len(s.Columns)) + " columns, and " + strconv.Itoa(len(cols)) + " are given"}
	}
	t := &Table{schema: s, cols: make([]column, len(cols))}
	for i := range cols {
		b := builder{c: s.Columns[i]}
		rows, err := b.fill(cols[i])
		if err != nil {
			return nil, err
		}
		if i > 0 && rows != t.rows {
			return nil, &Error{Code: "other-columns", Column: b.c.Name,
				Reason: "it has " + strconv.Itoa(rows) + " rows, and the columns before it have " + strconv.Itoa(t.rows)}
		}
		t.rows, t.cols[i] = rows, b.cells
		if b.changed {
			if t.schema == s {
				own := *s
				own.Columns = slices.Clone(s.Columns)
				t.schema = &own
			}
			t.schema.Columns[i] = b.c
		}
	}
	return t, nil
}

// builder makes one column of a table: c is a copy of its description, which it completes.
type builder struct {
	c       Column
	changed bool
	cells   column
}

// fill checks and copies the cells and gives their number.
func (b *builder) fill(cells any) (rows int, err error) {
	kind := b.c.Kind
	switch v := cells.(type) {
	case []int64:
		if kind.numeric() {
			return len(v), b.ints(v)
		}
	case []float64:
		if kind.numeric() {
			return len(v), b.floats(v)
		}
	case []int32:
		if kind.closed() {
			return len(v), b.codes(v)
		}
	case []string:
		if kind.closed() {
			return len(v), b.values(v)
		}
		if kind == ID || kind == Text {
			return len(v), b.texts(v)
		}
	}
	reason := "cells of this Go type make no column of kind " + kind.String()
	if kind == Auto {
		reason = "it has no kind"
	}
	return 0, &Error{Code: "other-columns", Column: b.c.Name, Reason: reason}
}

// problem is the error of one cell.
func (b *builder) problem(row int, reason string) *Error {
	return &Error{Code: "no-such-value", Line: int64(row) + 1, Column: b.c.Name, Reason: reason}
}

// firstAndLastSecond are those of the years 1 to 9999, which every layout can write.
const firstSecond, lastSecond = -62135596800, 253402300799

// ends gives the least and greatest multiples of g that a column of the kind can hold.
func (g grid) ends(kind Kind) (low, high int64) {
	if kind != Date {
		return -(math.MaxInt64 / 2 / g.unit), math.MaxInt64 / 2 / g.unit
	}
	scale := math.MaxInt64 / 2 / int64(upow10[g.decimals])
	perSecond := int64(upow10[g.decimals])
	return max(firstSecond, -scale) * perSecond / g.unit, min(lastSecond, scale) * perSecond / g.unit
}

// ints takes multiples of the step.
func (b *builder) ints(v []int64) error {
	if b.c.Step == 0 && b.c.Kind == Whole {
		b.c.Step, b.changed = 1, true
	}
	if b.c.Step == 0 {
		return badSchema(b.c.Name, "its step is 0, so that whole multiples of it say nothing", "set Step")
	}
	low, high := newGrid(b.c.Step).ends(b.c.Kind)
	lastMark := noNumber + int64(len(b.c.Marks))
	missing := false
	for row, n := range v {
		switch {
		case n >= low && n <= high:
		case n == noNumber:
			missing = true
		case n > lastMark && n < lowestNumber:
			return b.problem(row, "the cell is no number, and the column has only "+strconv.Itoa(len(b.c.Marks))+" marks")
		case n > lastMark:
			return b.problem(row, "the number is larger than a column can hold")
		}
	}
	b.cells.nums = slices.Clone(v)
	if v == nil {
		b.cells.nums = []int64{}
	}
	b.finish(missing)
	return nil
}

// floats takes numbers.
func (b *builder) floats(v []float64) error {
	for row, x := range v {
		if math.IsInf(x, 0) {
			return b.problem(row, "the number is infinite")
		}
	}
	if b.c.Step == 0 {
		b.c.Step, b.changed = floatStep(v, b.c.Kind), true
	}
	g := newGrid(b.c.Step)
	low, high := g.ends(b.c.Kind)
	nums := make([]int64, len(v))
	missing := false
	for row, x := range v {
		if math.IsNaN(x) {
			nums[row], missing = noNumber, true
			continue
		}
		n, ok := g.nearest(x)
		if !ok || n < low || n > high {
			return b.problem(row, "the number is larger than a column can hold")
		}
		nums[row] = n
	}
	b.cells.nums = nums
	b.finish(missing)
	return nil
}

// finish notes what the cells show and the schema does not say.
func (b *builder) finish(missing bool) {
	if missing && len(b.c.Missing) == 0 {
		b.c.Missing, b.changed = []string{""}, true
	}
	if b.c.Min != 0 || b.c.Max != 0 || b.cells.nums == nil {
		return
	}
	first := true
	var low, high int64
	for _, n := range b.cells.nums {
		switch {
		case n < lowestNumber:
		case first:
			low, high, first = n, n, false
		default:
			low, high = min(low, n), max(high, n)
		}
	}
	if low != 0 || high != 0 {
		g := newGrid(b.c.Step)
		b.c.Min, b.c.Max, b.changed = g.float(low), g.float(high), true
	}
}

// nearest gives the multiple of g nearest to x, away from zero where two are; ok is false where int64 ends.
func (g grid) nearest(x float64) (n int64, ok bool) {
	// Three roundings, the one of x included, move a quotient below 2^50 by less than a half, so that every multiple
	// comes back as itself.
	if q := x * pow10[g.decimals] / float64(g.unit); math.Abs(q) < 1<<50 {
		return int64(math.Round(q)), true
	}
	// Larger numbers go by their decimal digits, which are exact.
	digits := strings.Replace(strconv.FormatFloat(x, 'f', g.decimals, 64), ".", "", 1)
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	n = v / g.unit
	if rest := v % g.unit; rest >= (g.unit+1)/2 {
		n++
	} else if rest <= -(g.unit+1)/2 {
		n--
	}
	return n, true
}

// floatStep picks the grid of numbers that have none: 10^-d for the least d, up to 18, that gives back every number
// to 15 significant digits, or the largest d for which all of them are in range. Dates are on days, minutes, seconds,
// or such.
func floatStep(v []float64, kind Kind) float64 {
	if kind == Date {
		for _, step := range []int64{86400, 60} {
			if !slices.ContainsFunc(v, func(x float64) bool { return math.Mod(x, float64(step)) != 0 && !math.IsNaN(x) }) {
				return float64(step)
			}
		}
	}
	if kind == Whole {
		return 1
	}
	places, top := 0, 0.0
	var buf [32]byte
	for _, x := range v {
		if x == 0 || math.IsNaN(x) {
			continue
		}
		top = max(top, math.Abs(x))
		places = max(places, decimalPlaces(strconv.AppendFloat(buf[:0], x, 'e', 14, 64)))
	}
	for places = min(places, 18); places > 0 && top*pow10[places] >= math.MaxInt64/2; places-- {
	}
	return grid{unit: 1, decimals: places}.step()
}

// decimalPlaces counts the digits after the point of a number such as "1.25000000000000e+00".
func decimalPlaces(e []byte) int {
	s := strings.TrimPrefix(string(e), "-")
	mantissa, exponent, _ := strings.Cut(s, "e")
	shift, err := strconv.Atoi(exponent)
	if err != nil {
		return 0
	}
	_, frac, _ := strings.Cut(strings.TrimRight(mantissa, "0"), ".")
	return len(frac) - shift
}

// codes takes codes into Values.
func (b *builder) codes(v []int32) error {
	missing := false
	for row, code := range v {
		if code < -1 || int(code) >= len(b.c.Values) {
			return b.problem(row, "the code is none of the "+strconv.Itoa(len(b.c.Values))+" values")
		}
		missing = missing || code < 0
	}
	b.cells.codes = slices.Clone(v)
	b.finish(missing)
	return nil
}

// values takes the texts of a closed kind.
func (b *builder) values(v []string) error {
	if b.c.Values == nil && b.c.Kind == Category {
		for _, text := range v {
			if !b.isMissing(text) {
				b.c.Values = append(b.c.Values, text)
			}
		}
		slices.Sort(b.c.Values)
		b.c.Values, b.changed = slices.Compact(b.c.Values), true
	}
	known := make(map[string]int32, len(b.c.Values))
	for i, text := range b.c.Values {
		known[text] = int32(i)
	}
	missing := false
	b.cells.codes = make([]int32, len(v))
	for row, text := range v {
		code, ok := known[text]
		if !ok {
			if !b.isMissing(text) {
				return b.problem(row, "the text is none of the "+strconv.Itoa(len(b.c.Values))+" values")
			}
			code, missing = -1, true
		}
		b.cells.codes[row] = code
	}
	b.finish(missing)
	return nil
}

// texts takes ids, names and free text.
func (b *builder) texts(v []string) error {
	codes := make(map[string]int32, len(v))
	missing := false
	b.cells.codes = make([]int32, len(v))
	for row, text := range v {
		if b.isMissing(text) {
			b.cells.codes[row], missing = -1, true
			continue
		}
		code, ok := codes[text]
		if !ok {
			code = int32(len(codes))
			codes[text] = code
			b.cells.words = append(b.cells.words, text)
		}
		b.cells.codes[row] = code
	}
	b.finish(missing)
	return nil
}

func (b *builder) isMissing(text string) bool {
	return text == "" || slices.Contains(b.c.Missing, text)
}
