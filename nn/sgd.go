package nn

import "example.org/cohort/kernels"

// SGD is stochastic gradient descent with momentum as in torch.optim.SGD (dampening 0): with g = gradient + Decay*value,
// velocity = Momentum*velocity + g and value -= Rate*velocity, or value -= Rate*(g + Momentum*velocity) with Nesterov. Make it
// with [NewSGD].
type SGD struct {
	Rate     float32
	Momentum float32
	Decay    float32
	Nesterov bool

	params   *Params
	velocity []float32 // nil without momentum
}

// NewSGD prepares o for the parameters p, which must be initialised.
func NewSGD(p *Params, o SGD) *SGD {
	p.mustBeReady("NewSGD")
	o.params = p
	if o.Momentum != 0 {
		o.velocity = aligned(len(p.value))
	}
	return &o
}

// Step changes the parameters by their gradients. The gradients stay as they are.
func (o *SGD) Step() {
	p := o.params
	fall := -o.Rate
	if o.velocity == nil {
		o.shrink(fall)
		kernels.Axpy(p.value, fall, p.grad)
		p.Changed()
		return
	}
	kernels.Scale(o.velocity, o.velocity, o.Momentum)
	kernels.AddTo(o.velocity, p.grad)
	if o.Decay != 0 {
		kernels.Axpy(o.velocity, o.Decay, p.value)
	}
	for i, v := range o.velocity { // denormal numbers would slow every later step down
		if v < tiny && v > -tiny {
			o.velocity[i] = 0
		}
	}
	if o.Nesterov {
		o.shrink(fall)
		kernels.Axpy(p.value, fall, p.grad)
		fall *= o.Momentum
	}
	kernels.Axpy(p.value, fall, o.velocity)
	p.Changed()
}

// tiny is the size below which a velocity becomes 0, as Adam's moments do.
const tiny = 1e-30

// shrink adds the decay's part of a plain gradient step.
func (o *SGD) shrink(fall float32) {
	if o.Decay != 0 {
		kernels.Scale(o.params.value, o.params.value, 1+fall*o.Decay)
	}
}

// Save gives the state, none without momentum: the velocity of every parameter, under its name.
func (o *SGD) Save() []State {
	if o.velocity == nil {
		return nil
	}
	return o.params.views("velocity.", o.velocity)
}

// Load takes what Save gave. The error names what does not fit; nothing has changed then.
func (o *SGD) Load(s []State) error {
	if o.velocity == nil {
		return fit(nil, s)
	}
	return copyInto(o.params.views("velocity.", o.velocity), s)
}
