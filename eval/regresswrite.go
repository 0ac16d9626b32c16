package eval

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// The columns of the screen of a regression.
const (
	realAt                 = 20
	fakeAt                 = 46
	overlapAt              = 72
	longRealAt, longFakeAt = 2, 37 // below the name, where an interval is too long to stand beside it
)

// WriteText writes the regression as it is read on a screen: 79 columns, a line a coefficient with its 95 % interval on real and on
// synthetic rows and their overlap.
func (r *Regression) WriteText(w io.Writer) error {
	var b strings.Builder
	model := "Least squares."
	if r.Logistic {
		model = "Logistic regression of the log odds of " + r.Outcome + " = " + r.Event + "."
	}
	if r.Clustered {
		model += " Errors allow for several rows of a person."
	}
	model += fmt.Sprintf(" %s real rows, %s left out; %s synthetic ones, %s.", grouped(r.Rows[0]), grouped(r.Left[0]), grouped(r.Rows[1]), grouped(r.Left[1]))
	head := "REGRESSION  "
	for _, line := range append(wrap(r.Formula, screenWidth-len(head)), wrap(model, screenWidth-len(head))...) {
		b.WriteString(head + line + "\n")
		head = strings.Repeat(" ", len(head))
	}
	b.WriteString("\n" + padded(padded(padded("", realAt)+"real", fakeAt)+"synthetic", overlapAt) + "overlap\n")
	for _, t := range r.Terms {
		name, atReal, atFake := t.Name, realAt, fakeAt
		long := max(len(t.Real.text()), len(t.Fake.text())) >= fakeAt-realAt
		if long {
			atReal, atFake = longRealAt, longFakeAt
		}
		if long || utf8.RuneCountInString(name) >= realAt {
			for _, line := range wrap(name, screenWidth) {
				b.WriteString(line + "\n")
			}
			name = ""
		}
		line := padded(padded(padded(name, atReal)+t.Real.text(), atFake)+t.Fake.text(), overlapAt)
		fmt.Fprintf(&b, "%s%7.2f\n", line, t.Overlap)
	}
	n := len(r.Terms)
	end := fmt.Sprintf("Mean overlap %.2f (1 is the same interval). The sign agrees in %d of %d, and whether the interval holds no 0 in %d of %d.",
		r.Overlap, r.SameSign, n, r.SameSignificance, n)
	if r.Status != OK {
		end = "Nothing could be compared: " + r.Reason + "."
	}
	b.WriteString("\n" + strings.Join(wrap(end, screenWidth), "\n") + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// text is the estimate with its interval.
func (e Estimate) text() string {
	if math.IsNaN(e.Value) {
		return "no such rows"
	}
	return fmt.Sprintf("%.3g [%.3g, %.3g]", e.Value, e.Low, e.High)
}
