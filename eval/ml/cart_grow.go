package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/run"
)

// A cartTable is what all trees of a forest are grown on. Numbers are coded by rank, so that a split is found by counting and
// not by sorting.
type cartTable struct {
	n       int
	classes int
	class   []int32   // by row
	value   []float64 // by row, where there are no classes
	columns []cartColumn
	depth   int
	try     int // columns that a split chooses from
}

// A cartColumn has a code for each row: 0 is missing. Codes differ where numbers differ, up to maxCodes of them.
type cartColumn struct {
	code      []uint16
	low, high []float32 // by code: the least and the greatest number
}

// maxCodes is how many numbers of a column are told apart.
const maxCodes = 1<<16 - 1

func newCARTTable(x *mat.Dense, y []float64, classes, depth, try int) (*cartTable, error) {
	columns, err := columns32(x)
	if err != nil {
		return nil, err
	}
	if err := checkAnswers(y, len(columns[0]), classes); err != nil {
		return nil, err
	}
	if depth < 0 || try < 0 || try > len(columns) {
		return nil, fmt.Errorf("%w: Depth is %d and Try %d: Try is at most the number of columns, %d", ErrInput, depth, try, len(columns))
	}
	t := &cartTable{n: len(y), classes: classes, value: y, columns: make([]cartColumn, len(columns)), depth: depth, try: try}
	if depth == 0 {
		t.depth = math.MaxInt
	}
	if classes > 0 {
		t.class = make([]int32, len(y))
		for i, v := range y {
			t.class[i] = int32(v)
		}
	}
	run.Parallel(len(columns), func(j int) { t.columns[j] = newCARTColumn(columns[j]) })
	return t, nil
}

func newCARTColumn(v []float32) cartColumn {
	order := ascending(v)
	kinds := 0
	for k, i := range order {
		if k == 0 || v[i] != v[order[k-1]] {
			kinds++
		}
	}
	share := (kinds + maxCodes - 1) / maxCodes // numbers with one code
	c := cartColumn{code: make([]uint16, len(v)), low: make([]float32, 1), high: make([]float32, 1)}
	kind := -1
	for k, i := range order {
		if k == 0 || v[i] != v[order[k-1]] {
			kind++
			if kind%share == 0 {
				c.low, c.high = append(c.low, v[i]), append(c.high, v[i])
			}
			c.high[len(c.high)-1] = v[i]
		}
		c.code[i] = uint16(len(c.low) - 1)
	}
	return c
}

func (t *cartTable) features() int { return len(t.columns) }

// A cartGrower holds what the nodes of one tree share.
type cartGrower struct {
	*cartTable
	tree     cartTree
	weight   []uint32 // by row: how often it is in the sample
	rand     uint32
	order    []int32 // columns, partly shuffled; known constants first
	constant []int32 // columns known to be constant, in the order they were found
	spare    []int32
	cartScan
}

// grow grows a tree on the rows whose weight isn't 0.
func (t *cartTable) grow(weight []uint32, seed uint32) cartTree {
	g := &cartGrower{cartTable: t, weight: weight, spare: make([]int32, t.n), constant: make([]int32, t.features())}
	g.rand = uint32(numpy.NewRandomState(seed).Randint(0, randMax))
	g.order = count(t.features())
	g.cartScan.init(t)
	rows := make([]int32, 0, t.n)
	for i, w := range weight {
		if w > 0 {
			rows = append(rows, int32(i))
		}
	}
	g.node(rows, 0, 0)
	return g.tree
}

// draw gives a number in [low, high): xorshift of 32 bits (Marsaglia, 2003), as scikit-learn has it.
func (g *cartGrower) draw(low, high int) int {
	if g.rand == 0 {
		g.rand = 1
	}
	g.rand ^= g.rand << 13
	g.rand ^= g.rand >> 17
	g.rand ^= g.rand << 5
	return low + int(g.rand&math.MaxInt32)%(high-low)
}

// node adds the node of the given rows, and all below it. So many columns are known to be constant.
func (g *cartGrower) node(rows []int32, depth, known int) {
	t := &g.tree
	at := len(t.nodes)
	weight, impurity := g.enter(rows)
	t.nodes = append(t.nodes, cartNode{feature: -1, right: int32(len(t.answers))})
	t.weight, t.impurity = append(t.weight, weight), append(t.impurity, impurity)
	var s cartSplit
	if depth < g.depth && len(rows) > 1 && !g.pure {
		s, known = g.best(rows, known)
	}
	if !s.found {
		t.answers = g.answer(t.answers)
		return
	}
	cut := g.part(rows, &s)
	if !s.gaps && cut > len(rows)-cut {
		s.missingLeft = 1 // no row of the node tells: go with the majority
	}
	t.nodes[at] = cartNode{cut: s.cut, feature: s.feature, missing: s.missingLeft}
	g.node(rows[:cut], depth+1, known)
	t.nodes[at].right = int32(len(t.nodes))
	g.node(rows[cut:], depth+1, known)
}

// best looks for the best split among columns that are drawn until there are enough, and one that isn't constant. It also
// gives how many columns are known to be constant now. The order of draws is scikit-learn's.
func (g *cartGrower) best(rows []int32, known int) (best cartSplit, total int) {
	order := g.order
	left, drawn, found := len(order), 0, 0 // undrawn columns end at left; drawn and found count constants
	best.proxy = math.Inf(-1)
	for visited := 0; left > known+found && (visited < g.try || visited <= found+drawn); visited++ {
		j := g.draw(drawn, left-found)
		if j < known {
			order[drawn], order[j] = order[j], order[drawn]
			drawn++
			continue
		}
		j += found
		if !g.read(rows, &g.columns[order[j]]) {
			order[j], order[known+found] = order[known+found], order[j]
			found++
			continue
		}
		left--
		order[left], order[j] = order[j], order[left]
		g.sweep(order[left], &best)
		g.clean()
	}
	copy(order[:known], g.constant)
	copy(g.constant[known:], order[known:known+found])
	return best, known + found
}

// part brings the rows that go left to the front and gives their number.
func (g *cartGrower) part(rows []int32, s *cartSplit) int {
	code, spare := g.columns[s.feature].code, g.spare
	left, right := 0, 0
	for _, i := range rows {
		// Both writes, and no branch: which way a row goes can't be foretold.
		rows[left], spare[right] = i, i
		goes := 0
		if code[i]-1 < s.code { // 0 wraps around
			goes = 1
		}
		if code[i] == 0 {
			goes = int(s.missingLeft)
		}
		left += goes
		right += 1 - goes
	}
	copy(rows[left:], spare[:right])
	return left
}
