package eval

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// The columns of the table of a suite, and how many metrics of columns it shows.
const (
	valueEnd     = 58
	realEnd      = 71
	mostOfColumn = 24
)

// writeSuite writes a report that has no verdict.
func (r *Report) writeSuite(w io.Writer) error {
	why := "No check was asked for, so there is no verdict."
	head := r.About.Suite + "."
	for _, p := range peerSuites() {
		if p.name == r.About.Suite {
			head, why = p.name+": "+p.whose+".", "These are a peer's definitions: no verdict."
		}
	}
	var b strings.Builder
	lead := fmt.Sprintf("%-*s", paragraphAt, "SUITE")
	for _, line := range append(wrap(head, screenWidth-paragraphAt), wrap(why, screenWidth-paragraphAt)...) {
		b.WriteString(lead + line + "\n")
		lead = strings.Repeat(" ", paragraphAt)
	}
	b.WriteString("\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if err := r.WriteTable(w); err != nil {
		return err
	}
	for _, note := range r.Notes {
		if _, err := io.WriteString(w, "\n"+strings.Join(wrap(note, screenWidth), "\n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// WriteTable writes the metrics as a table for a screen of 79 columns: name, value, the value of real people and which way is better;
// then those that could not be computed, with the reason. Of many metrics of columns it gives the number.
func (r *Report) WriteTable(w io.Writer) error {
	ofColumn := [3]int{}
	for _, m := range r.Metrics {
		ofColumn[min(len(m.Columns), 2)]++
	}
	all := ofColumn[1]+ofColumn[2] <= mostOfColumn
	var b strings.Builder
	b.WriteString(flushed(flushed("metric", "value", valueEnd), "real people", realEnd) + " better\n")
	for i := range r.Metrics {
		if m := &r.Metrics[i]; !math.IsNaN(m.Value) && (all || len(m.Columns) == 0) {
			m.writeLine(&b)
		}
	}
	if !all {
		var hidden []string
		for i, of := range []string{"single columns", "pairs of columns"} {
			if n := ofColumn[i+1]; n > 0 {
				hidden = append(hidden, count(n, "number", "numbers")+" of "+of)
			}
		}
		b.WriteString("\n" + strings.Join(wrap("Not shown: "+strings.Join(hidden, ", ")+".", screenWidth), "\n") + "\n")
	}
	for _, reason := range r.reasonsOf(all) {
		b.WriteString("\n" + strings.Join(wrap(reason, screenWidth), "\n") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLine writes the line of a metric. A name that is too long has its own.
func (m *Metric) writeLine(b *strings.Builder) {
	name := m.Name
	if len(m.Columns) > 0 {
		name += " " + strings.Join(m.Columns, " x ")
	}
	lines := wrap(name, screenWidth)
	if len(lines) > 1 || utf8.RuneCountInString(name) > valueEnd-9 {
		b.WriteString(strings.Join(lines, "\n") + "\n")
		name = ""
	} else {
		name = lines[0]
	}
	better := map[int]string{1: "higher", -1: "lower"}[m.Better]
	if m.Better == 0 && m.Best == m.Real {
		better = "as real"
	} else if m.Better == 0 && !math.IsNaN(m.Best) {
		better = screenNumber(m.Best)
	}
	line := flushed(flushed(name, screenNumber(m.Value), valueEnd), screenNumber(m.Real), realEnd)
	b.WriteString(strings.TrimRight(line+" "+better, " ") + "\n")
}

// reasonsOf gives a sentence for each reason for which metrics have no value, or one that stands for an error.
func (r *Report) reasonsOf(all bool) []string {
	var order []string
	names := map[string][]string{}
	for _, m := range r.Metrics {
		if m.Status == OK || m.Reason == "" || !all && len(m.Columns) > 0 {
			continue
		}
		lead := "Not computed: "
		if !math.IsNaN(m.Value) {
			lead = "With a reservation: "
		}
		key := lead + m.Reason
		if names[key] == nil {
			order = append(order, key)
		}
		name := m.Name
		if len(m.Columns) > 0 {
			name += " " + strings.Join(m.Columns, " x ")
		}
		names[key] = append(names[key], name)
	}
	var out []string
	for _, key := range order {
		lead, reason, _ := strings.Cut(key, ": ")
		out = append(out, lead+": "+strings.Join(names[key], ", ")+": "+strings.TrimSuffix(reason, ".")+".")
	}
	return out
}

// flushed puts a text at the right of a line of so many columns.
func flushed(line, text string, end int) string {
	return padded(line, end-utf8.RuneCountInString(text)) + text
}

// screenNumber writes four digits behind the point, less of large numbers and more of small ones; nothing of what is no number.
func screenNumber(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return ""
	case a >= 1e6 || a > 0 && a < 1e-4:
		return fmt.Sprintf("%.1e", x)
	case x == math.Trunc(x) && a >= 10 || a >= 1000:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.4f", x)
}
