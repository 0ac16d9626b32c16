package mixture

import (
	"fmt"
	"math"

	"example.org/cohort/internal/rng"
)

// A Mixture is K Gaussians in the order of the reference: that of the sticks, not of means or weights. Means and standard
// deviations are in the column's unit. A component that no row needs stays, with next to no weight.
//
// The zero value has no components; [Fit], [FitCounts] and UnmarshalJSON make others.
type Mixture struct {
	Mean   []float64 // [K] posterior means m_k
	SD     []float64 // [K] square roots of the reference's covariances_, more than 0
	Weight []float64 // [K] expected weights, with sum 1

	count         []float64 // [K] N_k: the rest of the posterior is a function of it and of the concentration
	concentration float64
	offset        []float64 // [K] log density of component k at its mean, but for a constant
}

// Options say what to fit. The zero value is CTGAN's choice.
type Options struct {
	Components    int     // K, at most 256; 0 means 10. A column with fewer rows than that has a component per row
	Exact         bool    // every distinct value by itself, however many there are
	Seed          uint64  // of the start of K-means
	Concentration float64 // of the weights, gamma, from 1e-9 to 1e9; 0 means 0.001. Less of it makes fewer components
}

const (
	defaultComponents    = 10
	maxComponents        = 256
	defaultConcentration = 1e-3
	minConcentration     = 1e-9
	maxConcentration     = 1e9
)

// Limits of a column. The square of the largest number must not overflow, nor may a sum of counts lose a row.
const (
	maxValue = 1e140
	maxRows  = 1 << 53
)

func (o Options) resolved() (Options, error) {
	if o.Components == 0 {
		o.Components = defaultComponents
	}
	if o.Concentration == 0 {
		o.Concentration = defaultConcentration
	}
	if o.Components < 0 || o.Components > maxComponents {
		return o, fmt.Errorf("mixture: Components is %d, it must be between 1 and %d", o.Components, maxComponents)
	}
	if !(o.Concentration >= minConcentration && o.Concentration <= maxConcentration) {
		return o, fmt.Errorf("mixture: Concentration is %g, it must be between %g and %g",
			o.Concentration, minConcentration, maxConcentration)
	}
	return o, nil
}

// Fit fits the mixture to the N values of x, which it leaves as they are. Their order does not matter. It is an error if x
// is empty or has a value that is not finite or beyond 1e140. Values that are all equal give one component.
//
// Equal options and equal values give equal bits, whatever runs beside.
func Fit(x []float64, opt Options) (*Mixture, error) {
	opt, err := opt.resolved()
	if err != nil {
		return nil, err
	}
	if err := checkValues(x); err != nil {
		return nil, err
	}
	return fit(distinct(x), opt), nil
}

// FitCounts is [Fit] for a column in which values[i] occurs counts[i] times. A value may come more than once. It is an
// error if the lengths differ, if a count is negative, or if there are no rows or more than 2^53.
func FitCounts(values []float64, counts []int64, opt Options) (*Mixture, error) {
	opt, err := opt.resolved()
	if err != nil {
		return nil, err
	}
	if err := checkCounts(values, counts); err != nil {
		return nil, err
	}
	return fit(merged(values, counts), opt), nil
}

func checkValues(x []float64) error {
	if len(x) == 0 {
		return fmt.Errorf("mixture: a column without values has no mixture")
	}
	for i, v := range x {
		if !(math.Abs(v) <= maxValue) {
			return fmt.Errorf("mixture: value %d is not a finite number up to %g", i, maxValue)
		}
	}
	return nil
}

func checkCounts(values []float64, counts []int64) error {
	if len(values) != len(counts) {
		return fmt.Errorf("mixture: %d values with %d counts", len(values), len(counts))
	}
	if err := checkValues(values); err != nil {
		return err
	}
	rows := int64(0)
	for i, n := range counts {
		if n < 0 || n > maxRows-rows {
			return fmt.Errorf("mixture: count %d is negative or leads to more than 2^53 rows", i)
		}
		rows += n
	}
	if rows == 0 {
		return fmt.Errorf("mixture: a column without rows has no mixture")
	}
	return nil
}

// fit runs K-means and EM. K-means sees every value, also where EM sees bins, so that both modes start from the same point.
func fit(c *column, opt Options) *Mixture {
	if len(c.value) == 1 {
		return point(c, opt.Concentration)
	}
	k := min(opt.Components, int(min(c.rows, maxComponents)))
	c.standardise()
	p := newPosterior(c, k, opt.Concentration)
	draws := rng.New(opt.Seed, rng.GANMixture, 0)
	p.start(c, kMeans(c, k, &draws))
	if !opt.Exact && len(c.value) > maxDistinct {
		c = c.binned()
	}
	p.run(c)
	return p.mixture(c)
}

// point is the mixture of a column with one value: the regulariser gives it its width. More components would have the same
// mean and no rows.
func point(c *column, gamma float64) *Mixture {
	sd := regulariser * math.Sqrt(c.rows/(1+c.rows))
	m := &Mixture{Mean: []float64{c.value[0]}, SD: []float64{sd}, count: []float64{c.rows}, concentration: gamma}
	m.derive()
	return m
}

// Responsibilities sets p[k] to the probability that x comes from component k: an E-step with the final posterior, which is
// scikit-learn's predict_proba. They add up to 1. An x that is not a number gives NaNs. It panics if len(p) is not K.
func (m *Mixture) Responsibilities(x float64, p []float64) {
	if len(p) != len(m.offset) {
		panic(fmt.Sprintf("mixture: Responsibilities of %d components into a slice of %d", len(m.offset), len(p)))
	}
	best, widest := math.Inf(-1), 0
	for k := range p {
		d := (x - m.Mean[k]) / m.SD[k]
		p[k] = m.offset[k] - d*d/2
		best = max(best, p[k])
		if m.SD[k] > m.SD[widest] {
			widest = k
		}
	}
	if math.IsInf(best, -1) && len(p) > 0 {
		// The squares overflow. So far out the widest component is all that counts.
		clear(p)
		p[widest] = 1
		return
	}
	sum := 0.0
	for k, l := range p {
		p[k] = math.Exp(l - best)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}
