package mostlyai

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/testutil"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

const tolerance = 1e-6 // the package's own numbers, testdata/golden.json

// A golden pair is what mostlyai-qa says of a pair of tables.
type golden struct {
	Accuracy struct {
		Scores         map[string]float64
		Columns, Pairs map[string][2]float64 // and the maximum
		Text           []string
	}
	Alone     map[string]float64 // scores without a holdout
	Distances struct {
		Columns         []string
		Rows, Dims      int
		Scores, Without map[string]float64 // with and without a holdout
	}
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	var file struct{ Pairs map[string]golden }
	testutil.JSON(t, filepath.Join("testdata", "golden.json"), &file)
	require.Len(t, file.Pairs, 4)
	return file.Pairs
}

// pair reads the real, the synthetic and the holdout table of a pair, without keys.
func pair(t testing.TB, name string) (train, fake, holdout *suite.Table) {
	t.Helper()
	return testutil.Judged(t, filepath.Join("..", "sdmetrics", "testdata", "tables"), name, table.Drop)
}

// value finds a result that has a value.
func value(t *testing.T, results []suite.Result, name string, columns ...string) float64 {
	t.Helper()
	for _, r := range results {
		if r.Name == name && slices.Equal(r.Columns, columns) {
			require.Empty(t, r.Reason, "%v", r)
			return r.Value
		}
	}
	require.Fail(t, "no result", "%s %v", name, columns)
	return 0
}

func TestGoldenAccuracy(t *testing.T) {
	for name, want := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, want.Accuracy.Text, "words drawn at random can't be compared")
			train, fake, holdout := pair(t, name)
			got, err := Accuracy(train, holdout, fake)
			require.NoError(t, err)
			for column, w := range want.Accuracy.Columns {
				require.InDelta(t, w[0], value(t, got, "mostlyai.accuracy.column", column), tolerance, column)
				require.InDelta(t, w[1], value(t, got, "mostlyai.accuracy.column_max", column), tolerance, column)
			}
			for columns, w := range want.Accuracy.Pairs {
				two := strings.Split(columns, "|")
				require.InDelta(t, w[0], value(t, got, "mostlyai.accuracy.pair", two...), tolerance, columns)
				require.InDelta(t, w[1], value(t, got, "mostlyai.accuracy.pair_max", two...), tolerance, columns)
			}
			levels(t, want.Accuracy.Scores, got)
			alone, err := Accuracy(train, nil, fake)
			require.NoError(t, err)
			levels(t, want.Alone, alone)
		})
	}
}

// levels compares the means, and theirs.
func levels(t *testing.T, want map[string]float64, got []suite.Result) {
	t.Helper()
	require.Len(t, want, 6)
	sum := 0.0
	for name, w := range want {
		require.InDelta(t, w, value(t, got, "mostlyai.accuracy."+name), tolerance, name)
		if !strings.HasSuffix(name, "_max") {
			sum += w
		}
	}
	require.InDelta(t, sum/3, value(t, got, "mostlyai.accuracy"), tolerance)
}

// only keeps columns and the first rows of a table.
func only(t *suite.Table, names []string, rows int) *suite.Table {
	out := &suite.Table{Rows: rows}
	for _, c := range t.Columns {
		if slices.Contains(names, c.Name) {
			c.Numbers = c.Numbers[:min(rows, len(c.Numbers))]
			c.Codes = c.Codes[:min(rows, len(c.Codes))]
			out.Columns = append(out.Columns, c)
		}
	}
	return out
}

func TestGoldenDistances(t *testing.T) {
	compared := 0
	for name, want := range goldens(t) {
		d := want.Distances
		if d.Rows < fewestFake {
			continue // the package's report has a floor that its functions have not
		}
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, d.Dims, mostDims)
			train, fake, holdout := pair(t, name)
			train, fake, holdout = only(train, d.Columns, d.Rows), only(fake, d.Columns, d.Rows), only(holdout, d.Columns, d.Rows)
			got, err := Distances(train, holdout, fake)
			require.NoError(t, err)
			require.Len(t, d.Scores, len(fields))
			for field, w := range d.Scores {
				require.InDelta(t, w, value(t, got, "mostlyai."+field), tolerance, field)
			}
			alone, err := Distances(train, nil, fake)
			require.NoError(t, err)
			require.Len(t, d.Without, 3)
			for field, w := range d.Without {
				require.InDelta(t, w, value(t, alone, "mostlyai."+field), tolerance, field)
			}
			compared++
		})
	}
	require.Equal(t, 3, compared)
}
