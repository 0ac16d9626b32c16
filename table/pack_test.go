package table

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func TestPackIsExact(t *testing.T) {
	for _, text := range []string{"0", "5", "-5", "10", "0.5", "-0.05", "1.50", "0.00", "123456789.12345678", "999999999999999", "-123456789012345.67", "0.0000000000000001"} {
		v, ok := pack([]byte(text), '.')
		require.True(t, ok, text)
		require.Equal(t, text, string(appendPacked(nil, v, '.')))
		want, ok := parseNumber(text, '.')
		require.True(t, ok)
		require.Equal(t, want, unpack(v), text)
		_, isText := packedCode(v)
		require.False(t, isText)
	}
	for _, text := range []string{"", "-", "-0", "-0.0", "00", "01", "-01.5", ".5", "5.", "1,5", "1e5", "+5", " 5", "5%", "1.2.3", "9999999999999999", "1234567890123456.5", "0.00000000000000001", "x"} {
		_, ok := pack([]byte(text), '.')
		require.False(t, ok, text)
	}
	v, ok := pack([]byte("-1,5"), ',')
	require.True(t, ok)
	require.Equal(t, "-1,5", string(appendPacked(nil, v, ',')))
	_, ok = pack([]byte("1.5"), 0)
	require.False(t, ok)
}

// wideText makes a column of n numbers that hardly repeat, with other cells among them.
func wideText(n int, quote bool, number func(s *rng.Stream) string, others ...string) string {
	var b strings.Builder
	b.WriteString("plain;x\n")
	for row := range n {
		s := rng.New(3, rng.Demo, uint64(row))
		cell := number(&s)
		if row%97 == 5 && len(others) > 0 {
			cell = others[row/97%len(others)]
		}
		if quote {
			cell = `"` + cell + `"`
		}
		fmt.Fprintf(&b, "%d;%s\n", row%3, cell)
	}
	return b.String()
}

func TestWideColumns(t *testing.T) {
	const rows = 600
	decimals := func(s *rng.Stream) string { return fmt.Sprintf("%.9f", s.Float64()*1000-500) }
	commas := func(s *rng.Stream) string { return strings.ReplaceAll(decimals(s), ".", ",") }
	counted := uint64(0)
	for _, c := range []struct {
		name, text string
		opt        ReadOptions
		kind       Kind
		marks      []string
	}{
		{"decimals", wideText(rows, false, decimals), ReadOptions{}, Decimal, nil},
		{"decimals and others", wideText(rows, false, decimals, "ABS", "", "1e3", "-0", "+5.50", " 7 "), ReadOptions{}, Decimal, []string{"ABS"}},
		{"decimal commas", wideText(rows, false, commas, "NA", "12.345,5"), ReadOptions{}, Decimal, nil},
		{"quoted", wideText(rows, true, decimals, "NaN"), ReadOptions{}, Decimal, []string{"NaN"}},
		{"thousands or places", wideText(rows, false, func(s *rng.Stream) string { return fmt.Sprintf("%d.%03d", 100+s.Intn(900), s.Intn(1000)) }), ReadOptions{}, Decimal, nil},
		{"whole", wideText(rows, false, func(s *rng.Stream) string { return fmt.Sprint(s.Intn(1 << 40)) }, "x"), ReadOptions{}, Whole, []string{"x"}},
		{"ids", wideText(rows, false, func(*rng.Stream) string { counted++; return fmt.Sprint(10_000_000 + counted) }), ReadOptions{}, ID, nil},
		{"shares", wideText(rows, false, func(s *rng.Stream) string { return fmt.Sprintf("%.9f %%", s.Float64()) }), ReadOptions{}, Decimal, nil},
		{"asked to be text", wideText(rows, false, decimals), ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Kind: Text}}}}, Text, nil},
		{"another decimal mark", wideText(rows, false, decimals), ReadOptions{Dialect: Dialect{Decimal: ','}}, Text, nil},
		{"a coarse step", wideText(rows, false, decimals), ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Kind: Decimal, Step: 0.5}}}}, Decimal, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab, _ := readWatched(t, c.text, c.opt, 100)
			col := tab.Schema().Columns[1]
			require.Equal(t, c.kind.String(), col.Kind.String(), col.Why)
			require.Equal(t, c.marks, col.Marks)
			var out bytes.Buffer
			require.NoError(t, WriteCSV(&out, tab))
			requireSameBytes(t, []byte(c.text), out.Bytes())
		})
	}
}

// readWatched is ReadCSV that looks at columns of so many different texts already, and tells whether it packed the second.
func readWatched(t *testing.T, text string, opt ReadOptions, watch int) (tab *Table, wide bool) {
	rd := &reader{opt: opt, dialect: opt.Dialect}
	require.NoError(t, rd.open(strings.NewReader(text)))
	require.NoError(t, rd.readHeader())
	for _, c := range rd.cols {
		c.watch = watch
	}
	require.NoError(t, rd.readRows())
	wide = rd.cols[1].wide
	tab, err := rd.table()
	require.NoError(t, err)
	return tab, wide
}

// A column reads the same whether its numbers were packed or not.
func TestWideColumnsAreLikeOthers(t *testing.T) {
	text := wideText(600, false, func(s *rng.Stream) string { return fmt.Sprintf("%.4g", s.Float64()*1000) }, "", "ABS", "7.50")
	narrow, wide := readWatched(t, text, ReadOptions{}, firstWatch)
	require.False(t, wide)
	packed, wide := readWatched(t, text, ReadOptions{}, 100)
	require.True(t, wide)
	require.Equal(t, narrow.schema, packed.schema)
	require.Equal(t, narrow.cols, packed.cols)
}

// A real column of many different numbers is packed without being asked.
func TestManyNumbersArePacked(t *testing.T) {
	text := wideText(firstWatch+5000, false, func(s *rng.Stream) string { return strconv.Itoa(s.Intn(1 << 40)) })
	tab, err := ReadCSV(strings.NewReader(text), ReadOptions{})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, WriteCSV(&out, tab))
	requireSameBytes(t, []byte(text), out.Bytes())
	require.Equal(t, Whole, tab.Schema().Columns[1].Kind)
}
