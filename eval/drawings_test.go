package eval

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// drawnOf draws one column of a real table and a synthetic one.
func drawnOf(t *testing.T, real, fake []string, opt Options) ColumnShape {
	t.Helper()
	of := func(cells []string, schema *table.Schema) *table.Table {
		s := sheet{header: []string{"x", "y"}}
		for i, c := range cells {
			s.rows = append(s.rows, []string{c, strconv.Itoa(i % 3)})
		}
		return s.table(t, schema)
	}
	a := of(real, nil)
	opt.Only = []string{"shape"}
	r := compare(t, a, of(fake, nil), opt)
	require.Len(t, r.Shapes, 2)
	return r.Shapes[0]
}

func repeated(parts ...any) []string {
	var out []string
	for i := 0; i < len(parts); i += 2 {
		for range parts[i+1].(int) {
			out = append(out, fmt.Sprint(parts[i]))
		}
	}
	return out
}

func TestShapesOfCategories(t *testing.T) {
	real := repeated("Red", 40, "Blue", 25, "Green", 12, "Gold", 3, "", 9)
	s := drawnOf(t, real, repeated("Red", 30, "Blue", 30, "Pink", 5, "", 2), Options{})
	require.Equal(t, []Bin{
		{Label: "Red", Real: 40, Fake: 30}, {Label: "Blue", Real: 25, Fake: 30},
		{Label: "other values", Real: 15, Fake: 5}, {Label: "missing", Real: 9, Fake: 2},
	}, s.Bins, "Gold alone would be three people, so that Green goes with it")
	s = drawnOf(t, repeated("Red", 40, "Blue", 25, "", 4), repeated("Red", 1, "Pink", 2, "", 8), Options{})
	require.Equal(t, []Bin{{Label: "Red", Real: 40, Fake: 1}, {Label: "Blue", Real: 25}, {Label: "other values", Fake: 2}}, s.Bins,
		"four with gaps are too few; nobody has other values")
	s = drawnOf(t, real, real, Options{Protect: 20})
	require.Equal(t, []string{"Red", "other values"}, labels(s), "the protection counts")
}

func labels(s ColumnShape) []string {
	var out []string
	for _, b := range s.Bins {
		out = append(out, b.Label)
	}
	return out
}

func TestShapesOfNumbers(t *testing.T) {
	var real []string
	for i := range 300 {
		real = append(real, strconv.Itoa(i%60))
	}
	real[3], real[4], real[5] = "9999", "-500", "ABS"
	s := drawnOf(t, real, repeated(7, 10, 100, 5), Options{})
	require.Equal(t, []string{"up to 4", "5 to 9", "10 to 14", "15 to 19", "20 to 24", "25 to 29", "30 to 34", "35 to 39", "40 to 44", "45 to 49", "50 to 54", "55 and more"}, labels(s))
	require.Equal(t, 10, s.Bins[1].Fake)
	require.Equal(t, 5, s.Bins[11].Fake)
	total := 0
	for i, b := range s.Bins {
		total += b.Real
		require.GreaterOrEqual(t, b.Real, 5)
		require.Equal(t, 5., b.To-b.From)
		require.Equal(t, float64(5*i), b.From)
	}
	require.Equal(t, 299, total, "one mark is too few people")
	// A gap is joined with what lies beside it.
	s = drawnOf(t, repeated(0, 30, 1, 30, 9, 30, 10, 30), repeated(5, 10), Options{})
	require.Equal(t, 10, s.Bins[1].Fake+s.Bins[2].Fake)
	for _, b := range s.Bins {
		require.GreaterOrEqual(t, b.Real, 30)
	}
	s = drawnOf(t, repeated(3, 30), repeated(3, 10), Options{})
	require.Equal(t, []Bin{{Label: "all of them", Real: 30, Fake: 10}}, s.Bins)
}

// People are counted, not rows.
func TestShapesCountPeople(t *testing.T) {
	s := sheet{header: []string{"who", "x", "house"}}
	for i := range 400 {
		who, house := i/4, "Red"
		if who < 4 {
			house = "Blue" // sixteen rows of four people
		}
		s.rows = append(s.rows, []string{fmt.Sprint(who), fmt.Sprint(who * 2), house})
	}
	a := s.table(t, nil)
	schema := *a.Schema()
	schema.Person = "who"
	a = s.table(t, &schema)
	r := compare(t, a, s.table(t, &schema), Options{Only: []string{"shape"}})
	for _, shape := range r.Shapes {
		for _, b := range shape.Bins {
			require.GreaterOrEqual(t, b.Real, 20, "%s: five people have twenty rows", b.Label)
			require.NotEqual(t, "Blue", b.Label)
		}
	}
}

func TestRoundEdges(t *testing.T) {
	for _, c := range []struct {
		low, high, step float64
		want            []float64
	}{
		{0, 3, 1, []float64{1, 2, 3}},
		{.05, .55, .01, []float64{.1, .15, .2, .25, .3, .35, .4, .45, .5, .55}},
		{0, 1e9, 1, []float64{1e8, 2e8, 3e8, 4e8, 5e8, 6e8, 7e8, 8e8, 9e8, 1e9}},
		{-7, 7, 1, []float64{-6, -4, -2, 0, 2, 4, 6}},
		{5, 5, 1, nil}, {9, 1, 1, nil}, {math.Inf(-1), math.Inf(1), 1, nil},
	} {
		require.Equal(t, c.want, roundEdges(c.low, c.high, c.step), "%v", c)
	}
	for span := 1.; span < 1e8; span *= 1.7 {
		require.LessOrEqual(t, len(roundEdges(-span/3, span, .01)), mostBars+1)
	}
}

func TestDateEdges(t *testing.T) {
	at := func(text string) float64 {
		x, _ := (&column{schema: &table.Column{Kind: table.Date}}).read(text, &table.Schema{})
		return x
	}
	c := &column{schema: &table.Column{Kind: table.Date}}
	for _, x := range []struct{ low, high, first, last string }{
		{"2008-02-10", "2019-06-01", "before 2009", "2019 and later"},
		{"1950-02-10", "2019-06-01", "before 1960", "2010 and later"},
		{"2008-02-10", "2008-09-20", "before Mar 2008", "Sep 2008 and later"},
		{"2008-02-10", "2008-02-15", "before 11 Feb 2008", "15 Feb 2008 and later"},
	} {
		u := dateUnitOf(at(x.high)-at(x.low), day)
		edges := u.edges(at(x.low), at(x.high))
		require.True(t, slices.IsSorted(edges))
		require.Equal(t, x.first, rangeLabel(math.Inf(-1), edges[0], c, u))
		require.Equal(t, x.last, rangeLabel(edges[len(edges)-1], math.Inf(1), c, u))
		require.LessOrEqual(t, len(edges), 2*mostBars)
	}
}

func TestSmallest(t *testing.T) {
	x := []float64{5, 3, 9, 3, 1}
	for k, want := range map[int]float64{1: 1, 2: 3, 3: 3, 4: 5, 5: 9, 6: math.Inf(1)} {
		require.Equal(t, want, smallest(x, k))
	}
}

// What is drawn for outsiders is rounded, and the report itself stays.
func TestOutsideOfDrawings(t *testing.T) {
	r := &Report{Shapes: []ColumnShape{{Column: "x", Bins: []Bin{{Label: "a", Real: 13, Fake: 2}}}}, Pairs: []PairLikeness{{[2]string{"a", "b"}, .3, 87.4, 92.6}},
		About: About{Rows: 613, RealRows: 601, RealPeople: 599, HeldPeople: 7, Seed: 5, Table: "f.csv"}}
	r.Metrics = []Metric{{Name: "private.one_of_a_kind", Value: 28, Real: 3}, {Name: "private.copies", Value: .0123, Real: math.NaN()}}
	out := r.Outside()
	require.Equal(t, 30., out.Metrics[0].Value)
	require.Equal(t, 5., out.Metrics[0].Real)
	require.Equal(t, .01, out.Metrics[1].Value)
	require.Equal(t, []Bin{{Label: "a", Real: 15}}, out.Shapes[0].Bins)
	require.Equal(t, 13, r.Shapes[0].Bins[0].Real)
	require.Equal(t, 85., out.Pairs[0].Value)
	require.Equal(t, 95., out.Pairs[0].Real)
	require.Equal(t, About{Rows: 615, RealRows: 600, RealPeople: 600, HeldPeople: 5, Table: "f.csv"}, out.About)
}

func BenchmarkShapes(b *testing.B) {
	a, err := table.FromRecords(pupils(1, 10_000).header, slices.Values(pupils(1, 10_000).rows), table.ReadOptions{})
	require.NoError(b, err)
	v, err := newView(a, a, Options{})
	require.NoError(b, err)
	for b.Loop() {
		v.shapes()
	}
}
