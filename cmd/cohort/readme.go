package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/table"
)

// readme writes README.txt for those who get the table. All that it says about columns comes from the schema of the rows
// written, in which rare values and extremes are not any more.
func (m *making) readme(out io.Writer) error {
	info := m.model.Info()
	name := m.name + "_SYNTHETIC" + m.ext
	source := fmt.Sprintf("a table of %s and %s", rowsText(int64(m.table.Rows())), count(len(m.table.Schema().Columns), "column", "columns"))
	if m.file != "-" {
		source += " (" + filepath.Base(m.file) + ")"
	}
	var b strings.Builder
	para := func(lead, text string) { b.WriteString(wrap(lead, text, 79) + "\n") }
	para("", name)
	b.WriteString("\nWhat this is\n")
	para("  ", "No row is a person. "+rowsText(int64(m.result.Table.Rows()))+" of artificial people, drawn from a model that had learned the "+
		"patterns of a real table. No row was copied or changed from a real one.")
	b.WriteString("\n")
	para("  Made by   ", "______________________________ (please fill in: who, where, contact)")
	para("  Made on   ", time.Now().Format("2 January 2006")+", with Cohort "+info.Version)
	para("  Source    ", source+"; it is not part of this folder.")
	b.WriteString("\nLevel\n")
	para("  ", levelText(m.o.level, info.Protect))
	if n := len(info.Schema.Rules); n > 0 {
		para("  ", "Rules that hold in every row:")
		for _, r := range info.Schema.Rules {
			b.WriteString("    " + r.String() + "\n")
		}
	}
	b.WriteString("\nLikeness\n")
	for _, text := range m.likeness() {
		para("  - ", text)
	}
	para("  ", "What was checked before release, and the verdict, is in "+m.name+"_report.html.")
	b.WriteString(readmeUse)
	if s := m.histories(); s != "" {
		para("  - ", s)
	}
	b.WriteString("\nColumns\n")
	para("  ", "Units are those of the column names and of the source; please add what the names leave open.")
	for i := range info.Schema.Columns {
		b.WriteString("\n  " + info.Schema.Columns[i].Name + "\n")
		para("    ", m.describeColumn(i, info.Schema))
	}
	b.WriteString("\nHow to cite\n")
	para("  ", fmt.Sprintf("[made by], %d. %s: a synthetic table, written with Cohort %s (The Cohort authors). Say in the text that "+
		"the data are synthetic.", time.Now().Year(), name, info.Version))
	_, err := io.WriteString(out, b.String())
	return err
}

// likeness says in words how close the rows come to real people, and how useful they are, with rounded numbers.
func (m *making) likeness() []string {
	var texts []string
	r := m.result.Report.Outside()
	for _, c := range r.Checks {
		if c.Group == "Looks alike" || c.Group == "Useful" {
			texts = append(texts, oneLine(c.Name)+": "+sentence(c.Sentence))
		}
	}
	if len(texts) == 0 {
		texts = append(texts, "Not measured: at this level no relations between columns are learned.")
	}
	return append(texts, r.Notes...)
}

const readmeUse = `
What not to use it for
  - Statements about a single person, or about whether somebody was in the
    real table.
  - Final results: compute them again on the real table before you publish.
  - Rare groups and extremes: they may be missing on purpose.
  - Joining with other tables: ids, names and free text are invented.
`

// levelText says what a level changed.
func levelText(level string, protect int) string {
	rare := "Nothing was kept out for being rare (--protect 0): values and extremes that a single person has may appear."
	if protect > 0 {
		rare = fmt.Sprintf("Values, marks and extremes that fewer than %d persons have were not learned; their share went to other values.", protect)
	}
	switch level {
	case "research":
		return "research: for use under an agreement. " + rare + " Ids, names and free text are invented."
	case "structure":
		return "structure: for testing software. Formats and common values only; shares of values are rounded to 10 %, and there " +
			"are no relations between columns. " + rare + " Ids, names and free text are invented."
	}
	return "share: to hand over. " + rare + " Birth dates keep month and year only. Ids, names and free text are invented."
}

// describeColumn describes a column as it is written: kind, values or range, treatment.
func (m *making) describeColumn(i int, s *table.Schema) string {
	c := &s.Columns[i]
	switch {
	case c.Treat == table.Blank:
		return c.Kind.String() + ". Left empty."
	case m.encoder.Filled(i):
		return c.Kind.String() + ". Invented, not learned."
	case gapCount(m.result.Table, i) == m.result.Table.Rows():
		return c.Kind.String() + ". Empty in all rows."
	}
	var b strings.Builder
	switch c.Kind {
	case table.Category, table.Ordered:
		b.WriteString(c.Kind.String() + "; " + valuesText(c))
	case table.Whole, table.Decimal:
		fmt.Fprintf(&b, "number; %s to %s, in steps of %s", plainNumber(c.Min), plainNumber(c.Max), plainNumber(c.Step))
	case table.Date:
		fmt.Fprintf(&b, "date; %s to %s", dateText(c, c.Min), dateText(c, c.Max))
	}
	if len(c.Marks) > 0 {
		b.WriteString("; also " + quotedList(c.Marks))
	}
	if len(c.Missing) > 0 {
		b.WriteString("; has empty cells")
		if c.Missing[0] != "" {
			b.WriteString(", written " + strconv.Quote(c.Missing[0]))
		}
	}
	switch {
	case computedColumns(s.Rules)[c.Name]:
		b.WriteString(". Computed by a rule.")
	case c.Coarsen != "":
		b.WriteString(". Learned, made coarser: " + c.Coarsen + ".")
	default:
		b.WriteString(". Learned.")
	}
	return b.String()
}

// mostValues is how many values of a column are listed.
const mostValues = 40

func valuesText(c *table.Column) string {
	if len(c.Values) > mostValues {
		return grouped(int64(len(c.Values))) + " values, among them " + quotedList(c.Values[:mostValues])
	}
	text := quotedList(c.Values)
	if c.Kind == table.Ordered {
		text = strings.ReplaceAll(text, `", "`, `" < "`)
	}
	return text
}

func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = strconv.Quote(s)
	}
	return strings.Join(quoted, ", ")
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// dateText writes seconds since 1970 in the layout of the column.
func dateText(c *table.Column, seconds float64) string {
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)).UTC().Format(c.Layout)
}
