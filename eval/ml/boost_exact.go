package ml

import (
	"math"
	"sync"

	"example.org/cohort/internal/run"
)

// An exactGrower grows trees by trying every cut of every column, level by level, as "grow_colmaker" of XGBoost 1.7 does.
// Sums are of 64 bits and gains of 32, in the peer's order, since nearly equal gains decide about whole trees.
type exactGrower struct {
	settings
	columns [][]float32
	sorted  [][]entry     // by column: the rows that have a number, ascending
	nodes   [][]entry     // by column: those of the nodes of the level, one node after the other, each ascending
	room    [][]entry     // by column: where nodes lie, but for the root, which may be sorted itself
	ends    [][]int       // by column: where each node of the level ends in nodes
	slot    []int32       // by row: the node of the level it is in; less than 0: it is done, or not seen
	side    []uint8       // by row: 1 if the last split sent it right
	level   []exactNode   // nodes to be split
	scans   [][]exactScan // by column and node of the level
	tree    boostTree
	spare   sync.Pool // of *[]entry
}

// An entry is a row's number in a column, in one word because so many are moved: the bits of the number, then those of the row.
type entry uint64

func newEntry(row int32, value float32) entry {
	return entry(math.Float32bits(value+0))<<32 | entry(uint32(row)) // -0 + 0 is 0, and equal to it
}

func (e entry) row() int32     { return int32(uint32(e)) }
func (e entry) value() float32 { return math.Float32frombits(uint32(e >> 32)) }

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
	n, d := len(columns[0]), len(columns)
	g := &exactGrower{settings: s, columns: columns, slot: make([]int32, n), side: make([]uint8, n), sorted: make([][]entry, d), nodes: make([][]entry, d),
		room: make([][]entry, d), ends: make([][]int, d), scans: make([][]exactScan, d)}
	g.spare.New = func() any { room := make([]entry, n); return &room }
	run.Parallel(d, func(j int) {
		for _, i := range ascending(columns[j]) {
			g.sorted[j] = append(g.sorted[j], newEntry(i, columns[j][i]))
		}
		g.room[j] = make([]entry, len(g.sorted[j]))
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
	run.Parallel(len(g.columns), func(j int) { g.begin(j, seen) })
	for depth := 0; depth < g.depth && len(g.level) > 0; depth++ {
		run.Parallel(len(g.columns), func(j int) { g.scan(j, grad) })
		if first := g.descend(grad); depth+1 < g.depth {
			run.Parallel(len(g.columns), func(j int) { g.part(j, first) })
		}
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

// begin puts all rows seen into the root.
func (g *exactGrower) begin(j int, seen []bool) {
	g.nodes[j] = g.sorted[j]
	if seen != nil {
		g.nodes[j] = g.room[j][:0]
		for _, e := range g.sorted[j] {
			if seen[e.row()] {
				g.nodes[j] = append(g.nodes[j], e)
			}
		}
	}
	g.ends[j] = append(g.ends[j][:0], len(g.nodes[j]))
}

// part deals the rows of each node to its children, each in their order: first has the slots of the left ones. What is written
// has been read before, also where rows move within room.
func (g *exactGrower) part(j int, first []int32) {
	spare := g.spare.Get().(*[]entry)
	defer g.spare.Put(spare)
	room, side := g.room[j], g.side
	var ends []int
	begin, left := 0, 0
	for slot, end := range g.ends[j] {
		if first[slot] >= 0 {
			rows := g.nodes[j][begin:end]
			lefts, rights, r := room[left:left+len(rows)], (*spare)[:len(rows)], 0
			for k, e := range rows {
				lefts[k-r], rights[r] = e, e // both: nobody can foresee a branch
				r += int(side[e.row()])
			}
			copy(lefts[len(rows)-r:], rights[:r])
			left += len(rows)
			ends = append(ends, left-r, left)
		}
		begin = end
	}
	g.nodes[j], g.ends[j] = room[:left], ends
}

// scan reads a column node by node: upwards, with missing values on the right, only if it has some and isn't constant; then
// downwards, with missing values on the left.
func (g *exactGrower) scan(j int, grad []pair32) {
	if cap(g.scans[j]) < len(g.level) {
		g.scans[j] = make([]exactScan, len(g.level), 2*len(g.level))
	}
	g.scans[j] = g.scans[j][:len(g.level)]
	clear(g.scans[j])
	all := g.sorted[j]
	if len(all) == 0 {
		return
	}
	both := len(all) < len(g.slot) && all[0].value() != all[len(all)-1].value()
	begin := 0
	for slot, end := range g.ends[j] {
		rows := g.nodes[j][begin:end]
		if both {
			g.read(j, slot, rows, grad, false)
		}
		g.read(j, slot, rows, grad, true)
		begin = end
	}
}

// read takes in the rows of a node, upwards or downwards, and looks at each cut between two of them.
func (g *exactGrower) read(j, slot int, rows []entry, grad []pair32, down bool) {
	n, s, least := &g.level[slot], &g.scans[j][slot], float64(g.minChild)
	sum, last, at, step := pair64{}, s.last, 0, 1
	if down {
		at, step = len(rows)-1, -1
	}
	for range rows {
		e := rows[at]
		at += step
		if v := e.value(); v != last {
			if sum.h != 0 && sum.h >= least {
				cut := (v + last) * 0.5
				if cut == v {
					cut = last
				}
				s.sum = sum
				g.consider(n, s, j, cut, down)
			}
			last = v
		}
		d := grad[e.row()]
		sum.g += float64(d.g)
		sum.h += float64(d.h)
	}
	s.sum, s.last = sum, last
	g.finish(n, s, j, down)
}

// finish looks at the split of all rows that have a number from those that have none.
func (g *exactGrower) finish(n *exactNode, s *exactScan, j int, down bool) {
	if s.sum.h < float64(g.minChild) {
		return
	}
	beyond := max(s.last, -s.last) + leastGain
	if down {
		beyond = -beyond
	}
	g.consider(n, s, j, s.last+beyond, down)
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

// descend splits the nodes of the level, moves the rows to the next one, and gives by node the slot of its left child; less than
// 0: it is a leaf. Of equal gains the first column's counts.
func (g *exactGrower) descend(grad []pair32) []int32 {
	var next []exactNode
	first := make([]int32, len(g.level))
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
		g.side[i] = 0
		if g.tree.next(n, g.columns[n.feature][i]) == n.right {
			g.slot[i]++
			g.side[i] = 1
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
	return first
}
