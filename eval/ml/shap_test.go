package ml

import (
	"math"
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// slowSHAP takes Shapley's definition: the mean gain of a column over all orders of the columns, where columns that are not
// known yet are averaged over.
func slowSHAP(t *shapTree, row []float32, outputs int) [][]float64 {
	d := len(row)
	phi, value := make([][]float64, outputs), make([][]float64, 1<<d)
	for known := range value {
		value[known] = make([]float64, outputs)
		slowExpect(t, 0, 1, uint(known), row, value[known])
	}
	factorial := func(n int) float64 { return math.Gamma(float64(n) + 1) }
	for k := range phi {
		phi[k] = make([]float64, d)
		for known := range value {
			for j := range d {
				if known>>j&1 == 0 {
					size := bits.OnesCount(uint(known))
					phi[k][j] += factorial(size) * factorial(d-size-1) / factorial(d) * (value[known|1<<j][k] - value[known][k])
				}
			}
		}
	}
	return phi
}

// slowExpect adds the mean answer to sums where only some columns are known.
func slowExpect(t *shapTree, i int32, share float64, known uint, row []float32, sums []float64) {
	n := &t.nodes[i]
	if n.left < 0 {
		for c, v := range n.answers {
			sums[t.group+c] += share * v
		}
		return
	}
	if known>>n.feature&1 == 1 {
		slowExpect(t, t.next(i, row), share, known, row, sums)
		return
	}
	for _, c := range []int32{n.left, n.right} {
		slowExpect(t, c, share*t.nodes[c].cover/n.cover, known, row, sums)
	}
}

// requireAdditive checks that values and expectation add up to the outputs.
func requireAdditive(t *testing.T, values []*mat.Dense, expected []float64, outputs [][]float64) {
	t.Helper()
	for k := range outputs {
		for i, want := range outputs[k] {
			sum := expected[k]
			for _, v := range values[k].RawRowView(i) {
				sum += v
			}
			require.InDelta(t, want, sum, 1e-6*max(1, math.Abs(want)))
		}
	}
}

func TestSHAPIsShapleys(t *testing.T) {
	for _, classes := range []int{0, 2, 3} {
		x, y := madeTable(200, 1, 9, classes, 1+classes)
		b := Boost{Classes: classes, Rounds: 5}
		require.NoError(t, b.Fit(x, y))
		values, expected, err := b.SHAP(head(x, 20))
		require.NoError(t, err)
		margin, err := b.Margin(head(x, 20))
		require.NoError(t, err)
		requireAdditive(t, values, expected, margin)
		f := CARTForest{Classes: classes, Trees: 5}
		require.NoError(t, f.Fit(x, y))
		ofForest, mean, err := f.SHAP(head(x, 20))
		require.NoError(t, err)
		p, err := f.mean(head(x, 20))
		require.NoError(t, err)
		requireAdditive(t, ofForest, mean, p)
		for i := range 20 {
			row := make([]float32, 4)
			for j := range row {
				row[j] = float32(x.At(i, j))
			}
			for k := range values {
				want := make([]float64, 4)
				for s := range b.trees {
					tree, err := b.trees[s].shap(int(b.group[s]))
					require.NoError(t, err)
					for j, v := range slowSHAP(&tree, row, b.outputs())[k] {
						want[j] += v
					}
				}
				require.InDeltaSlice(t, want, values[k].RawRowView(i), 1e-9)
			}
			for k := range ofForest {
				want := make([]float64, 4)
				for s := range f.trees {
					tree := f.trees[s].shap(f.outputs(), len(f.trees))
					for j, v := range slowSHAP(&tree, row, f.outputs())[k] {
						want[j] += v
					}
				}
				require.InDeltaSlice(t, want, ofForest[k].RawRowView(i), 1e-9)
			}
		}
	}
}

// The values of the packages shap and xgboost, the latter computed in 32 bits.
func TestSHAPIsThePackages(t *testing.T) {
	n := 0
	for _, m := range readCART(t).Made {
		if m.Shap == nil {
			continue
		}
		n++
		x, y := madeTable(400, m.Gaps, m.Kinds, m.Classes, 1+m.Classes)
		f := CARTForest{Classes: m.Classes, Depth: m.Depth, Trees: 20, Seed: 7}
		require.NoError(t, f.Fit(head(x, 300), y[:300]))
		values, expected, err := f.SHAP(x.Slice(300, 320, 0, 4).(*mat.Dense))
		require.NoError(t, err)
		require.Less(t, worst(t, m.Expected, expected), 1e-6)
		require.Less(t, worst(t, m.Shap, byCell(values)), 1e-6)
	}
	require.Equal(t, 3, n)
	for _, g := range modelGoldens(t) {
		for _, m := range g.Models {
			x, _ := madeTable(300, 1, 12, m.Classes, 4+m.Classes)
			b, err := ReadBoost(strings.NewReader(m.Model))
			require.NoError(t, err)
			values, expected, err := b.SHAP(x.Slice(200, 220, 0, 4).(*mat.Dense))
			require.NoError(t, err)
			var flat []float64
			for i := range 20 {
				for k := range values {
					flat = append(append(flat, values[k].RawRowView(i)...), expected[k])
				}
			}
			require.Less(t, worst(t, m.Shap, flat), 5e-6, "XGBoost %s, %d classes, %s", g.XGBoost, m.Classes, m.Kind)
		}
	}
}

// byCell lists values by row, column and output.
func byCell(values []*mat.Dense) (flat []float64) {
	n, d := values[0].Dims()
	for i := range n {
		for j := range d {
			for k := range values {
				flat = append(flat, values[k].At(i, j))
			}
		}
	}
	return flat
}
