package synthcity

import (
	"context"
	"errors"
	"math"
	"sort"

	"example.org/cohort/eval/ml"
	"gonum.org/v1/gonum/mat"
)

// alphaSteps is the number of quantiles that the curves are compared at.
const alphaSteps = 30

// alphaPrecision is delta_precision_alpha, delta_coverage_beta and authenticity (Alaa et al., ICML 2022), "naive": the columns
// but the target, scaled to 0..1 of the real range, in place of what a net makes of them.
//
// Quirks: the real centre is the middle of synthetic rows, too. A real row is covered when its nearest synthetic row is no farther than
// its nearest real one, which of identical distributions is half of them, so that delta_coverage_beta is about .5 at best. Authenticity
// asks of the *real* row with the *number* of the nearest synthetic row how near its neighbour is. An exact copy of the real table has
// about the same mean of the three scores as a fresh sample.
func alphaPrecision(_ context.Context, p *Pair) ([]float64, error) {
	// The peer cuts the real rows, though it takes nothing but the names of the columns from the cut.
	if _, err := p.Real.TrainTest(); err != nil {
		return nil, err
	}
	if len(p.Names) < 2 {
		return nil, errors.New("there is no column but the target")
	}
	if err := p.gap(); err != nil {
		return nil, err
	}
	real, synthetic := withoutTarget(p.Real), withoutTarget(p.Synthetic)
	scaleToReal(real, synthetic)
	own, err := ml.Neighbours(real, real, 1, true)
	if err != nil {
		return nil, err
	}
	cross, err := ml.Neighbours(real, synthetic, 1, false)
	if err != nil {
		return nil, err
	}
	c := curves{toReal: own.Distance, toSynthetic: cross.Distance, nearest: cross.Index}
	c.fromCentre(real, synthetic)
	return c.scores()
}

// withoutTarget copies the columns but the target.
func withoutTarget(f *Frame) *mat.Dense {
	rows, cols := f.Data.Dims()
	x := mat.NewDense(rows, cols-1, nil)
	for i := range rows {
		row := f.Data.RawRowView(i)
		copy(x.RawRowView(i), row[:f.target])
		copy(x.RawRowView(i)[f.target:], row[f.target+1:])
	}
	return x
}

// scaleToReal is MinMaxScaler of scikit-learn, fitted on the real rows.
func scaleToReal(real, synthetic *mat.Dense) {
	rows, cols := real.Dims()
	for j := range cols {
		least, most := real.At(0, j), real.At(0, j)
		for i := range rows {
			least, most = min(least, real.At(i, j)), max(most, real.At(i, j))
		}
		scale := 1.0
		if most-least >= 10*0x1p-52 {
			scale = 1 / (most - least)
		}
		for _, x := range []*mat.Dense{real, synthetic} {
			for i := range rows {
				// The conversions forbid a fused multiply-add: equal distances must stay equal.
				x.Set(i, j, float64(x.At(i, j)*scale)-float64(least*scale))
			}
		}
	}
}

// curves are what the scores are made of, each of N.
type curves struct {
	toReal, toSynthetic  []float64 // of real rows: to the nearest other real row, to the nearest synthetic one
	nearest              []int32   // of real rows: the nearest synthetic one
	realOut, syntheticIn []float64 // distance of real and of synthetic rows from the real centre
	syntheticOut         []float64 // distance of synthetic rows from their centre
}

// fromCentre measures distances from centres.
func (c *curves) fromCentre(real, synthetic *mat.Dense) {
	centre := columnMeans(real)
	c.realOut, c.syntheticIn = distancesFrom(real, centre), distancesFrom(synthetic, centre)
	c.syntheticOut = distancesFrom(synthetic, columnMeans(synthetic))
}

func distancesFrom(x *mat.Dense, centre []float64) []float64 {
	d := make([]float64, x.RawMatrix().Rows)
	for i := range d {
		d[i] = math.Sqrt(squaredUpTo(x.RawRowView(i), centre, math.Inf(1)))
	}
	return d
}

// scores compares the curves with the diagonal.
func (c *curves) scores() ([]float64, error) {
	n := len(c.nearest)
	closest := make([]float64, n) // of real rows: how far from its centre the nearest synthetic row is
	var covered []float64         // the same, of the real rows that are covered
	authentic := 0
	for i, near := range c.nearest {
		closest[i] = c.syntheticOut[near]
		if c.toSynthetic[i] <= c.toReal[i] {
			covered = append(covered, closest[i])
		}
		if c.toReal[near] < c.toSynthetic[i] {
			authentic++
		}
	}
	radii, closestRadii := quantiles(c.realOut), quantiles(closest)
	precision := deltaOf(c.syntheticIn, radii, n)
	coverage := deltaOf(covered, closestRadii, n)
	if precision < 0 || coverage < 0 {
		return nil, errors.New("a score below 0, for which the peer fails")
	}
	return []float64{precision, coverage, float64(authentic) / float64(n)}, nil
}

// deltaOf is 1 less the distance of a curve from the diagonal: at each radius, which share of n is no farther.
func deltaOf(x, radii []float64, n int) float64 {
	sort.Float64s(x)
	off, sum := 0.0, 0.0
	for k, radius := range radii {
		within := sort.Search(len(x), func(i int) bool { return x[i] > radius })
		off += math.Abs(alpha(k) - float64(within)/float64(n))
		sum += alpha(k)
	}
	return 1 - off/sum
}

// alpha is the k-th of numpy.linspace(0, 1, 30).
func alpha(k int) float64 {
	if k == alphaSteps-1 {
		return 1
	}
	return float64(k) * (1.0 / (alphaSteps - 1))
}

// quantiles are those of numpy.quantile(x, linspace(0, 1, 30)): linear between the values.
func quantiles(x []float64) []float64 {
	sorted := append([]float64(nil), x...)
	sort.Float64s(sorted)
	q := make([]float64, alphaSteps)
	for k := range q {
		at := alpha(k) * float64(len(x)-1)
		below := min(int(at), len(x)-1)
		a, b, t := sorted[below], sorted[min(below+1, len(x)-1)], at-float64(below)
		// numpy goes from the nearer end.
		if t < .5 {
			q[k] = a + (b-a)*t
		} else {
			q[k] = b - (b-a)*(1-t)
		}
	}
	return q
}
