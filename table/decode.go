package table

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encodingNames gives the usual spellings of the encodings known here.
var encodingNames = map[string]string{
	"utf-8": encUTF8, "utf8": encUTF8, "ascii": encUTF8, "us-ascii": encUTF8,
	"utf-16le": encUTF16LE, "utf-16be": encUTF16BE, "utf-16": encUTF16LE, "unicode": encUTF16LE,
	"iso-8859-1": encLatin, "latin1": encLatin, "latin-1": encLatin,
	"windows-1252": encWindows, "cp1252": encWindows, "ansi": encWindows,
}

// decoded takes off a byte order mark and turns UTF-16 into UTF-8. Other bytes are left as they are; if no encoding is
// named, the distinct texts tell at the end whether they are UTF-8 or Windows-1252.
func (rd *reader) decoded(br *bufio.Reader, head []byte) (*bufio.Reader, error) {
	d := &rd.dialect
	if rd.opt.Decode != nil {
		r, err := rd.opt.Decode(br)
		if err != nil {
			return nil, readError(1, err)
		}
		d.Encoding, d.BOM = encUTF8, false
		br = bufio.NewReaderSize(r, headSize)
		if start, _ := br.Peek(3); string(start) == "\ufeff" {
			br.Discard(3)
		}
		return br, nil
	}
	if d.Encoding != "" {
		name, ok := encodingNames[strings.ToLower(d.Encoding)]
		if !ok {
			return nil, &Error{Code: "no-such-encoding", Reason: "the encoding " + d.Encoding + " is not known here",
				Fix: "take utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-1, or set Decode"}
		}
		d.Encoding = name
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) && (d.Encoding == "" || d.Encoding == encUTF8):
		br.Discard(3)
		d.Encoding, d.BOM = encUTF8, true
	case bytes.HasPrefix(head, []byte("\xff\xfe")) && !singleByte(d.Encoding):
		br.Discard(2)
		d.Encoding, d.BOM = encUTF16LE, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")) && !singleByte(d.Encoding):
		br.Discard(2)
		d.Encoding, d.BOM = encUTF16BE, true
	case d.Encoding == "":
		d.Encoding = sniffUTF16(head)
	}
	switch d.Encoding {
	case encUTF16LE:
		return bufio.NewReaderSize(&utf16Reader{r: br, order: binary.LittleEndian, line: 1}, headSize), nil
	case encUTF16BE:
		return bufio.NewReaderSize(&utf16Reader{r: br, order: binary.BigEndian, line: 1}, headSize), nil
	}
	return br, nil
}

func singleByte(encoding string) bool { return encoding == encWindows || encoding == encLatin }

// sniffUTF16 knows UTF-16 without a mark by its NUL bytes: in text of mostly Latin letters every other byte is one.
func sniffUTF16(head []byte) string {
	head = head[:min(len(head), 4096)&^1]
	var even, odd int
	for i, b := range head {
		if b == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	switch most := len(head) * 4 / 10; {
	case len(head) < 4:
		return ""
	case odd >= most && even == 0:
		return encUTF16LE
	case even >= most && odd == 0:
		return encUTF16BE
	}
	return ""
}

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	line  int64
	out   []byte // not yet handed over
	buf   []byte
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		u.out = u.buf[:0]
		for len(u.out) < 1<<15 {
			r, err := u.rune()
			if err != nil && len(u.out) == 0 {
				return 0, err
			} else if err == io.EOF {
				break
			} else if err != nil {
				return 0, err
			}
			if r == '\n' {
				u.line++
			}
			u.out = utf8.AppendRune(u.out, r)
		}
		u.buf = u.out
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// rune reads one character.
func (u *utf16Reader) rune() (rune, error) {
	a, err := u.unit()
	if err != nil || !utf16.IsSurrogate(rune(a)) {
		return rune(a), err
	}
	b, err := u.unit()
	if r := utf16.DecodeRune(rune(a), rune(b)); err == nil && r != utf8.RuneError {
		return r, nil
	}
	return 0, u.broken()
}

func (u *utf16Reader) unit() (uint16, error) {
	var b [2]byte
	for i := range b {
		c, err := u.r.ReadByte()
		if err == io.EOF && i == 1 {
			return 0, u.broken()
		}
		if err != nil {
			return 0, err
		}
		b[i] = c
	}
	return u.order.Uint16(b[:]), nil
}

func (u *utf16Reader) broken() error {
	return &Error{Code: "bad-encoding", Line: u.line, Reason: "half a character of UTF-16 stands here; the file is cut off or damaged", Fix: "export the table again"}
}

// decodeTexts settles the encoding once all texts are known, and turns them into UTF-8.
func (rd *reader) decodeTexts() error {
	if singleByte(rd.dialect.Encoding) {
		rd.decodeAs(rd.dialect.Encoding)
		return nil
	}
	invalid, wide := rd.encodingLines()
	switch {
	case invalid == 0:
		if rd.dialect.Encoding == "" {
			rd.dialect.Encoding = encUTF8
		}
	case wide == 0 && rd.dialect.Encoding == "":
		rd.dialect.Encoding = encWindows
		rd.decodeAs(encWindows)
	case rd.dialect.Encoding == "":
		return &Error{Code: "mixed-encoding", Line: invalid, Reason: "the file is written in two encodings: UTF-8, and here another one",
			Fix: "save it anew as UTF-8 in one program, or name the encoding: windows-1252"}
	default:
		return &Error{Code: "bad-encoding", Line: invalid, Reason: "the bytes here are no " + rd.dialect.Encoding,
			Fix: "name the right encoding, for example windows-1252"}
	}
	return nil
}

// encodingLines gives the first lines with bytes that are no UTF-8, and with characters of more than one byte that are;
// 0 where there are none.
func (rd *reader) encodingLines() (invalid, wide int64) {
	for _, name := range rd.header {
		invalid, wide = firstLine(invalid, wide, 1, name)
	}
	for _, col := range rd.cols {
		bad := make([]bool, col.dict.len())
		any := false
		for i := range bad {
			switch text := col.dict.text(i); {
			case ascii(text):
			case utf8.ValidString(text):
				wide = 1
			default:
				bad[i], any = true, true
			}
		}
		if !any {
			continue
		}
		if line := rd.line(col.first(func(c int32) bool { return bad[c] })); invalid == 0 || line < invalid {
			invalid = max(line, 1)
		}
	}
	return invalid, wide
}

func firstLine(invalid, wide, line int64, text string) (int64, int64) {
	switch {
	case ascii(text):
	case utf8.ValidString(text):
		wide = line
	case invalid == 0:
		invalid = line
	}
	return invalid, wide
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decodeAs decodes names and texts from single bytes.
func (rd *reader) decodeAs(encoding string) {
	for i, name := range rd.header {
		var b strings.Builder
		for _, c := range []byte(name) {
			b.WriteRune(decodeByte(encoding, c))
		}
		rd.header[i] = b.String()
	}
	for _, col := range rd.cols {
		col.dict.decode(encoding)
	}
}
