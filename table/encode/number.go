package encode

import (
	"math"

	"example.org/cohort/internal/rng"
)

// noNumber is the missing cell in a column of numbers, as [table.New] takes it; noNumber+1+i is mark i.
const noNumber = math.MinInt64

// lowestNumber is the least int64 that is a number and no mark.
const lowestNumber = math.MinInt64 / 2

// gaps are the codes below the scale: MISSING, where the column has it, and then the marks.
type gaps struct {
	missing bool
	rows    []int64 // MISSING, marks
}

func (g *gaps) len() int { return len(g.rows) }

// value gives the cell of gap code c.
func (g *gaps) value(c int32) int64 {
	if g.missing {
		return noNumber + int64(c)
	}
	return noNumber + 1 + int64(c)
}

// code gives the gap code of a cell below lowestNumber; a gap that is not there is the first one, or -1.
func (g *gaps) code(v int64) int32 {
	c := v - noNumber
	if !g.missing {
		c--
	}
	if c < 0 || c >= int64(len(g.rows)) {
		return min(0, int32(len(g.rows))-1)
	}
	return int32(c)
}

// has tells whether a missing cell or mark has a code.
func (g *gaps) has(v int64) bool {
	c := v - noNumber
	if !g.missing {
		c--
	}
	return c >= 0 && c < int64(len(g.rows))
}

// allowed marks the gap codes that a limit leaves.
func (g *gaps) allowed(lim Limit, ok []bool) int {
	n := 0
	for c := range g.rows {
		ok[c] = lim.gap(g.value(int32(c)))
		if ok[c] {
			n++
		}
	}
	return n
}

// number is the codec of a Whole, Decimal or Date column on one scale. Its codes of part 0 are gaps and then cells, or, where
// group is set, gaps and then groups of cells, with the place in the group as part 1.
type number struct {
	gaps  gaps
	cells cells
	// group[g] is the first cell of group g; one more entry is the number of cells. Nil: part 0 has the cells themselves.
	group []int32
	// of[i] is the group of cell i.
	of []int32
}

// split groups the cells if they are many: heavy ones alone, the others so that groups have about equal numbers of rows.
func (n *number) split(coarse int) {
	if n.cells.len() <= 64 {
		return
	}
	total := int64(0)
	for _, r := range n.cells.rows {
		total += r
	}
	target := total/int64(coarse) + 1
	n.group = []int32{0}
	sum, size := int64(0), 0
	for i, r := range n.cells.rows {
		if size > 0 && (size == maxLeaves || sum+r/2 > target) {
			n.group = append(n.group, int32(i))
			sum, size = 0, 0
		}
		sum += r
		size++
	}
	n.group = append(n.group, int32(n.cells.len()))
	n.link()
}

// maxLeaves is the most cells that a group has.
const maxLeaves = 16

// link computes of from group.
func (n *number) link() {
	n.of = make([]int32, n.cells.len())
	for g := range n.groups() {
		for i := n.group[g]; i < n.group[g+1]; i++ {
			n.of[i] = int32(g)
		}
	}
}

func (n *number) groups() int { return len(n.group) - 1 }

// leaves gives the number of cells of the group that code c of part 0 stands for; 1 for a gap.
func (n *number) leaves(c int32) int {
	g := int(c) - n.gaps.len()
	if g < 0 || n.group == nil {
		return 1
	}
	return int(n.group[g+1] - n.group[g])
}

// shape gives the variables.
func (n *number) shape() []Var {
	scale := n.gaps.len()
	weights := append([]int64(nil), n.gaps.rows...)
	if n.group == nil {
		weights = append(weights, n.cells.rows...)
		return []Var{{Card: len(weights), Scale: scale, Ordered: true, Share: shares(weights)}}
	}
	leaves := make([]int64, maxLeaves)
	card := 0
	for g := range n.groups() {
		sum := int64(0)
		for i := n.group[g]; i < n.group[g+1]; i++ {
			sum += n.cells.rows[i]
			if n.group[g+1]-n.group[g] > 1 {
				leaves[i-n.group[g]] += n.cells.rows[i]
				card = max(card, int(i-n.group[g])+1)
			}
		}
		weights = append(weights, sum)
	}
	vars := []Var{{Card: len(weights), Scale: scale, Ordered: true, Share: shares(weights)}}
	if card > 1 {
		vars = append(vars, Var{Card: card, Ordered: true, Share: shares(leaves[:card])})
	}
	return vars
}

func (n *number) applies(part int, row []int32) bool { return part == 0 || n.leaves(row[0]) > 1 }

// cell gives the cell of a row of codes.
func (n *number) cell(row []int32) int {
	g := int(row[0]) - n.gaps.len()
	if n.group == nil {
		return g
	}
	if leaves := n.group[g+1] - n.group[g]; leaves > 1 {
		return int(n.group[g] + min(max(row[1], 0), leaves-1))
	}
	return int(n.group[g])
}

func (n *number) allowed(part int, row []int32, lim Limit, ok []bool) int {
	if part == 1 {
		g := row[0] - int32(n.gaps.len())
		first := n.group[g]
		return n.mark(lim, ok, int(n.group[g+1]-first), func(i int) (int, int) { return int(first) + i, int(first) + i + 1 })
	}
	gaps := n.gaps.allowed(lim, ok)
	ok = ok[n.gaps.len():]
	if n.group == nil {
		return gaps + n.mark(lim, ok, n.cells.len(), func(i int) (int, int) { return i, i + 1 })
	}
	return gaps + n.mark(lim, ok, n.groups(), func(g int) (int, int) { return int(n.group[g]), int(n.group[g+1]) })
}

// mark tells for each of count stretches of cells whether one of them has a legal value.
func (n *number) mark(lim Limit, ok []bool, count int, stretch func(i int) (from, to int)) int {
	if lim.free() {
		for i := range count {
			ok[i] = true
		}
		return count
	}
	sum := 0
	for i := range count {
		from, to := stretch(i)
		for c := from; c < to && !ok[i]; c++ {
			ok[i] = lim.meets(n.cells.low[c], n.cells.high[c])
		}
		if ok[i] {
			sum++
		}
	}
	return sum
}

func (n *number) value(row []int32, lim Limit, r *rng.Stream) int64 {
	if int(row[0]) < n.gaps.len() {
		return n.gaps.value(row[0])
	}
	return lim.draw(&n.cells, n.cell(row), r)
}

func (n *number) code(v int64, row []int32) {
	for p := range row {
		row[p] = -1
	}
	if v < lowestNumber || n.cells.len() == 0 {
		if row[0] = n.gaps.code(v); row[0] >= 0 {
			return
		}
		v = n.cells.low[n.cells.len()/2] // No gap is known: the middle is as near as anything.
	}
	i := int32(n.cells.find(v))
	row[0] = int32(n.gaps.len()) + i
	if n.group == nil {
		return
	}
	g := n.of[i]
	row[0] = int32(n.gaps.len()) + g
	if n.group[g+1]-n.group[g] > 1 {
		row[1] = i - n.group[g]
	}
}

func (n *number) rare(row []int32, r *rng.Stream) {
	weights := append(append([]int64(nil), n.gaps.rows...), n.cells.rows...)
	i := pick(weights, r)
	if i < n.gaps.len() {
		n.code(n.gaps.value(int32(i)), row)
		return
	}
	n.code(n.cells.low[i-n.gaps.len()], row)
}

func (n *number) gap(v int64) bool { return n.gaps.has(v) }
