package eval

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The columns of the screen.
const (
	screenWidth = 79
	statusAt    = 14
	nameAt      = 21
	shownAt     = 39
	besideAt    = 51
	paragraphAt = 11
)

// WriteText writes the verdict as it is read on a screen: 79 columns, the verdict with the notes, then a line a check, and under
// a check that is not ok what was found and, after "Try:", the Remedy as it stands (the command writes its whole line there). A report
// without a verdict is its suite and WriteTable.
func (r *Report) WriteText(w io.Writer) error {
	if r.Verdict == 0 && r.About.Suite != "" {
		return r.writeSuite(w)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s%s\n", paragraphAt, "VERDICT", r.Verdict)
	head := strings.Join(append([]string{r.Summary()}, r.Notes...), " ")
	for _, line := range wrap(head, screenWidth-paragraphAt) {
		b.WriteString(strings.Repeat(" ", paragraphAt) + line + "\n")
	}
	group := ""
	for i := range r.Checks {
		c := &r.Checks[i]
		if i == 0 {
			b.WriteByte('\n')
		}
		name := c.Group
		if name == group {
			name = ""
		}
		group = c.Group
		c.writeLines(&b, name)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary counts the checks, in one sentence: "9 checks found no problem; 1 needs your eye."
func (r *Report) Summary() string {
	var fine, look, stop, private, open int
	for _, c := range r.Checks {
		switch c.Status {
		case OK:
			fine++
		case Look:
			look++
		case Stop:
			stop++
			if c.Group == "Private" {
				private++
			}
		default:
			open++
		}
	}
	switch {
	case len(r.Checks) == 0:
		return "No check was made."
	case stop > 0 && private == stop:
		return count(stop, "privacy check", "privacy checks") + " failed."
	case stop > 0:
		return count(stop, "check", "checks") + " failed."
	case look+open == 0:
		return count(fine, "check", "checks") + " found no problem. Whether to release is for you to decide."
	}
	text := count(fine, "check", "checks") + " found no problem; "
	if look > 0 {
		text += count(look, "needs", "need") + " your eye"
	}
	if open > 0 {
		if look > 0 {
			text += ", "
		}
		text += count(open, "could", "could") + " not tell"
	}
	return text + "."
}

// writeLines writes the line of a check and what belongs under it.
func (c *Check) writeLines(b *strings.Builder, group string) {
	sign := "[?]"
	switch c.Status {
	case OK, Look, Stop:
		sign = "[" + c.Status.String() + "]"
	}
	line := padded(group, statusAt) + padded(sign, nameAt-statusAt)
	names := wrap(c.Name, screenWidth-nameAt)
	for _, name := range names[:len(names)-1] {
		b.WriteString(line + name + "\n")
		line = strings.Repeat(" ", nameAt)
	}
	line += names[len(names)-1]
	for i, text := range []string{c.Shown, c.Beside} {
		if text == "" {
			continue
		}
		at := []int{shownAt, besideAt}[i]
		for _, part := range wrap(text, screenWidth-at) {
			if utf8.RuneCountInString(line) >= at {
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				line = ""
			}
			line = padded(line, at) + part
		}
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	if c.Status == OK {
		return
	}
	for _, text := range wrap(c.Sentence, screenWidth-nameAt) {
		b.WriteString(strings.TrimRight(strings.Repeat(" ", nameAt)+text, " ") + "\n")
	}
	if c.Remedy != "" {
		b.WriteString(strings.Repeat(" ", nameAt) + "Try:  " + c.Remedy + "\n")
	}
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
}

// wrap breaks a text into lines of at most width signs, at least one: at blanks, and within words that are longer than a line.
// Signs that would move the cursor become blanks; a line end in the text starts a line.
func wrap(s string, width int) []string {
	var lines []string
	for _, para := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.FieldsFunc(para, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
				line += " " + word
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			signs := []rune(word)
			for len(signs) > width {
				lines = append(lines, string(signs[:width]))
				signs = signs[width:]
			}
			line = string(signs)
		}
		lines = append(lines, line)
	}
	return lines
}
