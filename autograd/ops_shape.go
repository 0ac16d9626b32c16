package autograd

import (
	"fmt"
	"slices"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// Concat puts matrices with N rows side by side: [N, D1], [N, D2], ... give [N, D1+D2+...]. It panics where the numbers of
// rows differ and where there is nothing.
func (t *Tape) Concat(xs ...Var) Var {
	if len(xs) > maxIn {
		return t.Concat(t.Concat(xs[:maxIn]...), t.Concat(xs[maxIn:]...))
	}
	if len(xs) == 0 {
		panic("autograd: Concat of nothing")
	}
	var in [maxIn]*node
	rows, cols := 0, 0
	for i, x := range xs {
		a, r, c := t.matrix("Concat", x)
		if i > 0 && r != rows {
			mismatch("Concat", in[0], a)
		}
		in[i], rows, cols = a, r, cols+c
	}
	n, y := t.fresh(opConcat, rows, cols, in[0], in[1], in[2], in[3])
	at := 0
	for _, a := range in[:len(xs)] {
		width := a.val.Shape[1]
		t.copyRows(n.val.Data, at, cols, a.val.Data, 0, width, rows, width)
		at += width
	}
	return y
}

// Slice is the columns lo to hi-1 of x [N, D]. It panics where there are no such columns.
func (t *Tape) Slice(x Var, lo, hi int) Var {
	a, rows, cols := t.matrix("Slice", x)
	if lo < 0 || hi < lo || hi > cols {
		panic(fmt.Sprintf("autograd: Slice of %v to columns %d to %d", a.val.Shape, lo, hi))
	}
	width := hi - lo
	n, y := t.fresh(opSlice, rows, width, a)
	n.at = lo
	t.copyRows(n.val.Data, 0, width, a.val.Data, lo, cols, rows, width)
	return y
}

// pad is x [N, H] as the columns from at of a matrix [N, D] that is 0 elsewhere.
func (t *Tape) pad(x Var, at, cols int) Var {
	a, rows, width := t.matrix("Pad", x)
	n, y := t.fresh(opPad, rows, cols, a)
	n.at = at
	clear(n.val.Data)
	t.copyRows(n.val.Data, at, cols, a.val.Data, 0, width, rows, width)
	return y
}

// copyTask copies some columns of some rows from one matrix to another in every chunk.
type copyTask struct {
	dst, src          []float32
	to, from          int // first column
	dstCols, srcCols  int
	rows, width, each int
}

// Chunk copies each rows.
func (c *copyTask) Chunk(i int) {
	for r := i * c.each; r < min((i+1)*c.each, c.rows); r++ {
		at := r*c.dstCols + c.to
		copy(c.dst[at:at+c.width], c.src[r*c.srcCols+c.from:])
	}
}

// copyChunk is about how many numbers a chunk copies.
const copyChunk = 1 << 16

// copyRows copies width columns of each row, from column from of src [rows, srcCols] to column to of dst [rows, dstCols].
func (t *Tape) copyRows(dst []float32, to, dstCols int, src []float32, from, srcCols, rows, width int) {
	each := max(1, copyChunk/max(1, width))
	t.copies = copyTask{dst, src, to, from, dstCols, srcCols, rows, width, each}
	kernels.Run(&t.copies, (rows+each-1)/each)
	t.copies = copyTask{}
}

// Rows is the rows lo to hi-1 of x [N, D]. It panics where there are no such rows.
func (t *Tape) Rows(x Var, lo, hi int) Var {
	a, rows, cols := t.matrix("Rows", x)
	if lo < 0 || hi < lo || hi > rows {
		panic(fmt.Sprintf("autograd: Rows of %v from %d to %d", a.val.Shape, lo, hi))
	}
	return t.Reshape(t.Slice(t.Reshape(x, 1, rows*cols), lo*cols, hi*cols), hi-lo, cols)
}

// Stack puts matrices with D columns below each other: [N1, D], [N2, D], ... give [N1+N2+..., D]. It panics where the
// numbers of columns differ and where there is nothing.
func (t *Tape) Stack(xs ...Var) Var {
	if len(xs) == 1 {
		return xs[0]
	}
	if len(xs) > 2 {
		return t.Stack(t.Stack(xs[:2]...), t.Stack(xs[2:]...))
	}
	if len(xs) == 0 {
		panic("autograd: Stack of nothing")
	}
	a, n, cols := t.matrix("Stack", xs[0])
	b, m, other := t.matrix("Stack", xs[1])
	if cols != other {
		mismatch("Stack", a, b)
	}
	return t.Reshape(t.Concat(t.Reshape(xs[0], 1, n*cols), t.Reshape(xs[1], 1, m*cols)), n+m, cols)
}

// Reshape is x with another shape of the same length. Nothing is copied. It panics where the lengths differ.
func (t *Tape) Reshape(x Var, shape ...int) Var { return t.view(x, shape) }

func (t *Tape) view(x Var, shape []int) Var {
	a := t.at(x)
	size := 1
	for _, d := range shape {
		size *= d
	}
	if size != len(a.val.Data) || slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		panic(fmt.Sprintf("autograd: Reshape of %v to %v", a.val.Shape, slices.Clone(shape)))
	}
	n, y := t.emit(opReshape, a)
	n.val = tensor.Tensor{Shape: t.arena.Shape(shape...), Data: a.val.Data}
	if t.silent && (a.refs > 0 || a.shared) {
		a.shared, n.shared = true, true // two gradients in one place: neither may be overwritten
	} else {
		a.taken = t.silent
	}
	return y
}

// SpanHead applies tanh or softmax((x + noise)/tau) to spans of the columns of x [N, D], as [kernels.SpanForward] does; other
// columns stay. noise nil is none. It panics where a span leaves the matrix or the length of given noise does not fit.
func (t *Tape) SpanHead(x Var, spans []kernels.Span, tau float32, noise *kernels.Noise) Var {
	a, rows, cols := t.matrix("SpanHead", x)
	n, y := t.unary(opSpanHead, a)
	n.spans, n.s = spans, tau
	kernels.SpanForward(n.val.Data, a.val.Data, rows, cols, spans, tau, noise)
	return y
}
