package nn

import (
	"fmt"
	"testing"

	"example.org/cohort/kernels"
)

// BenchmarkCTGANStep is one step of critic and generator at CTGAN's sizes on UCI Adult: batch 500 in packs of 10, 256-256
// hidden units, 156 columns, 104 categories to ask for; with penalty and both optimisers.
func BenchmarkCTGANStep(b *testing.B) {
	for _, family := range kernels.Families() {
		b.Run(family, func(b *testing.B) {
			restore, err := kernels.Use(family)
			if err != nil {
				b.Fatal(err)
			}
			defer restore()
			g := newGan(adultSizes(b))
			batch := g.goldenBatch(0)
			batch.critic.gumbel, batch.generator.gumbel = nil, nil // drawn
			for step := range 2 {
				g.train(step, batch)
			}
			b.ReportAllocs()
			step := 2
			for b.Loop() {
				g.train(step, batch)
				step++
			}
			seconds := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(1e3*seconds, "ms/step")
			b.ReportMetric(g.flop()/seconds/1e9, "GFLOP/s")
			b.ReportMetric(g.flop()/1e9, "GFLOP/step")
		})
	}
}

// flop is the floating-point operations of the products of a step.
func (g *gan) flop() float64 {
	product := func(m, k, n int) float64 { return 2 * float64(m) * float64(k) * float64(n) }
	b, packs, h := g.batch, g.batch/ganPac, g.hidden
	in0 := g.z + g.cond
	forward := product(b, in0, h) + product(b, in0+h, h) + product(b, in0+2*h, g.width)
	wide, deep := product(packs, g.packWidth, h), product(packs, h, h)+product(packs, h, 1)
	critic := 3*(wide+deep) + // forward passes of fakes, real rows and interpolates
		2*wide + 4*deep + // gradients of the weights, and of what is between the layers, for fakes and real rows
		wide + deep + // gradient for the interpolates
		2*wide + 2*deep // its own gradients
	input := product(b, in0, h) + product(b, in0, h) + product(b, in0, g.width)
	generator := 3*forward - input + // the input needs no gradient
		2*(wide+deep) // the critic, forward and back to the fakes
	return forward + critic + generator
}

func BenchmarkOptimisers(b *testing.B) {
	p := NewParams()
	s := p.Scope("")
	s.Param("w", Uniform(1), 1000, 700)
	p.Init(1)
	adam, sgd, ema := NewAdam(p, Adam{Rate: 1e-3}), NewSGD(p, SGD{Rate: 1e-3, Momentum: 0.9}), NewEMA(p, 0.999)
	for name, f := range map[string]func(){
		"Adam": adam.Step, "SGD": sgd.Step, "EMA": ema.Update, "Clip": func() { p.ClipGrad(1) }, "Init": func() { p.Init(1) },
	} {
		b.Run(fmt.Sprintf("%s/%d", name, p.Len()), func(b *testing.B) {
			b.SetBytes(int64(4 * p.Len()))
			for b.Loop() {
				f()
			}
		})
	}
}
