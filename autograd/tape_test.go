package autograd_test

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

func TestVarAfterResetPanics(t *testing.T) {
	tape := newTape()
	x := tape.Input(random(1, 2, 3))
	y := tape.Sum(x)
	require.True(t, y.Valid())
	tape.Reset()
	require.False(t, y.Valid())
	const want = "autograd: a Var was used after the tape's Reset"
	z := tape.Input(random(1, 2, 3))
	for _, f := range []func(){
		func() { tape.Tanh(x) }, func() { tape.Add(z, x) }, func() { tape.Grad(y, z) }, func() { tape.Grad(tape.Sum(z), x) },
		func() { tape.Backward(y) }, func() { y.Scalar() }, func() { x.Value() }, func() { x.Data() }, func() { x.Shape() },
		func() { tape.Linear(z, tape.Const(random(2, 3, 4)), x) },
	} {
		require.PanicsWithValue(t, want, f)
	}
	require.PanicsWithValue(t, "autograd: a Var of another tape", func() { newTape().Tanh(z) })
	require.PanicsWithValue(t, "autograd: a Var that is on no tape", func() { tape.Tanh(autograd.Var{}) })
	require.PanicsWithValue(t, "autograd: a Var that is on no tape", func() { autograd.Var{}.Data() })
}

func TestMistakesPanicWithBothShapes(t *testing.T) {
	tape := newTape()
	a, b := tape.Const(random(1, 2, 3)), tape.Const(random(2, 4, 5))
	v := tape.Const(random(3, 7))
	for want, f := range map[string]func(){
		"autograd: MatMul of [2 3] and [4 5]":          func() { tape.MatMul(a, b) },
		"autograd: MatMulNT of [2 3] and [4 5]":        func() { tape.MatMulNT(a, b) },
		"autograd: MatMulTN of [2 3] and [4 5]":        func() { tape.MatMulTN(a, b) },
		"autograd: MatMul of [7], which is no matrix":  func() { tape.MatMul(v, b) },
		"autograd: Linear of [2 3] and [4 5]":          func() { tape.Linear(a, b, v) },
		"autograd: Linear of [4 5] and [7]":            func() { tape.Linear(tape.Const(random(4, 1, 4)), b, v) },
		"autograd: AddBias of [2 3] and [7]":           func() { tape.AddBias(a, v) },
		"autograd: Add of [2 3] and [4 5]":             func() { tape.Add(a, b) },
		"autograd: Sub of [2 3] and [7]":               func() { tape.Sub(a, v) },
		"autograd: Mul of [2 3] and [4 5]":             func() { tape.Mul(a, b) },
		"autograd: MulRows of [2 3] and [7]":           func() { tape.MulRows(a, v) },
		"autograd: Concat of [2 3] and [4 5]":          func() { tape.Concat(a, b) },
		"autograd: Stack of [2 3] and [4 5]":           func() { tape.Stack(a, b) },
		"autograd: Concat of nothing":                  func() { tape.Concat() },
		"autograd: Slice of [2 3] to columns 1 to 4":   func() { tape.Slice(a, 1, 4) },
		"autograd: Rows of [2 3] from 1 to 4":          func() { tape.Rows(a, 1, 4) },
		"autograd: Reshape of [2 3] to [4 2]":          func() { tape.Reshape(a, 4, 2) },
		"autograd: Reshape of [2 3] to [-2 -3]":        func() { tape.Reshape(a, -2, -3) },
		"autograd: RowNorm of [7], which is no matrix": func() { tape.RowNorm(v) },
		"autograd: BatchNorm of [2 3] and [7]":         func() { tape.BatchNorm(a, v, v, 1e-5, false) },
		"autograd: BatchNorm of [2 3] with statistics of 1 and 2 columns": func() {
			tape.BatchNormWith(a, v, v, autograd.Stats{Mean: make([]float32, 1), Variance: make([]float32, 2)}, 1, false)
		},
		"autograd: DropoutGiven of [2 3] and [4 5]":                           func() { tape.DropoutGiven(a, b) },
		"autograd: Interpolate of [2 3] and [4 5]":                            func() { tape.Interpolate(a, b, v) },
		"autograd: Scalar of [2 3]":                                           func() { a.Scalar() },
		"autograd: LeakyReLU with slope 0, which is not positive":             func() { tape.LeakyReLU(a, 0) },
		"autograd: Leaf of [2 3] with a gradient of 5 numbers":                func() { tape.Leaf(random(1, 2, 3), make([]float32, 5)) },
		"autograd: Weight of [2 3] with a gradient of 5 numbers":              func() { tape.Weight(&autograd.Weight{Data: random(1, 2, 3), Grad: make([]float32, 5)}) },
		"autograd: Grad for a Var that is a constant":                         func() { tape.Grad(a, a) },
		"autograd: Backward of a Var that depends on no leaf":                 func() { tape.Backward(a) },
		"kernels: CrossEntropy of [2 3] with label 3 in row 1":                func() { tape.CrossEntropy(a, []int32{0, 3}) },
		"kernels: SpanForward of [2 3] with a span of 3 columns from 1":       func() { tape.SpanHead(a, []kernels.Span{{Offset: 1, Width: 3}}, 1, nil) },
		"kernels: SpanCrossEntropy of [2 3] with span 1 and label 0 in row 0": func() { tape.SpanCrossEntropy(a, []kernels.Span{{Width: 3}}, []int32{1, 0}, []int32{0, 0}) },
		"autograd: AddBias of [0 3] and [7]":                                  func() { tape.AddBias(tape.Const(tensor.New(0, 3)), v) },
		"autograd: Linear of [2 3] and [0 3]":                                 func() { tape.Linear(a, tape.Const(tensor.New(0, 3)), v) },
	} {
		require.PanicsWithValue(t, want, f, want)
	}
}

// Without rows, without columns, and with nothing to add up, every operation has a value and gradients of the right size.
func TestZeroSizes(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, size := range [][3]int{{0, 5, 3}, {0, 1, 0}, {4, 5, 0}} {
			x := random(1, size[0], size[1])
			cases := append(several(x, size[2]), batchNorms(x, random(2, size[1]), random(3, size[1]))...)
			for _, c := range append(elementwise(x), cases...) {
				runOnce(t, c)
			}
		}
		tape := newTape()
		x := tape.Input(tensor.New(4, 0))
		for _, y := range []autograd.Var{tape.Softmax(x), tape.LogSoftmax(x), tape.RowNorm(x), tape.RowSum(x), tape.Concat(x, x), tape.Tanh(x)} {
			require.Empty(t, tape.Grad(y, x).Data())
		}
		w, b := tape.Input(random(1, 0, 3)), tape.Input(random(2, 3))
		y := tape.Linear(x, w, b) // a sum of no products
		require.Equal(t, b.Data(), y.Data()[9:])
		require.Equal(t, []float32{4, 4, 4}, tape.Grad(y, b).Data())
		packed := tape.Weight(&autograd.Weight{Data: tensor.New(0, 3), Grad: []float32{}})
		require.Equal(t, make([]float32, 12), tape.MatMul(x, packed).Data(), "no rows of weights")
		require.Empty(t, tape.Grad(tape.MatMul(x, packed), x).Data())
	})
}

func runOnce(t *testing.T, c opCase) {
	t.Helper()
	tape := newTape()
	var in []autograd.Var
	for _, x := range c.in {
		in = append(in, tape.Input(x))
	}
	for i, g := range tape.Grads(tape.Sum(c.f(tape, in)), in) {
		require.Len(t, g.Data(), c.in[i].Len(), c.name)
	}
}

// What does not depend on what is asked for is left alone, and unconnected inputs have gradients of zeros.
func TestOnlyWhatIsAskedFor(t *testing.T) {
	tape := newTape()
	gw := make([]float32, 6)
	x, w, other := tape.Input(random(1, 4, 3)), tape.Leaf(random(2, 3, 2), gw), tape.Input(random(3, 2, 2))
	y := tape.Sum(tape.MatMul(x, w))
	before := tape.Len()
	g := tape.Grads(y, []autograd.Var{x, other})
	require.Len(t, g, 2)
	require.Equal(t, make([]float32, 4), g[1].Data())
	require.Equal(t, make([]float32, 6), gw, "Grad leaves leaves alone")
	require.Equal(t, 4, tape.Len()-before, "ones, Sum's and MatMul's gradient for x, and zeros")

	before = tape.Len()
	tape.Backward(y)
	require.NotEqual(t, make([]float32, 6), gw)
	require.Equal(t, 2, tape.Len()-before, "x has no gradient here: the product goes into gw itself")
}

func TestGradOfItself(t *testing.T) {
	tape := newTape()
	x := tape.Input(random(1, 2, 2))
	require.Equal(t, []float32{1, 1, 1, 1}, tape.Grad(x, x).Data())
	g := make([]float32, 4)
	tape.Backward(tape.Leaf(random(1, 2, 2), g))
	require.Equal(t, []float32{1, 1, 1, 1}, g)
}

// The gradient for an intermediate value is the caller's, also where the walk goes on below it.
func TestGradForIntermediateValues(t *testing.T) {
	tape := newTape()
	x := tape.Input(random(1, 3, 3))
	h := tape.Scale(x, 2)
	y := tape.Sum(tape.Square(tape.Scale(h, 3)))
	g := tape.Grads(y, []autograd.Var{h, x})
	for i, v := range h.Data() {
		require.InEpsilon(t, 18*v, g[0].Data()[i], 1e-6)
		require.InEpsilon(t, 36*v, g[1].Data()[i], 1e-6)
	}
	require.Equal(t, 2*g[0].Data()[4], g[1].Data()[4])
}

// The gradient of constants at the end of a Concat is not computed, whatever else uses the Concat, and nobody sees the gap.
func TestConcatWithConstants(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		x, c, w := random(1, 37, 5), random(2, 37, 9), random(3, 14, 11)
		var got [2][]float32
		for i, constant := range []bool{false, true} {
			tape := newTape()
			in, tail := tape.Input(x), tape.Input(c)
			if constant {
				tail = tape.Const(c)
			}
			h := tape.Concat(in, tail)
			y := tape.Add(tape.Sum(tape.Square(tape.MatMul(h, tape.Const(w)))), tape.Sum(tape.Square(h)))
			y = tape.Add(y, tape.Sum(tape.MatMul(tape.Concat(h, tape.Const(c)), tape.Const(random(4, 23, 2)))))
			got[i] = tape.Grad(y, in).Data()
			require.Len(t, tape.Grad(y, h).Data(), h.Value().Len())
			for _, v := range tape.Grad(y, h).Data() {
				require.False(t, math.IsNaN(float64(v)))
			}
		}
		require.Equal(t, got[0], got[1])
	})
}

// Numbers that are not finite propagate.
func TestNaNPropagates(t *testing.T) {
	tape := newTape()
	x := random(1, 3, 4)
	x.Data[5] = float32(math.NaN())
	in, w := tape.Input(x), tape.Input(random(2, 4, 2))
	y := tape.Sum(tape.MatMul(in, w))
	require.True(t, math.IsNaN(float64(y.Scalar())))
	require.True(t, math.IsNaN(float64(tape.Grad(y, w).Data()[2])))
}

// A fused layer has the bits of its parts, forward and backward.
func TestFusedLayerHasTheBitsOfItsParts(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, act := range []kernels.Act{kernels.Linear, kernels.ReLU, kernels.LeakyReLU} {
			for _, p := range []float32{0, 0.5} {
				tape := newTape()
				drop := kernels.Dropout{Seed: 1, Stream: 2, Step: 3, P: p}
				x, w, b := tape.Input(random(1, 37, 29)), tape.Input(random(2, 29, 53)), tape.Input(random(3, 53))
				fused := tape.LinearAct(x, w, b, autograd.Epilogue{Act: act, Slope: 0.2, Drop: drop})
				parts := tape.AddBias(tape.MatMul(x, w), b)
				switch act {
				case kernels.ReLU:
					parts = tape.ReLU(parts)
				case kernels.LeakyReLU:
					parts = tape.LeakyReLU(parts, 0.2)
				}
				parts = tape.Dropout(parts, drop)
				require.Equal(t, parts.Data(), fused.Data())
				g := tape.Input(random(4, 37, 53))
				in := []autograd.Var{x, w, b}
				var got [2][]tensor.Tensor
				for i, y := range []autograd.Var{fused, parts} {
					for _, d := range tape.Grads(tape.Mul(y, g), in) {
						got[i] = append(got[i], d.Value().Clone())
					}
				}
				require.Equal(t, got[1], got[0])
			}
		}
	})
}

// A weight's packed copies follow its data, and change no bits.
func TestWeights(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, rows := range []int{1, 50, 150} {
			w := &autograd.Weight{Data: random(2, 29, 53), Grad: make([]float32, 29*53)}
			x := random(1, rows, 29)
			tape := newTape()
			for step := range 4 {
				grad := make([]float32, 29*53)
				in := tape.Input(x)
				y := tape.Square(tape.MatMul(in, tape.Weight(w)))
				y2 := tape.Square(tape.MatMul(in, tape.Frozen(w)))
				plain := tape.Square(tape.MatMul(in, tape.Leaf(w.Data, grad)))
				require.Equal(t, plain.Data(), y.Data())
				require.Equal(t, plain.Data(), y2.Data())
				require.Equal(t, tape.Grad(plain, in).Data(), tape.Grad(y, in).Data())
				clear(w.Grad)
				tape.Backward(y)
				tape.Backward(plain)
				require.Equal(t, grad, w.Grad)
				require.PanicsWithValue(t, "autograd: Backward of a Var that depends on no leaf", func() { tape.Backward(y2) })
				w.Data.Data[step*100]++
				w.Changed()
				require.Equal(t, uint64(step+1), w.Version())
				tape.Reset()
			}
		}
		tape := newTape()
		require.Len(t, tape.Weight(&autograd.Weight{Data: random(1, 2, 2)}).Data(), 4, "without a gradient it is a constant")
	})
}

// step is one step of everything that CTGAN has.
type stepper struct {
	tape          *autograd.Tape
	critic        *critic
	x             tensor.Tensor
	w             *autograd.Weight
	gamma, beta   tensor.Tensor
	ggamma, gbeta []float32
	spans         []kernels.Span
	labels, which []int32
	loss          float32
}

func newStepper(rows, d, h int, arena *tensor.Arena) *stepper {
	s := &stepper{
		tape: autograd.New(arena), critic: newCritic(rows/pac, pac*d, h), x: random(40, rows, d),
		w:     &autograd.Weight{Data: random(41, 2*d, d), Grad: make([]float32, 2*d*d)},
		gamma: random(42, d), beta: random(43, d), ggamma: make([]float32, d), gbeta: make([]float32, d),
		spans:  []kernels.Span{{Offset: 0, Width: 1, Kind: kernels.SpanTanh}, {Offset: 1, Width: d - 1, Kind: kernels.SpanSoftmax}},
		labels: make([]int32, rows), which: make([]int32, rows),
	}
	for i := range s.which {
		s.which[i] = int32(i % 2)
	}
	return s
}

func (s *stepper) step(i int) {
	t := s.tape
	pen, y := s.critic.penalty(t, s.x, true)
	t.Backward(t.Add(t.Mean(y), t.Scale(pen, 10)))

	x := t.Const(s.x)
	h, _ := t.BatchNorm(x, t.Leaf(s.gamma, s.ggamma), t.Leaf(s.beta, s.gbeta), 1e-5, true)
	z := t.Linear(t.Concat(h, x), t.Weight(s.w), autograd.Var{})
	fake := t.SpanHead(z, s.spans, 0.2, &kernels.Noise{Seed: 1, Stream: 2, Step: uint64(i)})
	ce := t.Mean(t.SpanCrossEntropy(z, s.spans, s.which, s.labels))
	opinion := s.critic.forward(t, t.Reshape(fake, s.x.Rows()/pac, pac*s.x.Cols()), true)
	loss := t.Sub(ce, t.Mean(opinion))
	t.Backward(loss)
	s.loss = loss.Scalar()
	s.w.Changed()
	t.Reset()
}

// After the first steps nothing is allocated. Workers of the pool that meet for the first
// time get scratch memory of their own, whenever that is; so one of several runs must be without.
func TestNoAllocationInTheLongRun(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	s := newStepper(500, 16, 128, &tensor.Arena{})
	for i := range 3 {
		s.step(i)
	}
	var counts []uint64
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range 100 {
			s.step(i)
		}
		runtime.ReadMemStats(&after)
		if before.Mallocs == after.Mallocs {
			return
		}
		counts = append(counts, after.Mallocs-before.Mallocs)
	}
	t.Fatalf("100 steps allocate each time: %v", counts)
}

// The same step has the same bits on any number of threads, and with memory full of NaN: nothing is read that was not written.
func TestStepHasTheSameBits(t *testing.T) {
	type result struct {
		loss float32
		g    []float32
	}
	run := func(threads int, poison bool) result {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		a := &tensor.Arena{}
		a.Poison(poison)
		s := newStepper(200, 16, 64, a)
		for i := range 3 {
			s.step(i)
		}
		return result{s.loss, append(append(append([]float32(nil), s.w.Grad...), s.critic.gw[0]...), s.ggamma...)}
	}
	eachFamily(t, func(t *testing.T) {
		want := run(1, false)
		require.False(t, math.IsNaN(float64(want.loss)))
		for _, threads := range []int{1, 2, 3, 8} {
			require.Equal(t, want, run(threads, true), threads)
		}
	})
}

// A refused Grad leaves the tape as it was.
func TestTapeSurvivesARefusedGrad(t *testing.T) {
	tape := newTape()
	g := make([]float32, 4)
	x, c := tape.Leaf(random(1, 2, 2), g), tape.Const(random(2, 2, 2))
	y := tape.Sum(tape.Mul(x, c))
	require.Panics(t, func() { tape.Grads(y, []autograd.Var{x, c}) })
	tape.Backward(y)
	require.Equal(t, c.Data(), g)
}

// Walk after walk over the same tape gives the same gradients: what one leaves behind does not reach the next.
func TestWalksDoNotMeet(t *testing.T) {
	tape := newTape()
	g := make([]float32, 20)
	x, w := tape.Input(random(1, 3, 4)), tape.Leaf(random(2, 4, 5), g)
	h := tape.LeakyReLU(tape.MatMul(x, w), 0.2)
	y := tape.Sum(tape.Mul(h, tape.Add(h, tape.Reshape(tape.Reshape(h, 5, 3), 3, 5))))
	tape.Backward(y)
	want := append([]float32(nil), g...)
	dx := append([]float32(nil), tape.Grad(y, x).Data()...)
	gx := tape.Grad(y, x, autograd.Create)
	for range 3 {
		clear(g)
		tape.Backward(y)
		require.Equal(t, want, g)
		require.Equal(t, dx, tape.Grad(y, x).Data())
		require.Equal(t, dx, gx.Data())
		tape.Backward(tape.Sum(tape.Square(gx)))
	}
}

// Who reads numbers after Reset, or memory that nobody wrote, finds NaN: the other tests would fail.
func TestPoison(t *testing.T) {
	tape := newTape()
	for range 2 { // the second time in the arena's own memory
		y := tape.Tanh(tape.Const(random(1, 8, 8))).Data()
		require.False(t, math.IsNaN(float64(y[5])))
		tape.Reset()
		if v := tape.Tanh(tape.Const(random(1, 8, 8))).Data(); &v[0] == &y[0] {
			tape.Reset()
			require.True(t, math.IsNaN(float64(v[5])))
			return
		}
		tape.Reset()
	}
	t.Fatal("the memory was not used again")
}

// The memory that an arena has outgrown is free the moment it is replaced: no operation of before holds it.
func TestResetLetsGoOfOutgrownMemory(t *testing.T) {
	tape := newTape()
	for n := 100; n < 1000; n *= 3 {
		tape.Reset()
		x := tape.Input(random(1, n, n))
		y := tape.Tanh(x)
		tape.Grad(tape.Sum(y), x)
		old := weak.Make(&y.Data()[0])
		tape.Reset()
		runtime.GC()
		require.Nil(t, old.Value())
	}
}
