package ml

import "slices"

// maxBoostDepth is the greatest depth of a tree that is grown or read.
const maxBoostDepth = 1024

// kRtEps of XGBoost: gains of no more than that are none.
const leastGain = 1e-6

// A boostTree is a tree whose leaves hold one number. Node 0 is the root.
type boostTree struct {
	nodes []boostNode
	stats []boostStat
	sets  [][]uint64 // bit sets of categories
}

type boostNode struct {
	left, right int32   // left less than 0: a leaf
	feature     int32   // that the node asks
	cut         float32 // less goes left; or a leaf's answer
	set         int32   // 1 + the set of categories that go right; 0: the feature is a number
	missingLeft bool
}

// A boostStat is what explains a node but isn't needed to pass it.
type boostStat struct {
	weight float32 // the answer it had if it were a leaf, before eta
	cover  float32 // sum of the second derivatives of its rows
	gain   float32
}

func (n *boostNode) leaf() bool { return n.left < 0 }

// next gives the child of node n that a row belongs to.
func (t *boostTree) next(n *boostNode, v float32) int32 {
	switch {
	case v != v:
		if n.missingLeft {
			return n.left
		}
		return n.right
	case n.set > 0:
		return t.nextSet(n, v)
	case v < n.cut:
		return n.left
	default:
		return n.right
	}
}

// nextSet sends categories of the set right. What is no category goes left.
func (t *boostTree) nextSet(n *boostNode, v float32) int32 {
	set := t.sets[n.set-1]
	if v < 0 || v >= maxBoostCategory || int(v)>>6 >= len(set) || set[int(v)>>6]>>(int(v)&63)&1 == 0 {
		return n.left
	}
	return n.right
}

// A Turn is one question on the way to a leaf: rows of which column Feature is at Cut or above go right.
type Turn struct {
	Feature int
	Cut     float64
	Right   bool
}

// Ways gives the turns to each leaf of one of the trees, from the left to the right. A tree that asks for categories has cuts of 0. The
// error is ErrUnfitted; a tree that there is not is the caller's mistake, and panics.
func (b *Boost) Ways(tree int) ([][]Turn, error) {
	if b.loss == nil {
		return nil, ErrUnfitted
	}
	var ways [][]Turn
	nodes := b.trees[tree].nodes
	var walk func(at int32, way []Turn)
	walk = func(at int32, way []Turn) {
		n := &nodes[at]
		if n.leaf() {
			ways = append(ways, way)
			return
		}
		way = slices.Clip(way) // both children append to it
		turn := Turn{Feature: int(n.feature), Cut: float64(n.cut)}
		walk(n.left, append(way, turn))
		turn.Right = true
		walk(n.right, append(way, turn))
	}
	walk(0, nil)
	return ways, nil
}

// maxBoostCategory is the first code that XGBoost does not take for a category.
const maxBoostCategory = 1 << 24

// answer gives the leaf's number for a row.
func (t *boostTree) answer(row []float32) float32 {
	n := &t.nodes[0]
	for !n.leaf() {
		n = &t.nodes[t.next(n, row[n.feature])]
	}
	return n.cut
}

// answerAt is answer for row i of a table by columns.
func (t *boostTree) answerAt(columns [][]float32, i int) float32 {
	n := &t.nodes[0]
	for !n.leaf() {
		n = &t.nodes[t.next(n, columns[n.feature][i])]
	}
	return n.cut
}

// A pair32 is the first and second derivative of the loss of one row, a pair64 their sums over rows.
type (
	pair32 struct{ g, h float32 }
	pair64 struct{ g, h float64 }
)

func (a pair64) minus(b pair64) pair64 { return pair64{a.g - b.g, a.h - b.h} }

// A boostSplit is the best split of a node so far; gain 0 is none.
type boostSplit struct {
	gain        float32
	feature     int32
	cut         float32
	bin         uint8 // Hist: the last bin on the left
	missingLeft bool
	left, right pair64
}

// weight is the best answer for rows with the given derivatives. Like gain it rounds where XGBoost does.
func (s *settings) weight(p pair64) float32 {
	if p.h < float64(s.minChild) || p.h <= 0 {
		return 0
	}
	return float32(-p.g / (p.h + float64(s.lambda)))
}

// rootGain is what a node's answer takes off the loss.
func (s *settings) rootGain(p pair64) float32 {
	if p.h < float64(s.minChild) {
		return 0
	}
	return s.gain(p)
}

func (s *settings) gain(p pair64) float32 {
	if p.h <= 0 {
		return 0
	}
	return float32(p.g * p.g / (p.h + float64(s.lambda)))
}

// promising tells without a division whether a split could gain more than best above the node's own gain; what it refuses
// could not, even after rounding.
func (s *settings) promising(left, right pair64, best, own float32) bool {
	l, r := left.h+float64(s.lambda), right.h+float64(s.lambda)
	return left.g*left.g*r+right.g*right.g*l >= (float64(best)+float64(own))*(1-leastGain)*l*r
}

// leaf makes node i a leaf.
func (t *boostTree) leaf(i int32, s *settings) {
	t.nodes[i] = boostNode{left: -1, right: -1, cut: t.stats[i].weight * s.eta}
}

// add appends a node with the given derivatives and gives its number.
func (t *boostTree) add(p pair64, s *settings) int32 {
	t.nodes = append(t.nodes, boostNode{left: -1, right: -1})
	t.stats = append(t.stats, boostStat{weight: s.weight(p), cover: float32(p.h)})
	return int32(len(t.nodes) - 1)
}

// split gives node i two children.
func (t *boostTree) split(i int32, b *boostSplit, s *settings) {
	left := t.add(b.left, s)
	right := t.add(b.right, s)
	t.nodes[i] = boostNode{left: left, right: right, feature: b.feature, cut: b.cut, missingLeft: b.missingLeft}
	t.stats[i].gain = b.gain
}

// prune makes leaves of splits below which there are leaves only and that gain less than gamma, from below, as XGBoost's
// pruner does, and drops the nodes that are left over.
func (t *boostTree) prune(s *settings) {
	if s.gamma == 0 {
		return
	}
	for i := len(t.nodes) - 1; i >= 0; i-- { // children come after their parents
		n := &t.nodes[i]
		if !n.leaf() && t.nodes[n.left].leaf() && t.nodes[n.right].leaf() && t.stats[i].gain < s.gamma {
			t.leaf(int32(i), s)
		}
	}
	old := *t
	t.nodes, t.stats = nil, nil
	t.copyFrom(&old, []int32{0})
}

// copyFrom appends the given nodes of another tree and all below them, level by level.
func (t *boostTree) copyFrom(old *boostTree, level []int32) {
	next := int32(len(level)) // where the children of the level's first split will be
	for at := 0; at < len(level); at++ {
		n, stat := old.nodes[level[at]], old.stats[level[at]]
		if n.leaf() {
			stat.gain = 0
		} else {
			level = append(level, n.left, n.right)
			n.left, n.right = next, next+1
			next += 2
		}
		t.nodes, t.stats = append(t.nodes, n), append(t.stats, stat)
	}
}
