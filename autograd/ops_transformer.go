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

// lmRows is how many rows of logits there are at a time where no gradient will be asked for.
const lmRows = 256

// LMLoss is scale times the sum over the rows of -ln softmax(h w')[label], as shape [1]: the head and the loss of a language
// model in one, h [N, E] and the table w [V, E]. Rows with a negative label count nothing; labels are not copied.
//
// ids, ascending and not copied, restricts head and softmax to these rows of w, and labels then count within ids; nil is all
// of them. The logits exist once, as [N, V], and become their own gradient. It panics where the shapes do not fit, and where
// a label or an id is out of range.
func (t *Tape) LMLoss(h, w Var, labels, ids []int32, scale float32) Var {
	a, rows, e := t.matrix("LMLoss", h)
	b, v, eb := t.matrix("LMLoss", w)
	if e != eb {
		mismatch("LMLoss", a, b)
	}
	n, y := t.vector(opLMLoss, 1, a, b)
	n.ids, n.s = ids, 1
	table := b.val.Data
	if ids != nil {
		v = len(ids)
		table = t.arena.Floats(v * e)
		kernels.Gather(table, b.val.Data, ids, e)
		n.table = table
	}
	losses := t.arena.Floats(rows)
	step := rows
	if !n.needs {
		step = min(rows, lmRows)
	}
	logits := t.floats(step * v)
	for r := 0; r < rows; r += step {
		m := min(step, rows-r)
		kernels.Gemm(kernels.NT, m, v, e, a.val.Data[r*e:], e, table, e, logits, v, nil)
		kernels.LMLoss(logits[:m*v], labels[r:r+m], m, v, scale, losses[r:r+m])
	}
	if n.needs {
		n.saved = logits
	}
	n.val.Data[0] = scale * kernels.Sum(losses)
	return y
}
