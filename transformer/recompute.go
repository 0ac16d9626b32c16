package transformer

import (
	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// recomputed adds the gradients of scale times the loss of the batch, as a single tape would to the bit, and gives that loss.
//
// The way up keeps what goes into each block, and where its random numbers begin. On the way down each block is computed again on a
// tape of its own, from its input as a leaf. Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost",
// arXiv 1604.06174.
func (f *training) recomputed(scale float32) float32 {
	m, t, b := f.m, f.tape, &f.batch
	layers := len(m.Blocks.layers)
	f.kept.Reset()
	inputs, draws := make([]tensor.Tensor, layers+1), make([]nn.Draws, layers+1)
	draws[0] = f.draws
	t.Reset()
	inputs[0] = f.keepOf(m.embed(t, b.ids, b.positions, &f.draws))
	for i := range layers {
		draws[i+1] = f.draws
		t.Reset()
		inputs[i+1] = f.keepOf(m.Blocks.layer(t, i, t.Const(inputs[i]), b.time, b.lengths, &f.draws))
	}
	after := f.draws

	g := f.kept.New(inputs[0].Shape...) // the gradient of what goes into the part above
	clear(g.Data)
	t.Reset()
	loss := m.headBackward(t, m.Blocks.norm.Forward(t, t.Leaf(inputs[layers], g.Data)), b, scale)
	below := f.kept.New(g.Shape...)
	for i := layers - 1; i >= 0; i-- {
		f.draws = draws[i+1]
		clear(below.Data)
		t.Reset()
		x := t.Leaf(inputs[i], below.Data)
		f.pull(m.Blocks.layer(t, i, x, b.time, b.lengths, &f.draws), g)
		g, below = below, g
	}
	if m.Adapters == nil { // else nothing below is trained
		f.draws = draws[0]
		t.Reset()
		f.pull(m.embed(t, b.ids, b.positions, &f.draws), g)
	}
	f.draws = after
	return loss
}

// keepOf copies a value that the tape's next Reset takes away.
func (f *training) keepOf(v autograd.Var) tensor.Tensor {
	x := f.kept.New(v.Shape()...)
	copy(x.Data, v.Data())
	return x
}

// pull goes back from y, whose gradient is g: that of the sum of y's elements times those of g.
func (f *training) pull(y autograd.Var, g tensor.Tensor) {
	f.tape.Backward(f.tape.Sum(f.tape.Mul(y, f.tape.Const(g))))
}
