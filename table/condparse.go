package table

import (
	"slices"
	"strconv"
	"strings"
)

// ParseConds reads conditions joined by "and":
//
//	Year = "Y9" and Maths < 40
//	Form in ("9a", "9b") and SEN is not missing and not (Absences between 3 and 5)
//
// The comparisons are = != < <= > >=, in, not in, between, not between, is missing and is not missing. Names and
// values that are more than one word, or that hold one of the signs ( ) = < > or a comma in a list, stand in double
// quotes, single quotes or backquotes; a quote inside is doubled. The words and, in, is, not, missing and between may
// be written in capitals.
//
// The error is an [*Error] with Code "bad-condition". Its Reason has three lines: what is wrong, the text, and a ^
// under the place. Whether a table has such columns and values is found by [Sets].
func ParseConds(text string) ([]Cond, error) {
	p := condParser{text: text}
	p.next()
	var conds []Cond
	for {
		c, err := p.cond()
		if err != nil {
			return nil, err
		}
		conds = append(conds, c)
		switch {
		case p.kind == endToken:
			return conds, nil
		case p.keyword("or"):
			return nil, p.bad(`conditions are joined by "and" only`, `several values of one column: Year in ("Y9", "Y10")`)
		case !p.keyword("and"):
			return nil, p.bad(`here "and" or the end is expected`, "")
		}
		p.next()
	}
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	signToken
	openToken // a quote that is never closed
)

// condParser reads tokens from left to right: kind, token and start are those of the present one.
type condParser struct {
	text   string
	at     int
	kind   tokenKind
	token  string
	start  int
	inList bool // commas part values
}

// signs are the operators, longer ones first, and what they mean.
var signs = [...][2]string{
	{"==", "="}, {"!=", "!="}, {"<>", "!="}, {"<=", "<="}, {">=", ">="}, {"=", "="}, {"<", "<"}, {">", ">"},
	{"(", "("}, {")", ")"},
}

// next goes to the next token.
func (p *condParser) next() {
	rest := strings.TrimLeft(p.text[p.at:], " \t\r\n")
	p.start = len(p.text) - len(rest)
	p.at = p.start
	if rest == "" {
		p.kind, p.token = endToken, ""
		return
	}
	if isQuote(rest[0]) {
		token, n, ok := unquote(rest)
		p.kind, p.token, p.at = quotedToken, token, p.at+n
		if !ok {
			p.kind = openToken
		}
		return
	}
	if sign, n := p.sign(rest); n > 0 {
		p.kind, p.token, p.at = signToken, sign, p.at+n
		return
	}
	n := 1
	for n < len(rest) && !strings.ContainsRune(" \t\r\n", rune(rest[n])) {
		if _, sign := p.sign(rest[n:]); sign > 0 {
			break
		}
		n++
	}
	p.kind, p.token, p.at = wordToken, rest[:n], p.at+n
}

// sign gives the operator at the start of s and its length.
func (p *condParser) sign(s string) (sign string, n int) {
	if p.inList && s[0] == ',' {
		return ",", 1
	}
	for _, known := range signs {
		if strings.HasPrefix(s, known[0]) {
			return known[1], len(known[0])
		}
	}
	return "", 0
}

func (p *condParser) keyword(word string) bool {
	return p.kind == wordToken && strings.EqualFold(p.token, word)
}

// accept goes on if the present token is the keyword or sign.
func (p *condParser) accept(word string) bool {
	if !p.keyword(word) && (p.kind != signToken || p.token != word) {
		return false
	}
	p.next()
	return true
}

// bad is the error of the present token.
func (p *condParser) bad(reason, fix string) error {
	if p.kind == openToken {
		reason = "the quote that opens here is never closed"
	}
	if fix == "" {
		fix = `a condition looks like: Year = "Y9" and Maths < 40; names and values with blanks stand in quotes`
	}
	return &Error{Code: "bad-condition", Reason: reason + caret(p.text, p.start), Fix: fix}
}

// cond reads one condition, with any number of "not" and parentheses around it.
func (p *condParser) cond() (Cond, error) {
	not, depth := false, 0
	for {
		if p.accept("not") {
			not = !not
		} else if p.accept("(") {
			depth++
		} else {
			break
		}
	}
	c := Cond{text: p.text, columnAt: p.start, column: p.token}
	if p.kind != wordToken && p.kind != quotedToken || p.keyword("and") || p.token == "" {
		return c, p.bad("here the name of a column is expected", "")
	}
	p.next()
	if err := p.comparison(&c); err != nil {
		return c, err
	}
	for ; depth > 0; depth-- {
		if !p.accept(")") {
			return c, p.bad(`here ")" is expected`, "parentheses hold one condition")
		}
	}
	c.not = c.not != not
	return c, nil
}

// comparison reads what stands behind the name of the column.
func (p *condParser) comparison(c *Cond) error {
	if p.kind == signToken && slices.Contains([]string{"=", "!=", "<", "<=", ">", ">="}, p.token) {
		return p.compare(c)
	}
	if p.accept("is") {
		c.op = missingOp
		c.not = p.accept("not")
		if !p.accept("missing") {
			return p.bad(`behind "is" there is "missing" or "not missing"`, "")
		}
		return nil
	}
	c.not = p.accept("not")
	switch {
	case p.keyword("in"):
		return p.list(c)
	case p.accept("between"):
		c.op = betweenOp
		if err := p.value(c, true); err != nil {
			return err
		}
		if !p.accept("and") {
			return p.bad(`here the "and" of "between" is expected`, "for example: Maths between 40 and 60")
		}
		return p.value(c, true)
	}
	return p.bad("here one of = != < <= > >= in between is expected", "")
}

// compare reads a sign and a value.
func (p *condParser) compare(c *Cond) error {
	sign := p.token
	p.next()
	if err := p.value(c, sign != "=" && sign != "!="); err != nil {
		return err
	}
	switch sign {
	case "!=":
		c.not = true
	case "<", "<=":
		c.op, c.noHigh = betweenOp, sign == "<"
		c.values, c.valuesAt = append([]string{""}, c.values...), append([]int{0}, c.valuesAt...)
	case ">", ">=":
		c.op, c.noLow = betweenOp, sign == ">"
		c.values, c.valuesAt = append(c.values, ""), append(c.valuesAt, 0)
	}
	return nil
}

// value reads a value. An end of a range is never empty: that would be an open end, which nobody writes on purpose.
func (p *condParser) value(c *Cond, end bool) error {
	if p.kind != wordToken && p.kind != quotedToken || p.keyword("and") || end && strings.TrimSpace(p.token) == "" {
		return p.bad("here a value is expected", "")
	}
	c.values, c.valuesAt = append(c.values, p.token), append(c.valuesAt, p.start)
	p.next()
	return nil
}

// list reads "in (a, b)".
func (p *condParser) list(c *Cond) error {
	p.inList = true
	p.next()
	if !p.accept("(") {
		return p.bad(`behind "in" there is a list in parentheses`, `for example: Year in ("Y9", "Y10")`)
	}
	for {
		if err := p.value(c, false); err != nil {
			return err
		}
		if p.kind == signToken && p.token == ")" {
			p.inList = false
			p.next()
			return nil
		}
		if !p.accept(",") {
			return p.bad(`here "," or ")" is expected`, "the list of "+strconv.Quote(c.column)+" needs commas between its values")
		}
	}
}
