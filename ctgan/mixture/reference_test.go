package mixture

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
)

// naive is variational EM as the papers and scikit-learn write it down: row by row in the column's own unit, with the whole
// matrix of responsibilities. It is slow and serves as the reference.
type naive struct {
	x                 []float64   // [N]
	r                 [][]float64 // [N, K]
	m0, w0            float64     // prior mean and variance
	a, b              []float64   // [K] sticks
	kappa, nu, m, cov []float64   // [K]
	logWeight         []float64   // [K]
}

func newNaive(x []float64, r [][]float64) *naive {
	k := len(r[0])
	row := func() []float64 { return make([]float64, k) }
	f := &naive{x: x, r: r, a: row(), b: row(), kappa: row(), nu: row(), m: row(), cov: row(), logWeight: row()}
	f.m0, f.w0 = stat.MeanVariance(x, nil)
	f.mStep()
	return f
}

func (f *naive) mStep() {
	after := 0.0
	for k := len(f.m) - 1; k >= 0; k-- {
		n, mean, s := 10*0x1p-52, 0.0, 0.0
		for i := range f.x {
			n += f.r[i][k]
		}
		for i, x := range f.x {
			mean += f.r[i][k] * x / n
		}
		for i, x := range f.x {
			s += f.r[i][k] * (x - mean) * (x - mean) / n
		}
		s += 1e-6
		f.a[k], f.b[k] = 1+n, 0.001+after
		f.kappa[k], f.nu[k] = 1+n, 1+n
		f.m[k] = (f.m0 + n*mean) / f.kappa[k]
		f.cov[k] = (f.w0 + n*s + n/f.kappa[k]*(mean-f.m0)*(mean-f.m0)) / f.nu[k]
		after += n
	}
}

func (f *naive) eStep() {
	for k := range f.m {
		f.logWeight[k] = mathext.Digamma(f.a[k]) - mathext.Digamma(f.a[k]+f.b[k])
		for j := range k {
			f.logWeight[k] += mathext.Digamma(f.b[j]) - mathext.Digamma(f.a[j]+f.b[j])
		}
	}
	for i, x := range f.x {
		sum := 0.0
		for k := range f.m {
			d := x - f.m[k]
			f.r[i][k] = math.Exp(f.logWeight[k] - 0.5*math.Log(2*math.Pi) - 0.5*d*d/f.cov[k] - 0.5*math.Log(f.cov[k]) -
				0.5*math.Log(f.nu[k]) + 0.5*(math.Ln2+mathext.Digamma(f.nu[k]/2)-1/f.kappa[k]))
			sum += f.r[i][k]
		}
		for k := range f.m {
			f.r[i][k] /= sum
		}
	}
}

// Counts of distinct values stand for rows.
func TestExactIsTheReference(t *testing.T) {
	for name, g := range goldenColumns(t) {
		c := merged(g.Values, g.Counts)
		if c.rows > 1000 {
			continue // the reference takes seconds
		}
		var x []float64
		var r [][]float64
		for i, first := range g.startAt() {
			for range g.Counts[i] {
				x = append(x, g.Values[i])
				r = append(r, append([]float64(nil), first...))
			}
		}
		c.standardise()
		f, p := newNaive(x, r), started(c, g.startAt())
		for range 20 {
			f.eStep()
			f.mStep()
			p.iterate(c)
			m := p.mixture(c)
			for k, sd := range m.SD {
				require.InDelta(t, 1, m.Mean[k]/f.m[k], 1e-7, name)
				require.InDelta(t, 1, sd*sd/f.cov[k], 1e-7, name)
				require.InDelta(t, 1, (1+m.count[k])/f.a[k], 1e-7, name)
			}
		}
	}
}

// The bound that stops EM never falls: each half of an iteration raises it. The regulariser is not part of the model and
// may cost a little.
func TestBoundRises(t *testing.T) {
	for _, shape := range []string{"normal", "modes", "heavy tail"} {
		c := distinct(sampleOf(shape, 2000))
		c.standardise()
		p := newPosterior(c, 10, defaultConcentration)
		p.start(c, testSpans(c, 10, 1))
		last := math.Inf(-1)
		for range 100 {
			bound := p.iterate(c)
			require.Greater(t, bound, last-1e-3, shape)
			last = bound
		}
	}
}
