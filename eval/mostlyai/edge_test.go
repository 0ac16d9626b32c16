package mostlyai

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

// made gives a table of two numbers, a date and a category of k values, all with gaps.
func made(r *rand.Rand, rows, k int) *suite.Table {
	x, y, d, code := make([]float64, rows), make([]float64, rows), make([]float64, rows), make([]int32, rows)
	for i := range rows {
		x[i], y[i], d[i], code[i] = r.NormFloat64(), float64(r.IntN(4)), 1.6e9+86400*float64(r.IntN(300)), int32(r.IntN(k+1)-1)
		if r.IntN(10) == 0 {
			x[i], d[i] = nan, nan
		}
	}
	labels := make([]string, k)
	for i := range labels {
		labels[i] = "zq7" + strconv.Itoa(i)
	}
	return &suite.Table{Rows: rows, Columns: []suite.Column{
		{Name: "x", Numbers: x}, {Name: "y", Numbers: y}, {Name: "d", Kind: suite.Date, Numbers: d},
		{Name: "c", Kind: suite.Category, Codes: code, Labels: labels},
	}}
}

// add puts columns of one value, without values and of odd numbers beside those of t.
func add(t *suite.Table, r *rand.Rand) *suite.Table {
	constant, empty, odd, day, gone := make([]float64, t.Rows), make([]float64, t.Rows), make([]float64, t.Rows), make([]float64, t.Rows), make([]int32, t.Rows)
	for i := range t.Rows {
		constant[i], empty[i], day[i], gone[i] = 3, nan, 1.6e9, -1
		odd[i] = []float64{nan, 1e300, -1e300, 1e17, 1e-300, .1, 0}[r.IntN(7)]
	}
	t.Columns = append(t.Columns, suite.Column{Name: "", Numbers: constant}, suite.Column{Name: "zq7\n=\"1", Numbers: empty},
		suite.Column{Name: "odd", Numbers: odd}, suite.Column{Name: "day", Kind: suite.Date, Numbers: day},
		suite.Column{Name: "days", Kind: suite.Date, Numbers: empty}, suite.Column{Name: "gone", Kind: suite.Category, Codes: gone})
	return t
}

func look(t *testing.T, train, holdout, fake *suite.Table) []suite.Result {
	t.Helper()
	out, err := Accuracy(train, holdout, fake)
	require.NoError(t, err)
	distances, err := Distances(train, holdout, fake)
	require.NoError(t, err)
	for _, r := range append(out, distances...) {
		require.Equal(t, r.Reason != "", math.IsNaN(r.Value), "%v", r)
		require.False(t, math.IsInf(r.Value, 0), "%v", r)
		require.NotContains(t, r.Reason, "zq7")
	}
	return append(out, distances...)
}

func TestOddTables(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ train, holdout, fake, k int }{
		{90, 10, 100, 1}, {200, 40, 150, 3}, {120, 200, 100, 12}, {1000, 100, 300, 10_000}, {1, 1, 1, 2}, {90, 9, 100, 2},
	} {
		train, holdout, fake := add(made(r, c.train, c.k), r), add(made(r, c.holdout, c.k), r), add(made(r, c.fake, c.k), r)
		look(t, train, holdout, fake)
		look(t, train, nil, fake)
	}
}

func TestTooSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct{ train, holdout, fake int }{{89, 10, 100}, {90, 9, 100}, {90, 10, 99}} {
		for _, got := range look(t, made(r, c.train, 2), made(r, c.holdout, 2), made(r, c.fake, 2)) {
			require.Contains(t, got.Reason, "the package needs")
		}
	}
}

func reason(t *testing.T, results []suite.Result, name string) string {
	t.Helper()
	for _, r := range results {
		if r.Name == name {
			return r.Reason
		}
	}
	require.Fail(t, "no result", name)
	return ""
}

func TestWhatIsLeftOut(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	train, holdout, fake := made(r, 300, 5000), made(r, 200, 5000), made(r, 200, 5000)
	got := look(t, train, holdout, fake)
	require.Contains(t, reason(t, got, "mostlyai.dcr_share"), "language model")
	require.Empty(t, reason(t, got, "mostlyai.numbers.dcr_share"))
	texts := 0
	for _, g := range got {
		if g.Name == "mostlyai.accuracy.column" && g.Columns[0] == "c" {
			require.Contains(t, g.Reason, "text")
			texts++
		}
	}
	require.Equal(t, 1, texts)

	// Without a holdout, what needs one says so.
	got = look(t, only(train, []string{"x", "y"}, 300), nil, fake)
	require.Empty(t, reason(t, got, "mostlyai.dcr_training"))
	require.Contains(t, reason(t, got, "mostlyai.dcr_share"), "set aside")

	// Many numbers are taken in groups, some at random.
	wide := func(t *suite.Table) *suite.Table {
		out := &suite.Table{Rows: t.Rows}
		for i := range 11 {
			c := t.Columns[1]
			c.Name = strconv.Itoa(i)
			out.Columns = append(out.Columns, c)
		}
		return out
	}
	got = look(t, wide(train), wide(holdout), wide(fake))
	require.Contains(t, reason(t, got, "mostlyai.dcr_share"), "ten dimensions")
	require.Empty(t, reason(t, got, "mostlyai.numbers.dcr_share"))

	// Infinite numbers have no distance, but parts.
	odd := made(r, 200, 2)
	odd.Columns[0].Numbers[3] = math.Inf(1)
	got = look(t, train, holdout, odd)
	require.Contains(t, reason(t, got, "mostlyai.dcr_share"), "infinite")
	require.Empty(t, reason(t, got, "mostlyai.accuracy.univariate"))

	// A column that one table lacks.
	got, err := Accuracy(train, holdout, only(fake, []string{"x", "y"}, 200))
	require.NoError(t, err)
	require.Contains(t, reason(t, got, "mostlyai.accuracy.trivariate"), "too few columns")
	_, err = Distances(train, holdout, only(fake, []string{"x"}, 200))
	require.NoError(t, err)
}

// A copy has no faults, and its distances say what it is.
func TestCopy(t *testing.T) {
	train, _, holdout := pair(t, "numbers")
	names := []string{"longitude", "latitude", "median_income", "total_rooms"}
	train, holdout = only(train, names, 400), only(holdout, names, 400)
	got := look(t, train, holdout, train)
	require.Equal(t, 1., value(t, got, "mostlyai.ims_training"))
	require.Equal(t, 0., value(t, got, "mostlyai.dcr_training"))
	require.Greater(t, value(t, got, "mostlyai.dcr_share"), .98)
	got, err := Accuracy(train, nil, train)
	require.NoError(t, err)
	require.Equal(t, 1., value(t, got, "mostlyai.accuracy"))
}

// Of two like tables neither is nearer, and the maximum is what the one gets against the other, on average.
func TestMaximumIsThatOfRealRows(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	found, most := 0.0, 0.0
	for range 20 {
		got, err := Accuracy(made(r, 2000, 5), nil, made(r, 2000, 5))
		require.NoError(t, err)
		found += value(t, got, "mostlyai.accuracy.bivariate") / 20
		most += value(t, got, "mostlyai.accuracy.bivariate_max") / 20
	}
	require.InDelta(t, most, found, .004)
	require.Less(t, most, .99)
}

func TestTriplesLieEvenly(t *testing.T) {
	require.Len(t, groupsOf(40, 3), 9880)
	groups := groupsOf(60, 3)
	require.Len(t, groups, mostTriples)
	seen := make(map[[3]int]bool)
	count := make([]int, 60)
	for _, g := range groups {
		seen[[3]int(g)] = true
		for _, c := range g {
			count[c]++
		}
	}
	require.Len(t, seen, mostTriples)
	for c, n := range count {
		require.InDelta(t, 500, n, 60, c)
	}
	require.Empty(t, groupsOf(1, 2))
}

func TestThreadsDoNotMatter(t *testing.T) {
	train, fake, holdout := pair(t, "gaps")
	before := runtime.GOMAXPROCS(1)
	one := look(t, train, holdout, fake)
	runtime.GOMAXPROCS(5)
	five := look(t, train, holdout, fake)
	runtime.GOMAXPROCS(before)
	require.Len(t, five, len(one))
	for i := range one {
		require.Equal(t, math.Float64bits(one[i].Value), math.Float64bits(five[i].Value), "%v", one[i])
	}
}

func TestBadInput(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	good := made(r, 200, 3)
	for _, bad := range []*suite.Table{nil, {Rows: 3}, {Rows: 2, Columns: good.Columns}} {
		_, err := Accuracy(good, nil, bad)
		require.ErrorContains(t, err, "the synthetic table")
		_, err = Distances(good, nil, bad)
		require.ErrorContains(t, err, "the synthetic table")
	}
	_, err := Accuracy(good, &suite.Table{Rows: 1}, good)
	require.ErrorContains(t, err, "set aside")
}
