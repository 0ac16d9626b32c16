package draw

import (
	"math"
	"sort"

	"example.org/cohort/internal/rng"
)

// Shares are the shares of the codes of a variable, summed up to each code. The last is 1.
type Shares []float64

// NewShares sums up the share of each code.
func NewShares(share []float64) Shares {
	s, sum := make(Shares, len(share)), 0.0
	for i, p := range share {
		sum += p
		s[i] = min(sum, 1)
	}
	s[len(s)-1] = 1
	return s
}

// Draw draws a code by its share.
func (s Shares) Draw(r *rng.Stream) int32 {
	u := r.Float64()
	return int32(sort.Search(len(s)-1, func(i int) bool { return u < s[i] }))
}

// Add adds each code's share times weight to p.
func (s Shares) Add(p []float64, weight float64) {
	below := 0.0
	for c, u := range s {
		p[c] += float64(weight * (u - below))
		below = u
	}
}

// Pick draws an index with probability in proportion to p, of which one at least is positive.
func Pick[T float32 | float64](p []T, r *rng.Stream) int32 {
	total := 0.0
	for _, x := range p {
		total += float64(x)
	}
	at := float64(r.Float64() * total)
	last := int32(0)
	for i, x := range p {
		if x <= 0 {
			continue
		}
		if last = int32(i); at < float64(x) {
			break
		}
		at -= float64(x)
	}
	return last
}

// sharpen raises probabilities to a power and scales them to the sum 1.
func sharpen(p []float64, power float64) {
	most, total := 0.0, 0.0
	for _, x := range p {
		most = max(most, x)
	}
	for i, x := range p {
		if p[i] = 0; x > 0 {
			p[i] = math.Pow(x/most, power)
		}
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
}
