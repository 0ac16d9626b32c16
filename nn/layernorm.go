package nn

import "example.org/cohort/autograd"

// LayerNorm normalises each row (Ba, Kiros and Hinton, arXiv 1607.06450) as torch.nn.LayerNorm does.
type LayerNorm struct {
	Weight, Bias *Param // [D] gamma and beta
	Eps          float32
}

// NewLayerNorm declares "weight" and "bias", which start at 1 and 0, for D columns. Eps is 1e-5.
func NewLayerNorm(s Scope, d int) *LayerNorm {
	return &LayerNorm{Weight: s.Param("weight", Constant(1), d), Bias: s.Param("bias", Init{}, d), Eps: 1e-5}
}

// Forward normalises x [N, D]. It panics where the shapes do not fit.
func (l *LayerNorm) Forward(t *autograd.Tape, x autograd.Var) autograd.Var {
	return t.LayerNorm(x, l.Weight.On(t), l.Bias.On(t), l.Eps)
}
