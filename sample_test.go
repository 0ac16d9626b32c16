package cohort_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestRowsAskedAreRowsGiven(t *testing.T) {
	actual := read(t, pupils(150, 6))
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model})
		require.Equal(t, 150, sample(t, m, cohort.SampleOptions{}).Rows(), "as many as were learned")
		for _, n := range []int64{1, 2, 99, cohort.ChunkRows, cohort.ChunkRows + 1} {
			require.EqualValues(t, n, sample(t, m, cohort.SampleOptions{Rows: n}).Rows())
		}
	}
}

func TestConditionsHoldInEveryRow(t *testing.T) {
	actual := read(t, pupils(300, 7))
	conds := map[string]string{
		"one value":    `House = "Gold"`,
		"a range":      `Maths >= 30 and Maths <= 31`,
		"a gap":        `House is missing`,
		"an order":     `Year = "Y7" and English > 40`,
		"part of sum":  `Total < 45`,
		"dates":        `Born >= 01/01/2010 and Born <= 31/12/2010`,
		"many at once": `House = "Blue" and Year = "Y9" and Maths > 40 and Leave > 01/01/2022`,
	}
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model})
		for name, cond := range conds {
			t.Run(model+"/"+name, func(t *testing.T) {
				where, err := table.ParseConds(cond)
				require.NoError(t, err)
				var warned []*table.Error
				rows := sample(t, m, cohort.SampleOptions{Rows: 200, Where: where,
					Warn: func(e *table.Error) { warned = append(warned, e) }})
				require.Equal(t, 200, rows.Rows())
				sets, err := table.Sets(rows.Schema(), where)
				require.NoError(t, err)
				for _, set := range sets {
					for r := range rows.Rows() {
						require.True(t, within(rows, set, r), "row %d, column %d", r, set.Col)
					}
				}
				for _, e := range warned {
					require.Equal(t, "condition-set", e.Code)
				}
			})
		}
	}
}

// within tells whether a cell lies in a set of conditions.
func within(rows *table.Table, set table.Set, r int) bool {
	switch rows.Schema().Columns[set.Col].Kind {
	case table.Whole, table.Decimal, table.Date:
		n := rows.Ints(set.Col)[r]
		if n == math.MinInt64 {
			return set.Missing
		}
		if n < math.MinInt64/2 {
			return set.Marks[n-math.MinInt64-1]
		}
		for _, s := range set.Spans {
			if s[0] <= n && n <= s[1] {
				return true
			}
		}
		return false
	default:
		code := rows.Codes(set.Col)[r]
		return code < 0 && set.Missing || code >= 0 && set.Values[code]
	}
}

func TestConditionsThatCanNotBe(t *testing.T) {
	actual := read(t, pupils(200, 8))
	m := fit(t, actual, cohort.Options{Model: "independent"})
	ask := func(conds ...table.Cond) error {
		rows, err := m.Sample(context.Background(), cohort.SampleOptions{Rows: 5, Where: conds})
		require.Nil(t, rows)
		require.Error(t, err)
		require.True(t, strings.HasPrefix(err.Error(), "cohort: sample: "), err.Error())
		return err
	}
	var bad *table.Error
	require.ErrorAs(t, ask(table.Is("House", "zq7Purple")), &bad)
	require.Equal(t, "no-such-value", bad.Code)
	require.ErrorAs(t, ask(table.Is("Hause", "Red")), &bad)
	require.Equal(t, "no-such-column", bad.Code)
	require.ErrorIs(t, ask(table.Is("House", "Red"), table.Is("House", "Blue")), cohort.ErrNoRow)
	require.ErrorIs(t, ask(table.Between("English", "40", ""), table.Between("English", "", "39")), cohort.ErrNoRow)
}

// A value that is common alone but never seen together with another has to be set, and Strict refuses that.
func TestConditionsThatAreSet(t *testing.T) {
	var b strings.Builder
	b.WriteString("kind,size\n")
	for i := range 400 {
		fmt.Fprintf(&b, "%s,%d\n", []string{"ant", "whale"}[i%2], 1+999*(i%2)+i%7)
	}
	m := fit(t, read(t, b.String()), cohort.Options{Protect: -1, NoRules: true})
	where := []table.Cond{table.Is("kind", "ant"), table.Between("size", "1000", "")}
	var warned []*table.Error
	rows := sample(t, m, cohort.SampleOptions{Rows: 50, Where: where, Warn: func(e *table.Error) { warned = append(warned, e) }})
	require.Equal(t, 50, rows.Rows())
	for r := range 50 {
		cell, _ := rows.Cell(r, 0)
		require.Equal(t, "ant", cell)
		require.GreaterOrEqual(t, rows.Floats(1)[r], 1000.0)
	}
	require.Len(t, warned, 1)
	require.Equal(t, "condition-set", warned[0].Code)
	require.Contains(t, warned[0].Reason, "of 50 rows")
	_, err := m.Sample(context.Background(), cohort.SampleOptions{Rows: 50, Where: where, Strict: true})
	require.ErrorIs(t, err, cohort.ErrNoRow)
}

func TestSampleRefusesNonsense(t *testing.T) {
	m := fit(t, read(t, pupils(50, 9)), cohort.Options{Model: "independent"})
	for _, opt := range []cohort.SampleOptions{{Rows: -1}, {First: -1}, {First: math.MaxInt64, Rows: 2},
		{Temperature: -1}, {Temperature: math.NaN()}, {Temperature: math.Inf(1)}, {Balance: "no such column"}} {
		rows, err := m.Sample(context.Background(), opt)
		require.Nil(t, rows)
		var bad *table.Error
		require.ErrorAs(t, err, &bad)
	}
}

func TestBalance(t *testing.T) {
	m := fit(t, read(t, pupils(400, 10)), cohort.Options{})
	rows := sample(t, m, cohort.SampleOptions{Rows: 4000, Balance: "House"})
	counts := make(map[int32]int)
	for _, c := range rows.Codes(column(t, rows, "House")) {
		counts[c]++
	}
	values := len(rows.Schema().Columns[column(t, rows, "House")].Values)
	for c := range values {
		require.InDelta(t, 4000/float64(values), counts[int32(c)], 300)
	}
}

func TestChunksAreOneTable(t *testing.T) {
	m := fit(t, read(t, pupils(200, 11)), cohort.Options{Model: "independent"})
	opt := cohort.SampleOptions{Rows: 2*cohort.ChunkRows + 100, Seed: 4}
	var got strings.Builder
	w := table.NewCSVWriter(&got, m.Info().Schema)
	for rows, err := range m.Chunks(context.Background(), opt) {
		require.NoError(t, err)
		require.NoError(t, w.Write(rows))
	}
	require.NoError(t, w.Flush())
	require.True(t, text(t, sample(t, m, opt)) == got.String())
}

// settle waits for goroutines that have done their work to be gone, and tells how many are left.
func settle(most int) int {
	for range 200 {
		if runtime.NumGoroutine() <= most {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return runtime.NumGoroutine()
}

func TestLeavingTheLoopStopsTheWork(t *testing.T) {
	m := fit(t, read(t, pupils(200, 12)), cohort.Options{Model: "independent"})
	before := runtime.NumGoroutine()
	opt := cohort.SampleOptions{Rows: 1e9}
	chunks := 0
	for _, err := range m.Chunks(context.Background(), opt) {
		require.NoError(t, err)
		if chunks++; chunks == 3 {
			break
		}
	}
	require.LessOrEqual(t, settle(before), before)
	require.Panics(t, func() {
		for range m.Chunks(context.Background(), opt) {
			panic("the reader's own")
		}
	})
	require.LessOrEqual(t, settle(before), before)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	for rows, err := range m.Chunks(ctx, opt) {
		require.Equal(t, rows == nil, err != nil)
		cancel()
		last = err
	}
	require.Equal(t, context.Canceled, last)
	require.LessOrEqual(t, settle(before), before)
}

// 160,000 rows here, ten million with the same bound by hand: memory does not grow with the rows.
func TestChunksTakeConstantMemory(t *testing.T) {
	m := fit(t, read(t, pupils(26, 13)), cohort.Options{Model: "independent"})
	rows, most := 0, uint64(0)
	for part, err := range m.Chunks(context.Background(), cohort.SampleOptions{Rows: 40 * cohort.ChunkRows}) {
		require.NoError(t, err)
		if rows += part.Rows(); rows/part.Rows()%20 == 0 {
			most = max(most, live())
		}
	}
	require.Equal(t, 40*cohort.ChunkRows, rows)
	require.Less(t, most, uint64(64<<20))
}

// live is how many bytes are in use, the least of some looks: workers that write the next chunks go on while it is looked.
func live() uint64 {
	least := uint64(math.MaxUint64)
	var mem runtime.MemStats
	for range 5 {
		runtime.GC()
		runtime.ReadMemStats(&mem)
		least = min(least, mem.HeapAlloc)
		time.Sleep(10 * time.Millisecond)
	}
	return least
}

func TestSampleProgress(t *testing.T) {
	m := fit(t, read(t, pupils(100, 14)), cohort.Options{Model: "independent"})
	var calls []int64
	home := goroutine()
	sample(t, m, cohort.SampleOptions{Rows: 3 * cohort.ChunkRows, Progress: func(phase string, done, total int64) {
		require.Equal(t, "write", phase)
		require.EqualValues(t, 3*cohort.ChunkRows, total)
		require.Equal(t, home, goroutine())
		calls = append(calls, done)
	}})
	require.EqualValues(t, 0, calls[0])
	require.EqualValues(t, 3*cohort.ChunkRows, calls[len(calls)-1])
}

// goroutine names the goroutine it is called on.
func goroutine() string {
	b := make([]byte, 64)
	name, _, _ := strings.Cut(string(b[:runtime.Stack(b, false)]), " [")
	return name
}
