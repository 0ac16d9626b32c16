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

// newCycle counts how often codes repeat. No size is told that fewer than k codes have.
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

// protect keeps the sizes that k persons have. Of the others, neighbours are joined until k persons are together, with their
// mean; what is left over joins the nearest size, which stays as it is.
func (c *cycle) protect(k int64) {
	var out, rest []size
	var open size // Rows is the sum here
	for _, s := range c.Sizes {
		if s.Persons < k {
			open.Rows += s.Rows * s.Persons
			open.Persons += s.Persons
			if open.Persons < k {
				continue
			}
			s = open.mean()
		} else if open.Persons > 0 {
			rest = append(rest, open.mean())
		}
		out = append(out, s)
		open = size{}
	}
	if open.Persons > 0 {
		rest = append(rest, open.mean())
	}
	if len(out) == 0 && len(rest) > 0 {
		out, rest = rest[:1], nil
	}
	for _, s := range rest {
		out[nearestSize(out, s.Rows)].Persons += s.Persons
	}
	c.Sizes = out
}

// mean turns a sum of rows into the mean of the persons.
func (s size) mean() size { return size{(s.Rows + s.Persons/2) / s.Persons, s.Persons} }

// nearestSize finds the size nearest to rows, the smaller of two.
func nearestSize(sizes []size, rows int64) int {
	best := 0
	for i, s := range sizes {
		if max(s.Rows-rows, rows-s.Rows) < max(sizes[best].Rows-rows, rows-sizes[best].Rows) {
			best = i
		}
	}
	return best
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
