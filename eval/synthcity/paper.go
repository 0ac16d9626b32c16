package synthcity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Options say what [Suite] computes and whom it tells. The zero value computes everything.
type Options struct {
	// Only are beginnings of keys: "stats.", "performance.xgb". nil is all.
	Only []string
	// Progress hears, before each metric, its key, how many are done and how many there are. It is called on the goroutine
	// that called Suite.
	Progress func(phase string, done, total int64)
}

// PaperOnly are the keys that the paper's table needs, for Options.Only.
var PaperOnly = slices.Concat([]string{"stats.wasserstein_dist", "stats.jensenshannon_dist", "stats.chi_squared_test"},
	qualityScores, detectionScores, oodScores)

// A Result is a score with what the peer keeps to itself.
type Result struct {
	Score
	// Note says which exception the peer's value stands for: performance gives 0 or -1 where a learner fails.
	Note string
}

// Suite scores a pair of tables as the peer's evaluate does: a Result for each key of its table, in its order, then those that are
// not ported. A score that can't be computed is there, with the reason in Err, where the peer's row vanishes.
//
// Versions differ in more than the encoder: 0.2.10 has 3 folds and XGBoost 1.7's exact splits, and takes a target with 5
// values or more for a number; 0.2.12 has 5 folds and histograms.
//
// Not ported: the one-class (_OC) variants of alpha_precision and identifiability, which start from the random numbers that
// happened to be drawn before and whose network collapses into one point, so that two runs on equal rows differ as much as
// good from bad rows; DomiasMIA_BNAF, survival and images.
//
// The error is ctx's, or says which table or column can't be encoded.
func Suite(ctx context.Context, in Input, opt Options) ([]Result, *Pair, error) {
	p, err := NewPair(in)
	if err != nil {
		return nil, nil, err
	}
	wanted := func(key string) bool {
		return len(opt.Only) == 0 || slices.ContainsFunc(opt.Only, func(o string) bool { return strings.HasPrefix(key, o) })
	}
	asked := slices.DeleteFunc(suiteMetrics(), func(m noted) bool { return !slices.ContainsFunc(m.keys, wanted) })
	var results []Result
	for i, m := range asked {
		if opt.Progress != nil {
			opt.Progress(m.keys[0], int64(i), int64(len(asked)))
		}
		values, notes, err := m.score(ctx, p, wanted)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		for k, key := range m.keys {
			r := Result{Score: Score{Key: key, Value: math.NaN(), Better: m.better}}
			switch {
			case err != nil:
				r.Err = fmt.Errorf("synthcity: %s: %w", key, err)
			case math.IsNaN(values[k]):
				r.Err = fmt.Errorf("synthcity: %s: not a number, as in the peer: too few rows, or a column has missing cells", key)
			default:
				r.Value = values[k]
			}
			if notes != nil {
				r.Note = notes[k]
			}
			if wanted(key) {
				results = append(results, r)
			}
		}
	}
	for _, o := range errOmitted {
		for _, key := range o.keys {
			if wanted(key) {
				err := fmt.Errorf("synthcity: %s: %w", key, o.why)
				results = append(results, Result{Score: Score{Key: key, Value: math.NaN(), Better: direction(key), Err: err}})
			}
		}
	}
	return results, p, nil
}

// Paper makes the paper's line of a pair of tables, and gives the scores that it is made of.
func Paper(ctx context.Context, in Input, progress func(phase string, done, total int64)) (PaperRow, []Result, error) {
	results, pair, err := Suite(ctx, in, Options{Only: PaperOnly, Progress: progress})
	if err != nil {
		return PaperRow{}, nil, err
	}
	scores := map[string]float64{}
	for _, r := range results {
		if r.Err == nil {
			scores[r.Key] = r.Value
		}
	}
	// Rows that can't be split have no scores of performance either, and the line says that those are missing.
	regression, err := pair.Regression()
	return NewPaperRow(scores, err == nil && regression), results, nil
}
