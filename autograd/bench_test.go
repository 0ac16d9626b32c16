package autograd_test

import (
	"testing"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// What an operation costs besides its arithmetic: adding one number, forward and backward.
func BenchmarkOverhead(b *testing.B) {
	const ops = 100
	tape := autograd.New(&tensor.Arena{})
	x := tensor.New(1)
	g := make([]float32, 1)
	b.Run("forward", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v := tape.Leaf(x, g)
			for range ops {
				v = tape.AddConst(v, 1)
			}
			tape.Reset()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/ops, "ns/node")
	})
	for name, op := range map[string]func(v autograd.Var) autograd.Var{
		"AddConst": func(v autograd.Var) autograd.Var { return tape.AddConst(v, 1) },
		"Square":   tape.Square,
		"Add":      func(v autograd.Var) autograd.Var { return tape.Add(v, v) },
	} {
		b.Run("both/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v := tape.Leaf(x, g)
				for range ops {
					v = op(v)
				}
				tape.Backward(v)
				tape.Reset()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/ops, "ns/node")
		})
	}
}

// The critic's part of a CTGAN step at UCI Adult's sizes: 50 packs of 10 rows of 260 columns, forward, the penalty and backward.
func BenchmarkCritic(b *testing.B) {
	const rows, d, h = 500, 260, 256
	for _, mode := range []string{"parts", "fused"} {
		b.Run(mode, func(b *testing.B) {
			c := newCritic(rows/pac, pac*d, h)
			x := random(40, rows, d)
			tape := autograd.New(&tensor.Arena{})
			b.ReportAllocs()
			for b.Loop() {
				pen, y := c.penalty(tape, x, mode == "fused")
				tape.Backward(tape.Add(tape.Mean(y), tape.Scale(pen, 10)))
				tape.Reset()
			}
			n := float64(rows / pac)
			flop := 2 * n * (5*pac*d*h + 6*h*h + 6*h) // there and back, twice; x has no gradient the second time
			b.ReportMetric(flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// Layers of a generator: product, batch norm and ReLU, joined to the input, with the gradients of everything.
func BenchmarkGenerator(b *testing.B) {
	const rows, d, h = 500, 232, 256
	tape := autograd.New(&tensor.Arena{})
	x := random(1, rows, d)
	var ws []*autograd.Weight
	for i, s := range [][]int{{d, h}, {h}, {h}, {h}, {d + h, h}, {h}, {h}, {h}, {d + 2*h, 156}, {156}} {
		w := &autograd.Weight{Data: random(uint64(i), s...)}
		w.Grad = make([]float32, w.Data.Len())
		ws = append(ws, w)
	}
	spans := []kernels.Span{{Width: 1, Kind: kernels.SpanTanh}, {Offset: 1, Width: 10, Kind: kernels.SpanSoftmax}, {Offset: 11, Width: 145, Kind: kernels.SpanSoftmax}}
	b.ReportAllocs()
	for b.Loop() {
		v := tape.Const(x)
		for l := range 2 {
			w := ws[4*l:]
			y := tape.Linear(v, tape.Weight(w[0]), tape.Weight(w[1]))
			y, _ = tape.BatchNorm(y, tape.Weight(w[2]), tape.Weight(w[3]), 1e-5, true)
			v = tape.Concat(y, v)
		}
		y := tape.SpanHead(tape.Linear(v, tape.Weight(ws[8]), tape.Weight(ws[9])), spans, 0.2, &kernels.Noise{Seed: 1})
		tape.Backward(tape.Mean(y))
		for _, w := range ws {
			w.Changed()
		}
		tape.Reset()
	}
}
