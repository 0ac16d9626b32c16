package draw

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// mixed is a source of two columns that depend on each other through a latent z alone.
type mixed struct {
	z     []int // by row
	weigh func(a, b int32) float64
	calls int // of Begin
}

// What is known of it: of z, and of a and b given z. The value z of column b is never drawn.
var (
	ofZ = []float64{0.7, 0.3}
	ofA = [2][]float64{{0.9, 0.1}, {0.2, 0.8}}
	ofB = [2][]float64{{0.6, 0.399, 0.001, 0}, {0.1, 0.2, 0.7, 0}}
)

const mixedText = "a,b\n"

func mixedPlan(t testing.TB) *Plan {
	enc := learn(t, mixedText+strings.Repeat("p,w\np,x\nq,y\nq,z\n", 20))
	require.Len(t, enc.Vars(), 2)
	require.Equal(t, []string{"p", "q"}, enc.Schema().Columns[0].Values)
	require.Equal(t, []string{"w", "x", "y", "z"}, enc.Schema().Columns[1].Values)
	p, err := NewPlan(enc, []int32{0, 1})
	require.NoError(t, err)
	return p
}

func (m *mixed) Begin(rows []*Row) {
	m.calls++
	for _, w := range rows {
		m.z[w.Index] = 0
		if w.R.Float64() >= ofZ[0] {
			m.z[w.Index] = 1
		}
	}
}

func (m *mixed) Next([]*Row, int32) []int32 { return nil }

func (m *mixed) of(w *Row, v int32) []float64 {
	if v == 0 {
		return ofA[m.z[w.Index]]
	}
	return ofB[m.z[w.Index]]
}

func (m *mixed) Draw(w *Row, v int32) int32          { return Pick(m.of(w, v), &w.R) }
func (m *mixed) Spread(w *Row, v int32, p []float64) { copy(p, m.of(w, v)) }
func (m *mixed) Set(*Row, int32, int32)              {}
func (m *mixed) Weigh(rows []*Row, weight []float64) {
	for i, w := range rows {
		if m.weigh != nil {
			weight[i] = m.weigh(w.Codes[0], w.Codes[1])
		}
	}
}

// joint is the distribution of both columns: 2 x 4.
func joint() []float64 {
	p := make([]float64, 8)
	for z := range ofZ {
		for a := range ofA[z] {
			for b := range ofB[z] {
				p[a*4+b] += ofZ[z] * ofA[z][a] * ofB[z][b]
			}
		}
	}
	return p
}

// frequencies draws rows and counts.
func frequencies(t *testing.T, opt Options, weigh func(a, b int32) float64) (p []float64, set int64) {
	s, err := mixedPlan(t).Sampler(opt)
	require.NoError(t, err)
	tab, set, err := s.Rows(context.Background(), func(n int) Source { return &mixed{z: make([]int, n), weigh: weigh} })
	require.NoError(t, err)
	p = make([]float64, 8)
	a, b := cells(t, tab, "a"), cells(t, tab, "b")
	for i := range a {
		p[int(a[i][0]-'p')*4+int(b[i][0]-'w')] += 1 / float64(opt.Rows)
	}
	return p, set
}

// given scales what keep leaves of a distribution to the sum 1.
func given(p []float64, keep func(a, b int32) float64) []float64 {
	out, total := make([]float64, len(p)), 0.0
	for i, x := range p {
		out[i] = x * keep(int32(i/4), int32(i%4))
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

// pickedOf is the distribution of what is picked from k candidates, by going through all that can be drawn.
func pickedOf(p []float64, k int, weigh func(a, b int32) float64) []float64 {
	out := make([]float64, len(p))
	var all func(chosen []int, chance float64)
	all = func(chosen []int, chance float64) {
		if len(chosen) < k {
			for i, x := range p {
				if x > 0 {
					all(append(chosen, i), chance*x)
				}
			}
			return
		}
		total := 0.0
		for _, i := range chosen {
			total += weigh(int32(i/4), int32(i%4))
		}
		for _, i := range chosen {
			out[i] += chance * weigh(int32(i/4), int32(i%4)) / total
		}
	}
	all(make([]int, 0, k), 1)
	return out
}

func requireClose(t *testing.T, want, got []float64, rows int64) {
	t.Helper()
	for i := range want {
		require.InDelta(t, want[i], got[i], 4.5*math.Sqrt(want[i]*(1-want[i])/float64(rows))+1e-9, "%d of %v, %v", i, want, got)
	}
}

func TestLatent(t *testing.T) {
	const rows = 40_000
	got, set := frequencies(t, Options{Rows: rows}, nil)
	requireClose(t, joint(), got, rows)
	require.Zero(t, set)
	// A condition that is met in some of the tries.
	got, set = frequencies(t, Options{Rows: rows, Where: []table.Cond{table.Is("b", "y")}}, nil)
	requireClose(t, given(joint(), func(_, b int32) float64 { return float64(b / 2 * (3 - b)) }), got, rows)
	require.Zero(t, set)
}

func TestCandidates(t *testing.T) {
	const rows = 40_000
	weigh := func(a, b int32) float64 { return []float64{0, 3, 1, 2, 5, 0.5, 1, 1}[a*4+b] + 0.01 }
	for k := 1; k <= 3; k++ {
		got, set := frequencies(t, Options{Rows: rows, Candidates: k, Seed: 5}, weigh)
		requireClose(t, pickedOf(joint(), k, weigh), got, rows)
		require.Zero(t, set)
	}
	// Weights may be of any size.
	got, _ := frequencies(t, Options{Rows: rows, Candidates: 3}, func(a, b int32) float64 { return 1e300 * weigh(a, b) / 8 })
	requireClose(t, pickedOf(joint(), 3, weigh), got, rows)
}

// With conditions, many candidates come near to the distribution of the rows that meet them.
func TestCandidatesWithConditions(t *testing.T) {
	const rows = 8_000
	weigh := func(a, b int32) float64 { return float64(1 + a + 2*b) }
	for _, c := range []struct {
		where []table.Cond
		meets func(a, b int32) bool
	}{
		{[]table.Cond{table.Is("a", "q")}, func(a, b int32) bool { return a == 1 }},
		{[]table.Cond{table.Is("b", "y")}, func(a, b int32) bool { return b == 2 }},
		{[]table.Cond{table.Is("a", "p"), table.Is("b", "x", "y")}, func(a, b int32) bool { return a == 0 && (b == 1 || b == 2) }},
	} {
		got, set := frequencies(t, Options{Rows: rows, Where: c.where, Candidates: 200, Strict: true}, weigh)
		require.Zero(t, set)
		want := given(joint(), func(a, b int32) float64 {
			if !c.meets(a, b) {
				return 0
			}
			return weigh(a, b)
		})
		for i := range want {
			require.InDelta(t, want[i], got[i], 0.02, "%v, %v", want, got)
		}
	}
	// Each value of a balanced column has the others that go with it.
	got, set := frequencies(t, Options{Rows: rows, Balance: "a", Candidates: 1}, nil)
	require.Zero(t, set)
	for a := range int32(2) {
		want := given(joint(), func(x, _ int32) float64 { return float64(1 - (x-a)*(x-a)) })
		for i := int(a) * 4; i < int(a)*4+4; i++ {
			require.InDelta(t, want[i]/2, got[i], 0.02)
		}
	}
}

// What a model gives no chance is set and counted, or refused.
func TestNoChance(t *testing.T) {
	for _, k := range []int{0, 1, 100} {
		opt := Options{Rows: 100, Where: []table.Cond{table.Is("b", "z"), table.Is("a", "p")}, Candidates: k}
		got, set := frequencies(t, opt, func(a, b int32) float64 { return 1 })
		require.EqualValues(t, 100, set)
		require.InDelta(t, 1, got[3], 1e-9)
		opt.Strict = true
		s, err := mixedPlan(t).Sampler(opt)
		require.NoError(t, err)
		_, _, err = s.Rows(context.Background(), func(n int) Source { return &mixed{z: make([]int, n)} })
		require.ErrorIs(t, err, ErrNoRow)
	}
}

// Rows are picked also where the source weighs none.
func TestNoWeight(t *testing.T) {
	const rows = 20_000
	for _, x := range []float64{0, -1, math.NaN()} {
		got, _ := frequencies(t, Options{Rows: rows, Candidates: 2}, func(a, b int32) float64 { return x })
		requireClose(t, joint(), got, rows)
		got, set := frequencies(t, Options{Rows: 2000, Candidates: 2, Where: []table.Cond{table.Is("b", "y")}},
			func(a, b int32) float64 { return x })
		require.InDelta(t, 1, got[2]+got[6], 1e-9)
		require.Zero(t, set)
	}
	got, _ := frequencies(t, Options{Rows: rows, Candidates: 2}, func(a, b int32) float64 {
		if a == 0 {
			return math.NaN()
		}
		return math.Inf(1)
	})
	requireClose(t, pickedOf(joint(), 2, func(a, _ int32) float64 { return float64(a) + 1e-9 }), got, rows)
}

// Where all candidates are dead, others are drawn: the totals below can hardly be met, as which of them it will be is known
// only when both its parts are drawn.
func TestDeadCandidates(t *testing.T) {
	p := plan(t, learn(t, school(400), schoolRules...), 3)
	where := []table.Cond{table.Between("Total", "60", "140"), table.Not(table.Between("Total", "61", "139")),
		table.Not(table.Is("Maths", "ABS")), table.Not(table.Missing("Total"))}
	s, _, err := sample(t, p, Options{Rows: 150, Where: where, Candidates: 2})
	require.NoError(t, err)
	for _, x := range cells(t, s, "Total") {
		require.Contains(t, []string{"60", "140"}, x)
	}
	for _, r := range s.Schema().Rules {
		require.Empty(t, r.Broken(s))
	}
}

func TestSameRows(t *testing.T) {
	p := plan(t, learn(t, school(300), schoolRules...), 2)
	for _, opt := range []Options{
		{Seed: 3},
		{Seed: 3, Candidates: 7},
		{Seed: 3, Most: 2},
		{Seed: 3, Candidates: 1500, Rows: 30},
		{Seed: 3, Candidates: 5, Temperature: 0.7, Balance: "Year", Where: []table.Cond{table.Between("Total", "60", "140"),
			table.Not(table.Between("Total", "63", "137"))}},
	} {
		if opt.Rows == 0 {
			opt.Rows = 300
		}
		var all string
		for _, procs := range []int{1, 3} {
			old := runtime.GOMAXPROCS(procs)
			s, _, err := sample(t, p, opt)
			runtime.GOMAXPROCS(old)
			require.NoError(t, err)
			if all == "" {
				all = text(t, s)
			}
			require.True(t, all == text(t, s), "rows differ with %d processors", procs)
		}
		lines := strings.SplitAfter(all, "\n")
		rows := opt.Rows
		for _, part := range [][2]int64{{0, 1}, {1, 10}, {11, rows - 12}, {rows - 1, 1}} {
			opt.First, opt.Rows = part[0], part[1]
			s, _, err := sample(t, p, opt)
			require.NoError(t, err)
			require.True(t, strings.Join(lines[1+part[0]:1+part[0]+part[1]], "") == strings.SplitAfterN(text(t, s), "\n", 2)[1], "%v", opt)
		}
	}
}

// Candidates of many rows go through a source together.
func TestBegunTogether(t *testing.T) {
	s, err := mixedPlan(t).Sampler(Options{Rows: 4096, Candidates: 64})
	require.NoError(t, err)
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	var sources []*mixed
	_, _, err = s.Rows(context.Background(), func(n int) Source {
		require.Equal(t, block, n)
		sources = append(sources, &mixed{z: make([]int, n), weigh: func(a, b int32) float64 { return 1 }})
		return sources[len(sources)-1]
	})
	require.NoError(t, err)
	calls := 0
	for _, m := range sources {
		calls += m.calls
	}
	require.Equal(t, 4096*64/block, calls)
}

// A caller may weigh candidates itself.
func TestWorker(t *testing.T) {
	s, err := mixedPlan(t).Sampler(Options{Where: []table.Cond{table.Is("b", "y")}})
	require.NoError(t, err)
	require.True(t, s.Conditions())
	m := &mixed{z: make([]int, 1000)}
	k := s.Worker(m, 1000)
	draw := func(forced bool) []*Row {
		for i, w := range k.Rows() {
			w.Number, w.R = 7, rng.New(1, rng.DrawCandidate, uint64(i))
		}
		require.NoError(t, k.Draw(context.Background(), k.Rows(), forced))
		return k.Rows()
	}
	for _, w := range draw(true) {
		require.False(t, w.Dead())
		require.EqualValues(t, 2, w.Codes[1])
		require.InDelta(t, ofB[m.z[w.Index]][2], w.Weight, 1e-9)
	}
	live := 0
	for _, w := range draw(false) {
		if !w.Dead() {
			require.EqualValues(t, 2, w.Codes[1])
			live++
		}
	}
	require.InDelta(t, 210, live, 60)
}

// stubborn draws 3 + 3 until it has been asked for rows so many times, and then 1 + 1.
type stubborn struct{ calls, until int }

func (s *stubborn) Begin([]*Row) {}
func (s *stubborn) Next(_ []*Row, v int32) []int32 {
	if v == 0 {
		s.calls++
	}
	return nil
}
func (s *stubborn) Draw(_ *Row, v int32) int32 {
	if s.calls > s.until || v == 2 {
		return 0
	}
	return 1
}
func (s *stubborn) Spread(w *Row, v int32, p []float64) {
	clear(p)
	p[s.Draw(w, v)] = 1
}
func (s *stubborn) Set(*Row, int32, int32) {}

// When no candidate lives in any round, the row is drawn as rows without candidates are.
func TestAllRoundsDead(t *testing.T) {
	enc := learn(t, "a,b,c\n"+strings.Repeat("1,1,2\n3,3,6\n5,5,10\n", 20), "c = a + b")
	p, err := NewPlan(enc, []int32{0, 1, 2})
	require.NoError(t, err)
	require.Equal(t, 3, p.Widest())
	s, err := p.Sampler(Options{Rows: 1, Candidates: 2, Where: []table.Cond{table.Not(table.Is("c", "6"))}})
	require.NoError(t, err)
	for _, c := range []struct {
		until int
		set   int64
	}{{rounds - 1, 0}, {rounds, 0}, {rounds + tries - 1, 1}} {
		tab, set, err := s.Rows(context.Background(), func(int) Source { return &stubborn{until: c.until} })
		require.NoError(t, err)
		require.Equal(t, "a,b,c\n1,1,2\n", text(t, tab))
		require.Equal(t, c.set, set)
	}
	_, _, err = s.Rows(context.Background(), func(int) Source { return &stubborn{until: 1e9} })
	require.ErrorIs(t, err, ErrNoRow)
	s, err = p.Sampler(Options{Rows: 1, Candidates: 2, Strict: true, Where: []table.Cond{table.Not(table.Is("c", "6"))}})
	require.NoError(t, err)
	_, _, err = s.Rows(context.Background(), func(int) Source { return &stubborn{until: rounds + tries - 1} })
	require.ErrorIs(t, err, ErrNoRow)
}

// The effective size of many candidates is what the distribution of their weights gives, and to hear of it changes no row.
func TestEffectiveSizeOfCandidates(t *testing.T) {
	const k = mostCandidates
	p, opt := mixedPlan(t), Options{Rows: 20, Candidates: k, Where: []table.Cond{table.Is("b", "y")}}
	write := func(opt Options) string {
		s, err := p.Sampler(opt)
		require.NoError(t, err)
		tab, _, err := s.Rows(context.Background(), func(n int) Source { return &mixed{z: make([]int, n)} })
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, table.WriteCSV(&b, tab))
		return b.String()
	}
	silent := write(opt)
	opt.Effective = make([]float64, opt.Rows)
	require.Equal(t, silent, write(opt))
	first, second := 0.0, 0.0 // moments of the weight, which is the chance of y given z
	for z, of := range ofZ {
		first += of * ofB[z][2]
		second += of * ofB[z][2] * ofB[z][2]
	}
	for _, e := range opt.Effective {
		require.InEpsilon(t, first*first/second, e/k, 0.1)
	}
	require.InDelta(t, 4, effective([]float64{2, 2, 0, 2, 2}), 1e-12)
	require.InDelta(t, 1, effective([]float64{0, 1e300, 0}), 1e-12)
	require.InDelta(t, 100.0/58, effective([]float64{7e299, 3e299, 0}), 1e-12)
}
