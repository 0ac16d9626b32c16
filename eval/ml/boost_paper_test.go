package ml

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/numpy"
)

// The authors' released score file has performance.xgb.gt of set A: the mean R2 of three folds of the real rows. XGBoost 1.7
// computed it, in 32 bits, and Exact gives all of its digits.
func TestPaperNumber(t *testing.T) {
	var g struct {
		Published float64
		Rows      [][]float64 // 32 columns and the target
	}
	readJSON(t, "paper.json", &g)
	require.Len(t, g.Rows, 63)
	folds, err := numpy.KFold(len(g.Rows), 3, 0)
	require.NoError(t, err)
	mean := 0.0
	for _, f := range folds {
		x, y := mat.NewDense(len(f.Train), 32, nil), make([]float64, len(f.Train))
		for i, r := range f.Train {
			x.SetRow(i, g.Rows[r][:32])
			y[i] = g.Rows[r][32]
		}
		b := Boost{Method: Exact}
		require.NoError(t, b.Fit(x, y))
		tx, ty := mat.NewDense(len(f.Test), 32, nil), make([]float64, len(f.Test))
		for i, r := range f.Test {
			tx.SetRow(i, g.Rows[r][:32])
			ty[i] = g.Rows[r][32]
		}
		p, err := b.Predict(tx)
		require.NoError(t, err)
		s, err := R2(p, ty)
		require.NoError(t, err)
		mean += s.Value / 3
	}
	require.InDelta(t, g.Published, mean, 1e-12)
}
