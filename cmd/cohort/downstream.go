package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// downstreamName begins the names of what models score that are taught by synthetic rows, and gapEnd ends those of the difference
// to the same models taught by real rows.
const (
	downstreamName = "downstream."
	gapEnd         = ".gap"
)

// withoutDownstream is a report without the numbers that downstreamText shows.
func withoutDownstream(r *eval.Report) *eval.Report {
	rest := *r
	rest.Metrics = slices.DeleteFunc(slices.Clone(r.Metrics), func(m eval.Metric) bool { return strings.HasPrefix(m.Name, downstreamName) })
	return &rest
}

// downstreamText is the table of models that were taught by synthetic and by real rows, a line a score, or "".
func downstreamText(r *eval.Report) string {
	var b strings.Builder
	var reasons []string
	some := false
	for _, m := range r.Metrics {
		if !strings.HasPrefix(m.Name, downstreamName) || strings.HasSuffix(m.Name, gapEnd) {
			continue
		}
		gap, _ := r.Metric(m.Name + gapEnd)
		if b.Len() == 0 {
			b.WriteString(downstreamLine("taught by", "synthetic", "real", "gap", "95 % of the gap"))
		}
		interval := ""
		if !math.IsNaN(gap.Low) && gap.Name != "" {
			interval = fourDecimals(gap.Low) + " to " + fourDecimals(gap.High)
		}
		b.WriteString(downstreamLine(m.Name, fourDecimals(m.Value), fourDecimals(m.Real), fourDecimals(gap.Value), interval))
		some = some || !math.IsNaN(m.Value) || !math.IsNaN(m.Real)
		if m.Reason != "" && !slices.Contains(reasons, m.Reason) {
			reasons = append(reasons, m.Reason)
		}
	}
	what := `"-" was not computed: `
	if !some {
		b.Reset() // a table of dashes
		what = "Not computed: downstream: "
	}
	for i, reason := range reasons {
		if some || i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(wrap("", what+sentence(reason), 79) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func downstreamLine(name, fake, real, gap, interval string) string {
	return strings.TrimRight(fmt.Sprintf("%-31s%10s%9s%9s  %s", name, fake, real, gap, interval), " ") + "\n"
}

// fourDecimals writes a score: of a large number no decimals, and a dash where there is none.
func fourDecimals(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "-"
	case a >= 1e7:
		return fmt.Sprintf("%.1e", x)
	case a >= 100:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.4f", x)
}
