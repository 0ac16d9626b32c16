package mostlyai

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
)

const (
	wanted      = 10 // parts of a column
	fewest      = 5  // rows of a category that gets a part of its own
	mostTries   = 1000
	unseenLow   = -1e10 // parts of a column of numbers without any
	unseenHigh  = 1e10
	day         = 86400.0
	mostDigits  = 20
	textShare   = .05
	secondsLow  = -8520336000.0 // 1700-01-01 and 2200-01-01, of a column of dates without any
	secondsHigh = 7258118400.0
)

// A binned column has each cell of the original and the synthetic table as a code below parts.
type binned struct {
	name           string
	original, fake []int32
	parts          int
}

// numberEdges gives the edges of the parts that numbers are cut in. values are ascending. Up to ten different numbers have a part each;
// more fall into about ten parts with equally many rows. All edges but the last are cut to the fewest decimals that keep
// them apart, so that a part may start a little below the number that it is named after.
func numberEdges(values []float64) []float64 {
	different := slices.Compact(slices.Clone(values))
	edges := different
	if len(different) > wanted {
		edges = quantileEdges(values)
	} else if len(different) > 0 {
		edges = slices.Compact(append(edges, edges[len(edges)-1]+1))
	}
	if len(edges) == 0 {
		edges = []float64{unseenLow, unseenHigh}
	}
	for digits := range mostDigits {
		cut := make([]float64, len(edges))
		for i, e := range edges {
			cut[i] = math.Floor(e*math.Pow10(digits)) / math.Pow10(digits)
		}
		last := len(edges) - 1
		sorted := slices.Clone(cut)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) == len(edges) {
			return append(cut[:last], edges[last])
		}
	}
	return edges
}

// dateEdges does the same for dates, in seconds; they are cut in parts with equally many rows, however few they are.
func dateEdges(values []float64) []float64 {
	switch edges := quantileEdges(values); len(edges) {
	case 0:
		return []float64{secondsLow, secondsHigh}
	case 1:
		return []float64{edges[0], edges[0] + day}
	default:
		return edges
	}
}

// quantileEdges looks for eleven different values at equal steps of rank. Where many rows share a value it takes smaller steps.
func quantileEdges(values []float64) []float64 {
	var edges []float64
	if len(values) == 0 {
		return nil
	}
	for steps := wanted; steps < max(wanted+1, min(mostTries, len(values)+1)); steps++ {
		edges = edges[:0]
		step := float64(len(values)-1) / float64(steps-1)
		for i := range steps {
			at := len(values) - 1
			if i < steps-1 {
				at = int(float64(i) * step)
			}
			edges = append(edges, values[at])
		}
		edges = slices.Compact(edges)
		if len(edges) >= wanted+1 {
			break
		}
	}
	return edges
}

// present gives the numbers of columns, ascending.
func present(columns ...*suite.Column) []float64 {
	var values []float64
	for _, c := range columns {
		for _, x := range c.Numbers {
			if !math.IsNaN(x) {
				values = append(values, x)
			}
		}
	}
	slices.Sort(values)
	return values
}

// inParts gives the part of each number. One outside of the edges falls into the nearest part; the last part ends beyond more
// past the last edge. Missing numbers are a part of their own, the last one.
func inParts(numbers, edges []float64, beyond float64) []int32 {
	bounds := slices.Clone(edges)
	bounds[len(bounds)-1] += beyond
	codes := make([]int32, len(numbers))
	missing := int32(len(edges) - 1)
	for r, x := range numbers {
		codes[r] = missing
		if math.IsNaN(x) {
			continue
		}
		x = max(edges[0], min(edges[len(edges)-1], x))
		part := int32(-1)
		for part < missing && x >= bounds[part+1] {
			part++
		}
		if part >= 0 {
			codes[r] = part
		}
	}
	return codes
}

// categoryParts gives the part of each code, of a code that is missing in parts[0]: the ten most frequent of the original's, missing
// among them, if they have at least five rows; the empty text; missing; and one for all others.
func categoryParts(labels []string, originals ...[]int32) (part []int32, parts int) {
	count := make([]int, len(labels)+1)
	for _, codes := range originals {
		for _, code := range codes {
			count[code+1]++
		}
	}
	order := make([]int, len(count))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return count[b] - count[a] })
	const missing, others, empty = 0, 1, 2
	part = make([]int32, len(count))
	parts = 3
	for i := range part {
		part[i] = others
	}
	for _, i := range order[:min(wanted, len(order))] {
		if count[i] >= fewest {
			part[i] = int32(parts)
			parts++
		}
	}
	part[0] = missing
	if i := slices.Index(labels, ""); i >= 0 {
		part[i+1] = empty
	}
	return part, parts
}

// isText tells whether the package takes a column of texts for free text.
func isText(c *suite.Column) bool {
	if c.Numeric() {
		return false
	}
	count := make([]int, len(c.Labels))
	rows := 0
	for _, code := range c.Codes {
		if code >= 0 {
			count[code]++
			rows++
		}
	}
	once := 0
	for _, n := range count {
		if n == 1 {
			once++
		}
	}
	return float64(once) > textShare*float64(rows)
}
