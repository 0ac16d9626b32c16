package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/eval"
)

// outsideReport writes the report for those who get the table: rounded, and without what tells of single columns.
func (m *making) outsideReport(out io.Writer) error {
	_, err := io.WriteString(out, m.reportHead("Counts of people are rounded, and small ones are left out.")+reportText(m.result.Report.Outside()))
	return err
}

// fullReport writes the report for those who have the real table, with every number.
func (m *making) fullReport(out io.Writer) error {
	r := m.result.Report
	text := m.reportHead("As confidential as the real table: for those who have it.") + reportText(r)
	_, err := io.WriteString(out, text+sentencesText(r)+metricsText(r))
	return err
}

func (m *making) reportHead(about string) string {
	info := m.model.Info()
	return "Report on " + m.name + "_SYNTHETIC" + m.ext + "\n\n" +
		wrap("", "Made on "+time.Now().Format("2 January 2006")+" with Cohort "+info.Version+". "+about, 79) + "\n\n" +
		wrap("Level  ", levelText(m.o.level, info.Protect), 79) + "\n\n"
}

// sentencesText says in words what every check found.
func sentencesText(r *eval.Report) string {
	var b strings.Builder
	b.WriteString("\nWhat the checks found, in words\n")
	for _, c := range r.Checks {
		if c.Sentence != "" {
			b.WriteString("\n" + wrap("  ", oneLine(c.Name)+": "+sentence(c.Sentence), 79) + "\n")
		}
	}
	return b.String()
}

// metricsText lists every number.
func metricsText(r *eval.Report) string {
	var b strings.Builder
	b.WriteString("\nEvery number (the names are those of the JSON file beside this one)\n\n")
	line := func(name, value, low, high, real, best string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %-31s %8s %8s %8s %8s %6s", name, value, low, high, real, best), " ") + "\n")
	}
	line("", "here", "from", "to", "real", "ideal")
	for _, m := range r.Metrics {
		name := m.Name
		if len(m.Columns) > 0 {
			name += " " + oneLine(strings.Join(m.Columns, " + "))
		}
		if len([]rune(name)) > 31 {
			b.WriteString("  " + name + "\n")
			name = ""
		}
		line(name, numberOrNone(m.Value), numberOrNone(m.Low), numberOrNone(m.High), numberOrNone(m.Real), numberOrNone(m.Best))
		if m.Reason != "" {
			b.WriteString(wrap("      ", m.Reason, 79) + "\n")
		}
	}
	return b.String()
}

// numberOrNone writes a number in four digits, and a dash where there is none.
func numberOrNone(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
