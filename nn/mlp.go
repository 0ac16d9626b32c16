package nn

import (
	"fmt"
	"strconv"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
)

// MLP is linear layers one after the other, with an activation and dropout behind each but the last: a critic, or a small
// regression.
type MLP struct {
	Layers     []*Linear
	Activation Activation
	Drop       float32
}

// NewMLP declares the layers "0", "1", ... with the given widths: those of the input, of each hidden layer and of the output.
func NewMLP(s Scope, a Activation, drop float32, widths ...int) *MLP {
	if len(widths) < 2 {
		panic(fmt.Sprintf("nn: MLP of widths %v: it needs that of its input and that of its output", widths))
	}
	m := &MLP{Activation: a, Drop: drop}
	for i := range len(widths) - 1 {
		m.Layers = append(m.Layers, NewLinear(s.Scope(strconv.Itoa(i)), widths[i], widths[i+1]))
	}
	return m
}

// Forward takes x [N, first width] to [N, last width]. Each hidden layer is a draw of d; d nil drops nothing. It panics where
// the shapes do not fit.
func (m *MLP) Forward(t *autograd.Tape, x autograd.Var, d *Draws) autograd.Var {
	last := len(m.Layers) - 1
	for _, l := range m.Layers[:last] {
		var drop kernels.Dropout
		if d != nil {
			drop = d.Dropout(m.Drop)
		}
		x = l.ForwardAct(t, x, m.Activation, drop)
	}
	return m.Layers[last].Forward(t, x)
}
