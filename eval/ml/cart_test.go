package ml

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// cartGolden is testdata/cart.json, written by testdata/cart.py.
type cartGolden struct {
	Sklearn, Shap string
	Made          []struct {
		Gaps, Kinds, Classes, Depth, Leaves int
		Tree, Forest                        []float64
		Importance, ForestImportance        []float64
		Shap, Expected                      []float64
	}
	Tables []struct {
		File, Target                   string
		Classes, Rows                  int
		Tree, Forest, Low, High        float64
		TreePredicted, ForestPredicted []float64
	}
}

func readCART(t testing.TB) (g cartGolden) {
	t.Helper()
	readJSON(t, "cart.json", &g)
	require.NotEmpty(t, g.Sklearn)
	require.Len(t, g.Made, 24)
	require.Len(t, g.Tables, 5)
	return g
}

// flatMean gives a model's answers as cart.py lists them.
func flatMean(t testing.TB, m *cartModel, x *mat.Dense) []float64 {
	t.Helper()
	p, err := m.mean(x)
	require.NoError(t, err)
	if m.classes == 2 {
		return p[1]
	}
	return byRow(p)
}

// The same trees as scikit-learn, tie for tie, with gaps and without: all predictions, leaves and importances agree.
func TestCARTIsSklearns(t *testing.T) {
	for _, m := range readCART(t).Made {
		x, y := madeTable(400, m.Gaps, m.Kinds, m.Classes, 1+m.Classes)
		tree := CART{Classes: m.Classes, Depth: m.Depth, Seed: 7}
		require.NoError(t, tree.Fit(head(x, 300), y[:300]))
		require.Len(t, tree.trees[0].nodes, 2*m.Leaves-1)
		require.Less(t, worst(t, m.Tree, flatMean(t, &tree.cartModel, tail(x, 300))), 1e-7, "%+v", m)
		forest := CARTForest{Classes: m.Classes, Depth: m.Depth, Trees: 20, Seed: 7}
		require.NoError(t, forest.Fit(head(x, 300), y[:300]))
		require.Less(t, worst(t, m.Forest, flatMean(t, &forest.cartModel, tail(x, 300))), 1e-7, "%+v", m)
		importance, err := tree.Importance()
		require.NoError(t, err)
		require.Less(t, worst(t, m.Importance, importance), 1e-7)
		importance, err = forest.Importance()
		require.NoError(t, err)
		require.Less(t, worst(t, m.ForestImportance, importance), 1e-7)
	}
}

// On real tables the accuracy, or R2, of the tree is as near to scikit-learn's as max(0.01, 1/n), and that of the forest
// inside the range of its 20 seeds.
func TestCARTScoresAsSklearn(t *testing.T) {
	for _, m := range readCART(t).Tables {
		t.Run(m.File, func(t *testing.T) {
			x, y, tx, ty := denseTable(t, m.File, m.Target, 3000)
			require.Equal(t, m.Rows, len(y)+len(ty))
			tree, forest := CART{Classes: m.Classes, Seed: 3}, CARTForest{Classes: m.Classes}
			require.NoError(t, tree.Fit(x, y))
			require.NoError(t, forest.Fit(x, y))
			p, err := tree.Predict(tx)
			require.NoError(t, err)
			got := accuracy(t, p, ty, m.Classes)
			q, err := forest.Predict(tx)
			require.NoError(t, err)
			all := accuracy(t, q, ty, m.Classes)
			t.Logf("tree: scikit-learn %.5f, here %.5f, predictions differ by %.2g; forest: %.5f to %.5f, here %.5f, differ by %.2g", m.Tree, got,
				worst(t, m.TreePredicted, p), m.Low, m.High, all, worst(t, m.ForestPredicted, flatMean(t, &forest.cartModel, tx)))
			require.InDelta(t, m.Tree, got, max(0.01, 1/float64(len(ty))))
			require.GreaterOrEqual(t, all, m.Low-1e-12)
			require.LessOrEqual(t, all, m.High+1e-12)
		})
	}
}

// accuracy gives the share of right classes, or R2.
func accuracy(t testing.TB, p, y []float64, classes int) float64 {
	t.Helper()
	if classes == 0 {
		s, err := R2(p, y)
		require.NoError(t, err)
		return s.Value
	}
	right := 0
	for i := range y {
		if p[i] == y[i] {
			right++
		}
	}
	return float64(right) / float64(len(y))
}
