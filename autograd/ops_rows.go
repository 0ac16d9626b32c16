package autograd

import (
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// Sum is the sum of all elements, as shape [1].
func (t *Tape) Sum(x Var) Var { return t.sum(x, 1) }

// Mean is the mean of all elements, as shape [1]; NaN of nothing.
func (t *Tape) Mean(x Var) Var {
	return t.sum(x, 1/float32(len(t.at(x).val.Data)))
}

// sum is s times the sum of all elements.
func (t *Tape) sum(x Var, s float32) Var {
	a := t.at(x)
	n, y := t.vector(opSum, 1, a)
	n.s = s
	n.val.Data[0] = s * kernels.Sum(a.val.Data)
	return y
}

// expand is s times the one element of x, in every element of a value like another one.
func (t *Tape) expand(x Var, like *node, s float32) Var {
	a := t.at(x)
	n, y := t.emit(opExpand, a)
	n.val = tensor.Tensor{Shape: like.val.Shape, Data: t.floats(len(like.val.Data))}
	n.s = s
	kernels.Fill(n.val.Data, s*a.val.Data[0])
	return y
}

// RowSum is the sums of the rows: [N, D] gives [N]. It panics where x is no matrix.
func (t *Tape) RowSum(x Var) Var {
	a, rows, cols := t.matrix("RowSum", x)
	n, y := t.vector(opRowSum, rows, a)
	kernels.RowSums(n.val.Data, a.val.Data, rows, cols)
	return y
}

// repeatCols is x [N] in every column of a matrix like another one [N, D].
func (t *Tape) repeatCols(x Var, like *node) Var {
	a := t.at(x)
	n, y := t.emit(opRepeatCols, a)
	n.val = tensor.Tensor{Shape: like.val.Shape, Data: t.floats(len(like.val.Data))}
	d := n.val.Shape[1]
	for i, v := range a.val.Data {
		kernels.Fill(n.val.Data[i*d:i*d+d], v)
	}
	return y
}

// RowNorm is the Euclidean lengths of the rows: [N, D] gives [N]. Its gradient at a row of zeros is 0. It panics where x is
// no matrix.
func (t *Tape) RowNorm(x Var) Var {
	a, rows, cols := t.matrix("RowNorm", x)
	n, y := t.vector(opRowNorm, rows, a)
	kernels.RowNorms(n.val.Data, a.val.Data, rows, cols)
	return y
}

// MulRows multiplies row i of x [N, D] by s[i], s [N]. It panics where the shapes do not fit.
func (t *Tape) MulRows(x, s Var) Var {
	a, rows, cols := t.matrix("MulRows", x)
	b := t.side("MulRows", a, s, rows)
	n, y := t.emit(opMulRows, a, b)
	n.val = tensor.Tensor{Shape: a.val.Shape, Data: t.like(a)}
	kernels.MulRows(n.val.Data, a.val.Data, b.val.Data, rows, cols)
	return y
}

// Interpolate is s*a + (1-s)*b with one s for each row: a and b [N, D], s [N]. It panics where the shapes do not fit.
func (t *Tape) Interpolate(a, b, s Var) Var {
	t.pair("Interpolate", a, b)
	return t.Add(t.MulRows(a, s), t.MulRows(b, t.AddConst(t.Scale(s, -1), 1)))
}

// Softmax is e^x over the sum of e^x of the row, x [N, D]. It panics where x is no matrix.
func (t *Tape) Softmax(x Var) Var {
	a, rows, cols := t.matrix("Softmax", x)
	n, y := t.unary(opSoftmax, a)
	kernels.Softmax(n.val.Data, a.val.Data, rows, cols)
	return y
}

// LogSoftmax is the logarithm of [Tape.Softmax], x [N, D]. It panics where x is no matrix.
func (t *Tape) LogSoftmax(x Var) Var {
	a, rows, cols := t.matrix("LogSoftmax", x)
	n, y := t.unary(opLogSoftmax, a)
	kernels.LogSoftmax(n.val.Data, a.val.Data, rows, cols)
	return y
}
