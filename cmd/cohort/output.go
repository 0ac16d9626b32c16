package main

import (
	"fmt"
	"io"

	"example.org/cohort/table"
)

// say writes a line of the result on standard output.
func (a *app) say(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wipe()
	fmt.Fprintf(a.out, format+"\n", args...)
}

// note writes a remark on standard error: nothing with --quiet, and nothing with --json, where all lines are events.
func (a *app) note(format string, args ...any) {
	if a.quiet || a.json {
		return
	}
	a.write(fmt.Sprintf(format, args...) + "\n")
}

// warningEvent is a warning for programs.
type warningEvent struct {
	Event  string `json:"event"`
	Code   string `json:"code"`
	Line   int64  `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
	Do     string `json:"do,omitempty"`
}

// warn tells what is worth a word but not fatal, with the option that settles it. It fits the Warn fields of the library.
func (a *app) warn(e *table.Error) {
	what, do := warningText(e)
	what, do = a.text(what), a.text(do)
	switch {
	case a.json:
		a.event(warningEvent{"warning", e.Code, e.Line, e.Column, what, do})
	case !a.quiet:
		if do != "" {
			what += " " + do
		}
		a.write(a.paint(yellow, "Note:") + wrap("Note:  ", what, a.width)[len("Note:"):] + "\n")
	}
}

// fileEvent names a file that was written.
type fileEvent struct {
	Event string `json:"event"`
	Role  string `json:"role"` // "hand-over", "keep"
	Path  string `json:"path"`
}

// made tells programs that a file was written; people read it in the result.
func (a *app) made(role, path string) {
	if role == "hand-over" {
		a.handOver = path
	}
	if a.json {
		a.event(fileEvent{"file", role, path})
	}
}

// write puts text on standard error, above the progress line that stands open. There is nobody left to tell if it can't.
func (a *app) write(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wipe()
	io.WriteString(a.err, text)
}

// The colours of a terminal; meaning never lies in them alone.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
)

// paint colours a word on a terminal that shows colours.
func (a *app) paint(color, s string) string {
	if !a.color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}
