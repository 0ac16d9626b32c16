package autograd_test

import (
	"fmt"
	"math"
	"testing"
	gotime "time"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// BenchmarkTransformer is forward and backward of what a GPT-2 of 124M parameters is made of, see bench/kernels.
func BenchmarkTransformer(b *testing.B) {
	for _, name := range []string{"attention", "attention-dropout", "layernorm", "gelu", "head", "embedding", "mlp"} {
		b.Run(name, func(b *testing.B) {
			for _, size := range [][2]int{{4, 64}, {8, 128}} {
				b.Run(fmt.Sprintf("B%dT%d", size[0], size[1]), func(b *testing.B) {
					benchTransformer(b, name, size[0], size[1])
				})
			}
		})
	}
}

func benchTransformer(b *testing.B, name string, batch, time int) {
	const e, heads, v = 768, 12, 50257
	n := batch * time
	x, dy := random(1, n, 4*e).Data, random(2, n, 4*e).Data
	y, dx := make([]float32, len(x)), make([]float32, len(x))
	a := kernels.Attention{Batch: batch, Time: time, Heads: heads, Size: e / heads}
	gamma, beta, dgamma, dbeta := random(3, e).Data, random(4, e).Data, make([]float32, e), make([]float32, e)
	mean, rstd := make([]float32, n), make([]float32, n)
	var step func()
	switch name {
	case "attention-dropout":
		a.Drop = kernels.Dropout{Seed: 1, P: 0.1}
		fallthrough
	case "attention":
		stats := make([]float32, a.Stats())
		step = func() {
			a.Forward(y[:n*e], stats, x[:3*n*e])
			a.Backward(dx[:3*n*e], dy[:n*e], stats, x[:3*n*e])
		}
	case "layernorm":
		step = func() {
			kernels.LayerNorm(y[:n*e], mean, rstd, x[:n*e], gamma, beta, n, e, 1e-5)
			kernels.LayerNormGrad(dx[:n*e], dgamma, dbeta, dy[:n*e], x[:n*e], mean, rstd, gamma, n, e)
		}
	case "gelu":
		step = func() {
			kernels.Gelu(y, x)
			kernels.GeluGrad(dx, dy, x)
		}
	default:
		step = benchTape(name, n, e, v)
	}
	best := gotime.Duration(math.MaxInt64)
	for b.Loop() {
		began := gotime.Now()
		step()
		best = min(best, gotime.Since(began))
	}
	b.ReportMetric(float64(best.Nanoseconds()), "least-ns") // what others on the machine disturb least
}

// benchTape is what takes a tape.
func benchTape(name string, n, e, v int) (step func()) {
	trained := func(seed uint64, shape ...int) *autograd.Weight {
		x := tensor.New(shape...)
		kernels.Normal(x.Data, seed, 0, 0, 0)
		return &autograd.Weight{Data: x, Grad: make([]float32, x.Len())}
	}
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(i * 7919 % v)
	}
	tape, dy := autograd.New(&tensor.Arena{}), random(9, n, e)
	var f func() autograd.Var
	switch name {
	case "head":
		x, w := trained(1, n, e), trained(2, v, e)
		f = func() autograd.Var { return tape.LMLoss(tape.Weight(x), tape.Weight(w), ids, nil, 1/float32(n)) }
	case "embedding":
		w := trained(2, v, e)
		f = func() autograd.Var { return tape.Sum(tape.Mul(tape.Embedding(tape.Weight(w), ids), tape.Const(dy))) }
	case "mlp":
		x, w, c, w2, c2 := trained(1, n, e), trained(2, e, 4*e), trained(3, 4*e), trained(4, 4*e, e), trained(5, e)
		f = func() autograd.Var {
			w.Changed() // the optimiser has moved them
			w2.Changed()
			h := tape.Gelu(tape.Linear(tape.Weight(x), tape.Weight(w), tape.Weight(c)))
			return tape.Sum(tape.Mul(tape.Linear(h, tape.Weight(w2), tape.Weight(c2)), tape.Const(dy)))
		}
	}
	return func() {
		tape.Reset()
		tape.Backward(f())
	}
}
