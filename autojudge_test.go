package cohort

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/table"
)

// told gives the AUC with which boosted trees tell rows of a from rows of b, of as many, by all columns but the target's.
func told(t *testing.T, b *booster, s *stack, tables ...*table.Table) float64 {
	var x [2][]float64 // of rows that teach, and of those asked about
	var y [2][]float64
	l := &boostLevel{Rank: make([][]float64, len(b.before))}
	for k, v := range b.before {
		if !b.vars[v].Ordered {
			l.Rank[k] = make([]float64, b.vars[v].Card)
			for c := range l.Rank[k] {
				l.Rank[k][c] = float64(c)
			}
		}
	}
	row := make([]float64, len(b.before)+1)
	for side, tab := range tables {
		codes, err := s.columns.Component().Encoder.Codes(tab)
		require.NoError(t, err)
		for i := range tab.Rows() {
			l.row(b, func(v int32) int32 { return codes[v][i] }, span{}, row)
			x[i%2], y[i%2] = append(x[i%2], row...), append(y[i%2], float64(side))
		}
	}
	boost := &ml.Boost{Classes: 2, Rounds: 60, Depth: 5, Eta: 0.1}
	require.NoError(t, boost.Fit(mat.NewDense(len(y[0]), len(row), x[0]), y[0]))
	m, err := boost.Margin(mat.NewDense(len(y[1]), len(row), x[1]))
	require.NoError(t, err)
	is := make([]bool, len(y[1]))
	for i, side := range y[1] {
		is[i] = side == 1
	}
	auc, err := ml.AUC(m[0], is)
	require.NoError(t, err)
	return auc.Value
}

// Rows that a judge keeps are harder to tell from people whom nobody has learned; a loaded model keeps the same ones; conditions hold.
func TestJudgeKeepsRowsLikePeople(t *testing.T) {
	const n = 3000
	m, err := Fit(context.Background(), ringed(t, 1200, 3), Options{Target: "Class", Steps: 30, Protect: -1})
	require.NoError(t, err)
	s := m.gen.(*stack)
	require.NotNil(t, s.judge)
	require.NotContains(t, s.judge.before, s.boost.v)
	var file strings.Builder
	require.NoError(t, m.Save(&file))
	again, err := Load(strings.NewReader(file.String()))
	require.NoError(t, err)
	draw := func(m *Model, opt SampleOptions) *table.Table {
		x, err := m.Sample(context.Background(), opt)
		require.NoError(t, err)
		return x
	}
	kept, same := draw(m, SampleOptions{Rows: n}), draw(again, SampleOptions{First: n - 40, Rows: 40})
	for i := range same.Rows() {
		for c := range kept.Cols() {
			x, _ := kept.Cell(n-40+i, c)
			y, _ := same.Cell(i, c)
			require.Equal(t, x, y)
		}
	}
	where, err := table.ParseConds("Kind = k1")
	require.NoError(t, err)
	require.InDelta(t, 1, shareOf(draw(m, SampleOptions{Rows: 200, Where: where}), 2, "k1"), 1e-9)
	people, judge := ringed(t, n, 99), s.judge
	s.judge = nil
	all := draw(m, SampleOptions{Rows: n})
	require.Less(t, told(t, judge, s, kept, people), told(t, judge, s, all, people)-0.03)
}

// Where rows are as people are, as far as held-out ones show, all are kept.
func TestNoJudgeOfNoise(t *testing.T) {
	tab := ringed(t, 1200, 5)
	m, err := Fit(context.Background(), tab, Options{Target: "Class", Steps: 30, Protect: -1})
	require.NoError(t, err)
	s := m.gen.(*stack)
	s.judge = nil
	own, err := m.Sample(context.Background(), SampleOptions{Rows: 1200, Seed: 7})
	require.NoError(t, err)
	require.NoError(t, s.learnJudge(context.Background(), own, 1))
	require.Nil(t, s.judge)
}
