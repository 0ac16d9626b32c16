package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// LaTeX writes a booktabs table of the named metrics, one column a report, each number with its 95 % interval where it has one,
// and in the last column the number of real people. All numbers of a line have as many decimals. A metric of columns has a line for each of them that any report has. With
// no names it is all metrics that are about no column. A number that could not be computed is a dash, and a comment of the
// source says why. It gives an error for a name that no report has, and those of w.
func LaTeX(w io.Writer, names []string, reports ...*eval.Report) error {
	if len(reports) == 0 {
		panic("report: LaTeX: there is no report")
	}
	lines, err := latexLines(names, reports)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\\begin{tabular}{l%s}\n\\toprule\nMetric", strings.Repeat("r", len(reports)+1))
	tables := tableNames(reports)
	for i := range reports {
		b.WriteString(" & " + escapeLaTeX(tables[i]))
	}
	b.WriteString(" & Real people \\\\\n\\midrule\n")
	for _, line := range lines {
		label := "\\texttt{" + escapeLaTeX(line.name) + "}"
		for i, c := range line.columns {
			label += []string{" ", " $\\times$ "}[min(i, 1)] + escapeLaTeX(named(c))
		}
		b.WriteString(label)
		real, why, d := "--", "", line.digits(reports)
		for i, r := range reports {
			m := line.find(r)
			if m == nil {
				b.WriteString(" & --")
				continue
			}
			b.WriteString(" & " + latexNumber(m, d))
			if m.Status != eval.OK {
				why += fmt.Sprintf("%% %s, %s: %s: %s\n", clean(line.name), tables[i], m.Status, clean(m.Reason))
			}
			if real == "--" && !isNone(m.Real) {
				real = latexMinus(fixed(m.Real, d))
			}
		}
		b.WriteString(" & " + real + " \\\\\n" + why)
	}
	b.WriteString("\\bottomrule\n\\end{tabular}\n")
	head := "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}; square brackets are 95 % intervals\n"
	if strings.Contains(b.String(), `\beyondlatin{`) {
		head += beyondLatin
	}
	_, err = io.WriteString(w, head+b.String())
	return err
}

// A latexLine is one metric.
type latexLine struct {
	name    string
	columns []string
}

func (l *latexLine) find(r *eval.Report) *eval.Metric {
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Name == l.name && slices.Equal(m.Columns, l.columns) {
			return m
		}
	}
	return nil
}

// digits is how many decimals all numbers of the line have: as many as that of its metrics that needs most.
func (l *latexLine) digits(reports []*eval.Report) int {
	most := 0
	for _, r := range reports {
		if m := l.find(r); m != nil && !(isNone(m.Value) && isNone(m.Real)) {
			most = max(most, digits(m))
		}
	}
	return most
}

// latexLines lists the metrics of the table.
func latexLines(names []string, reports []*eval.Report) ([]latexLine, error) {
	var lines []latexLine
	add := func(wanted func(m *eval.Metric) bool) bool {
		before := len(lines)
		for _, r := range reports {
			for i := range r.Metrics {
				m := &r.Metrics[i]
				same := func(l latexLine) bool { return l.name == m.Name && slices.Equal(l.columns, m.Columns) }
				if wanted(m) && !slices.ContainsFunc(lines, same) {
					lines = append(lines, latexLine{m.Name, m.Columns})
				}
			}
		}
		return len(lines) > before
	}
	if len(names) == 0 {
		add(func(m *eval.Metric) bool { return len(m.Columns) == 0 })
	}
	for _, name := range names {
		if !add(func(m *eval.Metric) bool { return m.Name == name }) && !slices.ContainsFunc(lines, func(l latexLine) bool { return l.name == name }) {
			return nil, fmt.Errorf("report: LaTeX: no report has a metric %q; the names are those of Metric.Name, such as %q", name, firstName(reports))
		}
	}
	return lines, nil
}

func firstName(reports []*eval.Report) string {
	name := ""
	for _, r := range reports {
		if len(r.Metrics) > 0 {
			name = cmp.Or(name, r.Metrics[0].Name)
		}
	}
	return cmp.Or(name, "shape.mean")
}

func latexNumber(m *eval.Metric, d int) string {
	text := latexMinus(fixed(m.Value, d))
	if !isNone(m.Value) && !isNone(m.Low) && !isNone(m.High) {
		text += " [" + latexMinus(fixed(m.Low, max(d, 1))) + ", " + latexMinus(fixed(m.High, max(d, 1))) + "]"
	}
	return text
}

// latexMinus sets the minus sign and the dash as LaTeX does.
func latexMinus(s string) string {
	return strings.NewReplacer("−", "$-$", "–", "--").Replace(s)
}

// latexSigns are the signs that mean something to LaTeX, and those that its default fonts lack or make other ones of.
var latexSigns = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `%`, `\%`, `_`, `\_`,
	`^`, `\textasciicircum{}`, `~`, `\textasciitilde{}`, `<`, `\textless{}`, `>`, `\textgreater{}`, `|`, `\textbar{}`, `"`, `\textquotedbl{}`,
	"`", `\textasciigrave{}`, `'`, `\textquotesingle{}`, `-`, `{-}`,
)

// beyondLatin lets a table with signs that pdfLaTeX lacks be compiled by it, too. Only the other two engines know \Umathcode.
const beyondLatin = `% XeLaTeX and LuaLaTeX show all signs that their font has; pdfLaTeX shows the numbers of those that it lacks
\providecommand\beyondlatin[2]{\ifdefined\Umathcode#1\else\texttt{U+#2}\fi}
`

// escapeLaTeX makes a text of the signs of a name. Brackets are put in braces, lest they be taken for an option.
func escapeLaTeX(s string) string {
	s = latexSigns.Replace(clean(s))
	s = strings.NewReplacer("[", "{[}", "]", "{]}").Replace(s)
	var b strings.Builder
	for _, r := range s {
		if inLaTeX(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\beyondlatin{%c}{%04X}`, r, r)
		}
	}
	return b.String()
}

// inLaTeX tells whether pdfLaTeX knows a sign with its own encodings, utf8 and T1.
func inLaTeX(r rune) bool {
	switch {
	case r < 0x80:
		return true
	case r >= 0xA1 && r <= 0x17E:
		return !strings.ContainsRune("ĦħĸĿŀŉŦŧ", r)
	}
	return strings.ContainsRune("–—‘’‚“”„…€ȘșȚț", r)
}
