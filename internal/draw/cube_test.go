package draw

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// units makes n units of k features, the first of which is 1, with probabilities that follow the features.
func units(n, k int, seed uint64) (p []float64, m *matrix) {
	r := rng.New(seed, rng.Demo, 0)
	m = newMatrix()
	for range n {
		z := r.Norm() / 2
		m.add(0, 1)
		for j := 1; j < k; j++ {
			x := r.Norm()
			if j%2 == 0 {
				x = float64(r.Intn(2))
			}
			z += x / math.Sqrt(float64(k))
			m.add(j, x)
		}
		m.end()
		p = append(p, 1/(1+math.Exp(-z)))
	}
	return p, m
}

// sums gives the sum of each feature, weighed by p.
func sums(p []float64, m *matrix, k int) []float64 {
	out := make([]float64, k)
	for i := range p {
		for j := m.from[i]; j < m.from[i+1]; j++ {
			out[m.at[j]] += p[i] * m.x[j]
		}
	}
	return out
}

// A flight keeps all sums, and leaves no more units open than there are features.
func TestFlightKeepsTheSums(t *testing.T) {
	const n, k = 300, 12
	p, m := units(n, k, 1)
	before := sums(p, m, k)
	r := rng.New(2, rng.Demo, 0)
	f := flight{p: p, m: m, r: &r, a: make([]float64, k)}
	for j := range k {
		f.basic, f.e = append(f.basic, -1), append(f.e, make([]float64, k))
		f.e[j][j] = 1
	}
	for i := range p {
		f.insert(i)
	}
	require.InDeltaSlice(t, before, sums(p, m, k), 1e-6)
	open := 0
	for _, x := range p {
		require.True(t, x >= 0 && x <= 1)
		if x > 0 && x < 1 {
			open++
		}
	}
	require.LessOrEqual(t, open, k)
}

// Over many draws every unit is in as often as its probability says, and the sums vary far less than those of independent draws.
func TestBalancedKeepsTheProbabilities(t *testing.T) {
	const n, k, draws = 60, 4, 4000
	p, m := units(n, k, 3)
	mean, want, square, loose := make([]float64, n), sums(p, m, k), make([]float64, k), make([]float64, k)
	for d := range uint64(draws) {
		r := rng.New(d, rng.Demo, 1)
		q := append([]float64(nil), p...)
		balanced(q, m, k, &r)
		for i, x := range q {
			require.True(t, x == 0 || x == 1)
			mean[i] += x / draws
		}
		for j, x := range sums(q, m, k) {
			square[j] += (x - want[j]) * (x - want[j]) / draws
		}
	}
	for i := range p {
		require.InDelta(t, p[i], mean[i], 4.5*math.Sqrt(p[i]*(1-p[i])/draws), "unit %d", i)
		for j := m.from[i]; j < m.from[i+1]; j++ {
			loose[m.at[j]] += p[i] * (1 - p[i]) * m.x[j] * m.x[j] // the variance of independent draws
		}
	}
	for j := range square {
		require.Less(t, square[j], loose[j]/4, "feature %d", j)
	}
}

// Features that follow from others, or that are 0 everywhere, do no harm.
func TestBalancedOnFeaturesThatDepend(t *testing.T) {
	m := newMatrix()
	var p []float64
	for i := range 50 {
		m.add(0, 1)
		m.add(1, 2)
		m.add(2, float64(i))
		m.add(3, float64(3*i+1))
		m.end()
		p = append(p, 0.5)
	}
	r := rng.New(1, rng.Demo, 0)
	balanced(p, m, 5, &r)
	sum := 0.0
	for _, x := range p {
		require.True(t, x == 0 || x == 1)
		sum += x
	}
	require.InDelta(t, 25, sum, 1)
}

// followed is a source whose target depends on what was drawn before it, Sex.
type followed struct {
	*independent
	target, sex int32
	next        *int32
}

func (s followed) Draw(w *Row, v int32) int32 {
	if v != s.target {
		return s.independent.Draw(w, v)
	}
	p := make([]float64, s.vars[v].Card)
	s.Spread(w, v, p)
	return Pick(p, &w.R)
}

// Average is asked of the column that Next was told of last, as a network needs it.
func (s followed) Average(w *Row, v int32, p []float64) {
	require.Equal(s.t, v, *s.next)
	s.Spread(w, v, p)
}

func (s followed) Next(rows []*Row, v int32) []int32 {
	*s.next = v
	return s.independent.Next(rows, v)
}

func (s followed) Spread(w *Row, v int32, p []float64) {
	s.independent.Spread(w, v, p)
	if v == s.target && w.Codes[s.sex] == 0 {
		for c := range p {
			p[c] *= float64(c + 1)
		}
		total := 0.0
		for _, x := range p {
			total += x
		}
		for c := range p {
			p[c] /= total
		}
	}
}

// pupilsWithGrade is a table whose last column is the target.
func pupilsWithGrade(n int, grades string) string {
	var b strings.Builder
	b.WriteString("Sex,Age,Grade\n")
	for i := range n {
		r := rng.New(7, rng.Demo, uint64(i))
		fmt.Fprintf(&b, "%s,%d,%c\n", []string{"f", "m"}[r.Intn(2)], 10+r.Intn(6), grades[r.Intn(len(grades))])
	}
	return b.String()
}

func evenPlan(t testing.TB, rows int, grades string) (*Plan, func(n int) Source) {
	enc := learn(t, pupilsWithGrade(rows, grades))
	p, err := NewPlan(enc, nil)
	require.NoError(t, err)
	target := p.columns[len(p.columns)-1].first
	p.Even(&Target{V: target, Rows: rows})
	require.Equal(t, int64(rows), p.EvenRows())
	return p, func(n int) Source {
		return followed{newIndependent(t, enc, n), target, p.columns[0].first, new(int32)}
	}
}

// counts tells how often each grade comes with each sex.
func counts(t testing.TB, p *Plan, source func(n int) Source, opt Options) map[string]int {
	s, err := p.Sampler(opt)
	require.NoError(t, err)
	tab, _, err := s.Rows(context.Background(), source)
	require.NoError(t, err)
	out := map[string]int{}
	sex, grade := cells(t, tab, "Sex"), cells(t, tab, "Grade")
	for i := range sex {
		out[sex[i]+grade[i]]++
	}
	return out
}

// Categories and numbers that are drawn evenly are as frequent as if drawn one by one, and vary far less, given the other columns.
func TestEvenTargetsVaryLess(t *testing.T) {
	for _, grades := range []string{"ABCD", "1357"} { // categories, numbers
		p, source := evenPlan(t, 200, grades)
		alone := *p
		alone.even = nil
		const draws = 300
		mean, square := [2]map[string]float64{{}, {}}, [2]map[string]float64{{}, {}}
		for d := range uint64(draws) {
			for k, plan := range []*Plan{p, &alone} {
				count := counts(t, plan, source, Options{Rows: 200, Seed: d})
				total := map[byte]int{}
				for key, n := range count {
					total[key[0]] += n
				}
				for key, n := range count {
					x := float64(n) / float64(total[key[0]])
					mean[k][key] += x / draws
					square[k][key] += x * x / draws
				}
			}
		}
		require.Len(t, mean[0], 8)
		for key, x := range mean[0] {
			even, loose := square[0][key]-x*x, square[1][key]-mean[1][key]*mean[1][key]
			require.InDelta(t, mean[1][key], x, 5*math.Sqrt(loose/draws), "%s of %s", key, grades)
			require.Less(t, even, loose/3, "%s of %s", key, grades)
		}
	}
}

// Rows are the same however a sample is cut up, and conditions are met as before.
func TestEvenRowsAreTheSameInParts(t *testing.T) {
	p, source := evenPlan(t, 90, "ABCD")
	draw := func(opt Options) string {
		s, err := p.Sampler(opt)
		require.NoError(t, err)
		tab, _, err := s.Rows(context.Background(), source)
		require.NoError(t, err)
		return text(t, tab)
	}
	all := strings.SplitAfter(draw(Options{Rows: 250, Seed: 5}), "\n")
	for _, part := range [][2]int{{0, 10}, {80, 30}, {90, 90}, {170, 80}} {
		want := all[0] + strings.Join(all[1+part[0]:1+part[0]+part[1]], "")
		require.Equal(t, want, draw(Options{First: int64(part[0]), Rows: int64(part[1]), Seed: 5}))
	}
	require.NotEqual(t, strings.Join(all, ""), draw(Options{Rows: 250, Seed: 6}))
}

func TestEvenIsOff(t *testing.T) {
	enc := learn(t, school(300), schoolRules...)
	p, err := NewPlan(enc, nil)
	require.NoError(t, err)
	for _, target := range []*Target{nil, {V: p.columns[0].first, Rows: 300}, {V: p.columns[len(p.columns)-1].first, Rows: 300}, {V: 0, Rows: evenLearned + 1}} {
		p.Even(target) // none, not the last one, in a rule, many rows
		require.Zero(t, p.EvenRows())
	}
}

func BenchmarkBalanced(b *testing.B) {
	p, m := units(2000, evenFeatures, 1)
	for b.Loop() {
		r := rng.New(1, rng.Demo, 0)
		balanced(append([]float64(nil), p...), m, evenFeatures, &r)
	}
}
