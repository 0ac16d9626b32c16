package synthcity

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func numbers(name string, x ...float64) Column { return Column{Name: name, Numbers: x} }

func wholes(name string, x ...float64) Column { return Column{Name: name, Numbers: x, Whole: true} }

func words(name string, x ...string) Column { return Column{Name: name, Words: x} }

// upTo is 0..n-1 moved by some.
func upTo(n int, by float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i) + by
	}
	return x
}

func TestEncoder(t *testing.T) {
	gap := math.NaN()
	for name, c := range map[string]struct {
		column Column
		want   []float64
		whole  bool
	}{
		"words in order":             {words("x", "b", "a", "b", "B"), []float64{2, 1, 2, 0}, true},
		"missing words last":         {Column{Words: []string{"z", "", "a"}, Missing: []bool{false, true, false}}, []float64{1, 2, 0}, true},
		"few numbers, decimals, too": {numbers("x", 2.5, -1, 2.5), []float64{1, 0, 1}, true},
		"few numbers, missing last":  {numbers("x", 7, gap, 3), []float64{1, 2, 0}, true},
		"codes already":              {wholes("x", 1, 0, 2), []float64{1, 0, 2}, true},
		"codes already, many":        {wholes("x", upTo(20, 0)...), upTo(20, 0), true},
		"whole, but not codes":       {wholes("x", 1, 0, 3), []float64{1, 0, 2}, true},
		"codes, but float64":         {numbers("x", 2, 1, 0), []float64{2, 1, 0}, true},
		"14 values":                  {wholes("x", upTo(14, 5)...), upTo(14, 0), true},
		"15 values":                  {wholes("x", upTo(15, 5)...), upTo(15, 5), true},
		"15 decimals":                {numbers("x", upTo(15, .5)...), upTo(15, .5), false},
		"missing is the 15th":        {numbers("x", append(upTo(14, .5), gap)...), append(upTo(14, .5), gap), false},
	} {
		e := fitEncoder(&c.column)
		got, whole := e.encode(&c.column)
		require.Equal(t, c.whole, whole, name)
		require.InDeltaSlice(t, c.want, got, 0, name)
	}
}

// A column can stay as it is on one side and be coded on the other; a missing category moves all that follow.
func TestSeparateEncoders(t *testing.T) {
	in := Input{Version: V0210,
		Real:      Table{[]Column{wholes("x", upTo(15, 50)...), words("y", strings.Split("abcabcabcabcabc", "")...)}},
		Synthetic: Table{[]Column{words("y", strings.Split("bcbcbcbcbcbcbc", "")...), wholes("x", upTo(14, 50)...)}}}
	p, err := NewPair(in)
	require.NoError(t, err)
	require.Equal(t, upTo(15, 50), p.AllReal.Column(0))
	require.Equal(t, upTo(14, 0), p.AllSynthetic.Column(0))
	require.Equal(t, []float64{1, 2}, p.AllReal.Column(1)[1:3])
	require.Equal(t, []float64{0, 1}, p.AllSynthetic.Column(1)[:2])
	require.Equal(t, 14, p.Real.Rows(), "the longer table is cut")
	in.Version = V0212
	p, err = NewPair(in)
	require.NoError(t, err)
	require.Equal(t, upTo(14, 50), p.AllSynthetic.Column(0))
	require.Equal(t, []float64{1, 2}, p.AllSynthetic.Column(1)[:2])
	// A third table takes part in the joint encoder.
	in.Train = &Table{[]Column{wholes("x", 1), words("y", "A")}}
	p, err = NewPair(in)
	require.NoError(t, err)
	require.Equal(t, []float64{2, 3}, p.AllSynthetic.Column(1)[:2])
	require.Equal(t, []float64{0}, p.Train.Column(1))
}

func TestNewPairRefuses(t *testing.T) {
	ok := Table{[]Column{wholes("x", 1, 2), words("zq7", "zq7a", "zq7b")}}
	for name, in := range map[string]Input{
		"version":        {Version: "1", Real: ok, Synthetic: ok},
		"no columns":     {Version: V0210},
		"no rows":        {Version: V0210, Real: Table{[]Column{{Name: "x", Numbers: []float64{}}}}, Synthetic: ok},
		"other columns":  {Version: V0210, Real: ok, Synthetic: Table{[]Column{wholes("x", 1), words("y", "a")}}},
		"fewer columns":  {Version: V0210, Real: ok, Synthetic: Table{ok.Columns[:1]}},
		"neither":        {Version: V0210, Real: ok, Synthetic: Table{[]Column{{Name: "x"}, words("zq7", "a")}}},
		"ragged":         {Version: V0210, Real: Table{[]Column{wholes("x", 1), words("y", "a", "b")}}, Synthetic: ok},
		"names twice":    {Version: V0210, Real: Table{[]Column{wholes("x", 1), wholes("x", 1)}}, Synthetic: ok},
		"no target":      {Version: V0210, Real: ok, Synthetic: ok, Target: "y"},
		"no sensitive":   {Version: V0210, Real: ok, Synthetic: ok, Sensitive: []string{"y"}},
		"words, numbers": {Version: V0212, Real: ok, Synthetic: Table{[]Column{words("x", "zq7a", "3"), words("zq7", "a", "b")}}},
	} {
		_, err := NewPair(in)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "zq7a", name)
	}
	// 0.2.10 has no joint order to find, and a column of nothing fits any other.
	_, err := NewPair(Input{Version: V0210, Real: ok, Synthetic: Table{[]Column{words("x", "a", "3"), words("zq7", "a", "b")}}})
	require.NoError(t, err)
	p, err := NewPair(Input{Version: V0212, Real: ok, Synthetic: Table{[]Column{wholes("x", 1, 1), numbers("zq7", math.NaN(), math.NaN())}}})
	require.NoError(t, err)
	require.Equal(t, []float64{2, 2}, p.AllSynthetic.Column(1))
}

// A class of one row turns the stratification off; with two rows of each a table too small to split is refused.
func TestTrainTest(t *testing.T) {
	f := columnPair([]float64{1, 2, 3, 4, 5}, []float64{1, 2, 3, 4, 5}).Real
	for i, v := range []float64{0, 0, 1, 1, 2} {
		f.Data.Set(i, 1, v)
	}
	fold, err := f.TrainTest()
	require.NoError(t, err)
	require.Len(t, fold.Test, 1)
	f.Data.Set(4, 1, 1)
	_, err = f.TrainTest()
	require.Error(t, err)
}

// As pandas.read_csv says of the same cells: dtype, and what is missing.
func TestFromText(t *testing.T) {
	for _, c := range []struct {
		cells          string
		numbers, whole bool
		missing        int
	}{
		{"1,2,3", true, true, 0}, {" 1,-2, +3", true, true, 0}, {"1,2.0,3", true, false, 0}, {"1,,3", true, false, 1},
		{"1e3,.5,inf", true, false, 0}, {"1,x,3", false, false, 0}, {"0x10,1,2", false, false, 0}, {"1_0,1,2", false, false, 0},
		{"NA,n/a,#N/A", true, false, 3}, {"a,NULL,c", false, false, 1}, {"true,FALSE,True", false, false, 0},
		{"na,no,none", false, false, 0},
	} {
		got := FromText(V0210, "x", strings.Split(c.cells, ","))
		require.Equal(t, c.numbers, got.Words == nil, c.cells)
		require.Equal(t, c.whole, got.Whole, c.cells)
		missing := 0
		for i := range 3 {
			if got.missing(i) {
				missing++
			}
		}
		require.Equal(t, c.missing, missing, c.cells)
	}
	require.Equal(t, []string{"True", "False", "True"}, FromText(V0210, "x", []string{"true", "FALSE", "True"}).Words)
	none := FromText(V0212, "x", []string{"None", "a"})
	require.True(t, none.missing(0))
	none = FromText(V0210, "x", []string{"None", "a"})
	require.False(t, none.missing(0))
}

func TestReadCSV(t *testing.T) {
	table, err := ReadCSV(V0210, strings.NewReader("a;b\n1;\"x;y\"\n2;\n"), ';')
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2}, table.Columns[0].Numbers)
	require.Equal(t, []string{"x;y", ""}, table.Columns[1].Words)
	require.True(t, table.Columns[1].missing(1))
	for _, bad := range []string{"", "a,b\n", "a,b\nzq7a,1,2\n"} {
		_, err := ReadCSV(V0210, strings.NewReader(bad), ',')
		require.Error(t, err)
		require.NotContains(t, err.Error(), "zq7a")
	}
}
