package baseline

import (
	"context"
	"errors"
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distmv"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// correlateRows bounds the rows from which correlations are estimated.
const correlateRows = 100_000

// correlate estimates the correlations of the normal scores of the given variables, F of them, and gives the Cholesky
// factor of the nearest matrix that has one: F x F, row-major, lower. A code's score is the normal quantile of the middle
// of its stretch of the distribution function; variables without an order take the order of their codes.
func correlate(ctx context.Context, d *coded, first []int32) ([]float64, error) {
	f, step := len(first), max(1, d.rows()/correlateRows)
	z := make([][]float64, f)
	run.Parallel(f, func(i int) { z[i] = normalScores(d.prior[first[i]], d.x[first[i]].Codes, step) })
	sums := make([]float64, f*f)
	run.Parallel(f, func(i int) {
		for j := 0; j <= i && ctx.Err() == nil; j++ {
			s := 0.0
			for k, a := range z[i] {
				s += float64(a * z[j][k])
			}
			sums[i*f+j] = s
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c := mat.NewSymDense(max(f, 1), nil)
	c.SetSym(0, 0, 1)
	for i := range f {
		for j := range i + 1 {
			norm := math.Sqrt(sums[i*f+i] * sums[j*f+j])
			switch {
			case i == j:
				c.SetSym(i, i, 1)
			case norm > 0:
				c.SetSym(i, j, sums[i*f+j]/norm)
			}
		}
	}
	return factor(c)
}

// normalScores gives the centred scores of every step-th code.
func normalScores(share []float64, codes []uint16, step int) []float64 {
	score, below, mean := make([]float64, len(share)), 0.0, 0.0
	for k, p := range share {
		score[k] = mathext.NormalQuantile(min(max(below+p/2, 1e-9), 1-1e-9))
		below += p
	}
	z := make([]float64, 0, len(codes)/step+1)
	for i := 0; i < len(codes); i += step {
		z = append(z, score[codes[i]])
		mean += score[codes[i]]
	}
	mean /= float64(max(len(z), 1))
	for i := range z {
		z[i] -= mean
	}
	return z
}

// ridge keeps a correlation matrix away from the edge where it has no Cholesky factor.
const ridge = 1e-6

// factor gives the lower Cholesky factor of the positive part of c, scaled back to a diagonal of ones.
func factor(c *mat.SymDense) ([]float64, error) {
	n := c.SymmetricDim()
	var eigen mat.EigenSym
	if !eigen.Factorize(c, true) {
		return nil, errors.New("baseline: the correlations have no eigenvalues")
	}
	positive := distmv.NewPositivePartEigenSym(&eigen)
	q, values := positive.RawQ(), positive.RawValues()
	whole := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			x := 0.0
			for k, v := range values {
				x += float64(v * float64(q.At(i, k)*q.At(j, k)))
			}
			whole.SetSym(i, j, x)
		}
	}
	for i := range n {
		for j := range i {
			scale := math.Sqrt((whole.At(i, i) + ridge) * (whole.At(j, j) + ridge))
			c.SetSym(i, j, whole.At(i, j)/scale)
		}
		c.SetSym(i, i, 1)
	}
	var chol mat.Cholesky
	if !chol.Factorize(c) {
		return nil, errors.New("baseline: the correlations have no Cholesky factor")
	}
	var l mat.TriDense
	chol.LTo(&l)
	out := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			out[i*n+j] = l.At(i, j)
		}
	}
	return out, nil
}

// normalCDF is the distribution function of the standard normal.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// centre gives mean and deviation of the score of the i-th first part, given the noise of those before it.
func (m *Model) centre(noise []float64, i int) (mean, sd float64) {
	f := len(noise)
	for j, e := range noise[:i] {
		mean += float64(m.factor[i*f+j] * e)
	}
	return mean, m.factor[i*f+i]
}

// quantiles gives the normal scores at which the codes of a variable end, from its shares up to each code.
func quantiles(upTo []float64) []float64 {
	z := make([]float64, len(upTo))
	for k, u := range upTo {
		if z[k] = math.Inf(1); u < 1 {
			z[k] = mathext.NormalQuantile(u)
		}
	}
	return z
}

// normal draws the noise of the i-th first part and gives the code that it leads to; z has the scores at which codes end.
func (m *Model) normal(noise []float64, i int, z []float64, r *rng.Stream) int32 {
	mean, sd := m.centre(noise, i)
	noise[i] = r.Norm()
	score := mean + float64(sd*noise[i])
	return int32(sort.Search(len(z)-1, func(k int) bool { return score < z[k] }))
}

// scores gives the probabilities of the codes of the i-th first part, given the noise of those before it.
func (m *Model) scores(noise []float64, i int, z, p []float64) {
	mean, sd := m.centre(noise, i)
	below := 0.0
	for k, end := range z {
		at := normalCDF((end - mean) / sd)
		p[k] = max(at-below, 0)
		below = max(at, below)
	}
}

// noise draws the noise of the i-th first part given its code.
func (m *Model) noise(noise []float64, i int, z []float64, code int32, r *rng.Stream) {
	mean, sd := m.centre(noise, i)
	a, b := 0.0, normalCDF((z[code]-mean)/sd)
	if code > 0 {
		a = normalCDF((z[code-1] - mean) / sd)
	}
	u := a + float64((b-a)*r.Float64())
	noise[i] = mathext.NormalQuantile(min(max(u, 1e-12), 1-1e-12))
}
