package ml

import (
	"math"

	"example.org/cohort/internal/run"
)

// A histGrower grows trees from histograms of the derivatives, level by level, as "grow_quantile_histmaker" of XGBoost 3
// does. Only the smaller child of a split is counted; the other is the parent less that. A task is one pair of children and
// one group of columns, whose histograms fit the first cache.
type histGrower struct {
	settings
	binned
	columns [][]float32
	sorted  [][]int32 // by column: the rows that have a number, ascending
	grad    []pair32
	rows    []int32 // by node
	spare   []int32
	level   []histNode
	pool    [][]histogram // not in use
	tree    boostTree
	leaves  []histNode
}

// A histNode is a node with a range of rows.
type histNode struct {
	node     int32
	from, to int
	total    pair64
	gain     float32      // of the node as it is
	hist     []histogram  // by group
	best     []boostSplit // by group
}

func newHist(columns [][]float32, s settings) *histGrower {
	n := len(columns[0])
	g := &histGrower{settings: s, columns: columns, rows: make([]int32, n), spare: make([]int32, n), sorted: make([][]int32, len(columns))}
	run.Parallel(len(columns), func(j int) { g.sorted[j] = ascending(columns[j]) })
	if s.method != Approx2 {
		g.binned = newBinned(columns, g.sorted, func(j int) []float32 { return histCuts(columns[j], g.sorted[j]) })
	}
	return g
}

// grow grows a tree on the derivatives [N] of the rows seen, adds its answers to margins, and gives it.
func (g *histGrower) grow(grad []pair32, seen []bool, margins []float32) boostTree {
	g.tree, g.grad, g.leaves = boostTree{}, grad, g.leaves[:0]
	root, rows := pair64{}, g.rows[:0]
	for i, d := range grad {
		if seen == nil || seen[i] {
			rows = append(rows, int32(i))
			root.g += float64(d.g)
			root.h += float64(d.h)
		}
	}
	if g.method == Approx2 {
		g.binned = newBinned(g.columns, g.sorted, func(j int) []float32 { return sketchCuts(g.columns[j], g.sorted[j], grad, seen) })
	}
	g.tree.add(root, &g.settings)
	n := histNode{to: len(rows), total: root, gain: g.rootGain(root), hist: g.histograms(), best: make([]boostSplit, len(g.words))}
	run.Parallel(len(g.words), func(k int) {
		g.count(&n, k)
		g.evaluate(&n, k)
	})
	g.level = append(g.level[:0], n)
	for depth := 1; len(g.level) > 0; depth++ {
		g.descend(depth)
	}
	if seen == nil {
		run.Parallel(len(g.leaves), func(l int) {
			leaf := &g.leaves[l]
			answer := g.tree.nodes[leaf.node].cut
			for _, i := range g.rows[leaf.from:leaf.to] {
				margins[i] += answer
			}
		})
		return g.tree
	}
	chunks(len(margins), func(from, to int) {
		for i := from; i < to; i++ {
			margins[i] += g.tree.answerAt(g.columns, i)
		}
	})
	return g.tree
}

// histograms takes room for one node from the pool.
func (g *histGrower) histograms() (h []histogram) {
	if n := len(g.pool); n > 0 {
		h, g.pool = g.pool[n-1], g.pool[:n-1]
		return h
	}
	return make([]histogram, len(g.words))
}

// bestOf gives the best split of a node; ok is false if it is to be a leaf. Of equal gains the first column's counts.
func (g *histGrower) bestOf(n *histNode) (b boostSplit, ok bool) {
	for _, s := range n.best {
		if s.gain > b.gain {
			b = s
		}
	}
	return b, b.gain > leastGain && b.gain >= g.gamma && b.left.h != 0 && b.right.h != 0
}

// descend splits the nodes of a level, whose children are at the given depth.
func (g *histGrower) descend(depth int) {
	var next []histNode
	var parents []int
	var splits []boostSplit
	for p := range g.level {
		n := &g.level[p]
		b, ok := g.bestOf(n)
		if !ok {
			g.tree.leaf(n.node, &g.settings)
			g.leaves = append(g.leaves, *n)
			g.pool = append(g.pool, n.hist)
			continue
		}
		g.tree.split(n.node, &b, &g.settings)
		left := g.tree.nodes[n.node].left
		parents, splits = append(parents, p), append(splits, b)
		next = append(next, histNode{node: left, total: b.left, gain: g.rootGain(b.left)},
			histNode{node: left + 1, total: b.right, gain: g.rootGain(b.right)})
	}
	run.Parallel(len(parents), func(k int) {
		n := &g.level[parents[k]]
		cut := n.from + g.part(n, &splits[k])
		next[2*k].from, next[2*k].to = n.from, cut
		next[2*k+1].from, next[2*k+1].to = cut, n.to
	})
	if depth == g.depth {
		for k := range next {
			g.tree.leaf(next[k].node, &g.settings)
		}
		g.leaves = append(g.leaves, next...)
		for _, p := range parents {
			g.pool = append(g.pool, g.level[p].hist)
		}
		next = nil
	}
	g.look(parents, next)
	g.level = next
}

// look finds the best splits of the children, two of each parent.
func (g *histGrower) look(parents []int, children []histNode) {
	for k := range len(children) / 2 {
		fewer, more := &children[2*k], &children[2*k+1]
		if more.total.h < fewer.total.h {
			fewer, more = more, fewer
		}
		fewer.hist, more.hist = g.histograms(), g.level[parents[k]].hist
		fewer.best, more.best = make([]boostSplit, len(g.words)), make([]boostSplit, len(g.words))
	}
	groups := len(g.words)
	run.Parallel(len(children)/2*groups, func(task int) {
		k, group := task/groups, task%groups
		fewer, more := &children[2*k], &children[2*k+1]
		if more.total.h < fewer.total.h {
			fewer, more = more, fewer
		}
		g.count(fewer, group)
		g.subtract(&more.hist[group], &fewer.hist[group], group)
		g.evaluate(fewer, group)
		g.evaluate(more, group)
	})
}

// part brings the rows that go left to the front, keeping their order, and gives their number.
func (g *histGrower) part(n *histNode, b *boostSplit) int {
	rows, spare := g.rows[n.from:n.to], g.spare[n.from:n.to]
	words, shift := g.words[b.feature/lanes], b.feature%lanes*8
	missing := g.missing[b.feature]
	left, right := 0, 0
	for _, i := range rows {
		code := uint8(words[i] >> shift)
		goes := 0
		if code <= b.bin {
			goes = 1
		}
		if missing && code == missingBin {
			goes = 0
			if b.missingLeft {
				goes = 1
			}
		}
		// Both writes, and no branch: which way a row goes can't be foretold.
		rows[left], spare[right] = i, i
		left += goes
		right += 1 - goes
	}
	copy(rows[left:], spare[:right])
	return left
}

// evaluate looks for the best split of a node by the columns of a group: upwards with missing values on the right, and, if
// the node has any, downwards with missing values on the left.
func (g *histGrower) evaluate(n *histNode, group int) {
	best := boostSplit{}
	for lane := range min(lanes, len(g.cuts)-group*lanes) {
		j := group*lanes + lane
		cuts := g.cuts[j]
		h := n.hist[group][lane][:len(cuts)]
		seen := g.up(n, h, cuts, j, &best)
		if g.missing[j] && seen != n.total {
			g.down(n, h, cuts, j, &best)
		}
	}
	n.best[group] = best
}

func (g *histGrower) up(n *histNode, h []pair64, cuts []float32, j int, best *boostSplit) (left pair64) {
	least := float64(g.minChild)
	for i, b := range h {
		if b == (pair64{}) {
			continue // the same split as one bin before
		}
		left.g += b.g
		left.h += b.h
		right := n.total.minus(left)
		if left.h < least || right.h < least || !g.promising(left, right, best.gain, n.gain) {
			continue
		}
		if gain := g.gain(left) + g.gain(right) - n.gain; gain > best.gain && gain <= math.MaxFloat32 {
			*best = boostSplit{gain: gain, feature: int32(j), cut: cuts[i], bin: uint8(i), left: left, right: right}
		}
	}
	return left
}

func (g *histGrower) down(n *histNode, h []pair64, cuts []float32, j int, best *boostSplit) {
	least, right := float64(g.minChild), pair64{}
	for i := len(h) - 1; i > 0; i-- {
		if h[i] == (pair64{}) {
			continue
		}
		right.g += h[i].g
		right.h += h[i].h
		left := n.total.minus(right)
		if left.h < least || right.h < least || !g.promising(left, right, best.gain, n.gain) {
			continue
		}
		if gain := g.gain(left) + g.gain(right) - n.gain; gain > best.gain && gain <= math.MaxFloat32 {
			*best = boostSplit{gain: gain, feature: int32(j), cut: cuts[i-1], bin: uint8(i - 1), missingLeft: true, left: left, right: right}
		}
	}
}
