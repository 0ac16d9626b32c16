package mixture

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// goldenColumn is a column of testdata/golden.json and what scikit-learn makes of it.
type goldenColumn struct {
	Values                 []float64
	Counts                 []int64
	Soft                   bool
	After                  []int
	Mean, Variance, Weight [][]float64 // [iterations of After, K]
	Points                 []float64
	Proba                  [][]float64 // [points, K]
	Stop                   int
	Inertia                [2]float64 // least and mean sum of squares of K-means
}

func goldenColumns(t testing.TB) map[string]goldenColumn {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var g struct {
		ScikitLearn string
		Columns     map[string]goldenColumn
	}
	require.NoError(t, json.Unmarshal(text, &g))
	require.NotEmpty(t, g.ScikitLearn)
	return g.Columns
}

// startAt gives the responsibilities that golden.py starts from, [U, K].
func (g *goldenColumn) startAt() [][]float64 {
	k := len(g.Mean[0])
	r := make([][]float64, len(g.Values))
	for i := range r {
		r[i] = make([]float64, k)
		r[i][(i*k/len(r)*7+3)%k] = 1
		for j := range r[i] {
			if g.Soft {
				r[i][j] = (1 + 9*r[i][j]) / float64(k+9)
			}
		}
	}
	return r
}

// started is the posterior after the M-step that follows the given responsibilities.
func started(c *column, r [][]float64) *posterior {
	p := newPosterior(c, len(r[0]), defaultConcentration)
	for i, v := range c.value {
		for k, share := range r[i] {
			n := c.count[i] * share
			p.sum[k] += n
			p.sumD[k] += n * v
			p.sumDD[k] += n * v * v
		}
	}
	p.maximise()
	return p
}

// far is the largest relative difference.
func far(got, want []float64) float64 {
	worst := 0.0
	for i := range want {
		worst = max(worst, math.Abs(got[i]-want[i])/math.Abs(want[i]))
	}
	return worst
}

func TestGolden(t *testing.T) {
	const limit = 1e-6
	for name, g := range goldenColumns(t) {
		t.Run(name, func(t *testing.T) {
			c := merged(g.Values, g.Counts)
			c.standardise()
			p := started(c, g.startAt())
			mean, variance, weight := 0.0, 0.0, 0.0
			for i, after := range g.After {
				for p.iterations < after {
					p.iterate(c)
				}
				m := p.mixture(c)
				mean = max(mean, far(m.Mean, g.Mean[i]))
				for k, sd := range m.SD {
					variance = max(variance, math.Abs(sd*sd/g.Variance[i][k]-1))
				}
				weight = max(weight, far(m.Weight, g.Weight[i]))
			}
			t.Logf("relative errors: means %.1g, variances %.1g, weights %.1g", mean, variance, weight)
			require.Less(t, mean, limit)
			require.Less(t, variance, limit)
			require.Less(t, weight, limit)
			m := p.mixture(c)
			got := make([]float64, len(m.Mean))
			for i, x := range g.Points {
				m.Responsibilities(x, got)
				require.InDeltaSlice(t, g.Proba[i], got, limit, x)
			}
		})
	}
}

// The reference's own stop, by the change of the lower bound, comes at the same iteration, in both modes.
func TestGoldenStop(t *testing.T) {
	for name, g := range goldenColumns(t) {
		c := merged(g.Values, g.Counts)
		c.standardise()
		p := started(c, g.startAt())
		p.run(c)
		require.Equal(t, g.Stop, p.iterations, name)
	}
}
