package eval

import (
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/table"
)

// A formula is an outcome and the columns that explain it.
type formula struct {
	outcome string
	terms   []string
}

// parseFormula reads "outcome ~ column + column". All names must be in the schema.
func parseFormula(text string, s *table.Schema) (formula, error) {
	p := formulaParser{text: text}
	f := formula{outcome: p.name()}
	reason := ""
	switch {
	case p.open:
	case !p.sign('~'):
		reason = "a formula has an outcome, a tilde, and the columns that explain it"
	default:
		f.terms = append(f.terms, p.name())
		for p.sign('+') {
			f.terms = append(f.terms, p.name())
		}
	}
	all := append([]string{f.outcome}, f.terms...)
	switch {
	case p.open:
		reason = "a quote is never closed"
	case reason != "":
	case p.at < len(p.text):
		reason = "a name in quotes is followed by something else than + or ~"
	case slices.Contains(all, ""):
		reason = "a name is missing beside ~ or +"
	default:
		return f, checkFormula(all, s)
	}
	return formula{}, badFormula(reason)
}

func badFormula(reason string) error {
	return &table.Error{Code: "bad-formula", Reason: reason,
		Fix: `write it as "G3 ~ studytime + failures"; names with blanks or signs stand in backquotes`}
}

// checkFormula refuses names that the table does not have, and names that come twice.
func checkFormula(names []string, s *table.Schema) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return badFormula("the column " + strconv.Quote(name) + " stands in it twice")
		}
		_, err := s.Column(name)
		if err != nil && strings.ContainsAny(name, "*:^()|-") {
			return badFormula("there is no column " + strconv.Quote(name) + ", and of the signs of a formula only ~ and + are understood")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A formulaParser reads names and signs from left to right.
type formulaParser struct {
	text string
	at   int
	open bool // a quote was never closed
}

func (p *formulaParser) blanks() {
	for p.at < len(p.text) && strings.ContainsRune(" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
}

func (p *formulaParser) sign(c byte) bool {
	p.blanks()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// name reads a name up to the next sign, or in quotes, where a quote inside is doubled.
func (p *formulaParser) name() string {
	p.blanks()
	rest := p.text[p.at:]
	if rest == "" || !strings.ContainsRune("\"'`", rune(rest[0])) {
		end := strings.IndexAny(rest, "~+")
		if end < 0 {
			end = len(rest)
		}
		p.at += end
		return strings.TrimSpace(rest[:end])
	}
	quote, name := rest[:1], ""
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i:i+1] != quote:
			name += rest[i : i+1]
		case strings.HasPrefix(rest[i+1:], quote):
			name += quote
			i++
		default:
			p.at += i + 1
			p.blanks()
			return name
		}
	}
	p.at, p.open = len(p.text), true
	return name
}
