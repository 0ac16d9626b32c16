package tree

// Score gives the probability of the target y of each of the rows: len(rows) by len(shrink) numbers. The distribution of
// a node is its own targets' with weight n/(n+s*k) and its parent's with weight s*k/(n+s*k), for n targets of k kinds in
// the node and each s in shrink; above the root stands prior, a probability for each code of y. So a node that holds one
// kind only is trusted soon, and one of many kinds late (Witten and Bell, 1991, in hierarchical shrinkage).
func (t *Tree) Score(x []Column, y Column, rows []int32, shrink, prior []float64) []float64 {
	s := scorer{t: t, x: x, y: y.Codes, rows: rows, shrink: shrink, count: make([]int32, y.Card)}
	s.p = make([]float64, 0, len(rows)*len(shrink))
	at := make([]int32, len(rows))
	for k, i := range rows {
		at[k] = int32(k)
		for range shrink {
			s.p = append(s.p, prior[y.Codes[i]])
		}
	}
	s.spare = make([]int32, len(rows))
	s.walk(0, at)
	return s.p
}

type scorer struct {
	t         *Tree
	x         []Column
	y         []uint16
	rows      []int32
	shrink, p []float64
	count     []int32 // targets of the node by code; clean between nodes
	spare     []int32
}

// walk brings the probabilities of the rows at the given places from a node's parent to the node and on to its leaves.
func (s *scorer) walk(node int32, at []int32) {
	if len(at) == 0 {
		return
	}
	n := &s.t.Nodes[node]
	own := s.t.Codes[n.First : n.First+n.Count]
	for _, c := range own {
		s.count[c]++
	}
	wide := len(s.shrink)
	for _, k := range at {
		hits := float64(s.count[s.y[s.rows[k]]])
		p := s.p[int(k)*wide : (int(k)+1)*wide]
		for j, w := range s.shrink {
			up := w * float64(n.Kinds)
			p[j] = (hits + float64(up*p[j])) / (float64(n.Count) + up)
		}
	}
	for _, c := range own {
		s.count[c] = 0
	}
	if n.Feature == Leaf {
		return
	}
	codes, left, right := s.x[n.Feature].Codes, 0, 0
	for _, k := range at {
		if s.t.left(n, codes[s.rows[k]]) {
			at[left] = k
			left++
		} else {
			s.spare[right] = k
			right++
		}
	}
	copy(at[left:], s.spare[:right])
	s.walk(node+1, at[:left])
	s.walk(n.Right, at[left:])
}
