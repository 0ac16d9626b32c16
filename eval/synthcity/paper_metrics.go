package synthcity

import (
	"context"
	"errors"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A noted metric gives, beside a value for each key, what the peer keeps to itself; nil where that is nothing. What of it costs more than
// the rest it may leave out where that is not wanted.
type noted struct {
	keys   []string
	better int
	score  func(ctx context.Context, p *Pair, wanted func(key string) bool) (values []float64, notes []string, err error)
}

// plain makes a noted metric of one without notes.
func plain(m metric) noted {
	return noted{m.keys, m.better, func(ctx context.Context, p *Pair, _ func(string) bool) ([]float64, []string, error) {
		values, err := m.score(ctx, p)
		return values, nil, err
	}}
}

// learners are those of performance, with their names in keys.
var learners = []struct{ key, name string }{{"linear_model", linear}, {"mlp", network}, {"xgb", boost}}

// suiteMetrics are all metrics in the order of the peer's table: sanity, stats, performance, detection, privacy.
func suiteMetrics() []noted {
	var all []noted
	for _, m := range slices.Concat(sanityMetrics, statMetrics) {
		all = append(all, plain(m))
		if m.keys[0] == "stats.max_mean_discrepancy.joint" {
			all = append(all, plain(wasserstein))
		}
	}
	for _, m := range learners {
		all = append(all, performanceMetric(m.key, m.name))
	}
	for _, m := range learners {
		all = append(all, augmentationMetric(m.key, m.name))
	}
	all = append(all, plain(metric{[]string{"performance.feat_rank_distance.corr", "performance.feat_rank_distance.pvalue"}, -1, featureRanks}))
	for _, name := range []string{boost, network, gaussians, linear} {
		all = append(all, plain(metric{[]string{"detection.detection_" + name + ".mean"}, -1,
			func(ctx context.Context, p *Pair) ([]float64, error) {
				v, err := detection(ctx, p, learner{version: p.Version, name: name, long: true})
				return []float64{v}, err
			}}))
	}
	for _, m := range privacyMetrics {
		all = append(all, plain(m))
	}
	return all
}

func performanceMetric(key, name string) noted {
	keys := []string{"performance." + key + ".gt", "performance." + key + ".syn_id", "performance." + key + ".syn_ood"}
	return noted{keys, +1, func(ctx context.Context, p *Pair, wanted func(string) bool) ([]float64, []string, error) {
		asked := [3]bool{groundTruth: wanted(keys[groundTruth]), synID: wanted(keys[synID]), synOOD: wanted(keys[synOOD])}
		values, notes, err := performance(ctx, p, learner{version: p.Version, name: name}, asked)
		return values[:], notes[:], err
	}}
}

// augmentationMetric teaches the rows learned and the synthetic ones together, and asks about real rows that neither has. Quirk: these are
// all of them, in order, where performance takes a sample.
func augmentationMetric(key, name string) noted {
	keys := []string{"performance." + key + "_augmentation.gt", "performance." + key + "_augmentation.aug_ood"}
	return noted{keys, +1, func(ctx context.Context, p *Pair, wanted func(string) bool) ([]float64, []string, error) {
		if p.unjoined != nil {
			return nil, nil, p.unjoined
		}
		if p.Augmented == nil {
			return nil, nil, errors.New("not applicable: for the rows learned and the synthetic ones together, judged by rows set aside, and there are none")
		}
		whole := *p
		whole.Real, whole.Synthetic = p.AllReal, p.Augmented
		values, notes, err := performance(ctx, &whole, learner{version: p.Version, name: name}, [3]bool{groundTruth: wanted(keys[0]), synOOD: wanted(keys[1])})
		return []float64{values[groundTruth], values[synOOD]}, []string{notes[groundTruth], notes[synOOD]}, err
	}}
}

// wasserstein is the Sinkhorn divergence of both tables, scaled by the smallest and largest number of each column of the
// real one. Quirks: the number is half a squared distance, and synthetic rows outside the range weigh without bound.
var wasserstein = metric{[]string{"stats.wasserstein_dist.joint"}, -1, func(ctx context.Context, p *Pair) ([]float64, error) {
	if err := p.gap(); err != nil {
		return nil, err
	}
	x, y := mat.DenseCopyOf(p.Real.Data), mat.DenseCopyOf(p.Synthetic.Data)
	scaleToReal(x, y)
	v, err := Sinkhorn(ctx, x, y)
	return []float64{v}, err
}}
