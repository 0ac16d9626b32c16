package encode

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// comesOut samples every code of a column by its share, many times, and tells whether a value ever comes out.
func comesOut(t *testing.T, e *Encoder, col int, values ...int64) bool {
	t.Helper()
	found := false
	n := uint64(0)
	eachRow(e, col, 1000, func(row []int32) {
		for range 200 {
			s := rng.New(11, rng.SampleCell, n)
			n++
			found = found || slices.Contains(values, e.Value(col, row, noLimit, &s))
		}
	})
	return found
}

func TestRareCategoriesAreNotLearned(t *testing.T) {
	for _, k := range []int{2, 5, 10} {
		for _, have := range []int{k - 1, k} {
			cells := texts(1000, func(i int) string { return []string{"red", "green", "blue"}[i%3] })
			for i := range have {
				cells[100*i%997] = "plum"
			}
			tab := one(t, table.Column{Kind: table.Category}, cells)
			e := fit(t, tab, k, "")
			require.Equal(t, have == k, slices.Contains(e.Schema().Columns[0].Values, "plum"))
			require.Equal(t, []int{k - have}, e.KeptOut())
			b := requireJSON(t, e)
			require.Equal(t, have == k, bytes.Contains(b, []byte("plum")))
			requireCodes(t, e, tab)
		}
	}
}

func TestRareValuesGoToOtherOrToTheNearest(t *testing.T) {
	cells := texts(300, func(i int) string { return []string{"Bus", "Walk", " Other"}[i%3] })
	cells[0], cells[1], cells[2] = "Boat", "Plane", "Boat"
	tab := one(t, table.Column{Kind: table.Category, Values: []string{" Other", "Boat", "Bus", "Plane", "Walk"}}, cells)
	e := fit(t, tab, 5, "")
	require.Equal(t, []string{" Other", "Bus", "Walk"}, e.Schema().Columns[0].Values)
	codes := requireCodes(t, e, tab)
	require.Equal(t, []int32{0, 0, 0}, codes[0][:3])
	require.InDelta(t, 102.0/300, e.Vars()[0].Share[0], 1e-12)

	cells = texts(300, func(i int) string { return []string{"Y7", "Y8", "Y10"}[i%3] })
	cells[0], cells[1] = "Y9", "Y11"
	tab = one(t, table.Column{Kind: table.Ordered, Values: []string{"Y7", "Y8", "Y9", "Y10", "Y11"}}, cells)
	e = fit(t, tab, 5, "")
	require.Equal(t, []string{"Y7", "Y8", "Y10"}, e.Schema().Columns[0].Values)
	codes = requireCodes(t, e, tab)
	require.Equal(t, []int32{1, 2}, codes[0][:2])
}

func TestRareNumbersAreNotLearned(t *testing.T) {
	const k = 5
	for _, have := range []int{k - 1, k} {
		cells := make([]int64, 1000)
		for i := range cells {
			cells[i] = int64(i % 10)
		}
		// One far above, one far below, one between, a mark: each held by few.
		for i := range have {
			cells[4*i], cells[4*i+1], cells[4*i+2] = 999, -700, 5000
			cells[4*i+3] = noNumber + 1
		}
		tab := one(t, table.Column{Kind: table.Whole, Step: 1, Marks: []string{"ABS"}}, cells)
		e := fit(t, tab, k, "")
		for _, v := range []int64{999, -700, 5000} {
			if have < k && v == 999 {
				continue // The second largest of two that have 8 persons together lies within the range.
			}
			require.Equal(t, have == k, comesOut(t, e, 0, v), "%d held by %d", v, have)
		}
		require.Equal(t, have == k, len(e.Schema().Columns[0].Marks) == 1)
		requireRoundTrip(t, e, 20)
		codes := requireCodes(t, e, tab)
		require.GreaterOrEqual(t, slices.Min(codes[0]), int32(0))
	}
}

func TestRangeRunsFromTheKthValueMovedOutward(t *testing.T) {
	cells := make([]int64, 200)
	for i := range cells {
		cells[i] = int64(i) * 1000
	}
	e := fit(t, one(t, table.Column{Kind: table.Whole, Step: 1}, cells), 5, "")
	c := e.Schema().Columns[0]
	require.Equal(t, [2]float64{3500, 195500}, [2]float64{c.Min, c.Max})
	require.Equal(t, []int{8}, e.KeptOut())
	e = fit(t, one(t, table.Column{Kind: table.Whole, Step: 1}, cells), 0, "")
	c = e.Schema().Columns[0]
	require.Equal(t, [2]float64{0, 199000}, [2]float64{c.Min, c.Max})
}

// TestAnEndThatFewHave has a value at either end which reaches k persons only with those beyond it.
func TestAnEndThatFewHave(t *testing.T) {
	var cells []int64
	for v, n := range []int{1, 1, 3, 40, 40, 40, 3, 1, 1} {
		for range n {
			cells = append(cells, int64(v))
		}
	}
	e := fit(t, one(t, table.Column{Kind: table.Whole, Step: 1}, cells), 5, "")
	require.Equal(t, 3, e.Vars()[0].Card)
	require.False(t, comesOut(t, e, 0, 0, 1, 2, 6, 7, 8))
	require.InDelta(t, 45.0/130, e.Vars()[0].Share[0], 1e-12)
}

func TestFewNumbersAndSharedValues(t *testing.T) {
	var warned []string
	warn := func(e *table.Error) { warned = append(warned, e.Code+" "+e.Column) }
	tab, err := table.New(&table.Schema{Columns: []table.Column{
		{Name: "Score", Kind: table.Whole, Step: 1}, {Name: "Village", Kind: table.Category},
	}}, []any{[]int64{1, 1, 1, 1, 2, 2, 2, 2, 2, noNumber}, texts(10, func(i int) string { return "zq7" + strconv.Itoa(i) })})
	require.NoError(t, err)
	e, err := Fit(tab, Options{Protect: 5, Warn: warn})
	require.NoError(t, err)
	require.Equal(t, []string{"too-few-numbers Score", "filled-like-text Village"}, warned)
	require.Equal(t, table.Text, e.Schema().Columns[1].Kind)
	out := decode(t, e, requireCodes(t, e, tab), 10, 1)
	for r := range 10 {
		_, ok := out.Cell(r, 0)
		require.False(t, ok)
		text, _ := out.Cell(r, 1)
		require.Equal(t, "text", text)
	}
	require.NotContains(t, string(requireJSON(t, e)), "zq7")
	require.Equal(t, []int{2, 10}, e.KeptOut())

	e, err = Fit(tab, Options{Protect: 4})
	require.NoError(t, err)
	require.Equal(t, 2.0, e.Schema().Columns[0].Max)
}

func TestPersonsAreCountedNotRows(t *testing.T) {
	// 100 persons with 10 rows each: "plum" stands in 40 rows of 4 persons, "pear" in 5 rows of 5 persons.
	n := 1000
	person := texts(n, func(i int) string { return "p" + strconv.Itoa(100+i%100) })
	fruit := texts(n, func(i int) string {
		switch {
		case i%100 < 4:
			return "plum"
		case i/100 == 3 && i%100 < 9:
			return "pear"
		}
		return []string{"apple", "fig"}[i%2]
	})
	score := make([]int64, n)
	for i := range score {
		score[i] = int64(i % 7)
		if i%100 < 4 {
			score[i] = 900
		}
	}
	s := &table.Schema{Person: "Who", Columns: []table.Column{
		{Name: "Who", Kind: table.ID}, {Name: "Fruit", Kind: table.Category}, {Name: "Score", Kind: table.Whole, Step: 1},
	}}
	tab, err := table.New(s, []any{person, fruit, score})
	require.NoError(t, err)
	e := fit(t, tab, 5, "")
	require.Equal(t, []string{"apple", "fig", "pear"}, e.Schema().Columns[1].Values)
	require.False(t, comesOut(t, e, 2, 900))
	alone := *s
	alone.Person = ""
	tab, err = table.New(&alone, []any{person, fruit, score})
	require.NoError(t, err)
	e = fit(t, tab, 5, "")
	require.Contains(t, e.Schema().Columns[1].Values, "plum")
	require.True(t, comesOut(t, e, 2, 900))
}

// secrets gives a table of 8 columns, three of them all-different random numbers of 12 digits.
func secrets(t *testing.T, rows int) (*table.Table, [][]int64) {
	r := rng.New(5, rng.Mock, 9)
	numbers := make([][]int64, 3)
	for c := range numbers {
		for range rows {
			numbers[c] = append(numbers[c], 1e11+int64(r.Uint64()%9e11))
		}
	}
	numbers[2][0] = -numbers[2][0]
	s := &table.Schema{Columns: []table.Column{
		{Name: "A", Kind: table.Decimal, Step: 1e-12}, {Name: "B", Kind: table.Decimal, Step: 1e-4}, {Name: "C", Kind: table.Whole, Step: 1},
		{Name: "No", Kind: table.ID}, {Name: "Name", Kind: table.Text}, {Name: "Form", Kind: table.Category},
		{Name: "Age", Kind: table.Whole, Step: 1}, {Name: "When", Kind: table.Date, Step: 1, Layout: "2006-01-02 15:04:05"},
	}}
	when := make([]int64, rows)
	age := make([]int64, rows)
	for i := range when {
		when[i] = int64(r.Intn(2_000_000_000))
		age[i] = int64(11 + r.Intn(7))
	}
	tab, err := table.New(s, []any{
		numbers[0], numbers[1], numbers[2],
		texts(rows, func(i int) string { return strconv.Itoa(3e7 + 7919*i) }), texts(rows, func(i int) string { return fmt.Sprintf("zq7 %d", i*i) }),
		texts(rows, func(i int) string { return "F" + strconv.Itoa(i%5) }), age, when,
	})
	require.NoError(t, err)
	return tab, append(numbers, when)
}

// TestNoRawValueInTheModel looks for every value of the all-different columns in the JSON form, as text, as a number, as
// double a number with or without one step, and as bits.
func TestNoRawValueInTheModel(t *testing.T) {
	for _, rows := range []int{12, 60, 500} {
		tab, numbers := secrets(t, rows)
		for _, k := range []int{0, 1, 2, 5} {
			for _, level := range []string{"share", "research", "structure"} {
				b, err := json.Marshal(fit(t, tab, k, level))
				require.NoError(t, err)
				known := jsonNumbers(t, b)
				for c, list := range numbers {
					sorted := slices.Sorted(slices.Values(list))
					for _, v := range sorted[min(1, max(0, 2-k)) : len(sorted)-min(1, max(0, 2-k))] {
						text := strconv.FormatInt(v, 10)
						require.False(t, c < 3 && bytes.Contains(b, []byte(text)), "%d rows, k = %d: column %d", rows, k, c)
						for _, form := range []float64{float64(v), float64(2 * v), float64(2*v - 1), float64(2*v + 1), float64(v) * []float64{1e-12, 1e-4, 1, 1}[c]} {
							require.False(t, known[form], "%d rows, k = %d, %s: column %d", rows, k, level, c)
						}
						for _, bits := range [][]byte{
							binary.LittleEndian.AppendUint64(nil, uint64(v)),
							binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(v))),
							binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v))),
						} {
							require.False(t, bytes.Contains(b, bits))
						}
					}
				}
				for r := range tab.Rows() {
					for _, col := range []int{3, 4} {
						text, _ := tab.Cell(r, col)
						require.NotContains(t, string(b), strconv.Quote(text))
					}
				}
				require.False(t, strings.Contains(string(b), "zq7"))
			}
		}
	}
}

// jsonNumbers collects all numbers of a JSON text.
func jsonNumbers(t *testing.T, b []byte) map[float64]bool {
	out := map[float64]bool{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	for {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		if n, ok := tok.(json.Number); ok {
			x, err := n.Float64()
			require.NoError(t, err)
			out[x] = true
		}
	}
}

// TestBinsHoldPersons checks that no bin stands for fewer than max(k, 5) persons, where a person may have many rows.
func TestBinsHoldPersons(t *testing.T) {
	r := rng.New(5, rng.Mock, 1)
	n := 3000
	person, cells := make([]string, n), make([]int64, n)
	for i := range person {
		p := r.Intn(200)
		person[i] = "p" + strconv.Itoa(p)
		cells[i] = int64(p)*1_000_000 + int64(r.Intn(900_000))
	}
	s := &table.Schema{Person: "Who", Columns: []table.Column{{Name: "Who", Kind: table.ID}, {Name: "X", Kind: table.Whole, Step: 1}}}
	tab, err := table.New(s, []any{person, cells})
	require.NoError(t, err)
	for _, k := range []int{0, 5, 20} {
		e := fit(t, tab, k, "")
		c := &e.cols[1].codec.(*number).cells
		have := make([]map[string]bool, c.len())
		for i := range have {
			have[i] = map[string]bool{}
		}
		for i, v := range cells {
			have[c.find(min(max(v, c.low[0]), c.high[c.len()-1]))][person[i]] = true
		}
		for i := range have {
			require.GreaterOrEqual(t, len(have[i]), max(k, 5))
		}
		require.Greater(t, c.len(), 5)
	}
}

func TestStructureHasRoundSharesAndRanges(t *testing.T) {
	cells := make([]int64, 1000)
	for i := range cells {
		cells[i] = 17 + int64(i%61)
		if i%9 == 0 {
			cells[i] = noNumber
		}
	}
	e := fit(t, one(t, table.Column{Kind: table.Whole, Step: 1}, cells), 5, "structure")
	c := e.Schema().Columns[0]
	require.Equal(t, [2]float64{10, 100}, [2]float64{c.Min, c.Max})
	require.Equal(t, []float64{.1, .9}, e.Vars()[0].Share)
	e = fit(t, one(t, table.Column{Kind: table.Category}, texts(1000, func(i int) string {
		return []string{"a", "a", "a", "b", "b", "c", "d", "d", "d", "rare"}[min(i%9+i/990, 9)]
	})), 5, "structure")
	require.Equal(t, []string{"a", "b", "c", "d"}, e.Schema().Columns[0].Values)
	for _, s := range e.Vars()[0].Share {
		require.InDelta(t, math.Round(10*s)/10, s, 1e-12)
	}
	for _, x := range []struct{ low, high, l, h int64 }{{17, 93, 10, 100}, {0, 20, 0, 20}, {-3, 5, -5, 5}, {-300, -11, -500, -10}, {1, 1, 1, 1}} {
		l, h := roundOut(x.low, x.high, 1)
		require.Equal(t, [2]int64{x.l, x.h}, [2]int64{l, h}, "%+v", x)
	}
}

// Which values a part of a table keeps must not depend on who is in the part: of the 100 values here, each of 6 people,
// about as many of those kept are in the part as of all.
func TestAPartKeepsWhatTheWholeKeeps(t *testing.T) {
	cells := texts(600, func(i int) string { return strconv.Itoa(1000 + i%100) })
	tab := one(t, table.Column{Kind: table.Category}, cells)
	part, _ := tab.Split(0.5, 1)
	inPart := func(opt Options) (values int, share float64) {
		e, err := Fit(part, opt)
		require.NoError(t, err)
		rows := 0
		for _, code := range part.Codes(0) {
			if slices.Contains(e.Schema().Columns[0].Values, tab.Schema().Columns[0].Values[code]) {
				rows++
			}
		}
		values = len(e.Schema().Columns[0].Values)
		return values, float64(rows) / float64(6*values)
	}
	values, share := inPart(Options{Protect: 5})
	require.Less(t, values, 30)
	require.Greater(t, share, 0.8)
	values, share = inPart(Options{Protect: 5, Whole: tab})
	require.Greater(t, values, 95)
	require.InDelta(t, 0.5, share, 0.03)
	values, _ = inPart(Options{Protect: 7, Whole: tab.Select(part300())})
	require.Zero(t, values)
}

// part300 are rows of which no value has seven.
func part300() []int {
	rows := make([]int, 300)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
