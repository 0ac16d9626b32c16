package mixture

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"example.org/cohort/internal/rng"
)

// How K-means stops, as scikit-learn's KMeans does.
const (
	lloydIterations = 300
	lloydTolerance  = 1e-4 // sum of squared moves of centres, in variances of the column
)

// A span is a cluster: the points from and up to, not including, to. Clusters of numbers in order are contiguous.
type span struct{ from, to int }

// kMeans parts a standardised column into k clusters: greedy k-means++ (Arthur and Vassilvitskii, SODA 2007), then Lloyd's
// iterations. With fewer points than k some spans are empty.
func kMeans(c *column, k int, draws *rng.Stream) []span {
	return lloyd(c, seeds(c, k, draws))
}

// seeds chooses k points as first centres. Each comes with a probability in proportion to its squared distance from the
// centres before it, and is the best of a few that are drawn so.
func seeds(c *column, k int, draws *rng.Stream) []float64 {
	trials := 2 + int(math.Log(float64(k)))
	centres := make([]float64, 0, k)
	nearest := make([]float64, len(c.value))    // squared distance to the nearest centre
	cumulative := make([]float64, len(c.value)) // of what a point is drawn in proportion to
	sum := 0.0
	for i, n := range c.count {
		nearest[i] = math.Inf(1)
		sum += n
		cumulative[i] = sum
	}
	pick := func() float64 {
		i := sort.SearchFloat64s(cumulative, draws.Float64()*sum)
		return c.value[min(i, len(c.value)-1)]
	}
	add := func(centre float64) {
		centres = append(centres, centre)
		sum = 0
		for i, v := range c.value {
			d := v - centre
			nearest[i] = min(nearest[i], d*d)
			sum += c.count[i] * nearest[i]
			cumulative[i] = sum
		}
	}
	add(pick())
	for len(centres) < k {
		best, least := 0.0, math.Inf(1)
		for range trials {
			centre := pick()
			if p := potential(c, nearest, centre); p < least {
				best, least = centre, p
			}
		}
		add(best)
	}
	return centres
}

// potential is what the sum of squared distances would be with one more centre.
func potential(c *column, nearest []float64, centre float64) float64 {
	sum := 0.0
	for i, v := range c.value {
		d := v - centre
		sum += c.count[i] * min(nearest[i], d*d)
	}
	return sum
}

// clusters is the state of Lloyd's iterations. Sums over spans are differences of prefix sums, so that an iteration costs
// O(K log U).
type clusters struct {
	*column
	centre []float64 // [K]
	order  []int     // [K] clusters by centre; of equal centres the lower number comes first
	rowsTo []float64 // [U+1] rows of the points before i
	sumTo  []float64 // [U+1] sum of their values
}

// lloyd moves the centres to the means of their clusters until that changes little.
func lloyd(c *column, centres []float64) []span {
	l := clusters{column: c, centre: centres, order: make([]int, len(centres))}
	l.rowsTo = make([]float64, len(c.value)+1)
	l.sumTo = make([]float64, len(c.value)+1)
	variance := 0.0
	for i, v := range c.value {
		l.rowsTo[i+1] = l.rowsTo[i] + c.count[i]
		l.sumTo[i+1] = l.sumTo[i] + c.count[i]*v
		variance += c.count[i] * v * v / c.rows
	}
	for k := range l.order {
		l.order[k] = k
	}
	spans, next := make([]span, len(centres)), make([]span, len(centres))
	for range lloydIterations {
		l.assign(next)
		if slices.Equal(next, spans) {
			return spans
		}
		spans, next = next, spans
		if l.move(spans) <= lloydTolerance*variance {
			break
		}
	}
	l.assign(spans)
	return spans
}

// assign gives every point to the nearest centre, to the lower number where two are as near.
func (l *clusters) assign(spans []span) {
	slices.SortFunc(l.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(l.centre[a], l.centre[b]), a-b)
	})
	from, last := 0, l.order[0]
	for _, k := range l.order[1:] {
		if l.centre[k] == l.centre[last] {
			spans[k] = span{}
			continue
		}
		middle := (l.centre[last] + l.centre[k]) / 2
		if last < k {
			middle = math.Nextafter(middle, math.Inf(1))
		}
		to := from + sort.SearchFloat64s(l.value[from:], middle)
		spans[last] = span{from, to}
		from, last = to, k
	}
	spans[last] = span{from, len(l.value)}
}

// move sets the centres to the means of their clusters and gives the sum of the squared moves. The first of the empty
// clusters, if any, goes to the point farthest from its centre; others have their turn in the next iterations.
func (l *clusters) move(spans []span) float64 {
	moves := 0.0
	set := func(k int, to float64) {
		moves += (to - l.centre[k]) * (to - l.centre[k])
		l.centre[k] = to
	}
	if empty := slices.IndexFunc(spans, span.empty); empty >= 0 && len(l.value) > len(spans) {
		set(empty, l.farthest(spans))
	}
	for k, s := range spans {
		if !s.empty() {
			set(k, (l.sumTo[s.to]-l.sumTo[s.from])/(l.rowsTo[s.to]-l.rowsTo[s.from]))
		}
	}
	return moves
}

func (s span) empty() bool { return s.from == s.to }

// farthest is the point with the greatest distance from its centre: an end of a span.
func (l *clusters) farthest(spans []span) float64 {
	point, most := 0.0, -1.0
	for k, s := range spans {
		if s.empty() {
			continue
		}
		for _, v := range []float64{l.value[s.from], l.value[s.to-1]} {
			if d := math.Abs(v - l.centre[k]); d > most {
				point, most = v, d
			}
		}
	}
	return point
}
