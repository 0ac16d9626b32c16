package autograd

import "example.org/cohort/kernels"

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
