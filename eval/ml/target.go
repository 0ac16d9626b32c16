package ml

import (
	"math"
	"math/bits"
	"slices"

	"example.org/cohort/internal/tree"
)

// maxClasses is how many classes codes of internal/tree can tell apart.
const maxClasses = 1 << 16

// maxValues is how many different numbers of a target are told apart.
const maxValues = 1 << 16

// A target is what trees predict: codes for classes or for different numbers.
type target struct {
	column   tree.Column
	classes  int       // 0 for numbers
	value    []float64 // numbers: by code
	scores   []int64   // what the variance is taken of, by code; nil for more than two classes
	variance bool
}

func newTarget(y Column) target {
	if y.Numbers != nil {
		return newNumbers(y.Numbers)
	}
	t := target{classes: y.Card, column: tree.Column{Codes: make([]uint16, len(y.Codes)), Card: y.Card}}
	for i, k := range y.Codes {
		t.column.Codes[i] = uint16(k)
	}
	if y.Card == 2 {
		t.variance, t.scores = true, []int64{0, 1}
	}
	return t
}

// newNumbers codes numbers by their rank. With more than maxValues different ones, neighbours share a code and its mean.
func newNumbers(numbers []float64) target {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	t := target{variance: true, column: tree.Column{Codes: make([]uint16, len(numbers))}}
	last := make([]float64, 0, min(len(sorted), maxValues)) // the greatest number of each code
	for k := range min(len(sorted), maxValues) {
		lo, hi := k, k+1
		if len(sorted) > maxValues {
			lo, hi = k*len(sorted)/maxValues, (k+1)*len(sorted)/maxValues
		}
		mean := 0.0
		for _, v := range sorted[lo:hi] {
			mean += v / float64(hi-lo)
		}
		t.value, last = append(t.value, mean), append(last, sorted[hi-1])
	}
	t.column.Card = len(last)
	for i, v := range numbers {
		k, _ := slices.BinarySearch(last, v)
		t.column.Codes[i] = uint16(k)
	}
	t.scores = fixed(t.value, len(numbers))
	return t
}

// fixed gives the values as multiples of a step so small that sums of n of them just fit an int64: such sums are exact, so
// the order of the rows is of no account.
func fixed(values []float64, n int) []int64 {
	low, high := values[0], values[len(values)-1]
	middle, half := low/2+high/2, high/2-low/2
	scale := math.Ldexp(1, min(52, 60-bits.Len(uint(n))))
	scores := make([]int64, len(values))
	for k, v := range values {
		if half > 0 {
			scores[k] = int64(math.Round((v - middle) / half * scale))
		}
	}
	return scores
}
