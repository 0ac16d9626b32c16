package nn

import (
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

func TestParamsLieInOneBuffer(t *testing.T) {
	p := NewParams()
	critic := p.Scope("critic")
	a, b := critic.Scope("0").Param("weight", Normal(1), 3, 7), critic.Param("bias", Init{}, 5)
	c := p.Scope("").Param("last", Constant(2), 1)
	p.Init(1)
	require.Equal(t, []string{"critic.0.weight", "critic.bias", "last"}, []string{a.Name, b.Name, c.Name})
	require.Equal(t, []*Param{a, b, c}, p.All())
	require.Equal(t, 27, p.Len())
	require.Len(t, p.value, 32+16+16)
	for i, at := range []int{0, 32, 48} {
		q := p.All()[i]
		require.Same(t, &p.value[at], &q.Data.Data[0])
		require.Same(t, &p.grad[at], &q.Grad[0])
		require.Zero(t, uintptr(unsafe.Pointer(&q.Data.Data[0]))%64)
		require.Equal(t, len(q.Grad), cap(q.Data.Data))
	}
	require.Equal(t, []float32{2}, c.Data.Data)
	require.PanicsWithValue(t, `nn: "late" declared after Init`, func() { p.Scope("").Param("late", Init{}, 1) })
	require.PanicsWithValue(t, `nn: Set of "last", shape [1], to 2 numbers`, func() { c.Set([]float32{1, 2}) })
	q := NewParams()
	q.Scope("a").Param("b", Init{}, 1)
	require.PanicsWithValue(t, `nn: "a.b" declared twice`, func() { q.Scope("").Buffer("a.b", 0, 1) })
	require.PanicsWithValue(t, "nn: NewAdam before Init", func() { NewAdam(q, Adam{}) })
}

// First values are those of the seed and the name, and what lies between two parameters stays 0.
func TestInit(t *testing.T) {
	first := func(seed uint64, others bool) []float32 {
		p := NewParams()
		if others {
			p.Scope("").Param("other", Uniform(1), 10)
		}
		q := p.Scope("").Param("w", Uniform(0.5), 1000)
		p.Init(seed)
		return q.Data.Data
	}
	require.Equal(t, first(1, false), first(1, true))
	require.NotEqual(t, first(1, false), first(2, false))

	for name, c := range map[string]struct {
		init          Init
		bound, spread float64 // of the values, and their standard deviation
	}{
		"fan in":  {FanIn(16), 0.25, 0.25 / math.Sqrt(3)},
		"kaiming": {Kaiming(6), 1, 1 / math.Sqrt(3)},
		"xavier":  {Xavier(2, 4), 1, 1 / math.Sqrt(3)},
		"normal":  {Normal(0.02), 0.12, 0.02},
	} {
		const n = 40_000
		p := NewParams()
		q := p.Scope("").Param("w", c.init, n)
		p.Init(7)
		var sum, square float64
		for _, v := range q.Data.Data {
			require.LessOrEqual(t, math.Abs(float64(v)), c.bound, name)
			sum += float64(v)
			square += float64(v) * float64(v)
		}
		require.InDelta(t, 0, sum/n, 5*c.spread/math.Sqrt(n), name)
		require.InEpsilon(t, c.spread, math.Sqrt(square/n), 0.02, name)
	}
}

func TestPaddingStaysZero(t *testing.T) {
	p := NewParams()
	p.Scope("").Param("w", Constant(1), 3)
	p.Init(1)
	adam, sgd, ema := NewAdam(p, Adam{Rate: 1, Decay: 1}), NewSGD(p, SGD{Rate: 1, Momentum: 1, Decay: 1}), NewEMA(p, 0.5)
	for range 3 {
		adam.Step()
		sgd.Step()
		ema.Update()
	}
	ema.Copy()
	require.Equal(t, make([]float32, 13), p.value[3:])
}

// A weight that changes, whoever changes it, is what the next forward pass uses, also from the packed copies.
func TestEveryWriterIsSeen(t *testing.T) {
	const d, h = 64, 48
	x := tensor.FromSlice(bells("writer.x", 100*d), 100, d)
	forward := func(tape *autograd.Tape, l *Linear) (read []float32) {
		tape.Reset()
		in := tape.Input(x)
		for _, y := range []autograd.Var{
			l.Forward(tape, in),
			l.ForwardConcat(tape, tape.Slice(in, 0, 40), tape.Slice(in, 40, d)), // has copies of its own
		} {
			read = append(read, y.Data()...)
			read = append(read, tape.Grad(y, in).Data()...) // from the transposed copy
		}
		return read
	}
	other := func() (*Params, *Linear) {
		p := NewParams()
		l := NewLinearConcat(p.Scope(""), h, 40, 24)
		p.Init(99)
		return p, l
	}
	eachFamily(t, func(t *testing.T) {
		for name, write := range map[string]func(p *Params, l *Linear){
			"Init": func(p *Params, _ *Linear) { p.Init(2) },
			"Load": func(p *Params, _ *Linear) {
				q, _ := other()
				require.NoError(t, p.Load(q.Save()))
			},
			"Set":         func(_ *Params, l *Linear) { l.Weight.Set(bells("writer.w", d*h)) },
			"Changed":     func(_ *Params, l *Linear) { l.Weight.Data.Data[5]++; l.Weight.Changed() },
			"all Changed": func(p *Params, l *Linear) { l.Weight.Data.Data[5]++; p.Changed() },
			"Adam":        func(p *Params, _ *Linear) { NewAdam(p, Adam{Rate: 0.1}).Step() },
			"SGD":         func(p *Params, _ *Linear) { NewSGD(p, SGD{Rate: 0.1}).Step() },
			"momentum":    func(p *Params, _ *Linear) { NewSGD(p, SGD{Rate: 0.1, Momentum: 0.9}).Step() },
			"EMA Swap": func(p *Params, _ *Linear) {
				e := NewEMA(p, 0.5)
				kernels.Scale(e.average, e.average, 2)
				e.Swap()
			},
			"EMA Copy": func(p *Params, _ *Linear) {
				e := NewEMA(p, 0.5)
				kernels.Scale(e.average, e.average, 2)
				e.Copy()
			},
		} {
			p, l := other()
			p.Init(1)
			tape := newTape()
			for range 3 { // so that both copies are made
				forward(tape, l)
			}
			kernels.Fill(l.Weight.Grad, 1)
			before := forward(tape, l)
			write(p, l)
			after := forward(tape, l)
			for part := range 4 {
				lo, hi := part/2*100*(d+h)+part%2*100*h, part/2*100*(d+h)+100*(h+part%2*d)
				require.NotEqual(t, before[lo:hi], after[lo:hi], "%s, part %d", name, part)
			}

			// A layer that never had copies says what is right.
			q, fresh := other()
			require.NoError(t, q.Load(p.Save()))
			require.Equal(t, forward(newTape(), fresh), after, name)
		}
	})
}

// A frozen parameter is used and gets no gradient.
func TestFreeze(t *testing.T) {
	tape := newTape()
	p := NewParams()
	l := NewLinear(p.Scope(""), 2, 1)
	p.Init(1)
	x := tape.Input(tensor.FromSlice([]float32{1, 2}, 1, 2))
	p.Freeze(true)
	y := l.Forward(tape, x)
	require.Equal(t, l.Weight.Data.Data, tape.Grad(y, x).Data())
	require.Panics(t, func() { tape.Backward(y) })
	require.Equal(t, []float32{0, 0}, l.Weight.Grad)
	p.Freeze(false)
	tape.Backward(l.Forward(tape, x))
	require.Equal(t, []float32{1, 2}, l.Weight.Grad)
}

// The average is what Save gives, wherever Swap has put it; states that cannot be are refused.
func TestStatesAreWhatTheySay(t *testing.T) {
	p := NewParams()
	w := p.Scope("").Param("w", Constant(4), 1)
	p.Init(1)
	e := NewEMA(p, .5)
	w.Set([]float32{8})
	require.Equal(t, []float32{4}, e.Save()[0].Data)
	e.Swap()
	require.Equal(t, []float32{4}, e.Save()[0].Data)
	require.NoError(t, e.Load([]State{{Name: e.Save()[0].Name, Shape: []int{1}, Data: []float32{5}}}))
	require.Equal(t, []float32{5}, w.Data.Data)
	e.Swap()
	require.Equal(t, []float32{8}, w.Data.Data)

	a := NewAdam(p, Adam{Rate: 1})
	step, s := a.Save()
	require.Zero(t, step)
	require.ErrorContains(t, a.Load(-5, s), "nn: an optimiser's state after -5 steps")
}

// A layer without inputs starts with finite numbers.
func TestLayerWithoutInputs(t *testing.T) {
	p := NewParams()
	l := NewLinear(p.Scope(""), 0, 3)
	p.Init(1)
	for _, v := range l.Bias.Data.Data {
		require.False(t, v != v)
	}
}
