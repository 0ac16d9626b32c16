package table

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewTakesEveryType(t *testing.T) {
	s := &Schema{Columns: []Column{
		{Name: "Mark", Kind: Whole, Step: 1, Marks: []string{"ABS", "<5"}},
		{Name: "Ratio", Kind: Decimal, Step: 0.25, Layout: "0.00"},
		{Name: "Any", Kind: Decimal},
		{Name: "Year", Kind: Ordered, Values: []string{"Y7", "Y8"}},
		{Name: "Form", Kind: Category},
		{Name: "No", Kind: ID},
		{Name: "Born", Kind: Date, Step: 86400, Layout: "02/01/2006"},
	}}
	tab, err := New(s, []any{
		[]int64{7, noNumber, noNumber + 2},
		[]float64{0.5, 0.374, math.NaN()},
		[]float64{1.25, -3, 0.1},
		[]int32{1, 0, -1},
		[]string{"b", "", "a"},
		[]string{"007", "007", "x"},
		[]float64{0, 86400 * 31, 86400 * 31.4},
	})
	require.NoError(t, err)
	var rows [][]string
	for _, r := range tab.Records() {
		rows = append(rows, append([]string(nil), r...))
	}
	require.Equal(t, [][]string{
		{"7", "0.50", "1.25", "Y8", "b", "007", "01/01/1970"},
		{"", "0.25", "-3.00", "Y7", "", "007", "01/02/1970"},
		{"<5", "", "0.10", "", "a", "x", "01/02/1970"},
	}, rows)
	require.Equal(t, []int64{7, noNumber, noNumber + 2}, tab.Ints(0))
	require.Equal(t, []int32{0, 0, 1}, tab.Codes(5))
	got := tab.Schema()
	require.Equal(t, 0.01, got.Columns[2].Step)
	require.Equal(t, []string{"a", "b"}, got.Columns[4].Values)
	require.Equal(t, []string{""}, got.Columns[0].Missing)
	require.Equal(t, 7.0, got.Columns[0].Min)
	require.Equal(t, -3.0, got.Columns[2].Min)
	require.Equal(t, 1.25, got.Columns[2].Max)
	require.Nil(t, s.Columns[4].Values, "the caller's schema stays as it was")
	require.Nil(t, s.Columns[0].Missing)
}

func TestNewKeepsACompleteSchema(t *testing.T) {
	s := &Schema{Columns: []Column{{Name: "A", Kind: Whole, Step: 1, Min: 0, Max: 9, Missing: []string{"NA"}}}}
	cells := []int64{3, noNumber}
	tab, err := New(s, []any{cells})
	require.NoError(t, err)
	require.Same(t, s, tab.Schema())
	cells[0] = 4
	text, ok := tab.Cell(0, 0)
	require.Equal(t, "3", text, "New copies")
	require.True(t, ok)
	text, ok = tab.Cell(1, 0)
	require.Equal(t, "NA", text)
	require.False(t, ok)
}

func TestNewRefuses(t *testing.T) {
	whole := Column{Name: "A", Kind: Whole, Step: 1}
	for name, c := range map[string]struct {
		columns []Column
		cols    []any
		code    string
	}{
		"too few columns":    {[]Column{whole}, nil, "other-columns"},
		"uneven":             {[]Column{whole, {Name: "B", Kind: Whole}}, []any{[]int64{1}, []int64{1, 2}}, "other-columns"},
		"no kind":            {[]Column{{Name: "A"}}, []any{[]string{"x"}}, "other-columns"},
		"codes for numbers":  {[]Column{whole}, []any{[]int32{1}}, "other-columns"},
		"numbers for codes":  {[]Column{{Name: "A", Kind: Category, Values: []string{"a"}}}, []any{[]int64{0}}, "other-columns"},
		"codes for ids":      {[]Column{{Name: "A", Kind: ID}}, []any{[]int32{0}}, "other-columns"},
		"nothing":            {[]Column{whole}, []any{nil}, "other-columns"},
		"code too high":      {[]Column{{Name: "A", Kind: Category, Values: []string{"a"}}}, []any{[]int32{1}}, "no-such-value"},
		"code too low":       {[]Column{{Name: "A", Kind: Category, Values: []string{"a"}}}, []any{[]int32{-2}}, "no-such-value"},
		"unknown text":       {[]Column{{Name: "A", Kind: Ordered, Values: []string{"a"}}}, []any{[]string{"zq7"}}, "no-such-value"},
		"unknown mark":       {[]Column{whole}, []any{[]int64{noNumber + 1}}, "no-such-value"},
		"infinite":           {[]Column{whole}, []any{[]float64{math.Inf(1)}}, "no-such-value"},
		"too large":          {[]Column{whole}, []any{[]float64{1e19}}, "no-such-value"},
		"too large for step": {[]Column{{Name: "A", Kind: Whole, Step: 1000}}, []any{[]int64{math.MaxInt64 / 10}}, "no-such-value"},
		"year 10000":         {[]Column{{Name: "A", Kind: Date, Step: 86400}}, []any{[]int64{4e6}}, "no-such-value"},
		"decimal, no step":   {[]Column{{Name: "A", Kind: Decimal}}, []any{[]int64{1}}, "bad-schema"},
		"same name":          {[]Column{whole, whole}, []any{[]int64{1}, []int64{1}}, "bad-schema"},
		"same value":         {[]Column{{Name: "A", Kind: Category, Values: []string{"a", "a"}}}, []any{[]int32{1}}, "bad-schema"},
		"step NaN":           {[]Column{{Name: "A", Kind: Decimal, Step: math.NaN()}}, []any{[]int64{1}}, "bad-schema"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(&Schema{Columns: c.columns}, c.cols)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.code, e.Code)
			require.NotContains(t, err.Error(), "zq7")
		})
	}
}

// Every multiple of a step comes back from its float64, and so do numbers of 15 digits from a grid that is found.
func TestFloatsComeBack(t *testing.T) {
	for _, step := range []float64{1, 0.5, 0.25, 0.1, 0.01, 1e-6, 5, 1000, 86400} {
		g := newGrid(step)
		for _, n := range []int64{0, 1, -1, 3, 7, 99, 12345, -987654321, 1 << 41, 1<<51/g.unit - 1} {
			if got, ok := g.nearest(g.float(n)); !ok || got != n {
				t.Errorf("step %v: %d came back as %d", step, n, got)
			}
		}
	}
	for _, x := range []float64{0.1, 123.456789012345, 1e15 + 1, 13.6666666666667, 1e-15, 99999.5} {
		step := floatStep([]float64{x}, Decimal)
		n, ok := newGrid(step).nearest(x)
		require.True(t, ok)
		require.InEpsilon(t, x, newGrid(step).float(n), 1e-15)
	}
	require.Equal(t, 1.0, floatStep([]float64{math.NaN(), 0}, Decimal))
	require.Equal(t, 0.01, floatStep([]float64{0.1 + 0.2, 1.15}, Decimal), "15 digits hide the rounding of binary numbers")
	step := floatStep([]float64{1e18, 1e-9}, Decimal)
	require.Equal(t, 1.0, step, "the largest number leaves no room for decimals")
	require.Equal(t, 60.0, floatStep([]float64{86400, 86460}, Date))
}

func TestErrorIsTyped(t *testing.T) {
	_, err := New(&Schema{Columns: []Column{{Name: "A", Kind: Whole}}}, []any{[]int64{1, noNumber + 7}})
	var e *Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, int64(2), e.Line)
	require.Equal(t, "A", e.Column)
}

func BenchmarkNew(b *testing.B) {
	const rows = 100_000
	s := &Schema{Columns: []Column{
		{Name: "A", Kind: Whole, Step: 1, Max: 100},
		{Name: "B", Kind: Category, Values: []string{"a", "b", "c"}},
		{Name: "C", Kind: ID},
	}}
	nums, codes, ids := make([]int64, rows), make([]int32, rows), make([]string, rows)
	for i := range rows {
		nums[i], codes[i], ids[i] = int64(i%101), int32(i%3), string(rune(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(s, []any{nums, codes, ids}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
