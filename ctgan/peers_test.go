package ctgan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// A testColumn is a column of a made-up table.
type testColumn struct {
	name  string
	kind  table.Kind
	step  float64
	cells any // as table.New takes them
}

func category(name string, cells ...string) testColumn {
	return testColumn{name, table.Category, 0, cells}
}

func whole(name string, cells ...int64) testColumn { return testColumn{name, table.Whole, 1, cells} }

func decimal(name string, step float64, cells ...float64) testColumn {
	return testColumn{name, table.Decimal, step, cells}
}

func testTable(t testing.TB, cols ...testColumn) *table.Table {
	t.Helper()
	s := &table.Schema{}
	var cells []any
	for _, c := range cols {
		s.Columns = append(s.Columns, table.Column{Name: c.name, Kind: c.kind, Step: c.step})
		cells = append(cells, c.cells)
	}
	tab, err := table.New(s, cells)
	require.NoError(t, err)
	return tab
}

// drawn makes n values.
func drawn[T any](n int, seed uint64, f func(r *rng.Stream) T) []T {
	r := rng.New(seed, rng.Demo, 0)
	out := make([]T, n)
	for i := range out {
		out[i] = f(&r)
	}
	return out
}

// among draws a word for each of n rows, the first ones more often than the last.
func among(n int, seed uint64, words ...string) []string {
	return drawn(n, seed, func(r *rng.Stream) string {
		k := float64(len(words))
		return words[int(k*math.Pow(r.Float64(), 1.5))]
	})
}

func numbered(n int) []string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("v%02d", i)
	}
	return words
}

// grades draws whole numbers around a middle.
func grades(n int, seed uint64, middle, sd float64) []int64 {
	return drawn(n, seed, func(r *rng.Stream) int64 { return int64(math.Round(middle + sd*r.Norm())) })
}

// smallTable has what the presets tell apart: few and many categories, few and many numbers, decimals.
func smallTable(t testing.TB, n int) *table.Table {
	return testTable(t,
		category("sex", among(n, 1, "F", "M")...),
		category("school", among(n, 2, numbered(14)...)...),
		category("reason", among(n, 3, "course", "home", "other")...),
		whole("age", grades(n, 4, 17, 6)...),
		whole("failures", drawn(n, 5, func(r *rng.Stream) int64 { return int64(r.Intn(4)) })...),
		decimal("mark", 0.1, drawn(n, 6, func(r *rng.Stream) float64 { return 10 + 3*r.Norm() })...),
	)
}

// likeStudents has the columns of student-mat: 17 categories of two to five values and 16 numbers.
func likeStudents(t testing.TB, n int) *table.Table {
	var cols []testColumn
	for i := range 17 {
		cols = append(cols, category(fmt.Sprintf("c%d", i), among(n, uint64(i), numbered(2+i%4)...)...))
	}
	for i := range 16 {
		sd := 1.2
		if i >= 12 {
			sd = 5
		}
		cols = append(cols, whole(fmt.Sprintf("n%d", i), grades(n, uint64(100+i), 10, sd)...))
	}
	return testTable(t, cols...)
}

// likeAdult has the columns of Adult: 9 categories of up to 41 values and 6 numbers, two of which are nearly always 0.
func likeAdult(t testing.TB, n int) *table.Table {
	var cols []testColumn
	for i, k := range []int{9, 16, 7, 15, 6, 5, 2, 41, 2} {
		cols = append(cols, category(fmt.Sprintf("c%d", i), among(n, uint64(i), numbered(k)...)...))
	}
	cols = append(cols, whole("age", grades(n, 20, 40, 13)...), whole("weight", grades(n, 21, 190_000, 100_000)...),
		whole("years", grades(n, 22, 10, 2.5)...), whole("gain", spiked(n, 23)...), whole("loss", spiked(n, 24)...),
		whole("hours", grades(n, 25, 40, 12)...))
	return testTable(t, cols...)
}

// spiked is 0 in 92 rows of 100.
func spiked(n int, seed uint64) []int64 {
	return drawn(n, seed, func(r *rng.Stream) int64 {
		if r.Float64() < 0.92 {
			return 0
		}
		return int64(math.Round(math.Exp(8.8 + 0.8*r.Norm())))
	})
}

// fitPreset learns a table for some steps.
func fitPreset(t testing.TB, tab *table.Table, opt Options) *Model {
	t.Helper()
	m, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	return m
}

func sampleRows(t testing.TB, m *Model, opt SampleOptions) *table.Table {
	t.Helper()
	rows, _, err := m.Sample(context.Background(), opt)
	require.NoError(t, err)
	return rows
}

// A million parts of a step are a step that the table knows: no quotient of two float64 is.
func TestFinerSteps(t *testing.T) {
	for _, c := range []struct {
		step, most, want float64
		times            int64
	}{
		{0.1, 100, 1e-7, 1e6}, {0.01, 1e4, 1e-8, 1e6}, {0.001, 7, 1e-9, 1e6}, {0.25, 4, 2.5e-7, 1e6}, {0.5, 0, 5e-7, 1e6}, {0.7, 70, 7e-7, 1e6},
		{1, 1e10, 1e-6, 1e6}, {1, 1e13, 1e-4, 1e4}, {1, 1e18, 1, 1}, {1e-13, 1e-10, 1e-18, 1e5}, {1e-18, 1e-15, 1e-18, 1},
	} {
		step, times := finer(&table.Column{Step: c.step, Max: c.most})
		require.Equal(t, c.want, step, c)
		require.Equal(t, c.times, times, c)
	}
	tab := testTable(t, decimal("x", 0.01, 1.23, -4.5, 0, 99.99, math.NaN()), whole("n", 1, 2, 3, 4, 5),
		category("c", "a", "b", "", "a", "b"), testColumn{"id", table.ID, 0, []string{"p1", "p2", "p3", "p4", ""}})
	fine := refined(tab)
	for c := range 2 {
		for i, v := range tab.Floats(c) {
			if w := fine.Floats(c)[i]; v == v || w == w {
				require.InDelta(t, v, w, 1e-12)
			}
		}
	}
	require.Equal(t, tab.Codes(2), fine.Codes(2))
	require.Equal(t, tab.Codes(3), fine.Codes(3))
	require.Equal(t, 0.01, tab.Schema().Columns[0].Step, "the table itself stays")
}

// A table's cells come back: labels exactly, numbers up to what the components are cut back to.
func TestCoderRoundTrip(t *testing.T) {
	tab := refined(smallTable(t, 500))
	src := peerTable{tab, tab.Schema()}
	for _, preset := range []string{sdv, synthcity} {
		p, err := fitPeer(preset, src, []int{0, 1, 2, 3, 4, 5}, func(int) error { return nil })
		require.NoError(t, err)
		m := p.encode(src)
		for i := range p.Columns {
			c := &p.Columns[i]
			dst := make([]int64, tab.Rows())
			c.decode(dst, m.code[i], m.num[i], &tab.Schema().Columns[c.Col])
			if c.Mix == nil {
				require.Equal(t, src.cells(i), dst)
				continue
			}
			far := 0.0
			for r, v := range src.cells(i) {
				far = max(far, math.Abs(float64(dst[r]-v))*tab.Schema().Columns[i].Step)
			}
			require.LessOrEqual(t, far, 1.0, "%s: column %d", preset, i) // synthcity's labels and whole numbers may fall by one
		}
		// Columns that were left out, and other orders of values, are found by name.
		other := testTable(t, category("reason", "other", "home", "nobody's"))
		again := p.encodeColumnOf(other, &tab.Schema().Columns[2], 2)
		labels := p.Columns[2].Labels
		values := tab.Schema().Columns[2].Values
		require.Equal(t, "other", values[labels[again[0]]])
		require.Equal(t, "home", values[labels[again[1]]])
		require.EqualValues(t, -1, again[2], "what nobody had has no code")
	}
}

// encodeColumnOf encodes the cells of a table's only column as column i.
func (p *peerCoder) encodeColumnOf(tab *table.Table, c *table.Column, i int) []int32 {
	one := p.Columns[i]
	one.Col = 0
	coder := &peerCoder{Columns: []peerColumn{one}}
	return coder.encode(peerTable{tab, &table.Schema{Columns: []table.Column{*c}}}).code[0]
}

// What is in no component's reach, or no number at all, is still a cell.
func TestDecodeTakesAnything(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, preset := range []string{sdv, synthcity} {
		for _, cells := range []testColumn{
			whole("n", grades(100, 1, 0, 40)...), whole("big", 1<<61, -1<<61, 1<<60, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
			decimal("far", 0.25, slices.Concat(drawn(50, 4, func(r *rng.Stream) float64 { return 1e15 * r.Norm() }), []float64{4e16, -4e16})...),
			decimal("d", 0.01, drawn(100, 2, func(r *rng.Stream) float64 { return 1e4 * r.Norm() })...),
			testColumn{"day", table.Date, 86400, drawn(50, 3, func(r *rng.Stream) int64 { return int64(r.Intn(2_900_000)) })},
		} {
			p, c, _ := column(t, preset, cells)
			var dst []int64
			for s := range p.Slots {
				for _, x := range []float32{0, 1, -1, inf, -inf, nan, 1e30} {
					dst = append(dst, cellOf(&p, c, s, x))
				}
			}
			_, err := table.New(&table.Schema{Columns: []table.Column{*c}}, []any{dst})
			require.NoError(t, err, "%s: %s", preset, c.Name)
		}
	}
	require.EqualValues(t, 0, largest([]float32{nan, nan}, []float32{0, 0}))
}

// What a peer can't be asked for is an error that says what does it.
func TestPeerConditions(t *testing.T) {
	for _, preset := range []string{sdv, synthcity} {
		m := learned[preset]()
		for _, c := range []struct {
			opt  SampleOptions
			code string
			none bool // no row can have it
		}{
			{SampleOptions{Where: []table.Cond{table.Is("sex", "F"), table.Is("reason", "home")}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Is("sex", "F"), table.Is("sex", "F")}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Is("reason", "home", "other")}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Is("age", "17")}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Between("age", "10", "20")}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Not(table.Is("reason", "home"))}}, "preset-condition", false},
			{SampleOptions{Where: []table.Cond{table.Is("nobody", "F")}}, "no-such-column", false},
			{SampleOptions{Where: []table.Cond{table.Is("sex", "zq7")}}, "no-such-value", true},
			{SampleOptions{Where: []table.Cond{table.Is("sex", "F"), table.Is("sex", "M")}}, "no-such-value", true},
			{SampleOptions{Balance: "sex"}, "bad-option", false},
			{SampleOptions{Strict: true}, "bad-option", false},
			{SampleOptions{Temperature: 0.5}, "bad-option", false},
		} {
			c.opt.Rows = 3
			_, _, err := m.Sample(context.Background(), c.opt)
			var e *table.Error
			require.ErrorAs(t, err, &e, "%+v", c.opt)
			require.Equal(t, c.code, e.Code)
			require.Equal(t, c.none, errors.Is(err, draw.ErrNoRow), "%v", err)
			if c.code == "preset-condition" || c.code == "bad-option" {
				require.Contains(t, e.Fix, "plus")
			}
		}
		for _, opt := range []SampleOptions{{Temperature: 1}, {Where: []table.Cond{table.Is("sex", "F")}}} {
			opt.Rows = 3
			require.Equal(t, 3, sampleRows(t, m, opt).Rows())
		}
	}
	// Numbers of few values are categories of synthcity's peer; a value that the schema knows and no row has is none of theirs.
	at, err := learned[synthcity]().peerCondition(SampleOptions{Where: []table.Cond{table.Is("failures", "2")}})
	require.NoError(t, err)
	require.Equal(t, 2, at)
	s := &table.Schema{Columns: []table.Column{{Name: "c", Kind: table.Ordered, Values: []string{"low", "mid", "high"}}}}
	tab, err := table.New(s, []any{[]int32{0, 2, 0, 2, 0, 0}})
	require.NoError(t, err)
	_, _, err = fitPreset(t, tab, tiny(sdv)).Sample(context.Background(), SampleOptions{Rows: 1, Where: []table.Cond{table.Is("c", "mid")}})
	require.ErrorIs(t, err, draw.ErrNoRow)
}

// Settings that a peer's network can't have are errors of the options.
func TestPeerSettings(t *testing.T) {
	for _, o := range []Options{{Preset: synthcity, Pac: 10}, {Preset: sdv, Batch: 1, Pac: 1}, {Preset: sdv, Batch: 55}} {
		_, err := Fit(context.Background(), smallTable(t, 50), o)
		var e *table.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "bad-option", e.Code)
	}
	small := tiny(sdv)
	small.Batch, small.Pac = 20, 5
	m := fitPreset(t, smallTable(t, 50), small)
	require.Equal(t, 20, m.pageRows(), "a page is a batch")
	requireParts(t, m, 20)
}

// A cancelled sample is no table.
func TestPeerSampleIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, preset := range []string{sdv, synthcity} {
		_, _, err := learned[preset]().Sample(ctx, SampleOptions{Rows: 5000})
		require.ErrorIs(t, err, context.Canceled)
	}
}

// Equal rows are found whatever their hash is.
func TestRowSet(t *testing.T) {
	r := rng.New(1, rng.Demo, 30)
	cols := [][]int64{make([]int64, 3000), make([]int64, 3000)}
	for i := range 3000 {
		cols[0][i], cols[1][i] = int64(r.Intn(40))-20, int64(r.Intn(30))<<40
	}
	var s rowSet
	s.reset(3000)
	seen := map[[2]int64]bool{}
	for i := range 3000 {
		key := [2]int64{cols[0][i], cols[1][i]}
		require.Equal(t, !seen[key], s.add(cols, i))
		seen[key] = true
	}
}

func BenchmarkPeerSample(b *testing.B) {
	for _, preset := range []string{sdv, synthcity} {
		for name, tab := range map[string]*table.Table{"student": likeStudents(b, 400), "adult": likeAdult(b, 4000)} {
			b.Run(preset+"/"+name, func(b *testing.B) {
				m := fitPreset(b, tab, Options{Preset: preset, Epochs: 1})
				const rows = 20_000
				b.ReportMetric(float64(m.l.width), "D")
				seed := uint64(0)
				for b.Loop() {
					seed++
					sampleRows(b, m, SampleOptions{Rows: rows, Seed: seed})
				}
				b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

func BenchmarkPeerEncode(b *testing.B) {
	tab := refined(likeAdult(b, 20_000))
	for _, preset := range []string{sdv, synthcity} {
		src := peerTable{tab, tab.Schema()}
		var cols []int
		for c := range tab.Schema().Columns {
			cols = append(cols, c)
		}
		p, err := fitPeer(preset, src, cols, func(int) error { return nil })
		require.NoError(b, err)
		b.Run(preset, func(b *testing.B) {
			for b.Loop() {
				p.encode(src)
			}
		})
	}
}
