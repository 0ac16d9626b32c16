package synthcity

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// microPair makes a pair of a few encoded rows. The last column is the target; one that says nothing is added.
func microPair(real, synthetic [][]float64) *Pair {
	p := &Pair{Version: V0210, Names: make([]string, len(real[0])+1), Target: len(real[0])}
	frame := func(rows [][]float64) *Frame {
		f := &Frame{Data: mat.NewDense(len(rows), len(rows[0])+1, nil), Whole: make([]bool, len(rows[0])+1), names: p.Names, of: "rows", target: p.Target}
		for i, row := range rows {
			copy(f.Data.RawRowView(i), row)
		}
		return f
	}
	p.Real, p.Synthetic = frame(real), frame(synthetic)
	p.AllReal, p.AllSynthetic = p.Real, p.Synthetic
	p.prepare()
	return p
}

// columnPair makes a pair of one column, and the target.
func columnPair(real, synthetic []float64) *Pair {
	rows := func(x []float64) (all [][]float64) {
		for _, v := range x {
			all = append(all, []float64{v})
		}
		return all
	}
	return microPair(rows(real), rows(synthetic))
}

type scorer = func(context.Context, *Pair) ([]float64, error)

func scoresOf(t *testing.T, score scorer, p *Pair) []float64 {
	t.Helper()
	v, err := score(context.Background(), p)
	require.NoError(t, err)
	return v
}

// Half of what a mean over both columns loses to the target, which is constant and equal on both sides.
func firstOfTwo(v, target float64) float64 { return 2*v - target }

func TestDataMismatch(t *testing.T) {
	p := columnPair([]float64{1, 2}, []float64{1, 2})
	p.Real.Whole = []bool{true, true}
	// Both columns differ, yet of 3.
	require.Equal(t, []float64{2. / 3}, scoresOf(t, dataMismatch, p))
	p.Synthetic.Whole = []bool{true, false}
	require.Equal(t, []float64{1. / 3}, scoresOf(t, dataMismatch, p))
}

func TestCommonRows(t *testing.T) {
	p := microPair([][]float64{{1, 1}, {1, 1}, {2, 0}, {math.NaN(), 4}}, [][]float64{{1, 1}, {1, 1}, {3, 3}, {math.NaN(), 4}})
	require.Equal(t, []float64{2 / (4 + 1e-8)}, scoresOf(t, commonRows, p), "a row counts once, and missing equals missing")
	// Encoded by themselves, a and b equal b and c.
	in := Input{Version: V0210, Real: Table{[]Column{{Name: "x", Words: []string{"a", "b"}}}}, Synthetic: Table{[]Column{{Name: "x", Words: []string{"b", "c"}}}}}
	p, err := NewPair(in)
	require.NoError(t, err)
	require.Equal(t, []float64{2 / (2 + 1e-8)}, scoresOf(t, commonRows, p))
	in.Version = V0212
	p, err = NewPair(in)
	require.NoError(t, err)
	require.Equal(t, []float64{1 / (2 + 1e-8)}, scoresOf(t, commonRows, p))
}

func TestNearestSynthetic(t *testing.T) {
	near := columnPair([]float64{0, 10, 20}, []float64{30, 30, 30})
	far := columnPair([]float64{0, 10, 20}, []float64{1e6, 1e6, 1e6})
	for name, p := range map[string]*Pair{"near": near, "far": far} {
		require.InDelta(t, .5, scoresOf(t, nearestSynthetic, p)[0], 1e-9, name)
		require.InDelta(t, 1./3, scoresOf(t, closeValues, p)[0], 1e-15, name)
		require.InDelta(t, 1./3, scoresOf(t, distantValues, p)[0], 1e-15, name)
	}
	gap := columnPair([]float64{0, 10, math.NaN()}, []float64{30, 30, 30})
	require.Equal(t, []float64{0}, scoresOf(t, nearestSynthetic, gap))
	require.Equal(t, []float64{1}, scoresOf(t, closeValues, gap))
	require.Equal(t, []float64{0}, scoresOf(t, distantValues, gap))
	one := columnPair([]float64{3}, []float64{8})
	require.Equal(t, []float64{0}, scoresOf(t, nearestSynthetic, one))
	_, err := closeValues(context.Background(), one)
	require.Error(t, err)
}

// Shares of categories are compared by rank.
func TestFrequencyByRank(t *testing.T) {
	real := []float64{0, 0, 0, 1, 1}
	for name, synthetic := range map[string][]float64{"exchanged": {1, 1, 1, 0, 0}, "invented": {2, 2, 2, 0, 0}} {
		r, s, err := frequencies(real, synthetic)
		require.NoError(t, err)
		require.Equal(t, .6, r[0], name)
		require.Equal(t, .6, s[0], name)
		require.InDelta(t, 1, chiSquaredP(r, s, V0210), 1e-6, name)
		p := columnPair(real, synthetic)
		require.InDelta(t, 1, firstOfTwo(scoresOf(t, inverseKL, p)[0], 1), 1e-6, name)
	}
	r, s, err := frequencies(real, []float64{2, 2, 2, 0, 0})
	require.NoError(t, err)
	require.Equal(t, []float64{.6, .4, 1e-11}, r)
	require.Equal(t, []float64{.6, .4, 1e-11}, s)
}

// Five values or more are a histogram of the real range, in which nothing outside counts.
func TestFrequencyInBins(t *testing.T) {
	real := []float64{0, 1, 2, 3, 4}
	r, s, err := frequencies(real, []float64{0, 0, 4, 9, -1})
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{.2, .2, .2, .2, .2}, r, 1e-8)
	require.InDeltaSlice(t, []float64{2. / 3, 1e-11, 1e-11, 1e-11, 1. / 3}, s, 1e-8)
	p := columnPair(real, []float64{0, 0, 1, 2, 3})
	// KL = .2 ln(.2/.4) + .2 ln(.2/1e-11) + .4 - .2 - .2 = .2 ln(1e10).
	require.InDelta(t, 1/(1+2*math.Ln10), firstOfTwo(scoresOf(t, inverseKL, p)[0], 1), 1e-7)
	// An empty bin makes the p-value 0, and so does a constant column, here the target.
	require.Equal(t, []float64{0}, scoresOf(t, chiSquared, p))
	_, _, err = frequencies([]float64{0, 1, 2, 3, math.NaN()}, real)
	require.Error(t, err)
}

// Ten times the rows say no more: the test is of shares.
func TestChiSquaredOfShares(t *testing.T) {
	r, s := []float64{.5, .3, .2}, []float64{.4, .4, .2}
	x := .1*.1/.4 + .1*.1/.4
	require.InDelta(t, math.Exp(-x/2), chiSquaredP(r, s, V0210), 1e-12) // two degrees of freedom
	require.Zero(t, chiSquaredP([]float64{.5, .5}, []float64{.5, .4}, V0210), "sums that differ")
	require.Zero(t, chiSquaredP([]float64{1}, []float64{1}, V0212), "no degree of freedom")
}

func TestKolmogorovSmirnov(t *testing.T) {
	p := columnPair([]float64{0, 0, 1, 1}, []float64{0, 1, 1, 1})
	require.InDelta(t, .75, firstOfTwo(scoresOf(t, kolmogorovSmirnov, p)[0], 1), 1e-15)
	p = columnPair([]float64{0, 1}, []float64{0, math.NaN()})
	require.Equal(t, .5, firstOfTwo(scoresOf(t, kolmogorovSmirnov, p)[0], 1), "missing is larger than 1")
	p.Version = V0212
	require.True(t, math.IsNaN(scoresOf(t, kolmogorovSmirnov, p)[0]))
}

// Adding 1 to shares that sum to 1 shrinks the distance.
func TestJensenShannon(t *testing.T) {
	js := func(p, q []float64) (d float64) {
		for i := range p {
			m := (p[i] + q[i]) / 2
			d += p[i]*math.Log(p[i]/m)/2 + q[i]*math.Log(q[i]/m)/2
		}
		return math.Sqrt(d)
	}
	p := columnPair([]float64{0, 0, 1, 1}, []float64{0, 0, 0, 0})
	want := js([]float64{1.5 / 3, 1.5 / 3}, []float64{2. / 3, 1. / 3})
	require.InDelta(t, want, firstOfTwo(scoresOf(t, jensenShannon, p)[0], 0), 1e-15)
	// Shares of .1 each beside a point mass: .083 in place of .70.
	ten, point, uniform, massed := make([]float64, 10), make([]float64, 10), make([]float64, 10), make([]float64, 10)
	for i := range ten {
		ten[i], uniform[i], massed[i] = float64(i), .1, 1./11
	}
	massed[0] = 2. / 11
	require.InDelta(t, js(uniform, massed), firstOfTwo(scoresOf(t, jensenShannon, columnPair(ten, point))[0], 0), 1e-12)
	// All out of range is a bin more.
	for i := range point {
		point[i], uniform[i], massed[i] = 99, 1.1/12, 1./12
	}
	uniform, massed[0] = append(uniform, 1./12), 1./12
	massed = append(massed, 2./12)
	require.InDelta(t, js(uniform, massed), firstOfTwo(scoresOf(t, jensenShannon, columnPair(ten, point))[0], 0), 1e-12)
	// The low edge is moved by a thousandth of the range, so that a little less than the least is inside.
	edges, err := cutEdges([]float64{0, 10})
	require.NoError(t, err)
	require.Equal(t, []float64{-.01, 5, 10}, edges)
	require.Equal(t, []float64{2. / 4, 0, 2. / 4}, cutShares([]float64{-.005, 5, -.02, math.NaN()}, edges))
	edges, err = cutEdges([]float64{-2, -2, math.NaN()})
	require.NoError(t, err)
	require.Equal(t, []float64{-2.002, -2, -1.998}, edges)
	edges, err = cutEdges([]float64{0})
	require.NoError(t, err)
	require.Equal(t, []float64{-.001, .001}, edges)
	_, err = cutEdges([]float64{math.NaN()})
	require.Error(t, err)
}

// Whatever the tables are, 2/N.
func TestMeanDiscrepancy(t *testing.T) {
	p := columnPair([]float64{0, 100, 200}, []float64{50, 150, 1e9})
	require.InDelta(t, 2./3, scoresOf(t, meanDiscrepancy, p)[0], 1e-15)
	p = columnPair([]float64{0, 1}, []float64{0, 1})
	require.InDelta(t, 0, scoresOf(t, meanDiscrepancy, p)[0], 1e-15)
	_, err := meanDiscrepancy(context.Background(), columnPair([]float64{0, math.Inf(1)}, []float64{0, 1}))
	require.Error(t, err)
}

func TestPRDC(t *testing.T) {
	// Radii are 5, 4, 3, 3, 3, 4, 5 on both sides; 39 pairs are strictly nearer than the real radius.
	p := columnPair([]float64{0, 1, 2, 3, 4, 5, 6}, []float64{.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5})
	require.InDeltaSlice(t, []float64{1, 1, 39. / 35, 1}, scoresOf(t, prdc, p), 1e-15)
	same := make([]float64, 7)
	require.Equal(t, []float64{0, 0, 0, 0}, scoresOf(t, prdc, columnPair(same, same)), "0 is not nearer than 0")
	_, err := prdc(context.Background(), columnPair(same[:6], same[:6]))
	require.Error(t, err)
}
