package nn

import "example.org/cohort/kernels"

// EMA is an exponential moving average of parameters (Polyak and Juditsky, 1992; in GANs: Yazıcı et al., ICLR 2019). Make it
// with [NewEMA]. Buffers, such as the statistics of [BatchNorm], are not averaged.
type EMA struct {
	Decay float32

	params  *Params
	average []float32
	swapped bool
}

// NewEMA starts an average at the present values of p, which must be initialised.
func NewEMA(p *Params, decay float32) *EMA {
	p.mustBeReady("NewEMA")
	e := &EMA{Decay: decay, params: p, average: aligned(len(p.value))}
	copy(e.average, p.value)
	return e
}

// Update moves the average towards the values: average = Decay*average + (1-Decay)*value. It panics between two calls of
// Swap, when the values are the average.
func (e *EMA) Update() {
	if e.swapped {
		panic("nn: Update of an EMA whose average is in use: call Swap first")
	}
	kernels.EMA(e.average, e.params.value, e.Decay)
}

// Swap exchanges values and average: a second call goes back.
func (e *EMA) Swap() {
	v := e.params.value
	for i, a := range e.average {
		e.average[i], v[i] = v[i], a
	}
	e.swapped = !e.swapped
	e.params.Changed()
}

// Copy writes the average over the values. It panics between two calls of Swap.
func (e *EMA) Copy() {
	if e.swapped {
		panic("nn: Copy of an EMA whose average is in use: call Swap first")
	}
	copy(e.params.value, e.average)
	e.params.Changed()
}

// Save gives the average of every parameter, under its name, also between two calls of Swap.
func (e *EMA) Save() []State { return e.params.views("average.", e.inUse()) }

// Load takes what Save gave. The error names what does not fit; nothing has changed then.
func (e *EMA) Load(s []State) error {
	if err := copyInto(e.params.views("average.", e.inUse()), s); err != nil {
		return err
	}
	e.params.Changed()
	return nil
}

// inUse is where the average is: Swap puts it into the parameters.
func (e *EMA) inUse() []float32 {
	if e.swapped {
		return e.params.value
	}
	return e.average
}
