package table

import (
	"bytes"
	"fmt"
	"strings"
)

// reject sets a row aside.
func (rd *reader) reject(line int64, reason string, raw []byte) {
	rd.rejected = append(rd.rejected, Rejected{Line: line, Reason: reason, Raw: bytes.Clone(raw)})
}

func (rd *reader) fieldsReason(n int) string {
	return fmt.Sprintf("%s where the header has %s", plural(n, "field"), thousands(len(rd.header)))
}

// tooMany tells whether more rows than allowed were set aside. Blank lines say nothing about the separator.
func (rd *reader) tooMany() bool {
	bad := len(rd.rejected) - rd.uncounted
	return float64(bad) > rd.opt.maxRejected()*float64(rd.rows+bad)
}

// checkRejected fails if too many rows were set aside, and warns if any were.
func (rd *reader) checkRejected() error {
	if len(rd.rejected) == 0 {
		return nil
	}
	if rd.tooMany() {
		return rd.rejectedError()
	}
	verb := "were"
	if len(rd.rejected) == 1 {
		verb = "was"
	}
	rd.opt.warn(&Error{Code: "rows-set-aside", Line: rd.rejected[0].Line,
		Reason: fmt.Sprintf("%s could not be read and %s set aside: %s", plural(len(rd.rejected), "row"), verb, lineList(rd.rejected)),
		Fix:    "look at these lines; totals and second headers can be skipped"})
	return nil
}

// rejectedError says how many rows are bad and whether another separator would do.
func (rd *reader) rejectedError() error {
	bad := len(rd.rejected) - rd.uncounted
	e := &Error{Code: "rejected-rows", Line: rd.rejected[0].Line,
		Reason: fmt.Sprintf("%s of %s do not have the header's %s", thousands(bad), plural(rd.rows+bad, "row"), plural(len(rd.header), "field")),
		Fix:    "check the separator, or delete lines that are no rows, such as titles and totals"}
	if rd.s == nil {
		return e
	}
	name, ok := commaNames[rd.s.comma]
	if !ok {
		return e
	}
	e.Reason += ". The separator was taken to be " + name[0]
	for _, c := range commas {
		if c != rd.s.comma && strings.IndexByte(rd.headerRaw, c) >= 0 {
			e.Reason += "; the header also has " + commaNames[c][1]
			e.Fix = "name the separator: \"" + string(rune(c)) + "\""
			break
		}
	}
	return e
}
