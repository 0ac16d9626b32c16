package report_test

import (
	"fmt"
	"log"
	"math"
	"os"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/eval/report"
)

// A report, as eval.Compare gives it, becomes a page to sign and a table to cite.
func Example() {
	r := &eval.Report{
		Version: "1", Verdict: eval.LookCloser,
		Checks: []eval.Check{{Group: "Looks alike", Name: "single columns", Status: eval.Look, Shown: "84 of 100", Beside: "other real people: 95",
			Sentence: "The table reaches 84 of 100 where other real people reach 95."}},
		Metrics: []eval.Metric{
			{Name: "shape.mean", Value: 84.2, Low: math.NaN(), High: math.NaN(), Real: 94.9, Best: 100, Better: 1},
			{Name: "detect.auc", Value: 0.912, Low: 0.888, High: 0.936, Real: 0.497, Best: 0.5},
		},
		About: eval.About{Table: "grades_SYNTHETIC.csv", Rows: 600, RealRows: 600, RealPeople: 600, HeldPeople: 150},
	}
	var page strings.Builder
	if err := report.HTML(&page, report.Outside, r); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(page.String(), "LOOK CLOSER"), strings.Contains(page.String(), "<script"))
	if err := report.LaTeX(os.Stdout, []string{"detect.auc"}, r); err != nil {
		log.Fatal(err)
	}
	// Output:
	// true false
	// % needs \usepackage{booktabs} and \usepackage[T1]{fontenc}; square brackets are 95 % intervals
	// \begin{tabular}{lrr}
	// \toprule
	// Metric & grades\_SYNTHETIC.csv & Real people \\
	// \midrule
	// \texttt{detect.auc} & 0.912 [0.888, 0.936] & 0.497 \\
	// \bottomrule
	// \end{tabular}
}
