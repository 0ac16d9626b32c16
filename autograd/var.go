package autograd

import (
	"fmt"
	"slices"

	"example.org/cohort/tensor"
)

// A Var is a value on a tape: a small number, to be copied freely. It is valid until the tape's Reset; using it after that, or
// with another tape, panics.
type Var struct {
	tape  *Tape
	index uint32
	epoch uint32
}

// mustBe panics unless v is a valid Var of t.
func (v Var) mustBe(t *Tape) {
	switch {
	case v.tape == nil:
		panic("autograd: a Var that is on no tape")
	case v.tape != t:
		panic("autograd: a Var of another tape")
	case v.epoch != t.epoch:
		panic("autograd: a Var was used after the tape's Reset")
	}
}

// Valid tells whether v is on a tape that has not been reset since.
func (v Var) Valid() bool { return v.tape != nil && v.epoch == v.tape.epoch }

// own is the node of v.
func (v Var) own() *node {
	if v.tape == nil || v.epoch != v.tape.epoch {
		v.mustBe(v.tape)
	}
	return v.tape.node(v.index)
}

// Value is the tensor of v, to be read only and until the tape's Reset.
func (v Var) Value() tensor.Tensor { return v.own().val }

// Data is the numbers of v, to be read only and until the tape's Reset.
func (v Var) Data() []float32 { return v.own().val.Data }

// Shape is the shape of v, to be read only and until the tape's Reset.
func (v Var) Shape() []int { return v.own().val.Shape }

// Scalar is the only element of v. It panics where there is not exactly one.
func (v Var) Scalar() float32 {
	x := v.own().val
	if len(x.Data) != 1 {
		panic(fmt.Sprintf("autograd: Scalar of %v", x.Shape))
	}
	return x.Data[0]
}

// Const is a tensor that no gradient flows to. The numbers are not copied.
func (t *Tape) Const(x tensor.Tensor) Var {
	n, v := t.emit(opLeaf)
	n.val = x
	return v
}

// Input is a tensor whose gradient [Tape.Grad] can be asked for. The numbers are not copied.
func (t *Tape) Input(x tensor.Tensor) Var {
	n, v := t.emit(opLeaf)
	n.val = x
	n.needs = true
	return v
}

// Leaf is a tensor that is trained: [Tape.Backward] adds to grad, which has the shape of x. Neither is copied. It panics
// where the lengths differ.
func (t *Tape) Leaf(x tensor.Tensor, grad []float32) Var {
	if len(grad) != len(x.Data) {
		panic(fmt.Sprintf("autograd: Leaf of %v with a gradient of %d numbers", x.Shape, len(grad)))
	}
	n, v := t.emit(opLeaf)
	n.val = x
	n.needs, n.trains, n.owner = true, true, grad
	return v
}

// Detach is the value of x as a constant.
func (t *Tape) Detach(x Var) Var {
	a := t.at(x)
	n, v := t.emit(opLeaf)
	n.val, n.weight = a.val, a.weight
	return v
}

// matrix is the node of v, and its N and D. It panics where the value is not a matrix.
func (t *Tape) matrix(op string, v Var) (n *node, rows, cols int) {
	n = t.at(v)
	if len(n.val.Shape) != 2 {
		panic(fmt.Sprintf("autograd: %s of %v, which is no matrix", op, n.val.Shape))
	}
	return n, n.val.Shape[0], n.val.Shape[1]
}

// pair is the nodes of two Vars. It panics where their shapes differ.
func (t *Tape) pair(op string, x, y Var) (a, b *node) {
	a, b = t.at(x), t.at(y)
	if !slices.Equal(a.val.Shape, b.val.Shape) {
		mismatch(op, a, b)
	}
	return a, b
}

// side is the node of a vector that goes with a matrix. It panics where it does not have n numbers.
func (t *Tape) side(op string, m *node, v Var, n int) *node {
	s := t.at(v)
	if len(s.val.Data) != n {
		mismatch(op, m, s)
	}
	return s
}

func mismatch(op string, a, b *node) {
	panic(fmt.Sprintf("autograd: %s of %v and %v", op, a.val.Shape, b.val.Shape))
}
