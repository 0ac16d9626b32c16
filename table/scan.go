package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// A scanner parts a stream of bytes into records and fields. It holds one piece of the input at a time.
type scanner struct {
	r      io.Reader
	buf    []byte // buf[pos:end] is read and not yet parted; buf[end] is a sentinel
	pos    int
	end    int
	eof    bool
	err    error
	comma  byte
	eol    byte   // '\n', or '\r' in files that have no other
	line   int64  // 1-based, of the next record
	nul    bool   // a NUL byte was met
	commas uint64 // comma in each of eight bytes
	eols   uint64 // eol in each of eight bytes
	fields []field
	start  int    // of the record in buf
	after  int    // of its line end
	at     int64  // line of the record
	reason string // why the record can't be taken, or ""
	opened int64  // line of the last opening quote
	open   bool   // the input ended, or a record grew too long, inside quotes
	long   bool   // a record grew too long outside quotes
	read   func(n int)
	moving func() // called before the records in buf are moved
}

// A field is buf[start:end] of a scanner. If doubled is true, quotes in it are still doubled.
type field struct {
	start, end int
	quoted     bool
	doubled    bool
}

const (
	bufferSize = 1 << 18
	// maxRecord bounds a record in bytes. A quote that is never closed would swallow the rest of the file otherwise.
	maxRecord = 1 << 22
)

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, bufferSize+1), line: 1, comma: ',', eol: '\n'}
}

// fill reads more, growing the buffer if the record at start fills it. It is false at the end of the input.
func (s *scanner) fill() bool {
	if s.eof {
		return false
	}
	if s.pos > 0 {
		if s.moving != nil {
			s.moving()
		}
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf)-1 {
		grown := make([]byte, 2*len(s.buf)-1)
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for empty := 0; ; {
		n, err := s.r.Read(s.buf[s.end : len(s.buf)-1])
		s.end += n
		if s.read != nil {
			s.read(n)
		}
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
		if empty++; empty == 100 {
			s.eof, s.err = true, io.ErrNoProgress
			return false
		}
	}
}

const (
	lowBits  = 0x0101010101010101 // the lowest bit of each of eight bytes
	highBits = 0x8080808080808080 // the highest bit of each
)

// setDialect prepares the search for the bytes that end a plain field.
func (s *scanner) setDialect(comma, eol byte) {
	s.comma, s.eol = comma, eol
	s.commas, s.eols = lowBits*uint64(comma), lowBits*uint64(eol)
}

// plainEnd gives the first separator, line end or NUL byte at i or behind it. The sentinel is one. Eight bytes are looked
// at together: x-lowBits &^ x has the high bit of a byte set where x is 0, and below the first such byte nowhere.
func plainEnd(buf []byte, i int, commas, eols uint64) int {
	for ; i+8 <= len(buf); i += 8 {
		x := binary.LittleEndian.Uint64(buf[i:])
		c, l := x^commas, x^eols
		if hit := ((x-lowBits)&^x | (c-lowBits)&^c | (l-lowBits)&^l) & highBits; hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
	}
	for comma, eol := byte(commas), byte(eols); buf[i] != comma && buf[i] != eol && buf[i] != 0; {
		i++
	}
	return i
}

// next finds the next record. It is false at the end or at an error.
func (s *scanner) next() bool {
	for {
		if s.end == s.pos && !s.fill() {
			return false
		}
		if s.split() {
			return true
		}
		if s.end-s.pos > maxRecord || s.eof {
			s.long = !s.open
			return false
		}
		// The record is not whole: read on, and part it again from its beginning.
		if s.fill(); s.err != nil {
			return false
		}
	}
}

// split parts the record at pos. It is false if the record may go on behind the buffer.
func (s *scanner) split() bool {
	s.fields = s.fields[:0]
	s.start, s.at, s.reason, s.open = s.pos, s.line, "", false
	s.buf[s.end] = s.eol
	buf, i, lines, commas, eols := s.buf[:s.end+1], s.pos, int64(1), s.commas, s.eols
	for {
		f := field{start: i}
		if buf[i] == '"' && i < s.end {
			var ok bool
			if i, ok = s.quoted(&f, &lines); !ok {
				return false
			}
		} else {
			i = plainEnd(buf, i, commas, eols)
			f.end = i
		}
		s.fields = append(s.fields, f)
		switch {
		case i == s.end:
			return s.eof && s.finish(i, i, lines)
		case buf[i] == s.eol:
			return s.finish(i, i+1, lines)
		case buf[i] == s.comma:
			i++
		case buf[i] == 0:
			s.nul = true
			return s.finish(i, i+1, lines)
		}
	}
}

// quoted reads a field in quotes and gives the place behind it. It is false if the buffer ends first.
func (s *scanner) quoted(f *field, lines *int64) (next int, ok bool) {
	buf, i := s.buf[:s.end+1], f.start+1
	f.start, f.quoted = i, true
	s.opened = s.line + *lines - 1
	for {
		n := bytes.IndexByte(buf[i:s.end], '"')
		if n < 0 || i+n+1 == s.end && !s.eof {
			s.open = true
			return 0, false
		}
		i += n + 1
		if i == s.end || buf[i] != '"' {
			break
		}
		f.doubled = true
		i++
	}
	f.end = i - 1
	text := buf[f.start:f.end]
	if bytes.IndexByte(text, 0) >= 0 {
		s.nul = true
	}
	*lines += int64(bytes.Count(text, []byte{s.eol}))
	if buf[i] == '\r' && i+1 <= s.end && buf[i+1] == s.eol {
		i++
	}
	if i == s.end || buf[i] == s.comma || buf[i] == s.eol {
		return i, true
	}
	s.reason = "text follows a closing quote"
	n := bytes.IndexByte(buf[i:], s.eol)
	return i + n, i+n < s.end || s.eof
}

// finish ends a record at end, whose line end reaches to after.
func (s *scanner) finish(end, after int, lines int64) bool {
	last := &s.fields[len(s.fields)-1]
	if s.eol == '\n' && !last.quoted && last.end > last.start && s.buf[last.end-1] == '\r' && last.end == end {
		last.end--
	}
	s.after, s.pos = after, after
	s.line += lines
	return true
}

// text gives a field with its doubled quotes made single. It is valid until the next record.
func (s *scanner) text(f *field) []byte {
	b := s.buf[f.start:f.end]
	if !f.doubled {
		return b
	}
	f.doubled = false
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	f.end = f.start + n
	return b[:n]
}

// raw gives the bytes of the record, with its line end.
func (s *scanner) raw() []byte { return s.buf[s.start:s.after] }

// blank tells whether the record is an empty line.
func (s *scanner) blank() bool {
	return len(s.fields) == 1 && !s.fields[0].quoted && len(bytes.Trim(s.buf[s.fields[0].start:s.fields[0].end], " \t")) == 0
}

// empty tells whether the record has several fields, and nothing in any of them.
func (s *scanner) empty() bool {
	for i := range s.fields {
		if f := &s.fields[i]; f.quoted || f.end > f.start {
			return false
		}
	}
	return len(s.fields) > 2
}
