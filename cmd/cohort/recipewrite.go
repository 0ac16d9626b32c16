package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/table"
)

// writeRecipe writes the recipe that -o names.
func (v *inspection) writeRecipe() error {
	path := v.o.output
	if path == "-" {
		return writeRecipe(v.a.out, v.t, v.found, v.o)
	}
	if exists(path) && !v.o.force {
		return fault("file-exists", path+" is there already, and nothing is written over unasked.",
			v.o.command(v.o.file(), "--force"))
	}
	err := container.WriteAtomic(path, func(w io.Writer) error { return writeRecipe(w, v.t, v.found, v.o) })
	if err != nil {
		return err
	}
	v.a.made("keep", path)
	v.a.say("\n%s", v.a.text("Wrote "+path+". Change it, then:  cohort make "+quoteArg(v.o.file())+" --recipe "+quoteArg(path)))
	return nil
}

// recipeParts are the options of a recipe and what is said above them. An option that was not given stands behind a #,
// with an example.
var recipeParts = []struct {
	about, option, example string
}{
	{"What the result is for: share (to hand over), research (under an agreement),\nstructure (for testing software).", "level", `"share"`},
	{"What fewer persons than this have is not learned; 0 is off.", "protect", "5"},
	{"Says whom a row is about, if people have several rows.", "person", `"COLUMN"`},
	{"What others will want to predict.", "target", `"COLUMN"`},
	{"What outsiders may know, and what they may want to guess.", "known", `["COLUMN"]`},
	{"", "sensitive", `["COLUMN"]`},
	{"What holds in every row, besides what is found.", "rule", `["Total = Maths + English"]`},
	{"Keep no rules but those of the line above.", "no-rules", "true"},
	{"How the file is read: found by itself, unless it stands here.", "separator", `";"`},
	{"", "encoding", `"windows-1252"`},
	{"", "skip-rows", `"2,2317"`},
	{"Rows: how many, which, and a column of which every value is equally frequent.", "n", "500"},
	{"", "where", `['Year = "Y9"']`},
	{"", "balance", `"COLUMN"`},
	{"", "strict", "true"},
	{"The trial: the part of the people whom it does not see, and whether its table is\nthe one to hand over.", "set-aside", `"50%"`},
	{"", "no-refit", "true"},
	{"Time and memory.", "max-time", `"10m"`},
	{"", "memory", `"1GB"`},
	{"", "steps", "100"},
	{"Another table from the same data, and how it is learned.", "seed", "0"},
	{"", "model", `"trees"`},
	{"Of the models ctgan, tvae and great.", "preset", `"plus"`},
	{"", "epochs", "300"},
	{"", "batch", "500"},
	{"", "lr", `"0.0002"`},
	{"", "pac", "10"},
	{"", "weights", `"models/distilgpt2"`},
	{"", "lora", `"8"`},
	{"", "temperature", `"0.7"`},
	{"", "bf16", "true"},
	{"", "trace", `"trace.csv"`},
}

// writeRecipe writes the options of a run and the columns of its table as a recipe. What was given stands there as a
// choice; what was found stands behind a #, so that the file says no more than the run did.
func writeRecipe(w io.Writer, t *table.Table, found []table.Found, o *options) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# Recipe for %s\n# A line behind a # is a choice that was not made: take the # away to make it.\n"+
		"# What stands on the command line wins.\n"+
		"#   cohort make %s --recipe THIS-FILE\n", o.named(), quoteArg(o.file()))
	for _, p := range recipeParts {
		if p.about != "" {
			fmt.Fprintf(b, "\n# %s\n", strings.ReplaceAll(p.about, "\n", "\n# "))
		}
		if p.option == "rule" {
			for _, f := range found {
				fmt.Fprintf(b, "#   found: %s\n", f.Rule)
			}
		}
		opt, _ := findOption(p.option)
		if values := o.given[p.option]; len(values) > 0 {
			fmt.Fprintf(b, "%s = %s\n", p.option, tomlValue(opt, values))
		} else {
			fmt.Fprintf(b, "# %s = %s\n", p.option, p.example)
		}
	}
	b.WriteString("\n# Columns. kind: category, ordered, number, date, id or text. layout, for a date:\n" +
		"# d/m/y, m/d/y or y/m/d. coarsen: day, month or year, or a step for a number.\n# drop = true leaves the column out.\n")
	for i := range t.Schema().Columns {
		writeColumn(b, &t.Schema().Columns[i], o)
	}
	return b.Flush()
}

// writeColumn writes the table of one column.
func writeColumn(b *bufio.Writer, c *table.Column, o *options) {
	fmt.Fprintf(b, "\n[columns.%s]\n", tomlQuote(c.Name))
	key := func(chosen bool, key, value, why string) {
		if !chosen {
			key = "# " + key
		}
		if why != "" {
			why = "   # " + why
		}
		fmt.Fprintf(b, "%s = %s%s\n", key, value, why)
	}
	kind := tomlQuote(kindText(c.Kind))
	key(says(o.kinds, c.Name) != "", "kind", kind, c.Why)
	if c.Kind == table.Date {
		layout := says(o.layouts, c.Name)
		key(layout != "", "layout", tomlQuote(orElse(layout, dateOrder(c.Layout))), "")
	}
	if c.Kind == table.Ordered {
		i := slices.IndexFunc(o.orders, func(l columnTexts) bool { return l.column == c.Name })
		order := []string{"low", "middle", "high"}
		if i >= 0 {
			order = o.orders[i].texts
		}
		key(i >= 0, "order", tomlList(order), "")
	}
	if coarsen := says(o.coarsen, c.Name); coarsen != "" || c.Kind == table.Date || kind == `"number"` {
		key(coarsen != "", "coarsen", tomlQuote(orElse(coarsen, map[bool]string{true: "month", false: "5"}[c.Kind == table.Date])), "")
	}
	key(c.Treat == table.Drop, "drop", "true", "")
}

// says gives what an option says about a column, the last one where there are several; "" if none.
func says(list []columnText, column string) string {
	text := ""
	for _, c := range list {
		if c.column == column {
			text = c.text
		}
	}
	return text
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// dateOrder gives the order of day, month and year in a layout of the time package: d/m/y.
func dateOrder(layout string) string {
	var order []string
	text := layoutText(layout)
	for len(text) > 0 {
		for _, word := range []string{"day", "month", "year", "weekday"} {
			if strings.HasPrefix(text, word) {
				if word != "weekday" {
					order = append(order, word[:1])
				}
				text = text[len(word)-1:]
				break
			}
		}
		text = text[1:]
	}
	if len(order) != 3 {
		return "y/m/d"
	}
	return strings.Join(order, "/")
}

// tomlValue writes the values of an option.
func tomlValue(opt option, values []string) string {
	switch {
	case opt.value == "":
		return "true"
	case opt.repeat:
		return tomlList(values)
	case opt.value == "NUMBER":
		return strings.ReplaceAll(values[0], ",", "_")
	}
	return tomlQuote(values[0])
}

// tomlList writes texts as an array of TOML.
func tomlList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = tomlQuote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// tomlQuote writes a text as a basic string of TOML.
func tomlQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
