package autograd

import (
	"fmt"
	"sync"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A Weight is a matrix that is trained, with copies of it in the order in which the kernels read it. Who writes to Data calls
// [Weight.Changed], so that the next use makes the copies anew. Several tapes may use a Weight at a time while nobody writes to it.
type Weight struct {
	Data tensor.Tensor // [D, H], or a vector
	Grad []float32     // what Backward adds to; nil: not trained

	mu      sync.Mutex
	version uint64
	packs   [4]pack // as stored, and transposed; both again for products of bfloat16
}

// pack is a copy of a weight, and what it is a copy of.
type pack struct {
	packed  kernels.Packed
	version uint64 // 1 more than that of the weight; 0: never packed
	asked   uint64 // the version that was asked for last, plus 1
}

// Changed tells that Data was written to.
func (w *Weight) Changed() {
	w.mu.Lock()
	w.version++
	w.mu.Unlock()
}

// Version counts the calls of Changed.
func (w *Weight) Version() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.version
}

// Weight is a leaf with packed copies: [Tape.Backward] adds to w.Grad. Without a gradient it is a constant. It panics
// where the lengths of the two differ.
func (t *Tape) Weight(w *Weight) Var {
	if w.Grad == nil {
		return t.Frozen(w)
	}
	if len(w.Grad) != len(w.Data.Data) {
		panic(fmt.Sprintf("autograd: Weight of %v with a gradient of %d numbers", w.Data.Shape, len(w.Grad)))
	}
	v := t.Leaf(w.Data, w.Grad)
	t.at(v).weight = w
	return v
}

// Frozen is a weight that is used but not trained: a constant with packed copies.
func (t *Tape) Frozen(w *Weight) Var {
	v := t.Const(w.Data)
	t.at(v).weight = w
	return v
}

// From manyRows rows on, packing the part at hand anew costs little beside the product, and copies of weights of more than largeWeight
// numbers would double or triple their memory.
const (
	manyRows    = 256
	largeWeight = 1 << 20
)

// fewRows is the number of rows below which a product reads B where it lies, if B is used but once.
const fewRows = 96

// ready gives the copy for layout l, current, or nil where a product with m rows does without one. The bits are the same.
func (w *Weight) ready(l kernels.Layout, m int, bf16 bool) *kernels.Packed {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := 0
	k, n := w.Data.Shape[0], w.Data.Shape[1]
	if l == kernels.NT {
		at = 1
		k, n = n, k
	}
	if bf16 {
		at += 2
	}
	p := &w.packs[at]
	now := w.version + 1
	if p.version == now && p.packed.Current() {
		return &p.packed
	}
	again := p.asked == now
	p.asked = now
	if m >= manyRows && len(w.Data.Data) > largeWeight {
		return nil
	}
	if l != kernels.NT && m < fewRows && !again && !bf16 {
		return nil
	}
	if bf16 {
		p.packed.PackBF16(l, k, n, w.Data.Data, w.Data.Shape[1])
	} else {
		p.packed.Pack(l, k, n, w.Data.Data, w.Data.Shape[1])
	}
	p.version = now
	return &p.packed
}

// gemm is C[m, n] = A B with the layout, from the packed copy of B where it has one, or from the elements of A where it is sparse.
func (t *Tape) gemm(l kernels.Layout, m, n, k int, a, b *node, c []float32, e *kernels.Epilogue) {
	if a.sparse != nil {
		a.sparse.gemm(l, m, n, k, b, c, e)
		return
	}
	lda := a.val.Shape[1]
	if b.weight != nil && m > 0 && n > 0 {
		if p := b.weight.ready(l, m, t.bf16); p != nil {
			if l == kernels.NT {
				l = kernels.NN
			}
			kernels.GemmPacked(l, m, a.val.Data, lda, p, c, n, e)
			return
		}
	}
	t.multiply(l, m, n, k, a.val.Data, lda, b.val.Data, b.val.Shape[1], c, n, e)
}

// multiply is a product of matrices where they lie.
func (t *Tape) multiply(l kernels.Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e *kernels.Epilogue) {
	if t.bf16 {
		kernels.GemmBF16(l, m, n, k, a, lda, b, ldb, c, ldc, e)
		return
	}
	kernels.Gemm(l, m, n, k, a, lda, b, ldb, c, ldc, e)
}

// extent is M, N and K of a product, and whether the shapes fit.
func extent(l kernels.Layout, a, b *node) (m, n, k int, ok bool) {
	m, k = a.val.Shape[0], a.val.Shape[1]
	if l == kernels.TN {
		m, k = k, m
	}
	kb, n := b.val.Shape[0], b.val.Shape[1]
	if l == kernels.NT {
		kb, n = n, kb
	}
	return m, n, k, k == kb
}
