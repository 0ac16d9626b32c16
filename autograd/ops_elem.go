package autograd

import "example.org/cohort/kernels"

// LeakyReLU is x where it is positive, else slope*x. It panics where the slope is not positive.
func (t *Tape) LeakyReLU(x Var, slope float32) Var {
	mustBePositive(slope)
	a := t.at(x)
	n, y := t.unary(opLeakyReLU, a)
	n.ep.Act, n.ep.Slope = kernels.LeakyReLU, slope
	kernels.ApplyLeakyReLU(n.val.Data, a.val.Data, slope)
	return y
}

// ReLU is x where it is positive, else 0.
func (t *Tape) ReLU(x Var) Var {
	a := t.at(x)
	n, y := t.unary(opReLU, a)
	n.ep.Act = kernels.ReLU
	kernels.ApplyReLU(n.val.Data, a.val.Data)
	return y
}

// mask is g times the derivative of an activation whose output is the value of a node.
func (t *Tape) mask(g Var, output uint32, act kernels.Act, slope float32) Var {
	a, out := t.at(g), t.node(output)
	n, y := t.unary(opMask, a)
	n.aux, n.ep.Act, n.ep.Slope = output, act, slope
	if act == kernels.ReLU {
		kernels.ReLUGrad(n.val.Data, a.val.Data, out.val.Data)
	} else {
		kernels.LeakyReLUGrad(n.val.Data, a.val.Data, out.val.Data, slope)
	}
	return y
}

// Dropout drops elements of x as d says: element i of x draws word i of the stream. The mask is not stored; the gradient draws it
// again. With P 0 it is x.
func (t *Tape) Dropout(x Var, d kernels.Dropout) Var {
	a := t.at(x)
	if d.P == 0 {
		return x
	}
	n, y := t.unary(opDropout, a)
	n.ep.Drop = d
	kernels.DropoutForward(n.val.Data, a.val.Data, d, 0)
	return y
}

// DropoutGiven is dropout with a given mask of x's shape: 0 where an element is dropped, else 1/(1-P). It panics where the
// shapes differ.
func (t *Tape) DropoutGiven(x, mask Var) Var {
	t.pair("DropoutGiven", x, mask)
	return t.Mul(x, t.Detach(mask))
}

// Tanh is the hyperbolic tangent of each element.
func (t *Tape) Tanh(x Var) Var { return t.maths(opTanh, x, kernels.Tanh) }

// Sigmoid is 1/(1 + e^-x) of each element.
func (t *Tape) Sigmoid(x Var) Var { return t.maths(opSigmoid, x, kernels.Sigmoid) }

// Exp is e^x of each element.
func (t *Tape) Exp(x Var) Var { return t.maths(opExp, x, kernels.Exp) }

// Log is the natural logarithm of each element.
func (t *Tape) Log(x Var) Var { return t.maths(opLog, x, kernels.Log) }

// Square is x*x of each element.
func (t *Tape) Square(x Var) Var { return t.maths(opSquare, x, kernels.Square) }

func (t *Tape) maths(op opcode, x Var, f func(dst, x []float32)) Var {
	a := t.at(x)
	n, y := t.unary(op, a)
	f(n.val.Data, a.val.Data)
	return y
}

// Add is a + b, elementwise. It panics where the shapes differ.
func (t *Tape) Add(a, b Var) Var { return t.binary("Add", opAdd, a, b, kernels.Add) }

// Sub is a - b, elementwise. It panics where the shapes differ.
func (t *Tape) Sub(a, b Var) Var { return t.binary("Sub", opSub, a, b, kernels.Sub) }

// Mul is a*b, elementwise. It panics where the shapes differ.
func (t *Tape) Mul(a, b Var) Var { return t.binary("Mul", opMul, a, b, kernels.Mul) }

func (t *Tape) binary(name string, op opcode, a, b Var, f func(dst, a, b []float32)) Var {
	an, bn := t.pair(name, a, b)
	n, y := t.emit(op, an, bn)
	n.val.Shape, n.val.Data = an.val.Shape, t.like(an)
	f(n.val.Data, an.val.Data, bn.val.Data)
	return y
}

// Scale is x*s with a number s.
func (t *Tape) Scale(x Var, s float32) Var {
	a := t.at(x)
	n, y := t.unary(opScale, a)
	n.s = s
	kernels.Scale(n.val.Data, a.val.Data, s)
	return y
}

// AddConst is x + s with a number s.
func (t *Tape) AddConst(x Var, s float32) Var {
	a := t.at(x)
	n, y := t.unary(opAddConst, a)
	kernels.AddConst(n.val.Data, a.val.Data, s)
	return y
}

// reciprocal is 1/x of each element, and 0 where x is 0.
func (t *Tape) reciprocal(x Var) Var {
	a := t.at(x)
	n, y := t.unary(opReciprocal, a)
	for i, v := range a.val.Data {
		if v != 0 {
			v = 1 / v
		}
		n.val.Data[i] = v
	}
	return y
}

// dest is memory for the gradient of an input with the shape of g, which may be g's own, as a Var.
func (t *Tape) dest(g Var) ([]float32, Var) {
	t.spend(g)
	d, v := t.unary(opLeaf, t.at(g))
	return d.val.Data, v
}
