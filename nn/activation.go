package nn

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
)

// An Activation is applied to every number. The zero value is none.
type Activation struct {
	Kind  ActivationKind
	Slope float32 // of LeakyReLU below 0; more than 0
}

// ActivationKind names an activation.
type ActivationKind uint8

// The activations. None, ReLU and LeakyReLU have second derivatives.
const (
	None      ActivationKind = iota
	ReLU                     // max(x, 0)
	LeakyReLU                // x where it is positive, else Slope*x
	Tanh
	Sigmoid // 1/(1 + e^-x)
	Gelu    // the tanh form, see [kernels.Gelu]
)

// Forward gives the activation of x, of the same shape. It panics where the kind is unknown.
func (a Activation) Forward(t *autograd.Tape, x autograd.Var) autograd.Var {
	switch a.Kind {
	case None:
		return x
	case ReLU:
		return t.ReLU(x)
	case LeakyReLU:
		return t.LeakyReLU(x, a.Slope)
	case Tanh:
		return t.Tanh(x)
	case Sigmoid:
		return t.Sigmoid(x)
	case Gelu:
		return t.Gelu(x)
	}
	panic(fmt.Sprintf("nn: Activation of kind %d", a.Kind))
}

// fused is the activation as a product's epilogue does it, where that can.
func (a Activation) fused() (act kernels.Act, ok bool) {
	switch a.Kind {
	case None:
		return kernels.Linear, true
	case ReLU:
		return kernels.ReLU, true
	case LeakyReLU:
		return kernels.LeakyReLU, true
	case Gelu:
		return kernels.GELU, true
	}
	return kernels.Linear, false
}
