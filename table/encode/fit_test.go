package encode

import (
	"encoding/json"
	"strconv"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestCoarsen(t *testing.T) {
	cells := make([]int64, 1000)
	for i := range cells {
		cells[i] = int64(i % 93)
	}
	e := fit(t, one(t, table.Column{Kind: table.Whole, Step: 1, Coarsen: "5"}, cells), 5, "")
	c := e.Schema().Columns[0]
	require.Equal(t, [3]float64{5, 0, 90}, [3]float64{c.Step, c.Min, c.Max})
	require.Equal(t, 19, e.Vars()[0].Card)
	codes := requireCodes(t, e, one(t, table.Column{Kind: table.Whole, Step: 1}, []int64{0, 2, 3, 7, 8, 92}))
	require.Equal(t, []int32{0, 0, 1, 1, 2, 18}, codes[0])
	for _, bad := range []struct {
		kind    table.Kind
		coarsen string
	}{{table.Whole, "month"}, {table.Whole, "0"}, {table.Whole, "-1"}, {table.Whole, "2.5"}, {table.Date, "5"}, {table.Whole, "Inf"}} {
		_, err := Fit(one(t, table.Column{Kind: bad.kind, Step: 1, Coarsen: bad.coarsen, Layout: "2006-01-02"}, cells), Options{})
		require.ErrorContains(t, err, "column", "%+v", bad)
	}
}

func TestFitErrors(t *testing.T) {
	_, err := Fit(one(t, table.Column{Kind: table.Whole, Step: 1}, []int64{}), Options{})
	require.ErrorContains(t, err, "no rows")
	_, err = Fit(one(t, table.Column{Kind: table.Whole, Step: 1}, []int64{1}), Options{Level: "public"})
	require.ErrorContains(t, err, "level")
}

// TestCodesOfAnotherTable encodes a table of the same columns with other values, kinds of the same sort, and another grid.
func TestCodesOfAnotherTable(t *testing.T) {
	n := 500
	halves, forms := make([]int64, n), texts(n, func(i int) string { return "F" + strconv.Itoa(i%4) })
	for i := range halves {
		halves[i] = int64(i % 40)
	}
	s := &table.Schema{Columns: []table.Column{{Name: "Mark", Kind: table.Decimal, Step: .5}, {Name: "Form", Kind: table.Category}}}
	tab, err := table.New(s, []any{halves, forms})
	require.NoError(t, err)
	e := fit(t, tab, 5, "")
	other, err := table.New(&table.Schema{Columns: []table.Column{
		{Name: "Extra", Kind: table.Text}, {Name: "Form", Kind: table.Ordered, Values: []string{"F3", "new", "F0"}},
		{Name: "Mark", Kind: table.Whole, Step: 1, Marks: []string{"ABS"}},
	}}, []any{[]string{"a", "b", "c", "d"}, []string{"F0", "F3", "new", ""}, []int64{7, 1000, noNumber, noNumber + 1}})
	require.NoError(t, err)
	codes := requireCodes(t, e, other)
	require.Equal(t, []int32{14, 39}, codes[0][:2])
	require.Equal(t, []int32{0, 3}, codes[1][:2])
	again := requireCodes(t, e, other)
	require.Equal(t, codes, again)
	_, err = e.Codes(one(t, table.Column{Name: "Mark", Kind: table.Whole, Step: 1}, []int64{1}))
	require.ErrorContains(t, err, `"Form"`)
	_, err = e.Codes(one(t, table.Column{Name: "Mark", Kind: table.Category}, []string{"a"}))
	require.ErrorContains(t, err, "kind category")
}

func TestATotalHasTheRangeOfItsParts(t *testing.T) {
	n := 400
	r := rng.New(1, rng.Mock, 2)
	a, b, sum := make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range a {
		a[i], b[i] = int64(r.Intn(101)), int64(r.Intn(51))
		sum[i] = a[i] + b[i]
	}
	rule, err := table.ParseRule("Total = A + B")
	require.NoError(t, err)
	tab, err := table.New(&table.Schema{Rules: []table.Rule{rule}, Columns: []table.Column{
		{Name: "Total", Kind: table.Whole, Step: 1}, {Name: "A", Kind: table.Whole, Step: 1}, {Name: "B", Kind: table.Whole, Step: 1},
	}}, []any{sum, a, b})
	require.NoError(t, err)
	for _, level := range []string{"share", "structure"} {
		e := fit(t, tab, 5, level)
		c := e.Schema().Columns
		require.Equal(t, c[1].Min+c[2].Min, c[0].Min)
		require.Equal(t, c[1].Max+c[2].Max, c[0].Max)
		require.Len(t, e.Schema().Rules, 1)
		requireRoundTrip(t, e, 10)
		requireJSON(t, e)
	}
	tab.Schema().Columns[2].Treat = table.Drop
	require.Empty(t, fit(t, tab, 5, "").Schema().Rules)
}

func TestRoundedValuesStayRounded(t *testing.T) {
	r := rng.New(1, rng.Mock, 3)
	cells := make([]int64, 3000)
	for i := range cells {
		cells[i] = int64(r.Exp()*300) * 100
		if i%4 == 0 {
			cells[i] = int64(r.Exp() * 30000)
		}
		if i%50 == 0 {
			cells[i] = 500001
		}
	}
	tab := one(t, table.Column{Kind: table.Whole, Step: 1}, cells)
	e := fit(t, tab, 5, "")
	out := decode(t, e, requireCodes(t, e, tab), len(cells), 1)
	real, fake := 0, 0
	for i, v := range out.Ints(0) {
		if v%100 == 0 {
			fake++
		}
		if cells[i]%100 == 0 {
			real++
		}
	}
	require.InDelta(t, real, fake, 100)
	require.Less(t, ks(cells, out.Ints(0)), .01)
}

// TestDamagedFormsAreErrors changes the JSON form in many ways: each is refused, or gives an encoder that works.
func TestDamagedFormsAreErrors(t *testing.T) {
	tab, _ := secrets(t, 300)
	forms := [][]byte{}
	for _, x := range []*table.Table{tab, people(t, 60), one(t, table.Column{Kind: table.Category}, texts(3000, func(i int) string { return strconv.Itoa(i % 300) }))} {
		b, err := json.Marshal(fit(t, x, 5, ""))
		require.NoError(t, err)
		forms = append(forms, b)
	}
	for _, b := range forms {
		for cut := 0; cut < len(b); cut += 1 + len(b)/60 {
			require.Error(t, new(Encoder).UnmarshalJSON(b[:cut]))
		}
		r := rng.New(1, rng.Mock, 4)
		refused := 0
		for range 600 {
			bad := append([]byte(nil), b...)
			for range 1 + r.Intn(3) {
				at := r.Intn(len(bad))
				bad[at] = []byte("0123456789-,[]{}\"=9Aax.e")[r.Intn(24)]
			}
			var e Encoder
			if e.UnmarshalJSON(bad) != nil {
				refused++
				continue
			}
			for col := range e.Schema().Columns {
				eachRow(&e, col, 20, func(row []int32) {
					s := rng.New(1, rng.SampleCell, 1)
					e.Code(col, e.Value(col, row, noLimit, &s), make([]int32, len(row)))
				})
			}
			s := rng.New(1, rng.SampleCell, 7)
			cells := make([][]int64, len(e.Schema().Columns))
			for i := range cells {
				cells[i] = make([]int64, 3)
				for r := range cells[i] {
					cells[i][r] = e.Value(i, make([]int32, len(e.Vars())), noLimit, &s)
				}
			}
			_, _ = e.Build(1, 0, cells)
		}
		require.Greater(t, refused, 100)
	}
	require.Error(t, new(Encoder).UnmarshalJSON([]byte(`{"Version":2}`)))
}

func TestSpans(t *testing.T) {
	e := fit(t, people(t, 100), 5, "")
	offset, width := e.Spans()
	require.Len(t, offset, len(e.Vars()))
	for v := range offset {
		width -= e.Vars()[v].Card
	}
	require.Zero(t, width)
	require.True(t, e.Filled(0))
	require.False(t, e.Filled(4))
}
