package eval

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// jointOf gives the metrics by their names.
func jointOf(t *testing.T, v *view) map[string]Metric {
	t.Helper()
	_, metrics, err := v.joint(context.Background())
	require.NoError(t, err)
	out := map[string]Metric{}
	for _, m := range metrics {
		out[m.Name] = m
	}
	require.Len(t, out, 3)
	return out
}

func TestJointAgreesWithNumpy(t *testing.T) {
	g := readPeerNumbers(t).Joint
	v := &view{columns: []column{testColumn("x", table.Decimal, 0), testColumn("y", table.Decimal, 0), testColumn("c", table.Category, 3)}}
	side := func(rows [][]float64) *side {
		s := newTestSide(len(rows))
		s.cells = make([]cells, 3)
		for _, row := range rows {
			for c := range 2 {
				s.cells[c].num, s.cells[c].code = append(s.cells[c].num, row[c]), append(s.cells[c].code, isNumber)
			}
			s.cells[2].code = append(s.cells[2].code, int32(row[2]))
		}
		return s
	}
	v.learned, v.held, v.trial = side(g.Learned), side(g.Held), side(g.Trial)
	got := jointOf(t, v)
	require.InDelta(t, g.MMD, got["joint.mmd"].Value, 1e-6)
	require.InDelta(t, g.Density, got["joint.density"].Value, 1e-12)
	require.InDelta(t, g.Coverage, got["joint.coverage"].Value, 1e-12)
	// People learned in the place of the trial have the number that stands beside it.
	beside := got
	v.trial = v.learned
	for name, m := range jointOf(t, v) {
		require.InDelta(t, beside[name].Real, m.Value, 1e-12, name)
		require.InDelta(t, m.Real, m.Value, 1e-12, name)
	}
}

// slowJoint is the definition, pair by pair, for people with several rows, too. in tells which rows of the people set aside and of the others count.
func slowJoint(v *view, s *space, held, other *side) jointScore {
	apart := func(a *side, i int, b *side, j int) float64 { return float64(s.distance(a, i, b, j)) / float64(unit) }
	pairs := func(a *side, of func(d float64) float64) (sum, n float64) {
		for i := range a.rows {
			for j := range i {
				if a.person[i] != a.person[j] {
					sum, n = sum+of(apart(a, i, a, j)), n+1
				}
			}
		}
		return sum, n
	}
	var all []float64
	pairs(held, func(d float64) float64 { all = append(all, d); return 0 })
	slices.Sort(all)
	kernel := func(d float64) float64 { return math.Exp(-d / all[len(all)/2]) }
	hh, n := pairs(held, kernel)
	oo, m := pairs(other, kernel)
	out := jointScore{mmd: hh/n + oo/m}
	for i := range held.rows {
		var near []float64
		for j := range held.rows {
			if held.person[i] != held.person[j] {
				near = append(near, apart(held, i, held, j))
			}
		}
		slices.Sort(near)
		reached := 0
		for j := range other.rows {
			d := apart(held, i, other, j)
			out.mmd -= 2 * kernel(d) / float64(held.rows*other.rows)
			if d <= near[4]+1e-9 {
				reached++
			}
		}
		out.density += float64(reached) / 5 / float64(other.rows)
		out.coverage += float64(min(reached, 1)) / float64(held.rows)
	}
	return out
}

func TestJointIsItsDefinition(t *testing.T) {
	for i, shape := range []struct{ categories, numbers, each int }{{3, 3, 1}, {4, 0, 1}, {0, 2, 2}, {2, 4, 3}} {
		v := mixed(uint64(i), shape.categories, shape.numbers, 60, 60, 60)
		for _, s := range []*side{v.learned, v.held, v.trial} {
			s.persons = s.rows / shape.each
			for r := range s.person {
				s.person[r] = int32(r / shape.each)
			}
		}
		s := v.newSpace(v.learnedColumns(), v.held, v.learned)
		for k, col := range s.num {
			b := bulkOf(v.learned.sortedNumbers(col))
			s.low[k], s.high[k] = b.low, b.high
		}
		want, beside := slowJoint(v, s, v.held, v.trial), slowJoint(v, s, v.held, v.learned)
		got := jointOf(t, v)
		for name, of := range map[string]func(jointScore) float64{
			"joint.mmd":     func(s jointScore) float64 { return math.Sqrt(max(s.mmd, 0)) },
			"joint.density": func(s jointScore) float64 { return s.density }, "joint.coverage": func(s jointScore) float64 { return s.coverage },
		} {
			require.InDelta(t, of(want), got[name].Value, 1e-5, "%s %v", name, shape)
			require.InDelta(t, of(beside), got[name].Real, 1e-5, "%s %v", name, shape)
			require.LessOrEqual(t, got[name].Low, got[name].Value)
			require.GreaterOrEqual(t, got[name].High, got[name].Value)
		}
	}
}

// Few rows, few values, one person, all rows equal: a number, or a reason.
func TestJointOfPoorTables(t *testing.T) {
	for _, n := range []int{0, 1, 19, 20, 60} {
		for _, held := range []int{-1, 0, 1, 19, 20, 60} {
			for _, shape := range []struct{ categories, numbers int }{{0, 0}, {4, 0}, {0, 5}, {6, 5}} {
				v := mixed(uint64(n), shape.categories, shape.numbers, n, max(held, 0), n)
				if held < 0 {
					v.held = nil
				}
				for name, m := range jointOf(t, v) {
					require.Equal(t, m.Status == OK, !math.IsNaN(m.Value), name)
					require.Equal(t, m.Status == OK, m.Reason == "", name)
					require.False(t, math.IsInf(m.Value, 0) || math.IsInf(m.High, 0), name)
				}
			}
		}
	}
	for _, one := range []bool{false, true} {
		v := mixed(1, 0, 0, 40, 40, 40)
		v.columns = append(v.columns, testColumn("c", table.Category, 1))
		for _, s := range []*side{v.learned, v.held, v.trial} {
			s.cells = append(s.cells, cells{code: make([]int32, s.rows)})
		}
		if one {
			clear(v.trial.person)
		}
		for name, m := range jointOf(t, v) {
			want := map[string]float64{"joint.mmd": 0, "joint.density": 8, "joint.coverage": 1}[name]
			if one && name == "joint.mmd" {
				require.Equal(t, "all rows are about one person", m.Reason)
				continue
			}
			require.InDelta(t, want, m.Value, 1e-9, name)
		}
	}
}

func TestJointOnAnyThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	want := ""
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		got := fmt.Sprint(jointOf(t, mixed(9, 9, 4, 400, 1200, 600)))
		if want == "" {
			want = got
		}
		require.Equal(t, want, got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := mixed(9, 9, 4, 400, 300, 600).joint(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkJoint(b *testing.B) {
	v := benchView(b, 10_000, 2500, 30)
	for b.Loop() {
		if _, _, err := v.joint(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
