package sdmetrics

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"example.org/cohort/eval/suite"
	"github.com/stretchr/testify/require"
)

var nan = math.NaN()

func numbers(name string, x ...float64) suite.Column {
	return suite.Column{Name: name, Kind: suite.Number, Type: "float64", Numbers: x}
}

// letters makes a category of one-letter values; "-" is missing.
func letters(name, cells string) suite.Column {
	c := suite.Column{Name: name, Kind: suite.Category, Type: "object"}
	for i := range 26 {
		c.Labels = append(c.Labels, string(rune('a'+i)))
	}
	for _, r := range cells {
		c.Codes = append(c.Codes, max(-1, r-'a'))
	}
	return c
}

func of(columns ...suite.Column) *suite.Table {
	return &suite.Table{Rows: columns[0].Rows(), Columns: columns}
}

func find(t *testing.T, results []suite.Result, name string) suite.Result {
	t.Helper()
	for _, r := range results {
		if r.Name == name {
			return r
		}
	}
	require.Fail(t, "no result", name)
	return suite.Result{}
}

// What SDMetrics 0.32 answers to small columns, one by one.
func TestValidityOfSmallColumns(t *testing.T) {
	for name, c := range map[string]struct {
		actual, fake suite.Column
		want         float64
	}{
		"outside of the range":             {numbers("c", 1, 2, 3), numbers("c", 0, 1, 2, 3, 4), .6},
		"missing, never so in real rows":   {numbers("c", 1, 2, 3), numbers("c", 0, 1, 2, 3, nan), .6},
		"missing, as in real rows":         {numbers("c", 1, 2, nan), numbers("c", 0, 1, 2, 3, nan), .5},
		"all missing, as some real rows":   {numbers("c", 1, 2, nan), numbers("c", nan, nan), nan},
		"all missing, never so in real":    {numbers("c", 1, 2), numbers("c", nan, nan), 0},
		"all real ones missing":            {numbers("c", nan, nan), numbers("c", 1, nan, 3), 0},
		"all missing":                      {numbers("c", nan, nan), numbers("c", nan, nan), nan},
		"infinite":                         {numbers("c", 1, 2, 3), numbers("c", 1, math.Inf(1)), .5},
		"new category":                     {letters("c", "ab"), letters("c", "acbc"), .5},
		"missing category":                 {letters("c", "ab"), letters("c", "a-bc"), .5},
		"missing category, as in real":     {letters("c", "a-"), letters("c", "a-bc"), .5},
		"all real categories missing":      {letters("c", "--"), letters("c", "a-bc"), .25},
		"all synthetic categories missing": {letters("c", "ab"), letters("c", "--"), 0},
		"key twice":                        {key("abc"), key("aabc"), .75},
		"key three times":                  {key("abc"), key("aaac"), .5},
		"key missing once":                 {key("abc"), key("a-bc"), .75},
		"key missing twice":                {key("abc"), key("a--c"), .5},
		"key always missing":               {key("abc"), key("--"), 0},
		"real key repeats":                 {key("aac"), key("abc"), nan},
	} {
		results, err := Diagnostic(of(c.actual), of(c.fake))
		require.NoError(t, err, name)
		got := find(t, results, "sdmetrics.validity.column")
		if math.IsNaN(c.want) {
			require.NotEmpty(t, got.Reason, name)
			continue
		}
		require.Empty(t, got.Reason, name)
		require.InDelta(t, c.want, got.Value, 1e-12, name)
	}
}

func key(cells string) suite.Column {
	c := letters("c", cells)
	c.Kind = suite.Key
	return c
}

func TestStructureOfSmallTables(t *testing.T) {
	whole := numbers("a", 1, 2)
	whole.Type = "int64"
	a := of(whole, letters("b", "xy"), numbers("c", 1, 2))
	for name, c := range map[string]struct {
		fake *suite.Table
		want float64
	}{
		"same":           {a, 1},
		"whole to float": {of(numbers("a", 1, 2), letters("b", "xy"), numbers("c", 1, 2)), .5},
		"one lacks":      {of(letters("b", "xy"), numbers("c", 1, 2)), 2. / 3},
		"one more":       {of(whole, letters("b", "xy"), numbers("c", 1, 2), numbers("z", 1, 1)), .75},
	} {
		results, err := Diagnostic(a, c.fake)
		require.NoError(t, err, name)
		require.InDelta(t, c.want, find(t, results, "sdmetrics.structure").Value, 1e-12, name)
	}
}

// SDMetrics 0.32 takes these synthetic rows for new, or not.
func TestNewRowsOfSmallTables(t *testing.T) {
	day := func(d float64) suite.Column {
		return suite.Column{Name: "d", Kind: suite.Date, Numbers: []float64{1577836800 + d*86400}}
	}
	for name, c := range map[string]struct {
		actual, fake suite.Column
		want         float64
	}{
		"above within":       {numbers("x", 100), numbers("x", 101.01), 0},
		"above beyond":       {numbers("x", 100), numbers("x", 101.02), 1},
		"below within":       {numbers("x", 100), numbers("x", 99.02), 0},
		"below beyond":       {numbers("x", 100), numbers("x", 99), 1},
		"negative":           {numbers("x", -100), numbers("x", -100.5), 0},
		"zero":               {numbers("x", 0), numbers("x", 0), 0},
		"both missing":       {numbers("x", nan), numbers("x", nan), 0},
		"one missing":        {numbers("x", 1), numbers("x", nan), 1},
		"the other missing":  {numbers("x", nan), numbers("x", 1), 1},
		"infinite":           {numbers("x", math.Inf(1)), numbers("x", math.Inf(1)), 1},
		"180 days are equal": {day(0), day(180), 0},
		"190 days are not":   {day(0), day(190), 1},
		"category":           {letters("x", "a"), letters("x", "b"), 1},
		"missing category":   {letters("x", "-"), letters("x", "-"), 0},
	} {
		got, err := NewRows(of(c.actual), of(c.fake))
		require.NoError(t, err, name)
		require.Equal(t, c.want, got.Value, name)
	}
}

func TestShapesOfSmallColumns(t *testing.T) {
	for name, c := range map[string]struct {
		actual, fake suite.Column
		want         float64
	}{
		"equal to 14 decimals": {numbers("x", 1, 1), numbers("x", 1+1e-15, 1+1e-15), 1},
		"not to 13":            {numbers("x", 1, 1), numbers("x", 1+1e-13, 1+1e-13), 0},
		"infinite":             {numbers("x", 1, math.Inf(1), 2), numbers("x", 1, 2, 3), 2. / 3},
		"all missing":          {numbers("x", nan, nan), numbers("x", 1, 2), nan},
		"no category":          {letters("x", "ab"), letters("x", "--"), nan},
		"gaps don't count":     {letters("x", "aab-"), letters("x", "a---"), 2. / 3},
	} {
		results, err := Quality(of(c.actual), of(c.fake))
		require.NoError(t, err, name)
		got := find(t, results, "sdmetrics.shapes.column")
		if math.IsNaN(c.want) {
			require.NotEmpty(t, got.Reason, name)
			require.NotEmpty(t, find(t, results, "sdmetrics.quality").Reason, name)
			continue
		}
		require.InDelta(t, c.want, got.Value, 1e-12, name)
	}
}

// random makes a table of columns that user data might have, in shapes that break careless code.
func random(r *rand.Rand, rows int) *suite.Table {
	cell := func(i, row int) float64 {
		switch i {
		case 0:
			return 7 // constant
		case 1:
			return nan
		case 2:
			return []float64{nan, math.Inf(1), math.Inf(-1), 0, 1e300, -1e300}[r.IntN(6)]
		case 3:
			return 1e-300 * float64(r.IntN(3))
		case 4:
			return 1e17 + float64(r.IntN(2))
		default:
			return r.NormFloat64()
		}
	}
	t := &suite.Table{Rows: rows}
	for i := range 7 {
		c := suite.Column{Name: "n" + strconv.Itoa(i), Kind: suite.Number, Numbers: make([]float64, rows)}
		for row := range c.Numbers {
			c.Numbers[row] = cell(i, row)
		}
		t.Columns = append(t.Columns, c)
	}
	date := suite.Column{Name: "zq7 \"odd\"\n=1+1", Kind: suite.Date, Numbers: make([]float64, rows)}
	for row := range date.Numbers {
		date.Numbers[row] = 1.6e9
	}
	t.Columns = append(t.Columns, date)
	labels := make([]string, 10_000)
	for i := range labels {
		labels[i] = "zq7" + strconv.Itoa(i)
	}
	for i, k := range []int{1, 3, 10_000, 0} {
		c := suite.Column{Name: "", Kind: suite.Category, Codes: make([]int32, rows), Labels: labels}
		if i > 0 {
			c.Name = "c" + strconv.Itoa(i)
		}
		for row := range c.Codes {
			c.Codes[row] = -1
			if k > 0 {
				c.Codes[row] = int32(r.IntN(k))
			}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// all runs everything.
func all(t *testing.T, actual, fake, holdout *suite.Table) []suite.Result {
	t.Helper()
	var out []suite.Result
	add := func(results []suite.Result, err error) {
		require.NoError(t, err)
		out = append(out, results...)
	}
	add(Quality(actual, fake))
	add(Diagnostic(actual, fake))
	add(Overfitting(actual, fake, holdout))
	add(Baseline(actual, fake, 1))
	add(Disclosure(actual, fake, []string{"c1", "n0"}, []string{"n5", "zq7 \"odd\"\n=1+1"}))
	add(Disclosure(actual, fake, []string{"c2", "n1"}, []string{"c3"}))
	add(Disclosure(actual, fake, []string{"n2"}, []string{"n4"}))
	fresh, err := NewRows(actual, fake)
	add([]suite.Result{fresh}, err)
	for _, r := range out {
		require.Equal(t, r.Reason != "", math.IsNaN(r.Value), "%v", r)
		require.False(t, math.IsInf(r.Value, 0), "%v", r)
		require.NotContains(t, r.Reason, "zq7")
		if r.Reason == "" {
			require.True(t, r.Value >= -1e-12 && r.Value <= 1+1e-12, "%v", r)
		}
	}
	return out
}

func TestOddTables(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, sizes := range [][3]int{{1, 1, 1}, {1, 30, 2}, {30, 1, 1}, {2, 2, 2}, {40, 33, 9}, {300, 200, 100}} {
		all(t, random(r, sizes[0]), random(r, sizes[1]), random(r, sizes[2]))
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	actual, fake, holdout := pair(t, "gaps")
	look := func() []suite.Result {
		quality, err := Quality(actual, fake)
		require.NoError(t, err)
		overfitting, err := Overfitting(actual, fake, holdout)
		require.NoError(t, err)
		baseline, err := Baseline(actual, fake, 3)
		require.NoError(t, err)
		fresh, err := NewRows(actual, fake)
		require.NoError(t, err)
		return append(append(append(quality, overfitting...), baseline...), fresh)
	}
	before := runtime.GOMAXPROCS(1)
	one := look()
	runtime.GOMAXPROCS(5)
	five := look()
	runtime.GOMAXPROCS(before)
	require.Len(t, five, len(one))
	for i := range one {
		require.Equal(t, math.Float64bits(one[i].Value), math.Float64bits(five[i].Value), "%v", one[i])
	}
}

func TestBadInput(t *testing.T) {
	good := of(numbers("x", 1, 2), letters("y", "ab"))
	for name, bad := range map[string]*suite.Table{
		"nil": nil, "no columns": {Rows: 2}, "no rows": {Columns: good.Columns}, "twice": of(numbers("x", 1, 2), letters("x", "ab")),
		"length": of(numbers("x", 1, 2), letters("y", "a")), "other kind": of(letters("x", "ab"), letters("y", "ab")),
		"label": of(suite.Column{Name: "y", Kind: suite.Category, Codes: []int32{1}, Labels: []string{"zq7"}}),
	} {
		_, err := Quality(good, bad)
		require.ErrorContains(t, err, "the synthetic table", name)
		require.NotContains(t, err.Error(), "zq7")
		_, err = Diagnostic(good, bad)
		require.Error(t, err, name)
		_, err = NewRows(good, bad)
		require.Error(t, err, name)
		_, err = Overfitting(good, good, bad)
		require.ErrorContains(t, err, "set aside", name)
		_, err = Baseline(good, bad, 1)
		require.Error(t, err, name)
		_, err = Disclosure(good, bad, []string{"x"}, []string{"y"})
		require.Error(t, err, name)
	}
	_, err := Disclosure(good, good, []string{"nosuch"}, []string{"y"})
	require.ErrorContains(t, err, "nosuch")
	results, err := Disclosure(good, good, nil, []string{"y"})
	require.NoError(t, err)
	require.NotEmpty(t, results[0].Reason)
}

// A column that one table lacks has a reason, and no part in the means.
func TestColumnLacks(t *testing.T) {
	results, err := Quality(of(numbers("x", 1, 2), letters("y", "ab")), of(letters("y", "ab")))
	require.NoError(t, err)
	require.Equal(t, 1., find(t, results, "sdmetrics.shapes").Value)
	require.Contains(t, find(t, results, "sdmetrics.shapes.column").Reason, "no such column")
	require.Contains(t, find(t, results, "sdmetrics.pairs.column").Reason, "no such column")
	fresh, err := NewRows(of(numbers("x", 1)), of(letters("y", "a")))
	require.NoError(t, err)
	require.NotEmpty(t, fresh.Reason)
}
