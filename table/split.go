package table

import (
	"math"
	"slices"
	"strconv"

	"example.org/cohort/internal/rng"
)

// Select gives the rows named, in that order; a row may come twice. It panics for a row that is not there. The schema
// stays as it is: Values, Min and Max are those of t.
func (t *Table) Select(rows []int) *Table {
	for _, r := range rows {
		if r < 0 || r >= t.rows {
			panic("table: Select: row " + strconv.Itoa(r) + " of " + strconv.Itoa(t.rows))
		}
	}
	out := &Table{schema: t.schema, rows: len(rows), cols: make([]column, len(t.cols))}
	for i := range t.cols {
		out.cols[i] = t.cols[i].choose(rows)
	}
	return out
}

// choose gives the cells of the rows named.
func (c *column) choose(rows []int) column {
	out := column{words: c.words}
	if c.nums != nil {
		out.nums = make([]int64, len(rows))
		for i, r := range rows {
			out.nums[i] = c.nums[r]
		}
	} else {
		out.codes = make([]int32, len(rows))
		for i, r := range rows {
			out.codes[i] = c.codes[r]
		}
	}
	if len(c.odd) == 0 {
		return out
	}
	for i, r := range rows {
		if at, odd := slices.BinarySearch(c.odd, int32(r)); odd {
			out.odd = append(out.odd, int32(i))
			out.oddText = append(out.oddText, c.oddText[at])
		}
	}
	return out
}

// Split parts the table at random, by person and not by row: first has the share given of the persons (rounded; 0 to
// 1, others count as the nearer end), rest the others, both in the order of t. In each group of persons that agree in
// the columns named by strata (numbers and dates: in the quarter of the values, of the person's first row) the share
// is the same, to one person. It is a function of t, share, seed and strata alone. It panics if t has no column of
// such a name.
func (t *Table) Split(share float64, seed uint64, strata ...string) (first, rest *Table) {
	person, persons := t.Persons()
	order := make([]int32, persons)
	for i := range order {
		order[i] = int32(i)
	}
	rng.Shuffle(seed, rng.Split, persons, func(i, j int) { order[i], order[j] = order[j], order[i] })
	group := t.groups(strata, person, persons)
	// Groups stand in the order of their first shuffled person, so that which of many small groups have their person
	// taken is random, too.
	rank := make([]int32, persons)
	next := int32(1)
	for _, p := range order {
		if g := group[p]; rank[g] == 0 {
			rank[g] = next
			next++
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(rank[group[a]] - rank[group[b]]) })

	share = min(max(share, 0), 1)
	if math.IsNaN(share) {
		share = 0
	}
	taken := make([]bool, persons)
	// quota(i) persons are taken of the first i. The conversion keeps the compiler from fusing the two operations,
	// which would round otherwise on other processors.
	quota := func(i int) float64 { return math.Floor(float64(float64(i)*share) + 0.5) }
	for i, p := range order {
		taken[p] = quota(i+1) > quota(i)
	}
	var in, out []int
	for row, p := range person {
		if taken[p] {
			in = append(in, row)
		} else {
			out = append(out, row)
		}
	}
	return t.Select(in), t.Select(out)
}

// groups numbers the strata of the persons from 0 in the order of first appearance.
func (t *Table) groups(strata []string, person []int32, persons int) []int32 {
	firstRow := make([]int, persons)
	seen := int32(0)
	for row, p := range person {
		if p == seen {
			firstRow[p] = row
			seen++
		}
	}
	group := make([]int32, persons)
	for _, name := range strata {
		col, err := t.schema.find(name)
		if err != nil {
			panic("table: Split: " + err.Error())
		}
		class := t.classes(col)
		number := make(map[[2]int32]int32)
		for p := range group {
			key := [2]int32{group[p], class(firstRow[p])}
			g, ok := number[key]
			if !ok {
				g = int32(len(number))
				number[key] = g
			}
			group[p] = g
		}
	}
	return group
}

// classes gives a function from row to its class in a column: the code, or the quarter of a number.
func (t *Table) classes(col int) func(row int) int32 {
	c := &t.cols[col]
	if c.nums == nil {
		return func(row int) int32 { return c.codes[row] }
	}
	var sorted []int64
	for _, n := range c.nums {
		if n >= lowestNumber {
			sorted = append(sorted, n)
		}
	}
	slices.Sort(sorted)
	var cuts [3]int64
	for i := range cuts {
		if len(sorted) > 0 {
			cuts[i] = sorted[(i+1)*len(sorted)/4]
		}
	}
	return func(row int) int32 {
		n := c.nums[row]
		if n < lowestNumber {
			return int32(-1 - (n - noNumber)) // missing and every mark are classes of their own
		}
		quarter := int32(0)
		for _, cut := range cuts {
			if n >= cut {
				quarter++
			}
		}
		return quarter
	}
}
