package encode

import (
	"slices"

	"example.org/cohort/internal/rng"
)

// A cycle says how often the persons of a column have a row: rows 0, 1, 2, ... belong to person 0, 0, 1, ... After Persons
// persons it starts again with new ones. No person of the table is in it: sizes are counts of at least k persons.
type cycle struct {
	Sizes []size
	// start[p] is the first row of person p of the cycle; one more entry is the number of rows.
	start []int64
}

// A size says how many persons have so many rows.
type size struct{ Rows, Persons int64 }

// maxCycle is the most persons of a cycle; longer ones are thinned out.
const maxCycle = 1 << 20

// newCycle counts how often codes repeat. Sizes that fewer than k codes have join the next smaller one (or the next).
func newCycle(codes []int32, distinct, k int) cycle {
	rows := make([]int64, distinct)
	for _, c := range codes {
		if c >= 0 {
			rows[c]++
		}
	}
	slices.Sort(rows)
	var c cycle
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to] == rows[from] {
			to++
		}
		c.Sizes = append(c.Sizes, size{rows[from], int64(to - from)})
		from = to
	}
	c.protect(int64(k))
	thin := (int64(distinct) + maxCycle - 1) / maxCycle
	for i := range c.Sizes {
		c.Sizes[i].Persons = max(c.Sizes[i].Persons/thin, 1)
	}
	c.link()
	return c
}

// protect joins neighbouring sizes until each has k persons; joined ones get their mean.
func (c *cycle) protect(k int64) {
	var out []size
	for _, s := range c.Sizes {
		if n := len(out); n > 0 && (s.Persons < k || out[n-1].Persons < k) {
			last := &out[n-1]
			persons := last.Persons + s.Persons
			last.Rows = (last.Rows*last.Persons + s.Rows*s.Persons + persons/2) / persons
			last.Persons = persons
			continue
		}
		out = append(out, s)
	}
	c.Sizes = out
}

// link computes start. The sizes come in a fixed random order, so that any stretch of rows has its part of each.
func (c *cycle) link() {
	persons := int64(0)
	for _, s := range c.Sizes {
		persons += s.Persons
	}
	c.start = make([]int64, persons+1)
	ends := make([]int64, len(c.Sizes))
	sum := int64(0)
	for i, s := range c.Sizes {
		sum += s.Persons
		ends[i] = sum
	}
	for p := range persons {
		at := int64(rng.Permute(0, rng.FillRepeats, uint64(persons), uint64(p)))
		i, _ := slices.BinarySearch(ends, at+1)
		c.start[p+1] = c.start[p] + c.Sizes[i].Rows
	}
}

// person gives whom row is about.
func (c *cycle) person(row uint64) uint64 {
	rows := uint64(c.start[len(c.start)-1])
	at := int64(row % rows)
	p, ok := slices.BinarySearch(c.start, at)
	if !ok {
		p--
	}
	return row/rows*uint64(len(c.start)-1) + uint64(p)
}

// partitions finds the filled columns in which texts repeat and gives each a cycle; columns that part the rows alike, as the
// number and the name of a person do, share it.
func (f *fitter) partitions() {
	type known struct {
		codes    []int32
		distinct int
	}
	var seen []known
	for i := range f.cols {
		fl := f.cols[i].fill
		if fl == nil || fl.ID == nil && fl.Digits == 0 {
			continue
		}
		words, codes := f.words(f.source[i])
		if !repeats(codes, len(words)) {
			continue
		}
		for at, k := range seen {
			if determines(k.codes, codes, k.distinct, len(words)) {
				fl.Cycle = at
			}
		}
		if fl.Cycle < 0 {
			fl.Cycle = len(f.cycles)
			f.cycles = append(f.cycles, newCycle(codes, len(words), f.k))
			seen = append(seen, known{codes, len(words)})
		}
	}
}

func repeats(codes []int32, distinct int) bool {
	n := 0
	for _, c := range codes {
		if c >= 0 {
			n++
		}
	}
	return n > distinct
}

// determines tells whether rows that agree in a agree in b, and b has nearly as many different texts: two persons may
// share a name, and still a person has one name.
func determines(a, b []int32, distinctA, distinctB int) bool {
	if 10*distinctB < 9*distinctA || distinctB > distinctA {
		return false
	}
	of := make([]int32, distinctA)
	for i := range of {
		of[i] = -1
	}
	for r, c := range a {
		if c < 0 || b[r] < 0 {
			continue
		}
		if of[c] >= 0 && of[c] != b[r] {
			return false
		}
		of[c] = b[r]
	}
	return true
}
