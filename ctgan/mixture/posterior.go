package mixture

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Constants of the reference.
const (
	maxIterations = 100
	tolerance     = 1e-3         // change of the lower bound, a sum over the rows
	regulariser   = 1e-3         // its square, reg_covar, is added to every component's variance
	tiny          = 10 * 0x1p-52 // rows that every component has
)

// negligible is the log of a responsibility that is not worth an exponential: 1e17 rows of it would not be one.
const negligible = -40

// posterior is the variational posterior, in standardised units, where the prior mean m0 is 0. With N_k the expected rows of
// component k, its stick is Beta(1+N_k, gamma + N_k+1 + N_k+2 + ...), and the degrees of freedom nu_k and the precision of
// the mean kappa_k are 1+N_k both.
type posterior struct {
	gamma       float64
	spread      float64 // W0, the prior's variance
	regulariser float64 // the reference's, in units squared
	zero        float64 // where x = 0 is
	iterations  int

	count    []float64 // [K] N_k
	mean     []float64 // [K] m_k
	variance []float64 // [K] cov_k
	logSD    []float64 // [K] log(cov_k)/2
	offset   []float64 // [K] log density of component k at its mean, but for a constant
	half     []float64 // [K] 1/(2 cov_k)

	// What the E-step leaves for the M-step: sums of responsibilities, and of them times d and d squared, d being the
	// distance from mean.
	sum, sumD, sumDD []float64 // [K]
	logp             []float64 // [K] scratch
}

func newPosterior(c *column, k int, gamma float64) *posterior {
	reg := regulariser / c.unit
	p := &posterior{gamma: gamma, spread: c.spread, regulariser: reg * reg, zero: -c.mean / c.unit}
	for _, s := range []*[]float64{
		&p.count, &p.mean, &p.variance, &p.logSD, &p.offset, &p.half, &p.sum, &p.sumD, &p.sumDD, &p.logp,
	} {
		*s = make([]float64, k)
	}
	return p
}

// start is the M-step after K-means: a point belongs to its cluster alone.
func (p *posterior) start(c *column, spans []span) {
	for k, s := range spans {
		for i := s.from; i < s.to; i++ {
			n, v := c.count[i], c.value[i]
			p.sum[k] += n
			p.sumD[k] += n * v
			p.sumDD[k] += n * v * v
		}
	}
	p.maximise()
}

// run iterates until the lower bound hardly changes.
func (p *posterior) run(c *column) {
	for last := math.Inf(-1); p.iterations < maxIterations; {
		bound := p.iterate(c)
		if math.Abs(bound-last) < tolerance {
			return
		}
		last = bound
	}
}

// iterate is one iteration of EM. It gives the lower bound of the evidence, but for constants: responsibilities of before
// the M-step, the rest of after it, as the reference has it.
func (p *posterior) iterate(c *column) float64 {
	p.iterations++
	entropy := p.expect(c)
	p.maximise()
	return entropy + p.bound()
}

// expect is the E-step. It gives the entropy of the responsibilities, summed over the rows.
func (p *posterior) expect(c *column) float64 {
	clear(p.sum)
	clear(p.sumD)
	clear(p.sumDD)
	logp := p.logp
	mean, offset, half := p.mean[:len(logp)], p.offset[:len(logp)], p.half[:len(logp)]
	entropy := 0.0
	for i, v := range c.value {
		best := math.Inf(-1)
		for k := range logp {
			d := v - mean[k]
			l := offset[k] - d*d*half[k]
			logp[k] = l
			if l > best {
				best = l
			}
		}
		entropy += c.count[i] * p.share(v, c.count[i], c.variance[i], best)
	}
	return entropy
}

// share adds n rows about v to the sums of the components and gives the entropy of the point's responsibilities.
func (p *posterior) share(v, n, variance, best float64) float64 {
	logp := p.logp
	mean, sum, sumD, sumDD := p.mean[:len(logp)], p.sum[:len(logp)], p.sumD[:len(logp)], p.sumDD[:len(logp)]
	total, cross := 0.0, 0.0
	for k, l := range logp {
		l -= best
		if l < negligible {
			logp[k] = 0
			continue
		}
		e := exp(l)
		logp[k] = e
		total += e
		cross += e * l
	}
	scale := n / total
	for k, e := range logp {
		if e == 0 {
			continue
		}
		r, d := e*scale, v-mean[k]
		sum[k] += r
		sumD[k] += r * d
		sumDD[k] += r * (d*d + variance)
	}
	if total == 1 {
		return 0
	}
	return math.Log(total) - cross/total
}

// maximise is the M-step.
func (p *posterior) maximise() {
	for k, sum := range p.sum {
		n := sum + tiny
		// The reference divides sums over x by n, so that the tiny rows lie at x = 0. A large sum swallows them.
		lost := n - sum
		step := (p.sumD[k] + lost*(p.zero-p.mean[k])) / n
		centre := p.mean[k] + step // xb_k
		within := max(0, p.sumDD[k]-2*step*p.sumD[k]+step*step*sum)
		kappa := 1 + n
		p.count[k] = n
		p.mean[k] = n * centre / kappa
		p.variance[k] = (p.spread + within + n*p.regulariser + n/kappa*centre*centre) / kappa
		p.half[k] = 0.5 / p.variance[k]
		p.logSD[k] = 0.5 * math.Log(p.variance[k])
	}
	setOffsets(p.offset, p.count, p.logSD, p.gamma)
}

// setOffsets sets the expected log of weight and density of every component at its mean, without the terms that all
// components share.
func setOffsets(offset, count, logSD []float64, gamma float64) {
	setRests(offset, count, gamma)
	before := 0.0 // expected log of what the sticks before k leave
	for k, n := range count {
		a, b, nu := 1+n, offset[k], 1+n
		whole := mathext.Digamma(a + b)
		weight := mathext.Digamma(a) - whole + before
		before += mathext.Digamma(b) - whole
		offset[k] = weight - logSD[k] + 0.5*(mathext.Digamma(nu/2)-math.Log(nu)-1/nu)
	}
}

// setRests sets the second parameter of every stick: gamma and the rows of the components after it.
func setRests(rest, count []float64, gamma float64) {
	after := 0.0
	for k := len(count) - 1; k >= 0; k-- {
		rest[k] = gamma + after
		after += count[k]
	}
}

// bound is the part of the lower bound that does not depend on the responsibilities.
func (p *posterior) bound() float64 {
	setRests(p.logp, p.count, p.gamma)
	sum := 0.0
	for k, n := range p.count {
		nu, a, b := 1+n, 1+n, p.logp[k]
		sum += nu*(0.5*math.Ln2-p.logSD[k]-0.5*math.Log(nu)) + logGamma(nu/2) // Wishart
		sum += logGamma(a) + logGamma(b) - logGamma(a+b)                      // stick
		sum -= 0.5 * math.Log(nu)                                             // mean
	}
	return sum
}

func logGamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// mixture brings the posterior into the column's unit.
func (p *posterior) mixture(c *column) *Mixture {
	m := &Mixture{count: p.count, concentration: p.gamma}
	for k := range p.mean {
		m.Mean = append(m.Mean, c.mean+c.unit*p.mean[k])
		m.SD = append(m.SD, c.unit*math.Sqrt(p.variance[k]))
	}
	m.derive()
	return m
}

// derive computes weights and offsets from counts and standard deviations.
func (m *Mixture) derive() {
	k := len(m.count)
	m.Weight, m.offset = make([]float64, k), make([]float64, k)
	logSD := make([]float64, k)
	for i, sd := range m.SD {
		logSD[i] = math.Log(sd)
	}
	setOffsets(m.offset, m.count, logSD, m.concentration)
	setRests(m.Weight, m.count, m.concentration)
	left, sum := 1.0, 0.0
	for i, n := range m.count {
		a, b := 1+n, m.Weight[i]
		m.Weight[i] = left * a / (a + b)
		left *= b / (a + b)
		sum += m.Weight[i]
	}
	for i := range m.Weight {
		m.Weight[i] /= sum
	}
}
