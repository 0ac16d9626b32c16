package transformer

import (
	"context"
	"errors"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// loss is scale times the sum, over the labels of b, of -ln of the probability that the model gives to it, as shape [1].
func (m *Model) loss(t *autograd.Tape, b *batch, scale float32, d *nn.Draws) autograd.Var {
	x := m.embed(t, b.ids, b.positions, d)
	return m.headLoss(t, m.Blocks.Forward(t, x, b.time, b.lengths, d), b, scale)
}

// headLoss is the part above the blocks.
func (m *Model) headLoss(t *autograd.Tape, h autograd.Var, b *batch, scale float32) autograd.Var {
	return t.LMLoss(h, m.head.On(t), b.labels, b.head.rows(), scale)
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
		total += float64(m.loss(t, &b, 1, nil).Scalar())
	}
	if tokens == 0 {
		return 0, 0, errNothing
	}
	return total / float64(tokens), tokens, nil
}

var errNothing = errors.New("transformer: there is no token to foretell: a sequence needs two tokens, and a label that is not negative")
