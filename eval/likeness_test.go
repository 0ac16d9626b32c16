package eval

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// golden is what testdata/likeness.py wrote.
type golden struct {
	Columns []struct {
		Kind     string
		Loose    int
		X, Y     []int32
		Distance float64
	}
	Dependences []struct {
		Width, N int
		Joint    []float64
		Beyond   float64
	}
	Copies []struct {
		X, N, Y, M int
		P          float64
	}
	Rates []struct {
		X, N, Y, M int
		Reach, P   float64
	}
}

func readGolden(t *testing.T) *golden {
	b, err := os.ReadFile("testdata/likeness.json")
	require.NoError(t, err)
	g := new(golden)
	require.NoError(t, json.Unmarshal(b, g))
	require.NotEmpty(t, g.Columns)
	return g
}

func TestDistanceAgreesWithScipy(t *testing.T) {
	for i, c := range readGolden(t).Columns {
		size := int(max(slices.Max(c.X), slices.Max(c.Y))) + 1
		p, q := shares(c.X, allRows(len(c.X)), max(size, c.Loose)), shares(c.Y, allRows(len(c.Y)), max(size, c.Loose))
		require.InDelta(t, c.Distance, distance(p, q, c.Loose), 1e-12, "%d: %s", i, c.Kind)
		require.InDelta(t, c.Distance, distance(q, p, c.Loose), 1e-12, "%d: %s, the other way round", i, c.Kind)
	}
}

func TestExactTestsAgreeWithScipy(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Copies {
		require.InEpsilon(t, c.P, fisher(c.X, c.N, c.Y, c.M), 1e-8, "%+v", c)
	}
	for _, c := range g.Rates {
		require.InEpsilon(t, c.P, rates(c.X, float64(c.N)*c.Reach, c.Y, float64(c.M)), 1e-8, "%+v", c)
	}
	for _, c := range g.Dependences {
		require.InDelta(t, c.Beyond, dependence(c.Joint, c.Width, c.N), 1e-12)
	}
}

// distances in tables of several sides agree with their definition on cells, whatever the codes are.
func TestShapeOfSides(t *testing.T) {
	v := mixed(3, 7, 7, 130, 70, 90)
	for col := range v.columns {
		s := v.spread(col)
		to := shares(s.learned, allRows(v.learned.rows), s.size)
		got := distance(shares(s.trial, allRows(v.trial.rows), s.size), to, s.loose)
		require.InDelta(t, slowDistance(&v.trial.cells[col], &v.learned.cells[col]), got, 1e-12, v.columns[col].name)
		require.Zero(t, distance(to, to, s.loose))
	}
}

// slowDistance looks at all thresholds, with the codes of either sign.
func slowDistance(a, b *cells) float64 {
	share := func(c *cells, hit func(k key) bool) float64 {
		n := 0
		for r := range c.code {
			if hit(c.key(r)) {
				n++
			}
		}
		return float64(n) / float64(len(c.code))
	}
	over, under := 0.0, 0.0
	seen := map[int32]bool{}
	most, least := 0.0, 0.0
	for _, c := range []*cells{a, b} {
		for r := range c.code {
			k := c.key(r)
			if k.code == isNumber {
				up := func(x key) bool { return x.code == isNumber && x.num <= k.num }
				d := share(a, up) - share(b, up)
				most, least = max(most, d), min(least, d)
				continue
			}
			if !seen[k.code] {
				seen[k.code] = true
				same := func(x key) bool { return x == k }
				d := share(a, same) - share(b, same)
				over, under = over+max(d, 0), under+max(-d, 0)
			}
		}
	}
	return max(over+most, under-least)
}

// The joint tables agree with counting cell by cell.
func TestPairsAgreeWithCounting(t *testing.T) {
	v := mixed(5, 7, 5, 150, 80, 80)
	cols := v.learnedColumns()
	tables := v.pairTables(cols, 80)
	for _, p := range choosePairs(len(cols), 0) {
		tables.measure(&p)
		a, b := &tables.columns[p.a], &tables.columns[p.b]
		count := func(x, y []uint8) map[[2]uint8]float64 {
			shares := map[[2]uint8]float64{}
			for r := range x {
				shares[[2]uint8{x[r], y[r]}] += 1 / float64(len(x))
			}
			return shares
		}
		slow := func(x, y map[[2]uint8]float64) float64 {
			sum := 0.0
			for i := range 20 {
				for j := range 20 {
					k := [2]uint8{uint8(i), uint8(j)}
					sum += math.Abs(x[k]-y[k]) / 2
				}
			}
			return 100 * (1 - sum)
		}
		learned := count(a.learned, b.learned)
		require.InDelta(t, slow(count(a.trial, b.trial), learned), p.value, 1e-9)
		require.InDelta(t, slow(count(a.held, b.held), learned), p.real, 1e-9)
	}
}

func TestChoosePairs(t *testing.T) {
	for _, cols := range []int{0, 1, 2, 3, 50, 300} {
		list := choosePairs(cols, 1)
		require.Len(t, list, min(max(cols*(cols-1)/2, 0), mostPairs))
		seen := map[[2]int]bool{}
		for _, p := range list {
			require.True(t, 0 <= p.a && p.a < p.b && p.b < cols)
			require.False(t, seen[[2]int{p.a, p.b}])
			seen[[2]int{p.a, p.b}] = true
		}
	}
}

func TestQuantiles(t *testing.T) {
	require.Equal(t, []float64{2, 4}, quantiles([]float64{1, 2, 3, 4, 5, 6}, 3))
	require.Equal(t, []float64{0}, quantiles([]float64{0, 0, 0, 0, 0, 0, 7, 8, 9}, 2), "a common value has its bin")
	require.Equal(t, []float64{2}, quantiles([]float64{1, 2, 9, 9, 9, 9}, 3), "also at the end")
	require.Empty(t, quantiles([]float64{4, 4, 4}, 5))
	require.Empty(t, quantiles(nil, 5))
	for n := range 60 {
		numbers := make([]float64, n)
		r := rng.New(1, rng.Mock, uint64(n))
		for i := range numbers {
			numbers[i] = float64(r.Intn(1 + n/2))
		}
		edges := quantiles(numbers, 6)
		require.LessOrEqual(t, len(edges), 5)
		require.True(t, slices.IsSorted(edges))
		require.Len(t, slices.Compact(slices.Clone(edges)), len(edges))
	}
}

func TestCoarseHasFewCodes(t *testing.T) {
	v := mixed(8, 12, 10, 400, 100, 300) // one column of 10,000 categories
	for col := range v.columns {
		c := v.coarse(col, mostBins)
		require.LessOrEqual(t, c.size, 2*mostBins)
		for _, codes := range [][]uint8{c.learned, c.held, c.trial} {
			require.Less(t, int(slices.Max(codes)), c.size)
		}
	}
}

func TestDraws(t *testing.T) {
	require.Len(t, draws(10, 10, 1, rng.EvalShape, 0), 1)
	require.Len(t, draws(10, 20, 1, rng.EvalShape, 0), 1)
	require.Equal(t, []int32{0, 1, 2}, allRows(3))
	seen := map[int32]int{}
	for _, rows := range draws(100, 20, 1, rng.EvalShape, 0) {
		require.Len(t, rows, 20)
		for _, r := range rows {
			seen[r]++
		}
	}
	require.Len(t, seen, 100, "five samples of 20 of 100 share no row")
	for _, rows := range draws(100, 99, 1, rng.EvalShape, 0) {
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(rows))), 99)
	}
}

// related makes rows of four columns: two that belong together, and two that have nothing to do with anything.
func related(seed uint64, learned, held, trial int, broken bool) *view {
	v := &view{opt: Options{Seed: seed}}
	for i := range 4 {
		v.columns = append(v.columns, testColumn(fmt.Sprint("c", i), table.Category, 6))
	}
	var sides []*side
	for s, rows := range []int{learned, held, trial} {
		side := newTestSide(rows)
		side.cells = make([]cells, 4)
		for c := range side.cells {
			side.cells[c].code = make([]int32, rows)
		}
		for i := range rows {
			r := rng.New(seed, rng.Demo, uint64(1000*i+s))
			for c := range side.cells {
				side.cells[c].code[i] = int32(1 + r.Intn(6))
			}
			if r.Intn(4) > 0 && (s < 2 || !broken) {
				side.cells[1].code[i] = side.cells[0].code[i]
			}
		}
		sides = append(sides, side)
	}
	v.learned, v.held, v.trial = sides[0], sides[1], sides[2]
	v.all, v.result = v.learned, v.trial
	return v
}

// A table that loses its only dependence loses it all in the number, however many pairs have none.
func TestPairsWeighByDependence(t *testing.T) {
	for seed := range uint64(5) {
		f, metrics, err := related(seed, 600, 300, 500, false).pairs(context.Background())
		require.NoError(t, err)
		require.Equal(t, OK, f.Status, "%+v", f.Check)
		require.Len(t, metrics, 6)
		f, metrics, err = related(seed, 600, 300, 500, true).pairs(context.Background())
		require.NoError(t, err)
		require.Equal(t, Look, f.Status)
		require.Greater(t, f.Metrics[0].Real-f.Metrics[0].Value, 40.)
		require.Equal(t, []string{"c0", "c1"}, metrics[0].Columns, "the worst stands first")
		require.Contains(t, f.Sentence, `Least alike: "c0" with "c1".`)
		s, _, err := related(seed, 600, 300, 500, true).shape(context.Background())
		require.NoError(t, err)
		require.Equal(t, OK, s.Status)
	}
}

func TestLikenessWithoutOthers(t *testing.T) {
	v := related(1, 300, 19, 300, false)
	for _, check := range []func(context.Context) (*finding, []Metric, error){v.shape, v.pairs} {
		f, _, err := check(context.Background())
		require.NoError(t, err)
		require.Equal(t, TooFew, f.Status)
		require.Contains(t, f.Sentence, "19 people were set aside; 20 are the least")
		require.False(t, math.IsNaN(f.Metrics[0].Value))
	}
	v.held = nil
	f, metrics, err := v.shape(context.Background())
	require.NoError(t, err)
	require.Equal(t, TooFew, f.Status)
	require.Regexp(t, `^9\d of 100$`, f.Shown)
	require.True(t, math.IsNaN(metrics[0].Real))
	v.opt.Level = "structure"
	f, metrics, err = v.pairs(context.Background())
	require.NoError(t, err)
	require.Nil(t, f)
	require.Equal(t, NotApplicable, metrics[0].Status)
}

func TestLikenessIsTheSameOnOneThread(t *testing.T) {
	run := func() string {
		v := mixed(11, 10, 10, 300, 120, 200)
		f, m, err := v.shape(context.Background())
		require.NoError(t, err)
		g, n, err := v.pairs(context.Background())
		require.NoError(t, err)
		return fmt.Sprint(f.Check, m, g.Check, n)
	}
	want := run()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.Equal(t, want, run())
}
