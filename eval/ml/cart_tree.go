package ml

// A cartTree lists its nodes depth first: the left child of node i is i+1.
type cartTree struct {
	nodes   []cartNode
	answers []float64 // of the leaves: K shares, or one mean
	// What explains the tree but isn't needed to ask it, by node.
	weight   []float64 // of the rows, with their counts in the bootstrap sample
	impurity []float64
}

type cartNode struct {
	cut     float32 // up to here goes left
	feature int32   // that the node asks; less than 0: a leaf
	right   int32   // child; of a leaf: where its answers begin
	// missing is where rows without a value go: 0 right, 1 left.
	missing int32
}

func (n *cartNode) leaf() bool { return n.feature < 0 }

// next gives the child of node i for a value.
func (t *cartTree) next(i int32, v float32) int32 {
	n := &t.nodes[i]
	if v <= n.cut || v != v && n.missing == 1 {
		return i + 1
	}
	return n.right
}

// addTo adds the answers for a block of rows of d columns to their sums.
func (t *cartTree) addTo(sums []float64, rows []float32, d int) {
	k := len(sums) / (len(rows) / d)
	for at := 0; at < len(rows); at += d {
		row, i := rows[at:at+d], int32(0)
		for !t.nodes[i].leaf() {
			i = t.next(i, row[t.nodes[i].feature])
		}
		from := int(t.nodes[i].right)
		for c, v := range t.answers[from : from+k] {
			sums[at/d*k+c] += v
		}
	}
}

// importance gives the shares of the columns in the impurity that the tree takes away.
func (t *cartTree) importance(features int) []float64 {
	gain := make([]float64, features)
	for i, n := range t.nodes {
		if !n.leaf() {
			gain[n.feature] += t.weight[i]*t.impurity[i] - t.weight[i+1]*t.impurity[i+1] - t.weight[n.right]*t.impurity[n.right]
		}
	}
	return shares(gain)
}
