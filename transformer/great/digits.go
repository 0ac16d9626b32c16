package great

import (
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/table/encode"
)

// The special tokens of a digits grammar that rows need; ids below digitSpecials are special, as in REaLTabFormer.
const (
	digitBegin    int32 = 5
	digitEnd      int32 = 6
	digitSpecials int32 = 11
)

// digits are the tokens of rows that are not text: every column has ids of its own, one for each value, mark and MISSING, and of
// numbers ten for each digit. A cell has as many tokens as its column has digits, and no terminator but the end of the row behind
// the last.
//
// As REaLTabFormer does it, columns stand in the order of the table, and numbers are filled up with zeros to one width, with the sign in
// front. Two things of the peer say nothing and are left out: the decimal point, always at one place, and the second and further tokens of a
// missing number. Dates are the digits of year, month, day and time where the peer writes seconds.
//
// Preset realtabformer is that, with the peer's batch of 8 times 4 rows and its 50 likeliest tokens. In five things more it is ours:
//
//   - what protection keeps out is no token, and is not shown to the network;
//   - numbers have the column's own grid and range, where the peer keeps 4 decimals in at most 10 signs, and can write others, which it drops;
//   - the network has the size that preset plus would choose and its learning rate, not 6 layers of 768 and 5e-5;
//   - learning ends by rows held out, not by the statistic that compares distances to samples (the peer's sensitivity threshold);
//   - parent and child tables, and a target in front, are not there.
//
// Source: A. Solatorio and O. Dupriez, REaLTabFormer, 2023, section 3.1, and its package, 0.2.2.
type digits struct {
	columns []slice // by column of the schema
	size    int32   // ids in all
}

// A slice is the ids of one column.
type slice struct {
	first   int32    // of its texts, in their order
	form    numerals // of texts of one width; nil for categories
	symbols []string // by place in such a text: the bytes it can have
	ids     []int32  // by place: the first of theirs
}

// newDigitGrammar makes the grammar of rows that are written in tokens of their own, columns in the order of the table.
func newDigitGrammar(enc *encode.Encoder) (*grammar, error) {
	fields, err := newFields(enc)
	if err != nil {
		return nil, err
	}
	d := &digits{columns: make([]slice, len(fields)), size: digitSpecials}
	for col, f := range fields {
		if f == nil {
			continue
		}
		s := &d.columns[col]
		s.first = d.size
		d.size += int32(len(f.all.texts))
		if !f.spans.empty() {
			s.form, s.symbols = fixed(f)
		}
		for _, symbols := range s.symbols {
			s.ids = append(s.ids, d.size)
			d.size += int32(len(symbols))
		}
	}
	return &grammar{fields: fields, digits: d}, nil
}

// fixed gives a way to write the numbers of a column in texts of one width, and the bytes that each place of them can have.
func fixed(f *field) (form numerals, symbols []string) {
	const ten = "0123456789"
	switch n := f.numerals.(type) {
	case *dates:
		compact := *n
		compact.layout = strings.NewReplacer("-", "", ":", "", " ", "").Replace(n.layout)
		for _, c := range compact.layout {
			if c == '.' {
				symbols = append(symbols, ".")
				continue
			}
			symbols = append(symbols, ten)
		}
		return &compact, symbols
	case *decimals:
		p := &padded{decimals: *n, width: int8(len(strconv.FormatUint(n.most, 10)))}
		if f.spans.list[0][0] < 0 {
			p.signed = true
			p.width++
			symbols = append(symbols, "+-")
		}
		for len(symbols) < int(p.width) {
			symbols = append(symbols, ten)
		}
		return p, symbols
	}
	panic("great: numerals of another kind")
}

// padded are decimals without a point, filled up with zeros to one width. In its numeral, a is what the digits say and whole the
// number of bytes read.
type padded struct {
	decimals
	signed bool // then the first byte is the sign
	width  int8
}

func (p *padded) append(dst []byte, n int64) []byte {
	if p.signed && n < 0 {
		dst = append(dst, '-')
	} else if p.signed {
		dst = append(dst, '+')
	}
	var room [20]byte
	text := strconv.AppendUint(room[:0], size(n)*p.unit, 10)
	width := int(p.width)
	if p.signed {
		width--
	}
	for range width - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

func (p *padded) start(s spans) (numeral, bool) { return numeral{alive: true}, !s.empty() }

func (p *padded) next(dst []edge, s spans, at numeral) []edge {
	if at.whole == p.width {
		return dst
	}
	to := at
	to.whole++
	if at.whole == 0 && p.signed {
		if p.meets(s, to, 0, p.most) {
			dst = append(dst, edge{'+', state{number: to}})
		}
		if to.minus = true; p.meets(s, to, 1, p.most) {
			dst = append(dst, edge{'-', state{number: to}})
		}
		return dst
	}
	width := uint64(1)
	for range p.width - to.whole {
		width *= 10
	}
	for digit := range uint64(10) {
		a := 10*uint64(at.a) + digit
		if p.meets(s, at, a*width, a*width+(width-1)) {
			to.a = int64(a)
			dst = append(dst, edge{byte('0' + digit), state{number: to}})
		}
	}
	return dst
}

func (p *padded) value(s spans, at numeral) (int64, bool) {
	if !at.alive || at.whole < p.width {
		return 0, false
	}
	n := int64(uint64(at.a) / p.unit)
	if at.minus {
		n = -n
	}
	return n, true
}

// nearest gives v, or where the column can't have it, so that there are no tokens for it, the number nearest to it or any cell.
func (f *field) nearest(v int64) int64 {
	switch {
	case slices.Contains(f.all.cells, v):
		return v
	case !f.spans.empty():
		return min(max(v, f.spans.list[0][0]), f.spans.list[len(f.spans.list)-1][1])
	}
	return f.all.cells[0]
}

// tokens appends the tokens of a cell.
func (d *digits) tokens(ids []int32, f *field, col int, v int64, last bool) []int32 {
	s := &d.columns[col]
	v = f.nearest(v)
	if i := slices.Index(f.all.cells, v); i >= 0 {
		ids = append(ids, s.first+int32(i))
	} else if s.form != nil {
		var room [32]byte
		for place, c := range s.form.append(room[:0], v) {
			ids = append(ids, s.id(place, c))
		}
	}
	if last {
		ids = append(ids, digitEnd)
	}
	return ids
}

// id gives the token of a byte at a place.
func (s *slice) id(place int, c byte) int32 {
	return s.ids[place] + int32(strings.IndexByte(s.symbols[place], c))
}

// legal gives the ids that may follow, ascending.
func (d *digits) legal(p place) []int32 {
	var ids []int32
	d.follow(p, func(id int32, _ state) { ids = append(ids, id) })
	slices.Sort(ids)
	return ids
}

// follow gives every id that may follow, and where it leads.
func (d *digits) follow(p place, yield func(id int32, to state)) {
	s := &d.columns[p.of.col]
	switch p.at.phase {
	case done:
		return
	case spelt:
		yield(digitEnd, state{phase: done, cell: p.at.cell})
		return
	}
	full := done
	if p.last {
		full = spelt
	}
	at := p.at.number
	if p.at.phase == begun {
		for i, text := range p.of.texts {
			place, _ := slices.BinarySearch(p.of.field.all.texts, text)
			yield(s.first+int32(place), state{phase: full, cell: p.of.cells[i]})
		}
		if s.form != nil {
			at, _ = s.form.start(p.of.spans)
		}
	}
	if s.form == nil || p.of.spans.empty() {
		return
	}
	var room [16]edge
	for _, e := range s.form.next(room[:0], p.of.spans, at) {
		to := state{phase: inside, number: e.to.number}
		if v, ok := s.form.value(p.of.spans, e.to.number); ok {
			to = state{phase: full, cell: v}
		}
		yield(s.id(int(at.whole), e.c), to)
	}
}

// step goes on by one token.
func (d *digits) step(p place, id int32) (to place, ok bool) {
	to = p
	d.follow(p, func(other int32, at state) {
		if other == id {
			to.at, ok = at, true
		}
	})
	return to, ok
}

// head gives the ids of all columns, and that of the end of a row.
func (d *digits) head() []int32 {
	ids := []int32{digitEnd}
	for id := digitSpecials; id < d.size; id++ {
		ids = append(ids, id)
	}
	return ids
}
