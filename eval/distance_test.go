package eval

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// mixed makes a view of three tables of random rows: categories (some with thousands of values, some constant), numbers
// (few and many different, constant, wider than a float64), MISSING, marks, values that only one of the tables has.
func mixed(seed uint64, categories, numbers, learned, held, trial int) *view {
	v := &view{opt: Options{Seed: seed}}
	sides := []*side{newTestSide(learned), newTestSide(held), newTestSide(trial)}
	for c := range categories {
		card := []int{2, 3, 7, 1, 200, 10_000}[c%6]
		v.columns = append(v.columns, testColumn(fmt.Sprint("c", c), table.Category, card))
		for i, s := range sides {
			r := rng.New(seed, rng.Demo, uint64(100*c+i))
			cells := cells{code: make([]int32, s.rows)}
			for j := range cells.code {
				cells.code[j] = int32(r.Intn(card + 1))
			}
			s.cells = append(s.cells, cells)
		}
	}
	for c := range numbers {
		v.columns = append(v.columns, testColumn(fmt.Sprint("n", c), table.Decimal, 3))
		for i, s := range sides {
			r := rng.New(seed, rng.Demo, uint64(10_000+100*c+i))
			cells := cells{code: make([]int32, s.rows), num: make([]float64, s.rows)}
			for j := range cells.code {
				cells.num[j] = []float64{float64(r.Intn(5)), r.Norm(), 7, r.Norm() * (math.MaxFloat64 / 8), float64(r.Intn(1 << 40))}[c%5]
				cells.code[j] = isNumber
				if c%2 == 0 && r.Intn(10) == 0 {
					cells.num[j], cells.code[j] = math.NaN(), int32(r.Intn(4))
				}
				if i == 2 && r.Intn(20) == 0 { // synthetic numbers may lie anywhere
					cells.num[j] *= 1.5
				}
			}
			s.cells = append(s.cells, cells)
		}
	}
	v.learned, v.held, v.trial = sides[0], sides[1], sides[2]
	v.all, v.result = v.learned, v.trial
	return v
}

func testColumn(name string, kind table.Kind, labels int) column {
	c := column{name: name, schema: &table.Column{Name: name, Kind: kind}, learned: true, number: isNumeric(kind)}
	for i := range labels + 1 {
		c.label = append(c.label, fmt.Sprint(i))
	}
	c.label[0] = ""
	c.known = int32(len(c.label))
	return c
}

func newTestSide(rows int) *side {
	s := &side{rows: rows, persons: rows, person: make([]int32, rows)}
	for i := range s.person {
		s.person[i] = int32(i)
	}
	return s
}

// spaces are shapes in which planes, words and groups fall out differently.
var spaces = []struct{ categories, numbers int }{
	{0, 1}, {1, 0}, {2, 2}, {5, 7}, {8, 0}, {9, 1}, {16, 5}, {33, 3}, {64, 0}, {65, 2}, {140, 10},
}

// Gower's distance, as its definition reads, in floats.
func gower(v *view, cols []int, a *side, i int, b *side, j int) float64 {
	d := 0.0
	for _, col := range cols {
		x, y := &a.cells[col], &b.cells[col]
		switch {
		case x.code[i] != y.code[j]:
			d++
		case x.code[i] == isNumber && x.num[i] != y.num[j]:
			low, high := math.Inf(1), math.Inf(-1)
			for _, s := range []*side{v.learned, v.held} {
				for _, n := range s.cells[col].num {
					if !math.IsNaN(n) {
						low, high = min(low, n/2), max(high, n/2)
					}
				}
			}
			d += min(math.Abs(x.num[i]/2-y.num[j]/2)/(high-low), 1)
		}
	}
	return d
}

func TestDistanceIsGower(t *testing.T) {
	for _, shape := range spaces {
		v := mixed(1, shape.categories, shape.numbers, 23, 11, 17)
		s := v.newSpace(v.learnedColumns(), v.learned, v.held)
		for i := range v.trial.rows {
			for j := range v.held.rows {
				want := gower(v, v.learnedColumns(), v.trial, i, v.held, j)
				got := s.distance(v.trial, i, v.held, j)
				require.InDelta(t, want, float64(got)/float64(unit), 1e-9, "%v, rows %d and %d", shape, i, j)
			}
		}
	}
}

// The packed search finds what the definition says, to the last bit, whatever the bound.
func TestSearchEqualsDistance(t *testing.T) {
	for _, shape := range spaces {
		v := mixed(2, shape.categories, shape.numbers, 150, 60, 12)
		s := v.newSpace(v.learnedColumns(), v.learned, v.held)
		q, c := s.cloud(v.trial), s.cloud(v.learned, v.held)
		require.Equal(t, 210, c.rows)
		for i := range q.rows {
			want := make([]int64, c.rows)
			for j := range want {
				if j < v.learned.rows {
					want[j] = s.distance(v.trial, i, v.learned, j)
				} else {
					want[j] = s.distance(v.trial, i, v.held, j-v.learned.rows)
				}
			}
			for _, bound := range []int64{-1, 0, want[7] - 1, want[7], want[150], math.MaxInt64} {
				var hits []hit
				for j, d := range want[3:200] {
					if d <= bound {
						hits = append(hits, hit{j + 3, d})
					}
				}
				require.Equal(t, hits, s.search(q, i, c, 3, 200, bound, nil), "%v, row %d", shape, i)
			}
		}
	}
}

// Equal sums of different steps are ties, though none of 1/3, 1/7 and 1/20 is a float.
func TestTiesAreExact(t *testing.T) {
	v := mixed(3, 0, 0, 4, 1, 1)
	number := func(trial, held float64, learned ...float64) {
		v.columns = append(v.columns, testColumn("n", table.Whole, 0))
		for s, x := range map[*side][]float64{v.learned: learned, v.held: {held}, v.trial: {trial}} {
			code := make([]int32, len(x))
			for i := range code {
				code[i] = isNumber
			}
			s.cells = append(s.cells, cells{num: x, code: code})
		}
	}
	number(10, 20, 0, 3, 11, 10)
	number(1, 1, 0, 3, 2, 2)
	number(0.3, 0.1, 0.1, 0.1, 0.8, 0.3)
	s := v.newSpace([]int{0, 1, 2}, v.learned, v.held)
	require.Equal(t, unit/20+unit/3+5*unit/7, s.distance(v.trial, 0, v.learned, 2))
	require.Equal(t, unit/3, s.distance(v.trial, 0, v.learned, 3))
	require.Equal(t, 10*unit/20+2*unit/7, s.distance(v.trial, 0, v.held, 0))
}

// The rows asked for are exact, on any number of threads.
func TestNearestEqualsBruteForce(t *testing.T) {
	for _, procs := range []int{1, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		for _, shape := range spaces {
			v := mixed(4, shape.categories, shape.numbers, 190, 87, 150)
			s := v.newSpace(v.learnedColumns(), v.learned, v.held)
			want := make([]int64, v.trial.rows)
			for i := range want {
				want[i] = math.MaxInt64
				for j := range v.learned.rows {
					want[i] = min(want[i], s.distance(v.trial, i, v.learned, j))
				}
				for j := range v.held.rows {
					want[i] = min(want[i], s.distance(v.trial, i, v.held, j))
				}
			}
			for _, k := range []int{1, 40, 150} {
				got, err := s.nearest(context.Background(), s.cloud(v.trial), s.cloud(v.learned, v.held), k)
				require.NoError(t, err)
				first := v.nearestFirst(want)
				require.Equal(t, first[:k], v.nearestFirst(got)[:k])
				for _, r := range first {
					if want[r] <= want[first[k-1]] {
						require.Equal(t, want[r], got[r], "%v, k %d, row %d", shape, k, r)
					} else {
						require.GreaterOrEqual(t, got[r], want[r])
					}
				}
			}
		}
	}
}

func TestSearchStopsWithTheContext(t *testing.T) {
	v := mixed(5, 3, 3, 300, 100, 300)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := v.lookAlikes(ctx)
	require.Equal(t, context.Canceled, err)
}

// A benchmark table is 10,000 rows of 30 columns against 12,500 people, as check has them: 15 categories of 2 to 12 values
// and 15 bell-shaped numbers, so that no person is near.
func benchmarkView() *view {
	v := &view{}
	sides := []*side{newTestSide(10_000), newTestSide(2_500), newTestSide(10_000)}
	for c := range 30 {
		kind := []table.Kind{table.Category, table.Whole}[c%2]
		card := 2 + c%11
		v.columns = append(v.columns, testColumn(fmt.Sprint("column ", c), kind, card))
		for i, s := range sides {
			out := cells{code: make([]int32, s.rows)}
			if kind == table.Whole {
				out.num = make([]float64, s.rows)
			}
			for r := range s.rows {
				x := rng.New(uint64(i), rng.Demo, uint64(r*100+c))
				trait := rng.New(uint64(i), rng.Demo, uint64(1e9)+uint64(r)) // what the columns of a row share
				z := (x.Norm() + trait.Norm()) / math.Sqrt2
				if kind == table.Whole {
					out.num[r], out.code[r] = math.Round(50+15*z), isNumber
					continue
				}
				out.code[r] = int32(1 + min(max(float64(card)/2+z*float64(card)/4, 0), float64(card-1)))
			}
			s.cells = append(s.cells, out)
		}
	}
	v.learned, v.held, v.trial = sides[0], sides[1], sides[2]
	v.all, v.result = v.learned, v.trial
	return v
}

func BenchmarkSearch(b *testing.B) {
	v := benchmarkView()
	s := v.newSpace(v.learnedColumns(), v.learned, v.held)
	q, c := s.cloud(v.trial), s.cloud(v.learned, v.held)
	for name, bound := range map[string]int64{"near": 3 * unit, "all": math.MaxInt64} {
		b.Run(name, func(b *testing.B) {
			var hits []hit
			for i := 0; b.Loop(); i++ {
				hits = s.search(q, i%q.rows, c, 0, tile, bound, hits[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/tile, "ns/pair")
		})
	}
}

// The four checks of this benchmark table together must stay below 1.8 s on 2 cores.
func BenchmarkPrivate(b *testing.B) {
	v := benchmarkView()
	for name, check := range map[string]func(*view, context.Context) (*finding, []Metric, error){
		"look-alikes and share": (*view).lookAlikes, "one of a kind": (*view).oneOfAKind, "guessing": (*view).guessing,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := check(v, context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestGroupsHoldAllPlanes(t *testing.T) {
	v := mixed(6, 140, 0, 2, 2, 2)
	s := v.newSpace(v.learnedColumns(), v.learned, v.held)
	require.Len(t, s.groups, 3)
	for _, g := range s.groups {
		require.GreaterOrEqual(t, g.words*64, g.lanes*bits.Len(10_000))
		require.LessOrEqual(t, len(g.cols), g.lanes)
	}
}
