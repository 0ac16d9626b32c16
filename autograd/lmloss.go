package autograd

import (
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// lmRows is how many rows of logits there are at a time, unless a gradient will be asked for later. It is the kernels' block of K, so
// that the gradient of the table is added up in the same order as over all rows at once.
const lmRows = 256

// A lmHead is the head and the loss of a language model at work.
type lmHead struct {
	t             *Tape
	h, w          *node
	rows, cols, e int       // N, V or the ids' number, E
	table         []float32 // [V, E], or its rows that ids names
	labels        []int32
	losses        []float32 // [N]
	scale         float32
}

func (t *Tape) newLMHead(op string, h, w Var, labels, ids []int32, scale float32) lmHead {
	a, rows, e := t.matrix(op, h)
	b, v, eb := t.matrix(op, w)
	if e != eb {
		mismatch(op, a, b)
	}
	l := lmHead{t: t, h: a, w: b, rows: rows, cols: v, e: e, table: b.val.Data, labels: labels, losses: t.arena.Floats(rows), scale: scale}
	if ids != nil {
		l.cols = len(ids)
		l.table = t.arena.Floats(l.cols * e)
		kernels.Gather(l.table, b.val.Data, ids, e)
	}
	return l
}

// part computes the losses of the rows lo to hi-1, and the gradients of their logits [hi-lo, cols].
func (l *lmHead) part(logits []float32, lo, hi int) {
	m := hi - lo
	l.t.multiply(kernels.NT, m, l.cols, l.e, l.h.val.Data[lo*l.e:], l.e, l.table, l.e, logits, l.cols, nil)
	kernels.LMLoss(logits[:m*l.cols], l.labels[lo:hi], m, l.cols, l.scale, l.losses[lo:hi])
}

func (l *lmHead) sum() float32 { return l.scale * kernels.Sum(l.losses) }

// LMLoss is scale times the sum over the rows of -ln softmax(h w')[label], as shape [1]: the head and the loss of a language
// model in one, h [N, E] and the table w [V, E]. Rows with a negative label count nothing; labels are not copied.
//
// ids, ascending and not copied, restricts head and softmax to these rows of w, and labels then count within ids; nil is all
// of them. For a gradient the logits are kept, once, as [N, V]: [Tape.BackwardLM] does without. It panics where the shapes do not
// fit, and where a label or an id is out of range.
func (t *Tape) LMLoss(h, w Var, labels, ids []int32, scale float32) Var {
	l := t.newLMHead("LMLoss", h, w, labels, ids, scale)
	n, y := t.vector(opLMLoss, 1, l.h, l.w)
	n.ids, n.s, n.table = ids, 1, l.table
	step := l.rows
	if !n.needs {
		step = min(step, lmRows)
	}
	logits := t.floats(step * l.cols)
	for r := 0; r < l.rows; r += step {
		l.part(logits, r, min(r+step, l.rows))
	}
	if n.needs {
		n.saved = logits
	}
	n.val.Data[0] = l.sum()
	return y
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

// BackwardLM is [Tape.LMLoss] and [Tape.Backward] from it in one, and gives the loss; the bits are the same, but with [Tape.UseBF16]. Logits and their gradient
// are there for some rows at a time, never as [N, V]. It panics as the two do.
func (t *Tape) BackwardLM(h, w Var, labels, ids []int32, scale float32) float32 {
	const op = "BackwardLM"
	l := t.newLMHead(op, h, w, labels, ids, scale)
	if !l.h.trains && !l.w.trains {
		panic("autograd: BackwardLM of a Var that depends on no leaf")
	}
	t.silent, t.leaves, t.stamp = true, true, 0
	n, _ := t.emit(opLMLoss, l.h, l.w)
	var dh, dw []float32
	var addH, addW bool
	if l.h.trains {
		dh, addH = t.target(l.h)
	}
	switch {
	case !l.w.trains:
	case ids != nil:
		dw = t.arena.Floats(l.cols * l.e)
	default:
		dw, addW = t.target(l.w)
	}
	step := min(l.rows, lmRows)
	logits := t.floats(step * l.cols)
	for r := 0; r < l.rows; r += step {
		end := min(r+step, l.rows)
		l.part(logits, r, end)
		if dh != nil {
			t.multiply(kernels.NN, end-r, l.e, l.cols, logits, l.cols, l.table, l.e, dh[r*l.e:], l.e, &kernels.Epilogue{Add: addH})
		}
		if dw != nil {
			t.multiply(kernels.TN, l.cols, l.e, end-r, logits, l.cols, l.h.val.Data[r*l.e:], l.e, dw, l.e, &kernels.Epilogue{Add: addW || r > 0})
		}
	}
	if l.w.trains && ids != nil {
		d := t.Const(tensor.Tensor{Shape: t.arena.Shape(l.cols, l.e), Data: dw})
		t.giveRows(n, 1, d, ids)
	}
	t.down(max(l.h.self, l.w.self))
	t.silent, t.leaves = false, false
	return l.sum()
}
