package synthcity

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/testutil"
)

func seedInput(t testing.TB, v Version) Input {
	return Input{Version: v, Real: readSeedTable(t, v, "A_real"), Synthetic: readSeedTable(t, v, "A_ctgan")}
}

// Every score of the peer's table is there, in its order, with a value or a reason.
func TestSuiteHasEveryScore(t *testing.T) {
	var golden paperGolden
	testutil.JSON(t, "testdata/paper.json", &golden)
	for _, v := range []Version{V0210, V0212} {
		var heard []string
		results, pair, err := Suite(context.Background(), seedInput(t, v), Options{Progress: func(phase string, done, total int64) {
			require.Equal(t, int64(len(heard)), done)
			require.Greater(t, total, done)
			heard = append(heard, phase)
		}})
		require.NoError(t, err)
		require.Equal(t, 79, pair.Real.Rows())
		require.NotEmpty(t, heard)
		seen, last := map[string]bool{}, 0
		for _, r := range results {
			require.False(t, seen[r.Key], r.Key)
			seen[r.Key] = true
			require.Equal(t, r.Err != nil, math.IsNaN(r.Value), r.Key)
			if r.Err != nil {
				require.ErrorContains(t, r.Err, r.Key)
			}
			if r.Err == nil || !strings.Contains(r.Err.Error(), ": not ") { // what is not ported comes last
				group := map[string]int{"sanity": 0, "stats": 1, "performance": 2, "detection": 3, "privacy": 4}[strings.Split(r.Key, ".")[0]]
				require.GreaterOrEqual(t, group, last, r.Key)
				last = group
			}
		}
		for key := range golden.Rows[0].Scores {
			require.True(t, seen[key], key)
		}
	}
}

// Part of the suite is the same numbers, and no others.
func TestPaperIsPartOfTheSuite(t *testing.T) {
	row, results, err := Paper(context.Background(), seedInput(t, V0210), nil)
	require.NoError(t, err)
	require.Empty(t, row.Missing)
	require.True(t, row.R2, "the target is a grade")
	require.Len(t, results, 3+3+3+3)
	again, _, err := Suite(context.Background(), seedInput(t, V0210), Options{Only: []string{"stats.wasserstein"}})
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.Equal(t, row.Wasserstein, again[0].Value)
	sdis, err := row.SDIS([3]float64{})
	require.NoError(t, err)
	require.InDelta(t, row.Sum(), 3*sdis, 1e-12)
}

func TestSuiteStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	_, _, err := Suite(ctx, seedInput(t, V0210), Options{Progress: func(phase string, _, _ int64) {
		if strings.HasPrefix(phase, "detection.detection_mlp") {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
}

// What the peer hides or drops is said, and no table ends the suite: one row, one class, constant columns, gaps.
func TestSuiteOfPoorTables(t *testing.T) {
	words := func(cells ...string) Column { return FromText(V0210, "class", cells) }
	numbers := func(cells ...string) Column { return FromText(V0210, "number", cells) }
	table := func(c ...Column) Table { return Table{Columns: c} }
	repeated := func(n int, cells ...string) (out []string) {
		for range n {
			out = append(out, cells...)
		}
		return out
	}
	for name, pair := range map[string][2]Table{
		"one row":     {table(numbers("1"), words("a")), table(numbers("2"), words("a"))},
		"one class":   {table(numbers(repeated(10, "1", "2.5", "7")...), words(repeated(30, "a")...)), table(numbers(repeated(30, "3")...), words(repeated(30, "a")...))},
		"lost class":  {table(numbers(repeated(10, "1", "2.5", "7")...), words(repeated(10, "a", "b", "c")...)), table(numbers(repeated(15, "3", "4")...), words(repeated(15, "a", "b")...))},
		"constant":    {table(numbers(repeated(30, "5")...), words(repeated(15, "a", "b")...)), table(numbers(repeated(30, "5")...), words(repeated(15, "a", "b")...))},
		"gaps":        {table(numbers(repeated(10, "1", "", "7.5")...), words(repeated(10, "a", "b", "a")...)), table(numbers(repeated(10, "", "2", "7.25")...), words(repeated(10, "a", "b", "a")...))},
		"one column":  {table(words(repeated(15, "a", "b")...)), table(words(repeated(15, "b", "b")...))},
		"no infinity": {table(numbers(repeated(10, "1", "inf", "3")...), words(repeated(10, "a", "b", "a")...)), table(numbers(repeated(10, "1", "2", "-inf")...), words(repeated(10, "a", "b", "a")...))},
	} {
		for _, v := range []Version{V0210, V0212} {
			results, _, err := Suite(context.Background(), Input{Version: v, Real: pair[0], Synthetic: pair[1]}, Options{})
			require.NoError(t, err, name)
			require.NotEmpty(t, results, name)
			for _, r := range results {
				require.Equal(t, r.Err != nil, math.IsNaN(r.Value), "%s: %s", name, r.Key)
				if r.Err != nil {
					r.Note = r.Err.Error()
				}
				require.NotRegexp(t, `\bml:|numpy:|bad input|column [0-9]`, r.Note, "%s: %s", name, r.Key)
			}
		}
	}
	results, _, err := Suite(context.Background(), Input{Version: V0210,
		Real:      table(numbers(repeated(10, "1", "2.5", "7")...), words(repeated(10, "a", "b", "c")...)),
		Synthetic: table(numbers(repeated(30, "3")...), words(repeated(30, "a")...))}, Options{Only: []string{"performance.xgb.syn_ood"}})
	require.NoError(t, err)
	require.Zero(t, results[0].Value)
	require.Contains(t, results[0].Note, "0 for: ", "the peer's 0 is an exception, and we say which")
}

// mixedTable is the table of bench/synthcity/models.py: 30 columns about two hidden traits, of numbers, whole numbers, few and
// many categories, and yes or no.
func mixedTable(rows int, seed uint32, loose float64) Table {
	const cols = 30
	r := numpy.NewRandomState(seed)
	var t Table
	for j := range cols {
		t.Columns = append(t.Columns, Column{Name: string(rune('A'+j/10)) + string(rune('0'+j%10)), Numbers: make([]float64, rows), Whole: j%5 != 0})
	}
	u := make([]float64, cols+2)
	for i := range rows {
		for j := range u {
			u[j] = r.RandomSample()
		}
		for j := range cols {
			v := u[j] + []float64{.5, 1, 2}[j%3]*u[cols+j%2]*loose
			switch j % 5 {
			case 1:
				v = math.Floor(100 * v)
			case 2:
				v = math.Floor(3 * v)
			case 3:
				v = math.Floor(40 * v * v)
			case 4:
				if v > 1 {
					v = 1
				} else {
					v = 0
				}
			}
			t.Columns[j].Numbers[i] = v
		}
	}
	return t
}

// BenchmarkModels measures what bench/synthcity/models.py measures of the peer, on the same rows.
func BenchmarkModels(b *testing.B) {
	real, synthetic := mixedTable(10_000, 1, 1), mixedTable(10_000, 2, .97)
	for _, v := range []Version{V0210, V0212} {
		in := Input{Version: v, Real: real, Synthetic: synthetic}
		for _, key := range []string{"detection.detection_xgb", "detection.detection_gmm", "detection.detection_linear", "detection.detection_mlp",
			"performance.xgb", "performance.linear_model", "performance.mlp", "stats.wasserstein_dist", "paper"} {
			b.Run(string(v)+"/"+key, func(b *testing.B) {
				for b.Loop() {
					only := []string{key + "."} // xgb is no xgb_augmentation
					if key == "paper" {
						only = PaperOnly
					}
					results, _, err := Suite(context.Background(), in, Options{Only: only})
					if err != nil {
						b.Fatal(err)
					}
					for _, r := range results {
						if r.Err != nil {
							b.Fatal(r.Err)
						}
					}
					b.ReportMetric(results[0].Value, "score")
				}
			})
		}
	}
}
