package eval

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"example.org/cohort/internal/rng"
)

// halfDraws is on how many pairs of halves likeness is measured again for its interval.
const halfDraws = 10

// A halfPair is a half of the people learned and a half of the rows that are held against them.
type halfPair struct{ learned, trial []int32 }

// halfPairs draws halves by person: of the people learned among rows, and of each draw of the trial in turn. It is nil where a half would
// be empty. shape and pairs measure on the same persons.
func (v *view) halfPairs(learned []int32, trial [][]int32) []halfPair {
	if len(learned) < fewestLikeness || len(trial[0]) < fewestLikeness {
		return nil
	}
	out := make([]halfPair, halfDraws)
	for k := range out {
		out[k] = halfPair{
			learned: v.learned.half(learned, v.opt.Seed, 1<<32+uint64(k)),
			trial:   v.trial.half(trial[k%len(trial)], v.opt.Seed, uint64(k)),
		}
		if min(len(out[k].learned), len(out[k].trial)) == 0 {
			return nil
		}
	}
	return out
}

// half keeps those of rows that are about one half of the persons.
func (s *side) half(rows []int32, seed, tag uint64) []int32 {
	in := make([]bool, s.persons)
	for _, p := range some(seed, rng.EvalHalves, tag, s.persons, (s.persons+1)/2) {
		in[p] = true
	}
	var out []int32
	for _, r := range rows {
		if in[s.person[r]] {
			out = append(out, r)
		}
	}
	return out
}

// likenessInterval is the 95 % interval of a likeness in points of 100 by subsampling of one fit (Politis and Romano 1994): halves are the
// same number on halves of the rows. A half drawn without putting back spreads around the whole as the whole does around the truth. Fewer
// rows are less alike by noise alone, by a part that falls with the root of their number: what halving takes away, times 1 / (2^.5 - 1), is
// what more rows could still add, so that the interval goes up by as much.
func likenessInterval(value float64, halves []float64) (low, high float64) {
	mean, width := subsampled(halves)
	noise := math.Max(value-mean, 0) / (math.Sqrt2 - 1)
	return math.Max(value-width, 0), math.Min(value+noise+width, 100)
}

// distanceInterval is that of a distance of at most 1, in the same way: noise alone makes tables differ, by a part that falls with the rows
// to the power of rate, so that what halving adds, times 1 / (2^rate - 1), is what more rows could still take away.
func distanceInterval(value float64, halves []float64, rate float64) (low, high float64) {
	mean, width := subsampled(halves)
	noise := math.Max(mean-value, 0) / (math.Pow(2, rate) - 1)
	return math.Max(value-noise-width, 0), math.Min(value+width, 1)
}

// subsampled gives the mean of a number on halves of the people and half the width of its 95 % interval; NaN where there are no two.
func subsampled(halves []float64) (mean, width float64) {
	if len(halves) < 2 {
		return math.NaN(), math.NaN()
	}
	mean, sd := stat.MeanStdDev(halves, nil)
	return mean, sd * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(halves) - 1)}.Quantile(0.975)
}
