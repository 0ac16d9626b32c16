package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/ref"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// What follows are the formulas in float64. Their gradients are central differences, so nothing has to be derived twice.

func layerNorm64(in []ref.Matrix) ref.Matrix {
	x := in[0]
	y := ref.New(x.Rows, x.Cols)
	for i := range x.Rows {
		mean, variance := 0.0, 0.0
		for _, v := range x.Row(i) {
			mean += v / float64(x.Cols)
		}
		for _, v := range x.Row(i) {
			variance += (v - mean) * (v - mean) / float64(x.Cols)
		}
		for j, v := range x.Row(i) {
			y.Row(i)[j] = (v-mean)/math.Sqrt(variance+1e-3)*in[1].Data[j] + in[2].Data[j]
		}
	}
	return y
}

func gelu64(in []ref.Matrix) ref.Matrix {
	return in[0].Map(func(x float64) float64 {
		return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	})
}

// attention64 has a softmax over the keys up to the query; keep gives the factor of dropout.
func attention64(qkv ref.Matrix, a kernels.Attention, keep func(b, h, i, j int) float64) ref.Matrix {
	e := a.Heads * a.Size
	y := ref.New(qkv.Rows, e)
	for b := range a.Batch {
		n := a.Time
		if a.Lengths != nil {
			n = int(a.Lengths[b])
		}
		for h := range a.Heads {
			for i := range n {
				part := func(j, which int) []float64 {
					return qkv.Row(b*a.Time + j)[which*e+h*a.Size:][:a.Size]
				}
				scores := ref.New(1, i+1)
				for j := range scores.Data {
					for k, q := range part(i, 0) {
						scores.Data[j] += q * part(j, 1)[k] / math.Sqrt(float64(a.Size))
					}
				}
				for j, p := range ref.Softmax(scores).Data {
					for k, v := range part(j, 2) {
						y.Row(b*a.Time + i)[h*a.Size+k] += p * keep(b, h, i, j) * v
					}
				}
			}
		}
	}
	return y
}

func lmLoss64(labels, ids []int32, scale float64) func(in []ref.Matrix) ref.Matrix {
	return func(in []ref.Matrix) ref.Matrix {
		h, w := in[0], in[1]
		if ids != nil {
			rows := ref.New(len(ids), w.Cols)
			for i, id := range ids {
				copy(rows.Row(i), w.Row(int(id)))
			}
			w = rows
		}
		loss := ref.New(1, 1)
		for i, row := range labels {
			if row >= 0 {
				p := ref.LogSoftmax(ref.MatMul(ref.Matrix{Rows: 1, Cols: h.Cols, Data: h.Row(i)}, w.T()))
				loss.Data[0] -= scale * p.Data[row]
			}
		}
		return loss
	}
}

// byDifferences is the vector-Jacobian product of f by central differences.
func byDifferences(f func(in []ref.Matrix) ref.Matrix) func(in []ref.Matrix, g ref.Matrix) []ref.Matrix {
	return func(in []ref.Matrix, g ref.Matrix) (grads []ref.Matrix) {
		for _, x := range in {
			grads = append(grads, differences(x, func() (dot float64) {
				for i, v := range f(in).Data {
					dot += v * g.Data[i]
				}
				return dot
			}))
		}
		return grads
	}
}

// keepOf finds the mask of dropout from what attention does with values of which one is 1: the weights themselves.
func keepOf(a kernels.Attention) func(b, h, i, j int) float64 {
	e, drop := a.Heads*a.Size, a.Drop
	a.Lengths = nil
	kept := map[[4]int]bool{}
	for b := range a.Batch {
		for j := range a.Time {
			qkv := make([]float32, a.Batch*a.Time*3*e)
			kernels.Fill(qkv[((b*a.Time+j)*3+2)*e:][:e], 1)
			y := make([]float32, a.Batch*a.Time*e)
			a.Forward(y, nil, qkv)
			for i := j; i < a.Time; i++ {
				for h := range a.Heads {
					kept[[4]int{b, h, i, j}] = y[(b*a.Time+i)*e+h*a.Size] > 0
				}
			}
		}
	}
	return func(b, h, i, j int) float64 {
		switch {
		case drop.P == 0:
			return 1
		case kept[[4]int{b, h, i, j}]:
			return 1 / (1 - float64(drop.P))
		}
		return 0
	}
}

func attentionCase(seed uint64, a kernels.Attention) opCase {
	keep := keepOf(a)
	want := func(in []ref.Matrix) ref.Matrix { return attention64(in[0], a, keep) }
	return opCase{
		"Attention", []tensor.Tensor{random(seed, a.Batch*a.Time, 3*a.Heads*a.Size)},
		func(t *autograd.Tape, in []autograd.Var) autograd.Var { return t.Attention(in[0], a) }, want, byDifferences(want),
	}
}

func lmLossCase(n, e, v int, ids []int32) opCase {
	labels := make([]int32, n)
	most := v
	if ids != nil {
		most = len(ids)
	}
	for i := range labels {
		labels[i] = int32((i*5+1)%(most+1)) - 1
	}
	const scale = 0.25
	want := lmLoss64(labels, ids, scale)
	return opCase{
		"LMLoss", []tensor.Tensor{random(61, n, e), random(62, v, e)},
		func(t *autograd.Tape, in []autograd.Var) autograd.Var {
			return t.LMLoss(in[0], in[1], labels, ids, scale)
		}, want, byDifferences(want),
	}
}

func TestTransformerGradientsAgreeWithDifferences(t *testing.T) {
	type tape = *autograd.Tape
	type vals = []autograd.Var
	eachFamily(t, func(t *testing.T) {
		worst = 0
		for _, size := range [][2]int{{1, 2}, {3, 5}, {7, 20}} {
			n, d := size[0], size[1]
			ids := make([]int32, 2*n)
			for i := range ids {
				ids[i] = int32(i * i % n)
			}
			gather := func(in []ref.Matrix) ref.Matrix {
				y := ref.New(len(ids), d)
				for i, id := range ids {
					copy(y.Row(i), in[0].Row(int(id)))
				}
				return y
			}
			x := random(1, n, d)
			for _, c := range []opCase{
				{"LayerNorm", []tensor.Tensor{x, random(2, d), random(3, d)}, func(t tape, in vals) autograd.Var {
					return t.LayerNorm(in[0], in[1], in[2], 1e-3)
				}, layerNorm64, byDifferences(layerNorm64)},
				{"Gelu", []tensor.Tensor{x}, func(t tape, in vals) autograd.Var { return t.Gelu(in[0]) }, gelu64, byDifferences(gelu64)},
				{"Embedding", []tensor.Tensor{x}, func(t tape, in vals) autograd.Var { return t.Embedding(in[0], ids) }, gather, byDifferences(gather)},
			} {
				checkCase(t, c, fmt.Sprintf("%s of %v", c.name, size))
			}
		}
		drop := kernels.Dropout{Seed: 1, Stream: 2, Step: 3, P: 0.3}
		for _, c := range []opCase{
			attentionCase(5, kernels.Attention{Batch: 2, Time: 5, Heads: 2, Size: 3}),
			attentionCase(6, kernels.Attention{Batch: 2, Time: 4, Heads: 2, Size: 2, Lengths: []int32{2, 4}}),
			attentionCase(7, kernels.Attention{Batch: 2, Time: 6, Heads: 1, Size: 4, Drop: drop}),
			lmLossCase(5, 4, 7, nil), lmLossCase(9, 3, 20, []int32{1, 4, 5, 17}), lmLossCase(1, 1, 1, nil),
		} {
			checkCase(t, c, c.name)
		}
		t.Logf("largest distance: %.1e of the norm", worst)
	})
}

// A table that is both embedding and head gets the gradients of both ends.
func TestTiedHead(t *testing.T) {
	ids, labels := []int32{0, 3, 3, 1}, []int32{2, -1, 0, 3}
	f := func(in []ref.Matrix) ref.Matrix {
		x := ref.New(len(ids), in[0].Cols)
		for i, id := range ids {
			copy(x.Row(i), in[0].Row(int(id)))
		}
		return lmLoss64(labels, nil, 0.5)([]ref.Matrix{x, in[0]})
	}
	checkCase(t, opCase{
		"tied", []tensor.Tensor{random(1, 5, 6)}, func(t *autograd.Tape, in []autograd.Var) autograd.Var {
			return t.LMLoss(t.Embedding(in[0], ids), in[0], labels, nil, 0.5)
		}, f, byDifferences(f),
	}, "tied head")
}

// Without a gradient the logits are made some rows at a time.
func TestLMLossWithoutGradient(t *testing.T) {
	h, w := random(1, 600, 16), random(2, 50, 16)
	labels := make([]int32, 600)
	for i := range labels {
		labels[i] = int32(i%51) - 1
	}
	tape := newTape()
	with := tape.LMLoss(tape.Input(h), tape.Const(w), labels, nil, 0.1).Scalar()
	require.Equal(t, with, tape.LMLoss(tape.Const(h), tape.Const(w), labels, nil, 0.1).Scalar())
}

// Loss and gradients of BackwardLM are those of LMLoss and Backward to the bit, below a layer and for a table that is embedding and head, and
// it asks for less memory.
func TestBackwardLMIsBackwardOfLMLoss(t *testing.T) {
	const n, e, v = 600, 16, 70
	labels, rows := make([]int32, n), make([]int32, n)
	for i := range labels {
		labels[i], rows[i] = int32(i%30)-1, int32(i*7%v)
	}
	ids := make([]int32, 30)
	for i := range ids {
		ids[i] = int32(2*i + 1)
	}
	eachFamily(t, func(t *testing.T) {
		for _, head := range [][]int32{nil, ids} {
			for _, c := range []struct{ table, layer bool }{{true, true}, {true, false}, {false, true}} {
				run := func(whole bool) (loss float32, grads [][]float32, bytes int) {
					var arena tensor.Arena
					tape := autograd.New(&arena)
					leaf := func(x tensor.Tensor, trained bool) autograd.Var {
						if !trained {
							return tape.Const(x)
						}
						grads = append(grads, make([]float32, x.Len()))
						kernels.Fill(grads[len(grads)-1], 1)
						return tape.Leaf(x, grads[len(grads)-1])
					}
					w := leaf(random(1, v, e), c.table)
					h := tape.Linear(tape.Embedding(w, rows), leaf(random(2, e, e), c.layer), leaf(random(3, e), c.layer))
					if whole {
						y := tape.LMLoss(h, w, labels, head, 0.1)
						tape.Backward(y)
						loss = y.Scalar()
					} else {
						loss = tape.BackwardLM(h, w, labels, head, 0.1)
					}
					tape.Reset()
					return loss, grads, arena.Size()
				}
				loss, grads, bytes := run(true)
				lossInParts, gradsInParts, less := run(false)
				require.NotZero(t, loss)
				require.Equal(t, loss, lossInParts)
				require.Equal(t, grads, gradsInParts)
				require.Less(t, less, bytes)
			}
		}
	})
}

// A table that is computed has a gradient too, and its node is walked to although it is younger than h.
func TestBackwardLMOfComputedTable(t *testing.T) {
	labels := []int32{0, 3, -1, 2}
	run := func(f func(tape *autograd.Tape, h, w autograd.Var)) (grads [2][]float32) {
		tape := newTape()
		x, table := random(1, 4, 3), random(2, 5, 3)
		grads = [2][]float32{make([]float32, x.Len()), make([]float32, table.Len())}
		f(tape, tape.Leaf(x, grads[0]), tape.Tanh(tape.Leaf(table, grads[1])))
		return grads
	}
	whole := run(func(tape *autograd.Tape, h, w autograd.Var) { tape.Backward(tape.LMLoss(h, w, labels, nil, 1)) })
	require.NotZero(t, whole[1][0])
	require.Equal(t, whole, run(func(tape *autograd.Tape, h, w autograd.Var) { tape.BackwardLM(h, w, labels, nil, 1) }))
}

func TestTransformerMistakesPanic(t *testing.T) {
	tape := newTape()
	a, b := tape.Const(random(1, 2, 3)), tape.Const(random(2, 4, 5))
	for want, f := range map[string]func(){
		"autograd: LayerNorm of [2 3] and [4 5]":                func() { tape.LayerNorm(a, b, b, 1e-5) },
		"autograd: LMLoss of [2 3] and [4 5]":                   func() { tape.LMLoss(a, b, []int32{0, 0}, nil, 1) },
		"autograd: BackwardLM of [2 3] and [4 5]":               func() { tape.BackwardLM(a, b, []int32{0, 0}, nil, 1) },
		"autograd: BackwardLM of a Var that depends on no leaf": func() { tape.BackwardLM(a, a, []int32{0, 0}, nil, 1) },
		"autograd: Attention of [2 3] as 1 sequences of 2 with 1 heads of 2": func() {
			tape.Attention(a, kernels.Attention{Batch: 1, Time: 2, Heads: 1, Size: 2})
		},
		"kernels: Gather from [4 5] with id 4 in row 0": func() { tape.Embedding(b, []int32{4}) },
		"autograd: Gelu has no second derivative": func() {
			x := tape.Input(random(1, 2, 2))
			tape.Grad(tape.Sum(tape.Gelu(x)), x, autograd.Create)
		},
	} {
		require.PanicsWithValue(t, want, f, want)
	}
}

// Gelu in a product's epilogue, and its derivative in that of the product whose gradient it meets, have the bits of Gelu alone: with one
// use of the activation, with two, and where its own gradient is asked for.
func TestLinearActOfGelu(t *testing.T) {
	const n, d, f = 37, 20, 50
	x, w, out := random(1, n, d), random(2, d, f), random(3, f, d)
	for uses := 1; uses <= 2; uses++ {
		var values [2][][]float32
		for i := range 2 {
			tape := newTape()
			wg, og, bg := make([]float32, d*f), make([]float32, f*d), make([]float32, f)
			in, up := tape.Input(x), tape.Leaf(w, wg)
			bias := tape.Leaf(random(4, f), bg)
			var h autograd.Var
			if i == 0 {
				h = tape.Gelu(tape.Linear(in, up, bias))
			} else {
				h = tape.LinearAct(in, up, bias, autograd.Epilogue{Act: kernels.GELU})
			}
			y := tape.Sum(tape.MatMul(h, tape.Leaf(out, og)))
			if uses == 2 {
				y = tape.Add(y, tape.Sum(tape.Square(h)))
			}
			values[i] = append(values[i], h.Data(), tape.Grad(y, h).Data(), tape.Grad(y, in).Data())
			for range 2 {
				tape.Backward(y)
			}
			values[i] = append(values[i], wg, bg, og)
		}
		require.Equal(t, values[0], values[1], "%d uses", uses)
	}
	tape := newTape()
	in := tape.Input(x)
	y := tape.LinearAct(in, tape.Const(w), autograd.Var{}, autograd.Epilogue{Act: kernels.GELU})
	require.PanicsWithValue(t, "autograd: Gelu has no second derivative", func() { tape.Grad(tape.Sum(y), in, autograd.Create) })
}
