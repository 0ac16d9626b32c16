package tree

import (
	"errors"
	"fmt"
)

// A Column holds one code a row, N codes in [0, Card).
type Column struct {
	Codes   []uint16
	Card    int
	Ordered bool // the codes have an order; splits then cut it in two
	// Missing: code 0 of an Ordered column stands for no value. It has no place in the order: a cut sends it to the side that
	// suits it, or parts it from all values. Trees that ask such columns cannot be linked.
	Missing bool
}

// Leaf is the Feature of a node that has no children.
const Leaf = -1

// A Node is one node of a tree. Nodes lie in preorder: the left child of node i is node i+1.
type Node struct {
	Feature int32  // the column that splits the node, or Leaf
	Split   uint32 // Ordered columns: the greatest code that goes left; others: where the node's set begins in Tree.Sets
	InSet   bool   // codes in the set go left
	Low     uint16 // Ordered columns: the least code that goes left; 1 if missing values go right, else 0
	Right   int32  // the right child
	First   int32  // the node's targets are Tree.Codes[First : First+Count]
	Count   int32
	Kinds   int32 // different codes among them
}

// A Tree is grown by [Grow] and never changes afterwards. Its fields are exported so that model files can hold it.
type Tree struct {
	Nodes []Node
	Sets  []uint64 // bit sets over the codes of a column, one word for 64 codes
	Codes []uint16 // targets, grouped by leaf and ascending inside a leaf
}

// Path appends the nodes that a row passes, from the root to its leaf, to path. row holds one code for each of the C
// columns that the tree was grown on; a code that no split knows goes right.
func (t *Tree) Path(row []uint16, path []int32) []int32 {
	i := int32(0)
	for {
		path = append(path, i)
		n := &t.Nodes[i]
		if n.Feature < 0 {
			return path
		}
		if t.left(n, row[n.Feature]) {
			i++
		} else {
			i = n.Right
		}
	}
}

// left tells whether a code goes to the left child.
func (t *Tree) left(n *Node, code uint16) bool {
	if n.InSet {
		return t.Sets[n.Split+uint32(code>>6)]>>(code&63)&1 == 1
	}
	return uint32(code-n.Low) <= n.Split-uint32(n.Low) // a code below Low wraps around
}

// Leaf gives the number of the leaf that row i of the columns x falls into. x must have the columns that the tree was grown
// on; a code that no split knows goes right.
func (t *Tree) Leaf(x []Column, i int32) int32 {
	at := int32(0)
	for {
		n := &t.Nodes[at]
		if n.Feature < 0 {
			return at
		}
		if t.left(n, x[n.Feature].Codes[i]) {
			at++
		} else {
			at = n.Right
		}
	}
}

// ErrInvalid is what Link wraps.
var ErrInvalid = errors.New("tree: not a tree")

// Link computes all that follows from the nodes' Feature, from Split where the column is Ordered, from the leaves' Count,
// and from Sets and Codes, and checks that it fits columns and a target like x and y, whose Codes it does not read. So a
// file needs to hold no more than that, and a linked tree can be trusted. The error wraps ErrInvalid.
func (t *Tree) Link(x []Column, y Column) error {
	for _, c := range t.Codes {
		if int(c) >= y.Card {
			return fmt.Errorf("%w: a target out of range", ErrInvalid)
		}
	}
	l := linker{t: t, x: x}
	for i := range t.Nodes {
		if err := l.node(int32(i)); err != nil {
			return err
		}
	}
	if len(l.open) > 0 || len(t.Nodes) == 0 || l.codes != len(t.Codes) || l.sets != len(t.Sets) {
		return fmt.Errorf("%w: nodes, sets and targets don't agree", ErrInvalid)
	}
	t.countKinds(y.Card)
	return nil
}

// A linker goes through the nodes of a tree in their order.
type linker struct {
	t           *Tree
	x           []Column
	open        []int32 // the inner nodes above the next node
	codes, sets int     // used up so far
}

func (l *linker) node(i int32) error {
	n := &l.t.Nodes[i]
	if i > 0 && len(l.open) == 0 {
		return fmt.Errorf("%w: a node below none", ErrInvalid)
	}
	*n = Node{Feature: n.Feature, Split: n.Split, Count: n.Count, First: int32(l.codes)}
	if n.Feature == Leaf {
		if n.Count < 1 || int(n.Count) > len(l.t.Codes)-l.codes {
			return fmt.Errorf("%w: a leaf without targets", ErrInvalid)
		}
		l.codes += int(n.Count)
		n.Split = 0
		l.close(i)
		return nil
	}
	if n.Feature < 0 || int(n.Feature) >= len(l.x) || len(l.open) > maxDepth {
		return fmt.Errorf("%w: a split out of range", ErrInvalid)
	}
	if x := &l.x[n.Feature]; !x.Ordered {
		n.InSet, n.Split = true, uint32(l.sets)
		l.sets += words(x.Card)
		if l.sets > len(l.t.Sets) {
			return fmt.Errorf("%w: a set out of range", ErrInvalid)
		}
	}
	l.open = append(l.open, i)
	return nil
}

// close ends all nodes that leaf i is the last one of.
func (l *linker) close(i int32) {
	for len(l.open) > 0 {
		n := &l.t.Nodes[l.open[len(l.open)-1]]
		if n.Right == 0 {
			n.Right = i + 1
			return
		}
		n.Count = int32(l.codes) - n.First
		l.open = l.open[:len(l.open)-1]
	}
}

// countKinds sets Kinds in all nodes.
func (t *Tree) countKinds(targets int) {
	last := make([]int32, targets) // one more than the node that met the code last
	for i := range t.Nodes {
		n := &t.Nodes[i]
		n.Kinds = 0
		for _, c := range t.Codes[n.First : n.First+n.Count] {
			if last[c] != int32(i)+1 {
				last[c] = int32(i) + 1
				n.Kinds++
			}
		}
	}
}

// words is how many words a set over card codes takes.
func words(card int) int { return (card + 63) / 64 }
