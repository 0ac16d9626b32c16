package nn

import (
	"fmt"

	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
)

// Draws hands out the random numbers of a training step: what dropout drops, Gumbel noise, and the noise that a generator
// starts from. Each draw has a number within its step, so a step draws the same numbers whenever it is done again, and
// nothing has to be stored to go on after a stop but the step.
type Draws struct {
	Seed uint64
	step uint64
	next uint64
}

// mostDraws is how many draws a step can have: their number takes the low 16 bits of a row.
const mostDraws = 1 << 16

// Begin starts a step, whose number is below 2^48. It panics where it is not.
func (d *Draws) Begin(step uint64) {
	if step >= 1<<48 {
		panic(fmt.Sprintf("nn: Begin of step %d, which is not below 2^48", step))
	}
	d.step, d.next = step, 0
}

// row is the row of a stream for the next draw.
func (d *Draws) row() uint64 {
	if d.next == mostDraws {
		panic("nn: more than 65,536 draws in a step: Begin starts the next one")
	}
	d.next++
	return d.step<<16 | (d.next - 1)
}

// Dropout is the next draw of what is dropped. With p 0 nothing is drawn.
func (d *Draws) Dropout(p float32) kernels.Dropout {
	if p == 0 {
		return kernels.Dropout{}
	}
	return kernels.Dropout{Seed: d.Seed, Stream: rng.NNDropout, Step: d.row(), P: p}
}

// Normal fills dst with the next draw of standard normal numbers.
func (d *Draws) Normal(dst []float32) { kernels.Normal(dst, d.Seed, rng.NNNoise, d.row(), 0) }

// Uniform fills dst with the next draw of numbers in [0, 1).
func (d *Draws) Uniform(dst []float32) { kernels.Uniform(dst, d.Seed, rng.NNNoise, d.row(), 0) }

// gumbel sets n to the next draw of Gumbel noise.
func (d *Draws) gumbel(n *kernels.Noise) {
	*n = kernels.Noise{Seed: d.Seed, Stream: rng.NNNoise, Step: d.row()}
}
