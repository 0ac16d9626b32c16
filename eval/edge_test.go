package eval

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// The checks that look for people in the trial's rows.
var memoryChecks = map[string]func(*view, context.Context) (*finding, []Metric, error){
	"look-alikes": (*view).lookAlikes, "one of a kind": (*view).oneOfAKind, "guessing": (*view).guessing,
}

// sound requires that a finding says something, and nothing that is no number.
func sound(t *testing.T, f *finding, more []Metric) {
	t.Helper()
	metrics := more
	if f != nil {
		decide([]*finding{f})
		require.NotEmpty(t, f.Shown)
		require.NotEmpty(t, f.Beside)
		require.NotEmpty(t, f.Sentence)
		require.LessOrEqual(t, len(f.Shown), 11)
		require.LessOrEqual(t, len(f.Beside), 29)
		for _, text := range []string{f.Shown, f.Beside, f.Sentence, f.Remedy} {
			require.NotContains(t, text, "NaN")
			require.NotContains(t, text, "Inf")
		}
		require.NotEmpty(t, f.Metrics)
		metrics = append(metrics, f.Metrics...)
		for _, x := range f.tests {
			require.True(t, x.look >= 0 && x.look <= 1 && x.stop >= 0 && x.stop <= 1, "%v", x)
		}
	}
	for _, m := range metrics {
		require.False(t, math.IsInf(m.Value, 0))
		if m.Status == OK {
			require.False(t, math.IsNaN(m.Value), m.Name)
			require.False(t, math.IsNaN(m.Real), m.Name)
		} else {
			require.True(t, math.IsNaN(m.Value))
			require.NotEmpty(t, m.Reason, m.Name)
		}
	}
}

func TestFewRowsFewValues(t *testing.T) {
	for _, n := range []int{0, 1, 19, 20, 40, 150} {
		for _, trial := range []int{0, 1, 40, 150} {
			for _, held := range []int{-1, 0, 1, 39, 40, 150} {
				for _, shape := range []struct{ categories, numbers int }{{0, 0}, {4, 0}, {0, 5}, {6, 5}} {
					v := mixed(uint64(n), shape.categories, shape.numbers, n, max(held, 0), trial)
					if held < 0 {
						v.held = nil
					}
					for name, check := range memoryChecks {
						f, more, err := check(v, context.Background())
						require.NoError(t, err)
						if f != nil && f.Status == OK {
							require.GreaterOrEqual(t, held, 40, name)
						}
						sound(t, f, more)
					}
				}
			}
		}
	}
}

// Constant and all-missing columns, alone and beside others; ten thousand categories; people of one value each.
func TestColumnsThatSayNothing(t *testing.T) {
	for name, cell := range map[string]func(r int) (int32, float64){
		"constant category": func(int) (int32, float64) { return 1, 0 },
		"all missing":       func(int) (int32, float64) { return none, 0 },
		"constant number":   func(int) (int32, float64) { return isNumber, 7 },
		"missing numbers":   func(int) (int32, float64) { return none, math.NaN() },
		"ten thousand":      func(r int) (int32, float64) { return int32(1 + r*7919%10_000), 0 },
		"two":               func(r int) (int32, float64) { return int32(1 + r%2), 0 },
	} {
		for _, columns := range []int{1, 3, 70} {
			v := mixed(1, 0, 0, 150, 120, 200)
			for c := range columns {
				kind := table.Category
				if strings.Contains(name, "number") {
					kind = table.Date
				}
				v.columns = append(v.columns, testColumn(fmt.Sprint("c", c), kind, 10_000))
				for i, s := range []*side{v.learned, v.held, v.trial} {
					out := cells{code: make([]int32, s.rows)}
					if kind == table.Date {
						out.num = make([]float64, s.rows)
					}
					for r := range out.code {
						code, x := cell(r + 1000*i + 11*c)
						out.code[r] = code
						if out.num != nil {
							out.num[r] = x
						}
					}
					s.cells = append(s.cells, out)
				}
			}
			for _, check := range memoryChecks {
				f, more, err := check(v, context.Background())
				require.NoError(t, err)
				sound(t, f, more)
				if f != nil {
					require.NotEqual(t, Stop, f.Status, name)
				}
			}
		}
	}
}

// People set aside who had been learned, all or some of them, can't show what chance is.
func TestPeopleSetAsideHadBeenLearned(t *testing.T) {
	for _, part := range []int{150, 300} {
		v := mixed(8, 8, 3, 300, 0, 300)
		v.held = v.learned.only(allRows(part))
		for _, check := range memoryChecks {
			f, more, err := check(v, context.Background())
			require.NoError(t, err)
			require.Equal(t, NotApplicable, f.Status)
			require.Equal(t, "set aside, yet in the table", f.Beside)
			sound(t, f, more)
		}
	}
}

// Results do not depend on the number of threads, to the last bit.
func TestMemoryChecksOnAnyThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, check := range memoryChecks {
		var want string
		for _, procs := range []int{1, 2, 7} {
			runtime.GOMAXPROCS(procs)
			v := mixed(9, 9, 4, 400, 300, 600)
			f, more, err := check(v, context.Background())
			require.NoError(t, err)
			got := fmt.Sprintf("%v %v %v", f.tests, f.Metrics, more)
			if want == "" {
				want = got
			}
			require.Equal(t, want, got, name)
		}
	}
}

// The nearest-neighbour share is the mean over samples of the larger group; here over all of them.
func TestNeighboursAreTheMeanOverSamples(t *testing.T) {
	for _, n := range [][2]int{{8, 3}, {3, 8}, {5, 5}} {
		v := mixed(13, 3, 1, n[0], n[1], 25)
		v.columns[0].learned = true
		s := v.newSpace(v.learnedColumns(), v.learned, v.held)
		m, err := v.neighbours(context.Background(), s, s.cloud(v.trial), s.cloud(v.learned, v.held))
		require.NoError(t, err)
		few := min(n[0], n[1])
		total, samples := 0.0, 0
		for a := range 1 << n[0] {
			for b := range 1 << n[1] {
				if ones(a) != few || ones(b) != few {
					continue
				}
				samples++
				for r := range 25 {
					da, db := int64(math.MaxInt64), int64(math.MaxInt64)
					for i := range n[0] {
						if a>>i&1 == 1 {
							da = min(da, s.distance(v.trial, r, v.learned, i))
						}
					}
					for i := range n[1] {
						if b>>i&1 == 1 {
							db = min(db, s.distance(v.trial, r, v.held, i))
						}
					}
					switch {
					case da-db > s.slack:
					case db-da > s.slack:
						total++
					default:
						total += .5
					}
				}
			}
		}
		require.InDelta(t, total/float64(samples)/25, m.Value, 1e-12)
		require.LessOrEqual(t, m.Low, m.Value)
	}
}

func ones(x int) int {
	n := 0
	for ; x > 0; x &= x - 1 {
		n++
	}
	return n
}
