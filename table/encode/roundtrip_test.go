package encode

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

var noLimit = Limit{Low: NoLow, High: NoHigh}

// one gives a table of one column of numbers.
func one(t testing.TB, c table.Column, cells any) *table.Table {
	t.Helper()
	if c.Name == "" {
		c.Name = "x"
	}
	tab, err := table.New(&table.Schema{Columns: []table.Column{c}}, []any{cells})
	require.NoError(t, err)
	return tab
}

func fit(t testing.TB, tab *table.Table, k int, level string) *Encoder {
	t.Helper()
	e, err := Fit(tab, Options{Protect: k, Level: level})
	require.NoError(t, err)
	return e
}

// eachRow calls f with every legal row of codes of a column, up to a number of them.
func eachRow(e *Encoder, col, most int, f func(row []int32)) {
	row := make([]int32, len(e.Vars()))
	c := &e.cols[col]
	left := most
	var walk func(part int)
	walk = func(part int) {
		if part == c.parts {
			left--
			f(row)
			return
		}
		v := c.first + part
		ok := make([]bool, e.vars[v].Card)
		if e.Allowed(v, row, noLimit, ok) == 0 {
			row[v] = -1
			walk(part + 1)
			return
		}
		for code, legal := range ok {
			if legal && left > 0 {
				row[v] = int32(code)
				walk(part + 1)
			}
		}
	}
	walk(0)
}

// requireRoundTrip checks that decoding and encoding gives every code back, within the range of the schema.
func requireRoundTrip(t *testing.T, e *Encoder, draws int) {
	t.Helper()
	back := make([]int32, len(e.Vars()))
	for col := range e.Schema().Columns {
		c := &e.Schema().Columns[col]
		from, to := e.cols[col].first, e.cols[col].first+e.cols[col].parts
		n := 0
		eachRow(e, col, 1000, func(row []int32) {
			s := rng.New(7, rng.SampleCell, uint64(n))
			n++
			for range draws {
				v := e.Value(col, row, noLimit, &s)
				e.Code(col, v, back)
				if !slices.Equal(row[from:to], back[from:to]) {
					require.Equal(t, row[from:to], back[from:to], "column %s, value %d", c.Name, v)
				}
				if x := toFloat(v, c.Step); numeric(c.Kind) && v >= lowestNumber && (x < c.Min || x > c.Max) {
					require.Fail(t, "out of range", "column %s: %g is not in %g to %g", c.Name, x, c.Min, c.Max)
				}
			}
		})
		require.True(t, n > 0 || e.cols[col].codec == nil)
	}
}

// requireJSON checks that the JSON form gives the same encoder back.
func requireJSON(t *testing.T, e *Encoder) []byte {
	t.Helper()
	b, err := json.Marshal(e)
	require.NoError(t, err)
	var back Encoder
	require.NoError(t, json.Unmarshal(b, &back))
	again, err := json.Marshal(&back)
	require.NoError(t, err)
	require.Equal(t, string(b), string(again))
	require.Equal(t, e.Vars(), back.Vars())
	require.Equal(t, e.KeptOut(), back.KeptOut())
	for col := range e.Schema().Columns {
		eachRow(e, col, 50, func(row []int32) {
			a, b := rng.New(1, rng.SampleCell, 1), rng.New(1, rng.SampleCell, 1)
			require.Equal(t, e.Value(col, row, noLimit, &a), back.Value(col, row, noLimit, &b))
		})
	}
	return b
}

func TestRoundTripOfNastyColumns(t *testing.T) {
	r := rng.New(1, 2, 3)
	numbers := func(n int, f func(i int) int64) []int64 {
		out := make([]int64, n)
		for i := range out {
			out[i] = f(i)
		}
		return out
	}
	whole := table.Column{Kind: table.Whole, Step: 1}
	day := table.Column{Kind: table.Date, Step: 86400, Layout: "2006-01-02"}
	second := table.Column{Kind: table.Date, Step: 1, Layout: "2006-01-02 15:04:05"}
	marked := table.Column{Kind: table.Whole, Step: 1, Marks: []string{"ABS", "<5"}}
	cases := map[string]*table.Table{
		"constant":       one(t, whole, numbers(50, func(int) int64 { return 7 })),
		"all missing":    one(t, whole, numbers(50, func(int) int64 { return noNumber })),
		"one row":        one(t, whole, []int64{42}),
		"two values":     one(t, whole, numbers(50, func(i int) int64 { return int64(i % 2 * 1000) })),
		"marks only":     one(t, marked, numbers(50, func(i int) int64 { return noNumber + 1 + int64(i%2) })),
		"marks and gaps": one(t, marked, numbers(500, func(i int) int64 { return []int64{noNumber, noNumber + 1, int64(i), -int64(i * i)}[i%4] })),
		"huge":           one(t, whole, numbers(500, func(i int) int64 { return 9e15 - int64(r.Uint64()>>14) })),
		"huge both ways": one(t, whole, numbers(500, func(i int) int64 { return int64(r.Uint64()>>2) - 1<<61 })),
		"15 decimals":    one(t, table.Column{Kind: table.Decimal, Step: 1e-15}, numbers(500, func(i int) int64 { return int64(r.Uint64() >> 12) })),
		"negative":       one(t, whole, numbers(2000, func(i int) int64 { return -int64(r.Exp() * 1e6) })),
		"steps of 5":     one(t, table.Column{Kind: table.Whole, Step: 5}, numbers(3000, func(i int) int64 { return int64(r.Norm() * 300) })),
		"spikes":         one(t, whole, numbers(5000, func(i int) int64 { return []int64{0, 0, 99999, int64(r.Exp() * 5000)}[i%4] })),
		"days":           one(t, day, numbers(3000, func(i int) int64 { return int64(r.Intn(40000)) - 20000 })),
		"leap days":      one(t, day, numbers(2000, func(i int) int64 { return []int64{11016, 11016 - 1461, int64(i)}[i%3] })),
		"seconds":        one(t, second, numbers(3000, func(i int) int64 { return int64(r.Intn(2e9)) - 1e9 })),
		"one day":        one(t, second, numbers(3000, func(i int) int64 { return 1e9/86400*86400 + int64(r.Intn(86400)) })),
		"few days":       one(t, day, numbers(3000, func(i int) int64 { return 15000 + int64(r.Intn(9)) })),
		"10000 values":   one(t, table.Column{Kind: table.Category}, texts(20000, func(i int) string { return string(rune('a'+i%26)) + strconv.Itoa(i%10000) })),
		"categories":     one(t, table.Column{Kind: table.Category}, texts(1000, func(i int) string { return []string{"", "a", "b", " c"}[i%4] })),
		"ids":            one(t, table.Column{Kind: table.ID}, texts(1000, func(i int) string { return []string{"", strconv.Itoa(i)}[i%2] })),
	}
	for name, tab := range cases {
		t.Log(name)
		for _, k := range []int{0, 1, 5, 20} {
			for _, level := range []string{"share", "research", "structure"} {
				e := fit(t, tab, k, level)
				requireRoundTrip(t, e, 8)
				requireJSON(t, e)
				requireCodes(t, e, tab)
			}
		}
	}
}

// requireCodes checks Codes: in range, parts where they apply, legal, and shares that sum to 1.
func requireCodes(t *testing.T, e *Encoder, tab *table.Table) [][]int32 {
	t.Helper()
	codes, err := e.Codes(tab)
	require.NoError(t, err)
	require.Len(t, codes, len(e.Vars()))
	row := make([]int32, len(codes))
	ok := make([]bool, 512)
	for r := range tab.Rows() {
		for v := range codes {
			row[v] = codes[v][r]
		}
		for v := range codes {
			if e.Applies(v, row) != (row[v] >= 0) || int(row[v]) >= e.Vars()[v].Card {
				require.Fail(t, "wrong code", "variable %d, row %d", v, r)
			}
			if row[v] >= 0 && (e.Allowed(v, row, noLimit, ok) == 0 || !ok[row[v]]) {
				require.Fail(t, "code not allowed", "variable %d, row %d, code %d", v, r, row[v])
			}
		}
	}
	for _, v := range e.Vars() {
		sum := 0.0
		for _, s := range v.Share {
			sum += s
		}
		require.InDelta(t, 1, sum, 1e-9)
		require.Len(t, v.Share, v.Card)
		require.LessOrEqual(t, v.Card, 256)
	}
	return codes
}

func texts(n int, f func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}
