package eval

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// The columns of the screen of combined estimates: the interval stands behind estimate and error.
const combinedAt = 18

// WriteText writes the combined estimates as they are read on a screen: 79 columns, two lines a term.
func (c *Combination) WriteText(w io.Writer) error {
	var b strings.Builder
	head := "COMBINED    "
	unit := "rows"
	if c.Clustered {
		unit = "persons"
	}
	text := fmt.Sprintf("%d sets of %.0f, and %.0f real %s. %s", c.Sets, math.Round(c.Units[1]), c.Units[0], unit, c.Rule.sentence())
	for _, line := range append(wrap(c.Formula, screenWidth-len(head)), wrap(text, screenWidth-len(head))...) {
		b.WriteString(head + line + "\n")
		head = strings.Repeat(" ", len(head))
	}
	fmt.Fprintf(&b, "\n%s          %9s %9s   %-22s %5s\n", padded("", combinedAt), "estimate", "error", "95 % interval", "df")
	for _, t := range c.Terms {
		name := t.Name
		if utf8.RuneCountInString(name) >= combinedAt {
			b.WriteString(strings.Join(wrap(name, screenWidth), "\n") + "\n")
			name = ""
		}
		b.WriteString(padded(name, combinedAt) + "real      " + t.Real.line() + "\n")
		b.WriteString(padded("", combinedAt) + "combined  " + t.Combined.line() + "\n")
	}
	for _, text := range c.remarks() {
		b.WriteString("\n" + strings.Join(wrap(text, screenWidth), "\n") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is an estimate with its error, interval and degrees of freedom.
func (e Estimate) line() string {
	if math.IsNaN(e.Value) {
		return " no such rows"
	}
	df := "large"
	if !math.IsInf(e.DF, 0) {
		df = fmt.Sprintf("%.0f", e.DF)
		if e.DF >= 1e5 {
			df = "large"
		}
	}
	return fmt.Sprintf("%9.3g %9.3g   %-22s %5s", e.Value, e.SE, fmt.Sprintf("%.3g to %.3g", e.Low, e.High), df)
}

// sentence says by what rule sets are combined.
func (r SetsRule) sentence() string {
	switch r {
	case ProperSets:
		return "Rule \"proper\": each set from a model of its own, T = (1 + 1/m) b - v (Raghunathan, Reiter and Rubin 2003)."
	case PartialSets:
		return "Rule \"partial\": some columns are the real ones, T = v + b/m (Reiter 2003)."
	case FilledSets:
		return "Rule \"filled\": gaps of the real table are filled, T = v + (1 + 1/m) b (Rubin 1987; Barnard and Rubin 1999)."
	}
	return "Rule \"simple\": all sets from one model, T = v (k/n + 1/m) (Raab, Nowok and Dibben 2016)."
}

// remarks say what is out of the ordinary in these estimates.
func (c *Combination) remarks() []string {
	var out []string
	if c.Adjusted > 0 {
		out = append(out, fmt.Sprintf("The variance of %d of %d is not above 0 by the rule, and v k/n was taken in its place (Reiter 2002).", c.Adjusted, len(c.Terms)))
	}
	if c.Spread {
		out = append(out, "The sets differ more than sets of one model do. If each was written by a model of its own, these intervals are too narrow.")
	}
	var lost []string
	for _, t := range c.Terms {
		if t.Lost {
			lost = append(lost, t.Name)
		}
	}
	if len(lost) > 0 {
		out = append(out, "Further from the real estimate than drawing explains, so the generator does not keep it, and its interval says nothing of people: "+
			strings.Join(lost, ", ")+".")
	}
	return out
}

// Caution says in whole sentences what the intervals of any estimates of these sets do and do not show.
func (c *Combination) Caution() string {
	if c.Rule == FilledSets {
		return "Combined intervals allow for the gaps being unknown, as far as the model fills them rightly: what is unsure of one " +
			"model itself is in no interval, so they are rather too narrow where gaps are many. The real estimates leave out rows with gaps."
	}
	text := "Combined intervals are for people like the real ones, as far as the generator keeps what is asked here: what it gets wrong is in no interval."
	if c.Clustered {
		text += " Persons have several rows, and are what n counts; where synthetic persons have one row each, the intervals are rather too wide."
	}
	return text
}
