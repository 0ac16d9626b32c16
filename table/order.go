package table

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxScale bounds the values of an ordered column that is not asked for.
const maxScale = 60

// scales gives sets of words with an order, from the least on. A column has one if all its values are in it.
var scales = sync.OnceValue(func() []map[string]int { return splitScales(scaleWords) })

const scaleWords = `
very low|low|medium|high|very high
low|moderate|high
low|mid|high
low|middle|high
low|average|high
none|mild|moderate|severe|very severe
none|low|medium|high
xxs|xs|s|m|l|xl|xxl|xxxl
extra small|small|medium|large|extra large
never|rarely|seldom|sometimes|often|usually|always
never|almost never|occasionally|sometimes|frequently|very often|always
strongly disagree|disagree|somewhat disagree|slightly disagree|neutral|undecided|slightly agree|somewhat agree|agree|strongly agree
strongly disagree|disagree|neither agree nor disagree|agree|strongly agree
very dissatisfied|dissatisfied|neutral|satisfied|very satisfied
very poor|poor|fair|average|good|very good|excellent
very bad|bad|neutral|good|very good
inadequate|requires improvement|good|outstanding
unsatisfactory|satisfactory|good|very good|excellent
not at all|a little|somewhat|moderately|quite a bit|very much|extremely
not at all|slightly|moderately|very|extremely
very unlikely|unlikely|neutral|likely|very likely
not important|slightly important|moderately important|important|very important
beginner|elementary|intermediate|upper intermediate|advanced|expert
novice|beginner|intermediate|advanced|expert
emerging|developing|secure|mastered
below|expected|above
below expected|expected|above expected
fail|pass|merit|distinction
fail|pass|credit|distinction|high distinction
bronze|silver|gold|platinum
freshman|sophomore|junior|senior
primary|secondary|tertiary
daily|weekly|fortnightly|monthly|quarterly|yearly
monday|tuesday|wednesday|thursday|friday|saturday|sunday
mon|tue|wed|thu|fri|sat|sun
january|february|march|april|may|june|july|august|september|october|november|december
jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec
first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth
1st|2nd|3rd|4th|5th|6th|7th|8th|9th|10th|11th|12th|13th
a1|a2|b1|b2|c1|c2
i|ii|iii|iv|v|vi|vii|viii|ix|x
`

func splitScales(text string) (out []map[string]int) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		scale := make(map[string]int)
		for i, word := range strings.Split(line, "|") {
			scale[word] = i
		}
		out = append(out, scale)
	}
	return out
}

// orderValues puts values in the order that they have by themselves, with the reason in words; nil if they have none.
func orderValues(values []string) (order []string, why string) {
	keys := make([]string, len(values))
	for i, v := range values {
		keys[i] = strings.ToLower(trim(v))
	}
	for _, scale := range scales() {
		if o := sortBy(values, func(i int) (float64, bool) {
			rank, ok := scale[keys[i]]
			return float64(rank), ok
		}); o != nil {
			return o, "a known scale"
		}
	}
	if o := sortBy(values, func(i int) (float64, bool) { return gradeRank(trim(values[i])) }); o != nil {
		return o, "grades"
	}
	if o := orderBands(values); o != nil {
		return o, "in order"
	}
	return nil, ""
}

// sortBy sorts by a rank that every value must have; nil if one has none.
func sortBy(values []string, rank func(i int) (float64, bool)) []string {
	type ranked struct {
		text string
		rank float64
	}
	all := make([]ranked, len(values))
	for i, v := range values {
		r, ok := rank(i)
		if !ok {
			return nil
		}
		all[i] = ranked{v, r}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.text, b.text))
	})
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = r.text
	}
	return out
}

// gradeRank orders school grades in letters, from U to A**: A* and A+ are above A, B- is below B.
func gradeRank(text string) (float64, bool) {
	if text == "" {
		return 0, false
	}
	rank := float64('H' - int(text[0]))
	switch {
	case text[0] == 'U':
		rank = -10
	case text[0] < 'A' || text[0] > 'H':
		return 0, false
	}
	switch text[1:] {
	case "":
	case "-", "\u2212":
		rank -= 0.3
	case "+", "*":
		rank += 0.3
	case "**":
		rank += 0.6
	default:
		return 0, false
	}
	return rank, true
}

// A band is what a text such as "10-20%", "Y7", "55<=" or "under 18" says: a range, with the words around the numbers.
type band struct {
	low, high float64
	words     string // the text with its numbers taken out, "%" left out
	open      bool   // one end is open
}

// bandPatterns find numbers and open ends in texts.
type bandPatterns struct {
	span, one                          *regexp.Regexp
	below, above, belowTail, aboveTail *regexp.Regexp
}

var patterns = sync.OnceValue(func() bandPatterns {
	const number = `(\d+(?:[.,]\d+)?)`
	return bandPatterns{
		span:      regexp.MustCompile(`^(\D*)` + number + `\s*%?\s*(?:-|\x{2013}|\x{2014}|to|/|\.\.)\s*` + number + `(\D*)$`),
		one:       regexp.MustCompile(`^(\D*)` + number + `(\D*)$`),
		below:     regexp.MustCompile(`^(?:<=?|\x{2264}|under|below|less than|up to|at most|until)$`),
		above:     regexp.MustCompile(`^(?:>=?|\x{2265}|over|above|more than|at least|from)$`),
		belowTail: regexp.MustCompile(`^(?:>=?|and under|and below|or less|or fewer|and less|and younger|or younger)$`),
		aboveTail: regexp.MustCompile(`^(?:\+|<=?|and over|and above|and more|or more|or over|and older|or older|plus)$`),
	}
})

// readBand takes a text apart.
func readBand(text string) (b band, ok bool) {
	find := patterns()
	text = strings.ToLower(trim(text))
	tidy := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "%", "")) }
	if m := find.span.FindStringSubmatch(text); m != nil {
		b.low, b.high = bandNumber(m[2]), bandNumber(m[3])
		b.words = tidy(m[1]) + "|" + tidy(m[4])
		return b, b.low <= b.high || strings.Contains(text, "/")
	}
	m := find.one.FindStringSubmatch(text)
	if m == nil {
		return b, false
	}
	b.low = bandNumber(m[2])
	b.high = b.low
	head, tail := tidy(m[1]), tidy(m[3])
	switch {
	case find.below.MatchString(head):
		b.low, b.open, head = math.Inf(-1), true, ""
	case find.above.MatchString(head):
		b.high, b.open, head = math.Inf(1), true, ""
	case find.belowTail.MatchString(tail):
		b.low, b.open, tail = math.Inf(-1), true, ""
	case find.aboveTail.MatchString(tail):
		b.high, b.open, tail = math.Inf(1), true, ""
	}
	b.words = head + "|" + tail
	return b, true
}

func bandNumber(s string) float64 {
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// orderBands orders texts that are alike but for their numbers: "Y7" to "Y11", bands such as "0-10%", open ends. Bare
// numbers with nothing around are no such texts: they are codes, or they would be a column of numbers.
func orderBands(values []string) []string {
	bands := make([]band, len(values))
	bare := true
	words := ""
	for i, v := range values {
		b, ok := readBand(v)
		if !ok {
			return nil
		}
		bands[i] = b
		bare = bare && b.words == "|" && b.low == b.high
		if b.open && b.words == "|" {
			continue
		}
		if words == "" {
			words = b.words
		}
		if b.words != words {
			return nil
		}
	}
	if bare {
		return nil
	}
	sorted := sortBy(values, func(i int) (float64, bool) {
		switch b := bands[i]; {
		case math.IsInf(b.low, -1):
			return b.high - 1e9, true
		case math.IsInf(b.high, 1):
			return b.low + 0.25, true
		default:
			return b.low + b.high/1e9, true
		}
	})
	open := 0
	for _, b := range bands {
		if b.open {
			open++
		}
	}
	if open > 2 || open == len(bands) || !bandsFollow(sorted) {
		return nil
	}
	return sorted
}

// bandsFollow tells whether no band begins before the one before it ends.
func bandsFollow(sorted []string) bool {
	last := math.Inf(-1)
	for _, v := range sorted {
		b, _ := readBand(v)
		if b.low < last && !strings.Contains(v, "/") {
			return false
		}
		last = b.high
	}
	return true
}
