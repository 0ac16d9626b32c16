package table

import (
	"bytes"
	"slices"
	"strings"
)

// commas are the separators that are looked for, the likeliest first.
var commas = [...]byte{',', ';', '\t', '|'}

// commaNames name them in messages: one, and several.
var commaNames = map[byte][2]string{',': {"a comma", "commas"}, ';': {"a semicolon", "semicolons"}, '\t': {"a tab", "tabs"}, '|': {"a bar (|)", "bars (|)"}}

// sampleRecords bounds how many records the choice of the separator looks at.
const sampleRecords = 2000

// lineEnd gives the byte that ends lines: CR only where there is no LF at all.
func lineEnd(head []byte) byte {
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}

// sepLine reads a first line such as "sep=;", which spreadsheets write to name the separator. n is its length with the
// line end, 0 if there is none.
func sepLine(head []byte, eol byte) (comma byte, n int) {
	n = bytes.IndexByte(head, eol) + 1
	line := strings.TrimRight(string(head[:n]), "\r\n")
	if len(line) != 5 || !strings.EqualFold(line[:4], "sep=") || !separates(rune(line[4])) {
		return 0, 0
	}
	return line[4], n
}

// separates tells whether a character can part fields: ASCII, no letter, digit, quote or line end.
func separates(c rune) bool {
	return c == '\t' || c >= ' ' && c < 0x7f && c != '"' && !isDigit(byte(c)) && (c|0x20 < 'a' || c|0x20 > 'z')
}

// A fit tells how well a separator parts the records of a sample.
type fit struct {
	comma  byte
	fields int     // of the header
	even   float64 // share of the records with as many
}

// sniff chooses the separator under which most records have as many fields as the header. whole is true if head is all
// there is; else its last record may be cut off. Lines in skip do not count.
func sniff(head []byte, eol byte, whole bool, skip []int64) byte {
	var best, single fit
	for _, c := range commas {
		f := try(head, c, eol, whole, skip)
		switch {
		case f.fields < 2:
			if f.even > single.even {
				single = f
			}
		case f.even > best.even+0.1, f.even > best.even-0.1 && f.fields > best.fields:
			best = f
		}
	}
	// A header of three fields or more is no accident: rows that don't follow it are set aside, not read as one column.
	if best.comma == 0 || best.fields < 3 && best.even <= 0.5 && single.even > best.even {
		return single.comma
	}
	return best.comma
}

// try parts a sample with one separator.
func try(head []byte, comma, eol byte, whole bool, skip []int64) fit {
	s := &scanner{buf: append(head[:len(head):len(head)], 0), end: len(head), eof: true, line: 1}
	s.setDialect(comma, eol)
	f := fit{comma: comma}
	records, even := 0, 0
	for records < sampleRecords && s.next() {
		if s.blank() || slices.Contains(skip, s.at) || !whole && records > 0 && s.pos == s.end && s.eof {
			continue
		}
		if records == 0 {
			f.fields = len(s.fields)
		}
		records++
		if len(s.fields) == f.fields && s.reason == "" {
			even++
		}
	}
	if records > 0 {
		f.even = float64(even) / float64(records)
	}
	return f
}

// needsQuotes tells whether a cell can't stand without quotes.
func needsQuotes(text string, comma byte) bool {
	for i := range len(text) {
		if b := text[i]; b == comma || b == '"' || b == '\n' || b == '\r' || b == '\t' {
			return true
		}
	}
	return false
}
