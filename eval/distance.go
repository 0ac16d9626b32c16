package eval

import (
	"math"
	"math/bits"
	"slices"
)

// unit is the distance 1. Distances are whole numbers, so that a sum does not depend on its order. It is the least common
// multiple of 1 to 30: a step on a scale of so many steps is a whole number, and ties between columns are ties.
const unit int64 = 2_329_089_562_800

// mostCodes bounds the codes of a number column that are told apart: their places must fit an int64.
const mostCodes = 1 << 19

// A space measures how unlike rows are in some columns, by Gower's distance (1971, doi:10.2307/2528823) on the view's cells:
// two numbers differ by their difference, as a part of the range in the real tables and at most 1; all else is equal (0) or
// not (1). MISSING and a mark are values of their own, 1 from every number.
type space struct {
	v      *view
	cat    []int // columns whose cells are equal or not
	num    []int // columns with numbers, those that differ most first
	low    []float64
	high   []float64 // of num, over the real tables
	groups []group   // of cat, up to 64 at a time
	words  int       // of all groups
	rough  int       // words of 8 numbers in 7 bits each
	slack  int64     // by so much two distances may differ and be equal but for rounding
}

// A group is up to 64 columns whose codes are cut into planes: the first bits of all codes, one beside the other, then the
// second bits, and so on. Two rows differ in the columns whose bits differ in any plane.
type group struct {
	cols  []int
	lanes int     // bits of one plane: 8, 16, 32 or 64
	words int     // of 64 bits, that hold all planes
	folds [3]uint // shifts that lay the planes of a word over each other; 0 is none
	mask  uint64  // the bits of one plane
}

// A cloud is the rows of one table in a space, ready to be searched.
type cloud struct {
	rows  int
	bits  []uint64 // row after row: the planes
	rough []uint64 // row after row: the places of numbers in 7 bits of 8
	nums  []int64  // row after row: the places of numbers
}

// newSpace measures in cols, with the ranges that people of the given sides have.
func (v *view) newSpace(cols []int, people ...*side) *space {
	s := &space{v: v}
	for _, col := range cols {
		if v.columns[col].number {
			s.num = append(s.num, col)
		} else {
			s.cat = append(s.cat, col)
		}
	}
	for _, col := range s.num {
		low, high := math.Inf(1), math.Inf(-1)
		for _, side := range people {
			for _, x := range side.cells[col].num {
				if x == x {
					low, high = math.Min(low, x), math.Max(high, x)
				}
			}
		}
		s.low, s.high = append(s.low, low), append(s.high, high)
	}
	s.slack = 2 * int64(len(s.num))
	if len(s.num) >= 4 { // fewer are as quick to compare as they stand
		s.rough = min((len(s.num)+7)/8, mostRough)
	}
	s.sortNumbers(people)
	for cols := range slices.Chunk(s.cat, 64) {
		g := group{cols: cols, lanes: 8}
		for g.lanes < len(cols) {
			g.lanes *= 2
		}
		planes := 1 // also where no cell has a value
		for _, col := range cols {
			planes = max(planes, bits.Len(uint(len(v.columns[col].label)-1)))
		}
		g.words = (planes*g.lanes + 63) / 64
		for i, n := 0, 32; n >= g.lanes; i, n = i+1, n/2 {
			g.folds[i] = uint(n)
		}
		g.mask = 1<<g.lanes - 1
		s.groups = append(s.groups, g)
		s.words += g.words
	}
	return s
}

// sortNumbers puts the columns in which people differ most first, so that a search can give up early. Neighbours in the
// file may be alike; rows half a table apart are compared.
func (s *space) sortNumbers(people []*side) {
	differ := make([]float64, len(s.num))
	for k, col := range s.num {
		for _, side := range people {
			step := max(1, side.rows/1000)
			for r := 0; r < side.rows; r += step {
				differ[k] += float64(s.apart(k, &side.cells[col], r, &side.cells[col], (r+side.rows/2)%side.rows))
			}
		}
	}
	order := make([]int, len(s.num))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case differ[a] > differ[b]:
			return -1
		case differ[a] < differ[b]:
			return 1
		}
		return 0
	})
	num, low, high := slices.Clone(s.num), slices.Clone(s.low), slices.Clone(s.high)
	for k, from := range order {
		s.num[k], s.low[k], s.high[k] = num[from], low[from], high[from]
	}
}

// place puts a cell of the k-th number column on a line: numbers of people from 0 to unit, others at most one unit beyond,
// and what is no number further than a unit from all of them and from each other.
func (s *space) place(k int, c *cells, row int) int64 {
	if code := c.code[row]; code != isNumber {
		return unit * (4 + 2*int64(min(code, mostCodes)))
	}
	x, low, width := c.num[row], s.low[k], s.high[k]-s.low[k]
	if math.IsInf(width, 1) { // too wide for a float64, but half of it is not
		x, low, width = x/2, low/2, s.high[k]/2-low/2
	}
	p := (x - low) / width
	if math.IsNaN(p) { // people have one number only, and it is this one
		return 0
	}
	return int64(math.Round(min(max(p, -1), 2) * float64(unit)))
}

// apart is the distance of two cells of the k-th number column.
func (s *space) apart(k int, a *cells, i int, b *cells, j int) int64 {
	d := s.place(k, a, i) - s.place(k, b, j)
	return min(max(d, -d), unit)
}

// distance is that of row i of a from row j of b: what the search in clouds must find.
func (s *space) distance(a *side, i int, b *side, j int) int64 {
	d := int64(0)
	for _, col := range s.cat {
		d += s.cell(col, a, i, b, j)
	}
	for _, col := range s.num {
		d += s.cell(col, a, i, b, j)
	}
	return d
}

// cell is the part of column col in the distance.
func (s *space) cell(col int, a *side, i int, b *side, j int) int64 {
	if s.v.columns[col].number {
		return s.apart(slices.Index(s.num, col), &a.cells[col], i, &b.cells[col], j)
	}
	if a.cells[col].code[i] != b.cells[col].code[j] {
		return unit
	}
	return 0
}

// cloud packs the rows of the sides, one side after the other.
func (s *space) cloud(sides ...*side) *cloud {
	c := &cloud{}
	for _, side := range sides {
		c.rows += side.rows
	}
	c.bits, c.nums = make([]uint64, c.rows*s.words), make([]int64, c.rows*len(s.num))
	c.rough = make([]uint64, c.rows*s.rough)
	first := 0
	for _, side := range sides {
		at := 0
		for _, g := range s.groups {
			for lane, col := range g.cols {
				for r, code := range side.cells[col].code {
					words := c.bits[(first+r)*s.words+at:]
					for bit := lane; code != 0; bit, code = bit+g.lanes, code>>1 {
						words[bit/64] |= uint64(code&1) << (bit % 64)
					}
				}
			}
			at += g.words
		}
		for k, col := range s.num {
			for r := range side.rows {
				x := s.place(k, &side.cells[col], r)
				c.nums[(first+r)*len(s.num)+k] = x
				if k < 8*s.rough && x <= 2*unit { // what is no number stays 0, which is never too far from any
					c.rough[(first+r)*s.rough+k/8] |= roughly(x) << (k % 8 * 8)
				}
			}
		}
		first += side.rows
	}
	return c
}

// A hit is a row of a cloud and its distance from the row that is searched for.
type hit struct {
	row      int
	distance int64
}

// tile is how many rows of a cloud are compared with many others before the next ones: they fit a core's nearest cache.
const tile = 128

// search appends to hits the rows from, ..., to-1 of c that are at most bound from row i of q, in their order.
func (s *space) search(q *cloud, i int, c *cloud, from, to int, bound int64, hits []hit) []hit {
	if bound < 0 {
		return hits
	}
	width := len(s.num)
	bound = min(bound, unit*int64(len(s.cat)+width))
	words, nums := q.bits[i*s.words:(i+1)*s.words], q.nums[i*width:(i+1)*width]
	rough := q.rough[i*s.rough : (i+1)*s.rough]
	var differ [tile]uint32 // columns without numbers in which a row differs
	for ; from < to; from += tile {
		n := min(tile, to-from)
		s.unlike(words, c.bits[from*s.words:(from+n)*s.words], differ[:n])
		for j, count := range differ[:n] {
			left := bound - unit*int64(count) // for the numbers
			if left < 0 {
				continue
			}
			r := from + j
			// Places were rounded to 7 bits, so each of the numbers may seem one such step further than it is.
			if s.rough > 0 && beyond(rough, c.rough[r*s.rough:(r+1)*s.rough], uint64(left/(unit/127)+1)+uint64(8*s.rough)) {
				continue
			}
			d := further(nums, c.nums[r*width:(r+1)*width], bound-left, bound)
			if d <= bound {
				hits = append(hits, hit{r, d})
			}
		}
	}
	return hits
}

// mostRough bounds the words of rough places, so that their differences add up in 16 bits.
const mostRough = 64

// roughly is a place from 0 to unit in 7 bits; those beyond count as the ends.
func roughly(x int64) uint64 {
	return uint64((min(max(x, 0), unit)*127 + unit/2) / unit)
}

// beyond tells whether the differences of bytes of a and b, each at most 127, add up to more than limit.
func beyond(a, b []uint64, limit uint64) bool {
	const high, low16 = 0x8080808080808080, 0x00FF00FF00FF00FF
	sum := uint64(0) // four sums, of 16 bits each
	for i, x := range a {
		d := (x | high) - b[i] // 128 + difference in each byte
		less := ^d & high >> 7 // 1 where it is negative
		d = (d^(less<<7-less))&^high + less
		sum += d&low16 + d>>8&low16
		if i&1 == 1 && sum*0x0001000100010001>>48 > limit {
			return true
		}
	}
	return sum*0x0001000100010001>>48 > limit
}

// further adds the distances of numbers to d, until the sum exceeds bound.
func further(a, b []int64, d, bound int64) int64 {
	for len(a) >= 4 && len(b) >= 4 {
		x, y, z, w := a[0]-b[0], a[1]-b[1], a[2]-b[2], a[3]-b[3]
		d += min(max(x, -x), unit) + min(max(y, -y), unit) + min(max(z, -z), unit) + min(max(w, -w), unit)
		if d > bound {
			return d
		}
		a, b = a[4:], b[4:]
	}
	for k, x := range a {
		x -= b[k]
		d += min(max(x, -x), unit)
	}
	return d
}

// unlike counts the columns without numbers in which rows differ from the one whose planes are a. rows are the planes of the
// others, one row after the other.
func (s *space) unlike(a, rows []uint64, counts []uint32) {
	if s.words == 0 {
		clear(counts)
		return
	}
	if len(s.groups) != 1 || s.words > 2 {
		s.unlikeAny(a, rows, counts)
		return
	}
	g := &s.groups[0]
	one, two, three, mask := g.folds[0]&63, g.folds[1]&63, g.folds[2]&63, g.mask
	if s.words == 1 {
		for j, x := range rows[:len(counts)] {
			x ^= a[0]
			x |= x >> one
			x |= x >> two
			x |= x >> three
			counts[j] = uint32(bits.OnesCount64(x & mask))
		}
		return
	}
	for j := range counts {
		x := (rows[2*j] ^ a[0]) | (rows[2*j+1] ^ a[1])
		x |= x >> one
		x |= x >> two
		x |= x >> three
		counts[j] = uint32(bits.OnesCount64(x & mask))
	}
}

// unlikeAny is unlike for any number of groups and words.
func (s *space) unlikeAny(a, rows []uint64, counts []uint32) {
	clear(counts)
	for j := range counts {
		b, at := rows[j*s.words:(j+1)*s.words], 0
		for i := range s.groups {
			g := &s.groups[i]
			x := uint64(0)
			for range g.words {
				x |= a[at] ^ b[at]
				at++
			}
			x |= x >> (g.folds[0] & 63)
			x |= x >> (g.folds[1] & 63)
			x |= x >> (g.folds[2] & 63)
			counts[j] += uint32(bits.OnesCount64(x & g.mask))
		}
	}
}
