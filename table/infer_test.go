package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// column makes a table of one interesting column beside a plain one, and reads it.
func oneColumn(t testing.TB, name string, cells []string, opt ReadOptions) (*Column, []string) {
	t.Helper()
	text := "plain;" + name + "\n"
	for i, c := range cells {
		text += fmt.Sprintf("%d;%s\n", i%3, c)
	}
	tab, warned := read(t, text, opt)
	require.Equal(t, text, written(t, tab))
	return &tab.Schema().Columns[1], warned
}

// repeat gives cells n times, one list after the other.
func repeat(n int, cells ...string) (out []string) {
	for range n {
		out = append(out, cells...)
	}
	return out
}

func numbered(n int, format string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return out
}

var kindCases = []struct {
	name  string
	head  string
	cells []string
	kind  Kind
	why   string
}{
	{"few whole numbers", "G", repeat(10, "0", "1"), Whole, "whole numbers"},
	{"constant number", "G", repeat(10, "5"), Whole, "whole numbers"},
	{"one cell", "G", []string{"5"}, Whole, "whole numbers"},
	{"decimals", "x", repeat(5, "1.5", "2.25"), Decimal, "numbers, 2 places"},
	{"pandas whole numbers", "x", repeat(5, "1.0", "2.0", ""), Whole, "whole numbers"},
	{"percent", "x", repeat(5, "10%", "20%"), Whole, "whole numbers"},
	{"leading zeros, few", "Form", repeat(9, "007", "012", "100"), Category, "3 values"},
	{"leading zeros, all differ", "Pupil", numbered(40, "%05d"), ID, "40 different"},
	{"18 digits", "Pupil", numbered(40, "100000000000000%03d"), ID, "40 different"},
	{"18 digits, few", "Kind", repeat(9, "100000000000000001", "100000000000000002"), Category, "2 values"},
	{"id by its header", "Student No", numbered(40, "%d"), ID, "40 different"},
	{"id by its header, camel case", "studentID", numbered(40, "%d"), ID, "40 different"},
	{"id by its header, repeats", "pupil_id", append(numbered(40, "%d"), numbered(5, "%d")...), ID, "40 different"},
	{"no id: counts", "Number of books", numbered(40, "%d"), Whole, "whole numbers"},
	{"no id: too few differ", "Id", repeat(2, numbered(20, "%d")...), Whole, "whole numbers"},
	{"no id: idle", "idle", numbered(40, "%d"), Whole, "whole numbers"},
	{"six digits, all differ", "Pupil", numbered(40, "4%05d"), ID, "40 different"},
	{"all differ, other lengths", "Pupil", numbered(140, "%d"), Whole, "whole numbers"},
	{"uuid", "Ref", numbered(30, "550e8400-e29b-41d4-a716-4466554400%02x"), ID, "30 different"},
	{"mixed codes", "Ref", numbered(30, "AB%03d-X"), ID, "30 different"},
	{"codes, few", "Ref", repeat(9, "AB1X", "BB2X"), Category, "2 values"},
	{"names", "Name", numbered(30, "Ann Bee%c"[:7]+"%03d"), Text, "100 % differ"},
	{"names, half differ", "Name", append(numbered(20, "Ann b%d"), repeat(19, "Bob")...), Text, "53 % differ"},
	{"few rows", "Class", []string{"x", "y", "z"}, Category, "3 values"},
	{"categories", "Class", repeat(9, "x", "y", "z"), Category, "3 values"},
	{"no values", "Empty", repeat(9, "", "NA", "-"), Category, "no values"},
	{"marks", "Maths", append(repeat(20, numbered(50, "%d")...), "ABS", "ABS", "<5"), Whole, "99 % numbers"},
	{"marks that repeat", "Maths", append(repeat(3, numbered(30, "%d")...), repeat(8, "x")...), Whole, "91 % numbers"},
	{"bounds", "Count", append(repeat(20, numbered(20, "1%d")...), numbered(9, "<%d")...), Whole, "97 % numbers"},
	{"NaN and Inf are marks", "x", append(repeat(20, numbered(50, "%d")...), "NaN", "Inf", "-Inf"), Whole, "99 % numbers"},
	{"too many texts", "x", append(numbered(50, "%d"), numbered(12, "word %d")...), Text, "100 % differ"},
	{"open ends", "Siblings", append(repeat(30, "0", "1", "2"), "3+"), Ordered, "4 values, in order"},
	{"year groups", "Year", repeat(5, "Y7", "Y8", "Y9", "Y10", "Y11"), Ordered, "5 values, in order"},
	{"bands", "Deprivation", repeat(5, "0-10%", "10-20", "20-30%", "90-100%"), Ordered, "4 values, in order"},
	{"ages", "Age", repeat(5, "0-35", "35-55", "55<="), Ordered, "3 values, in order"},
	{"words and numbers", "Age", repeat(5, "under 18", "18 to 24", "25 to 64", "65 and over"), Ordered, "4 values, in order"},
	{"academic years", "Year", repeat(5, "2023/24", "2024/25", "2025/26"), Ordered, "3 values, in order"},
	{"scale", "Risk", repeat(5, "Low", "High", "Medium"), Ordered, "3 values, a known scale"},
	{"weekdays", "Day", repeat(5, "Fri", "Mon", "Sun"), Ordered, "3 values, a known scale"},
	{"grades", "Grade", repeat(5, "A*", "A", "B+", "B", "B-", "U"), Ordered, "6 values, grades"},
	{"terms without one order", "Term", repeat(5, "2013B", "2013J", "2014B"), Category, "3 values"},
	{"bands that overlap", "Band", repeat(5, "0-10", "5-20", "8-30"), Category, "3 values"},
	{"two values of a scale", "Risk", repeat(5, "low", "high"), Category, "2 values"},
	{"ISO dates", "Born", repeat(2, "2010-01-31", "2011-12-01"), Date, "yyyy-mm-dd"},
	{"day first", "Born", repeat(2, "31/01/2010", "01/12/2011"), Date, "dd/mm/yyyy"},
	{"month first", "Born", repeat(2, "01/31/2010", "12/01/2011"), Date, "mm/dd/yyyy"},
	{"points", "Born", repeat(2, "31.1.2010", "1.12.2011"), Date, "d.m.yyyy"},
	{"two digits", "Born", repeat(2, "31/01/10", "01/12/11"), Date, "dd/mm/yy"},
	{"months by name", "Born", repeat(2, "3-Jan-2010", "12-Dec-2011"), Date, "d-mon-yyyy"},
	{"long months", "Born", repeat(2, "3 January 2010", "12 December 2011"), Date, "d month yyyy"},
	{"year first", "Born", repeat(2, "2010/01/31", "2011/12/01"), Date, "yyyy/mm/dd"},
	{"minutes", "At", repeat(2, "2010-01-31 10:15", "2011-12-01 23:59"), Date, "yyyy-mm-dd hh:mm"},
	{"seconds", "At", repeat(2, "2010-01-31T10:15:01Z", "2011-12-01T23:59:59Z"), Date, "yyyy-mm-ddThh:mm:ssZ"},
	{"eight digits", "Born", repeat(2, "20100131", "20111201", "20110403"), Date, "yyyymmdd"},
	{"times of day", "At", repeat(2, "10:15", "09:30"), Date, "hh:mm"},
	{"dates and marks", "Left", append(repeat(20, "31/01/2010", "01/12/2011"), "still here", "still here"), Date, "dd/mm/yyyy"},
	{"two ways to write dates", "Left", repeat(5, "31/01/2010", "2010-02-03"), Category, "2 values"},
	{"versions", "v", repeat(5, "1.2.3", "1.2.4"), Category, "2 values"},
}

func TestKinds(t *testing.T) {
	for _, c := range kindCases {
		t.Run(c.name, func(t *testing.T) {
			col, _ := oneColumn(t, c.head, c.cells, ReadOptions{})
			require.Equal(t, c.kind.String(), col.Kind.String(), col.Why)
			require.Equal(t, c.why, col.Why)
		})
	}
}

func TestNumberColumns(t *testing.T) {
	tens := func(format string) []string { return append(numbered(12, format), numbered(12, format)...) }
	for _, c := range []struct {
		name     string
		cells    []string
		layout   string
		step     float64
		min, max float64
		odd      int
	}{
		{"whole", tens("%d"), "0", 1, 0, 11, 0},
		{"one place", repeat(3, "1.5", "2.5"), "0.0", 0.1, 1.5, 2.5, 0},
		{"quarters", repeat(1, "0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2", "2.25", "2.5", "2.75"), "0.##", 0.25, 0.25, 2.75, 0},
		{"fives", tens("1%d5"), "0", 5, 105, 1115, 0},
		{"hundreds", tens("%d00")[1:12], "0", 100, 100, 1100, 0},
		{"even numbers prove nothing", repeat(1, "2", "4", "6", "8", "10", "12", "14", "16", "18", "20", "22"), "0", 1, 2, 22, 0},
		{"prices", repeat(3, "1.50", "2.00", "12.25"), "0.00", 0.01, 1.5, 12.25, 0},
		{"floats", repeat(3, "1.0", "13.666666666666666", "2.5"), "0.0##############", 1e-15, 1, 13.666666666666666, 0},
		{"no digit in front", repeat(3, ".5", ".25", "1.5", "-.75"), "#.##", 0.01, -0.75, 1.5, 0},
		{"percent", repeat(3, "10 %", "5.5 %"), "0.# %", 0.1, 5.5, 10, 0},
		{"blank in front", repeat(3, " 7", " 12"), " 0", 1, 7, 12, 0},
		{"odd ones", append(tens("%d"), "+5", "1e1", "-0", "7 ", "4."), "0", 1, 0, 11, 5},
		{"negative", repeat(3, "-5", "-159", "241"), "0", 1, -159, 241, 0},
		{"15 digits", []string{"999999999999999", "12"}, "0", 1, 12, 999999999999999, 0},
		{"too fine for exact arithmetic", []string{"0.0000000000000000123", "12.5", "100.125"}, "0.0##############", 1e-16, 0, 100.125, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "a|x\n"
			for _, cell := range c.cells {
				text += "v|" + cell + "\n"
			}
			tab, _ := read(t, text, ReadOptions{})
			require.Equal(t, text, written(t, tab))
			col := tab.Schema().Columns[1]
			if c.name == "too fine for exact arithmetic" {
				require.Equal(t, Decimal, col.Kind)
				require.Len(t, tab.cols[1].odd, 1)
				return
			}
			require.Equal(t, c.layout, col.Layout)
			require.InDelta(t, c.step, col.Step, 0)
			require.InDelta(t, c.min, col.Min, 1e-12)
			require.InDelta(t, c.max, col.Max, 1e-12)
			require.Len(t, tab.cols[1].odd, c.odd)
		})
	}
}

func TestDecimalMarks(t *testing.T) {
	for _, c := range []struct {
		name, text        string
		decimal, thousand rune
		want              []float64 // of the last column
	}{
		{"comma", "a;b\n1,5;2,5\n3;4\n", ',', 0, []float64{2.5, 4}},
		{"point", "a;b\n1.5;2.5\n3;4\n", '.', 0, []float64{2.5, 4}},
		{"thousands with a decimal comma", "a;b\n1,5;1.234,5\n3;4\n", ',', '.', []float64{1234.5, 4}},
		{"thousands with a decimal point", "a;b\n1.5;1,234.5\n3;4\n", '.', ',', []float64{1234.5, 4}},
		{"blanks part thousands", "a;b\n1,5;1 234,5\n3;12 345 678\n", ',', ' ', []float64{1234.5, 12345678}},
		{"hard blanks part thousands", "a;b\n1,5;1\u00a0234,5\n3;12\u00a0345\n", ',', '\u00a0', []float64{1234.5, 12345}},
		{"Swiss", "a;b\n1.5;1'234.5\n3;4\n", '.', '\'', []float64{1234.5, 4}},
		{"the file's other column tells: comma", "a;b\n1,5;1.234\n3,5;5.678\n", ',', '.', []float64{1234, 5678}},
		{"the file's other column tells: point", "a;b\n1.5;1.234\n3.5;5.678\n", '.', 0, []float64{1.234, 5.678}},
		{"small ones have no mark", "a;b\nx;1.234\ny;12\n", ',', '.', []float64{1234, 12}},
		{"nothing tells: point", "a;b\nx;1.234\ny;5.678\n", '.', 0, []float64{1.234, 5.678}},
		{"nothing tells: comma between semicolons", "a;b\nx;1,234\ny;5,678\n", ',', 0, []float64{1.234, 5.678}},
		{"nothing tells: comma between commas", "a,b\nx,\"1,234\"\ny,\"5,678\"\n", '.', ',', []float64{1234, 5678}},
		{"one that tells is enough", "a;b\nx;1.234\ny;0.678\n", '.', 0, []float64{1.234, 0.678}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab, _ := read(t, c.text, ReadOptions{})
			d := tab.Schema().Dialect
			require.Equal(t, string(c.decimal), string(d.Decimal))
			require.Equal(t, c.thousand, d.Thousand)
			require.Equal(t, c.want, tab.Floats(1))
			require.Equal(t, c.text, written(t, tab))
		})
	}
	tab, _ := read(t, "a;b\n1,500;x\n2,500;y\n", ReadOptions{Dialect: Dialect{Decimal: '.'}})
	require.Equal(t, []float64{1500, 2500}, tab.Floats(0))
}

func TestGroupsAreOfThree(t *testing.T) {
	for _, text := range []string{"1,23", "12,3456", "1,2345", "0,123", ",123", "1,,234", "1,234.567,8", "1234,567"} {
		q, ok := parseNumber(text, '.')
		require.False(t, ok, "%s: %v", text, q)
	}
	for text, want := range map[string]float64{"1,234": 1234, "12,345,678.5": 12345678.5, "-1'000": -1000, "1e3": 1000, "1.5E-3": 0.0015, "−4": -4} {
		q, ok := parseNumber(text, '.')
		require.True(t, ok, text)
		require.InDelta(t, want, float64(q.value)/pow10[q.places], 0)
	}
}

func TestMissingCodes(t *testing.T) {
	missing := []string{"", " ", "NA", "N/A", "NULL", "-", ".", "?", " ?"}
	col, _ := oneColumn(t, "x", append(missing, repeat(9, "3", "4")...), ReadOptions{})
	require.Equal(t, Whole, col.Kind)
	require.ElementsMatch(t, missing, col.Missing)
	col, _ = oneColumn(t, "x", append([]string{"None", "nan", "na", "n/a", "#N/A", "--", "*", "Na"}, repeat(9, "red")...), ReadOptions{})
	require.Empty(t, col.Missing)
	col, _ = oneColumn(t, "x", repeat(3, "a", "NA", "NA", "?"), ReadOptions{})
	require.Equal(t, []string{"NA", "?"}, col.Missing)
	col, _ = oneColumn(t, "x", repeat(9, "1", "2", "99"), ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Missing: []string{"99"}}}}})
	require.Equal(t, []string{"99"}, col.Missing)
	require.InDelta(t, 2, col.Max, 0)
}

func TestMarksAreKept(t *testing.T) {
	cells := append(repeat(20, numbered(50, "%d")...), " ABS", "ABS", "<5", "<10")
	tab, _ := read(t, "a;Maths\n;"+strings.Join(cells, "\n;")+"\n", ReadOptions{})
	c := tab.Schema().Columns[1]
	require.Equal(t, []string{"<10", "<5", "ABS"}, c.Marks)
	ints := tab.Ints(1)
	require.Equal(t, []int64{noNumber + 3, noNumber + 3, noNumber + 2, noNumber + 1}, ints[len(ints)-4:])
	text, ok := tab.Cell(1000, 1)
	require.True(t, ok)
	require.Equal(t, " ABS", text)
}

func TestOrders(t *testing.T) {
	for _, want := range [][]string{
		{"Y7", "Y8", "Y9", "Y10", "Y11"},
		{"0-10%", "10-20", "20-30%", "90-100%"},
		{"0-35", "35-55", "55<="},
		{"<18", "18-24", "25-64", "65+"},
		{"under 5", "5", "6", "7 or more"},
		{"2023/24", "2024/25", "2025/26"},
		{"Year 2", "Year 10", "Year 12"},
		{"very low", "Low", "medium", "HIGH", "Very High"},
		{"never", "sometimes", "often", "always"},
		{"strongly disagree", "disagree", "neutral", "agree", "strongly agree"},
		{"Monday", "Tuesday", "Sunday"},
		{"jan", "feb", "dec"},
		{"XS", "S", "M", "L", "XL"},
		{"U", "D", "C-", "C", "C+", "B", "A", "A*"},
	} {
		shuffled := make([]string, len(want))
		for i, v := range want {
			shuffled[(i*7+3)%len(want)] = v
		}
		got, why := orderValues(shuffled)
		require.Equal(t, want, got)
		require.NotEmpty(t, why)
	}
	for _, none := range [][]string{{"red", "green", "blue"}, {"1", "2", "3"}, {"A", "B", "X"}, {"7A", "7B", "8A"}, {"M", "F", "X"}} {
		got, _ := orderValues(none)
		require.Nil(t, got, none)
	}
}

func TestDateValues(t *testing.T) {
	tab, _ := read(t, "a;b\n1970-01-02;1970-01-01 01:01\n1969-12-31;1970-01-01 00:02\n", ReadOptions{})
	require.Equal(t, []int64{1, -1}, tab.Ints(0))
	require.Equal(t, []float64{86400, -86400}, tab.Floats(0))
	require.InDelta(t, 86400, tab.Schema().Columns[0].Step, 0)
	require.Equal(t, []int64{61, 2}, tab.Ints(1))
	require.Equal(t, "2006-01-02 15:04", tab.Schema().Columns[1].Layout)

	tab, _ = read(t, "a\n1970-01-01 00:00:00.250\n1970-01-01 00:00:01.5\n", ReadOptions{})
	require.Equal(t, []float64{0.25, 1.5}, tab.Floats(0))
	tab, _ = read(t, "a\n2010-03-01 00:00:00\n2011-03-01 00:00:00\n", ReadOptions{})
	require.InDelta(t, 86400, tab.Schema().Columns[0].Step, 0)
	require.Equal(t, "2006-01-02 15:04:05", tab.Schema().Columns[0].Layout)
}

func TestAmbiguousDates(t *testing.T) {
	tab, warned := read(t, "a;b\n01/02/2010;x\n03/04/2011;y\n", ReadOptions{})
	require.Equal(t, "02/01/2006", tab.Schema().Columns[0].Layout)
	require.Contains(t, warned, "ambiguous-date")

	var said *Error
	tab, err := ReadCSV(strings.NewReader("a;b\n01/02/2010;1/31/2010\n03/04/2011;12/1/2010\n"), ReadOptions{Warn: func(e *Error) { said = e }})
	require.NoError(t, err)
	require.Equal(t, "01/02/2006", tab.Schema().Columns[0].Layout)
	require.Equal(t, "1/2/2006", tab.Schema().Columns[1].Layout)
	require.Equal(t, `could be day/month or month/day in all rows. Taken as month/day, like "b"`, said.Reason)

	tab, warned = read(t, "a;b\n01/02/2010;x\n03/04/2011;y\n", ReadOptions{Schema: &Schema{Columns: []Column{{Name: "a", Kind: Date, Layout: "m/d/y"}}}})
	require.Equal(t, "01/02/2006", tab.Schema().Columns[0].Layout)
	require.NotContains(t, warned, "ambiguous-date")
}

// The row that decides may be any row: all are looked at.
func TestLastRowDecidesDates(t *testing.T) {
	text := "a\n" + strings.Repeat("01/02/2010\n03/04/2010\n", 5000) + "04/25/2010\n"
	tab, warned := read(t, text, ReadOptions{})
	require.Equal(t, "01/02/2006", tab.Schema().Columns[0].Layout)
	require.NotContains(t, warned, "ambiguous-date")
	require.Equal(t, text, written(t, tab))
}

func TestOverrides(t *testing.T) {
	text := "no;when;x;who\n5;1/2/2010;1.5;ann\n6;3/4/2010;2.5;bob\n5;5/6/2010;3;ann\n"
	kind := func(name string, k Kind) ReadOptions {
		return ReadOptions{Schema: &Schema{Columns: []Column{{Name: name, Kind: k}}}}
	}
	for _, k := range []Kind{Category, Ordered, ID, Text} {
		tab, _ := read(t, text, kind("x", k))
		require.Equal(t, k, tab.Schema().Columns[2].Kind)
		require.Equal(t, "as you said", tab.Schema().Columns[2].Why)
		require.Equal(t, text, written(t, tab))
	}
	tab, _ := read(t, text, kind("no", Decimal))
	require.Equal(t, Whole, tab.Schema().Columns[0].Kind)
	tab, _ = read(t, text, ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Kind: Decimal, Step: 0.25, Min: 0, Max: 10, Treat: Drop, Coarsen: "5"}}}})
	c := tab.Schema().Columns[2]
	require.Equal(t, []int64{6, 10, 12}, tab.Ints(2))
	require.Equal(t, []any{0.25, 0.0, 10.0, Drop, "5"}, []any{c.Step, c.Min, c.Max, c.Treat, c.Coarsen})
	tab, _ = read(t, text, ReadOptions{Schema: &Schema{Person: "no"}})
	require.Equal(t, ID, tab.Schema().Columns[0].Kind)
	_, persons := tab.Persons()
	require.Equal(t, 2, persons)
	tab, _ = read(t, text, ReadOptions{Schema: &Schema{Columns: []Column{{Name: "who", Kind: Ordered, Values: []string{"bob", "ann"}}}}})
	require.Equal(t, []string{"bob", "ann"}, tab.Schema().Columns[3].Values)
	require.Equal(t, []int32{1, 0, 1}, tab.Codes(3))
}

func TestOverridesThatTheCellsContradict(t *testing.T) {
	text := "no;when;name\n1;01/02/2010;zq7ann\n2;03/04/2010;zq7bob\n3;05/06/2010;zq7cid\n"
	for _, c := range []struct {
		column Column
		code   string
		line   int64
		says   string
	}{
		{Column{Name: "name", Kind: Whole}, "wrong-kind", 2, "3 of 3 cells are no numbers"},
		{Column{Name: "name", Kind: Decimal}, "wrong-kind", 2, "3 of 3 cells are no numbers"},
		{Column{Name: "name", Kind: Date}, "wrong-kind", 2, "3 of 3 cells are no dates"},
		{Column{Name: "when", Kind: Date, Layout: "2006-01-02"}, "wrong-kind", 2, "3 of 3"},
		{Column{Name: "when", Kind: Date, Layout: "y/m/d"}, "wrong-kind", 2, "3 of 3"},
		{Column{Name: "name", Kind: Category, Values: []string{"zq7ann"}}, "wrong-values", 3, "2 of 3"},
		{Column{Name: "nane", Kind: Text}, "no-such-column", 0, ""},
		{Column{Name: "name", Kind: 99}, "bad-schema", 0, ""},
	} {
		_, err := ReadCSV(strings.NewReader(text), ReadOptions{Schema: &Schema{Columns: []Column{c.column}}})
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.code, e.Code)
		require.Equal(t, c.line, e.Line)
		require.Contains(t, e.Reason, c.says)
		require.NotContains(t, e.Error(), "zq7")
	}
	e := readBad(t, text, ReadOptions{Schema: &Schema{Person: "nane"}})
	require.Equal(t, "no-such-column", e.Code)
	require.Contains(t, e.Fix, `"name"`)
	tab, _ := read(t, "x;y\n1;a\n2;a\n", ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Marks: []string{"b", "a"}}}}})
	require.Equal(t, []string{"a", "b"}, tab.Schema().Columns[0].Marks)
	// Marks, if most are numbers: even where nothing would make marks of them otherwise.
	tab, _ = read(t, "x;y\n1;a\n2;a\nzq7;b\nzq8;b\n3;a\n", ReadOptions{Schema: &Schema{Columns: []Column{{Name: "x", Kind: Whole}}}})
	require.Equal(t, []string{"zq7", "zq8"}, tab.Schema().Columns[0].Marks)
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		name, code string
		cells      []string
		opt        ReadOptions
	}{
		{"pupil id", "repeated-id", append(numbered(40, "%d"), "3"), ReadOptions{}},
		{"Student No", "repeated-id", repeat(5, numbered(40, "40%04d")...), ReadOptions{}},
		{"Full Name", "repeated-id", repeat(9, numbered(30, "zq7 %d")...), ReadOptions{}},
		{"x", "gaps-over-half", append(repeat(9, "NA"), repeat(4, "1", "2")...), ReadOptions{}},
		{"x", "gaps-over-half", repeat(9, ""), ReadOptions{}},
		{"x", "constant-column", repeat(9, "red"), ReadOptions{}},
		{"pupil", "all-different", numbered(40, "%d"), ReadOptions{}},
		{"remark", "text-repeats", append(numbered(30, "very long %d"), repeat(20, "none")...), ReadOptions{}},
		{"age", "one-value-per-person", repeat(2, "7", "8", "9"), ReadOptions{Schema: &Schema{Person: "plain"}}},
	} {
		_, warned := oneColumn(t, c.name, c.cells, c.opt)
		require.Contains(t, warned, c.code, c.name)
	}
	for _, c := range []struct {
		name  string
		cells []string
	}{
		{"x", repeat(9, "red", "green")}, {"Year name", repeat(9, "red", "green")},
		{"number of days", repeat(9, numbered(30, "40%02d")...)}, {"No", repeat(9, numbered(30, "%d")...)},
	} {
		_, warned := oneColumn(t, c.name, c.cells, ReadOptions{})
		require.Empty(t, warned, c.name)
	}
}

func TestOddRowsAreAskedAbout(t *testing.T) {
	rows := strings.Repeat("ann,5,6\nbob,7,8\n", 20)
	for code, text := range map[string]string{
		"second-header": "name,maths,art\nPoints,(Real),out of 10\n" + rows,
		"total-row":     "name,maths,art\n" + rows + "Total:,240,280\n",
	} {
		var said *Error
		tab, err := ReadCSV(strings.NewReader(text), ReadOptions{Warn: func(e *Error) { said = e }})
		require.NoError(t, err)
		require.Equal(t, 41, tab.Rows())
		require.Equal(t, code, said.Code)
		require.Equal(t, map[string]int64{"second-header": 2, "total-row": 42}[code], said.Line)
	}
	_, warned := read(t, "name,maths,art\n"+rows+"ann,ABS,ABS\n", ReadOptions{})
	require.Empty(t, warned)
	_, warned = read(t, "name,maths,art\n  Points Possible,100,50\n"+rows, ReadOptions{})
	require.Contains(t, warned, "second-header", "numbers alone do not show it")
}

func TestIDLayouts(t *testing.T) {
	for want, words := range map[string][]string{
		"99999":     {"00417", "12345", "99"},
		"SA-999":    {"SA-001", "SA-102", "SA-203", "SA-2"},
		"AA99A":     {"AB12C", "CD34E"},
		"a999-aaaa": {"e123-ab1c", "4567-1bcd"},
		"":          {strings.Repeat("x", 65)},
	} {
		if want == "SA-999" { // constant letters stand once there are enough rows to tell
			for i := range 20 {
				words = append(words, fmt.Sprintf("SA-%03d", i))
			}
			want = "SA-999"
		}
		require.Equal(t, strings.ReplaceAll(want, "SA-", "SA-"), idLayout(words))
	}
}

func TestTableShapes(t *testing.T) {
	for _, text := range []string{"a\n", "a,b\n", "a\n1\n", "a\nx\n", "a,b\n1,x\n", "a\n\"\"\n"} {
		tab, _ := read(t, text, ReadOptions{})
		require.Equal(t, text, written(t, tab))
	}
	tab, _ := read(t, "a\n1\n\n3\n\n\n", ReadOptions{})
	require.Equal(t, [][]string{{"1"}, {""}, {"3"}}, rowsOf(tab))
	var b strings.Builder
	b.WriteString("c,d\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "value %d,%d\n", i%10_000, i%7)
	}
	tab, _ = read(t, b.String(), ReadOptions{})
	require.Equal(t, Category, tab.Schema().Columns[0].Kind)
	require.Len(t, tab.Schema().Columns[0].Values, 10_000)
	require.Equal(t, b.String(), written(t, tab))
}
