package ml

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// SHAP explains margins: how much each cell moves its row's margin away from the expected one, as Shapley values over the
// columns, where a column that is left out is averaged over the rows of the fit that reach the node (path-dependent TreeSHAP:
// Lundberg et al., 2020; what pred_contribs of XGBoost gives). For each output of [Boost.Margin] values has N by D numbers
// and expected one; a row of values and the expectation add up to the margin. The time grows with the leaves times the
// square of the depth. The error is ErrUnfitted or ErrNoRows, or wraps ErrInput, also for an imported model without counts.
func (b *Boost) SHAP(x *mat.Dense) (values []*mat.Dense, expected []float64, err error) {
	if b.loss == nil {
		return nil, nil, ErrUnfitted
	}
	trees := make([]shapTree, len(b.trees))
	for i := range b.trees {
		if trees[i], err = b.trees[i].shap(int(b.group[i])); err != nil {
			return nil, nil, fmt.Errorf("tree %d: %w", i, err)
		}
	}
	values, expected, err = explain(trees, x, b.features, b.outputs())
	for k := range expected {
		expected[k] += float64(b.base[k])
	}
	return values, expected, err
}

// SHAP explains the probabilities of the K classes, or the numbers, as [Boost.SHAP] does margins and TreeExplainer of the
// package shap does forests: for each output N by D numbers and one expectation. The time grows with the leaves times the
// square of the depth: pure leaves make it long, so ask about some hundred rows, or limit Depth. The error is ErrUnfitted or
// ErrNoRows, or wraps ErrInput.
func (m *cartModel) SHAP(x *mat.Dense) (values []*mat.Dense, expected []float64, err error) {
	trees := make([]shapTree, len(m.trees))
	for i := range m.trees {
		trees[i] = m.trees[i].shap(m.outputs(), len(m.trees))
	}
	return explain(trees, x, m.features, m.outputs())
}

// A shapTree is what SHAP has to know about a tree of either kind.
type shapTree struct {
	nodes []shapNode
	next  func(node int32, row []float32) int32 // the child that a row belongs to
	group int                                   // the first output of the answers
	depth int
}

type shapNode struct {
	left, right, feature int32 // left less than 0: a leaf
	cover                float64
	answers              []float64
}

// shap gives a boosted tree of one output.
func (t *boostTree) shap(output int) (shapTree, error) {
	s := shapTree{nodes: make([]shapNode, len(t.nodes)), group: output}
	s.next = func(i int32, row []float32) int32 { n := &t.nodes[i]; return t.next(n, row[n.feature]) }
	for i, n := range t.nodes {
		s.nodes[i] = shapNode{n.left, n.right, n.feature, float64(t.stats[i].cover), nil}
		if n.leaf() {
			s.nodes[i].answers = []float64{float64(n.cut)}
		} else if !(t.stats[i].cover > 0) {
			return s, fmt.Errorf("%w: the model does not say how many rows reach node %d (sum_hessian)", ErrInput, i)
		}
	}
	s.depth = s.height(0)
	return s, nil
}

// shap gives a tree of k outputs, one of so many.
func (t *cartTree) shap(k, trees int) shapTree {
	s := shapTree{nodes: make([]shapNode, len(t.nodes))}
	s.next = func(i int32, row []float32) int32 { return t.next(i, row[t.nodes[i].feature]) }
	for i, n := range t.nodes {
		s.nodes[i] = shapNode{int32(i + 1), n.right, n.feature, t.weight[i], nil}
		if n.leaf() {
			s.nodes[i].left = -1
			for _, v := range t.answers[n.right : int(n.right)+k] {
				s.nodes[i].answers = append(s.nodes[i].answers, v/float64(trees))
			}
		}
	}
	s.depth = s.height(0)
	return s
}

// height gives the number of splits on the longest way down from a node.
func (t *shapTree) height(i int32) int {
	n := &t.nodes[i]
	if n.left < 0 {
		return 0
	}
	return 1 + max(t.height(n.left), t.height(n.right))
}

// expect adds the mean answer below a node to sums.
func (t *shapTree) expect(i int32, share float64, sums []float64) {
	n := &t.nodes[i]
	if n.left < 0 {
		for c, v := range n.answers {
			sums[t.group+c] += share * v
		}
		return
	}
	t.expect(n.left, share*t.nodes[n.left].cover/n.cover, sums)
	t.expect(n.right, share*t.nodes[n.right].cover/n.cover, sums)
}

// explain adds up the values of all trees.
func explain(trees []shapTree, x *mat.Dense, features, outputs int) (values []*mat.Dense, expected []float64, err error) {
	if features == 0 {
		return nil, nil, ErrUnfitted
	}
	if err := checkShape(x); err != nil {
		return nil, nil, err
	}
	n, _ := x.Dims()
	values, expected = make([]*mat.Dense, outputs), make([]float64, outputs)
	for k := range values {
		values[k] = mat.NewDense(n, features, nil)
	}
	depth := 0
	for t := range trees {
		trees[t].expect(0, 1, expected)
		depth = max(depth, trees[t].depth)
	}
	err = eachBlock(x, features, func(from, to int, rows []float32) {
		w := walker{spare: make([]step, (depth+2)*(depth+3)/2), phi: make([][]float64, outputs)}
		for t := range trees {
			w.tree = &trees[t]
			for i := from; i < to; i++ {
				w.row = rows[(i-from)*features : (i-from+1)*features]
				for k := range w.phi {
					w.phi[k] = values[k].RawRowView(i)
				}
				w.walk(0, nil, w.spare, 1, 1, -1)
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return values, expected, nil
}
