package autograd

import (
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A Mode says what becomes of what [Tape.Grad] computes.
type Mode uint8

// The modes of Grad.
const (
	Plain  Mode = iota // the gradient is a constant
	Create             // the gradient is recorded and can be differentiated again
)

// Backward adds the gradient of y to the gradients of all leaves that y depends on. Where y has several elements it is the
// gradient of their sum. It panics where y depends on no leaf, and where an operation between them has no gradient.
func (t *Tape) Backward(y Var) {
	n := t.at(y)
	if !n.trains {
		panic("autograd: Backward of a Var that depends on no leaf")
	}
	t.silent, t.leaves, t.stamp = true, true, 0
	t.walk(n)
	t.silent, t.leaves = false, false
}

// Grad is the gradient of y, or of the sum of its elements, for x, with x's shape; zeros where y does not depend on x. It
// leaves the gradients of leaves alone. With Create it can be differentiated again; an operation between x and y that has
// no second derivative panics then, and the tape needs a Reset. It panics where x is a constant.
func (t *Tape) Grad(y, x Var, mode ...Mode) Var {
	t.grads(y, []Var{x}, mode)
	return t.results[0]
}

// Grads is [Tape.Grad] for several Vars in one walk. The slice that it gives lasts until the next call.
func (t *Tape) Grads(y Var, xs []Var, mode ...Mode) []Var {
	t.grads(y, xs, mode)
	return t.results
}

func (t *Tape) grads(y Var, xs []Var, mode []Mode) {
	n := t.at(y)
	t.mark(n.self, xs)
	t.silent = len(mode) == 0 || mode[0] == Plain
	if n.stamp == t.stamp {
		t.walk(n)
	}
	t.results = t.results[:0]
	for _, x := range xs {
		a := t.at(x)
		g := a.grad
		if g == 0 {
			zero, _ := t.emit(opLeaf)
			zero.val = tensor.Tensor{Shape: a.val.Shape, Data: t.arena.Floats(len(a.val.Data))}
			clear(zero.val.Data)
			g = zero.self
		}
		t.results = append(t.results, Var{t, g, t.epoch})
	}
	for _, x := range xs {
		a := t.at(x)
		a.grad, a.keep = 0, false
	}
	t.silent, t.stamp = false, 0
}

// mark stamps the nodes up to last that depend on one of xs.
func (t *Tape) mark(last uint32, xs []Var) {
	for _, x := range xs {
		if !t.at(x).needs {
			panic("autograd: Grad for a Var that is a constant")
		}
	}
	t.stamps++
	t.stamp = t.stamps
	first := last
	for _, x := range xs {
		a := t.at(x)
		a.stamp, a.keep = t.stamp, true
		first = min(first, a.self)
	}
	for i := first; i <= last; i++ {
		n := t.node(i)
		for _, in := range n.in {
			if in != 0 && n.needs && t.node(in).stamp == t.stamp {
				n.stamp = t.stamp
			}
		}
	}
}

// walk goes down from y and hands every node's gradient to its vector-Jacobian product. What a recorded walk appends lies
// above y and is not walked over.
func (t *Tape) walk(y *node) {
	y.grad = t.ones(y)
	t.node(y.grad).refs = 1
	if y.owner != nil && t.leaves { // y itself is a leaf
		t.settle(y)
		return
	}
	t.down(y.self)
}

// down does what walk does from node last on, where the gradients of the first nodes are there.
func (t *Tape) down(last uint32) {
	for i := last; i > 0; i-- {
		n := t.node(i)
		if n.grad == 0 || n.op == opLeaf {
			continue
		}
		v := vjps[n.op]
		if !t.silent && !v.second {
			panic("autograd: " + v.name + " has no second derivative")
		}
		g := t.node(n.grad)
		if !n.keep {
			n.grad = 0
			g.refs--
		}
		t.current, g.spent = g.self, false
		v.vjp(t, n, Var{t, g.self, t.epoch})
		t.current = 0
		t.done(g)
	}
}

// ones is a gradient of ones for y.
func (t *Tape) ones(y *node) uint32 {
	g, _ := t.emit(opLeaf)
	g.val = tensor.Tensor{Shape: y.val.Shape, Data: t.floats(len(y.val.Data))}
	kernels.Fill(g.val.Data, 1)
	return g.self
}

// want tells whether the walk is about input i of n.
func (t *Tape) want(n *node, i int) bool {
	a := t.node(n.in[i])
	if t.stamp != 0 {
		return a.stamp == t.stamp
	}
	return a.trains
}

// input is input i of n as a Var.
func (t *Tape) input(n *node, i int) Var { return Var{t, n.in[i], t.epoch} }

// output is the value of n as a Var.
func (t *Tape) output(n *node) Var { return Var{t, n.self, t.epoch} }

// spend says that this is the last time that a gradient is read, so that the next operation may overwrite it. It gives g.
func (t *Tape) spend(g Var) Var {
	n := t.node(g.index)
	n.spent = t.silent && n.refs == 0 && !n.shared
	return g
}

// done makes the memory of a gradient free that nobody will read any more.
func (t *Tape) done(g *node) {
	if t.silent && g.refs == 0 && !g.shared && !g.taken {
		g.taken = true
		t.arena.Discard(g.val.Data)
		t.spare = append(t.spare, g.val.Data)
	}
}

// used is done for a gradient that was added somewhere, unless it is the one of the node that the walk is at, which may be
// given to other inputs yet.
func (t *Tape) used(g *node) {
	if g.self != t.current {
		t.done(g)
	}
}

// give adds g to the gradient of input i of n, if the walk is about it.
func (t *Tape) give(n *node, i int, g Var) {
	if !t.want(n, i) {
		return
	}
	a, v := t.node(n.in[i]), t.node(g.index)
	switch {
	case t.leaves && a.owner != nil:
		kernels.AddTo(a.owner, v.val.Data)
		t.used(v)
	case a.grad == 0:
		a.grad = v.self
		v.refs++
	case t.silent && t.owned(a):
		kernels.AddTo(t.node(a.grad).val.Data, v.val.Data)
		t.used(v)
	default:
		old := t.node(a.grad)
		old.refs--
		a.grad = t.Add(Var{t, old.self, t.epoch}, g).index
		t.node(a.grad).refs = 1
		t.used(old)
		t.used(v)
	}
}

// owned tells whether the gradient of a is nobody else's, so that it may be added to in place. That of the node that the walk
// is at may be read again.
func (t *Tape) owned(a *node) bool {
	g := t.node(a.grad)
	return g.refs == 1 && !g.shared && g.self != t.current
}

// giveProduct adds the product of a and b to the gradient of input i of n. A plain walk lets the product add to it.
func (t *Tape) giveProduct(n *node, i int, l kernels.Layout, a, b Var) {
	if !t.want(n, i) {
		return
	}
	to, an, bn := t.node(n.in[i]), t.node(a.index), t.node(b.index)
	dst, add := t.target(to)
	if dst == nil {
		t.give(n, i, t.product("MatMul", l, a, b))
		return
	}
	e := kernels.Epilogue{Add: add}
	if to.op == opLinear && to.ep == (Epilogue{Act: kernels.GELU}) && to.uses == 1 && !to.keep && !add {
		e.Act, e.Pre, to.sloped = kernels.GELUGrad, to.saved, true // this product is all of its gradient
	}
	rows, cols, inner, _ := extent(l, an, bn)
	if live := t.live(to, cols); l == kernels.NT && live < cols {
		t.multiply(l, rows, live, inner, an.val.Data, inner, bn.val.Data, inner, dst, cols, &e)
		return
	}
	t.gemm(l, rows, cols, inner, an, bn, dst, &e)
}

// target is where a plain walk can put the gradient of a, and whether there is something to add it to; nil where there is no such place.
func (t *Tape) target(a *node) (dst []float32, add bool) {
	switch {
	case !t.silent:
	case t.leaves && a.owner != nil:
		return a.owner, true
	case a.grad == 0:
		s, g := t.scratch(a.val)
		a.grad, t.node(g.index).refs = g.index, 1
		return s, false
	case t.owned(a):
		return t.node(a.grad).val.Data, true
	}
	return nil, false
}

// live is how many columns of the gradient of a somebody will read: those up to the last input of a Concat that the walk is
// about. A layer whose input ends in constants need not compute the rest.
func (t *Tape) live(a *node, cols int) int {
	if a.op != opConcat || a.keep {
		return cols
	}
	for i := maxIn - 1; i >= 0 && !t.want(a, i); i-- {
		if in := a.in[i]; in != 0 {
			cols -= t.node(in).val.Shape[1]
		}
	}
	return cols
}

// settle ends a walk that begins at a leaf.
func (t *Tape) settle(leaf *node) {
	kernels.AddTo(leaf.owner, t.node(leaf.grad).val.Data)
	leaf.grad = 0
}
