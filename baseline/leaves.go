package baseline

import "example.org/cohort/internal/tree"

// A leafTable is what each leaf of some trees tells, smoothed toward its parents; see [tree.Tree.Score]. K codes.
type leafTable struct {
	trees []*tree.Tree
	leaf  [][]int32   // by tree and node: the number of its leaf
	p     [][]float32 // by tree: leaves by K
}

// newLeafTable computes that of trees of a variable of the given shares, K numbers.
func newLeafTable(trees []*tree.Tree, shares []float64, shrink float64) *leafTable {
	l := &leafTable{trees: trees}
	for _, t := range trees {
		w := leafWalk{tree: t, shrink: shrink, at: make([]int32, len(t.Nodes))}
		w.walk(0, shares)
		l.leaf, l.p = append(l.leaf, w.at), append(l.p, w.p)
	}
	return l
}

// mostLeaves is the most numbers that a table has; of trees with more each row walks its path.
const mostLeaves = 1 << 23

// leaves gives the table of a forest, or nil where it would be too large.
func (f *forest) leaves(shares []float64) *leafTable {
	n := 0
	for _, t := range f.Trees {
		n += (len(t.Nodes) + 1) / 2 * len(shares)
	}
	if n == 0 || n > mostLeaves {
		return nil
	}
	return newLeafTable(f.Trees, shares, f.Setting.Shrink)
}

// A leafWalk collects the distributions of a tree's leaves.
type leafWalk struct {
	tree   *tree.Tree
	shrink float64
	at     []int32
	p      []float32
}

// walk goes on from node i, whose parent's distribution is up; see [tree.Tree.Score] for the smoothing.
func (w *leafWalk) walk(i int32, up []float64) {
	n := &w.tree.Nodes[i]
	weight := w.shrink * float64(n.Kinds)
	own := make([]float64, len(up))
	for _, c := range w.tree.Codes[n.First : n.First+n.Count] {
		own[c-1]++
	}
	for c, x := range up {
		own[c] = (own[c] + float64(weight*x)) / (float64(n.Count) + weight)
	}
	if n.Feature != tree.Leaf {
		w.walk(i+1, own)
		w.walk(n.Right, own)
		return
	}
	w.at[i] = int32(len(w.p) / len(up))
	for _, x := range own {
		w.p = append(w.p, float32(x))
	}
}

// mean sets p, of K numbers, to the mean of the trees from, ..., to-1 for a row, given by code plus one of each variable. path is spare.
func (l *leafTable) mean(row []uint16, path []int32, p []float64, from, to int) []int32 {
	clear(p)
	for k := from; k < to; k++ {
		path = l.trees[k].Path(row, path[:0])
		at := int(l.leaf[k][path[len(path)-1]]) * len(p)
		for c, x := range l.p[k][at : at+len(p)] {
			p[c] += float64(x)
		}
	}
	for c := range p {
		p[c] /= float64(to - from)
	}
	return path
}
