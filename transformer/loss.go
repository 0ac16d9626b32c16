package transformer

import (
	"context"
	"errors"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// loss is scale times the sum, over the labels of b, of -ln of the probability that the model gives to it.
func (m *Model) loss(t *autograd.Tape, b *batch, scale float32) float32 {
	return t.LMLoss(m.hidden(t, b, nil), m.head.On(t), b.labels, b.head.rows(), scale).Scalar()
}

// backward is loss with dropout, and adds its gradients to those of what is trained.
func (m *Model) backward(t *autograd.Tape, b *batch, scale float32, d *nn.Draws) float32 {
	return m.headBackward(t, m.hidden(t, b, d), b, scale)
}

// headBackward is the part above the blocks.
func (m *Model) headBackward(t *autograd.Tape, h autograd.Var, b *batch, scale float32) float32 {
	return t.BackwardLM(h, m.head.On(t), b.labels, b.head.rows(), scale)
}

// hidden is what goes into the head, [N, E].
func (m *Model) hidden(t *autograd.Tape, b *batch, d *nn.Draws) autograd.Var {
	return m.Blocks.Forward(t, m.embed(t, b.ids, b.positions, d), b.time, b.lengths, d)
}

// evaluateBatch is how many sequences are looked at together. It does not change the result beyond rounding.
const evaluateBatch = 8

// Evaluate gives the mean of -ln probability of the tokens of data, as they are shown in epoch 0, in nats, and how many tokens
// that are. Softmax is over the ids of head, ascending; nil is the whole vocabulary. It is an error where a sequence does not fit the model
// or nothing is asked; a cancelled ctx gives its error.
func (m *Model) Evaluate(ctx context.Context, data Data, head []int32) (nll float64, tokens int, err error) {
	h, err := m.newHead(head)
	if err != nil {
		return 0, 0, err
	}
	return m.evaluate(ctx, autograd.New(new(tensor.Arena)), data, h)
}

func (m *Model) evaluate(ctx context.Context, t *autograd.Tape, data Data, h *head) (nll float64, tokens int, err error) {
	var (
		b     batch
		seqs  []Sequence
		total float64
	)
	for lo := 0; lo < data.Len; lo += evaluateBatch {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		seqs = seqs[:0]
		for i := lo; i < min(lo+evaluateBatch, data.Len); i++ {
			s := data.At(0, i)
			seqs = append(seqs, s)
			tokens += s.count()
		}
		if err := m.pack(&b, seqs, h); err != nil {
			return 0, 0, err
		}
		t.Reset()
		total += float64(m.loss(t, &b, 1))
	}
	if tokens == 0 {
		return 0, 0, errNothing
	}
	return total / float64(tokens), tokens, nil
}

var errNothing = errors.New("transformer: there is no token to foretell: a sequence needs two tokens, and a label that is not negative")
