package synthcity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

var privacyMetrics = []metric{
	{[]string{"privacy.delta-presence.score"}, +1, deltaPresence},
	{[]string{"privacy.k-anonymization.gt", "privacy.k-anonymization.syn"}, +1, kAnonymization},
	{[]string{"privacy.k-map.score"}, +1, kMap},
	{[]string{"privacy.distinct l-diversity.gt", "privacy.distinct l-diversity.syn"}, +1, lDiversity},
	{[]string{"privacy.identifiability_score.score"}, -1, identifiability},
	{[]string{"privacy.DomiasMIA_KDE.accuracy", "privacy.DomiasMIA_KDE.aucroc"}, -1, domiasKDE},
	{[]string{"privacy.DomiasMIA_prior.accuracy", "privacy.DomiasMIA_prior.aucroc"}, -1, domiasPrior},
}

// clusterCounts are the numbers of clusters tried, those left out that would have fewer than 10 rows on average.
var clusterCounts = []int{2, 5, 10, 15}

const (
	clusterRows = 10
	noClusters  = 999 // what the peer says of a table too small for clusters
)

// kMeansTries is n_init of KMeans, 10 before scikit-learn 1.4 and 1 since: 0.2.10 is as with scikit-learn 1.3, by whose logistic regression it
// gives the paper's numbers.
func (v Version) kMeansTries() int {
	if v == V0210 {
		return 10
	}
	return 1
}

// features copies the columns that are not sensitive.
func (p *Pair) features(f *Frame) (*mat.Dense, error) {
	var keep []int
	for j := range p.Names {
		if !slices.Contains(p.Sensitive, j) {
			keep = append(keep, j)
		}
	}
	if len(keep) == 0 {
		return nil, errors.New("all columns are sensitive, and none is left to find clusters by")
	}
	x := mat.NewDense(f.Rows(), len(keep), nil)
	for to, j := range keep {
		column := f.Column(j)
		if !finite(column) {
			return nil, ofColumn(p.Names[j], f.of, gapWords)
		}
		x.SetCol(to, column)
	}
	return x, nil
}

// cluster parts the rows of a frame by each of the numbers of clusters that it is large enough for.
func (p *Pair) cluster(f *Frame) ([]clustering, error) {
	x, err := p.features(f)
	if err != nil {
		return nil, err
	}
	var all []clustering
	for _, k := range clusterCounts {
		if float64(f.Rows())/float64(k) >= clusterRows {
			all = append(all, clustering{centres: make([][]float64, k)})
		}
	}
	run.Parallel(len(all), func(i int) {
		all[i] = kMeans(x, len(all[i].centres), p.Version.kMeansTries(), numpy.NewRandomState(0))
	})
	return all, nil
}

// counts are the rows of each cluster.
func counts(label []int, k int) []int {
	n := make([]int, k)
	for _, l := range label {
		n[l]++
	}
	return n
}

// kAnonymization is the size of the smallest cluster of the real and of the synthetic rows, of all clusterings. Quirk: a table of fewer
// than 20 rows has no clusters, and gets 999.
func kAnonymization(_ context.Context, p *Pair) ([]float64, error) {
	smallest := func(all []clustering, err error) (float64, error) {
		least := noClusters
		for _, c := range all {
			for _, n := range counts(c.label, len(c.centres)) {
				if n > 0 {
					least = min(least, n)
				}
			}
		}
		return float64(least), err
	}
	real, err := smallest(p.realClusters())
	if err != nil {
		return nil, err
	}
	synthetic, err := smallest(p.syntheticClusters())
	return []float64{real, synthetic + 1e-8}, err
}

// lDiversity is the least number of different tuples of sensitive cells in a cluster. Quirk: without sensitive columns it is that of rows,
// and the score that of kAnonymization, but for a cluster that is left empty.
func lDiversity(_ context.Context, p *Pair) ([]float64, error) {
	fewest := func(f *Frame, all []clustering, err error) (float64, error) {
		if err != nil {
			return 0, err
		}
		x, err := p.features(f)
		if err != nil {
			return 0, err
		}
		least := noClusters
		label := make([]int, f.Rows())
		for _, c := range all {
			assign(x, c.centres, label, newLeads(x))
			for k := range c.centres {
				least = min(least, p.sensitiveTuples(f, label, k))
			}
		}
		return float64(least), nil
	}
	all, err := p.realClusters()
	real, err := fewest(p.Real, all, err)
	if err != nil {
		return nil, err
	}
	all, err = p.syntheticClusters()
	synthetic, err := fewest(p.Synthetic, all, err)
	return []float64{real, synthetic + 1e-8}, err
}

// sensitiveTuples counts the different sensitive cells of a cluster, or its rows where no column is sensitive.
func (p *Pair) sensitiveTuples(f *Frame, label []int, k int) int {
	rows := 0
	seen := map[string]bool{}
	for i, l := range label {
		if l != k {
			continue
		}
		rows++
		var cells []float64
		for _, j := range p.Sensitive {
			cells = append(cells, f.Data.At(i, j))
		}
		seen[fmt.Sprint(cells)] = true
	}
	if len(p.Sensitive) == 0 {
		return rows
	}
	return len(seen)
}

// kMap is the least number of synthetic rows in a cluster of the real rows. Quirk: a cluster that no synthetic row is in does not count,
// though it is the rarest of all.
func kMap(_ context.Context, p *Pair) ([]float64, error) {
	least := math.MaxInt
	err := p.eachMapped(func(_, synthetic []int) {
		for _, n := range synthetic {
			if n > 0 {
				least = min(least, n)
			}
		}
	})
	if least == math.MaxInt {
		least = 0
	}
	return []float64{float64(least)}, err
}

// deltaPresence is the greatest ratio of real to synthetic rows in a cluster of the real rows. Quirks: it is a ratio and no
// probability, a cluster that no synthetic row is in does not count, and the peer says that more is better.
func deltaPresence(_ context.Context, p *Pair) ([]float64, error) {
	most := math.Inf(-1)
	err := p.eachMapped(func(real, synthetic []int) {
		for k, n := range synthetic {
			if n > 0 && real[k] > 0 {
				most = max(most, float64(real[k])/(float64(n)+1e-8))
			}
		}
	})
	if err == nil && math.IsInf(most, -1) {
		err = fmt.Errorf("too few rows: it takes %d", clusterCounts[0]*clusterRows)
	}
	return []float64{most}, err
}

// eachMapped counts, for each clustering of the real rows, real and synthetic rows in the clusters.
func (p *Pair) eachMapped(f func(real, synthetic []int)) error {
	all, err := p.realClusters()
	if err != nil {
		return err
	}
	x, err := p.features(p.Synthetic)
	if err != nil {
		return err
	}
	label := make([]int, p.Synthetic.Rows())
	for _, c := range all {
		assign(x, c.centres, label, newLeads(x))
		f(counts(c.label, len(c.centres)), counts(label, len(c.centres)))
	}
	return nil
}

// identifiability is the share of real rows whose nearest synthetic row is strictly nearer than their nearest other real row, on
// unscaled codes (Yoon, Drumright and van der Schaar, 2020). Quirk: the peer computes weights of columns from their entropy, and then
// sets them all to 1.
func identifiability(_ context.Context, p *Pair) ([]float64, error) {
	if p.Real.Rows() < 2 {
		return nil, errors.New("too few rows: it takes 2")
	}
	if err := p.gap(); err != nil {
		return nil, err
	}
	own, err := ml.Neighbours(p.Real.Data, p.Real.Data, 1, true)
	if err != nil {
		return nil, err
	}
	cross, err := ml.Neighbours(p.Real.Data, p.Synthetic.Data, 1, false)
	if err != nil {
		return nil, err
	}
	floats.Sub(cross.Distance, own.Distance)
	nearer := floats.Count(func(d float64) bool { return d < 0 }, cross.Distance)
	return []float64{float64(nearer) / float64(p.Real.Rows())}, nil
}
