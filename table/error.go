package table

import (
	"strconv"
	"strings"
)

// Error tells what is wrong with a table, where, and what to do. It never holds a cell's value.
type Error struct {
	Code   string // stable, for programs and for "cohort help CODE": "rejected-rows", "no-such-column", ...
	Line   int64  // 1-based line of the input; 0 if it does not apply
	Column string
	Reason string
	Fix    string
	Err    error
}

// Error gives one line: the place, the reason, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("table: ")
	if e.Line > 0 {
		b.WriteString("line " + strconv.FormatInt(e.Line, 10) + ": ")
	}
	if e.Column != "" {
		b.WriteString("column " + strconv.Quote(e.Column) + ": ")
	}
	b.WriteString(e.Reason)
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return b.String()
}

// Unwrap gives the error beneath, or nil.
func (e *Error) Unwrap() error { return e.Err }
