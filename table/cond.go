package table

import (
	"strconv"
	"strings"
)

// A Cond is a condition on one column, in the spelling of the file.
type Cond struct {
	op            condOp
	not           bool
	column        string
	values        []string // isOp: one of them; betweenOp: low and high, "" is open
	noLow, noHigh bool     // betweenOp: the end itself is left out
	text          string   // what ParseConds read, "" if the condition was not parsed
	columnAt      int      // where in text the column stands
	valuesAt      []int    // where in text the values stand
}

type condOp uint8

const (
	isOp condOp = iota
	betweenOp
	missingOp
)

// Is holds where the cell equals one of the values: a value of the closed set (as it stands, else but for blanks
// around), a number or date however it is spelt, a mark, or a spelling of "no value" (also "").
func Is(column string, values ...string) Cond {
	return Cond{op: isOp, column: column, values: append([]string(nil), values...)}
}

// Between holds where the cell is a number, a date or a value of an ordered column from low to high, both ends
// included; "" is open. It does not hold for marks and missing cells.
func Between(column, low, high string) Cond {
	return Cond{op: betweenOp, column: column, values: []string{low, high}}
}

// Missing holds where the cell has no value.
func Missing(column string) Cond { return Cond{op: missingOp, column: column} }

// Not holds where c does not, missing cells and marks included.
func Not(c Cond) Cond {
	c.not = !c.not
	return c
}

// describe gives the condition in words that ParseConds knows, for errors: it repeats only what the caller wrote.
func (c *Cond) describe() string {
	name := quoteName(c.column)
	var s string
	switch c.op {
	case missingOp:
		if c.not {
			return name + " is not missing"
		}
		return name + " is missing"
	case isOp:
		if len(c.values) == 1 {
			if c.not {
				return name + " != " + strconv.Quote(c.values[0])
			}
			return name + " = " + strconv.Quote(c.values[0])
		}
		quoted := make([]string, len(c.values))
		for i, v := range c.values {
			quoted[i] = strconv.Quote(v)
		}
		s = name + " in (" + strings.Join(quoted, ", ") + ")"
	case betweenOp:
		s = c.describeBetween(name)
	}
	if c.not {
		return "not (" + s + ")"
	}
	return s
}

func (c *Cond) describeBetween(name string) string {
	low, high := quoteName(c.values[0]), quoteName(c.values[1])
	switch hasLow, hasHigh := c.values[0] != "", c.values[1] != ""; {
	case hasLow && hasHigh:
		return name + " between " + low + " and " + high
	case hasLow && c.noLow:
		return name + " > " + low
	case hasLow:
		return name + " >= " + low
	case hasHigh && c.noHigh:
		return name + " < " + high
	case !hasHigh:
		return name + ` between "" and ""`
	}
	return name + " <= " + high
}

// bad is the error of a condition that the column can't have. With a parsed condition the place of value i is shown; i
// is -1 for the column.
func (c *Cond) bad(i int, reason, fix string) *Error {
	at := c.columnAt
	if i >= 0 && i < len(c.valuesAt) {
		at = c.valuesAt[i]
	}
	if c.text != "" {
		reason += caret(c.text, at)
	}
	return &Error{Code: "bad-condition", Column: c.column, Reason: reason, Fix: fix}
}

// caret gives two further lines: the text, and a ^ under the byte at which it goes wrong.
func caret(text string, at int) string {
	var b strings.Builder
	b.WriteString("\n  ")
	column := 0
	for i, r := range text {
		if i < at {
			column++
		}
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String() + "\n  " + strings.Repeat(" ", column) + "^"
}
