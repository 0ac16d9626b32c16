package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/cohort/table"
)

// dialectText says how a file is written: comma, UTF-8, decimal comma, dates day/month/year.
func dialectText(s *table.Schema) string {
	d := s.Dialect
	words := []string{separatorName(d.Comma), encodingName(d)}
	if d.Decimal == ',' {
		words = append(words, "decimal comma")
	}
	if name, ok := map[rune]string{'.': "a point", ',': "a comma", ' ': "a blank", '\u00a0': "a blank", '\u202f': "a blank", '\'': "an apostrophe"}[d.Thousand]; ok {
		words = append(words, name+" at thousands")
	}
	var dates []string
	for i := range s.Columns {
		if c := &s.Columns[i]; c.Kind == table.Date {
			if text := layoutText(c.Layout); !slices.Contains(dates, text) {
				dates = append(dates, text)
			}
		}
	}
	if len(dates) > 0 {
		words = append(words, "dates "+strings.Join(dates[:min(2, len(dates))], " and "))
	}
	return strings.Join(words, ", ")
}

func separatorName(comma rune) string {
	switch comma {
	case ',', 0:
		return "comma"
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	case '|':
		return "bar"
	}
	return `separator "` + string(comma) + `"`
}

func encodingName(d table.Dialect) string {
	names := map[string]string{"": "UTF-8", "utf-8": "UTF-8", "utf-16le": "UTF-16", "utf-16be": "UTF-16, big end first",
		"windows-1252": "Windows-1252", "iso-8859-1": "ISO-8859-1"}
	if name, ok := names[d.Encoding]; ok {
		return name
	}
	return d.Encoding
}

// layoutText names the parts of a layout of the time package: day.month.year.
var layoutText = strings.NewReplacer("Monday", "weekday", "Mon", "weekday", "January", "month", "Jan", "month", "2006", "year",
	"01", "month", "02", "day", "06", "year", "15", "hour", "04", "minute", "05", "second", "03", "hour", "PM", "am/pm",
	"1", "month", "2", "day", "3", "hour").Replace

// kindText is the word for a kind that people read.
func kindText(k table.Kind) string {
	if k == table.Whole || k == table.Decimal {
		return "number"
	}
	return k.String()
}

// learnedText says what is learned of a column, or what becomes of it. c has the values and the range that may be shown;
// kept is how many more there are, room how many columns a list of values may take.
func learnedText(c *table.Column, filled bool, kept, room int) string {
	switch {
	case c.Treat == table.Drop:
		return "left out"
	case c.Treat == table.Blank:
		return "not learned; left empty"
	case c.Kind == table.ID && strings.Trim(c.Layout, "9") == "":
		return "not learned; new numbers"
	case c.Kind == table.ID:
		return "not learned; new ids"
	case c.Kind == table.Text || c.Treat == table.Invent:
		return "not learned; invented"
	case filled:
		return "not learned; too rare, invented"
	case c.Kind == table.Category:
		return valuesLine(c.Values, ", ", kept, room)
	case c.Kind == table.Ordered:
		return valuesLine(c.Values, " < ", kept, room)
	}
	text := rangeText(c)
	switch {
	case c.Min == 0 && c.Max == 0 && strings.HasPrefix(c.Why, "fewer than "): // Package encode says so.
		text = "not learned; left empty"
	case c.Kind == table.Date:
		text = dateRange(c)
	}
	if len(c.Marks) > 0 {
		text += ", and " + strings.Join(c.Marks[:min(3, len(c.Marks))], ", ")
		if n := len(c.Marks) - 3; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
	}
	return text
}

// valuesLine lists values if they fit, and counts them if they don't.
func valuesLine(values []string, between string, kept, room int) string {
	rare := ""
	if kept > 0 {
		rare = " + " + grouped(int64(kept)) + " rare"
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	list := strings.Join(trimmed, between)
	if len(values) > 0 && utf8.RuneCountInString(list)+len(rare) <= room && !strings.ContainsAny(list, "\r\n") {
		return list + rare
	}
	return count(len(values), "value", "values") + rare
}

// rangeText is the range of a number and its steps.
func rangeText(c *table.Column) string {
	if c.Coarsen != "" {
		return fmt.Sprintf("%s to %s, steps of %s", numberText(c, c.Min), numberText(c, c.Max), c.Coarsen)
	}
	steps := "steps of " + plainNumber(c.Step)
	switch d := decimals(c.Step); {
	case c.Step == 1:
		steps = "whole"
	case strings.Trim(plainNumber(c.Step), "0.") == "1" && d > 0:
		steps = count(d, "decimal", "decimals")
	}
	return fmt.Sprintf("%s to %s, %s", numberText(c, c.Min), numberText(c, c.Max), steps)
}

func decimals(step float64) int {
	_, frac, _ := strings.Cut(plainNumber(step), ".")
	return len(frac)
}

// numberText writes a number with the decimals of its step, of which a reader needs a few.
func numberText(c *table.Column, v float64) string {
	if d := decimals(c.Step); d <= 6 {
		return fmt.Sprintf("%.*f", d, v)
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

// dateRange says how much of a date is learned.
func dateRange(c *table.Column) string {
	if c.Coarsen != "" {
		return c.Coarsen + " kept"
	}
	from, to := time.Unix(int64(c.Min), 0).UTC(), time.Unix(int64(c.Max), 0).UTC()
	unit := "day"
	switch {
	case !strings.Contains(c.Layout, "06") && strings.Contains(c.Layout, "15"):
		return "times of day"
	case c.Step < 60:
		unit = "second"
	case c.Step < 86400:
		unit = "minute"
	}
	if from.Year() == to.Year() {
		return fmt.Sprintf("%s kept, in %d", unit, from.Year())
	}
	return fmt.Sprintf("%s kept, %d to %d", unit, from.Year(), to.Year())
}

// gapCount counts the missing cells of a column.
func gapCount(t *table.Table, col int) int {
	n := 0
	switch t.Schema().Columns[col].Kind {
	case table.Whole, table.Decimal, table.Date:
		for _, v := range t.Ints(col) {
			if v == missingNumber {
				n++
			}
		}
	default:
		for _, v := range t.Codes(col) {
			if v < 0 {
				n++
			}
		}
	}
	return n
}

// missingNumber is a missing cell among the numbers of a table.
const missingNumber = -1 << 63

// percentText writes a share: 0 only for none, 100 only for all.
func percentText(part, whole int) string {
	switch p := 100 * float64(part) / float64(max(whole, 1)); {
	case part > 0 && p < 0.5:
		return "<1 %"
	case part < whole && p > 99.5:
		return ">99 %"
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}
