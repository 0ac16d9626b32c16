package table

import (
	"slices"
	"strconv"
	"strings"
)

// A Rule holds in every row that is written. There are four forms:
//
//	Total = Maths + English + Science     one column of numbers is the exact sum of two or more others
//	Start <= Leave                        no number (date) is above (after) the other
//	Postcode -> Town                      rows that are alike in the first column are alike in the second
//	Oral xor Written                      exactly one of the two has a cell, a value or a mark; the other is missing
//
// Names that hold + = < > -> xor or quotes stand in double quotes, single quotes or backquotes; a quote inside is doubled. A
// row in which one of the columns is missing or holds a mark can't be tested, and does not break the rule, but for xor.
type Rule struct {
	op      string   // "=", "<=", "->" or "xor"
	columns []string // "=": the sum and its parts; "<=": the lower and the upper; "->": what decides and what is decided
}

// ParseRule reads a rule. Anything but the four forms is an [*Error] with Code "bad-rule".
func ParseRule(text string) (Rule, error) {
	p := ruleParser{text: text}
	r := Rule{columns: []string{p.name()}}
	switch {
	case p.symbol("<="):
		r.op = "<="
		r.columns = append(r.columns, p.name())
	case p.symbol("="):
		r.op = "="
		r.columns = append(r.columns, p.name())
		for p.symbol("+") {
			r.columns = append(r.columns, p.name())
		}
	case p.symbol("->"):
		r.op = "->"
		r.columns = append(r.columns, p.name())
	case p.word("xor"):
		r.op = "xor"
		r.columns = append(r.columns, p.name())
	}
	reason := ""
	switch {
	case p.open:
		reason = "a quote in " + strconv.Quote(text) + " is never closed"
	case p.rest() != "" || slices.Contains(r.columns, "") || r.op == "" || r.op == "=" && len(r.columns) < 3:
		reason = strconv.Quote(text) + " is no rule of a form that is known"
	case repeated(r.columns) != "":
		reason = "the rule names " + strconv.Quote(repeated(r.columns)) + " twice"
	default:
		return r, nil
	}
	return Rule{}, &Error{Code: "bad-rule", Reason: reason,
		Fix: `the forms are "Total = Maths + English" (two parts or more), "Start <= Leave", "Postcode -> Town" and "Oral xor Written"`}
}

// ruleParser reads names and symbols from left to right.
type ruleParser struct {
	text string
	at   int
	open bool // a quote was never closed
}

func (p *ruleParser) rest() string {
	return strings.TrimSpace(p.text[p.at:])
}

// name reads a quoted name, or all up to the next symbol, blanks inside included. It is empty where there is none.
func (p *ruleParser) name() string {
	rest := strings.TrimLeft(p.text[p.at:], " \t\r\n")
	p.at = len(p.text) - len(rest)
	if rest != "" && isQuote(rest[0]) {
		name, n, ok := unquote(rest)
		p.open = p.open || !ok
		p.at += n
		return name
	}
	end := len(rest)
	for i := range len(rest) {
		if strings.IndexByte("+=<>\"'`", rest[i]) >= 0 || strings.HasPrefix(rest[i:], "->") || i > 0 && isBlank(rest[i-1]) && startsWord(rest[i:], "xor") {
			end = i
			break
		}
	}
	p.at += end
	return strings.TrimSpace(rest[:end])
}

func (p *ruleParser) symbol(s string) bool {
	rest := strings.TrimLeft(p.text[p.at:], " \t\r\n")
	if !strings.HasPrefix(rest, s) {
		return false
	}
	p.at = len(p.text) - len(rest) + len(s)
	return true
}

// word reads a word that stands by itself.
func (p *ruleParser) word(w string) bool {
	rest := strings.TrimLeft(p.text[p.at:], " \t\r\n")
	return startsWord(rest, w) && p.symbol(w)
}

// startsWord tells whether s begins with a word, behind which comes a blank, a quote or nothing.
func startsWord(s, word string) bool {
	after, ok := strings.CutPrefix(s, word)
	return ok && (after == "" || isBlank(after[0]) || isQuote(after[0]))
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// unquote reads the quoted text at the start of s, in which a doubled quote stands for one. It gives the text and how
// many bytes it took; ok is false if the quote is never closed.
func unquote(s string) (text string, n int, ok bool) {
	q := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] == q {
			if i+1 == len(s) || s[i+1] != q {
				return b.String(), i + 1, true
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), len(s), false
}

// quoteName puts a name in quotes where a rule could not be read back without.
func quoteName(name string) string {
	plain := name != ""
	for i := range len(name) {
		c := name[i]
		plain = plain && (c >= 0x80 || c == '_' || c == '.' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z')
	}
	if plain && strings.TrimSpace(name) == name {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// repeated gives a name that stands twice in names, or "".
func repeated(names []string) string {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if seen[n] {
			return n
		}
		seen[n] = true
	}
	return ""
}

// String gives the text of the rule as ParseRule reads it, or "" for the zero Rule.
func (r Rule) String() string {
	var b strings.Builder
	for i, name := range r.columns {
		switch i {
		case 0:
		case 1:
			b.WriteString(" " + r.op + " ")
		default:
			b.WriteString(" + ")
		}
		b.WriteString(quoteName(name))
	}
	return b.String()
}

// Terms takes the rule apart. "=": columns[0] is the sum of the others; "<=": columns[0] <= columns[1]; "->": columns[0] decides
// columns[1]; "xor": one of two. The zero Rule has "".
func (r Rule) Terms() (op string, columns []string) {
	return r.op, slices.Clone(r.columns)
}
