package synthcity

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"example.org/cohort/internal/numpy"
)

// secondComponent is what the peer's detector by a mixture of Gaussians says of the rows of test: the probability of the second of
// its components, which are numbered as k-means numbers its clusters.
func secondComponent(ctx context.Context, train, test *mat.Dense, components int, seed uint32) ([]float64, error) {
	if components < 2 {
		return nil, errors.New("a mixture of one component has no second: take more rows")
	}
	if n := train.RawMatrix().Rows; n < components {
		return nil, errors.New("fewer rows than components: take more rows")
	}
	for _, x := range []*mat.Dense{train, test} {
		if floats.HasNaN(x.RawMatrix().Data) {
			return nil, errors.New("a mixture of Gaussians can't be fitted to missing cells")
		}
	}
	start := kMeans(train, components, 1, numpy.NewRandomState(seed))
	// The order of the columns is no matter to a mixture; where the widest come first, which part the clusters, its steps are shorter.
	order := widestFirst(train)
	train, test = columnsOf(train, order), columnsOf(test, order)
	m, err := fitMixture(ctx, train, start.label, components)
	if err != nil {
		return nil, err
	}
	resp := mat.NewDense(test.RawMatrix().Rows, components, nil)
	m.posteriors(test, resp)
	return mat.Col(nil, 1, resp), nil
}

// posteriors sets resp [N, K] of the rows of x. Unlike expect it leaves no component out as beyond rounding: an AUC ranks rows by the
// smallest probabilities too.
func (m *mixture) posteriors(x, resp *mat.Dense) {
	n, d := x.Dims()
	k := len(m.logWeight)
	b := newBlock(d, k)
	for from := 0; from < n; from += blockRows {
		rows := min(blockRows, n-from)
		all := make([]int, rows)
		for i := range all {
			all[i] = i
			for j, v := range x.RawRowView(from + i) {
				b.columns[j*blockRows+i] = v
			}
		}
		for c := range k {
			b.rows[c] = all
			m.densities(b, c)
			for i, v := range b.value[:rows] {
				resp.Set(from+i, c, v)
			}
		}
		for i := range rows {
			logs := resp.RawRowView(from + i)
			sum := floats.LogSumExp(logs)
			for c, l := range logs {
				logs[c] = math.Exp(l - sum)
			}
		}
	}
}

// widestFirst orders columns by their variances.
func widestFirst(x *mat.Dense) []int {
	_, d := x.Dims()
	narrow, order := make([]float64, d), make([]int, d)
	for j := range narrow {
		narrow[j] = -stat.Variance(mat.Col(nil, j, x), nil)
	}
	floats.ArgsortStable(narrow, order)
	return order
}

// columnsOf gives columns of x, in an order.
func columnsOf(x *mat.Dense, order []int) *mat.Dense {
	n, _ := x.Dims()
	out := mat.NewDense(n, len(order), nil)
	for to, from := range order {
		out.SetCol(to, mat.Col(nil, from, x))
	}
	return out
}
