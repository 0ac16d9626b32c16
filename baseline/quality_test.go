package baseline

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// logLik is the mean log-likelihood of the codes of the rows of t.
func logLik(t *testing.T, m *Model, tab *table.Table) float64 {
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	total := 0.0
	if m.kind == kindCopula {
		total = copulaLik(m, codes)
	}
	d, err := code(m.enc, codes)
	require.NoError(t, err)
	for v, x := range m.enc.Vars() {
		if m.kind == kindCopula && x.Part == 0 {
			continue
		}
		for i, p := range m.score(d, int32(v), every(tab.Rows())) {
			if codes[v][i] >= 0 {
				total += math.Log(max(p, 1e-12))
			}
		}
	}
	return total / float64(tab.Rows())
}

// copulaLik is the log-likelihood of the first parts under a copula. It is simulated: the noise behind the codes is drawn
// where the codes say, and what the codes were worth is averaged over draws (Geweke, Hajivassiliou and Keane).
func copulaLik(m *Model, codes [][]int32) (total float64) {
	const draws = 30
	s, w, p := m.source(1), draw.Row{}, make([]float64, m.plan.Widest())
	first := draw.FirstParts(m.enc.Vars(), m.order)
	for i := range codes[0] {
		start, sum := 0.0, 0.0
		for d := range draws {
			w.R = rng.New(1, rng.SampleCell, uint64(i*draws+d))
			log := 0.0
			for _, v := range first {
				s.Spread(&w, v, p[:len(m.shares[v])])
				log += math.Log(max(p[codes[v][i]], 1e-9))
				s.Set(&w, v, codes[v][i])
			}
			if d == 0 {
				start = log
			}
			sum += math.Exp(log - start)
		}
		total += start + math.Log(sum/draws)
	}
	return total
}

// Trees tell rows that they have not seen better than a copula does, and that better than independent columns, where
// there is a strong dependence; on real tables trees are best as well.
func TestHeldOutLikelihood(t *testing.T) {
	real := func(name string, rows int) func(t *testing.T) *table.Table {
		return func(t *testing.T) *table.Table {
			tab := data(t, name)
			var some []int
			for i := 0; i < tab.Rows(); i += max(1, tab.Rows()/rows) {
				some = append(some, i)
			}
			return tab.Select(some)
		}
	}
	for name, get := range map[string]func(t *testing.T) *table.Table{
		"school":      func(t *testing.T) *table.Table { return read(t, school(1000, 1)) },
		"student-mat": real("student-mat.csv", 395),
		"paperB1":     real("paperB1_oulad10pct.csv", 1100),
		"adult":       real("adult.csv", 1100),
	} {
		t.Run(name, func(t *testing.T) {
			lik := map[string]float64{}
			const splits = 3
			for seed := range uint64(splits) {
				train, test := get(t).Split(0.8, seed)
				for _, kind := range kinds {
					lik[kind] += logLik(t, fit(t, train, Options{Model: kind, Protect: -1}), test) / splits
				}
			}
			t.Logf("%v", lik)
			require.Greater(t, lik[kindTrees], lik[kindIndependent]+0.3)
			require.Greater(t, lik[kindTrees], lik[kindCopula]+0.05)
			if name == "school" {
				require.Greater(t, lik[kindCopula], lik[kindIndependent])
			}
		})
	}
}
