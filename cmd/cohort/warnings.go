package main

import (
	"strconv"
	"strings"

	"example.org/cohort/table"
)

// settledBy has the option that settles a warning about a column, before and after the name of the column.
var settledBy = map[string]struct{ lead, option, how string }{
	"repeated-id":      {"If it says whom a row is about, add:", "--person", ""},
	"ambiguous-date":   {"Otherwise add:", "--date", "=m/d/y"},
	"birth-date":       {"If they are dates of birth, add:", "--coarsen", "=month"},
	"text-repeats":     {"If they name groups or kinds, add:", "--category", ""},
	"all-different":    {"If they are numbers of persons or things, add:", "--id", ""},
	"filled-like-text": {"To have it learned with rare values, add: --protect 0; or leave it out:", "--drop", ""},
	"too-few-numbers":  {"To leave it out, add:", "--drop", ""},
	"gaps-over-half":   {"To leave it out, add:", "--drop", ""},
	"constant-column":  {"To leave it out, add:", "--drop", ""},
}

// warningText turns a warning of the library into a sentence and what settles it.
func warningText(e *table.Error) (what, do string) {
	what = sentence(e.Reason)
	switch {
	case e.Column != "" && strings.HasPrefix(what, "could "):
		what = strconv.Quote(e.Column) + " " + what
	case e.Column != "":
		what = strconv.Quote(e.Column) + ": " + what
	}
	if (e.Code == "second-header" || e.Code == "total-row") && e.Line > 0 {
		line := strconv.FormatInt(e.Line, 10)
		return "line " + line + ": " + sentence(e.Reason), "If it is no person, add: --skip-rows " + line
	}
	if s, ok := settledBy[e.Code]; ok && e.Column != "" {
		how := s.how
		if e.Code == "ambiguous-date" && strings.Contains(e.Reason, "Taken as month/day") {
			how = "=d/m/y"
		}
		return what, s.lead + " " + s.option + " " + quoteArg(e.Column+how)
	}
	if e.Fix == "" {
		return what, ""
	}
	return what, strings.ToUpper(e.Fix[:1]) + sentence(e.Fix[1:])
}
