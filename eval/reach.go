package eval

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"example.org/cohort/internal/run"
)

// jointTimes is how often a number of joint is measured: on all rows, and on halves of the persons for its interval.
const jointTimes = 1 + halfDraws

// A crowd is rows of one table, ready to be held against others.
type crowd struct {
	*side
	cloud *cloud
	in    []uint16 // by row: one bit for each measurement that it takes part in, the lowest for that on all rows
	size  [jointTimes]int
}

// crowd draws the halves of a side; tag is that of the first in its stream.
func (s *space) crowd(of *side, seed, tag uint64) *crowd {
	c := &crowd{side: of, cloud: s.cloud(of), in: make([]uint16, of.rows)}
	all := allRows(of.rows)
	for t := range jointTimes {
		rows := all
		if t > 0 {
			rows = of.half(all, seed, tag+uint64(t))
		}
		for _, r := range rows {
			c.in[r] |= 1 << t
		}
		c.size[t] = len(rows)
	}
	return c
}

// A reach is people set aside, and how far each of them reaches.
type reach struct {
	space  *space
	people *crowd
	radius [][jointTimes]float32 // by row
	scale  float64               // of the kernel: the median distance between rows of two people
	within [jointTimes]float64   // mean of the kernel over pairs of rows of two people
}

// A jointScore is what is measured of rows once. mmd is squared, and may be below 0.
type jointScore struct{ mmd, density, coverage float64 }

// row gives the distances of row i of a from the rows from, from+1, ... of b, in columns. Whole numbers make ties ties; in float32 those that
// differ by rounding alone are equal, too.
func (s *space) row(a *crowd, i int, b *crowd, from int) []float32 {
	out := make([]float32, 0, b.rows-from)
	hits := make([]hit, 0, b.rows-from)
	for _, h := range s.search(a.cloud, i, b.cloud, from, b.rows, math.MaxInt64, hits) {
		out = append(out, float32(float64(h.distance)/float64(unit)))
	}
	return out
}

// newReach measures people set aside among each other. A cancelled context leaves it unfinished.
func newReach(ctx context.Context, s *space, people *crowd) *reach {
	r := &reach{space: s, people: people, radius: make([][jointTimes]float32, people.rows)}
	after := make([][]float32, people.rows)  // distances of the rows from i on
	others := make([][]float32, people.rows) // of those of them that are about others
	run.Parallel(people.rows, func(i int) {
		if ctx.Err() != nil {
			return
		}
		row := s.row(people, i, people, 0)
		r.radius[i] = people.reaches(i, row)
		after[i] = row[i:]
		for j, d := range after[i] {
			if people.person[i] != people.person[i+j] {
				others[i] = append(others[i], d)
			}
		}
	})
	r.scale = typical(slices.Concat(others...))
	r.within = r.kernel(ctx, people, func(i int) []float32 { return after[i] })
	return r
}

// typical is the median; the mean where more than half are 0, and 1 where all are.
func typical(apart []float32) float64 {
	slices.Sort(apart)
	sum := 0.0
	for _, d := range apart {
		sum += float64(d)
	}
	switch {
	case sum == 0:
		return 1
	case apart[len(apart)/2] == 0:
		return sum / float64(len(apart))
	}
	return float64(apart[len(apart)/2])
}

// reaches gives the distance of row i from the nearest rows of others, the fifth of them, in each measurement; below 0 where it has no others.
func (c *crowd) reaches(i int, apart []float32) (out [jointTimes]float32) {
	var nearest [jointTimes][]float32
	for j, d := range apart {
		if c.person[j] == c.person[i] {
			continue
		}
		for in := c.in[i] & c.in[j]; in != 0; in &= in - 1 {
			list := &nearest[bits.TrailingZeros16(in)]
			if len(*list) == jointNear && d >= (*list)[jointNear-1] {
				continue
			}
			at, _ := slices.BinarySearch(*list, d)
			*list = slices.Insert(*list, at, d)
			*list = (*list)[:min(len(*list), jointNear)]
		}
	}
	for t, list := range nearest {
		out[t] = -1
		if len(list) > 0 {
			out[t] = list[len(list)-1] * (1 + 1e-6) // as far but for rounding is as far
		}
	}
	return out
}

// A jointRow is what one row adds to each measurement.
type jointRow struct {
	kernel  [jointTimes]float64
	pairs   [jointTimes]int
	reached [jointTimes]int // rows of the other table
}

// sumRows adds rows up, and counts those that reach a row of the other table.
func sumRows(rows []jointRow) (sum jointRow, covered [jointTimes]int) {
	for i := range rows {
		for t := range jointTimes {
			sum.kernel[t] += rows[i].kernel[t]
			sum.pairs[t] += rows[i].pairs[t]
			sum.reached[t] += rows[i].reached[t]
			covered[t] += min(rows[i].reached[t], 1)
		}
	}
	return sum, covered
}

// kernel is the mean of the kernel over pairs of rows of two persons; NaN where there are none. after gives the distances of row i from
// itself and those that follow.
func (r *reach) kernel(ctx context.Context, c *crowd, after func(i int) []float32) (mean [jointTimes]float64) {
	rows := make([]jointRow, c.rows)
	run.Parallel(c.rows, func(i int) {
		if ctx.Err() != nil {
			return
		}
		for k, d := range after(i) {
			if j := i + k; c.person[j] != c.person[i] {
				r.add(&rows[i], c.in[i]&c.in[j], d)
			}
		}
	})
	sum, _ := sumRows(rows)
	for t := range mean {
		mean[t] = sum.kernel[t] / float64(sum.pairs[t])
	}
	return mean
}

// add counts a pair of rows in the measurements that both take part in.
func (r *reach) add(row *jointRow, in uint16, d float32) {
	k := math.Exp(-float64(d) / r.scale)
	for ; in != 0; in &= in - 1 {
		t := bits.TrailingZeros16(in)
		row.kernel[t] += k
		row.pairs[t]++
	}
}

// scores holds rows against the people, in all measurements.
func (r *reach) scores(ctx context.Context, c *crowd) (out [jointTimes]jointScore) {
	rows := make([]jointRow, r.people.rows)
	run.Parallel(r.people.rows, func(i int) {
		if ctx.Err() != nil {
			return
		}
		for j, d := range r.space.row(r.people, i, c, 0) {
			in := r.people.in[i] & c.in[j]
			r.add(&rows[i], in, d)
			for ; in != 0; in &= in - 1 {
				if t := bits.TrailingZeros16(in); d <= r.radius[i][t] {
					rows[i].reached[t]++
				}
			}
		}
	})
	sum, covered := sumRows(rows)
	own := r.kernel(ctx, c, func(i int) []float32 { return r.space.row(c, i, c, i) })
	for t := range out {
		out[t] = jointScore{
			mmd:      r.within[t] + own[t] - 2*sum.kernel[t]/float64(sum.pairs[t]),
			density:  float64(sum.reached[t]) / jointNear / float64(c.size[t]),
			coverage: float64(covered[t]) / float64(r.people.size[t]),
		}
	}
	return out
}
