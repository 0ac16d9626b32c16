package main

import (
	"maps"
	"slices"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// sayVerdict prints the verdict and a line for each check; one that is not ok has its sentence and, if there is a remedy,
// the command that try makes of it. place is added where nothing may be released: where the table is.
func (a *app) sayVerdict(r *eval.Report, place string, try func(option string) string) {
	shown := copyable(r, func(option string) string { return a.text(try(option)) })
	shown.Notes = nil
	if r.Verdict == eval.DoNotRelease && place != "" {
		shown.Notes = []string{place}
	}
	a.say("")
	for line := range strings.Lines(reportText(shown)) {
		a.say("%s", a.coloured(strings.TrimSuffix(line, "\n")))
	}
	for i, note := range r.Notes {
		if i == 0 {
			a.say("")
		}
		a.say("%s", wrap("", note, a.width))
	}
}

// remedyOf takes a remedy apart. Package eval puts names that are not plain in double quotes, which no shell is safe with.
func remedyOf(remedy string) (option, value string) {
	option, value, _ = strings.Cut(remedy, " ")
	if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		value = strings.ReplaceAll(value[1:len(value)-1], `\"`, `"`)
	}
	return option, value
}

// remedyText is a remedy as it can be copied into a shell.
func remedyText(remedy string) string {
	option, value := remedyOf(remedy)
	if value == "" {
		return option
	}
	return option + " " + quoteArg(value)
}

// remedied is the call with another file and a remedy. What was said about the column that the remedy is about is left out
// where it would be said twice, or would say something else.
func (o *options) remedied(file, remedy string) string {
	again := *o
	switch option, column := remedyOf(remedy); option {
	case "--text", "--drop":
		again.typed = map[string][]string{}
		maps.Copy(again.typed, o.typed)
		for _, name := range strings.Fields("category ordered number id text drop known sensitive target balance") {
			again.typed[name] = without(o.typed[name], func(v string) bool { return v == column })
		}
		for _, name := range []string{"date", "coarsen"} { // COL=HOW
			again.typed[name] = without(o.typed[name], func(v string) bool {
				i := strings.LastIndexByte(v, '=')
				return v == column || i > 0 && v[:i] == column
			})
		}
		again.typed["rule"] = without(o.typed["rule"], func(v string) bool {
			rule, err := table.ParseRule(v)
			if err != nil {
				return false
			}
			_, columns := rule.Terms()
			return slices.Contains(columns, column)
		})
	}
	return again.command(file, remedyText(remedy))
}

// without lists the values that drop does not take.
func without(values []string, drop func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(values), drop)
}

// statusAt is the column of the status in a line of a report's text.
const statusAt = 14

// coloured paints the verdict, or the status of a check, in a line of a report's text.
func (a *app) coloured(line string) string {
	if head, verdict, ok := strings.Cut(line, "VERDICT    "); ok && head == "" {
		return "VERDICT    " + a.paint(bold, verdict)
	}
	if len(line) > statusAt && line[statusAt] == '[' {
		sign, _, _ := strings.Cut(line[statusAt:], " ")
		color := map[string]string{"[ok]": green, "[stop]": red}[sign]
		return line[:statusAt] + a.paint(orElse(color, yellow), sign) + line[statusAt+len(sign):]
	}
	return line
}

// checkEvent is a check for programs.
type checkEvent struct {
	Group    string      `json:"group"`
	Name     string      `json:"name"`
	Status   eval.Status `json:"status"`
	Shown    string      `json:"shown,omitempty"`
	Beside   string      `json:"beside,omitempty"`
	Sentence string      `json:"sentence,omitempty"`
	Remedy   string      `json:"remedy,omitempty"`
}

// verdictEvent is the verdict for programs.
type verdictEvent struct {
	Event   string       `json:"event"`
	File    string       `json:"file,omitempty"` // of several
	Verdict eval.Verdict `json:"verdict"`
	Checks  []checkEvent `json:"checks"`
	Notes   []string     `json:"notes,omitempty"`
}

// verdictEvent tells programs the verdict, with the file that it is about where there are several.
func (a *app) verdictEvent(file string, r *eval.Report) {
	if !a.json {
		return
	}
	e := verdictEvent{Event: "verdict", File: file, Verdict: r.Verdict, Notes: r.Notes, Checks: []checkEvent{}}
	for _, c := range r.Checks {
		e.Checks = append(e.Checks, checkEvent{c.Group, c.Name, c.Status, c.Shown, c.Beside, c.Sentence, c.Remedy})
	}
	a.event(e)
}

// verdictExit is the exit code that a verdict asks for, nil for 0.
func verdictExit(v eval.Verdict, strict bool) error {
	if v == eval.DoNotRelease || strict && v != eval.Pass {
		return exitCode(exitDoNotRelease)
	}
	return nil
}
