package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// trained is a weight with a gradient.
func trained(x tensor.Tensor) *autograd.Weight {
	return &autograd.Weight{Data: x, Grad: make([]float32, len(x.Data))}
}

// gemmBF16 is the product of the kernels.
func gemmBF16(l kernels.Layout, m, n, k int, a, b tensor.Tensor) []float32 {
	c := make([]float32, m*n)
	kernels.GemmBF16(l, m, n, k, a.Data, a.Shape[1], b.Data, b.Shape[1], c, n, nil)
	return c
}

// Products up and back are those of bfloat16, from copies of a weight or where it lies; the same weight serves both kinds of tapes.
func TestUseBF16(t *testing.T) {
	if err := kernels.CheckBF16(); err != nil {
		t.Skip(err)
	}
	for _, n := range []int{7, 130} {
		const d, h = 65, 40
		x, w, g := random(1, n, d), trained(random(2, d, h)), random(3, n, h)
		plain, half := newTape(), newTape()
		half.UseBF16(true)
		for range 2 { // before and after Reset
			plain.Reset()
			half.Reset()
			f32 := plain.MatMul(plain.Const(x), plain.Weight(w)).Data()
			got := half.MatMul(half.Const(x), half.Weight(w)).Data()
			require.Equal(t, gemmBF16(kernels.NN, n, h, d, x, w.Data), got)
			require.NotEqual(t, f32, got)
			require.InDeltaSlice(t, f32, got, 0.3)
			require.Equal(t, gemmBF16(kernels.NT, n, d, h, g, w.Data), half.MatMulNT(half.Const(g), half.Weight(w)).Data())

			in := half.Input(x)
			clear(w.Grad)
			half.Backward(half.Sum(half.Mul(half.MatMul(in, half.Weight(w)), half.Const(g))))
			require.Equal(t, gemmBF16(kernels.TN, d, h, n, x, g), w.Grad)
			dx := half.Grad(half.Sum(half.Mul(half.MatMul(in, half.Weight(w)), half.Const(g))), in)
			require.Equal(t, gemmBF16(kernels.NT, n, d, h, g, w.Data), dx.Data())
		}
	}
}

// The head of a language model: its loss is near that of float32, and not the same.
func TestLMLossInBF16(t *testing.T) {
	if err := kernels.CheckBF16(); err != nil {
		t.Skip(err)
	}
	const n, e, v = 300, 32, 70
	h, w, labels := random(1, n, e), trained(random(2, v, e)), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % v)
	}
	var losses [2]float32
	var grads [2][]float32
	for i := range 2 {
		tape := newTape()
		tape.UseBF16(i == 1)
		clear(w.Grad)
		losses[i] = tape.BackwardLM(tape.Const(h), tape.Weight(w), labels, nil, 1./n)
		grads[i] = append(grads[i], w.Grad...)
		require.Equal(t, losses[i], tape.LMLoss(tape.Const(h), tape.Const(w.Data), labels, nil, 1./n).Scalar())
	}
	require.NotEqual(t, losses[0], losses[1])
	require.InEpsilon(t, losses[0], losses[1], 1e-3)
	require.NotEqual(t, grads[0], grads[1])
	require.InDeltaSlice(t, grads[0], grads[1], 1e-2*float64(kernels.Norm(grads[0])))
}
