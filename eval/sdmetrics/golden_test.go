package sdmetrics

import (
	"math"
	"path/filepath"
	"testing"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/testutil"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

const tolerance = 1e-6 // the package's own numbers, testdata/golden.json

// A golden pair is what SDMetrics says of a pair of tables.
type golden struct {
	Rows       []int
	Scores     map[string]float64
	Random     [2]float64 // mean and deviation of 20 runs without a seed
	Shapes     []score
	Pairs      []score
	Validity   []score
	NewRows    score
	Disclosure []struct {
		Known, Sensitive []string
		Scores           []*float64
	}
}

type score struct {
	Columns []string
	Score   *float64
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	var file struct{ Pairs map[string]golden }
	testutil.JSON(t, filepath.Join("testdata", "golden.json"), &file)
	require.Len(t, file.Pairs, 4)
	return file.Pairs
}

// pair reads the real, the synthetic and the holdout table of a pair.
func pair(t testing.TB, name string) (actual, fake, holdout *suite.Table) {
	t.Helper()
	return testutil.Judged(t, filepath.Join("testdata", "tables"), name, table.Invent)
}

// only keeps the named columns.
func only(t *suite.Table, names []string) *suite.Table {
	out := &suite.Table{Rows: t.Rows}
	for _, name := range names {
		out.Columns = append(out.Columns, *t.Column(name))
	}
	return out
}

// equal compares results of one name with scores, in their order.
func equal(t *testing.T, results []suite.Result, name string, want []score) {
	t.Helper()
	var got []suite.Result
	for _, r := range results {
		if r.Name == name {
			got = append(got, r)
		}
	}
	require.Len(t, got, len(want), name)
	for i, w := range want {
		require.Equal(t, w.Columns, got[i].Columns)
		equalScore(t, w.Score, got[i])
	}
}

func equalScore(t *testing.T, want *float64, got suite.Result) {
	t.Helper()
	if want == nil {
		require.NotEmpty(t, got.Reason, "%v", got)
		require.True(t, math.IsNaN(got.Value))
		return
	}
	require.Empty(t, got.Reason, "%v", got)
	require.InDelta(t, *want, got.Value, tolerance, "%v", got)
}

func TestGolden(t *testing.T) {
	for name, want := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			actual, fake, holdout := pair(t, name)
			require.Equal(t, want.Rows, []int{actual.Rows, fake.Rows, holdout.Rows})
			quality, err := Quality(actual, fake)
			require.NoError(t, err)
			equal(t, quality, "sdmetrics.shapes.column", want.Shapes)
			equal(t, quality, "sdmetrics.pairs.column", want.Pairs)
			diagnostic, err := Diagnostic(actual, fake)
			require.NoError(t, err)
			equal(t, diagnostic, "sdmetrics.validity.column", want.Validity)
			fresh, err := NewRows(only(actual, want.NewRows.Columns), only(fake, want.NewRows.Columns))
			require.NoError(t, err)
			equalScore(t, want.NewRows.Score, fresh)
			require.Less(t, fresh.Value, 1.)
			fresh, err = NewRows(actual, fake)
			require.NoError(t, err)
			overfitting, err := Overfitting(actual, fake, holdout)
			require.NoError(t, err)
			baseline, err := Baseline(actual, fake, 1)
			require.NoError(t, err)

			results := append(append(append(quality, diagnostic...), overfitting...), append(baseline, fresh)...)
			for name, value := range want.Scores {
				equal(t, results, name, []score{{nil, &value}})
			}
			for _, d := range want.Disclosure {
				got, err := Disclosure(actual, fake, d.Known, d.Sensitive)
				require.NoError(t, err)
				for i := range d.Scores {
					equalScore(t, d.Scores[i], got[i])
				}
			}
		})
	}
}

// The package's baseline has no seed: the mean of ours over seeds must lie where the mean of its runs does.
func TestBaselineOfChance(t *testing.T) {
	for name, want := range goldens(t) {
		actual, fake, _ := pair(t, name)
		sum, square := 0.0, 0.0
		const seeds = 20
		for seed := range uint64(seeds) {
			got, err := Baseline(actual, fake, seed)
			require.NoError(t, err)
			require.Equal(t, min(1, got[1].Value/got[2].Value), got[0].Value)
			sum, square = sum+got[2].Value, square+got[2].Value*got[2].Value
		}
		mean := sum / seeds
		deviation := math.Sqrt(max(0, square/seeds-mean*mean))
		require.InDelta(t, want.Random[0], mean, 4*math.Hypot(want.Random[1], deviation)/math.Sqrt(seeds)+1e-9, name)
	}
}
