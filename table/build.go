package table

import (
	"bytes"
	"slices"
	"strings"
)

// build makes the typed column that the profile asks for. The gathered codes are freed as it goes.
func (rd *reader) build(p *profile) (Column, column, error) {
	c := p.given
	c.Name, c.Kind, c.Missing, c.Quoted = p.name, p.kind, p.missing, p.quoted
	switch {
	case p.person:
		c.Why = "named as the person"
	case c.Why == "":
		c.Why = p.why
	}
	switch p.kind {
	case Whole, Decimal:
		return rd.buildNumbers(p, c)
	case Date:
		return rd.buildDates(p, c)
	case Category, Ordered:
		return rd.buildValues(p, c)
	}
	if c.Treat == Learn {
		c.Treat = Invent
	}
	return rd.buildWords(p, c)
}

func (rd *reader) buildNumbers(p *profile, c Column) (Column, column, error) {
	if err := rd.contradicted(p, p.isNumber, "numbers"); err != nil {
		return c, column{}, err
	}
	c.Marks = p.allMarks()
	g, format := p.numberGrid(&rd.dialect)
	if c.Step > 0 {
		g = newGrid(c.Step)
	}
	c.Step = g.step()
	if g.decimals == 0 && p.given.Step == 0 {
		c.Kind = Whole
	} else if p.given.Step == 0 {
		c.Kind = Decimal
	}
	if p.stats().cells == 0 && p.given.Kind != Auto {
		c.Kind = p.given.Kind
	}
	if c.Layout == "" {
		c.Layout = format.layout(g.decimals)
	}
	format = newNumberFormat(&c, &rd.dialect)
	values, canonical := p.numberCells(g, &format)
	var cells column
	if p.col.wide {
		cells = rd.wideColumn(p, values, canonical, g, &format)
	} else {
		cells = rd.numberColumn(p, values, canonical)
	}
	c.setRange(cells.ends(g))
	return c, cells, nil
}

func (rd *reader) buildDates(p *profile, c Column) (Column, column, error) {
	if len(p.dates) == 0 {
		p.dates = []dateFit{{layout: "2006-1-2"}}
	}
	if err := rd.contradicted(p, p.isDate, "dates in the layout"); err != nil {
		return c, column{}, err
	}
	c.Marks = p.allMarks()
	layout, g := p.dateShape()
	if c.Step > 0 {
		g = newGrid(c.Step)
	}
	c.Step = g.step()
	if c.Layout == "" {
		c.Layout = layout
	}
	if c.Why == "" {
		c.Why = plainLayout(c.Layout)
	}
	values, canonical := p.dateCells(g, c.Layout)
	cells := rd.numberColumn(p, values, canonical)
	c.setRange(cells.ends(g))
	return c, cells, nil
}

// allMarks adds the marks that the caller named to those that were met.
func (p *profile) allMarks() []string {
	for _, m := range p.given.Marks {
		if i, met := slices.BinarySearch(p.marks, m); !met {
			p.marks = slices.Insert(p.marks, i, m)
		}
	}
	return p.marks
}

// ends gives the least and the greatest number, 0 if there is none.
func (c *column) ends(g grid) (least, greatest float64) {
	var low, high int64
	first := true
	for _, v := range c.nums {
		if v < lowestNumber {
			continue
		}
		if first {
			low, high, first = v, v, false
		}
		low, high = min(low, v), max(high, v)
	}
	return g.float(low), g.float(high)
}

// setRange widens the range that the caller gave, if any, to what was met.
func (c *Column) setRange(low, high float64) {
	if c.Min == 0 && c.Max == 0 {
		c.Min, c.Max = low, high
	}
	c.Min, c.Max = min(c.Min, low), max(c.Max, high)
}

// contradicted is the error of a kind that the caller gave and that fewer than half of the cells have.
func (rd *reader) contradicted(p *profile, is func(text string) bool, what string) error {
	if p.given.Kind == Auto || p.cells == 0 {
		return nil
	}
	bad := make([]bool, len(p.gap))
	n := 0
	p.each(func(code int, text string, cells int) {
		if !is(text) {
			bad[code] = true
			n += cells
		}
	})
	if n*2 <= p.cells {
		return nil
	}
	return &Error{Code: "wrong-kind", Column: p.name, Line: rd.line(p.col.first(func(c int32) bool { return bad[c] })),
		Reason: thousands(n) + " of " + plural(p.cells, "cell") + " are no " + what + "; the first stands in this line",
		Fix:    "leave the kind to be found, or take category or text"}
}

// numberColumn maps codes to numbers.
func (rd *reader) numberColumn(p *profile, values []int64, canonical []bool) column {
	out := column{nums: make([]int64, 0, rd.rows)}
	odd := newOddities(p, canonical)
	p.col.each(func(codes []int32) {
		for _, code := range codes {
			if !canonical[code] {
				odd.add(&out, len(out.nums), code)
			}
			out.nums = append(out.nums, values[code])
		}
	})
	return out
}

// wideColumn is numberColumn for packed cells.
func (rd *reader) wideColumn(p *profile, values []int64, canonical []bool, g grid, f *numberFormat) column {
	out := column{nums: make([]int64, 0, rd.rows)}
	odd := newOddities(p, canonical)
	var text, again []byte
	for i, chunk := range p.col.packed {
		for _, v := range chunk {
			if code, ok := packedCode(v); ok {
				if !canonical[code] {
					odd.add(&out, len(out.nums), code)
				}
				out.nums = append(out.nums, values[code])
				continue
			}
			n := nearestOnGrid(unpack(v), g)
			text, again = appendPacked(text[:0], v, p.col.mark), f.append(again[:0], n, g)
			if !bytes.Equal(text, again) {
				out.odd, out.oddText = append(out.odd, int32(len(out.nums))), append(out.oddText, string(text))
			}
			out.nums = append(out.nums, n)
		}
		p.col.packed[i] = nil
	}
	return out
}

// oddities keep the texts of cells that would be written otherwise, one copy for all cells alike.
type oddities struct {
	texts []string // by code
	count int
}

func newOddities(p *profile, canonical []bool) *oddities {
	o := &oddities{}
	for code, same := range canonical {
		if same {
			continue
		}
		if o.texts == nil {
			o.texts = make([]string, len(canonical))
		}
		o.texts[code] = strings.Clone(p.text(code))
		o.count += int(p.count[code])
	}
	return o
}

func (o *oddities) add(c *column, row int, code int32) {
	if c.odd == nil {
		c.odd, c.oddText = make([]int32, 0, o.count), make([]string, 0, o.count)
	}
	c.odd, c.oddText = append(c.odd, int32(row)), append(c.oddText, o.texts[code])
}

// buildValues makes a column of a closed set. Values that the caller gave come first and in that order; others may not
// be met.
func (rd *reader) buildValues(p *profile, c Column) (Column, column, error) {
	switch {
	case len(p.given.Values) > 0:
		if err := rd.foreignValues(p); err != nil {
			return c, column{}, err
		}
		c.Values = slices.Clone(p.given.Values)
	case p.order != nil:
		c.Values = p.order
	default:
		c.Values = p.sorted()
		if c.Kind == Ordered {
			c.Values = p.numericOrder(c.Values)
			rd.opt.warn(&Error{Code: "unknown-order", Column: p.name, Reason: "the values have no order that is known; they are taken in the order of their letters",
				Fix: "list the values in their order"})
		}
	}
	place := make(map[string]int32, len(c.Values))
	for i, v := range c.Values {
		place[v] = int32(i)
	}
	return c, rd.codeColumn(p, func(code int) int32 { return place[p.text(code)] }), nil
}

// numericOrder orders values that are all numbers by size, and leaves others as they are.
func (p *profile) numericOrder(values []string) []string {
	decimal := p.stats().decimal
	if o := sortBy(values, func(i int) (float64, bool) {
		q, ok := parseNumber(values[i], decimal)
		return float64(q.value) / pow10[q.places], ok
	}); o != nil {
		return o
	}
	return values
}

// foreignValues is the error of cells that are none of the values given.
func (rd *reader) foreignValues(p *profile) error {
	bad := make([]bool, len(p.gap))
	n := 0
	p.each(func(code int, text string, cells int) {
		if !slices.Contains(p.given.Values, text) {
			bad[code] = true
			n += cells
		}
	})
	if n == 0 {
		return nil
	}
	return &Error{Code: "wrong-values", Column: p.name, Line: rd.line(p.col.first(func(c int32) bool { return bad[c] })),
		Reason: thousands(n) + " of " + plural(p.cells, "cell") + " are none of the " + plural(len(p.given.Values), "value") + " listed; the first stands in this line",
		Fix:    "add what is missing to the list, or leave the list out"}
}

// buildWords makes a column of ids or texts.
func (rd *reader) buildWords(p *profile, c Column) (Column, column, error) {
	words := make([]string, 0, p.values)
	number := make([]int32, len(p.gap))
	p.each(func(code int, text string, _ int) {
		number[code] = int32(len(words))
		words = append(words, text)
	})
	if p.kind == ID && c.Layout == "" {
		c.Layout = strings.ToValidUTF8(idLayout(words), "")
	}
	out := rd.codeColumn(p, func(code int) int32 { return number[code] })
	out.words = words
	return c, out, nil
}

// codeColumn maps codes of the texts met to codes of the column.
func (rd *reader) codeColumn(p *profile, number func(code int) int32) column {
	to, canonical := make([]int32, len(p.gap)), make([]bool, len(p.gap))
	for code, gap := range p.gap {
		if gap {
			to[code], canonical[code] = -1, p.text(code) == p.missing[0]
			continue
		}
		to[code], canonical[code] = number(code), true
	}
	out := column{codes: make([]int32, 0, rd.rows)}
	odd := newOddities(p, canonical)
	p.col.each(func(codes []int32) {
		for _, code := range codes {
			if !canonical[code] {
				odd.add(&out, len(out.codes), code)
			}
			out.codes = append(out.codes, to[code])
		}
	})
	return out
}
