package autograd

import (
	"fmt"

	"example.org/cohort/kernels"
)

// An Epilogue is what [Tape.LinearAct] does after its product, in this order: activation, dropout. The zero value is nothing.
type Epilogue struct {
	Act   kernels.Act
	Slope float32         // of LeakyReLU
	Drop  kernels.Dropout // P 0: none
}

// MatMul is a b: [N, D] and [D, H] give [N, H]. It panics where the shapes do not fit.
func (t *Tape) MatMul(a, b Var) Var { return t.product("MatMul", kernels.NN, a, b) }

// MatMulNT is a b', where b is stored transposed: [N, D] and [H, D] give [N, H]. It panics where the shapes do not fit.
func (t *Tape) MatMulNT(a, b Var) Var { return t.product("MatMulNT", kernels.NT, a, b) }

// MatMulTN is a' b, where a is stored transposed: [D, N] and [D, H] give [N, H]. It panics where the shapes do not fit.
func (t *Tape) MatMulTN(a, b Var) Var { return t.product("MatMulTN", kernels.TN, a, b) }

func (t *Tape) product(op string, l kernels.Layout, a, b Var) Var {
	an, _, _ := t.left(op, a)
	bn, _, _ := t.matrix(op, b)
	rows, cols, inner, ok := extent(l, an, bn)
	if !ok {
		mismatch(op, an, bn)
	}
	n, y := t.fresh(opMatMul, rows, cols, an, bn)
	n.layout = l
	t.gemm(l, rows, cols, inner, an, bn, n.val.Data, nil)
	return y
}

// MatMulAdd is c + a b: [N, D] and [D, H] and [N, H] give [N, H]. The sum takes the place of c, which must be the value of MatMul,
// Linear or MatMulAdd and have no other use, before or after. It panics where the shapes do not fit and where c is of another
// operation.
func (t *Tape) MatMulAdd(a, b, c Var) Var {
	an, rows, inner := t.left("MatMulAdd", a)
	bn, innerB, cols := t.matrix("MatMulAdd", b)
	if inner != innerB {
		mismatch("MatMulAdd", an, bn)
	}
	cn, rowsC, colsC := t.matrix("MatMulAdd", c)
	if rows != rowsC || cols != colsC {
		mismatch("MatMulAdd", bn, cn)
	}
	switch plain := cn.op == opLinear && cn.ep == (Epilogue{}); {
	case cn.op != opMatMul && cn.op != opMatMulAdd && !plain, len(cn.val.Data) != rows*cols:
		panic(fmt.Sprintf("autograd: MatMulAdd to %v, which is no product's value of its own", cn.val.Shape))
	}
	n, y := t.emit(opMatMulAdd, an, bn, cn)
	n.val = cn.val
	cn.val.Data = nil
	t.gemm(kernels.NN, rows, cols, inner, an, bn, n.val.Data, &kernels.Epilogue{Add: true})
	return y
}

// Linear is x w + b: [N, D], [D, H] and [H] give [N, H]. The zero Var as b is none. It panics where the shapes do not fit.
func (t *Tape) Linear(x, w, b Var) Var { return t.LinearAct(x, w, b, Epilogue{}) }

// LinearAct is [Tape.Linear] with an activation and dropout while the numbers are in registers. Its bits are those of Linear,
// LeakyReLU, ReLU or Gelu, and Dropout one after the other. It panics where the shapes do not fit, where the slope of
// LeakyReLU is not positive, and for Gelu with dropout.
func (t *Tape) LinearAct(x, w, b Var, e Epilogue) Var {
	an, rows, inner := t.left("Linear", x)
	wn, innerW, cols := t.matrix("Linear", w)
	if inner != innerW {
		mismatch("Linear", an, wn)
	}
	if e.Act == kernels.LeakyReLU {
		mustBePositive(e.Slope)
	}
	k := kernels.Epilogue{Act: e.Act, Slope: e.Slope}
	var bn *node
	if b != (Var{}) {
		bn = t.side("Linear", wn, b, cols)
		k.Bias = bn.val.Data
	}
	n, y := t.fresh(opLinear, rows, cols, an, wn, bn)
	n.ep = e
	if e.Drop.P > 0 {
		k.Drop = &n.ep.Drop
	}
	if e.Act == kernels.GELU && n.needs {
		n.saved = t.floats(rows * cols)
		k.Pre = n.saved
	}
	t.gemm(kernels.NN, rows, cols, inner, an, wn, n.val.Data, &k)
	return y
}

func mustBePositive(slope float32) {
	if !(slope > 0) {
		panic(fmt.Sprintf("autograd: LeakyReLU with slope %v, which is not positive", slope))
	}
}

// AddBias adds b [D] to every row of x [N, D]. It panics where the shapes do not fit.
func (t *Tape) AddBias(x, b Var) Var {
	a, rows, cols := t.matrix("AddBias", x)
	s := t.side("AddBias", a, b, cols)
	n, y := t.emit(opAddBias, a, s)
	n.val.Shape, n.val.Data = a.val.Shape, t.floats(rows*cols)
	kernels.AddBias(n.val.Data, a.val.Data, s.val.Data, rows, cols)
	return y
}

// colSums is the sums of the columns of x [N, D], as shape [D]: the gradient of a bias.
func (t *Tape) colSums(x Var, shape []int) Var {
	a, rows, cols := t.matrix("ColSums", x)
	n, y := t.emit(opColSums, a)
	n.val.Shape, n.val.Data = shape, t.floats(cols)
	kernels.ColSums(n.val.Data, a.val.Data, rows, cols)
	return y
}

// repeatRows is x [D] in every row of a matrix like another one [N, D].
func (t *Tape) repeatRows(x Var, like *node) Var {
	a := t.at(x)
	n, y := t.emit(opRepeatRows, a)
	n.val.Shape, n.val.Data = like.val.Shape, t.floats(len(like.val.Data))
	d := len(a.val.Data)
	for i := 0; i < len(n.val.Data); i += d {
		copy(n.val.Data[i:i+d], a.val.Data)
	}
	return y
}
