package draw

import (
	"cmp"
	"slices"

	"example.org/cohort/table/encode"
)

// fewCodes is up to how many codes each is told from the others.
const fewCodes = 8

// Choices tell a code by one choice between two after another: of categories, and of numbers with few codes, the most frequent is told from the
// others, then the next; the codes of other numbers are halved.
type Choices struct {
	Order   []int32 // the codes: those of numbers as they are, categories from the most frequent on
	Ordered bool
	share   []float64 // in the order of Order
}

// NewChoices gives those of a variable.
func NewChoices(x *encode.Var) *Choices {
	c := &Choices{Ordered: x.Ordered && x.Card > fewCodes}
	for k := range x.Card {
		c.Order = append(c.Order, int32(k))
	}
	if !c.Ordered {
		slices.SortStableFunc(c.Order, func(a, b int32) int { return cmp.Compare(x.Share[b], x.Share[a]) })
	}
	for _, k := range c.Order {
		c.share = append(c.share, x.Share[k])
	}
	return c
}

// Cut parts what is left of Order, from lo to hi-1, two codes at least: the later part begins with what it gives.
func (c *Choices) Cut(lo, hi int) int {
	if !c.Ordered {
		return lo + 1
	}
	total := 0.0
	for _, x := range c.share[lo:hi] {
		total += x
	}
	sum, mid := c.share[lo], lo+1
	for mid < hi-1 && sum+c.share[mid]/2 < total/2 {
		sum += c.share[mid]
		mid++
	}
	return mid
}
