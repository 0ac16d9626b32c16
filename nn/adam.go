package nn

import (
	"fmt"

	"example.org/cohort/kernels"
)

// Adam is Kingma and Ba's optimiser (ICLR 2015) as in torch.optim.Adam: Decay*value is added to the gradient before the
// moments, or, with Decoupled, the value shrinks by Rate*Decay apart from them (AdamW: Loshchilov and Hutter, ICLR 2019).
// Moments below 1e-30 in size become 0, so that no denormal numbers arise. Make it with [NewAdam].
type Adam struct {
	Rate         float32
	Beta1, Beta2 float32 // 0 and 0: 0.9 and 0.999
	Eps          float32 // 0: 1e-8
	Decay        float32
	Decoupled    bool

	params *Params
	m, v   []float32 // first and second moments
	step   int
}

// NewAdam prepares o for the parameters p, which must be initialised.
func NewAdam(p *Params, o Adam) *Adam {
	p.mustBeReady("NewAdam")
	if o.Beta1 == 0 && o.Beta2 == 0 {
		o.Beta1, o.Beta2 = 0.9, 0.999
	}
	if o.Eps == 0 {
		o.Eps = 1e-8
	}
	o.params = p
	o.m, o.v = aligned(len(p.value)), aligned(len(p.value))
	return &o
}

// Step changes the parameters by their gradients. The gradients stay as they are.
func (o *Adam) Step() { o.shrunk(0) }

// StepClipped is [Params.ClipGrad] and Step, with the same bits, but the gradients stay as they are: their memory is read once. norm is
// their length, as [Params.GradNorm] gives it.
func (o *Adam) StepClipped(norm, most float32) { o.shrunk(clipFactor(norm, most)) }

// shrunk is Step with gradients that are multiplied by a factor, if it is not 0.
func (o *Adam) shrunk(factor float32) {
	o.step++
	a := o.constants()
	a.Shrink = factor
	kernels.Adam(o.params.value, o.params.grad, o.m, o.v, a)
	o.params.Changed()
}

// Undo takes back the last Step, with the Rate that it had, to rounding, and begins anew: the moments and the number of steps are 0. Before
// the first Step it does nothing.
func (o *Adam) Undo() {
	if o.step > 0 {
		kernels.AdamUndo(o.params.value, o.m, o.v, o.constants())
		o.params.Changed()
	}
	o.Forget()
}

// Forget begins anew: the moments and the number of steps are 0.
func (o *Adam) Forget() {
	kernels.Fill(o.m, 0)
	kernels.Fill(o.v, 0)
	o.step = 0
}

func (o *Adam) constants() kernels.AdamStep {
	return kernels.AdamStep{
		LR: o.Rate, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: o.Decay, Decoupled: o.Decoupled, Step: o.step,
	}
}

// Save gives the state: the number of steps and the two moments of every parameter, under its name.
func (o *Adam) Save() (step int, s []State) {
	return o.step, append(o.params.views("moment1.", o.m), o.params.views("moment2.", o.v)...)
}

// Load takes what Save gave. The error names what does not fit; nothing has changed then.
func (o *Adam) Load(step int, s []State) error {
	if step < 0 {
		return fmt.Errorf("nn: an optimiser's state after %d steps", step)
	}
	if err := copyInto(append(o.params.views("moment1.", o.m), o.params.views("moment2.", o.v)...), s); err != nil {
		return err
	}
	o.step = step
	return nil
}
