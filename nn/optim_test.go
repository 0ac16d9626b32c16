package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
)

// one makes a store with a single parameter.
func one(value []float32) (*Params, *Param) {
	p := NewParams()
	q := p.Scope("").Param("w", Init{}, len(value))
	p.Init(1)
	q.Set(value)
	return p, q
}

// optimiser is what Adam and SGD have in common.
type optimiser interface{ Step() }

// Ten steps on given gradients end where PyTorch's end.
func TestOptimisersAgainstGolden(t *testing.T) {
	const n = 600
	c := goldenOf(t, "optimisers")
	scale := choices("optim.scale", n, 24)
	zero := choices("optim.zero", n, 8)
	eachFamily(t, func(t *testing.T) {
		for name, make := range map[string]func(p *Params) optimiser{
			"adam":         func(p *Params) optimiser { return NewAdam(p, Adam{Rate: 2e-4, Beta1: 0.5, Beta2: 0.9}) },
			"adam-decay":   func(p *Params) optimiser { return NewAdam(p, Adam{Rate: 2e-4, Beta1: 0.5, Beta2: 0.9, Decay: 1e-6}) },
			"adam-coupled": func(p *Params) optimiser { return NewAdam(p, Adam{Rate: 1e-3, Decay: 0.1}) },
			"adamw":        func(p *Params) optimiser { return NewAdam(p, Adam{Rate: 1e-3, Decay: 0.1, Decoupled: true}) },
			"sgd":          func(p *Params) optimiser { return NewSGD(p, SGD{Rate: 1e-2}) },
			"momentum":     func(p *Params) optimiser { return NewSGD(p, SGD{Rate: 1e-2, Momentum: 0.9, Decay: 1e-3}) },
			"nesterov":     func(p *Params) optimiser { return NewSGD(p, SGD{Rate: 1e-2, Momentum: 0.9, Nesterov: true}) },
		} {
			p, q := one(bells("optim.start", n))
			o := make(p)
			for step := range 10 {
				g := bells("optim.gradient."+string(rune('0'+step)), n)
				for i := range g {
					g[i] *= float32(math.Ldexp(1, 3-scale[i]))
					if zero[i] == 0 {
						g[i] = 0
					}
				}
				copy(q.Grad, g)
				o.Step()
				require.Equal(t, g, q.Grad, "%s changes the gradient", name)
			}
			far := c.far(t, name, q.Data.Data)
			t.Logf("%s: %.1e", name, far)
			require.Less(t, far, 1e-6, name)
		}
	})
}

func TestClipGradAgainstGolden(t *testing.T) {
	c := goldenOf(t, "clipping")
	eachFamily(t, func(t *testing.T) {
		for name, most := range map[string]float32{"long": 1, "short": 1e6} {
			p := NewParams()
			s := p.Scope("")
			parts := []*Param{s.Param("0", Init{}, 3), s.Param("1", Init{}, 100), s.Param("2", Init{}, 257)}
			p.Init(1)
			for i, q := range parts {
				copy(q.Grad, bells("clip."+string(rune('0'+i)), len(q.Grad)))
			}
			require.Less(t, c.off(t, name+".norm", p.ClipGrad(most)), 1e-6)
			var all []float32
			for _, q := range parts {
				all = append(all, q.Grad...)
			}
			require.Less(t, c.far(t, name, all), 1e-6)
		}
	})
}

// Clipping within the step has the bits of clipping before it, and leaves the gradients as they are.
func TestStepClipped(t *testing.T) {
	for _, n := range []int{5, 100_003} {
		for _, most := range []float32{0.5, 1e6, float32(math.Inf(1))} {
			var after [2][]float32
			g := bells("clip.0", n)
			for i := range after {
				p, q := one(bells("optim.start", n))
				o := NewAdam(p, Adam{Rate: 1e-2, Decay: 1e-3})
				for range 3 {
					copy(q.Grad, g)
					if i == 0 {
						p.ClipGrad(most)
						o.Step()
						continue
					}
					o.StepClipped(p.GradNorm(), most)
					require.Equal(t, g, q.Grad)
				}
				after[i] = q.Data.Data
			}
			require.Equal(t, after[0], after[1])
		}
	}
}

// A gradient that is not finite is left for the caller to see.
func TestClipGradOfInf(t *testing.T) {
	p, q := one(make([]float32, 3))
	copy(q.Grad, []float32{1, float32(math.Inf(1)), 2})
	require.True(t, math.IsInf(float64(p.ClipGrad(1)), 1))
	require.EqualValues(t, 1, q.Grad[0])
}

func TestEMA(t *testing.T) {
	p, q := one([]float32{0, 8})
	e := NewEMA(p, 0.75)
	q.Set([]float32{4, 4})
	e.Update()
	require.Equal(t, []float32{4, 4}, q.Data.Data)
	e.Swap()
	require.Equal(t, []float32{1, 7}, q.Data.Data)
	require.Panics(t, e.Update)
	require.Panics(t, e.Copy)
	e.Swap()
	require.Equal(t, []float32{4, 4}, q.Data.Data)
	e.Copy()
	require.Equal(t, []float32{1, 7}, q.Data.Data)
}

func TestSchedules(t *testing.T) {
	at := func(s Schedule, steps ...int) (v []float32) {
		for _, step := range steps {
			v = append(v, s.At(step))
		}
		return v
	}
	require.Equal(t, []float32{1, 1}, at(Schedule{}, 0, 1000))
	require.Equal(t, []float32{0.25, 0.5, 1, 1, 1}, at(Schedule{Warmup: 4}, 0, 1, 3, 4, 1000))
	require.Equal(t, []float32{0.5, 1, 1, 0.5, 0, 0}, at(Schedule{Shape: Line, Warmup: 2, Steps: 6}, 0, 1, 2, 4, 6, 9))
	require.InDeltaSlice(t, []float32{1, 0.75, 0.5, 0.5},
		at(Schedule{Shape: Line, Steps: 4, Floor: 0.5}, 0, 2, 4, 5), 1e-6)
	require.InDeltaSlice(t, []float32{1, 0.853553, 0.5, 0, 0}, at(Schedule{Shape: Cosine, Steps: 4}, 0, 1, 2, 4, 7), 1e-6)
}

// An optimiser, an average and a model that are saved in the middle go on as if nothing had happened.
func TestSaveAndLoad(t *testing.T) {
	gradient := func(q *Param, step int) { copy(q.Grad, bells("save."+string(rune('0'+step)), len(q.Grad))) }
	start := bells("save.start", 37)
	run := func(stop bool) []float32 {
		p, q := one(start)
		o, s, e := NewAdam(p, Adam{Rate: 0.1}), NewSGD(p, SGD{Rate: 0.1, Momentum: 0.9}), NewEMA(p, 0.5)
		for step := range 6 {
			if stop && step == 3 {
				p2, q2 := one(make([]float32, 37))
				o2, s2, e2 := NewAdam(p2, Adam{Rate: 0.1}), NewSGD(p2, SGD{Rate: 0.1, Momentum: 0.9}), NewEMA(p2, 0.5)
				require.NoError(t, p2.Load(p.Save()))
				require.NoError(t, o2.Load(o.Save()))
				require.NoError(t, s2.Load(s.Save()))
				require.NoError(t, e2.Load(e.Save()))
				p, q, o, s, e = p2, q2, o2, s2, e2
			}
			gradient(q, step)
			o.Step()
			s.Step()
			e.Update()
		}
		e.Copy()
		return q.Data.Data
	}
	require.Equal(t, run(false), run(true))
}

func TestLoadRefuses(t *testing.T) {
	p, _ := one(make([]float32, 4))
	for message, s := range map[string][]State{
		`tensor "w" is missing`:                                 {},
		`tensor "w" has shape [2 2]; the model has [4]`:         {{"w", []int{2, 2}, make([]float32, 4)}},
		`tensor "w" of shape [4] has 3 numbers`:                 {{"w", []int{4}, make([]float32, 3)}},
		`tensor "x" is there twice or belongs to another model`: {{"x", []int{4}, make([]float32, 4)}},
	} {
		require.EqualError(t, p.Load(s), message)
	}
}

// Undo gives the values before the last step, and an optimiser that begins anew.
func TestAdamUndo(t *testing.T) {
	p := NewParams()
	w := p.Scope("").Param("w", Normal(1), 5, 7)
	p.Init(1)
	o := NewAdam(p, Adam{Rate: 0.1})
	o.Undo() // nothing
	first := slices.Clone(w.Data.Data)
	kernels.Fill(w.Grad, 1)
	o.Step()
	require.NotEqual(t, first, w.Data.Data)
	after := w.Version()
	o.Undo()
	require.Greater(t, w.Version(), after, "packed copies are made anew")
	require.InDeltaSlice(t, first, w.Data.Data, 1e-6)
	step, moments := o.Save()
	require.Zero(t, step)
	for _, m := range moments {
		require.Equal(t, make([]float32, len(m.Data)), m.Data)
	}
}
