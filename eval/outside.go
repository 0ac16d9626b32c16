package eval

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Outside gives the report for people who must not learn of single persons: counts of people are rounded to 5 and small ones
// are "fewer than 5", numbers have two decimals and points of 100 none, intervals are gone, and no metric tells of a column. What is
// drawn of columns has counts rounded to 5, of pairs points rounded to 5.
func (r *Report) Outside() *Report {
	out := &Report{Version: r.Version, Verdict: r.Verdict, Metrics: outsideMetrics(r.Metrics),
		About: r.About.outside(), Shapes: outsideShapes(r.Shapes), Pairs: outsidePairs(r.Pairs)}
	for _, note := range r.Notes {
		out.Notes = append(out.Notes, roundCounts(note))
	}
	for _, c := range r.Checks {
		c.Metrics = outsideMetrics(c.Metrics)
		if c.Group == "Private" || c.Group == "Rules" {
			if kept, all, _ := strings.Cut(c.Shown, " of "); c.Group == "Private" || kept != all { // "1 of 1" are rules, and no people
				c.Shown = roundCounts(c.Shown)
			}
			c.Beside, c.Sentence = roundCounts(c.Beside), roundCounts(c.Sentence)
			if rest, ok := strings.CutPrefix(c.Sentence, "fewer"); ok {
				c.Sentence = "Fewer" + rest
			}
		}
		out.Checks = append(out.Checks, c)
	}
	return out
}

// outsideMetrics keeps the metrics that tell of no column, rounded: counts of people to 5, points of 100 to whole ones, and all others,
// however large they are, to two decimals. A gap is rounded by itself: it is the true difference, to two decimals.
func outsideMetrics(metrics []Metric) []Metric {
	var out []Metric
	for _, m := range metrics {
		if len(m.Columns) > 0 {
			continue
		}
		round := hundredths
		switch {
		case slices.Contains(countsOfPeople, m.Name):
			round = coarseNumber
		case m.Best == 100:
			round = math.Round
		}
		m.Value, m.Real, m.Best = round(m.Value), round(m.Real), round(m.Best) // the ideal may be the real people's number
		m.Low, m.High = math.NaN(), math.NaN()
		m.Reason = roundCounts(m.Reason)
		out = append(out, m)
	}
	return slices.Clip(out)
}

// countsOfPeople are the metrics of no column that count people; all others are shares and scores.
var countsOfPeople = []string{"private.reals", "private.rares", "private.one_of_a_kind"}

// hundredths rounds to two decimals. What has none anyway, and would overflow, stays.
func hundredths(x float64) float64 {
	if math.Abs(x) >= 1e15 {
		return x
	}
	return math.Round(100*x) / 100
}

// coarseNumber rounds a count of people to 5, a small one up: none is none.
func coarseNumber(x float64) float64 {
	if x > 0 && x < 5 {
		return 5
	}
	return 5 * math.Round(x/5)
}

// countWord finds whole numbers that stand alone; a sign, a decimal point or a per cent sign makes them something else.
var countWord = regexp.MustCompile(`(^|[\s(])(\d{1,3}(?:,\d{3})+|\d+)([\s:;,)]|\.?$|\. )`)

// notCounts are numbers that say how much is asked for, or that are parts of 100.
var notCounts = regexp.MustCompile(`(fewer than|least|needs|more than) \d+|\d+ (?:of 100\b|points?\b|are the least)|no memory: \d+(?:, up to [+]?\d+)?`)

// roundCounts rounds the counts in a text.
func roundCounts(text string) string {
	var b strings.Builder
	for text != "" {
		keep := notCounts.FindStringIndex(text)
		if keep == nil {
			keep = []int{len(text), len(text)}
		}
		b.WriteString(roundAll(text[:keep[0]]))
		b.WriteString(text[keep[0]:keep[1]])
		text = text[keep[1]:]
	}
	return b.String()
}

func roundAll(text string) string {
	var b strings.Builder
	for {
		at := countWord.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(text)
			return b.String()
		}
		n, err := strconv.Atoi(strings.ReplaceAll(text[at[4]:at[5]], ",", ""))
		b.WriteString(text[:at[4]])
		if err != nil {
			b.WriteString("many")
		} else {
			b.WriteString(coarseCount(n))
		}
		text = text[at[5]:]
	}
}

// coarseCount is a count as outsiders may read it.
func coarseCount(n int) string {
	switch {
	case n == 0:
		return "0"
	case n < 5:
		return "fewer than 5"
	}
	return grouped((n + 2) / 5 * 5)
}
