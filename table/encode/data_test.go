package encode

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// dataFiles gives the real tables beside the repository, if they are there.
func dataFiles(t testing.TB) []string {
	files, _ := filepath.Glob("../../../shared/data/*.csv")
	if len(files) == 0 {
		t.Skip("no real data beside the repository")
	}
	return files
}

func readFile(t testing.TB, path string) *table.Table {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	tab, err := table.ReadCSV(f, table.ReadOptions{})
	if err != nil {
		t.Logf("%s: %v", filepath.Base(path), err)
	}
	return tab
}

// TestRealTables encodes and decodes real tables: every code comes back, and the decoded columns are distributed as the
// real ones (largest difference of the distribution functions, of shares for categories).
func TestRealTables(t *testing.T) {
	for _, path := range dataFiles(t) {
		tab := readFile(t, path)
		if tab == nil { // One of the files has no header.
			continue
		}
		for _, k := range []int{5, 0} {
			e := fit(t, tab, k, "")
			requireRoundTrip(t, e, 3)
			codes, err := e.Codes(tab)
			require.NoError(t, err)
			requireJSON(t, e)
			worst, name := 0.0, ""
			for i := range e.Schema().Columns {
				if e.Filled(i) {
					continue
				}
				d := distance(t, e, tab, i, codes)
				if d > worst {
					worst, name = d, e.Schema().Columns[i].Name
				}
			}
			t.Logf("%-28s k=%d  %2d columns %2d variables  worst %.4f  (%s)", filepath.Base(path), k, len(e.cols), len(e.vars), worst, name)
			require.Less(t, worst, 0.02+float64(8+2*k)/float64(tab.Rows()), "%s: %s", filepath.Base(path), name)
		}
	}
}

// distance compares a column with its decoded codes.
func distance(t *testing.T, e *Encoder, tab *table.Table, col int, codes [][]int32) float64 {
	real, err := e.cells(col, tab)
	require.NoError(t, err)
	fake := make([]int64, len(real))
	row := make([]int32, len(codes))
	c := &e.cols[col]
	for r := range fake {
		for v := c.first; v < c.first+c.parts; v++ {
			row[v] = codes[v][r]
		}
		s := rng.New(5, rng.SampleCell, uint64(r))
		fake[r] = e.Value(col, row, noLimit, &s)
	}
	return ks(real, fake)
}

// ks gives the largest difference of two distribution functions.
func ks(a, b []int64) float64 {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	worst := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		v := min(a[i], b[j])
		for i < len(a) && a[i] == v {
			i++
		}
		for j < len(b) && b[j] == v {
			j++
		}
		worst = max(worst, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return worst
}
