package eval

import "math"

// luck is the distribution of the number of successes in independent trials with the given chances: tail[k] is the
// probability of k or more. With equal chances it is the binomial distribution.
type luck struct {
	mean float64
	tail []float64
}

func newLuck(chances []float64) luck {
	p := make([]float64, len(chances)+1) // p[k]: exactly k so far
	p[0] = 1
	mean := 0.0
	for i, c := range chances {
		mean += c
		for k := i + 1; k > 0; k-- {
			p[k] = p[k]*(1-c) + p[k-1]*c
		}
		p[0] *= 1 - c
	}
	return luck{mean, tails(p)}
}

// newDraw is the number of marked ones among drawn of all, of which marked are marked: the hypergeometric distribution.
func newDraw(all, marked, drawn int) luck {
	p := make([]float64, min(marked, drawn)+1)
	for k := max(0, drawn-(all-marked)); k < len(p); k++ {
		p[k] = math.Exp(choose(marked, k) + choose(all-marked, drawn-k) - choose(all, drawn))
	}
	l := luck{tail: tails(p)}
	if all > 0 {
		l.mean = float64(drawn) * float64(marked) / float64(all)
	}
	return l
}

// choose is the logarithm of the number of ways to choose k of n.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// tails adds up probabilities from the end, the small ones first.
func tails(p []float64) []float64 {
	for k := len(p) - 2; k >= 0; k-- {
		p[k] = math.Min(p[k]+p[k+1], 1)
	}
	return p
}

// atLeast is the probability of k or more.
func (l luck) atLeast(k int) float64 {
	switch {
	case k <= 0:
		return 1
	case k >= len(l.tail):
		return 0
	}
	return l.tail[k]
}

// upTo is the least number that chance exceeds with a probability of at most level.
func (l luck) upTo(level float64) int {
	for k := range l.tail {
		if l.atLeast(k+1) <= level {
			return k
		}
	}
	return len(l.tail)
}

// wilson is the 95 % interval of a share of n by Wilson's score (1927).
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	p, m, z := float64(k)/float64(n), float64(n), normal95*normal95
	centre := (p + z/(2*m)) / (1 + z/m)
	half := normal95 / (1 + z/m) * math.Sqrt(p*(1-p)/m+z/(4*m*m))
	return math.Max(centre-half, 0), math.Min(centre+half, 1)
}
