package table

import (
	"math"
	"slices"
)

// A packed cell is a plain number as its text spells it, in 64 bits: its digits times 32, plus the number of places. Texts
// of other shapes are packedText plus their code in the dictionary. A column of measurements that hardly repeat takes 8
// bytes a cell in this form, where a dictionary would take 30.
const packedText = math.MinInt64

// packedCode gives the code of a packed cell that is a text.
func packedCode(v int64) (code int32, ok bool) {
	code = int32(v - packedText)
	return code, v < packedText+math.MaxInt32
}

// maxPacked is the most digits of a packed number, all counted.
const maxPacked = 17

// pack packs text if nothing is unusual about it: a minus sign or none, no needless zeros in front, at most wholeDigits
// digits before mark and at least one behind it. It is the exact opposite of appendPacked.
func pack(text []byte, mark byte) (v int64, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) == 0 || len(text) > maxPacked+1 || len(text) > 1 && text[0] == '0' && text[1] != mark {
		return 0, false
	}
	m, point := int64(0), -1
	for i, c := range text {
		switch {
		case isDigit(c):
			m = m*10 + int64(c-'0')
		case c == mark && point < 0 && i > 0:
			point = i
		default:
			return 0, false
		}
	}
	if point < 0 {
		point = len(text)
	}
	places := max(0, len(text)-1-point)
	if point > wholeDigits || point == len(text)-1 || negative && m == 0 {
		return 0, false
	}
	if negative {
		m = -m
	}
	return m<<5 | int64(places), true
}

// appendPacked writes the text of a packed number.
func appendPacked(dst []byte, v int64, mark byte) []byte {
	m, places := v>>5, int(v&31)
	if m < 0 {
		dst = append(dst, '-')
		m = -m
	}
	width := places + 1
	for width < len(upow10) && uint64(m) >= upow10[width] {
		width++
	}
	for d := width - 1; d >= 0; d-- {
		dst = append(dst, byte('0'+uint64(m)/upow10[d]%10))
		if d == places && d > 0 {
			dst = append(dst, mark)
		}
	}
	return dst
}

// unpack gives what parseNumber would make of the text of a packed number.
func unpack(v int64) parsed {
	p := parsed{value: v >> 5, places: int(v & 31), written: int(v & 31), plain: true, width: 1}
	for whole := magnitude(p.value) / upow10[p.places]; whole >= 10; whole /= 10 {
		p.width++
	}
	for p.places > 0 && p.value%10 == 0 {
		p.value /= 10
		p.places--
	}
	return p
}

// widen turns a column of many different plain numbers into packed cells, if it is one. The decimal mark must show beyond
// doubt: "1.234" may be a thousand or a little more than one.
func (g *gather) widen() {
	var plain, point, comma int
	d := g.dict
	for i := range d.len() {
		text := d.text(i)
		_, pointed := pack([]byte(text), '.')
		_, marked := pack([]byte(text), ',')
		if pointed || marked {
			plain++
		}
		if _, ok := parseNumber(text, '.'); ok {
			point++
		}
		if _, ok := parseNumber(text, ','); ok {
			comma++
		}
	}
	switch {
	case plain*20 < d.len()*19:
		return
	case point > comma:
		g.mark = '.'
	case comma > point:
		g.mark = ','
	}
	codes := append(g.chunks, g.cur)
	g.chunks, g.cur, g.dict = nil, nil, newDict()
	g.wide = true
	for i, chunk := range codes {
		for _, c := range chunk {
			g.addWide([]byte(d.text(int(c))), d.flags[c])
		}
		codes[i] = nil
	}
}

// addWide adds a cell in packed form.
func (g *gather) addWide(text []byte, flag uint8) {
	v, ok := pack(text, g.mark)
	if ok {
		g.packedFlags |= flag
	} else {
		v = packedText + int64(g.dict.code(text, flag))
	}
	if n := len(g.packed); n == 0 || len(g.packed[n-1]) == chunkRows {
		g.packed = append(g.packed, make([]int64, 0, chunkRows))
	}
	last := &g.packed[len(g.packed)-1]
	*last = append(*last, v)
}

// narrow turns packed cells back into codes of a dictionary.
func (g *gather) narrow() {
	old, packed := g.dict, g.packed
	g.dict, g.packed, g.wide = newDict(), nil, false
	g.watch = math.MaxInt
	var b []byte
	for i, chunk := range packed {
		for _, v := range chunk {
			if code, text := packedCode(v); text {
				g.add([]byte(old.text(int(code))), old.flags[code])
				continue
			}
			b = appendPacked(b[:0], v, g.mark)
			g.add(b, g.packedFlags)
		}
		packed[i] = nil
	}
	g.dict.done()
}

// runs calls f with every different packed number and how many cells have it. It sorts them in scratch, which it gives
// back grown.
func (g *gather) runs(scratch []int64, f func(v int64, n int)) []int64 {
	all := slices.Grow(scratch[:0], len(g.packed)*chunkRows)
	for _, chunk := range g.packed {
		for _, v := range chunk {
			if _, text := packedCode(v); !text {
				all = append(all, v)
			}
		}
	}
	slices.Sort(all)
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to] == all[from] {
			to++
		}
		f(all[from], to-from)
		from = to
	}
	return all
}
