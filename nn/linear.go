package nn

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
)

// Linear is x W + b. Its weights stand [D, H], where torch.nn.Linear keeps the transpose.
type Linear struct {
	Weight *Param // [D, H]
	Bias   *Param // [H]; nil: none
}

// NewLinear declares the parameters "weight" and "bias" of a layer from D numbers to H, which start as PyTorch's do: see
// [FanIn].
func NewLinear(s Scope, d, h int) *Linear { return NewLinearInit(s, d, h, FanIn(d), FanIn(d)) }

// NewLinearInit is [NewLinear] with other first values.
func NewLinearInit(s Scope, d, h int, weight, bias Init) *Linear {
	return &Linear{Weight: s.Param("weight", weight, d, h), Bias: s.Param("bias", bias, h)}
}

// NewLinearPlain is [NewLinear] without a bias.
func NewLinearPlain(s Scope, d, h int) *Linear {
	return &Linear{Weight: s.Param("weight", FanIn(d), d, h)}
}

// NewLinearConcat is [NewLinear] for inputs of the given widths side by side, which [Linear.ForwardConcat] takes apart.
func NewLinearConcat(s Scope, h int, widths ...int) *Linear {
	d := 0
	for _, w := range widths {
		d += w
	}
	l := NewLinear(s, d, h)
	l.Weight.split(widths...)
	return l
}

// Parts is how many inputs [Linear.ForwardConcat] takes; 0 for a layer that [NewLinearConcat] has not made.
func (l *Linear) Parts() int { return len(l.Weight.parts) }

// Part is the weights [width, H] of one of the inputs of [Linear.ForwardConcat].
func (l *Linear) Part(t *autograd.Tape, i int) autograd.Var { return l.Weight.part(t, i) }

// Forward takes x [N, D] to [N, H]. It panics where the shapes do not fit.
func (l *Linear) Forward(t *autograd.Tape, x autograd.Var) autograd.Var {
	return l.ForwardAct(t, x, Activation{}, kernels.Dropout{})
}

// ForwardAct is Forward, an activation and dropout, as one operation where the product's kernel can do them. The bits are
// the same. It panics where the shapes do not fit.
func (l *Linear) ForwardAct(t *autograd.Tape, x autograd.Var, a Activation, drop kernels.Dropout) autograd.Var {
	var bias autograd.Var
	if l.Bias != nil {
		bias = l.Bias.On(t)
	}
	if act, ok := a.fused(); ok && (act != kernels.GELU || drop.P == 0) {
		return t.LinearAct(x, l.Weight.On(t), bias, autograd.Epilogue{Act: act, Slope: a.Slope, Drop: drop})
	}
	return t.Dropout(a.Forward(t, t.Linear(x, l.Weight.On(t), bias)), drop)
}

// ForwardConcat is Forward of the xs [N, width] side by side, without putting them there: each is multiplied by its rows of
// the weights, and the products are added from the last to the first. No work is done for the gradient of an x that is a
// constant. It panics where the widths are not those of [NewLinearConcat].
func (l *Linear) ForwardConcat(t *autograd.Tape, xs ...autograd.Var) autograd.Var {
	parts := l.Weight.parts
	if len(xs) != len(parts) {
		panic(fmt.Sprintf("nn: ForwardConcat of %d inputs and weights for %d", len(xs), len(parts)))
	}
	last := len(xs) - 1
	y := t.Linear(xs[last], l.Weight.part(t, last), l.Bias.On(t))
	for i := last - 1; i >= 0; i-- {
		y = t.MatMulAdd(xs[i], l.Weight.part(t, i), y)
	}
	return y
}
