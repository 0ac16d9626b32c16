package autograd

import (
	"fmt"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// LayerNorm is (x - mean)/sqrt(variance + eps)*gamma + beta with the statistics of each row of x [N, D]; gamma and beta are
// [D]. It panics where the shapes do not fit.
func (t *Tape) LayerNorm(x, gamma, beta Var, eps float32) Var {
	a, rows, cols := t.matrix("LayerNorm", x)
	g, b := t.side("LayerNorm", a, gamma, cols), t.side("LayerNorm", a, beta, cols)
	n, y := t.emit(opLayerNorm, a, g, b)
	n.val = tensor.Tensor{Shape: a.val.Shape, Data: t.floats(rows * cols)}
	if n.needs {
		n.mean, n.rstd = t.arena.Floats(rows), t.arena.Floats(rows)
	}
	kernels.LayerNorm(n.val.Data, n.mean, n.rstd, a.val.Data, g.val.Data, b.val.Data, rows, cols, eps)
	return y
}

// Gelu is x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))) of each element, the activation of GPT-2.
func (t *Tape) Gelu(x Var) Var { return t.maths(opGelu, x, kernels.Gelu) }

// Attention is the causal self-attention of [kernels.Attention]: qkv [N, 3E] gives [N, E], N = Batch*Time. The weights are
// computed again on the way back, and a mask of dropout is drawn again. The lengths are not copied. It panics where the
// shapes do not fit.
func (t *Tape) Attention(qkv Var, a kernels.Attention) Var {
	x, rows, cols := t.matrix("Attention", qkv)
	if rows != a.Batch*a.Time || cols != 3*a.Heads*a.Size {
		panic(fmt.Sprintf("autograd: Attention of %v as %d sequences of %d with %d heads of %d", x.val.Shape, a.Batch, a.Time, a.Heads, a.Size))
	}
	n, y := t.fresh(opAttention, rows, cols/3, x)
	n.attention = a
	if n.needs {
		n.saved = t.arena.Floats(a.Stats())
	}
	n.attention.Forward(n.val.Data, n.saved, x.val.Data)
	return y
}

// Embedding is row ids[i] of the table w [V, D] in each row i: [N, D]. The ids are not copied. It panics where w is no matrix and
// where an id is not below V.
func (t *Tape) Embedding(w Var, ids []int32) Var {
	a, _, cols := t.matrix("Embedding", w)
	n, y := t.fresh(opEmbedding, len(ids), cols, a)
	n.ids = ids
	kernels.Gather(n.val.Data, a.val.Data, ids, cols)
	return y
}
