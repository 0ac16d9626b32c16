package autograd_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/diff/fd"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/ref"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// onlyOnce are the operations without a second derivative.
var onlyOnce = []string{"Tanh", "Sigmoid", "Exp", "Log", "Softmax", "LogSoftmax", "BatchNorm", "SpanHead", "CrossEntropy", "SpanCrossEntropy"}

// contracted is sum of r[i]*grad[i] in float64, where grad is the reference's gradient for the upstream gradient g.
func (c opCase) contracted(in []ref.Matrix, g ref.Matrix, r []ref.Matrix) float64 {
	s := 0.0
	for i, d := range c.grad(in, g) {
		for j, v := range d.Data {
			s += v * r[i].Data[j]
		}
	}
	return s
}

// differences is the gradient of f for x by central differences.
func differences(x ref.Matrix, f func() float64) ref.Matrix {
	d := ref.New(x.Rows, x.Cols)
	point := slices.Clone(x.Data)
	fd.Gradient(d.Data, func(v []float64) float64 {
		copy(x.Data, v)
		return f()
	}, point, &fd.Settings{Formula: fd.Central, Step: 1e-4})
	copy(x.Data, point)
	return d
}

// The gradient of a gradient, for the inputs and for the upstream gradient, is that of the float64 reference's gradient by
// central differences. Operations without one say so.
func TestSecondOrder(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, size := range [][3]int{{1, 1, 1}, {7, 5, 3}, {2, 11, 6}} {
			x := random(1, size[0], size[1])
			for _, c := range append(elementwise(x), several(x, size[2])...) {
				word, _, _ := strings.Cut(c.name, " ")
				name := strings.TrimSuffix(word, "With")
				if name == "Detach" { // the reference doesn't know what is constant
					continue
				}
				if slices.Contains(onlyOnce, name) {
					requireNoSecond(t, c, name)
				} else {
					checkSecond(t, c, fmt.Sprintf("%s of %v", c.name, size))
				}
			}
		}
	})
}

func requireNoSecond(t *testing.T, c opCase, name string) {
	t.Helper()
	tape := newTape()
	var in []autograd.Var
	for _, x := range c.in {
		in = append(in, tape.Input(x))
	}
	y := tape.Sum(c.f(tape, in))
	require.PanicsWithValue(t, "autograd: "+name+" has no second derivative", func() { tape.Grad(y, in[0], autograd.Create) })
	tape.Reset() // mends the tape
	x := tape.Input(c.in[0])
	require.Len(t, tape.Grad(tape.Sum(x), x).Data(), c.in[0].Len())
}

func checkSecond(t *testing.T, c opCase, name string) {
	t.Helper()
	tape := newTape()
	var in []autograd.Var
	var wideIn, r []ref.Matrix
	for i, x := range c.in {
		in = append(in, tape.Input(x))
		wideIn = append(wideIn, wide(x))
		r = append(r, wide(random(uint64(50+i), x.Shape...)))
	}
	y := c.f(tape, in)
	g := random(60, y.Shape()...)
	up := tape.Input(g)
	var h autograd.Var
	for i, d := range slices.Clone(tape.Grads(tape.Sum(tape.Mul(y, up)), in, autograd.Create)) {
		if s := tape.Sum(tape.Mul(d, tape.Const(random(uint64(50+i), d.Shape()...)))); i == 0 {
			h = s
		} else {
			h = tape.Add(h, s)
		}
	}
	yw := c.want(wideIn)
	wideG := ref.From(g.Data, yw.Rows, yw.Cols)
	f := func() float64 { return c.contracted(wideIn, wideG, r) }
	for i, got := range tape.Grads(h, append(in, up)) {
		at := wideG
		if i < len(wideIn) {
			at = wideIn[i]
		}
		want := differences(at, f)
		diff := ref.From(got.Data(), want.Rows, want.Cols).Add(want.Scale(-1)).Norm()
		require.LessOrEqual(t, diff, bound*want.Norm()+2e-6, "%s: %d", name, i)
	}
}

// A critic as CTGAN's: pac 10, two layers with LeakyReLU and dropout, on the tape and in float64.
type critic struct {
	w, b  [3]tensor.Tensor
	gw    [3][]float32
	gb    [3][]float32
	masks [2]tensor.Tensor
	drops [2]kernels.Dropout
	slope float32
}

const pac = 10

func newCritic(rows, d, h int) *critic {
	c := &critic{slope: 0.2}
	for l, s := range [][2]int{{d, h}, {h, h}, {h, 1}} {
		c.w[l], c.b[l] = random(uint64(10+l), s[0], s[1]), random(uint64(20+l), s[1])
		kernels.Scale(c.w[l].Data, c.w[l].Data, float32(1/math.Sqrt(float64(s[0]))))
		c.gw[l], c.gb[l] = make([]float32, s[0]*s[1]), make([]float32, s[1])
		if l < 2 {
			c.drops[l] = kernels.Dropout{Seed: 1, Stream: 2, Step: uint64(l), P: 0.5}
			c.masks[l] = tensor.New(rows, h)
			kernels.Fill(c.masks[l].Data, 1)
			kernels.DropoutForward(c.masks[l].Data, c.masks[l].Data, c.drops[l], 0)
		}
	}
	return c
}

// forward is the critic's opinion of x, with fused layers or without.
func (c *critic) forward(t *autograd.Tape, x autograd.Var, fused bool) autograd.Var {
	for l := range 3 {
		w, b := t.Leaf(c.w[l], c.gw[l]), t.Leaf(c.b[l], c.gb[l])
		switch {
		case l == 2:
			x = t.Linear(x, w, b)
		case fused:
			x = t.LinearAct(x, w, b, autograd.Epilogue{Act: kernels.LeakyReLU, Slope: c.slope, Drop: c.drops[l]})
		default:
			x = t.DropoutGiven(t.LeakyReLU(t.AddBias(t.MatMul(x, w), b), c.slope), t.Const(c.masks[l]))
		}
	}
	return x
}

// penalty is the mean of (|gradient of a pack| - 1)^2, and the opinion.
func (c *critic) penalty(t *autograd.Tape, x tensor.Tensor, fused bool) (pen, y autograd.Var) {
	in := t.Input(x)
	packs := x.Rows() / pac
	y = c.forward(t, t.Reshape(in, packs, pac*x.Cols()), fused)
	g := t.Reshape(t.Grad(y, in, autograd.Create), packs, pac*x.Cols())
	return t.Mean(t.Square(t.AddConst(t.RowNorm(g), -1))), y
}

func (c *critic) wide() *ref.Critic {
	r := &ref.Critic{Slope: float64(c.slope)}
	for l := range 3 {
		r.W[l], r.B[l] = wide(c.w[l]), wide(c.b[l])
		if l < 2 {
			r.Mask[l] = wide(c.masks[l])
		}
	}
	return r
}

func TestPenaltyAgreesWithReference(t *testing.T) {
	const rows, d, h = 500, 26, 256
	c := newCritic(rows/pac, pac*d, h)
	x := random(40, rows, d)
	r, packed := c.wide(), ref.From(x.Data, rows/pac, pac*d)
	want := r.Penalty(packed)
	wantPen := r.PenaltyGrad(packed)
	const weight = 10
	ones := ref.New(rows/pac, 1).Map(func(float64) float64 { return 1.0 / (rows / pac) })
	first, firstB, _ := r.Grad(packed, ones)
	eachFamily(t, func(t *testing.T) {
		for _, fused := range []bool{false, true} {
			worst = 0
			for l := range 3 {
				clear(c.gw[l])
				clear(c.gb[l])
			}
			tape := newTape()
			pen, y := c.penalty(tape, x, fused)
			require.InEpsilon(t, want, pen.Scalar(), 1e-5)
			tape.Backward(pen)
			for l := range 3 {
				near(t, wantPen[l], tensor.FromSlice(c.gw[l], c.w[l].Shape...), bound, "penalty")
				require.Equal(t, make([]float32, len(c.gb[l])), c.gb[l], "a bias does not move the gradient")
				clear(c.gw[l])
			}
			tape.Backward(tape.Add(tape.Mean(y), tape.Scale(pen, weight)))
			for l := range 3 {
				near(t, first[l].Add(wantPen[l].Scale(weight)), tensor.FromSlice(c.gw[l], c.w[l].Shape...), bound, "both")
				near(t, firstB[l], tensor.FromSlice(c.gb[l], c.b[l].Shape...), bound, "both")
			}
			t.Logf("fused %v: largest distance %.1e of the norm", fused, worst)
		}
	})
}

// Along the gradient that the tape gives, the reference's penalty rises by the gradient's length: central differences
// without a formula in between.
func TestPenaltyAgreesWithDifferences(t *testing.T) {
	const rows, d, h = 500, 26, 256
	c := newCritic(rows/pac, pac*d, h)
	x := random(40, rows, d)
	tape := newTape()
	pen, _ := c.penalty(tape, x, true)
	tape.Backward(pen)
	r, packed := c.wide(), ref.From(x.Data, rows/pac, pac*d)
	square := 0.0
	for l := range 3 {
		square += math.Pow(ref.From(c.gw[l], 1, len(c.gw[l])).Norm(), 2)
	}
	slope := fd.Derivative(func(s float64) float64 {
		moved := *r
		for l := range 3 {
			moved.W[l] = r.W[l].Add(wide(tensor.FromSlice(c.gw[l], c.w[l].Shape...)).Scale(s / math.Sqrt(square)))
		}
		return moved.Penalty(packed)
	}, 0, &fd.Settings{Formula: fd.Central, Step: 1e-5})
	require.InEpsilon(t, math.Sqrt(square), slope, 1e-4)
}

// Third order, for good measure: x^2*y^2 three times.
func TestThirdOrder(t *testing.T) {
	tape := newTape()
	x, y := tape.Input(tensor.FromSlice([]float32{3}, 1)), tape.Input(tensor.FromSlice([]float32{5}, 1))
	f := tape.Mul(tape.Square(x), tape.Square(y))
	fx := tape.Grad(f, x, autograd.Create)
	fxy := tape.Grad(fx, y, autograd.Create)
	fxyy := tape.Grad(fxy, y)
	require.Equal(t, []float32{2 * 3 * 25, 4 * 3 * 5, 4 * 3}, []float32{fx.Scalar(), fxy.Scalar(), fxyy.Scalar()})
}
