package ref

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/diff/fd"

	"example.org/cohort/internal/rng"
)

func random(seed uint64, rows, cols int) Matrix {
	r := rng.New(seed, 0, 0)
	m := New(rows, cols)
	for i := range m.Data {
		m.Data[i] = r.Norm()
	}
	return m
}

// differences is the gradient of sum(g * f) for one of the matrices that f reads, by central differences.
func differences(x Matrix, f func() Matrix, g Matrix) Matrix {
	d := New(x.Rows, x.Cols)
	point := append([]float64(nil), x.Data...)
	fd.Gradient(d.Data, func(v []float64) float64 {
		copy(x.Data, v)
		s := 0.0
		for i, y := range f().Data {
			s += y * g.Data[i]
		}
		return s
	}, point, &fd.Settings{Formula: fd.Central, Step: 1e-5})
	copy(x.Data, point)
	return d
}

func near(t *testing.T, want, got Matrix, name string) {
	t.Helper()
	require.Equal(t, []int{want.Rows, want.Cols}, []int{got.Rows, got.Cols}, name)
	require.LessOrEqual(t, got.Add(want.Scale(-1)).Norm(), 2e-8*(want.Norm()+1), name)
}

func one(m Matrix) []Matrix { return []Matrix{m} }

// An op is an operation on some matrices, and its gradients for the first of them.
type op struct {
	name string
	in   []Matrix
	f    func(in []Matrix) Matrix
	grad func(in []Matrix, g Matrix) []Matrix
}

func ops(n, d int) []op {
	x, y, row, col := random(1, n, d), random(2, n, d), random(3, 1, d), random(4, n, 1)
	positive := Exp(x)
	beta := random(5, 1, d)
	unary := func(name string, x Matrix, f func(Matrix) Matrix, grad func(x, g Matrix) Matrix) op {
		return op{name, one(x), func(in []Matrix) Matrix { return f(in[0]) }, func(in []Matrix, g Matrix) []Matrix { return one(grad(in[0], g)) }}
	}
	labels, which := make([]int32, n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i%(d+1)) - 1
	}
	spans := []Span{{0, 1, true, false}, {1, d - 1, false, true}}
	for i := range which {
		which[i] = int32(i%3) - 1
	}
	within := make([]int32, n)
	for i := range within {
		if which[i] == 1 {
			within[i] = int32(i % (d - 1))
		}
	}
	noise := random(6, n, d)
	mean, rstd := stats(y, 1e-5)
	all := []op{
		unary("LeakyReLU", x, func(x Matrix) Matrix { return LeakyReLU(x, 0.2) }, func(x, g Matrix) Matrix { return LeakyReLUGrad(x, g, 0.2) }),
		unary("Tanh", x, Tanh, TanhGrad),
		unary("Sigmoid", x, Sigmoid, SigmoidGrad),
		unary("Exp", x, Exp, ExpGrad),
		unary("Log", positive, Log, LogGrad),
		unary("Square", x, Square, SquareGrad),
		unary("Softmax", x, Softmax, SoftmaxGrad),
		unary("LogSoftmax", x, LogSoftmax, LogSoftmaxGrad),
		unary("RowNorm", x, RowNorm, RowNormGrad),
		unary("RowSums", x, RowSums, func(_, g Matrix) Matrix { return RowSumsGrad(d, g) }),
		unary("Slice", x, func(x Matrix) Matrix { return Slice(x, 1, d) }, func(_, g Matrix) Matrix { return SliceGrad(g, 1, d) }),
		unary("CrossEntropy", x, func(x Matrix) Matrix { return CrossEntropy(x, labels) }, func(x, g Matrix) Matrix { return CrossEntropyGrad(x, labels, g) }),
		unary("SpanHead", x, func(x Matrix) Matrix { return SpanHead(x, noise, spans, 0.5) }, func(x, g Matrix) Matrix { return SpanHeadGrad(x, noise, spans, 0.5, g) }),
		unary("SpanCrossEntropy", x, func(x Matrix) Matrix { return SpanCrossEntropy(x, spans, which, within) }, func(x, g Matrix) Matrix { return SpanCrossEntropyGrad(x, spans, which, within, g) }),
		{"MatMul", []Matrix{x, random(7, d, n+1)}, func(in []Matrix) Matrix { return MatMul(in[0], in[1]) }, func(in []Matrix, g Matrix) []Matrix {
			da, db := MatMulGrad(in[0], in[1], g)
			return []Matrix{da, db}
		}},
		{"AddBias", []Matrix{x, row}, func(in []Matrix) Matrix { return AddBias(in[0], in[1]) }, func(_ []Matrix, g Matrix) []Matrix { return []Matrix{g, ColSums(g)} }},
		{"MulRows", []Matrix{x, col}, func(in []Matrix) Matrix { return MulRows(in[0], in[1]) }, func(in []Matrix, g Matrix) []Matrix {
			dx, ds := MulRowsGrad(in[0], in[1], g)
			return []Matrix{dx, ds}
		}},
		{"Concat", []Matrix{x, y}, func(in []Matrix) Matrix { return Concat(in[0], in[1]) }, func(_ []Matrix, g Matrix) []Matrix { return []Matrix{Slice(g, 0, d), Slice(g, d, 2*d)} }},
		{"BatchNorm", []Matrix{x, row, beta}, func(in []Matrix) Matrix { return BatchNorm(in[0], in[1], in[2], 1e-5) }, func(in []Matrix, g Matrix) []Matrix {
			dx, dg, db := BatchNormGrad(in[0], in[1], g, 1e-5)
			return []Matrix{dx, dg, db}
		}},
		{"BatchNormWith", []Matrix{x, row, beta}, func(in []Matrix) Matrix { return BatchNormWith(in[0], mean, rstd, in[1], in[2]) }, func(in []Matrix, g Matrix) []Matrix {
			dx, dg, db := BatchNormWithGrad(in[0], mean, rstd, in[1], g)
			return []Matrix{dx, dg, db}
		}},
	}
	return all
}

func TestGradientsAgreeWithDifferences(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {7, 3}, {5, 11}} {
		for _, o := range ops(size[0], size[1]) {
			y := o.f(o.in)
			g := random(99, y.Rows, y.Cols)
			for i, got := range o.grad(o.in, g) {
				near(t, differences(o.in[i], func() Matrix { return o.f(o.in) }, g), got, o.name)
			}
		}
	}
}

// The same gradient twice is no proof: a wrong one must be seen.
func TestDifferencesSeeAWrongGradient(t *testing.T) {
	x, g := random(1, 3, 4), random(2, 3, 4)
	d := differences(x, func() Matrix { return Tanh(x) }, g)
	require.Greater(t, SigmoidGrad(x, g).Add(d.Scale(-1)).Norm(), 0.1)
}

func critic(n, d, h int) (*Critic, Matrix) {
	c := &Critic{Slope: 0.2}
	for l, s := range [][2]int{{d, h}, {h, h}, {h, 1}} {
		c.W[l] = random(uint64(10+l), s[0], s[1]).Scale(1 / math.Sqrt(float64(s[0])))
		c.B[l] = random(uint64(20+l), 1, s[1])
		if l < 2 {
			c.Mask[l] = random(uint64(30+l), n, h).Map(func(v float64) float64 {
				if v < 0 {
					return 0
				}
				return 2
			})
		}
	}
	return c, random(40, n, d)
}

// First order against differences of the output; the penalty, second order, against differences of the penalty, and so of the
// first order that has been tested.
func TestCritic(t *testing.T) {
	c, x := critic(6, 5, 7)
	g := random(50, 6, 1)
	dw, db, dx := c.Grad(x, g)
	near(t, differences(x, func() Matrix { return c.Forward(x) }, g), dx, "x")
	pw := c.PenaltyGrad(x)
	penalty := func() Matrix { return Matrix{1, 1, []float64{c.Penalty(x)}} }
	unit := Matrix{1, 1, []float64{1}}
	for l := range 3 {
		near(t, differences(c.W[l], func() Matrix { return c.Forward(x) }, g), dw[l], "W")
		near(t, differences(c.B[l], func() Matrix { return c.Forward(x) }, g), db[l], "B")
		near(t, differences(c.W[l], penalty, unit), pw[l], "penalty W")
		near(t, differences(c.B[l], penalty, unit), New(1, c.B[l].Cols), "penalty B")
	}
}

func TestRowNormGradOfZeros(t *testing.T) {
	require.Equal(t, New(2, 3), RowNormGrad(New(2, 3), random(1, 2, 1)))
}

func TestZeroSizes(t *testing.T) {
	require.Equal(t, New(2, 3), MatMul(New(2, 0), New(0, 3)))
	require.Equal(t, New(0, 3), Softmax(New(0, 3)))
	require.Equal(t, New(1, 0), ColSums(New(4, 0)))
}

func TestShapesThatDoNotFitPanic(t *testing.T) {
	require.PanicsWithValue(t, "ref: MatMul of [2 3] and [4 5]", func() { MatMul(New(2, 3), New(4, 5)) })
	require.PanicsWithValue(t, "ref: Zip of [2 3] and [3 2]", func() { New(2, 3).Add(New(3, 2)) })
	require.PanicsWithValue(t, "ref: From of 5 numbers and [2 3]", func() { From(make([]float32, 5), 2, 3) })
}

func TestFrom(t *testing.T) {
	require.Equal(t, Matrix{2, 1, []float64{1, 2}}, From([]float32{1, 2}, 2, 1))
}
