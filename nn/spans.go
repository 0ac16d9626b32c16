package nn

import (
	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
)

// SpanHead turns a generator's last numbers into the columns of an encoded row: tanh where a span is a number, Gumbel-softmax
// over its categories elsewhere (Jang, Gu and Poole, ICLR 2017; Maddison, Mnih and Teh, ICLR 2017).
type SpanHead struct {
	Spans []kernels.Span
	Tau   float32   // temperature, more than 0
	Given []float32 // noise [N, D] to be used instead of a draw; for comparisons

	noise kernels.Noise
}

// Forward takes logits [N, D] to [N, D]. The noise is a draw of d; d nil is none. It panics where a span leaves the matrix.
func (h *SpanHead) Forward(t *autograd.Tape, logits autograd.Var, d *Draws) autograd.Var {
	switch {
	case h.Given != nil:
		h.noise = kernels.Noise{Given: h.Given}
	case d != nil:
		d.gumbel(&h.noise)
	default:
		return t.SpanHead(logits, h.Spans, h.Tau, nil)
	}
	return t.SpanHead(logits, h.Spans, h.Tau, &h.noise)
}
