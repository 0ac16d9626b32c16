package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/ref"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// eachFamily runs a test on every family of kernels that this processor has.
func eachFamily(t *testing.T, f func(t *testing.T)) {
	for _, family := range kernels.Families() {
		t.Run(family, func(t *testing.T) {
			restore, err := kernels.Use(family)
			require.NoError(t, err)
			defer restore()
			f(t)
		})
	}
}

// newTape makes a tape whose memory is full of NaN.
func newTape() *autograd.Tape {
	a := &tensor.Arena{}
	a.Poison(true)
	return autograd.New(a)
}

func random(seed uint64, shape ...int) tensor.Tensor {
	r := rng.New(seed, 0, 0)
	x := tensor.New(shape...)
	for i := range x.Data {
		x.Data[i] = float32(r.Norm())
	}
	return x
}

// wide is a tensor in float64, with a vector as one row.
func wide(x tensor.Tensor) ref.Matrix {
	if len(x.Shape) == 1 {
		return ref.From(x.Data, 1, x.Shape[0])
	}
	return ref.From(x.Data, x.Shape[0], x.Shape[1])
}

func column(m ref.Matrix) ref.Matrix { return ref.Matrix{Rows: len(m.Data), Cols: 1, Data: m.Data} }

// worst is the greatest relative distance that near has seen, for the log.
var worst float64

func near(t *testing.T, want ref.Matrix, got tensor.Tensor, bound float64, name string) {
	t.Helper()
	require.Len(t, got.Data, len(want.Data), name)
	diff := wide(tensor.FromSlice(got.Data, want.Rows, want.Cols)).Add(want.Scale(-1)).Norm()
	require.False(t, math.IsNaN(diff), name)
	if norm := want.Norm(); norm > 0 {
		worst = max(worst, diff/norm)
	}
	require.LessOrEqual(t, diff, bound*want.Norm(), name)
}

// An opCase is an operation of the tape beside its reference.
type opCase struct {
	name string
	in   []tensor.Tensor
	f    func(t *autograd.Tape, in []autograd.Var) autograd.Var
	want func(in []ref.Matrix) ref.Matrix
	grad func(in []ref.Matrix, g ref.Matrix) []ref.Matrix
}

func some(m ...ref.Matrix) []ref.Matrix { return m }

// elementwise cases read x alone.
func elementwise(x tensor.Tensor) []opCase {
	unary := func(name string, x tensor.Tensor, f func(t *autograd.Tape, x autograd.Var) autograd.Var, want func(ref.Matrix) ref.Matrix, grad func(x, g ref.Matrix) ref.Matrix) opCase {
		return opCase{
			name, []tensor.Tensor{x}, func(t *autograd.Tape, in []autograd.Var) autograd.Var { return f(t, in[0]) },
			func(in []ref.Matrix) ref.Matrix { return want(in[0]) },
			func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(grad(in[0], g)) },
		}
	}
	type tape = *autograd.Tape
	type val = autograd.Var
	positive := x.Clone()
	kernels.Exp(positive.Data, x.Data)
	n, d := x.Rows(), x.Cols()
	drop := kernels.Dropout{Seed: 3, Stream: 4, Step: 5, P: 0.4}
	mask := tensor.New(n, d)
	kernels.Fill(mask.Data, 1)
	kernels.DropoutForward(mask.Data, mask.Data, drop, 0)
	masked := func(v ref.Matrix) ref.Matrix { return v.Mul(wide(mask)) }
	mean := func(s float64) float64 { return s / float64(n*d) }
	total := func(v ref.Matrix) ref.Matrix { return ref.RowSums(ref.ColSums(v)) }
	return []opCase{
		unary("LeakyReLU", x, func(t tape, x val) val { return t.LeakyReLU(x, 0.2) }, func(x ref.Matrix) ref.Matrix { return ref.LeakyReLU(x, 0.2) }, func(x, g ref.Matrix) ref.Matrix { return ref.LeakyReLUGrad(x, g, 0.2) }),
		unary("ReLU", x, tape.ReLU, func(x ref.Matrix) ref.Matrix { return ref.LeakyReLU(x, 0) }, func(x, g ref.Matrix) ref.Matrix { return ref.LeakyReLUGrad(x, g, 0) }),
		unary("Tanh", x, tape.Tanh, ref.Tanh, ref.TanhGrad),
		unary("Sigmoid", x, tape.Sigmoid, ref.Sigmoid, ref.SigmoidGrad),
		unary("Exp", x, tape.Exp, ref.Exp, ref.ExpGrad),
		unary("Log", positive, tape.Log, ref.Log, ref.LogGrad),
		unary("Square", x, tape.Square, ref.Square, ref.SquareGrad),
		unary("Softmax", x, tape.Softmax, ref.Softmax, ref.SoftmaxGrad),
		unary("LogSoftmax", x, tape.LogSoftmax, ref.LogSoftmax, ref.LogSoftmaxGrad),
		unary("RowNorm", x, tape.RowNorm, ref.RowNorm, func(x, g ref.Matrix) ref.Matrix { return ref.RowNormGrad(x, column(g)) }),
		unary("RowSum", x, tape.RowSum, ref.RowSums, func(_, g ref.Matrix) ref.Matrix { return ref.RowSumsGrad(d, column(g)) }),
		unary("Scale", x, func(t tape, x val) val { return t.Scale(x, -3) }, func(x ref.Matrix) ref.Matrix { return x.Scale(-3) }, func(_, g ref.Matrix) ref.Matrix { return g.Scale(-3) }),
		unary("AddConst", x, func(t tape, x val) val { return t.AddConst(x, 2) }, func(x ref.Matrix) ref.Matrix { return x.Map(func(v float64) float64 { return v + 2 }) }, func(_, g ref.Matrix) ref.Matrix { return g }),
		unary("Sum", x, tape.Sum, total, func(x, g ref.Matrix) ref.Matrix { return x.Map(func(float64) float64 { return g.Data[0] }) }),
		unary("Mean", x, tape.Mean, func(x ref.Matrix) ref.Matrix { return total(x).Map(mean) }, func(x, g ref.Matrix) ref.Matrix { return x.Map(func(float64) float64 { return mean(g.Data[0]) }) }),
		unary("Reshape", x, func(t tape, x val) val { return t.Reshape(x, d, n) }, func(x ref.Matrix) ref.Matrix { return ref.Matrix{Rows: d, Cols: n, Data: x.Data} }, func(_, g ref.Matrix) ref.Matrix { return ref.Matrix{Rows: n, Cols: d, Data: g.Data} }),
		unary("Slice", x, func(t tape, x val) val { return t.Slice(x, d/3, d) }, func(x ref.Matrix) ref.Matrix { return ref.Slice(x, d/3, d) }, func(_, g ref.Matrix) ref.Matrix { return ref.SliceGrad(g, d/3, d) }),
		unary("Rows", x, func(t tape, x val) val { return t.Rows(x, n/3, n) }, func(x ref.Matrix) ref.Matrix { return ref.Slice(x.T(), n/3, n).T() }, func(_, g ref.Matrix) ref.Matrix { return ref.SliceGrad(g.T(), n/3, n).T() }),
		unary("Dropout", x, func(t tape, x val) val { return t.Dropout(x, drop) }, masked, func(_, g ref.Matrix) ref.Matrix { return masked(g) }),
		unary("DropoutGiven", x, func(t tape, x val) val { return t.DropoutGiven(x, t.Const(mask)) }, masked, func(_, g ref.Matrix) ref.Matrix { return masked(g) }),
		unary("Detach", x, func(t tape, x val) val { return t.Mul(t.Detach(x), x) }, func(x ref.Matrix) ref.Matrix { return x.Mul(x) }, func(x, g ref.Matrix) ref.Matrix { return x.Mul(g) }),
	}
}

// several cases read several tensors.
func several(x tensor.Tensor, h int) []opCase {
	n, d := x.Rows(), x.Cols()
	y, w, b, s := random(11, n, d), random(12, d, h), random(13, h), random(14, n)
	bias, gamma, beta := random(15, d), random(16, d), random(17, d)
	type tape = *autograd.Tape
	type vals = []autograd.Var
	two := func(da, db ref.Matrix) []ref.Matrix { return some(da, db) }
	drop := kernels.Dropout{Seed: 6, Stream: 7, Step: 8, P: 0.5}
	mask := tensor.New(n, h)
	kernels.Fill(mask.Data, 1)
	kernels.DropoutForward(mask.Data, mask.Data, drop, 0)
	linear := func(in []ref.Matrix) ref.Matrix { return ref.AddBias(ref.MatMul(in[0], in[1]), in[2]) }
	linearGrad := func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
		dx, dw := ref.MatMulGrad(in[0], in[1], g)
		return some(dx, dw, ref.ColSums(g))
	}
	fused := func(name string, e autograd.Epilogue, slope float64) opCase {
		return opCase{
			name, []tensor.Tensor{x, w, b}, func(t tape, in vals) autograd.Var { return t.LinearAct(in[0], in[1], in[2], e) },
			func(in []ref.Matrix) ref.Matrix {
				y := ref.LeakyReLU(linear(in), slope)
				if e.Drop.P > 0 {
					y = y.Mul(wide(mask))
				}
				return y
			},
			func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
				if e.Drop.P > 0 {
					g = g.Mul(wide(mask))
				}
				return linearGrad(in, ref.LeakyReLUGrad(linear(in), g, slope))
			},
		}
	}
	cases := []opCase{
		{"MatMul", []tensor.Tensor{x, w}, func(t tape, in vals) autograd.Var { return t.MatMul(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.MatMul(in[0], in[1]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return two(ref.MatMulGrad(in[0], in[1], g)) }},
		{"MatMulNT", []tensor.Tensor{x, random(18, h, d)}, func(t tape, in vals) autograd.Var { return t.MatMulNT(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.MatMul(in[0], in[1].T()) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			da, db := ref.MatMulGrad(in[0], in[1].T(), g)
			return some(da, db.T())
		}},
		{"MatMulTN", []tensor.Tensor{random(19, d, n), w}, func(t tape, in vals) autograd.Var { return t.MatMulTN(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.MatMul(in[0].T(), in[1]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			da, db := ref.MatMulGrad(in[0].T(), in[1], g)
			return some(da.T(), db)
		}},
		{"Linear", []tensor.Tensor{x, w, b}, func(t tape, in vals) autograd.Var { return t.Linear(in[0], in[1], in[2]) }, linear, linearGrad},
		{"Linear without bias", []tensor.Tensor{x, w}, func(t tape, in vals) autograd.Var { return t.Linear(in[0], in[1], autograd.Var{}) }, func(in []ref.Matrix) ref.Matrix { return ref.MatMul(in[0], in[1]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return two(ref.MatMulGrad(in[0], in[1], g)) }},
		fused("Linear LeakyReLU", autograd.Epilogue{Act: kernels.LeakyReLU, Slope: 0.2}, 0.2),
		fused("Linear ReLU", autograd.Epilogue{Act: kernels.ReLU}, 0),
		fused("Linear Dropout", autograd.Epilogue{Drop: drop}, 1),
		fused("Linear LeakyReLU Dropout", autograd.Epilogue{Act: kernels.LeakyReLU, Slope: 0.2, Drop: drop}, 0.2),
		fused("Linear ReLU Dropout", autograd.Epilogue{Act: kernels.ReLU, Drop: drop}, 0),
		{"AddBias", []tensor.Tensor{x, bias}, func(t tape, in vals) autograd.Var { return t.AddBias(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.AddBias(in[0], in[1]) }, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(g, ref.ColSums(g)) }},
		{"Add", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Add(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return in[0].Add(in[1]) }, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(g, g) }},
		{"Add to itself", []tensor.Tensor{x}, func(t tape, in vals) autograd.Var { return t.Add(in[0], t.Add(in[0], in[0])) }, func(in []ref.Matrix) ref.Matrix { return in[0].Scale(3) }, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(g.Scale(3)) }},
		{"Sub", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Sub(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return in[0].Add(in[1].Scale(-1)) }, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(g, g.Scale(-1)) }},
		{"Mul", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Mul(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return in[0].Mul(in[1]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(g.Mul(in[1]), g.Mul(in[0])) }},
		{"Mul by itself", []tensor.Tensor{x}, func(t tape, in vals) autograd.Var { return t.Mul(in[0], in[0]) }, func(in []ref.Matrix) ref.Matrix { return in[0].Mul(in[0]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(ref.SquareGrad(in[0], g)) }},
		{"MulRows", []tensor.Tensor{x, s}, func(t tape, in vals) autograd.Var { return t.MulRows(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.MulRows(in[0], column(in[1])) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix { return two(ref.MulRowsGrad(in[0], column(in[1]), g)) }},
		{"Interpolate", []tensor.Tensor{x, y, s}, func(t tape, in vals) autograd.Var { return t.Interpolate(in[0], in[1], in[2]) }, func(in []ref.Matrix) ref.Matrix {
			return in[1].Add(ref.MulRows(in[0].Add(in[1].Scale(-1)), column(in[2])))
		}, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			d, ds := ref.MulRowsGrad(in[0].Add(in[1].Scale(-1)), column(in[2]), g)
			return some(d, g.Add(d.Scale(-1)), ds)
		}},
		{"Concat", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Concat(in[0], in[1]) }, func(in []ref.Matrix) ref.Matrix { return ref.Concat(in[0], in[1]) }, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix { return some(ref.Slice(g, 0, d), ref.Slice(g, d, 2*d)) }},
		{"Concat of six", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Concat(in[0], in[1], in[1], in[1], in[1], in[0]) }, func(in []ref.Matrix) ref.Matrix {
			return ref.Concat(ref.Concat(ref.Concat(in[0], in[1]), ref.Concat(in[1], in[1])), ref.Concat(in[1], in[0]))
		}, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix {
			p := func(i int) ref.Matrix { return ref.Slice(g, i*d, i*d+d) }
			return some(p(0).Add(p(5)), p(1).Add(p(2)).Add(p(3).Add(p(4))))
		}},
		{"Stack", []tensor.Tensor{x, y}, func(t tape, in vals) autograd.Var { return t.Stack(in[0], in[1], in[0]) }, func(in []ref.Matrix) ref.Matrix {
			return ref.Concat(ref.Concat(in[0].T(), in[1].T()), in[0].T()).T()
		}, func(_ []ref.Matrix, g ref.Matrix) []ref.Matrix {
			p := func(i int) ref.Matrix { return ref.Slice(g.T(), i*n, i*n+n).T() }
			return some(p(0).Add(p(2)), p(1))
		}},
	}
	if n > 1 { // the variance of one row is 0, its gradient rounding alone
		cases = append(cases, batchNorms(x, gamma, beta)...)
	}
	return append(cases, losses(x)...)
}

func batchNorms(x, gamma, beta tensor.Tensor) []opCase {
	const eps = 1e-3
	type tape = *autograd.Tape
	type vals = []autograd.Var
	cols := x.Cols()
	mean, variance, rstd := random(21, cols), tensor.New(cols), ref.New(1, cols)
	for j := range variance.Data {
		variance.Data[j] = float32(0.5 + math.Abs(float64(mean.Data[j])))
		rstd.Data[j] = 1 / math.Sqrt(float64(variance.Data[j])+eps)
	}
	s := autograd.Stats{Mean: mean.Data, Variance: variance.Data}
	norm := func(in []ref.Matrix) ref.Matrix { return ref.BatchNorm(in[0], in[1], in[2], eps) }
	grad := func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
		dx, dg, db := ref.BatchNormGrad(in[0], in[1], g, eps)
		return some(dx, dg, db)
	}
	return []opCase{
		{"BatchNorm", []tensor.Tensor{x, gamma, beta}, func(t tape, in vals) autograd.Var {
			y, _ := t.BatchNorm(in[0], in[1], in[2], eps, false)
			return y
		}, norm, grad},
		{"BatchNorm ReLU", []tensor.Tensor{x, gamma, beta}, func(t tape, in vals) autograd.Var {
			y, _ := t.BatchNorm(in[0], in[1], in[2], eps, true)
			return y
		}, func(in []ref.Matrix) ref.Matrix { return ref.LeakyReLU(norm(in), 0) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			return grad(in, ref.LeakyReLUGrad(norm(in), g, 0))
		}},
		{"BatchNormWith", []tensor.Tensor{x, gamma, beta}, func(t tape, in vals) autograd.Var {
			return t.BatchNormWith(in[0], in[1], in[2], s, eps, false)
		}, func(in []ref.Matrix) ref.Matrix { return ref.BatchNormWith(in[0], wide(mean), rstd, in[1], in[2]) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			dx, dg, db := ref.BatchNormWithGrad(in[0], wide(mean), rstd, in[1], g)
			return some(dx, dg, db)
		}},
	}
}

func losses(x tensor.Tensor) []opCase {
	n, d := x.Rows(), x.Cols()
	type tape = *autograd.Tape
	type vals = []autograd.Var
	labels, which, within := make([]int32, n), make([]int32, n), make([]int32, n)
	spans := []kernels.Span{{Offset: 0, Width: d / 3, Kind: kernels.SpanTanh}, {Offset: d / 3, Width: (d + 2) / 3, Kind: kernels.SpanSoftmax}}
	wideSpans := []ref.Span{{Width: d / 3, Tanh: true}, {Offset: d / 3, Width: (d + 2) / 3, Softmax: true}}
	for i := range n {
		labels[i] = int32((i+1)%(d+1)) - 1
		which[i] = int32(i%2)*2 - 1
		within[i] = int32(i % ((d + 2) / 3))
	}
	noise := random(31, n, d)
	given := &kernels.Noise{Given: noise.Data}
	in := []tensor.Tensor{x}
	return []opCase{
		{"CrossEntropy", in, func(t tape, in vals) autograd.Var { return t.CrossEntropy(in[0], labels) }, func(in []ref.Matrix) ref.Matrix { return ref.CrossEntropy(in[0], labels) }, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			return some(ref.CrossEntropyGrad(in[0], labels, column(g)))
		}},
		{"SpanCrossEntropy", in, func(t tape, in vals) autograd.Var { return t.SpanCrossEntropy(in[0], spans, which, within) }, func(in []ref.Matrix) ref.Matrix {
			return ref.SpanCrossEntropy(in[0], wideSpans, which, within)
		}, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			return some(ref.SpanCrossEntropyGrad(in[0], wideSpans, which, within, column(g)))
		}},
		{"SpanHead", in, func(t tape, in vals) autograd.Var { return t.SpanHead(in[0], spans, 0.3, given) }, func(in []ref.Matrix) ref.Matrix {
			return ref.SpanHead(in[0], wide(noise), wideSpans, 0.3)
		}, func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
			return some(ref.SpanHeadGrad(in[0], wide(noise), wideSpans, 0.3, g))
		}},
	}
}

// Every operation's value and gradients are those of the float64 reference, by Grad and by Backward, at awkward sizes.
func TestGradientsAgreeWithReference(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		worst = 0
		for _, size := range [][3]int{{1, 1, 1}, {1, 13, 7}, {17, 1, 5}, {7, 31, 1}, {37, 23, 41}, {130, 67, 19}} {
			x := random(1, size[0], size[1])
			for _, c := range append(elementwise(x), several(x, size[2])...) {
				checkCase(t, c, fmt.Sprintf("%s of %v", c.name, size))
			}
		}
		t.Logf("largest distance: %.1e of the norm", worst)
	})
}

const bound = 1e-4

func checkCase(t *testing.T, c opCase, name string) {
	t.Helper()
	tape := newTape()
	var inputs []autograd.Var
	var wideIn []ref.Matrix
	for _, x := range c.in {
		inputs = append(inputs, tape.Input(x))
		wideIn = append(wideIn, wide(x))
	}
	y := c.f(tape, inputs)
	want := c.want(wideIn)
	near(t, want, y.Value(), 1e-5, name)

	g := random(77, y.Shape()...)
	gs := tape.Grads(tape.Sum(tape.Mul(y, tape.Const(g))), inputs)
	wantGrads := c.grad(wideIn, ref.From(g.Data, want.Rows, want.Cols))
	for i, w := range wantGrads {
		near(t, w, gs[i].Value(), bound, fmt.Sprintf("%s: input %d", name, i))
	}

	tape.Reset()
	var leaves []autograd.Var
	grads := make([][]float32, len(c.in))
	for i, x := range c.in {
		grads[i] = make([]float32, x.Len())
		kernels.Fill(grads[i], 1) // Backward adds
		leaves = append(leaves, tape.Leaf(x, grads[i]))
	}
	tape.Backward(tape.Sum(tape.Mul(c.f(tape, leaves), tape.Const(g))))
	for i, w := range wantGrads {
		got := tensor.FromSlice(grads[i], c.in[i].Shape...)
		kernels.AddConst(got.Data, got.Data, -1)
		size := w.Norm() + math.Sqrt(float64(len(w.Data)))
		require.LessOrEqual(t, wide(got).Add(ref.Matrix{Rows: wide(got).Rows, Cols: wide(got).Cols, Data: w.Data}.Scale(-1)).Norm(), bound*size, name)
	}
}
