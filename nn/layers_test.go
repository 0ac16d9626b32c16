package nn

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

func newTape() *autograd.Tape {
	arena := &tensor.Arena{}
	arena.Poison(true)
	return autograd.New(arena)
}

// Outputs, gradients and running statistics of four batches, and the output of evaluation, are PyTorch's.
func TestBatchNormAgainstGolden(t *testing.T) {
	const rows, cols = 50, 24
	c := goldenOf(t, "norm")
	eachFamily(t, func(t *testing.T) {
		p := NewParams()
		norm := NewBatchNorm(p.Scope("norm"), cols)
		p.Init(1)
		weight := signed("norm.weight", cols, 0.5)
		kernels.AddConst(weight, weight, 1)
		norm.Weight.Set(weight)
		norm.Bias.Set(signed("norm.bias", cols, 0.5))
		tape := newTape()
		check := func(name string, got []float32) {
			t.Helper()
			far := c.far(t, name, got)
			t.Logf("%s: %.1e", name, far)
			require.Less(t, far, 2e-6, name)
		}
		var x tensor.Tensor
		for i := range 4 {
			tape.Reset()
			scale, shift := units(fmt.Sprintf("norm.scale.%d", i), cols), signed(fmt.Sprintf("norm.shift.%d", i), cols, 1)
			x = tensor.FromSlice(bells(fmt.Sprintf("norm.x.%d", i), rows*cols), rows, cols)
			for k := range x.Data {
				x.Data[k] = float32(x.Data[k]*(1+3*scale[k%cols])) + 4*shift[k%cols]
			}
			dy := tensor.FromSlice(bells(fmt.Sprintf("norm.dy.%d", i), rows*cols), rows, cols)
			dx := make([]float32, rows*cols)
			p.ZeroGrad()
			y := norm.Forward(tape, tape.Leaf(x, dx), Train)
			tape.Backward(tape.Sum(tape.Mul(y, tape.Const(dy))))
			for name, got := range map[string][]float32{
				"y": y.Data(), "dx": dx, "dweight": norm.Weight.Grad, "dbias": norm.Bias.Grad,
				"mean": norm.Mean.Data, "variance": norm.Variance.Data,
			} {
				check(fmt.Sprintf("%d.%s", i, name), got)
			}
		}
		check("eval.y", norm.Forward(tape, tape.Const(x), Eval).Data())
	})
}

// Recalibrated statistics are those of all rows together, whatever the batches.
func TestBatchNormRecalibrates(t *testing.T) {
	const cols = 3
	x := bells("recalibrate", 60*cols)
	for i := range x {
		x[i] += float32(i / 90) // batches that differ
	}
	p := NewParams()
	norm := NewBatchNorm(p.Scope(""), cols)
	p.Init(1)
	tape := newTape()
	require.Panics(t, norm.Finish)
	at := 0
	for _, rows := range []int{10, 2, 48} {
		batch := tensor.FromSlice(x[at*cols:(at+rows)*cols], rows, cols)
		norm.Forward(tape, tape.Const(batch), Recalibrate)
		at += rows
	}
	require.Equal(t, []float32{0, 0, 0}, norm.Mean.Data)
	norm.Finish()
	for j := range cols {
		var sum, square float64
		for i := range 60 {
			sum += float64(x[i*cols+j])
		}
		for i := range 60 {
			square += math.Pow(float64(x[i*cols+j])-sum/60, 2)
		}
		require.InEpsilon(t, sum/60, norm.Mean.Data[j], 1e-5)
		require.InEpsilon(t, square/59, norm.Variance.Data[j], 1e-5)
	}
	require.Panics(t, func() { norm.Forward(tape, tape.Const(tensor.New(1, cols)), Train) })
	require.NotPanics(t, func() { norm.Forward(tape, tape.Const(tensor.New(1, cols)), Eval) })
}

func TestLossesAgainstGolden(t *testing.T) {
	const rows, cols = 33, 7
	c := goldenOf(t, "losses")
	x := bells("loss.x", rows*cols)
	kernels.Scale(x, x, 3)
	label := make([]int32, rows)
	for i, k := range choices("loss.label", rows, cols+1) {
		label[i] = int32(k - 1)
	}
	of := func(name string) tensor.Tensor {
		if name == "chance" {
			return tensor.FromSlice(units("loss.chance", rows*cols), rows, cols)
		}
		return tensor.FromSlice(bells("loss."+name, rows*cols), rows, cols)
	}
	eachFamily(t, func(t *testing.T) {
		tape := newTape()
		for name, loss := range map[string]func(x autograd.Var) autograd.Var{
			"mse":     func(x autograd.Var) autograd.Var { return MSE(tape, x, tape.Const(of("target"))) },
			"bce":     func(x autograd.Var) autograd.Var { return BCEWithLogits(tape, x, tape.Const(of("chance"))) },
			"entropy": func(x autograd.Var) autograd.Var { return CrossEntropy(tape, x, label) },
		} {
			tape.Reset()
			dx := make([]float32, rows*cols)
			y := loss(tape.Leaf(tensor.FromSlice(x, rows, cols), dx))
			tape.Backward(y)
			t.Logf("%s: %.1e, gradient %.1e", name, c.off(t, name, y.Scalar()), c.far(t, "d"+name, dx))
			require.Less(t, c.off(t, name, y.Scalar()), 1e-6, name)
			require.Less(t, c.far(t, "d"+name, dx), 1e-6, name)
		}
	})
}

func TestBCEOfExtremes(t *testing.T) {
	tape := newTape()
	of := func(x, target float32) float32 {
		v := func(x float32) autograd.Var { return tape.Const(tensor.FromSlice([]float32{x}, 1)) }
		return BCEWithLogits(tape, v(x), v(target)).Scalar()
	}
	require.EqualValues(t, 0, of(200, 1))
	require.EqualValues(t, 200, of(200, 0))
	require.EqualValues(t, 200, of(-200, 1))
	require.EqualValues(t, 0, of(-200, 0))
}

// A loss of labels that are all to be ignored is 0 and not NaN.
func TestCrossEntropyOfNothing(t *testing.T) {
	tape := newTape()
	x := tape.Const(tensor.New(2, 3))
	require.EqualValues(t, 0, CrossEntropy(tape, x, []int32{-1, -1}).Scalar())
}

// The norm of a linear critic's gradient is that of its weights, for every row.
func TestPenaltyOfALinearCritic(t *testing.T) {
	tape := newTape()
	p := NewParams()
	l := NewLinear(p.Scope(""), 2, 1)
	p.Init(1)
	l.Weight.Set([]float32{3, 4})
	x := tape.Input(tensor.FromSlice(bells("penalty", 8), 4, 2))
	pen := GradientPenalty(tape, x, l.Forward(tape, x), 10)
	require.InDelta(t, 160, pen.Scalar(), 1e-3)
	tape.Backward(pen)
	require.InDeltaSlice(t, []float32{10 * 2 * 4 * 0.6, 10 * 2 * 4 * 0.8}, l.Weight.Grad, 1e-3)
	require.Equal(t, []float32{0}, l.Bias.Grad)
}

// Dropout keeps its share, scales what it keeps, and drops the same when the step is done again, but nothing in use.
func TestDropout(t *testing.T) {
	tape := newTape()
	x := tape.Const(tensor.New(100, 100))
	kernels.Fill(x.Data(), 1)
	d := &Draws{Seed: 3}
	drop := func(step uint64) []float32 {
		d.Begin(step)
		return Dropout{P: 0.2}.Forward(tape, x, d).Data()
	}
	first := drop(7)
	kept := 0
	for _, v := range first {
		require.Contains(t, []float32{0, 1.25}, v)
		if v != 0 {
			kept++
		}
	}
	require.InDelta(t, 8000, kept, 5*40)
	require.Equal(t, first, drop(7))
	require.NotEqual(t, first, drop(8))
	require.Equal(t, x, Dropout{P: 0.2}.Forward(tape, x, nil))
	require.Equal(t, x, Dropout{}.Forward(tape, x, d))
}

func TestDrawsDiffer(t *testing.T) {
	d := &Draws{Seed: 3}
	seen := map[float32]bool{}
	for step := range uint64(3) {
		d.Begin(step)
		for range 3 {
			x := make([]float32, 4)
			d.Normal(x)
			for _, v := range x {
				require.False(t, seen[v])
				seen[v] = true
			}
		}
	}
	require.Panics(t, func() { d.Begin(1 << 48) })
	d.next = mostDraws
	require.Panics(t, func() { d.Uniform(make([]float32, 1)) })
}

// The fused layer has the bits of its parts, for every activation.
func TestForwardActIsItsParts(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		tape := newTape()
		p := NewParams()
		l, plain := NewLinear(p.Scope("a"), 20, 30), NewLinearPlain(p.Scope("b"), 20, 30)
		p.Init(5)
		x := tape.Const(tensor.FromSlice(bells("parts", 7*20), 7, 20))
		drop := kernels.Dropout{Seed: 1, Stream: 2, Step: 3, P: 0.5}
		for _, a := range []Activation{{}, {Kind: ReLU}, {LeakyReLU, 0.2}, {Kind: Tanh}, {Kind: Sigmoid}} {
			want := tape.Dropout(a.Forward(tape, l.Forward(tape, x)), drop)
			require.Equal(t, want.Data(), l.ForwardAct(tape, x, a, drop).Data(), "%v", a)
		}
		want := tape.MatMul(x, plain.Weight.On(tape))
		require.Equal(t, want.Data(), plain.Forward(tape, x).Data())
		require.Panics(t, func() { Activation{Kind: 99}.Forward(tape, x) })
		require.PanicsWithValue(t, "autograd: Linear of [7 20] and [30 20]", func() {
			q := NewParams()
			wrong := NewLinear(q.Scope(""), 30, 20)
			q.Init(1)
			wrong.Forward(tape, x)
		})
	})
}

// Inputs side by side and inputs one by one give the same layer, but for the order of sums; a constant gets no gradient.
func TestForwardConcat(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		tape := newTape()
		p := NewParams()
		l := NewLinearConcat(p.Scope(""), 30, 8, 1, 20)
		p.Init(5)
		var xs []autograd.Var
		for i, d := range []int{8, 1, 20} {
			x := tensor.FromSlice(bells(fmt.Sprintf("concat.%d", i), 7*d), 7, d)
			if i == 2 {
				xs = append(xs, tape.Const(x))
			} else {
				xs = append(xs, tape.Input(x))
			}
		}
		run := func(y autograd.Var) (got []float32) {
			p.ZeroGrad()
			tape.Backward(tape.Square(y))
			got = append(append(got, y.Data()...), p.grad...)
			for _, dx := range tape.Grads(tape.Square(y), xs[:2]) {
				got = append(got, dx.Data()...)
			}
			return got
		}
		require.InDeltaSlice(t, run(l.Forward(tape, tape.Concat(xs...))), run(l.ForwardConcat(tape, xs...)), 1e-4)
		p.Freeze(true)
		require.Panics(t, func() { tape.Backward(l.ForwardConcat(tape, xs...)) })
		require.PanicsWithValue(t, "nn: ForwardConcat of 2 inputs and weights for 3", func() { l.ForwardConcat(tape, xs[:2]...) })
	})
}

// In use, a model drops nothing and draws no noise; its softmax spans are probabilities, its tanh spans what tanh says.
func TestSpanHeadAndMLPInUse(t *testing.T) {
	tape := newTape()
	p := NewParams()
	m := NewMLP(p.Scope(""), Activation{Kind: ReLU}, 0.5, 4, 8, 5)
	p.Init(1)
	x := tape.Const(tensor.FromSlice(bells("use", 12), 3, 4))
	logits := m.Forward(tape, x, nil)
	require.Equal(t, logits.Data(), m.Forward(tape, x, nil).Data())
	d := &Draws{Seed: 1}
	require.NotEqual(t, logits.Data(), m.Forward(tape, x, d).Data())

	spans := []kernels.Span{{Offset: 0, Width: 1, Kind: kernels.SpanTanh}, {Offset: 1, Width: 4, Kind: kernels.SpanSoftmax}}
	h := &SpanHead{Spans: spans, Tau: 0.2}
	y := h.Forward(tape, logits, nil).Value()
	for i := range 3 {
		require.InDelta(t, math.Tanh(float64(logits.Value().Row(i)[0])), y.Row(i)[0], 1e-6)
		require.InDelta(t, 1, kernels.Sum(y.Row(i)[1:]), 1e-6)
	}
	noisy := h.Forward(tape, logits, d)
	require.NotEqual(t, y.Data, noisy.Data())
	require.Equal(t, y.Row(0)[0], noisy.Data()[0])
}

// With noise, the largest of a span is a category drawn from its softmax, whatever the temperature.
func TestSpanHeadDrawsCategories(t *testing.T) {
	const n = 20_000
	tape := newTape()
	logits := tensor.New(n, 3)
	for i := range n {
		copy(logits.Row(i), []float32{0, float32(math.Log(2)), float32(math.Log(7))})
	}
	h := &SpanHead{Spans: []kernels.Span{{Width: 3, Kind: kernels.SpanSoftmax}}, Tau: 0.2}
	y := h.Forward(tape, tape.Const(logits), &Draws{Seed: 9}).Value()
	var count [3]float64
	for i := range n {
		best := 0
		for k, v := range y.Row(i) {
			if v > y.Row(i)[best] {
				best = k
			}
		}
		count[best]++
	}
	for k, share := range []float64{0.1, 0.2, 0.7} {
		require.InDelta(t, share, count[k]/n, 5*math.Sqrt(share*(1-share)/n))
	}
}
