package encode

import (
	"strconv"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// randomLimit cuts a range of multiples of a step in one way or another.
func randomLimit(r *rng.Stream, low, high int64) Limit {
	at := func() int64 { return low + int64(r.Intn(int(high-low)+1)) }
	lim := noLimit
	if r.Intn(2) == 0 {
		lim.Low = at()
	}
	if r.Intn(2) == 0 {
		lim.High = at()
	}
	if r.Intn(2) == 0 {
		set := &table.Set{Missing: r.Intn(2) == 0, Marks: []bool{r.Intn(2) == 0, true}}
		for a := low; a < high; {
			from := a + int64(r.Intn(int(high-low)/3+1))
			to := from + int64(r.Intn(int(high-low)/5+1))
			set.Spans = append(set.Spans, [2]int64{from, to})
			a = to + 2
		}
		lim.Set = set
	}
	return lim
}

// TestAllowedAgreesWithEveryValue compares Allowed with a search through all values, and checks that Value keeps to the
// limit.
func TestAllowedAgreesWithEveryValue(t *testing.T) {
	r := rng.New(4, rng.Mock, 0)
	number := make([]int64, 900)
	days, hours := make([]int64, 900), make([]int64, 900)
	for i := range number {
		number[i] = int64(r.Exp() * 400)
		if i%10 == 0 {
			number[i] = noNumber
		}
		days[i] = 10957 + int64(r.Intn(1200))
		hours[i] = 24*10957 + int64(r.Intn(24*400))
	}
	for i, tab := range []*table.Table{
		one(t, table.Column{Kind: table.Whole, Step: 1, Marks: []string{"ABS", "LATE"}}, number),
		one(t, table.Column{Kind: table.Date, Step: 86400, Layout: "2006-01-02"}, days),
		one(t, table.Column{Name: "born", Kind: table.Date, Step: 86400, Layout: "2006-01-02"}, days),
		one(t, table.Column{Kind: table.Date, Step: 86400, Layout: "2006-01-02", Coarsen: "year"}, days),
		one(t, table.Column{Kind: table.Date, Step: 3600, Layout: "2006-01-02 15:04"}, hours),
	} {
		e := fit(t, tab, 5, "")
		c := &e.Schema().Columns[0]
		low, high := int64(c.Min/c.Step), int64(c.Max/c.Step)
		for range 40 {
			requireAllowed(t, e, randomLimit(&r, low, high), low, high, &r, "table "+strconv.Itoa(i))
		}
	}
}

// requireAllowed compares the codes that Allowed marks with those that a value within the limit has.
func requireAllowed(t *testing.T, e *Encoder, lim Limit, low, high int64, r *rng.Stream, name string) {
	rows := map[[4]int32]bool{} // every prefix of codes that a legal value has
	row := make([]int32, len(e.Vars()))
	for v := low; v <= high; v++ {
		if !lim.has(v) {
			continue
		}
		e.Code(0, v, row)
		key := [4]int32{-1, -1, -1, -1}
		for p, code := range row {
			key[p] = code
			rows[key] = true
		}
	}
	ok := make([]bool, 512)
	for range 20 {
		for v := range row {
			n := e.Allowed(v, row, lim, ok)
			if n == 0 {
				require.False(t, e.Applies(v, row) && len(rows) > 0, name)
				row[v] = -1
				continue
			}
			key := [4]int32{-1, -1, -1, -1}
			copy(key[:], row[:v])
			var legal []int32
			for code := range int32(e.Vars()[v].Card) {
				if int(code) >= e.Vars()[v].Scale {
					key[v] = code
					if rows[key] != ok[code] {
						require.Fail(t, "wrong code allowed", "%s: variable %d, code %d", name, v, code)
					}
				}
				if ok[code] {
					legal = append(legal, code)
				}
			}
			require.Len(t, legal, n)
			row[v] = legal[r.Intn(n)]
		}
		if row[0] >= 0 {
			v := e.Value(0, row, lim, r)
			if v >= lowestNumber {
				require.True(t, lim.has(v), name)
				back := make([]int32, len(row))
				e.Code(0, v, back)
				require.Equal(t, row, back, name)
			} else {
				require.True(t, lim.gap(v), name)
			}
		}
	}
}

// TestValueOutsideTheLimit decodes codes of which the limit leaves nothing: the result keeps to the limit all the same.
func TestValueOutsideTheLimit(t *testing.T) {
	cells := make([]int64, 1000)
	for i := range cells {
		cells[i] = int64(i * 3)
	}
	for _, c := range []table.Column{
		{Kind: table.Whole, Step: 1}, {Kind: table.Date, Step: 86400, Layout: "2006-01-02"}, {Kind: table.Date, Step: 3600, Layout: "2006-01-02 15:04"},
	} {
		e := fit(t, one(t, c, cells), 5, "")
		row := make([]int32, len(e.Vars()))
		e.Code(0, 100, row)
		s := rng.New(1, rng.SampleCell, 1)
		for range 50 {
			require.Equal(t, int64(2000), e.Value(0, row, Limit{Low: 2000, High: 2600}, &s))
			v := e.Value(0, row, Limit{Low: NoLow, High: NoHigh, Set: &table.Set{Spans: [][2]int64{{5, 6}, {1990, 1995}}}}, &s)
			require.Contains(t, []int64{5, 6}, v)
		}
	}
}

func TestCategoriesWithinASet(t *testing.T) {
	tab := one(t, table.Column{Kind: table.Category}, texts(20000, func(i int) string { return strconv.Itoa(10000 + i%1000) }))
	e := fit(t, tab, 5, "")
	require.Len(t, e.Vars(), 2)
	set := &table.Set{Values: make([]bool, 1000)}
	set.Values[3], set.Values[777] = true, true
	lim := Limit{Set: set, Low: NoLow, High: NoHigh}
	ok := make([]bool, 512)
	row := make([]int32, 2)
	require.Equal(t, 2, e.Allowed(0, row, lim, ok))
	for code := range int32(e.Vars()[0].Card) {
		if ok[code] {
			row[0] = code
			second := make([]bool, 512)
			require.Equal(t, 1, e.Allowed(1, row, lim, second))
			for c := range second {
				if second[c] {
					row[1] = int32(c)
				}
			}
			require.True(t, set.Values[e.Value(0, row, lim, nil)])
		}
	}
}
