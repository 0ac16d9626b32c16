package table

import (
	"cmp"
	"math"
	"slices"
)

// sumSearch finds sums by hashing. The hash of a column is a random linear function of its numbers in certain rows,
// modulo 2^64, so that the hash of a sum is the sum of the hashes: to find the parts of a total means to find hashes
// that add up to its own, and for that a table of all pairs is enough. What the hashes propose is then tested on all
// rows.
type sumSearch struct {
	t        *Table
	cols     []int    // the columns that take part
	factors  []uint64 // by number of the column: brings it to the grid that all share, modulo 2^64
	maxParts int
	logTried float64 // logarithm of the number of rules that are tried
	seen     map[[6]int]bool
	found    []candidate
}

func newSumSearch(t *Table) *sumSearch {
	s := &sumSearch{t: t, factors: make([]uint64, len(t.cols)), seen: make(map[[6]int]bool)}
	decimals := 0
	for col := range t.cols {
		c := &t.schema.Columns[col]
		if (c.Kind == Whole || c.Kind == Decimal) && c.Treat == Learn {
			s.cols = append(s.cols, col)
			decimals = max(decimals, newGrid(c.Step).decimals)
		}
	}
	for _, col := range s.cols {
		g := newGrid(t.schema.Columns[col].Step)
		s.factors[col] = uint64(g.unit) * upow10[decimals-g.decimals]
	}
	s.maxParts, s.logTried = sumsTried(len(s.cols))
	s.cols = slices.DeleteFunc(s.cols, func(col int) bool { return !s.couldBeEvident(t.cols[col].nums) })
	return s
}

// sumsTried gives the most parts that sums of n columns have, and the logarithm of the number of such sums.
func sumsTried(n int) (maxParts int, log float64) {
	maxParts = 5
	if n > 200 {
		maxParts = 4
	}
	if n >= 500 {
		maxParts = 3
	}
	tried, choose := 0.0, float64(n-1)
	for parts := 2; parts <= maxParts; parts++ {
		choose *= float64(n-parts) / float64(parts)
		tried += choose * float64(n)
	}
	return maxParts, math.Log(max(tried, 1))
}

// couldBeEvident tells whether a column varies so much that a rule about it may be beyond chance. That keeps
// constants, and small tables in which thousands of sums hold by chance, out of the search. Of a long table 65,536
// rows tell.
func (s *sumSearch) couldBeEvident(nums []int64) bool {
	var values []int64
	for i := 0; i < len(nums); i += 1 + len(nums)>>16 {
		if nums[i] >= lowestNumber {
			values = append(values, nums[i])
		}
	}
	return float64(len(values))*logAgree(values)+s.logTried < chanceLogLimit
}

// searchAll looks at all columns together, in the rows where they are numbers; then at each that could not take part,
// in the rows where it is a number.
func (s *sumSearch) searchAll() {
	p := s.probe(-1)
	pairs := p.pairs()
	for total := range p.cols {
		s.search(p, pairs, total, -1)
	}
	for _, col := range s.cols {
		if slices.Contains(p.cols, col) {
			continue
		}
		q := s.probe(col)
		if len(q.cols) == 0 || q.cols[0] != col {
			continue // a constant
		}
		pairs := q.pairs()
		s.search(q, pairs, 0, -1)
		for total := 1; total < len(q.cols); total++ {
			s.search(q, pairs, total, 0)
		}
	}
}

// probe is a choice of columns with their hashes over the rows in which all of them are numbers.
type probe struct {
	cols []int
	hash []uint64
}

// probe leaves out columns that have too many gaps, that are constant, or that have the numbers of one before them.
// With first >= 0, that column comes first, and only the rows where it is a number count.
func (s *sumSearch) probe(first int) *probe {
	var rows []int
	for row := range s.t.rows {
		if first < 0 || s.t.cols[first].nums[row] >= lowestNumber {
			rows = append(rows, row)
		}
	}
	type gappy struct{ col, gaps int }
	var order []gappy
	for _, col := range s.cols {
		g := gappy{col: col}
		for _, row := range rows {
			if s.t.cols[col].nums[row] < lowestNumber {
				g.gaps++
			}
		}
		if col == first {
			g.gaps = -1
		}
		order = append(order, g)
	}
	slices.SortStableFunc(order, func(a, b gappy) int { return cmp.Compare(a.gaps, b.gaps) })
	// An eighth of the rows shows enough, and some columns of a table are often empty together.
	enough := max(len(rows)/8, min(len(rows), 32))
	var chosen []int
	for _, g := range order {
		left := rows
		if g.gaps > 0 {
			left = nil
			for _, row := range rows {
				if s.t.cols[g.col].nums[row] >= lowestNumber {
					left = append(left, row)
				}
			}
		}
		if len(left) >= enough {
			rows, chosen = left, append(chosen, g.col)
		}
	}
	if first < 0 {
		slices.Sort(chosen)
	}
	return s.hash(chosen, rows)
}

// hash makes the probe of the columns that vary.
func (s *sumSearch) hash(cols, rows []int) *probe {
	p := &probe{}
	known := make(map[uint64]bool)
	for _, col := range cols {
		nums := s.t.cols[col].nums
		var h uint64
		varies := false
		for _, row := range rows {
			h += mix(uint64(row)) * uint64(nums[row])
			varies = varies || nums[row] != nums[rows[0]]
		}
		h *= s.factors[col]
		if varies && !known[h] {
			known[h] = true
			p.cols, p.hash = append(p.cols, col), append(p.hash, h)
		}
	}
	return p
}

// mix gives a random-looking odd weight for a row (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31 | 1
}

// pairTable finds the pairs of columns whose hashes have a given sum.
type pairTable struct {
	sums   []uint64
	pairs  [][2]uint16 // both 0 where free
	filter []uint64    // one bit for each of a range of hashes, most of them not set
	shift  uint
}

func (p *probe) pairs() *pairTable {
	n := len(p.cols)
	bits := uint(6)
	for 1<<bits < n*n {
		bits++
	}
	t := &pairTable{
		sums: make([]uint64, 1<<bits), pairs: make([][2]uint16, 1<<bits),
		filter: make([]uint64, 1<<(bits+3)/64), shift: 64 - bits,
	}
	for b := range n {
		for a := range b {
			sum := p.hash[a] + p.hash[b]
			i := sum >> t.shift
			for t.pairs[i] != [2]uint16{} {
				i = (i + 1) & (1<<bits - 1)
			}
			t.sums[i], t.pairs[i] = sum, [2]uint16{uint16(a), uint16(b)}
			f := sum >> (t.shift - 3)
			t.filter[f/64] |= 1 << (f % 64)
		}
	}
	return t
}

// mayHave is false for most sums that no pair has.
func (t *pairTable) mayHave(sum uint64) bool {
	f := sum >> (t.shift - 3)
	return t.filter[f/64]>>(f%64)&1 != 0
}

// each calls f for the pairs a < b of that sum with b below the limit.
func (t *pairTable) each(sum uint64, limit int, f func(a, b int)) {
	for i := sum >> t.shift; t.pairs[i] != [2]uint16{}; i = (i + 1) & uint64(len(t.pairs)-1) {
		if t.sums[i] == sum && int(t.pairs[i][1]) < limit {
			f(int(t.pairs[i][0]), int(t.pairs[i][1]))
		}
	}
}

// search finds the parts of column total of the probe. With must >= 0 it is one of them.
func (s *sumSearch) search(p *probe, pairs *pairTable, total, must int) {
	n, target, most := len(p.cols), p.hash[total], s.maxParts
	var parts [5]int
	known := 0
	if must >= 0 {
		parts[0], known, most = must, 1, most-1
		target -= p.hash[must]
		for i, h := range p.hash {
			if h == target {
				parts[1] = i
				s.propose(p, total, parts[:2])
			}
		}
	}
	hit := func(limit int) func(a, b int) {
		return func(a, b int) {
			parts[known], parts[known+1] = a, b
			s.propose(p, total, parts[:known+2+limit])
		}
	}
	two, three, four, five := hit(0), hit(1), hit(2), hit(3)
	pairs.each(target, n, two)
	for i := 2; i < n && most >= 3; i++ {
		rest := target - p.hash[i]
		if pairs.mayHave(rest) {
			parts[known+2] = i
			pairs.each(rest, i, three)
		}
		for j := i + 1; j < n && most >= 4; j++ {
			rest := rest - p.hash[j]
			if pairs.mayHave(rest) {
				parts[known+2], parts[known+3] = i, j
				pairs.each(rest, i, four)
			}
			if most < 5 {
				continue
			}
			for k := j + 1; k < n; k++ {
				if rest := rest - p.hash[k]; pairs.mayHave(rest) {
					parts[known+2], parts[known+3], parts[known+4] = i, j, k
					pairs.each(rest, i, five)
				}
			}
		}
	}
}

// propose tests a sum on all rows, once.
func (s *sumSearch) propose(p *probe, total int, parts []int) {
	cols := make([]int, 0, 6)
	for _, i := range parts {
		cols = append(cols, p.cols[i])
	}
	slices.Sort(cols)
	cols = slices.Insert(cols, 0, p.cols[total])
	if slices.Contains(cols[1:], cols[0]) || len(slices.Compact(slices.Clone(cols))) < len(cols) {
		return
	}
	var key [6]int
	for i, c := range cols {
		key[i] = c + 1
	}
	if s.seen[key] {
		return
	}
	s.seen[key] = true
	if rows, ok := s.evidence(cols); ok {
		s.found = append(s.found, candidate{cols, rows})
	}
}
