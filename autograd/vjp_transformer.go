package autograd

import (
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

func layerNormVJP(t *Tape, n *node, g Var) {
	x, gamma := t.node(n.in[0]).val, t.node(n.in[1]).val
	dx, d := t.dest(g)
	dgamma, dg := t.scratch(gamma)
	dbeta, db := t.scratch(gamma)
	kernels.LayerNormGrad(dx, dgamma, dbeta, g.Data(), x.Data, n.mean, n.rstd, gamma.Data, x.Shape[0], x.Shape[1])
	t.give(n, 0, d)
	t.give(n, 1, dg)
	t.give(n, 2, db)
}

func geluVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	kernels.GeluGrad(dx, g.Data(), t.input(n, 0).Data())
	t.give(n, 0, d)
}

func attentionVJP(t *Tape, n *node, g Var) {
	qkv := t.node(n.in[0]).val
	dx, d := t.scratch(qkv)
	n.attention.Backward(dx, g.Data(), n.saved, qkv.Data)
	t.give(n, 0, d)
}

func embeddingVJP(t *Tape, n *node, g Var) {
	if t.want(n, 0) {
		t.giveRows(n, 0, g, n.ids)
	}
}

// lmLossVJP has the gradient of the logits, but for the factor g.
func lmLossVJP(t *Tape, n *node, g Var) {
	h, w := t.node(n.in[0]), t.node(n.in[1])
	if f := g.Data()[0]; f != n.s { // the gradient of a loss is 1, as a rule
		kernels.Scale(n.saved, n.saved, f/n.s)
		n.s = f
	}
	rows, table := h.val.Shape[0], w.val
	if n.ids != nil {
		table = tensor.Tensor{Shape: t.arena.Shape(len(n.ids), w.val.Shape[1]), Data: n.table}
	}
	logits := t.Const(tensor.Tensor{Shape: t.arena.Shape(rows, table.Shape[0]), Data: n.saved})
	t.giveProduct(n, 0, kernels.NN, logits, t.Const(table)) // a packed copy would be made for this one use
	if n.ids == nil {
		t.giveProduct(n, 1, kernels.TN, logits, t.input(n, 0))
		return
	}
	if t.want(n, 1) {
		d := t.product("LMLoss", kernels.TN, logits, t.input(n, 0))
		t.giveRows(n, 1, d, n.ids)
	}
}

// giveRows adds row i of d to row ids[i] of the gradient of an input of n, in place where that is possible.
func (t *Tape) giveRows(n *node, input int, d Var, ids []int32) {
	w, cols := t.node(n.in[input]), d.Shape()[1]
	switch {
	case t.leaves && w.owner != nil:
		kernels.ScatterAdd(w.owner, d.Data(), ids, cols)
	case w.grad != 0 && t.owned(w):
		kernels.ScatterAdd(t.node(w.grad).val.Data, d.Data(), ids, cols)
	default:
		dw, all := t.scratch(w.val)
		clear(dw)
		kernels.ScatterAdd(dw, d.Data(), ids, cols)
		t.give(n, input, all)
	}
}
