package synthcity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/run"
)

// The settings of GaussianMixture of scikit-learn as the peer leaves them.
const (
	mixtureSteps     = 100  // most steps of expectation and maximisation
	mixtureTolerance = 1e-3 // change of the mean log-likelihood that ends the steps
	mixtureRidge     = 1e-6 // added to the variances, whatever the units of the columns
	mixtureStrips    = 32   // most sums side by side: each has K D^2 numbers
)

// errSingular is what scikit-learn says of columns of very different sizes, and the peer's row is then missing.
var errSingular = errors.New("synthcity: gmm: a component's covariance is singular to working precision: " +
	"a column with very large numbers, such as a timestamp or an id, should be scaled or left out")

// A mixture is K Gaussians with full covariances in D dimensions.
type mixture struct {
	logWeight []float64    // [K]
	mean      *mat.Dense   // [K, D]
	whiten    []*mat.Dense // [K] of [D, D]: the inverse of the lower Cholesky factor
	constant  []float64    // [K] logarithm of the weight, and of what stands before the exponential
	resp      *mat.Dense   // [N, K] how likely each row is of each component
	blocks    sync.Pool    // of *block
}

// fitMixture learns K Gaussians from x [N, D] by expectation and maximisation, beginning with a component for each row,
// labels [N] of 0 to k-1. It ends as GaussianMixture does. The error is ctx's or errSingular.
func fitMixture(ctx context.Context, x *mat.Dense, labels []int, k int) (*mixture, error) {
	n, d := x.Dims()
	m := &mixture{logWeight: make([]float64, k), mean: mat.NewDense(k, d, nil), constant: make([]float64, k), resp: mat.NewDense(n, k, nil)}
	if len(labels) != n {
		panic(fmt.Sprintf("synthcity: mixture of %d rows with %d labels", n, len(labels)))
	}
	for i, l := range labels {
		m.resp.Set(i, l, 1)
	}
	if err := m.maximise(x); err != nil {
		return nil, err
	}
	all := scalingOf(x).samples(x)
	before := math.Inf(-1)
	for range mixtureSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		likelihood := m.expect(all, m.resp)
		if math.IsNaN(likelihood) || math.IsInf(likelihood, 0) {
			return nil, errSingular
		}
		if err := m.maximise(x); err != nil {
			return nil, err
		}
		if math.Abs(likelihood-before) < mixtureTolerance {
			break
		}
		before = likelihood
	}
	return m, nil
}

// maximise sets the components to what resp makes of x.
func (m *mixture) maximise(x *mat.Dense) error {
	_, d := x.Dims()
	k := len(m.logWeight)
	count := m.moments(x)
	covariances := m.scatter(x)
	m.whiten = make([]*mat.Dense, k)
	failed := make([]bool, k)
	run.Parallel(k, func(c int) {
		covariance := mat.NewSymDense(d, covariances[c*d*d:(c+1)*d*d])
		for i := range d {
			for j := i; j < d; j++ {
				covariance.SetSym(i, j, covariance.At(i, j)/count[c])
			}
			covariance.SetSym(i, i, covariance.At(i, i)+mixtureRidge)
		}
		var factor mat.Cholesky
		if !factor.Factorize(covariance) {
			failed[c] = true
			return
		}
		var lower, inverse mat.TriDense
		factor.LTo(&lower)
		// An inverse that is badly conditioned is still the best there is, as it is for scikit-learn.
		if err := inverse.InverseTri(&lower); err != nil && !errors.As(err, new(mat.Condition)) {
			failed[c] = true
			return
		}
		m.whiten[c] = mat.DenseCopyOf(&inverse)
		m.logWeight[c] = math.Log(count[c] / floats.Sum(count))
		m.constant[c] = m.logWeight[c] - float64(d)/2*math.Log(2*math.Pi) - factor.LogDet()/2
	})
	for _, f := range failed {
		if f {
			return errSingular
		}
	}
	return nil
}

// moments sets the means, and gives how many rows each component has: [K] numbers, a little above 0 where there is none.
func (m *mixture) moments(x *mat.Dense) []float64 {
	_, d := x.Dims()
	k := len(m.logWeight)
	sums := m.overRows(k*(d+1), func(sums []float64, from, to int) {
		for i := from; i < to; i++ {
			for c, r := range m.resp.RawRowView(i) {
				if r > 0 {
					sums[c] += r
					floats.AddScaled(sums[k+c*d:k+(c+1)*d], r, x.RawRowView(i))
				}
			}
		}
	})
	count := sums[:k]
	for c := range count {
		count[c] += 10 * 0x1p-52
		floats.ScaleTo(m.mean.RawRowView(c), 1/count[c], sums[k+c*d:k+(c+1)*d])
	}
	return count
}

// scatter gives the sums of weighted products about the means: [K, D, D], of which the parts on and right of the diagonal
// are filled.
func (m *mixture) scatter(x *mat.Dense) []float64 {
	_, d := x.Dims()
	k := len(m.logWeight)
	return m.overRows(k*d*d, func(sums []float64, from, to int) {
		off := make([]float64, d*(to-from))
		for c := range k {
			n := m.lay(off, x, c, from, to)
			if n > 0 {
				blas64.Syrk(blas.NoTrans, 1, blas64.General{Rows: d, Cols: n, Stride: n, Data: off[:d*n]},
					1, blas64.Symmetric{N: d, Stride: d, Data: sums[c*d*d : (c+1)*d*d], Uplo: blas.Upper})
			}
		}
	})
}

// lay fills off [D, n] with the rows of a component, about its mean and with the root of their weight, column by column: so
// each product is a sum over many rows. It gives n, how many of the rows are of the component at all.
func (m *mixture) lay(off []float64, x *mat.Dense, c, from, to int) (n int) {
	resp, k := m.resp.RawMatrix().Data, len(m.logWeight)
	for i := from; i < to; i++ {
		if resp[i*k+c] > 0 {
			n++
		}
	}
	at, mean := 0, m.mean.RawRowView(c)
	for i := from; i < to; i++ {
		r := resp[i*k+c]
		if !(r > 0) {
			continue
		}
		root := math.Sqrt(r)
		for j, v := range x.RawRowView(i) {
			off[j*n+at] = root * (v - mean[j])
		}
		at++
	}
	return n
}

// overRows adds what add makes of strips of rows, side by side, and then the strips in their order.
func (m *mixture) overRows(size int, add func(sums []float64, from, to int)) []float64 {
	n, _ := m.resp.Dims()
	each, strips := mixtureRows(n)
	parts := make([][]float64, strips)
	run.Parallel(strips, func(s int) {
		parts[s] = make([]float64, size)
		add(parts[s], s*each, min(n, (s+1)*each))
	})
	for _, p := range parts[1:] {
		floats.Add(parts[0], p)
	}
	return parts[0]
}

// mixtureRows gives the rows of a strip, some blocks, and the number of strips, of n rows.
func mixtureRows(n int) (each, strips int) {
	each = blockRows * ((n + blockRows*mixtureStrips - 1) / (blockRows * mixtureStrips))
	return each, (n + each - 1) / each
}
