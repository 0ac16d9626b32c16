package table

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A cellWriter gives the texts of one column. It is cheap to make and remembers where it is, so that going through the
// rows in order is fast.
type cellWriter struct {
	column  *Column
	missing string
	grid    grid
	format  numberFormat
	layout  string // of dates
	next    int    // where in column.odd the search goes on
}

func newCellWriter(s *Schema, col int) cellWriter {
	c := &s.Columns[col]
	w := cellWriter{column: c}
	if len(c.Missing) > 0 {
		w.missing = c.Missing[0]
	}
	switch c.Kind {
	case Whole, Decimal:
		w.grid = newGrid(c.Step)
		w.format = newNumberFormat(c, &s.Dialect)
	case Date:
		w.grid = newGrid(c.Step)
		w.layout = c.Layout
		if w.layout == "" {
			w.layout = defaultLayout(w.grid)
		}
	}
	return w
}

// append adds the text of a cell as it stood in the file; ok is false where it is missing.
func (w *cellWriter) append(dst []byte, c *column, row int) (b []byte, ok bool) {
	var value int64
	if c.nums != nil {
		value = c.nums[row]
		ok = value != noNumber
	} else {
		value = int64(c.codes[row])
		ok = value >= 0
	}
	if len(c.odd) > 0 {
		if text, odd := w.odd(c, row); odd {
			return append(dst, text...), ok
		}
	}
	switch {
	case !ok:
		return append(dst, w.missing...), false
	case c.nums != nil:
		return w.appendNumber(dst, value), true
	case w.column.Kind.closed():
		return append(dst, w.column.Values[value]...), true
	default:
		return append(dst, c.words[value]...), true
	}
}

// appendNumber adds the canonical text of n multiples of the step, or of a mark.
func (w *cellWriter) appendNumber(dst []byte, n int64) []byte {
	switch {
	case n == noNumber:
		return append(dst, w.missing...)
	case n < lowestNumber:
		return append(dst, w.column.Marks[n-noNumber-1]...)
	case w.column.Kind == Date:
		return appendDate(dst, n, w.grid, w.layout)
	default:
		return w.format.append(dst, n, w.grid)
	}
}

// odd looks a row up in c.odd: first where the last search ended, then anywhere.
func (w *cellWriter) odd(c *column, row int) (text string, ok bool) {
	i, r := w.next, int32(row)
	if i > len(c.odd) || i > 0 && c.odd[i-1] >= r || i < len(c.odd) && c.odd[i] < r {
		i = searchInt32(c.odd, r)
	}
	w.next = i
	if i < len(c.odd) && c.odd[i] == r {
		w.next++
		return c.oddText[i], true
	}
	return "", false
}

// searchInt32 gives the index of the first element that is not below x.
func searchInt32(s []int32, x int32) int {
	lo, hi := 0, len(s)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// WriteCSV writes t in the dialect of its schema. CSVWriter does the same for Chunks; only the part that holds row 0
// should have a header, so that parts put together are the whole file.
func WriteCSV(w io.Writer, t *Table) error {
	c := NewCSVWriter(w, t.schema)
	c.open = t.schema.Dialect.NoLastEnd
	if err := c.Write(t); err != nil {
		return err
	}
	return c.Flush()
}

// A CSVWriter writes tables of one schema one after the other, as parts of one file.
type CSVWriter struct {
	NoHeader bool
	w        *bufio.Writer
	schema   *Schema
	comma    string
	end      string
	started  bool
	open     bool // the last line has no end: ends are written before lines
	lines    int
	cells    []cellWriter
	known    [][]knownField // by column
	line     []byte         // in UTF-8
	cell     []byte
	encoded  []byte
}

// A knownField is how a cell is written that was written before: most columns have few different ones. Its place is a part of the
// value's bits.
type knownField struct {
	value int64
	text  []byte // with the separator before it; nil: no value is known
}

const knownFields = 256 // of a column

// NewCSVWriter makes a writer in the dialect of s. Its zero fields mean UTF-8, a comma, a decimal point, LF and quotes
// only where needed.
func NewCSVWriter(w io.Writer, s *Schema) *CSVWriter {
	c := &CSVWriter{w: bufio.NewWriterSize(w, 1<<16), schema: s, comma: ",", end: "\n"}
	if s.Dialect.Comma != 0 {
		c.comma = string(s.Dialect.Comma)
	}
	if s.Dialect.CRLF {
		c.end = "\r\n"
	}
	for i := range s.Columns {
		c.cells = append(c.cells, newCellWriter(s, i))
	}
	c.known = make([][]knownField, len(c.cells))
	return c
}

// Write adds the rows of t, which must have the columns of the schema. A cell that the encoding can't spell is an
// *Error; others come from the writer beneath.
func (w *CSVWriter) Write(t *Table) error {
	if len(t.cols) != len(w.cells) {
		panic("table: CSVWriter: a table of " + strconv.Itoa(len(t.cols)) + " columns for a schema of " + strconv.Itoa(len(w.cells)))
	}
	if err := w.start(); err != nil {
		return err
	}
	for row := range t.rows {
		w.line = w.line[:0]
		for c := range w.cells {
			col := &t.cols[c]
			if value, ok := w.stable(c, col, row); ok {
				w.again(c, col, row, value)
			} else {
				w.write(c, col, row)
			}
		}
		// A row without any cell would be taken for what spreadsheets leave behind at the end.
		if n := len(w.cells); n > 2 && len(w.line) == (n-1)*len(w.comma) {
			w.line = append([]byte(`""`), w.line...)
		}
		if err := w.flushLine(); err != nil {
			return err
		}
	}
	return nil
}

// stable gives what a cell holds, if that alone says how it is written, in every table of the schema.
func (w *CSVWriter) stable(c int, col *column, row int) (value int64, ok bool) {
	switch {
	case len(col.odd) > 0:
		return 0, false
	case col.nums != nil:
		return col.nums[row], true
	}
	return int64(col.codes[row]), w.cells[c].column.Kind.closed()
}

// again adds a cell as it was written before, or writes it and remembers how.
func (w *CSVWriter) again(c int, col *column, row int, value int64) {
	if w.known[c] == nil {
		w.known[c] = make([]knownField, knownFields)
	}
	k := &w.known[c][uint64(value)%knownFields]
	if k.text != nil && k.value == value {
		w.line = append(w.line, k.text...)
		return
	}
	from := len(w.line)
	w.write(c, col, row)
	k.value, k.text = value, append(k.text[:0], w.line[from:]...)
}

// write adds a cell to the line.
func (w *CSVWriter) write(c int, col *column, row int) {
	var ok bool
	w.cell, ok = w.cells[c].append(w.cell[:0], col, row)
	w.field(c, w.schema.Dialect.QuoteAll || ok && w.schema.Columns[c].Quoted)
}

// Flush writes what is still in memory, and the header if no table was written.
func (w *CSVWriter) Flush() error {
	if err := w.start(); err != nil {
		return err
	}
	return w.w.Flush()
}

// start writes what stands before the first row.
func (w *CSVWriter) start() error {
	if w.started {
		return nil
	}
	w.started = true
	if w.NoHeader {
		return nil
	}
	d := &w.schema.Dialect
	if d.BOM {
		if err := w.encode([]byte("\ufeff")); err != nil {
			return err
		}
	}
	if d.SepLine {
		w.line = append(append(w.line[:0], "sep="...), w.comma...)
		if err := w.flushLine(); err != nil {
			return err
		}
	}
	w.line = w.line[:0]
	for c := range w.schema.Columns {
		w.cell = append(w.cell[:0], w.schema.Columns[c].Name...)
		// A first name such as "sep=;" must not be taken for the line that names the separator.
		w.field(c, d.QuoteAll || d.QuoteHeader || c == 0 && len(w.cell) >= 4 && strings.EqualFold(string(w.cell[:4]), "sep="))
	}
	return w.flushLine()
}

// field adds w.cell to the line as field c.
func (w *CSVWriter) field(c int, quote bool) {
	if c > 0 {
		w.line = append(w.line, w.comma...)
	}
	if !quote && !w.needsQuotes(c) {
		w.line = append(w.line, w.cell...)
		return
	}
	w.line = append(w.line, '"')
	for _, b := range w.cell {
		if b == '"' {
			w.line = append(w.line, '"')
		}
		w.line = append(w.line, b)
	}
	w.line = append(w.line, '"')
}

// needsQuotes tells whether w.cell could be misread without quotes. Alone on its line, an empty cell would be no row.
func (w *CSVWriter) needsQuotes(c int) bool {
	if len(w.cell) == 0 {
		return len(w.cells) == 1
	}
	for _, b := range w.cell {
		if b <= '"' && (b == '"' || b == '\n' || b == '\r' || b == '\t') || b == w.comma[0] {
			return len(w.comma) == 1 || strings.Contains(string(w.cell), w.comma)
		}
	}
	return false
}

// flushLine ends the line and hands it on.
func (w *CSVWriter) flushLine() error {
	if w.open {
		if w.lines > 0 {
			w.line = append([]byte(w.end), w.line...)
		}
	} else {
		w.line = append(w.line, w.end...)
	}
	w.lines++
	return w.encode(w.line)
}

// encode writes UTF-8 text in the encoding of the dialect.
func (w *CSVWriter) encode(text []byte) error {
	encode := encoders[w.schema.Dialect.Encoding]
	if encode == nil {
		_, err := w.w.Write(text)
		return err
	}
	w.encoded = w.encoded[:0]
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		b, ok := encode(w.encoded, r)
		if !ok {
			return &Error{Code: "cannot-encode", Reason: "a cell or a name has a character that " + w.schema.Dialect.Encoding + " does not have",
				Fix: "write the table as utf-8"}
		}
		w.encoded, text = b, text[n:]
	}
	_, err := w.w.Write(w.encoded)
	return err
}
