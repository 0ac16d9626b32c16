package table

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// ReadOptions overrides what ReadCSV finds by itself. The zero value finds everything.
type ReadOptions struct {
	// Schema overrides by column name; Auto and zero fields are inferred. Nil infers everything. The Layout of a Date may
	// also be an order of day, month and year: "d/m/y", "m/d/y", "y/m/d". Decimal with a Step of 0 is any number.
	Schema  *Schema
	Dialect Dialect // zero fields are detected
	// MaxRejected is the share of rows that may be set aside before ReadCSV fails: 0 is 0.2, for a wrong delimiter
	// shows as many bad rows; a negative value allows none.
	MaxRejected float64
	// SkipRows are lines of the input, counted from 1, that are left out: titles, second headers, totals.
	SkipRows []int64
	// Decode replaces the detection of the encoding, for code pages that this package does not know. What it gives is
	// taken as UTF-8, and so is the table when it is written again.
	Decode   func(io.Reader) (io.Reader, error)
	Progress func(phase string, done, total int64) // bytes read; total is 0 where unknown
	Warn     func(*Error)
}

func (o *ReadOptions) warn(e *Error) {
	if o.Warn != nil {
		o.Warn(e)
	}
}

// skips tells whether a line is left out.
func (o *ReadOptions) skips(line int64) bool {
	return len(o.SkipRows) > 0 && slices.Contains(o.SkipRows, line)
}

// maxRejected gives the share with its default.
func (o *ReadOptions) maxRejected() float64 {
	switch {
	case o.MaxRejected == 0:
		return 0.2
	case o.MaxRejected < 0:
		return 0
	}
	return o.MaxRejected
}

// headSize is how much of the input the choice of the dialect sees, in bytes.
const headSize = 1 << 16

// ReadCSV reads a table with a header. Encoding (UTF-8, UTF-16, Windows-1252), delimiter, quotes, decimal mark and the
// kind of every column are found from all rows; opt overrides any of it. A row that can't be read is kept in Rejected.
// Memory is bound by the columns, not by the input, which is read once, piece by piece. Errors are of type *Error.
func ReadCSV(r io.Reader, opt ReadOptions) (*Table, error) {
	rd := &reader{opt: opt, dialect: opt.Dialect}
	if err := rd.open(r); err != nil {
		return nil, err
	}
	if err := rd.readHeader(); err != nil {
		return nil, err
	}
	if err := rd.readRows(); err != nil {
		return nil, err
	}
	if err := rd.checkRejected(); err != nil {
		return nil, err
	}
	return rd.table()
}

// FromRecords makes a table from rows of text, for example from a database cursor. Lines in errors and in Rejected count
// the header as line 1. The slices may be reused by the caller.
func FromRecords(header []string, records iter.Seq[[]string], opt ReadOptions) (*Table, error) {
	rd := &reader{opt: opt, dialect: opt.Dialect}
	if rd.dialect.Comma == 0 {
		rd.dialect.Comma = ','
	}
	rd.setHeader(header)
	line := int64(1)
	for record := range records {
		line++
		if opt.skips(line) {
			continue
		}
		if len(record) != len(header) {
			rd.reject(line, rd.fieldsReason(len(record)), []byte(strings.Join(record, string(rd.dialect.Comma))))
			continue
		}
		rd.startRow(line)
		for i, cell := range record {
			rd.cols[i].add([]byte(cell), plainFlag)
		}
		if err := rd.endRow(); err != nil {
			return nil, err
		}
	}
	if err := rd.checkRejected(); err != nil {
		return nil, err
	}
	return rd.table()
}

// A reader gathers the cells of a table.
type reader struct {
	opt         ReadOptions
	s           *scanner
	dialect     Dialect
	header      []string
	headerPlain bool // a name stands without quotes
	headerNeeds bool // every quoted name needs its quotes
	headerRaw   string
	headerAt    int64
	cols        []*gather
	cells       []field // of the last rows, not yet in cols; they lie in the buffer of the scanner
	rows        int
	lines       []lineMark
	rejected    []Rejected
	blanks      []Rejected // blank lines that may be the end of the file
	uncounted   int        // rejected rows that say nothing about the separator
}

// A lineMark says that from row on, row r stands in line r + shift.
type lineMark struct {
	row   int
	shift int64
}

// open finds encoding and separator and prepares the scanner.
func (rd *reader) open(r io.Reader) error {
	total := inputSize(r)
	br := bufio.NewReaderSize(r, headSize)
	head, err := br.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(1, err)
	}
	if len(head) == 0 {
		return &Error{Code: "empty-file", Reason: "the file is empty", Fix: "export the table again, with one header row"}
	}
	if f, ok := sniffForeign(head); ok && rd.opt.Decode == nil {
		return &Error{Code: f.code, Reason: "this is " + f.name + ", which is not read here", Fix: f.fix}
	}
	if br, err = rd.decoded(br, head); err != nil {
		return err
	}
	head, err = br.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(1, err)
	}
	s := newScanner(br)
	s.read = rd.progress(total)
	rd.s = s
	eol := lineEnd(head)
	comma, skip := sepLine(head, eol)
	if skip > 0 {
		rd.dialect.SepLine = true
		br.Discard(skip)
		s.line++
		head = head[skip:]
	}
	switch c := rd.opt.Dialect.Comma; {
	case c != 0 && !separates(c):
		return &Error{Code: "bad-separator", Reason: "a separator is one character of ASCII, and no letter, digit, quote or line end", Fix: `take one of "," ";" "|" or a tab`}
	case c != 0:
		comma = byte(c)
	case skip == 0:
		comma = sniff(head, eol, err != nil, rd.skipsFrom(s.line))
	}
	s.setDialect(comma, eol)
	rd.dialect.Comma = rune(comma)
	return nil
}

// skipsFrom gives the lines to leave out, counted anew from the line given.
func (rd *reader) skipsFrom(first int64) []int64 {
	lines := slices.Clone(rd.opt.SkipRows)
	for i := range lines {
		lines[i] -= first - 1
	}
	return lines
}

// progress gives a function that counts bytes and reports them at most ten times a second.
func (rd *reader) progress(total int64) func(n int) {
	if rd.opt.Progress == nil {
		return nil
	}
	var done int64
	var last time.Time
	return func(n int) {
		done += int64(n)
		if now := time.Now(); n == 0 || now.Sub(last) >= 100*time.Millisecond {
			last = now
			rd.opt.Progress("read", done, max(total, 0))
		}
	}
}

// inputSize gives the bytes of files and of readers in memory, else 0.
func inputSize(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

func readError(line int64, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: "unreadable", Line: line, Reason: "the input broke off: " + err.Error(), Fix: "copy the file to this computer and try again", Err: err}
}

// readHeader takes the first record that is not blank as names.
func (rd *reader) readHeader() error {
	s := rd.s
	for {
		if !s.next() {
			if err := rd.scanError(); err != nil {
				return err
			}
			return &Error{Code: "empty-file", Reason: "the file has no header and no rows", Fix: "export the table again, with one header row"}
		}
		if s.nul {
			return rd.scanError()
		}
		if !s.blank() && !rd.opt.skips(s.at) {
			break
		}
	}
	if s.reason != "" {
		return &Error{Code: "bad-header", Line: s.at, Reason: "in the header, " + s.reason, Fix: "write the header as names between separators"}
	}
	rd.dialect.CRLF = rd.opt.Dialect.CRLF || s.eol == '\n' && bytes.HasSuffix(s.raw(), []byte("\r\n"))
	rd.headerRaw, rd.headerAt = string(s.raw()), s.at
	rd.headerNeeds = true
	names := make([]string, len(s.fields))
	for i := range s.fields {
		f := &s.fields[i]
		names[i] = string(s.text(f))
		if !f.quoted {
			rd.headerPlain = true
		} else if !needsQuotes(names[i], s.comma) {
			rd.headerNeeds = false
		}
	}
	rd.setHeader(names)
	return nil
}

func (rd *reader) setHeader(names []string) {
	rd.header = append([]string(nil), names...)
	rd.cols = make([]*gather, len(names))
	for i := range rd.cols {
		rd.cols[i] = newGather()
	}
}

// readRows gathers all rows after the header.
func (rd *reader) readRows() error {
	s, width := rd.s, len(rd.cols)
	s.moving = rd.gatherCells
	for s.next() {
		if s.nul {
			break
		}
		if rd.opt.skips(s.at) {
			continue
		}
		if len(s.fields) == 1 && s.blank() {
			rd.blanks = append(rd.blanks, Rejected{Line: s.at, Reason: blankLine, Raw: bytes.Clone(s.raw())})
			continue
		}
		if s.fields[0].start == s.fields[0].end && len(s.fields) == width && s.empty() {
			rd.blanks = append(rd.blanks, Rejected{Line: s.at, Reason: emptyRow, Raw: bytes.Clone(s.raw())})
			continue
		}
		if len(s.fields) != width || s.reason != "" {
			reason := s.reason
			if reason == "" {
				reason = rd.fieldsReason(len(s.fields))
			}
			rd.reject(s.at, reason, s.raw())
			if n := rd.rows + len(rd.rejected); n%100_000 == 0 && rd.tooMany() {
				return rd.checkRejected()
			}
			continue
		}
		if len(rd.blanks) > 0 {
			rd.gatherCells()
			if err := rd.keepBlanks(); err != nil {
				return err
			}
		}
		rd.startRow(s.at)
		if rd.cells = append(rd.cells, s.fields...); len(rd.cells) >= maxCells {
			rd.gatherCells()
		}
		if err := rd.endRow(); err != nil {
			return err
		}
	}
	rd.gatherCells()
	rd.endBlanks()
	rd.dialect.NoLastEnd = s.eof && s.end > 0 && s.pos == s.end && s.buf[s.end-1] != s.eol
	if err := rd.scanError(); err != nil {
		return err
	}
	return rd.checkSkipped()
}

// checkSkipped refuses lines to leave out that the file does not have: the wrong file or the wrong number is meant.
func (rd *reader) checkSkipped() error {
	for _, line := range rd.opt.SkipRows {
		if last := rd.s.line - 1; line < 1 || line > last {
			return &Error{Code: "no-such-line", Line: line, Reason: "this line is to be left out, but the file has " + thousands(int(last)) + " lines",
				Fix: "count lines from 1, the header included"}
		}
	}
	return nil
}

// maxCells is about how many cells wait until they are gathered.
const maxCells = 1024

// gatherCells adds the cells of the last rows to their columns, column by column: while the processor works on one, it
// needs few other data and can foresee what comes next.
func (rd *reader) gatherCells() {
	if len(rd.cells) == 0 {
		return
	}
	for i, col := range rd.cols {
		col.addFields(rd.s, rd.cells[i:], len(rd.cols))
	}
	rd.cells = rd.cells[:0]
}

// Rows without any cell. At the end of the input they are no rows: blank lines say nothing, and empty rows are left behind
// by spreadsheets. Between others an empty row is a person of whom nothing is known, and a blank line is a fault.
const (
	blankLine = "a blank line"
	emptyRow  = "an empty row at the end"
)

// keepBlanks deals with rows without any cell that turned out not to be the end.
func (rd *reader) keepBlanks() error {
	for _, b := range rd.blanks {
		if b.Reason == blankLine && len(rd.cols) > 1 {
			rd.rejected = append(rd.rejected, b)
			rd.uncounted++
			continue
		}
		rd.startRow(b.Line)
		for i, c := range rd.cols {
			var cell []byte
			if i == 0 && b.Reason == blankLine {
				cell = bytes.Trim(b.Raw, "\r\n")
			}
			c.add(cell, plainFlag)
		}
		if err := rd.endRow(); err != nil {
			return err
		}
	}
	rd.blanks = rd.blanks[:0]
	return nil
}

// endBlanks sets empty rows at the end of the input aside.
func (rd *reader) endBlanks() {
	for _, b := range rd.blanks {
		if b.Reason == emptyRow {
			rd.rejected = append(rd.rejected, b)
			rd.uncounted++
		}
	}
	rd.blanks = nil
	slices.SortStableFunc(rd.rejected, func(a, b Rejected) int { return cmp.Compare(a.Line, b.Line) })
}

// startRow notes the line of a row where it does not follow from the row before.
func (rd *reader) startRow(line int64) {
	shift := line - int64(rd.rows)
	if n := len(rd.lines); n == 0 || rd.lines[n-1].shift != shift {
		rd.lines = append(rd.lines, lineMark{rd.rows, shift})
	}
}

// endRow counts a row and looks whether there is room for another.
func (rd *reader) endRow() error {
	if rd.rows++; rd.rows%1024 != 0 {
		return nil
	}
	if rd.rows >= math.MaxInt32-1024 {
		return &Error{Code: "too-many-rows", Reason: "the table has more rows than can be held, about two billion", Fix: "take a part of it"}
	}
	return rd.checkRoom()
}

// checkRoom fails if a column holds more different texts than can be numbered.
func (rd *reader) checkRoom() error {
	for i, c := range rd.cols {
		if c.dict.full {
			return &Error{Code: "column-too-large", Column: rd.header[i], Reason: "the column holds more than 4 GB of different texts", Fix: "leave the column out"}
		}
	}
	return nil
}

// line gives the line of a row, 1-based.
func (rd *reader) line(row int) int64 {
	lo, hi := 0, len(rd.lines)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; rd.lines[mid].row <= row {
			lo = mid
		} else {
			hi = mid
		}
	}
	if hi == 0 {
		return 0
	}
	return int64(row) + rd.lines[lo].shift
}

// scanError tells why the scanner stopped, nil at a proper end.
func (rd *reader) scanError() error {
	switch s := rd.s; {
	case s.err != nil:
		return readError(s.line, s.err)
	case s.nul:
		return &Error{Code: "nul-byte", Line: s.at, Reason: "there is a NUL byte, which no table of text has; the file is damaged, or no CSV at all",
			Fix: "export the table again as CSV"}
	case s.open:
		return &Error{Code: "unclosed-quote", Line: s.opened, Reason: "a quote opens here and is never closed",
			Fix: "close the quote in this line, or double it if it belongs to the text"}
	case s.long:
		return &Error{Code: "long-line", Line: s.at, Reason: "the line is longer than 4 MB", Fix: "check whether the file is a table of text"}
	}
	return nil
}
