package main

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// problem is what a person reads when something is wrong: what, and what to do. It never holds a cell's value.
type problem struct {
	code   string // stable: an entry of the catalogue
	what   string // whole sentences
	do     string // what can be copied or done; lines that begin with the command are never broken
	exit   int    // 0 is 1
	file   string
	column string
	line   int64
	err    error // beneath, never printed
}

func (p *problem) Error() string { return p.code + ": " + p.what }
func (p *problem) Unwrap() error { return p.err }

// usage is a wrong command or option: exit 2.
func usage(code, what, do string) *problem {
	return &problem{code: code, what: what, do: do, exit: exitUsage}
}

// fault is any other problem: exit 1.
func fault(code, what, do string) *problem { return &problem{code: code, what: what, do: do} }

// errorEvent is a problem for programs.
type errorEvent struct {
	Event  string `json:"event"`
	Code   string `json:"code"`
	File   string `json:"file,omitempty"`
	Line   int64  `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
	Do     string `json:"do,omitempty"`
	Exit   int    `json:"exit"`
}

// printProblem writes the two parts on standard error, or one JSON line.
func (a *app) printProblem(p *problem) {
	what, do := a.text(p.what), a.text(p.do)
	if rest, ok := strings.CutPrefix(do, "cohort "); ok {
		do = a.name + " " + rest
	}
	if a.json {
		exit := p.exit
		if exit == 0 {
			exit = exitError
		}
		a.event(errorEvent{"error", p.code, p.file, p.line, p.column, what, do, exit})
		return
	}
	text := a.paint(red, "Error:") + wrap("Error: ", what, a.width)[len("Error:"):] + "\n"
	lead := "Do:    "
	for line := range strings.SplitSeq(do, "\n") {
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, a.name+" ") {
			call, remark, ok := strings.Cut(line, "     (")
			if ok && utf8.RuneCountInString(lead+line) > a.width {
				line = call + "\n       (" + strings.TrimSpace(remark)
			}
			text += lead + line + "\n"
		} else {
			text += wrap(lead, line, a.width) + "\n"
		}
		lead = "       "
	}
	a.write(text)
}

// event writes one JSON object as a line on standard error.
func (a *app) event(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("cohort: event: " + err.Error())
	}
	a.write(string(b) + "\n")
}
