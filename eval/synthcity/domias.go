package synthcity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

const (
	referenceRows   = 10 // reference_size, fixed by evaluate()
	continuousFrom  = 10 // columns with fewer different values have no part in the prior
	noReferenceMass = 1e-10
)

// domiasPrior is the membership inference attack DOMIAS (van Breugel et al., AISTATS 2023): rows that were learned should be denser in
// the synthetic table than in the world. Here the world is a Gaussian of all real rows, with its numbers as if they were independent.
// Quirks: 10 rows stand for those not learned, whatever the number of those learned; densities of unscaled columns underflow to 0, and a
// score the same for all rows has an AUC of .5 and an accuracy of the share not learned.
func domiasPrior(_ context.Context, p *Pair) ([]float64, error) {
	rows, err := p.suspects()
	if err != nil {
		return nil, err
	}
	density, err := newKernelDensity(p.AllSynthetic.Data)
	if err != nil {
		return nil, err
	}
	prior, err := p.prior(rows)
	if err != nil {
		return nil, err
	}
	return p.attack(density.at(rows), prior), nil
}

// domiasKDE is DOMIAS with the world known from 10 real rows. Quirk: those are fewer than the columns of most tables, so that their
// covariance is singular and the peer fails.
func domiasKDE(_ context.Context, p *Pair) ([]float64, error) {
	rows, err := p.suspects()
	if err != nil {
		return nil, err
	}
	synthetic, err := newKernelDensity(p.AllSynthetic.Data)
	if err != nil {
		return nil, err
	}
	n := p.AllReal.Rows()
	last := p.AllReal.Data.Slice(max(0, n-referenceRows), n, 0, len(p.Names)).(*mat.Dense)
	world, err := newKernelDensity(last)
	if err != nil {
		return nil, err
	}
	return p.attack(synthetic.at(rows), world.at(rows)), nil
}

// suspects are the rows learned, and the first 10 real ones.
func (p *Pair) suspects() (*mat.Dense, error) {
	if p.Train == nil {
		return nil, errors.New("it takes the rows that the generator learned: give them")
	}
	var rows mat.Dense
	rows.Stack(p.Train.Data, p.AllReal.Data.Slice(0, min(referenceRows, p.AllReal.Rows()), 0, len(p.Names)))
	for _, f := range []*Frame{p.Train, p.AllReal, p.AllSynthetic} {
		if err := f.gap(); err != nil {
			return nil, err
		}
	}
	return &rows, nil
}

// prior is the density of a Gaussian with the means and variances of the real columns that have 10 different values or more.
func (p *Pair) prior(rows *mat.Dense) ([]float64, error) {
	var all mat.Dense
	all.Stack(p.Train.Data, p.AllReal.Data)
	n := rows.RawMatrix().Rows
	logs := make([]float64, n)
	found := false
	for j := range p.Names {
		column := mat.Col(nil, j, &all)
		if values, _ := distinct(column); len(values) < continuousFrom {
			continue
		}
		found = true
		mean, variance := stat.PopMeanVariance(column, nil)
		for i := range logs {
			z := rows.At(i, j) - mean
			logs[i] -= z*z/variance/2 + math.Log(2*math.Pi*variance)/2
		}
	}
	if !found {
		return nil, fmt.Errorf("no column has %d different values", continuousFrom)
	}
	for i := range logs {
		logs[i] = math.Exp(logs[i])
	}
	return logs, nil
}

// attack scores rows by the ratio of densities, and the scores by accuracy at their median and by AUC.
func (p *Pair) attack(synthetic, world []float64) []float64 {
	score := make([]float64, len(synthetic))
	for i := range score {
		score[i] = synthetic[i] / (world[i] + noReferenceMass)
	}
	sorted := slices.Sorted(slices.Values(score))
	median := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	learned := p.Train.Rows()
	right := 0
	for i, v := range score {
		if (v > median) == (i < learned) {
			right++
		}
	}
	return []float64{float64(right) / float64(len(score)), pairsAUC(score[:learned], score[learned:])}
}

// pairsAUC is the share of pairs in which the first is larger, ties half.
func pairsAUC(larger, smaller []float64) float64 {
	sorted := slices.Sorted(slices.Values(smaller))
	won := 0.0
	for _, v := range larger {
		below := sort.SearchFloat64s(sorted, v)
		upTo := sort.Search(len(sorted), func(i int) bool { return sorted[i] > v })
		won += float64(below+upTo) / 2
	}
	return won / float64(len(larger)) / float64(len(smaller))
}

// A kernelDensity is scipy.stats.gaussian_kde: a Gaussian around each row, with the covariance of the rows, shrunk by Scott's rule.
type kernelDensity struct {
	white     *mat.Dense // [N, D] rows in which that covariance is the identity
	inverse   mat.TriDense
	logFactor float64
}

// newKernelDensity fails where the covariance is singular.
func newKernelDensity(x *mat.Dense) (*kernelDensity, error) {
	n, cols := x.Dims()
	if n < 2 {
		return nil, errors.New("too few rows: a density takes 2")
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, x, nil)
	scott := math.Pow(float64(n), -1/float64(cols+4))
	covariance.ScaleSym(scott*scott, &covariance)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(&covariance) {
		return nil, errors.New("the covariance of the rows is singular: there are fewer rows than columns, or a column follows from others")
	}
	var lower mat.TriDense
	cholesky.LTo(&lower)
	d := &kernelDensity{white: mat.NewDense(n, cols, nil)}
	if err := d.inverse.InverseTri(&lower); err != nil {
		return nil, errors.New("the covariance of the rows is singular to working precision")
	}
	d.white.Mul(x, d.inverse.T())
	d.logFactor = -float64(cols)/2*math.Log(2*math.Pi) - cholesky.LogDet()/2 - math.Log(float64(n))
	return d, nil
}

// at gives the density at each row of x.
func (d *kernelDensity) at(x *mat.Dense) []float64 {
	var white mat.Dense
	white.Mul(x, d.inverse.T())
	density := make([]float64, x.RawMatrix().Rows)
	factor := math.Exp(d.logFactor)
	run.Parallel(strips(len(density)), func(strip int) {
		for i := strip * stripRows; i < min(len(density), (strip+1)*stripRows); i++ {
			kernels := make([]float64, d.white.RawMatrix().Rows)
			for j := range kernels {
				// Beyond that an exponential is 0 in float64.
				kernels[j] = math.Exp(-squaredUpTo(white.RawRowView(i), d.white.RawRowView(j), 1500) / 2)
			}
			density[i] = factor * floats.Sum(kernels)
		}
	})
	return density
}
