package eval

import (
	"context"
	"math"

	"example.org/cohort/internal/rng"
)

// jointRows is how many rows of each table are held against all rows of another, and jointNear how many neighbours say how far a person
// reaches.
const jointRows, jointNear = 1_000, 5

// joint compares whole rows, all columns together, with people set aside, whom no generator can have copied, in equal numbers of rows;
// beside it stands the same of the people learned. Distances are Gower's, of numbers in parts of the bulk. A person reaches as far as the
// fifth nearest row of the others set aside, and rows at that distance, too.
//
// "joint.mmd" is the maximum mean discrepancy (Gretton et al. 2012) with the kernel exp(-d / median d): the root of the unbiased estimate
// of its square, and 0 where that is below 0. "joint.density" is how many people reach a row, in fifths (Naeem et al. 2020): below 1 rows
// lie off the people, above 1 they crowd where people are dense. "joint.coverage" is the share of people who reach a row.
func (v *view) joint(ctx context.Context) (*finding, []Metric, error) {
	cols := v.learnedColumns()
	if why, status := v.noJoint(cols); why != "" {
		metrics := jointMetrics(why)
		for i := range metrics {
			metrics[i].Status = status
		}
		return nil, metrics, nil
	}
	n := min(v.learned.rows, v.held.rows, v.trial.rows, jointRows)
	part := func(s *side, tag uint64) *side { return s.only(some(v.opt.Seed, rng.EvalJoint, tag, s.rows, n)) }
	held, trial, learned := part(v.held, 0), part(v.trial, 1), part(v.learned, 2)
	s := v.newSpace(cols, held, learned)
	for k, col := range s.num {
		b := bulkOf(v.learned.sortedNumbers(col))
		s.low[k], s.high[k] = b.low, b.high
	}
	r := newReach(ctx, s, s.crowd(held, v.opt.Seed, 2<<32))
	scores, beside := r.scores(ctx, s.crowd(trial, v.opt.Seed, 3<<32)), r.scores(ctx, s.crowd(learned, v.opt.Seed, 4<<32))
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	metrics := jointMetrics("")
	for i, m := range []struct {
		of    func(jointScore) float64
		shown func(float64) float64
	}{
		{func(s jointScore) float64 { return s.mmd }, func(x float64) float64 { return math.Sqrt(max(x, 0)) }},
		{func(s jointScore) float64 { return s.density }, func(x float64) float64 { return max(x, 0) }},
		{func(s jointScore) float64 { return s.coverage }, func(x float64) float64 { return min(max(x, 0), 1) }},
	} {
		var halves []float64
		for _, score := range scores[1:] {
			halves = append(halves, m.of(score))
		}
		_, width := subsampled(halves)
		value, to := m.of(scores[0]), &metrics[i]
		if math.IsNaN(value) {
			to.Reason = "all rows are about one person"
			continue
		}
		to.Status, to.Value, to.Real = OK, m.shown(value), m.shown(m.of(beside[0]))
		to.Low, to.High = m.shown(value-width), m.shown(value+width)
		if to.Better == 0 { // ties make it more than 1 among people, too
			to.Best = to.Real
		}
	}
	return nil, metrics, nil
}

// noJoint says why rows can't be compared; "" where they can.
func (v *view) noJoint(cols []int) (why string, status Status) {
	switch {
	case v.opt.Level == "structure":
		return "at level structure no relations between columns are learned", NotApplicable
	case v.held == nil:
		return "it takes real people whom the generator never saw", NotApplicable
	case len(cols) == 0:
		return "no column is learned", NotApplicable
	}
	return v.tooFew(fewestLikeness), TooFew
}

// jointMetrics are the metrics without their numbers.
func jointMetrics(reason string) []Metric {
	return []Metric{notMade("joint.mmd", 0, -1, reason), notMade("joint.density", 1, 0, reason), notMade("joint.coverage", 1, 1, reason)}
}
