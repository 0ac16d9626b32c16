package ml

import (
	"math"

	"example.org/cohort/internal/run"
)

// An exactGrower grows trees by trying every cut of every column, level by level, as "grow_colmaker" of XGBoost 1.7 does.
// Sums are of 64 bits and gains of 32, in the peer's order, since nearly equal gains decide about whole trees.
type exactGrower struct {
	settings
	columns [][]float32
	order   [][]int32     // by column: the rows that have a number, ascending
	values  [][]float32   // the same rows' numbers
	slot    []int32       // by row: the node of the level it is in; less than 0: it is done, or not seen
	level   []exactNode   // nodes to be split
	scans   [][]exactScan // by column and node of the level
	tree    boostTree
}

type exactNode struct {
	node  int32
	total pair64
	gain  float32 // of the node as it is
}

// An exactScan is how far one column has been read in one node.
type exactScan struct {
	sum  pair64
	last float32
	best boostSplit
}

func newExact(columns [][]float32, s settings) *exactGrower {
	g := &exactGrower{settings: s, columns: columns, slot: make([]int32, len(columns[0]))}
	g.order, g.values, g.scans = make([][]int32, len(columns)), make([][]float32, len(columns)), make([][]exactScan, len(columns))
	run.Parallel(len(columns), func(j int) {
		g.order[j] = ascending(columns[j])
		g.values[j] = make([]float32, len(g.order[j]))
		for k, i := range g.order[j] {
			g.values[j][k] = columns[j][i]
		}
	})
	return g
}

// grow grows a tree on the derivatives [N] of the rows seen, adds its answers to margins, and gives it.
func (g *exactGrower) grow(grad []pair32, seen []bool, margins []float32) boostTree {
	g.tree = boostTree{}
	root := pair64{}
	for i, d := range grad {
		g.slot[i] = 0
		if seen != nil && !seen[i] {
			g.slot[i] = -1
			continue
		}
		root.g += float64(d.g)
		root.h += float64(d.h)
	}
	g.tree.add(root, &g.settings)
	g.level = append(g.level[:0], exactNode{0, root, g.rootGain(root)})
	for depth := 0; depth < g.depth && len(g.level) > 0; depth++ {
		run.Parallel(len(g.columns), func(j int) { g.scan(j, grad) })
		g.descend(grad)
	}
	for _, n := range g.level {
		g.tree.leaf(n.node, &g.settings)
	}
	g.tree.prune(&g.settings)
	chunks(len(margins), func(from, to int) {
		for i := from; i < to; i++ {
			margins[i] += g.tree.answerAt(g.columns, i)
		}
	})
	return g.tree
}

// scan reads a column: upwards, with missing values on the right, only if it has some and isn't constant; then downwards,
// with missing values on the left.
func (g *exactGrower) scan(j int, grad []pair32) {
	if cap(g.scans[j]) < len(g.level) {
		g.scans[j] = make([]exactScan, len(g.level), 2*len(g.level))
	}
	g.scans[j] = g.scans[j][:len(g.level)]
	clear(g.scans[j])
	order, values := g.order[j], g.values[j]
	if len(order) == 0 {
		return
	}
	if len(order) < len(g.slot) && values[0] != values[len(values)-1] {
		for k, i := range order {
			g.read(j, i, values[k], grad, false)
		}
		g.finish(j, false)
	}
	for s := range g.scans[j] {
		g.scans[j][s].sum = pair64{}
	}
	for k := len(order) - 1; k >= 0; k-- {
		g.read(j, order[k], values[k], grad, true)
	}
	g.finish(j, true)
}

// read looks at a cut before row i, and takes the row in.
func (g *exactGrower) read(j int, i int32, v float32, grad []pair32, down bool) {
	slot := g.slot[i]
	if slot < 0 {
		return
	}
	s := &g.scans[j][slot]
	if v != s.last && s.sum.h != 0 && s.sum.h >= float64(g.minChild) {
		cut := (v + s.last) * 0.5
		if cut == v {
			cut = s.last
		}
		g.consider(&g.level[slot], s, j, cut, down)
	}
	s.sum.g += float64(grad[i].g)
	s.sum.h += float64(grad[i].h)
	s.last = v
}

// finish looks at the split of all rows that have a number from those that have none.
func (g *exactGrower) finish(j int, down bool) {
	for slot := range g.scans[j] {
		s := &g.scans[j][slot]
		if s.sum.h < float64(g.minChild) {
			continue
		}
		beyond := max(s.last, -s.last) + leastGain
		if down {
			beyond = -beyond
		}
		g.consider(&g.level[slot], s, j, s.last+beyond, down)
	}
}

// consider compares the split of the rows read from all others of the node with the best so far.
func (g *exactGrower) consider(n *exactNode, s *exactScan, j int, cut float32, down bool) {
	rest := n.total.minus(s.sum)
	if rest.h < float64(g.minChild) || !g.promising(rest, s.sum, s.best.gain, n.gain) {
		return
	}
	gain := g.gain(rest) + g.gain(s.sum) - n.gain
	if !(gain > s.best.gain) || gain > math.MaxFloat32 {
		return
	}
	s.best = boostSplit{gain: gain, feature: int32(j), cut: cut, missingLeft: down, left: s.sum, right: rest}
	if down {
		s.best.left, s.best.right = rest, s.sum
	}
}

// descend splits the nodes of the level and moves the rows to the next one. Of equal gains the first column's counts.
func (g *exactGrower) descend(grad []pair32) {
	var next []exactNode
	first := make([]int32, len(g.level)) // slot of the left child; less than 0: a leaf
	for slot, n := range g.level {
		best := boostSplit{}
		for j := range g.scans {
			if s := &g.scans[j][slot].best; s.gain > best.gain {
				best = *s
			}
		}
		if best.gain <= leastGain {
			g.tree.leaf(n.node, &g.settings)
			first[slot] = -1
			continue
		}
		g.tree.split(n.node, &best, &g.settings)
		first[slot] = int32(len(next))
		left := g.tree.nodes[n.node].left
		next = append(next, exactNode{node: left}, exactNode{node: left + 1})
	}
	for i, slot := range g.slot {
		if slot < 0 {
			continue
		}
		if g.slot[i] = first[slot]; first[slot] < 0 {
			continue
		}
		n := &g.tree.nodes[g.level[slot].node]
		if g.tree.next(n, g.columns[n.feature][i]) == n.right {
			g.slot[i]++
		}
		total := &next[g.slot[i]].total
		total.g += float64(grad[i].g)
		total.h += float64(grad[i].h)
	}
	// The children's sums are taken anew, row by row: what the scan found is rounded differently.
	for k := range next {
		n := &next[k]
		n.gain = g.rootGain(n.total)
		g.tree.stats[n.node] = boostStat{weight: g.weight(n.total), cover: float32(n.total.h)}
	}
	g.level = next
}
