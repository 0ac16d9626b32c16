package great

import (
	"context"
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// peerJSON is what be_great itself makes of a small table (testdata/peer.py).
//
//go:embed testdata/peer.json
var peerJSON []byte

type peerGolden struct {
	CSV     string `json:"csv"`
	Rows    []string
	Floats  [][2]string
	Numbers [][3]any
	Parsed  [][2]any
	Starts  map[string][]string
}

// peerModel is what a fit of that table has before it has a network.
func peerModel(t *testing.T) (peerGolden, *fitting) {
	var want peerGolden
	require.NoError(t, json.Unmarshal(peerJSON, &want))
	kinds := &table.Schema{Columns: []table.Column{
		{Name: "age", Kind: table.Whole}, {Name: "half year", Kind: table.Decimal}, {Name: "rate", Kind: table.Decimal}, {Name: "sex", Kind: table.Category},
		{Name: "town", Kind: table.Category}, {Name: "born", Kind: table.Date, Layout: "02.01.2006"}, {Name: "late", Kind: table.Whole, Marks: []string{"ABS"}},
	}}
	tab, err := table.ReadCSV(strings.NewReader(want.CSV), table.ReadOptions{Schema: kinds})
	require.NoError(t, err)
	f, err := begin(context.Background(), Options{Preset: beGreat})
	require.NoError(t, err)
	require.NoError(t, f.encode(tab))
	require.NoError(t, f.vocabulary())
	return want, f
}

func TestRowsAreWrittenAsThePeerDoes(t *testing.T) {
	want, f := peerModel(t)
	s := f.m.s
	for row, text := range want.Rows {
		var r rng.Stream
		order := make([]int, len(s.cols))
		for i := range order {
			order[i] = i
		}
		ids, _ := s.row(order, f.cells(row, &r), true)
		got, err := f.m.tok.Decode(ids)
		require.NoError(t, err)
		require.Equal(t, text+endOfText, got)
		require.Equal(t, f.m.tok.Encode(text), ids[:len(ids)-1])
	}
	for _, x := range want.Floats {
		v, err := strconv.ParseFloat(x[0], 64)
		require.NoError(t, err)
		require.Equal(t, x[1], pythonFloat(v))
	}
	starts := map[string]map[string]bool{}
	for place, c := range s.cols {
		p := &peerSample{m: f.m, where: place}
		seen := map[string]bool{}
		for i := range uint64(100) {
			r := rng.New(1, rng.GreatToken, i)
			text, err := f.m.tok.Decode(p.prompt(&r))
			require.NoError(t, err)
			seen[text] = true
		}
		starts[f.m.Schema().Columns[c].Name] = seen
	}
	for name, list := range want.Starts {
		for i := range list {
			list[i] = strings.Replace(list[i], " x ,", "x,", 1) // its start, unlike its rows, keeps spaces around a value; ours has none
		}
		slices.Sort(list)
		// Of dates, and of numbers with so many steps, a model has shares of parts and no value itself.
		if form := map[string]string{"rate": `^rate is [0-7]\.\d{5},$`, "born": `^born is \d\d\.\d\d\.200\d,$`}[name]; form != "" {
			for text := range starts[name] {
				require.Regexp(t, form, text)
			}
			continue
		}
		require.Equal(t, list, slices.Sorted(maps.Keys(starts[name])))
	}
}

func TestTextIsReadAsThePeerDoes(t *testing.T) {
	want, f := peerModel(t)
	s := f.m.Schema()
	cells := make([]int64, len(s.Columns))
	parse := func(text string) bool { return f.m.s.peer.parse(text, func(c int, v int64) { cells[c] = v }) }
	for _, x := range want.Parsed {
		text, row := x[0].(string), x[1]
		kept, _ := row.(map[string]any)
		if kept["town"] == "Aix" || kept["town"] == "what" {
			row = nil // what is left of a longer value is no town of the table
		}
		require.Equal(t, row != nil, parse(text), text)
		if row == nil {
			continue
		}
		for c := range s.Columns {
			x := f.m.s.peer[c]
			switch value := kept[s.Columns[c].Name].(type) {
			case nil:
				require.Equal(t, f.m.gap(c), cells[c], text)
			case float64:
				require.InDelta(t, value, x.float(cells[c]), 1e-12, text)
			default:
				require.Equal(t, value, x.text(cells[c]), text)
			}
		}
	}
	half := slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == "half year" })
	for _, n := range want.Numbers {
		v, ok := f.m.s.peer[half].read(n[0].(string))
		value, _ := n[2].(string)
		require.Equal(t, n[1] == true && !strings.HasSuffix(value, "inf"), ok, "%q", n[0])
		if ok && n[2] != nil {
			x, err := strconv.ParseFloat(value, 64)
			require.NoError(t, err)
			require.Equal(t, x, f.m.s.peer[half].float(v), "%q", n[0])
		}
	}
}

func TestWhatThePeerCannotRead(t *testing.T) {
	fit := func(name string, values ...string) (warned []string, err error) {
		cells := make([]int32, 8)
		for i := range cells {
			cells[i] = int32(i % len(values))
		}
		tab, err := table.New(&table.Schema{Columns: []table.Column{{Name: name, Kind: table.Category, Values: values}}}, []any{cells})
		require.NoError(t, err)
		f, err := begin(context.Background(), Options{Preset: beGreat, Warn: func(e *table.Error) { warned = append(warned, e.Code) }})
		require.NoError(t, err)
		require.NoError(t, f.encode(tab))
		return warned, f.vocabulary()
	}
	for _, name := range []string{"a, b", "what is it", "a<|endoftext|>", " a", "a\nb"} {
		_, err := fit(name, "x", "y")
		var e *table.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, "bad-schema", e.Code)
	}
	warned, err := fit("town", "x", "y")
	require.NoError(t, err)
	require.Empty(t, warned)
	_, f := peerModel(t)
	cut, err := f.m.s.peer.check()
	require.NoError(t, err)
	require.Equal(t, 2, cut)
}

// What lies beyond the table's range is kept, as the peer keeps it, and what lies between two steps goes to one of them.
func TestReadBeyondTheRange(t *testing.T) {
	_, f := peerModel(t)
	cells := make([][]int64, len(f.m.Schema().Columns))
	require.True(t, f.m.s.peer.parse("age is 1e9, half year is -77.34, rate is 123, sex is None, town is New York, born is 31.12.9999, late is 1000.4", func(c int, v int64) {
		cells[c] = []int64{v}
	}))
	tab, err := f.m.enc.Build(0, 0, cells)
	require.NoError(t, err)
	got := []string{}
	for c := range tab.Cols() {
		text, _ := tab.Cell(0, c)
		got = append(got, text)
	}
	require.Equal(t, []string{"1000000000", "-77.3", "123.0", "", "New York", "31.12.9999", "1000"}, got)
}
