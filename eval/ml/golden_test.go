package ml

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is testdata/golden.json, written by testdata/golden.py.
type golden struct {
	Sklearn string
	Trees   []struct {
		Classes, Leaf, Leaves int
		Y                     []float64
		Predicted             json.RawMessage // by class and row, or by row
	}
	Forests []struct {
		File, Target, Score string
		Rows, Leaf          int
		Mean, SD            float64
	}
}

func readGolden(t *testing.T) (g golden) {
	b, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &g))
	require.NotEmpty(t, g.Sklearn)
	return g
}

// goldenTable gives n rows of the table of golden.py; bend moves the columns against each other.
func goldenTable(n, bend int) []Column {
	x := make([]Column, 4)
	for c, a := range []int{17, 46, 101, 230} {
		b := []int{3, 5, 200, 77}[c]
		for i := range n {
			x[c].Numbers = append(x[c].Numbers, float64((a*i+b+bend*c*i*i)%251))
		}
	}
	return x
}

// The same splits as scikit-learn, which shows in the same predictions, also for rows that lie between those of the fit.
func TestTreeIsSklearns(t *testing.T) {
	g := readGolden(t)
	require.Len(t, g.Trees, 4)
	x, other := goldenTable(251, 0), goldenTable(200, 1)
	for _, c := range g.Trees {
		tree, y := Tree{MinLeaf: c.Leaf}, Column{Numbers: c.Y}
		if c.Classes > 0 {
			y = Column{Card: c.Classes}
			for _, v := range c.Y {
				y.Codes = append(y.Codes, int32(v))
			}
		}
		require.NoError(t, tree.Fit(x, y))
		require.Equal(t, 2*c.Leaves-1, len(tree.trees[0].tree.Nodes))
		if c.Classes == 0 {
			var want []float64
			require.NoError(t, json.Unmarshal(c.Predicted, &want))
			got, err := tree.Predict(other)
			require.NoError(t, err)
			require.InDeltaSlice(t, want, got.Numbers, 1e-8)
			continue
		}
		var want [][]float64
		require.NoError(t, json.Unmarshal(c.Predicted, &want))
		got, err := tree.PredictProba(other)
		require.NoError(t, err)
		require.Len(t, got, c.Classes)
		for k := range want {
			require.InDeltaSlice(t, want[k], got[k], 1e-9)
		}
	}
}

// A forest on real data is as good as scikit-learn's with one-hot categories, but for what chance and the coding of
// categories do.
func TestForestIsAsGoodAsSklearns(t *testing.T) {
	for _, c := range readGolden(t).Forests {
		t.Run(c.File, func(t *testing.T) {
			x, y := realTable(t, c.File, c.Target, c.Rows)
			require.Equal(t, c.Rows, y.Len())
			fold := make([]int32, c.Rows)
			for i := range fold {
				fold[i] = int32(i % 5)
			}
			f := Forest{MinLeaf: c.Leaf}
			p, err := f.OutOfFold(x, y, fold)
			require.NoError(t, err)
			var s Score
			if c.Score == "R2" {
				s, err = R2(p[0], y.Numbers)
			} else {
				s, err = MacroAUC(p, y.Codes)
			}
			require.NoError(t, err)
			t.Logf("%s %.4f, scikit-learn %.4f with standard deviation %.4f between seeds", c.Score, s.Value, c.Mean, c.SD)
			require.InDelta(t, c.Mean, s.Value, 0.006+4*c.SD)
		})
	}
}

// realTable reads the first rows of a file of ../shared/data.
func realTable(t testing.TB, name, target string, rows int) (x []Column, y Column) {
	t.Helper()
	b, err := os.ReadFile("../../../shared/data/" + name)
	if err != nil {
		t.Skip("no ../shared/data beside the repository")
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	if head, _, _ := strings.Cut(text, "\n"); strings.Contains(head, ";") {
		r.Comma = ';'
	}
	records, err := r.ReadAll()
	require.NoError(t, err)
	head, records := records[0], records[1:]
	records = records[:min(len(records), rows)]
	for c, name := range head {
		words := make([]string, len(records))
		for i := range records {
			words[i] = records[i][c]
		}
		if col := realColumn(words); name == target {
			y = col
		} else {
			x = append(x, col)
		}
	}
	return x, y
}

func realColumn(words []string) (c Column) {
	for _, w := range words {
		v, err := strconv.ParseFloat(w, 64)
		if w == "" {
			v, err = math.NaN(), nil
		}
		if err != nil {
			return categories(words)
		}
		c.Numbers = append(c.Numbers, v)
	}
	return c
}

func categories(words []string) (c Column) {
	kinds := slices.Compact(slices.Sorted(slices.Values(words)))
	c.Card = len(kinds)
	for _, w := range words {
		k, _ := slices.BinarySearch(kinds, w)
		c.Codes = append(c.Codes, int32(k))
	}
	return c
}
