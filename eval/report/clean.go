package report

import (
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"example.org/cohort/eval"
)

// clean takes signs out of a text that would move the cursor or turn the direction of reading for what follows.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || turns(r)
	}), " ")
}

// turns tells whether a sign turns the direction of reading, or can't be seen at all.
func turns(r rune) bool { return unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' }

// named is a name as it is read.
func named(s string) string {
	if s = clean(s); s == "" {
		return "(no name)"
	}
	return s
}

// short cuts a name to the room of n letters. Signs of East Asia take that of two.
func short(s string, n int) string {
	room, fits := n, 0 // fits is how many bytes leave room for the mark of a cut
	for i, r := range s {
		if room >= 1 {
			fits = i
		}
		if room--; r >= 0x1100 && r != '…' {
			room--
		}
		if room < 0 {
			return s[:fits] + "…"
		}
	}
	return s
}

// fileName is a file without its folders.
func fileName(path string) string {
	if path == "" {
		return ""
	}
	return named(filepath.Base(path))
}

// isNone tells whether there is no number.
func isNone(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

// counts are metrics that count people, be it none or one.
var counts = []string{"private.real", "private.reals", "private.rare", "private.rares", "private.one_of_a_kind"}

// digits is how many decimals the numbers of a metric are read with: points of 100 have one, counts none, others three. For
// outsiders they are rounded already, points to whole ones.
func digits(m *eval.Metric) int {
	whole := true
	for _, x := range []float64{m.Value, m.Real} {
		whole = whole && (isNone(x) || x == math.Trunc(x))
	}
	switch {
	case whole && m.Best == 100:
		return 0
	case m.Best == 100 || !whole && m.Name == "private.one_of_a_kind": // which stands beside what chance gives
		return 1
	case whole && slices.Contains(counts, m.Name), whole && m.Best == 0 && math.Abs(m.Value) > 1:
		return 0
	}
	return 3
}

// number writes a number, and a dash where there is none.
func number(x float64, decimals int) string {
	if isNone(x) {
		return "–"
	}
	if math.Abs(x) >= 1e7 {
		return minus(strconv.FormatFloat(x, 'g', 4, 64))
	}
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Contains(text, ".") && decimals > 1 {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return minus(text)
}

// minus gives a negative number its sign.
func minus(text string) string {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return "−" + rest
	}
	return text
}

// fixed writes a number with all its decimals, to stand below others of its kind.
func fixed(x float64, decimals int) string {
	if isNone(x) || math.Abs(x) >= 1e6 {
		return number(x, decimals)
	}
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-")
	}
	return minus(text)
}

// scoreDecimals are those of scores; for outsiders they are rounded already.
func scoreDecimals(to Audience) int {
	if to == Outside {
		return 2
	}
	return 3
}

// fixedRange writes an interval of such numbers, or a dash.
func fixedRange(m *eval.Metric) string {
	if isNone(m.Low) || isNone(m.High) {
		return "–"
	}
	return fixed(m.Low, 3) + " to " + fixed(m.High, 3)
}

// interval writes "0.94 to 0.98", or a dash.
func interval(m *eval.Metric) string {
	if isNone(m.Low) || isNone(m.High) {
		return "–"
	}
	d := max(digits(m), 1)
	return number(m.Low, d) + " to " + number(m.High, d)
}

// grouped writes a count, from 10,000 on with commas.
func grouped(n int) string {
	s := strconv.Itoa(n)
	if n < 10000 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes a number and its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// at writes a place in a drawing.
func at(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }
