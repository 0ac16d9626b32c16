package nn

import "example.org/cohort/kernels"

// GradNorm is the length of the vector of all gradients.
func (p *Params) GradNorm() float32 {
	p.mustBeReady("GradNorm")
	return kernels.Norm(p.grad)
}

// ClipGrad shortens the vector of all gradients to the length most, if it is longer, and gives the length that it had. The
// factor is most/(length+1e-6), as in torch.nn.utils.clip_grad_norm_. A length that is not finite changes nothing: the
// caller sees it.
func (p *Params) ClipGrad(most float32) float32 {
	norm := p.GradNorm()
	if factor := clipFactor(norm, most); factor != 0 {
		kernels.Scale(p.grad, p.grad, factor)
	}
	return norm
}

// clipFactor is what gradients of a length are multiplied by to have at most another one; 0 where they stay as they are.
func clipFactor(norm, most float32) float32 {
	if factor := most / (norm + 1e-6); factor < 1 && norm-norm == 0 {
		return factor
	}
	return 0
}
