package sdmetrics

import (
	"math"
	"slices"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/rng"
)

// randomRows draws n rows that know of actual the ranges, the different values and how often cells are missing.
func randomRows(actual *suite.Table, n int, seed uint64) *suite.Table {
	out := &suite.Table{Rows: n, Columns: slices.Clone(actual.Columns)}
	for i := range out.Columns {
		c := &out.Columns[i]
		draw := rng.New(seed, rng.SuiteRandom, uint64(i))
		missing := float64(c.Gaps()) / float64(c.Rows())
		if c.Numeric() {
			c.Numbers = randomNumbers(c, n, missing, &draw)
		} else {
			c.Codes = randomCodes(c, n, missing, &draw)
		}
	}
	return out
}

func randomNumbers(c *suite.Column, n int, missing float64, draw *rng.Stream) []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range c.Numbers {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	out := make([]float64, n)
	for r := range out {
		switch u := draw.Float64(); {
		case draw.Float64() < missing:
			out[r] = math.NaN()
		case c.Type == "int64":
			out[r] = min(high, low+math.Floor(u*(high-low+1)))
		default:
			out[r] = low + u*(high-low)
		}
	}
	return out
}

func randomCodes(c *suite.Column, n int, missing float64, draw *rng.Stream) []int32 {
	values := slices.Clone(c.Codes)
	slices.Sort(values)
	values = slices.Compact(values)
	if values[0] < 0 {
		values = values[1:]
	}
	out := make([]int32, n)
	for r := range out {
		out[r] = -1
		if draw.Float64() >= missing {
			out[r] = values[draw.Intn(len(values))]
		}
	}
	return out
}

// median sorts x.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}
