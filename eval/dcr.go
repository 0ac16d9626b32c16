package eval

import (
	"context"
	"math"

	"example.org/cohort/internal/run"
)

// dcrRows is how many rows of the trial the nearest-neighbour share takes.
const dcrRows = 2_000

// noNeighbours is the nearest-neighbour share where it can't be computed.
func (v *view) noNeighbours(status Status, why string) Metric {
	nan := math.NaN()
	return Metric{Name: "private.dcr_share", Value: nan, Low: nan, High: nan, Real: nan, Best: 0.5, Status: status, Reason: why}
}

// neighbours is the usual nearest-neighbour share: the part of synthetic rows that are nearer to people learned than to
// people set aside, in groups of equal size; ties count half. It is computed as the mean over all samples of the larger
// group. It decides nothing, for it overlooks a table that is full of copies of a tenth of its rows.
func (v *view) neighbours(ctx context.Context, s *space, rows, people *cloud) (Metric, error) {
	n := min(rows.rows, dcrRows)
	share := make([]float64, n)
	learned, held := v.learned.rows, v.held.rows
	run.Parallel(n, func(i int) {
		if ctx.Err() != nil {
			return
		}
		r := i * rows.rows / n // spread over the table, which may be sorted
		m := min(learned, held)
		if learned >= held {
			near, as := s.rank(rows, r, people, learned, people.rows, 0, learned)
			share[i] = 1 - (missing(learned, near, m)+missing(learned, near+as, m))/2
			return
		}
		near, as := s.rank(rows, r, people, 0, learned, learned, people.rows)
		share[i] = (missing(held, near, m) + missing(held, near+as, m)) / 2
	})
	if err := ctx.Err(); err != nil {
		return Metric{}, err
	}
	m := v.noNeighbours(OK, "")
	m.Value = mean(share)
	m.Real = 0.5
	if n > 1 {
		sum := 0.0
		for _, x := range share {
			sum += (x - m.Value) * (x - m.Value)
		}
		half := normal95 * math.Sqrt(sum/float64(n-1)/float64(n))
		m.Low, m.High = math.Max(m.Value-half, 0), math.Min(m.Value+half, 1)
	}
	return m, nil
}

// rank finds the row of c in from..to-1 that is nearest to row i of q, and counts the rows in others..end-1 that are nearer
// than that one, and those that are as near.
func (s *space) rank(q *cloud, i int, c *cloud, from, to, others, end int) (nearer, as int) {
	best := int64(math.MaxInt64)
	var hits []hit
	for at := from; at < to; at += tile {
		hits = s.search(q, i, c, at, min(at+tile, to), best-1, hits[:0])
		for _, h := range hits {
			best = min(best, h.distance)
		}
	}
	for _, h := range s.search(q, i, c, others, end, best+s.slack, hits[:0]) {
		if h.distance < best-s.slack {
			nearer++
		} else {
			as++
		}
	}
	return nearer, as
}

// missing is the probability that a sample of m of n has none of k.
func missing(n, k, m int) float64 {
	if k > n-m {
		return 0
	}
	return math.Exp(choose(n-k, m) - choose(n, m))
}
