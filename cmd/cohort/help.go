package main

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

func helpVerb() verb {
	return verb{
		name: "help", file: anyWords, run: runHelp,
		group: groupHelp, example: "help make", about: "every option of a command",
	}
}

// help prints the screen of a verb, or the start screen for the verb without a name.
func (a *app) help(v verb) error {
	if v.name == "" || v.name == "help" {
		a.say("%s", a.startScreen())
		return nil
	}
	a.say("%s", a.text(v.help))
	return nil
}

// runHelp explains a topic or a code. "help make" is the screen of the verb and never comes here.
func runHelp(a *app, o *options) error {
	if len(o.files) == 0 {
		return a.help(verb{})
	}
	word := strings.ToLower(strings.Join(o.files, "-"))
	if word == "help" {
		return a.help(verb{})
	}
	if text, ok := topics[word]; ok {
		a.say("%s", a.text(text))
		return nil
	}
	if text, ok := codes[word]; ok {
		a.say("%s\n\n%s", word, a.text(text))
		return nil
	}
	names := append(verbNames(), topicNames...)
	names = append(names, slices.Sorted(maps.Keys(codes))...)
	p := usage("unknown-topic", `there is no help about "`+o.files[0]+`".`, "cohort help")
	if near := nearest(word, names); near != "" {
		p.what += " Did you mean: cohort help " + near
		p.do = "cohort help " + near
	}
	return p
}

const startHead = `Cohort makes artificial students: a table with the patterns of a real one,
filled with people who never existed. Nothing leaves this computer.`

// startColumn is where the explanations of the start screen begin, if the program's name is short.
const startColumn = 35

// startScreen lists the verbs under their headings. It fits 25 lines, for that is what a console shows.
func (a *app) startScreen() string {
	lines := []string{startHead}
	for _, group := range []string{groupStart, groupSteps, groupResearch, groupHelp} {
		lines = append(lines, "\n"+group)
		for _, v := range verbs() {
			if v.group != group || v.example == "" {
				continue
			}
			lines = append(lines, a.startLine(v.example, v.about))
			if v.name == "help" {
				lines = append(lines, a.startLine("help privacy", "also: "+strings.Join(topicNames[1:], " ")))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// startLine is one command and what it is for, in the lines that it needs.
func (a *app) startLine(example, about string) string {
	lead := "  " + a.name + " " + example
	if n := utf8.RuneCountInString(lead); n+2 <= startColumn {
		lead += strings.Repeat(" ", startColumn-n)
	} else {
		lead += "  "
	}
	return wrap(lead, about, a.width)
}
