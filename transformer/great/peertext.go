package great

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// peerText writes and reads cells as be_great 0.0.14 does with a table that pandas has read; by column of the schema, nil for those that
// are filled. A cell is str() of what pandas has: a column of numbers with decimals or gaps is one of floats, "5.0" and "1e-05"; one
// that has marks, too, is text; a date is text as the file has it; a gap is "None". Spaces around a text fall away. Read is what stands
// between "name is " and the next comma or " is ", so that longer values never come back, and neither does one that is "None".
type peerText []*peerColumn

type peerColumn struct {
	field  *field
	kind   table.Kind
	texts  []string         // by index, of values or marks
	back   map[string]int64 // cells
	floats bool             // pandas has floats: str() has a point, and to begin with five decimals are written
	step   float64
	dates  *dates // with the layout of the file; nil: none
}

func newPeerText(s *table.Schema, fields []*field) peerText {
	p := make(peerText, len(s.Columns))
	for i, f := range fields {
		if f == nil {
			continue
		}
		c := &s.Columns[i]
		x := &peerColumn{field: f, kind: c.Kind, back: map[string]int64{}, step: c.Step}
		texts := c.Values
		if f.numbers {
			texts = c.Marks
		}
		for k, text := range texts {
			text = strings.TrimSpace(text)
			x.texts, x.back[text] = append(x.texts, text), f.gap(k)
		}
		gaps := len(f.all.cells) > len(texts)
		x.floats = (c.Kind == table.Decimal || c.Kind == table.Whole && gaps) && len(texts) == 0
		if unit, places, ok := decimalStep(c.Step); ok && c.Kind == table.Date && c.Layout != "" {
			if d, can := newDates(unit, places, f.spans); can {
				d.layout, x.dates = c.Layout, d
			}
		}
		p[i] = x
	}
	return p
}

// check refuses columns that can't be read back, and counts the values that can't.
func (p peerText) check() (values int, err error) {
	for _, x := range p {
		if x == nil {
			continue
		}
		if name := x.field.name; !readable(name) {
			return 0, &table.Error{Code: "bad-schema", Column: name, Reason: `preset be_great can't read a column whose name has a comma, " is ", a line end, ` +
				endOfText + ` or a space at an end`, Fix: "name the column anew, or take preset plus"}
		}
		for _, text := range x.texts {
			if !readable(text) || text == "None" {
				values++
			}
		}
	}
	return values, nil
}

func readable(text string) bool {
	return text == strings.TrimSpace(text) && !strings.ContainsAny(text, ",\r\n") && !strings.Contains(text, " is ") && !strings.Contains(text, endOfText) &&
		!strings.HasSuffix(text, " is")
}

// text is a cell as it is learned.
func (x *peerColumn) text(v int64) string {
	number := x.field.numbers && v >= encode.NoLow
	switch {
	case number && x.dates != nil:
		return string(x.dates.append(nil, v))
	case number && x.floats:
		return pythonFloat(x.float(v))
	case number:
		return string(x.field.numerals.append(nil, v))
	}
	i := v
	if x.field.numbers {
		i = v - noNumber - 1
	}
	if i < 0 || i >= int64(len(x.texts)) {
		return "None"
	}
	return x.texts[i]
}

// start is a cell as a row begins with it: floats have five decimals, and gaps among them are "nan".
func (x *peerColumn) start(v int64) string {
	switch {
	case x.floats && v >= encode.NoLow:
		return strconv.FormatFloat(x.float(v), 'f', 5, 64)
	case x.floats:
		return "nan"
	}
	return x.text(v)
}

// float is the number that the decimal text of a multiple of the step is.
func (x *peerColumn) float(v int64) float64 {
	if unit, places, ok := decimalStep(x.step); ok {
		return float64(v) * float64(unit) / math.Pow10(places)
	}
	return float64(v) * x.step
}

// pythonFloat is repr(x) of Python: the shortest digits that give x back, with an exponent below 1e-4 and from 1e16 on.
func pythonFloat(x float64) string {
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// read gives the cell that a text says, or a gap and false. A number beyond the column's range is one all the same; one between two steps
// is the nearer.
func (x *peerColumn) read(text string) (int64, bool) {
	if text == "None" {
		return x.field.gap(-1), true
	}
	if v, ok := x.back[text]; ok {
		return v, true
	}
	switch {
	case x.dates != nil:
		if at, err := time.Parse(x.dates.layout, text); err == nil {
			return x.dates.nearest(at), true
		}
	case x.kind == table.Whole || x.kind == table.Decimal:
		if n, ok := pandasNumber(text); ok && math.Abs(n/x.step) < 1<<53 {
			return int64(math.Round(n / x.step)), true
		}
	}
	return x.field.gap(-1), false
}

// pandasNumber reads what to_numeric of pandas does, but for infinity, which no cell has.
func pandasNumber(text string) (float64, bool) {
	if text = strings.TrimSpace(text); strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// nearest gives the multiple of the step next to a time.
func (d *dates) nearest(at time.Time) int64 {
	v := float64(at.Unix())*float64(d.scale) + float64(at.Nanosecond())*float64(d.scale)/1e9
	return int64(math.Round(v / float64(d.unit)))
}

// parse reads the cells of a row, given by column: parts between commas, "name is value", of which the first that says something counts.
// It is false where one is missing or can't be read, which is a gap then, and where all are gaps.
func (p peerText) parse(text string, set func(col int, v int64)) bool {
	found := map[string]string{}
	text = strings.NewReplacer(endOfText, "", "\n", " ", "\r", "").Replace(text)
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Split(strings.TrimSpace(part), " is ")
		if _, twice := found[words[0]]; len(words) > 1 && !twice {
			found[words[0]] = words[1]
		}
	}
	whole, some := true, false
	for c, x := range p {
		if x == nil {
			continue
		}
		cell, ok := x.field.gap(-1), false
		if value, there := found[x.field.name]; there {
			cell, ok = x.read(value)
		}
		set(c, cell)
		whole, some = whole && ok, some || cell != x.field.gap(-1)
	}
	return whole && some
}

func cutValues(n int) (code, reason, fix string) {
	return "cut-values", fmt.Sprintf("%d values have a comma or another sign at which preset be_great cuts: no row that it writes has them", n), "take preset plus"
}
