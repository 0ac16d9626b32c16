package ml

import (
	"cmp"
	"fmt"
	"slices"

	"example.org/cohort/internal/run"
	"example.org/cohort/internal/tree"
)

const (
	maxBins       = 255 // of numbers; with the code for missing, one byte's worth
	maxCategories = 254 // with codes of their own
)

// A binner turns one column into the codes of internal/tree. Code 0 is for what is missing.
type binner struct {
	numbers bool
	edges   []float64 // numbers: code i+1 ends at edges[i], the last has no end
	code    []uint16  // categories: the code of each; those without one share the last code
	card    int
}

func newBinner(c Column) binner {
	if c.Numbers != nil {
		e := edges(c.Numbers)
		return binner{numbers: true, edges: e, card: len(e) + 2}
	}
	return newCategories(c)
}

// edges cuts the numbers into at most maxBins bins, midway between two neighbours. If there are no more different numbers
// than that, each has a bin of its own; else a bin is closed as soon as it holds its share of what is left, so that a
// frequent number doesn't widen the other bins.
func edges(numbers []float64) (e []float64) {
	sorted := make([]float64, 0, len(numbers))
	for _, v := range numbers {
		if v == v {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	var ends []int // where runs of equal numbers end
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != sorted[i-1] {
			ends = append(ends, i)
		}
	}
	exact, begin := len(ends) < maxBins, 0
	for _, end := range ends {
		if !exact && (end-begin)*(maxBins-len(e)) < len(sorted)-begin {
			continue
		}
		e = append(e, midway(sorted[end-1], sorted[end]))
		begin = end
		if len(e) == maxBins-1 {
			break
		}
	}
	return e
}

// midway gives a number in [a, b), halfway where it can.
func midway(a, b float64) float64 {
	if m := a/2 + b/2; a < m && m < b {
		return m
	}
	return a
}

func newCategories(c Column) binner {
	count := make([]int, c.Card)
	for _, k := range c.Codes {
		if k >= 0 {
			count[k]++
		}
	}
	var kept []int
	for k, n := range count {
		if n > 0 {
			kept = append(kept, k)
		}
	}
	if len(kept) > maxCategories {
		slices.SortFunc(kept, func(a, b int) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
		kept = kept[:maxCategories]
	}
	b := binner{code: make([]uint16, c.Card), card: len(kept) + 2}
	for i := range b.code {
		b.code[i] = uint16(b.card - 1)
	}
	for i, k := range kept {
		b.code[k] = uint16(i + 1)
	}
	return b
}

// column codes a column; ok is false if it is of the other kind.
func (b *binner) column(c Column) (t tree.Column, ok bool) {
	if b.numbers != (c.Numbers != nil) {
		return t, false
	}
	t = tree.Column{Codes: make([]uint16, c.Len()), Card: b.card, Ordered: b.numbers, Missing: b.numbers}
	for i, v := range c.Numbers {
		if v == v {
			t.Codes[i] = b.number(v)
		}
	}
	for i, k := range c.Codes {
		switch {
		case int(k) >= len(b.code):
			t.Codes[i] = uint16(b.card - 1)
		case k >= 0:
			t.Codes[i] = b.code[k]
		}
	}
	return t, true
}

// number gives the code of a number: one more than the edges below it.
func (b *binner) number(v float64) uint16 {
	low, n := 0, len(b.edges)
	for n > 0 {
		half := n >> 1
		if b.edges[low+half] < v {
			low += half + 1
			n -= half + 1
		} else {
			n = half
		}
	}
	return uint16(low + 1)
}

func newBinners(x []Column) []binner {
	b := make([]binner, len(x))
	run.Parallel(len(x), func(i int) { b[i] = newBinner(x[i]) })
	return b
}

func bin(binners []binner, x []Column) ([]tree.Column, error) {
	if len(x) != len(binners) {
		return nil, fmt.Errorf("%w: %d columns after a fit on %d", ErrInput, len(x), len(binners))
	}
	t, ok := make([]tree.Column, len(x)), make([]bool, len(x))
	run.Parallel(len(x), func(i int) { t[i], ok[i] = binners[i].column(x[i]) })
	if i := slices.Index(ok, false); i >= 0 {
		return nil, &CellError{i, "it is of another kind than at the fit"}
	}
	return t, nil
}
