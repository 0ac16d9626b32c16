package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

func TestLaTeX(t *testing.T) {
	none := math.NaN()
	a := &eval.Report{Metrics: []eval.Metric{
		{Name: "shape.mean", Value: 94.59, Low: none, High: none, Real: 94.14, Best: 100},
		{Name: "detect.auc", Value: .8214, Low: .7882, High: .8546, Real: .4913, Best: .5},
		{Name: "private.guess", Columns: []string{"50% & _more_"}, Value: -.0342, Low: -.109, High: .0497, Real: 0},
		{Name: "private.guess", Columns: []string{`\input{x} $^~#`}, Value: none, Low: none, High: none, Real: none, Status: eval.TooFew, Reason: "79 people\nwere set aside"},
	}}
	a.About.Table = "out/a_b.csv"
	b := &eval.Report{Metrics: a.Metrics[:1]}
	var out strings.Builder
	require.NoError(t, LaTeX(&out, []string{"shape.mean", "detect.auc", "private.guess", "shape.mean"}, a, b))
	require.Equal(t, `% needs \usepackage{booktabs} and \usepackage[T1]{fontenc}; square brackets are 95 % intervals
\begin{tabular}{lrrr}
\toprule
Metric & a\_b.csv & table 2 & Real people \\
\midrule
\texttt{shape.mean} & 94.6 & 94.6 & 94.1 \\
\texttt{detect.auc} & 0.821 [0.788, 0.855] & -- & 0.491 \\
\texttt{private.guess} 50\% \& \_more\_ & $-$0.034 [$-$0.109, 0.050] & -- & 0.000 \\
\texttt{private.guess} \textbackslash{}input\{x\} \$\textasciicircum{}\textasciitilde{}\# & -- & -- & -- \\
% private.guess, a_b.csv: too-few: 79 people were set aside
\bottomrule
\end{tabular}
`, out.String())

	out.Reset()
	require.NoError(t, LaTeX(&out, nil, a, b))
	require.Equal(t, 2, strings.Count(out.String(), `\texttt`), "those of no column")
	err := LaTeX(&out, []string{"shape.meen"}, a)
	require.EqualError(t, err, `report: LaTeX: no report has a metric "shape.meen"; the names are those of Metric.Name, such as "shape.mean"`)
	require.Panics(t, func() { _ = LaTeX(&out, nil) })
}

// All numbers of a line have as many decimals, whatever they are; counts have none.
func TestLaTeXDecimals(t *testing.T) {
	none := math.NaN()
	report := func(auc, real, count float64) *eval.Report {
		return &eval.Report{Metrics: []eval.Metric{
			{Name: "useful.auc", Value: auc, Low: none, High: none, Real: real, Best: 1}, {Name: "private.reals", Value: count, Low: none, High: none, Real: none},
			{Name: "shape.mean", Value: 100 * auc, Low: none, High: none, Real: none, Best: 100}, {Name: "dcr", Value: 3 + count, Low: none, High: none, Real: none}}}
	}
	var out strings.Builder
	require.NoError(t, LaTeX(&out, nil, report(.661, none, 0), report(.597, none, 1), report(.6, 1, 12), report(1, 1, 2)))
	for _, line := range []string{
		`\texttt{useful.auc} & 0.661 & 0.597 & 0.600 & 1.000 & 1.000 \\`, `\texttt{private.reals} & 0 & 1 & 12 & 2 & -- \\`,
		`\texttt{shape.mean} & 66.1 & 59.7 & 60.0 & 100.0 & -- \\`, `\texttt{dcr} & 3 & 4 & 15 & 5 & -- \\`,
	} {
		require.Contains(t, out.String(), line)
	}
}

// Nothing that a user writes becomes a command, ends a row, or hides what follows.
func TestLaTeXIsEscaped(t *testing.T) {
	for _, name := range wildNames {
		text := escapeLaTeX(name)
		require.NotContains(t, text, "\n")
		bare := strings.NewReplacer(`\{`, "", `\}`, "", `\$`, "", `\&`, "", `\#`, "", `\%`, "", `\_`, "").Replace(text)
		require.NotContains(t, strings.ReplaceAll(bare, "{}", ""), "%")
		require.Equal(t, strings.Count(bare, "{"), strings.Count(bare, "}"))
		require.NotContains(t, bare, "&")
	}
	require.Equal(t, `{[}2mm{]}`, escapeLaTeX("[2mm]"))
	require.Equal(t, `a{-}{-}b`, escapeLaTeX("a--b"))
	require.Equal(t, `größe \beyondlatin{π}{03C0}\beyondlatin{😀}{1F600}`, escapeLaTeX("größe π😀"))
}

// Signs that pdfLaTeX lacks bring the command that stands for them, and others do not.
func TestLaTeXBeyondLatin(t *testing.T) {
	for name, beyond := range map[string]bool{"größe.csv": false, "Łódź “2”.csv": false, "π.csv": true, "e\u0301.csv": true} {
		var out strings.Builder
		r := &eval.Report{Metrics: []eval.Metric{{Name: "shape.mean", Value: 1}}, About: eval.About{Table: name}}
		require.NoError(t, LaTeX(&out, nil, r))
		require.Equal(t, beyond, strings.Contains(out.String(), `\providecommand\beyondlatin`), name)
	}
}
