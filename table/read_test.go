package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// read reads text that must be readable, and gives the codes of the warnings.
func read(t testing.TB, text string, opt ReadOptions) (tab *Table, warned []string) {
	t.Helper()
	opt.Warn = func(e *Error) { warned = append(warned, e.Code) }
	tab, err := ReadCSV(strings.NewReader(text), opt)
	require.NoError(t, err)
	return tab, warned
}

// readBad reads text that must not be readable.
func readBad(t testing.TB, text string, opt ReadOptions) *Error {
	t.Helper()
	_, err := ReadCSV(strings.NewReader(text), opt)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Reason)
	require.NotEmpty(t, e.Fix)
	return e
}

func written(t testing.TB, tab *Table) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteCSV(&b, tab))
	return b.String()
}

// rowsOf gives all cells.
func rowsOf(tab *Table) (rows [][]string) {
	for _, cells := range tab.Records() {
		rows = append(rows, slices.Clone(cells))
	}
	return rows
}

func utf16Text(text string, big bool) string {
	var b []byte
	encode := encoders[encUTF16LE]
	if big {
		encode = encoders[encUTF16BE]
	}
	for _, r := range text {
		b, _ = encode(b, r)
	}
	return string(b)
}

func TestDialectsComeBack(t *testing.T) {
	plain := "name,maths\nann,5\nbob,6\nann,7\n"
	for name, text := range map[string]string{
		"comma":            plain,
		"semicolon":        strings.ReplaceAll(plain, ",", ";"),
		"tab":              strings.ReplaceAll(plain, ",", "\t"),
		"bar":              strings.ReplaceAll(plain, ",", "|"),
		"CRLF":             strings.ReplaceAll(plain, "\n", "\r\n"),
		"BOM":              "\ufeff" + plain,
		"no last end":      strings.TrimSuffix(plain, "\n"),
		"no last CRLF":     "a,b\r\n1,2",
		"sep line":         "sep=;\nname;maths\nann;5\nbob;6\n",
		"sep line, odd":    "sep=:\r\nname:maths\r\nann:5\r\n",
		"quoted all":       "\"a\",\"b\"\n\"x\",\"1\"\n\"\",\"2\"\n",
		"quoted texts":     "a;b;c\n\"x\";1;\"5\"\n\"y\";2;\"6\"\n",
		"R's write.csv":    "\"id\",\"class\",\"mark\"\n1,\"x\",5\n2,NA,6\n3,\"y\",NA\n",
		"needed quotes":    "a,b\n\"x, y\",1\nz,2\n\"say \"\"hi\"\"\",3\n",
		"embedded newline": "a,b\n\"one\ntwo\",1\nx,2\n",
		"embedded CRLF":    "a,b\r\n\"one\r\ntwo\",1\r\nx,2\r\n",
		"newline in name":  "\"a\nb\",c\r\n1,2\r\n",
		"windows-1252":     "name,town\nJos\xe9,K\xf6ln\n\x80uro,\x93x\x94\n",
		"utf-8":            "name,town\nJosé,Köln\n日本,“x”\n",
		"utf-16le":         "\xff\xfe" + utf16Text("name\ttown\r\nJosé\t日本\r\n😀\tx\r\n", false),
		"utf-16be":         "\xfe\xff" + utf16Text("name\ttown\r\nJosé\t日本\r\n😀\tx\r\n", true),
		"utf-16le, no BOM": utf16Text("name,town\nann,york\n", false),
		"utf-16be, no BOM": utf16Text("name,town\nann,york\n", true),
		"decimal comma":    "a;b\n1,5;x\n22,25;y\n-3;z\n",
		"one column":       "maths\n5\n6\n7\n",
		"one row":          "a,b\n1,2\n",
		"header only":      "a,b\n",
		"blanks":           "a, b\n 1, x\n 2, y\n",
		"gaps":             "a,b,c\n1,NA,x\n,5,\nN/A,-,y\n?,.,NULL\n",
		"odd numbers":      "a,b\n007,1.50\n1,+2\n30,1e3\n5,-0\n4,2.\n3,.5\n2,2\n6,3\n8,4\n9,1\n10,1\n11,2\n12,1\n13,2\n14,3\n15,4\n16,1\n17,2\n18,3\n19,5\n20,1\n21,7\n",
		"row of gaps":      "a,b,c\n\"\",,\n1,2,3\n",
	} {
		t.Run(name, func(t *testing.T) {
			tab, err := ReadCSV(strings.NewReader(text), ReadOptions{})
			require.NoError(t, err)
			require.Equal(t, text, written(t, tab))
			require.Empty(t, tab.Rejected())
		})
	}
}

func TestDialectFields(t *testing.T) {
	tab, _ := read(t, "\ufeffa;b;c\r\n1,5;x;1.000\r\n2,5;y;2.500\r\n", ReadOptions{})
	require.Equal(t, Dialect{Encoding: "utf-8", Comma: ';', Decimal: ',', Thousand: '.', BOM: true, CRLF: true}, tab.Schema().Dialect)
	tab, _ = read(t, "a,b\nJos\xe9,1\n", ReadOptions{})
	require.Equal(t, "windows-1252", tab.Schema().Dialect.Encoding)
	text, ok := tab.Cell(0, 0)
	require.True(t, ok)
	require.Equal(t, "José", text)
}

func TestSeparatorIsTheEvenOne(t *testing.T) {
	for text, want := range map[string]rune{
		"a;b\n1,5;2,5\n3,5;4,5\n":                            ';',
		"name,remark\nx,\"a;b;c\"\ny,d;e\n":                  ',',
		"remark\nhello, you\nwell, well, well\nno\n":         ';',
		"wert\n1,5\n2,5\n":                                   ';',
		"a\tb, c\n1\t2\n3\t4\n":                              '\t',
		"a|b|c\n1|2|x,y\n3|4|z\n":                            '|',
		"a\n1\n":                                             ',',
		"a,b;c,d\n1,2;3,4\n5,6;7,8\n":                        ',',
		"a,b\n\"x;\ny;\nz\",1\n\"x;\ny;\",2\n\"x;y\",3\nx,1": ',',
	} {
		tab, _ := read(t, text, ReadOptions{})
		require.Equal(t, string(want), string(tab.Schema().Dialect.Comma), text)
	}
}

func TestOldMacLinesAreRead(t *testing.T) {
	tab, _ := read(t, "a,b\r1,2\r3,4\r", ReadOptions{})
	require.Equal(t, [][]string{{"1", "2"}, {"3", "4"}}, rowsOf(tab))
}

func TestOneByteAtATime(t *testing.T) {
	text := "a,b\r\n\"x \"\"y\"\"\r\nz\",1\r\n\"q\",2\r\n"
	tab, err := ReadCSV(iotest.OneByteReader(strings.NewReader(text)), ReadOptions{})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"x \"y\"\r\nz", "1"}, {"q", "2"}}, rowsOf(tab))
}

// Records that cross the ends of the buffer in every possible place come out whole.
func TestRecordsAcrossBuffers(t *testing.T) {
	var b strings.Builder
	b.WriteString("n,text\r\n")
	want := 0
	for b.Len() < 3*bufferSize {
		fmt.Fprintf(&b, "%d,\"row, %s\"\"%d\"\"\r\n\"\r\n", want, strings.Repeat("x", want%37), want)
		want++
	}
	tab, err := ReadCSV(iotest.HalfReader(strings.NewReader(b.String())), ReadOptions{})
	require.NoError(t, err)
	require.Equal(t, want, tab.Rows())
	for i, cells := range tab.Records() {
		require.Equal(t, []string{fmt.Sprint(i), fmt.Sprintf("row, %s\"%d\"\r\n", strings.Repeat("x", i%37), i)}, cells)
	}
	require.Equal(t, b.String(), written(t, tab))
}

func TestRowsSetAside(t *testing.T) {
	text := "a,b\n1,2\n3\n4,5\n\n\"x\"y,7\n8,9\n\"one\ntwo\",3\n6,7,8\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n\n\n"
	tab, warned := read(t, text, ReadOptions{})
	require.Equal(t, []Rejected{
		{3, "1 field where the header has 2", []byte("3\n")},
		{5, "a blank line", []byte("\n")},
		{6, "text follows a closing quote", []byte("\"x\"y,7\n")},
		{10, "3 fields where the header has 2", []byte("6,7,8\n")},
	}, tab.Rejected())
	require.Equal(t, 13, tab.Rows())
	require.Contains(t, warned, "rows-set-aside")
}

func TestTooManyRowsSetAside(t *testing.T) {
	e := readBad(t, "a;b,c\n1;2\n3;4\n5;6\n7;8\n", ReadOptions{Dialect: Dialect{Comma: ','}})
	require.Equal(t, "rejected-rows", e.Code)
	require.Equal(t, "4 of 4 rows do not have the header's 2 fields. The separator was taken to be a comma; the header also has semicolons", e.Reason)
	require.Equal(t, int64(2), e.Line)
	require.Contains(t, e.Fix, `";"`)

	text := "a,b\n1,2\n1,2\n1,2\n3\n"
	require.Equal(t, "rejected-rows", readBad(t, text, ReadOptions{}).Code)
	read(t, text, ReadOptions{MaxRejected: 0.3})
	require.Equal(t, "rejected-rows", readBad(t, "a,b\n"+strings.Repeat("1,2\n", 99)+"3\n", ReadOptions{MaxRejected: -1}).Code)
}

// A table of the wrong separator is not gathered to its end, row by row, as rows set aside.
func TestHopelessTableStopsEarly(t *testing.T) {
	r := &countingReader{r: io.MultiReader(strings.NewReader("a,b\n"), strings.NewReader(strings.Repeat("x\n", 2_000_000)))}
	_, err := ReadCSV(r, ReadOptions{Dialect: Dialect{Comma: ','}})
	require.ErrorContains(t, err, "100,000 of 100,000 rows")
	require.Less(t, r.n, 1_000_000)
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestBadInput(t *testing.T) {
	long := strings.Repeat("zq7\n", 3)
	for _, c := range []struct {
		name, text, code string
		line             int64
	}{
		{"empty", "", "empty-file", 0},
		{"blank", "\n \n\r\n", "empty-file", 0},
		{"only a mark", "\ufeff", "empty-file", 0},
		{"only sep", "sep=;\n", "empty-file", 0},
		{"duplicate names", "a,b,a\nzq7,2,3\n", "duplicate-column", 1},
		{"empty name", "a,,c\nzq7,2,3\n", "empty-header", 1},
		{"empty name at the end, with cells", "a,b,\nzq7,2,3\n", "empty-header", 1},
		{"NUL", "a,b\nx,1\nzq7\x00,2\n", "nul-byte", 3},
		{"NUL in quotes", "a,b\nx,1\n\"zq7\x00\",2\n", "nul-byte", 3},
		{"NUL in the header", "a\x00,b\nzq7,1\n", "nul-byte", 1},
		{"open quote", "a,b\nx,1\n\"one\ntwo\",2\ny,\"zq7\nz,3\n" + long, "unclosed-quote", 5},
		{"open quote, huge", "a,b\nx,1\ny,\"zq7\n" + strings.Repeat("line of text, with comma\n", maxRecord/24), "unclosed-quote", 3},
		{"one endless line", "a,b\n" + strings.Repeat("zq7,", maxRecord/3), "long-line", 2},
		{"two encodings", "a,b\nzq7,Köln\nzq7,K\xf6ln\n", "mixed-encoding", 3},
		{"two encodings, header", "K\xf6ln,b\nzq7,Köln\n", "mixed-encoding", 1},
		{"BOM and another encoding", "\ufeffa,b\nx,1\nzq7,K\xf6ln\n", "bad-encoding", 3},
		{"half a character", "\xff\xfea\x00,\x00b\x00\n\x00z\x00q", "bad-encoding", 2},
		{"lone surrogate", "\xff\xfea\x00\n\x00z\x00q\x00\x00\xd8z\x00", "bad-encoding", 2},
		{"header with junk", "\"a\"b,c\n1,2\n", "bad-header", 1},
		{"no header, repeats", "25,zq7,226802,7,0,0,40\n38,zq7,89814,9,0,0,50\n", "duplicate-column", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := readBad(t, c.text, ReadOptions{})
			require.Equal(t, c.code, e.Code, e.Error())
			require.Equal(t, c.line, e.Line)
			require.NotContains(t, e.Error(), "zq7")
		})
	}
}

func TestNoErrorShowsACell(t *testing.T) {
	var all []string
	hear := func(e *Error) { all = append(all, e.Error()) }
	marked := "id,zeit,wert,name\n"
	for i := range 40 {
		marked += fmt.Sprintf("zq7%d,zq7/%d,%d,zq7 name\n", i%30, i, i)
	}
	for _, text := range []string{marked, marked + "zq7\n", "zq7a,zq7b\n\"zq7\"zq7,1\n", marked + "\"zq7", "a,b\nzq7,2\nzq7,1,1\n"} {
		for _, kind := range []Kind{Auto, Whole, Date, Ordered, ID, Category} {
			opt := ReadOptions{Warn: hear}
			if kind != Auto {
				opt.Schema = &Schema{Columns: []Column{{Name: "zeit", Kind: kind, Values: []string{"x"}[:min(1, int(kind)%6)]}}, Person: "id"}
			}
			if _, err := ReadCSV(strings.NewReader(text), opt); err != nil {
				all = append(all, err.Error())
			}
		}
	}
	require.Greater(t, len(all), 20)
	for _, e := range all {
		require.NotContains(t, strings.NewReplacer("zq7a", "", "zq7b", "").Replace(e), "zq7")
	}
}

func TestDuplicateNamesAreNamed(t *testing.T) {
	require.Contains(t, readBad(t, "Maths,x,Maths\n1,2,3\n", ReadOptions{}).Reason, `"Maths"`)
	e := readBad(t, "25,zq7,0,0\n1,2,3,4\n", ReadOptions{})
	require.Contains(t, e.Reason, "looks like a row")
	require.NotContains(t, e.Error(), `"0"`)
	require.Contains(t, readBad(t, "a,,b,\n1,2,3,4\n", ReadOptions{}).Reason, "columns 2, 4")
}

func TestRowInPlaceOfTheHeader(t *testing.T) {
	_, warned := read(t, "25,zq7,226802\n38,x,89814\n", ReadOptions{})
	require.Contains(t, warned, "no-header")
	_, warned = read(t, "school,2019,2020\nx,1,2\ny,3,4\n", ReadOptions{})
	require.NotContains(t, warned, "no-header")
}

func TestEmptyColumnsAtTheEndGo(t *testing.T) {
	tab, warned := read(t, "a,b,,\n1,2,,\n3,4,,\n", ReadOptions{})
	require.Equal(t, 2, tab.Cols())
	require.Equal(t, []string{"empty-column"}, warned)
}

// pandas writes the numbers of the rows first, under no name.
func TestNumbersOfRowsGo(t *testing.T) {
	tab, warned := read(t, ",a,b\n0,1,2\n7,3,4\n3,5,6\n", ReadOptions{})
	require.Equal(t, [][]string{{"1", "2"}, {"3", "4"}, {"5", "6"}}, rowsOf(tab))
	require.Equal(t, []string{"index-column"}, warned)
	var long strings.Builder
	long.WriteString(",a\n")
	for i := range 3 * firstWatch {
		fmt.Fprintf(&long, "%d,x\n", i)
	}
	tab, _ = read(t, long.String(), ReadOptions{})
	require.Equal(t, 1, tab.Cols())
	for _, text := range []string{",a\n1,2\n1,3\n", ",a\n1,2\nzq7,3\n", ",a\n1,2\n,3\n", ",a\n1.5,2\n2,3\n", "a,\n2,1\n3,2\n", ",a\n1,2\n"} {
		require.Equal(t, "empty-header", readBad(t, text, ReadOptions{}).Code, text)
	}
}

func TestEmptyRowsAtTheEnd(t *testing.T) {
	tab, warned := read(t, "a,b,c\n1,2,3\n,,\n4,5,6\n,,\n\n,,\n", ReadOptions{})
	require.Equal(t, [][]string{{"1", "2", "3"}, {"", "", ""}, {"4", "5", "6"}}, rowsOf(tab))
	require.Equal(t, []Rejected{{5, "an empty row at the end", []byte(",,\n")}, {7, "an empty row at the end", []byte(",,\n")}}, tab.Rejected())
	require.Contains(t, warned, "rows-set-aside")
	require.Equal(t, "a,b,c\n1,2,3\n\"\",,\n4,5,6\n", written(t, tab), "quotes keep what is a row")
}

func TestSkippedRows(t *testing.T) {
	text := "Marks; spring term, Y9\nname,maths\nPoints,(Real)\nann,5\nbob,6\nTotal,11\n"
	tab, warned := read(t, text, ReadOptions{SkipRows: []int64{1, 3, 6}})
	require.Equal(t, "name,maths\nann,5\nbob,6\n", written(t, tab))
	require.Empty(t, tab.Rejected())
	require.Empty(t, warned)
}

func TestForeignFormats(t *testing.T) {
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	zip := "PK\x03\x04\x14\x00\x00\x00"
	for code, text := range map[string]string{
		"excel-old":    ole + utf16Text("Workbook", false),
		"excel-locked": ole + utf16Text("EncryptedPackage", false),
		"excel-xlsx":   zip + "[Content_Types].xml" + zip + "xl/workbook.xml",
		"word":         zip + "[Content_Types].xml" + zip + "word/document.xml",
		"ods":          zip + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
		"numbers":      zip + "Index/Document.iwa",
		"pdf":          "%PDF-1.7\n",
		"parquet":      "PAR1\x15\x04\x00\x00",
		"compressed":   "\x1f\x8b\x08\x00\x00\x00",
		"html":         "<html><table><tr><td>zq7</td></tr></table></html>",
		"json":         `[{"a": 1}]`,
		"xml":          "<?xml version=\"1.0\"?><Workbook/>",
		"database":     "SQLite format 3\x00\x10\x00",
		"spss":         "$FL2@(#) SPSS DATA FILE\x00",
	} {
		e := readBad(t, text, ReadOptions{})
		require.Equal(t, code, e.Code)
		require.NotContains(t, e.Error(), "zq7")
	}
	tab, _ := read(t, "PAR1,b\n1,2\n", ReadOptions{})
	require.Equal(t, 2, tab.Cols())
}

func TestReaderThatFails(t *testing.T) {
	broken := errors.New("broken")
	for _, head := range []string{"", "a,b\n1,2\n3"} {
		_, err := ReadCSV(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)), ReadOptions{})
		require.ErrorIs(t, err, broken)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "unreadable", e.Code)
	}
}

func TestEncodingOverrides(t *testing.T) {
	tab, _ := read(t, "a,b\nK\xc3\xb6ln,1\n", ReadOptions{Dialect: Dialect{Encoding: "CP1252"}})
	text, _ := tab.Cell(0, 0)
	require.Equal(t, "KÃ¶ln", text)
	require.Equal(t, "a,b\nK\xc3\xb6ln,1\n", written(t, tab))
	require.Equal(t, "bad-encoding", readBad(t, "a,b\nK\xf6ln,1\n", ReadOptions{Dialect: Dialect{Encoding: "utf-8"}}).Code)
	require.Equal(t, "no-such-encoding", readBad(t, "a,b\n", ReadOptions{Dialect: Dialect{Encoding: "ebcdic"}}).Code)
	upper := func(r io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(r)
		return bytes.NewReader(bytes.ToUpper(b)), err
	}
	tab, _ = read(t, "a,b\nx,1\n", ReadOptions{Decode: upper})
	require.Equal(t, "A,B\nX,1\n", written(t, tab))
}

func TestCharacterThatTheEncodingLacks(t *testing.T) {
	s := &Schema{Columns: []Column{{Name: "a", Kind: Text}}, Dialect: Dialect{Encoding: "windows-1252"}}
	tab, err := New(s, []any{[]string{"zq7 日本"}})
	require.NoError(t, err)
	err = WriteCSV(io.Discard, tab)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "cannot-encode", e.Code)
	require.NotContains(t, e.Error(), "zq7")
}

func TestProgressEndsWithAll(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1000)
	var calls [][2]int64
	read(t, text, ReadOptions{Progress: func(phase string, done, total int64) {
		require.Equal(t, "read", phase)
		calls = append(calls, [2]int64{done, total})
	}})
	require.Equal(t, [2]int64{int64(len(text)), int64(len(text))}, calls[len(calls)-1])
}

func TestFromRecords(t *testing.T) {
	records := [][]string{{"1", "x, y"}, {"2"}, {"3,5", ""}, {"1", "a"}, {"2", "b"}, {"3", "c"}}
	tab, err := FromRecords([]string{"n", "text"}, slices.Values(records), ReadOptions{})
	require.NoError(t, err)
	require.Equal(t, 5, tab.Rows())
	require.Equal(t, []Rejected{{3, "1 field where the header has 2", []byte("2")}}, tab.Rejected())
	require.Equal(t, "n,text\n1,\"x, y\"\n\"3,5\",\n1,a\n2,b\n3,c\n", written(t, tab))
	_, err = FromRecords([]string{"a", "a"}, slices.Values(records[:0]), ReadOptions{})
	require.ErrorContains(t, err, `"a"`)
	_, err = FromRecords(nil, slices.Values(records[:0]), ReadOptions{})
	require.Error(t, err)
}

func TestCSVWriterParts(t *testing.T) {
	tab, _ := read(t, "a,b\nx,1\ny,2\nz,3", ReadOptions{})
	var whole bytes.Buffer
	w := NewCSVWriter(&whole, tab.Schema())
	for i := range 3 {
		require.NoError(t, w.Write(tab.Select([]int{i})))
	}
	require.NoError(t, w.Flush())
	require.Equal(t, "a,b\nx,1\ny,2\nz,3\n", whole.String())

	var tail bytes.Buffer
	w = NewCSVWriter(&tail, tab.Schema())
	w.NoHeader = true
	require.NoError(t, w.Write(tab.Select([]int{2})))
	require.NoError(t, w.Flush())
	require.Equal(t, "z,3\n", tail.String())
}

func TestWriterThatFails(t *testing.T) {
	tab, _ := read(t, "a,b\n"+strings.Repeat("some text,1\n", 20000), ReadOptions{})
	full := errors.New("full")
	require.ErrorIs(t, WriteCSV(&failAfter{n: 100_000, err: full}, tab), full)
}

type failAfter struct {
	n   int
	err error
}

func (f *failAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestLinesToLeaveOutExist(t *testing.T) {
	for _, end := range []string{"", "\n"} {
		_, err := ReadCSV(strings.NewReader("a,b\n1,2\n3,4"+end), ReadOptions{SkipRows: []int64{3}})
		require.NoError(t, err)
		var e *Error
		_, err = ReadCSV(strings.NewReader("a,b\n1,2\n3,4"+end), ReadOptions{SkipRows: []int64{4}})
		require.ErrorAs(t, err, &e)
		require.Equal(t, "no-such-line", e.Code)
		require.EqualValues(t, 4, e.Line)
	}
}

// Rows that don't follow a clear header are set aside, and too many of them are an error: they are not one wide column.
func TestRaggedRowsAreNoColumn(t *testing.T) {
	text := "a,b,c,d\n" + strings.Repeat("1,2\n", 50) + strings.Repeat("1,2,3,4\n", 10)
	var e *Error
	_, err := ReadCSV(strings.NewReader(text), ReadOptions{})
	require.ErrorAs(t, err, &e)
	require.Equal(t, "rejected-rows", e.Code)
}
