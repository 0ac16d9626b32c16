package eval

import (
	"math"
	"slices"
)

// A finding is a check on its way to its status. A check that could not be made has its Status set already and no tests.
type finding struct {
	Check
	private bool   // [?] for want of people set aside counts
	note    string // sentence for the verdict, unless the table must not be released
	tests   []test // what [look] and [stop] of a privacy check rest on
	// tell fills Shown, Beside, Sentence, Remedy and the metrics' limits once the Status is known. levels has, for each
	// test, the level at which it asks for a look, or stops if that is the greater: "up to 64" is the limit at that level.
	tell func(f *finding, levels []float64)
}

// A test is one hypothesis of a privacy check: that the people learned are no worse off than others.
type test struct {
	look float64 // one-sided p of no difference
	stop float64 // one-sided p of a difference that does not yet stop; the same as look in most checks
}

// decide gives every finding its status: [look] where a test stands up to Holm over all privacy tests, [stop] where one
// stands up to Holm over the tests of its check, at the levels of thresholds.go.
func decide(findings []*finding) {
	var look []float64
	for _, f := range findings {
		for _, t := range f.tests {
			look = append(look, t.look)
		}
	}
	asks, lookAt := holm(look, lookLevel)
	for _, f := range findings {
		n := len(f.tests)
		stop := make([]float64, n)
		for i, t := range f.tests {
			stop[i] = t.stop
		}
		stops, stopAt := holm(stop, stopLevel)
		if slices.Contains(asks[:n], true) {
			f.Status = max(f.Status, Look)
		}
		if slices.Contains(stops, true) {
			f.Status = Stop
		}
		levels := make([]float64, n)
		for i := range levels {
			levels[i] = lookAt[i]
			if f.tests[i].look == f.tests[i].stop {
				levels[i] = math.Max(lookAt[i], stopAt[i])
			}
		}
		if f.tell != nil {
			f.tell(f, levels)
		}
		asks, lookAt = asks[n:], lookAt[n:]
	}
}

// holm rejects hypotheses by Holm's step-down procedure (1979), so that the chance of any false rejection is at most level.
// at is the level that each p was compared with, or would have been.
func holm(p []float64, level float64) (rejected []bool, at []float64) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	rejected, at = make([]bool, len(p)), make([]float64, len(p))
	open := true
	for rank, i := range order {
		at[i] = level / float64(len(p)-rank)
		open = open && p[i] <= at[i]
		rejected[i] = open
	}
	return rejected, at
}
