package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"example.org/cohort"
	"example.org/cohort/table"
)

// showModel prints what a model holds: columns, values, ranges, plan, protection. It can write nothing else.
func (a *app) showModel(o *options, info cohort.Info) {
	s := info.Schema
	text := fmt.Sprintf("a model of %s and %s, written by Cohort %s", count(info.Rows, "row", "rows"),
		count(len(s.Columns), "column", "columns"), info.Version)
	lead := padded(o.named(), 13) + "  "
	if utf8.RuneCountInString(lead) > 30 {
		a.say("%s", o.named())
		lead = padded("", 15)
	}
	a.say("%s\n", wrap(lead, text, a.width))
	wide := 13
	for i := range s.Columns {
		if n := utf8.RuneCountInString(s.Columns[i].Name); n <= 20 {
			wide = max(wide, n)
		}
	}
	a.say("  %s %-9s %s", padded("column", wide), "kind", "what it can write")
	for i := range s.Columns {
		c := &s.Columns[i]
		first := "  " + padded(c.Name, wide)
		if utf8.RuneCountInString(c.Name) > wide {
			a.say("  %s", c.Name)
			first = padded("", 2+wide)
		}
		a.say("%s", wrap(fmt.Sprintf("%s %-9s ", first, kindText(c.Kind)), modelColumnText(c, info.Protect, o.showValues), a.width))
	}
	if len(s.Rules) > 0 {
		a.say("\nRules that hold in every row")
		for _, r := range s.Rules {
			a.say("%s", wrap("  ", r.String(), a.width))
		}
	}
	a.say("")
	a.say("%s", wrap("Learned      ", learnedHow(info), a.width))
	a.say("%s", wrap("Protection   ", protectionText(info.Protect), a.width))
	if strings.HasPrefix(info.Kind, "ctgan") || strings.HasPrefix(info.Kind, "tvae") || strings.HasPrefix(info.Kind, "great") {
		a.say("%s", wrap("Kernels      ", info.Kernels+": "+kernelsMatter, a.width))
	}
	a.say("\n%s", a.text("Next:  cohort sample "+quoteArg(o.file())))
}

// kernelsMatter says of a network what the family of its kernels means.
const kernelsMatter = "on a computer with others the same seed gives other rows, just as good (avx2 and avx512 are alike)"

// mostListed is how many values of a column of a model are listed without --show-values.
const mostListed = 60

// modelColumnText lists the values of a column. A model without protection may hold values of single persons: they are
// counted, unless --show-values asks for them.
func modelColumnText(c *table.Column, protect int, all bool) string {
	text := learnedText(c, false, 0, 0)
	if c.Treat != table.Learn || c.Kind != table.Category && c.Kind != table.Ordered {
		return text
	}
	if len(c.Values) > mostListed && !all || protect == 0 && !all {
		return text + " (--show-values lists them)"
	}
	between := ", "
	if c.Kind == table.Ordered {
		between = " < "
	}
	return text + ": " + strings.Join(c.Values, between)
}

// learnedHow tells generator, steps and seed.
func learnedHow(info cohort.Info) string {
	kind := info.Kind
	if kind == "ctgan" || kind == "tvae" || kind == "great" {
		kind += " (plus)"
	}
	text := fmt.Sprintf("%s: %s. %s of %s steps, seed %d", kind, info.Why, grouped(info.Steps), grouped(info.Planned), info.Seed)
	switch info.StoppedBy {
	case "held-out score":
		text += "; more steps did no better on rows held out"
	case "clock":
		text += "; --max-time ended it"
	case "stop":
		text += "; it was stopped by hand"
	}
	return text
}

func protectionText(protect int) string {
	if protect == 0 {
		return "off: values that a single person has may be in it"
	}
	return fmt.Sprintf("values, marks and extremes that fewer than %d persons have are not in it", protect)
}
