package kernels

import (
	"fmt"
	"math"
)

// An Attention is the causal self-attention of a transformer with H heads of D numbers, E = H*D: position i of a sequence looks
// at the positions 0 to i of it (Vaswani et al., arXiv 1706.03762). Queries, keys and values of a position lie in one row
// q|k|v of [B*T, 3E], each of the three with one head after the other, as GPT-2 has them.
//
// The scores of a query are one softmax over its keys in ascending order; nothing of size T*T is stored. The bits of a row
// depend on its own sequence up to there alone, not on T, B or how the work is cut.
type Attention struct {
	Batch, Time int     // B sequences of T positions
	Heads, Size int     // H and D
	Lengths     []int32 // [B], the positions in use of each sequence; nil: all T
	Drop        Dropout // of the weights after softmax; P 0: none
}

// Stats is how many numbers the forward pass saves for the way back: two for each head and position.
func (a *Attention) Stats() int { return 2 * a.Batch * a.Heads * a.Time }

func (a *Attention) length(b int) int {
	if a.Lengths == nil {
		return a.Time
	}
	return int(a.Lengths[b])
}

// strips is how many strips a sequence has.
func (a *Attention) strips() int { return (a.Time + stripWidth - 1) / stripWidth }

// scale is what scores are multiplied by.
func scoreScale(size int) float32 { return float32(1 / math.Sqrt(float64(size))) }

func (a *Attention) check(op string, rows, packed []float32, stats int) {
	n := a.Batch * a.Time
	if a.Batch < 0 || a.Time < 0 || a.Heads < 1 || a.Size < 1 || len(rows) != n*a.Heads*a.Size || len(packed) != 3*len(rows) {
		panic(fmt.Sprintf("kernels: %s of %d sequences of %d with %d heads of %d: %d and %d numbers",
			op, a.Batch, a.Time, a.Heads, a.Size, len(rows), len(packed)))
	}
	if stats != 0 && stats != a.Stats() {
		panic(fmt.Sprintf("kernels: %s of %d sequences of %d with %d heads: %d numbers saved", op, a.Batch, a.Time, a.Heads, stats))
	}
	if a.Lengths == nil {
		return
	}
	checkSide(op, "lengths", len(a.Lengths), a.Batch, a.Batch, a.Time)
	for b, n := range a.Lengths {
		if n < 0 || int(n) > a.Time {
			panic(fmt.Sprintf("kernels: %s of [%d %d] with length %d of sequence %d", op, a.Batch, a.Time, n, b))
		}
	}
}

// Forward sets dst [B*T, E] to the heads' outputs side by side; rows beyond a length become 0. stats, which [Attention.Backward] needs, has
// [Attention.Stats] numbers; nil: nobody will ask. It panics where a length does not fit.
func (a *Attention) Forward(dst, stats, qkv []float32) {
	a.check("Attention", dst, qkv, len(stats))
	a.run(attentionTask{dst: dst, stats: stats, qkv: qkv})
}

// Backward sets dqkv [B*T, 3E] to the gradient of [Attention.Forward] given dy [B*T, E], the input and what Forward saved.
// The weights are computed again, the mask of dropout is drawn again. Rows beyond a length become 0, whatever dy has there. It
// panics where a length does not fit.
func (a *Attention) Backward(dqkv, dy, stats, qkv []float32) {
	a.check("Attention", dy, dqkv, len(stats))
	a.check("Attention", dy, qkv, len(stats))
	if len(stats) != a.Stats() {
		panic("kernels: Attention backward without what forward has saved")
	}
	a.run(attentionTask{dst: dqkv, dy: dy, stats: stats, qkv: qkv})
}

func (a *Attention) run(t attentionTask) {
	p := attentionTasks.get()
	*p = t
	p.Attention = *a
	p.e = a.Heads * a.Size
	p.scale = scoreScale(a.Size)
	work := a.Batch * a.Heads * a.Time * (a.Time + 2*stripWidth) * a.Size / 32 // a FMA is 1/16 of a cycle or so
	runWork(p, a.Batch*a.Heads, work)
	*p = attentionTask{}
	attentionTasks.put(p)
}

// attentionTask is one pass, with a head of a sequence in each chunk.
type attentionTask struct {
	Attention
	dst, dy, stats, qkv []float32
	e                   int
	scale               float32
}

var attentionTasks freelist[attentionTask]

// attentionWork is the memory of one chunk.
type attentionWork struct {
	s, d, drop []float32 // [n, 32]: weights, their gradients, weights after dropout
	q, dy      Packed    // of a strip, transposed
	keys       Packed    // of a cache
	stats      stripStats
	gemm       gemmTask
	words      wordBuffer
}

var attentionWorks freelist[attentionWork]

// Chunk does one head of one sequence.
func (t *attentionTask) Chunk(i int) {
	b, h := i/t.Heads, i%t.Heads
	n := t.length(b)
	w := attentionWorks.get()
	if t.dy == nil {
		for i0 := 0; i0 < n; i0 += stripWidth {
			t.forwardStrip(w, b, h, i0, min(stripWidth, n-i0))
		}
		t.clearRows(t.dst, b, h, n, t.e, 1)
	} else {
		// From the last strip, which all keys belong to: the others add to their gradients.
		for i0 := (n - 1) &^ (stripWidth - 1); i0 >= 0 && n > 0; i0 -= stripWidth {
			t.backwardStrip(w, b, h, i0, min(stripWidth, n-i0), i0+stripWidth < n)
		}
		t.clearRows(t.dst, b, h, n, 3*t.e, 3)
	}
	w.gemm = gemmTask{}
	attentionWorks.put(w)
}

// clearRows sets the rows of a head beyond the length n to 0, in each of the parts of a row.
func (t *attentionTask) clearRows(x []float32, b, h, n, ld, parts int) {
	for i := b*t.Time + n; i < (b+1)*t.Time; i++ {
		for p := range parts {
			at := i*ld + p*t.e + h*t.Size
			clear(x[at : at+t.Size])
		}
	}
}

// product is C[m, n] = A B, or what the layout says, on this thread; B is read where it lies, or packed.
func (w *attentionWork) product(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, p *Packed, c []float32, ldc int, add bool) {
	w.gemm = gemmTask{layout: l, m: m, n: n, k: k, a: a, lda: lda, b: b, ldb: ldb, packed: p, direct: p == nil, c: c, ldc: ldc}
	w.gemm.e.Add = add
	w.gemm.block(0, m, 0, n)
}

// scores sets w.s [n, 32] to the products of all keys that a strip's queries may look at with those queries; -Inf where the key
// is later than the query.
func (t *attentionTask) scores(w *attentionWork, q, k []float32, i0, rows int) []float32 {
	n, ld := i0+rows, 3*t.e
	w.q.Pack(NT, t.Size, rows, q, ld)
	w.s = grow(w.s, n*stripWidth)
	w.product(NN, n, rows, t.Size, k, ld, nil, 0, &w.q, w.s, stripWidth, false)
	for j := range rows {
		row := w.s[(i0+j)*stripWidth:][:j]
		for l := range row {
			row[l] = -inf
		}
	}
	return w.s
}

// statsAt is where the statistics of a strip lie.
func (t *attentionTask) statsAt(b, h, i0 int) (top, inverse []float32) {
	at := (b*t.Heads+h)*t.Time + i0
	return t.stats[at:], t.stats[t.Batch*t.Heads*t.Time+at:]
}

// dropStrip sets dst [n, 32] to src with dropped elements: the strip of a head has T*32 words of the stream.
func (t *attentionTask) dropStrip(w *attentionWork, dst, src []float32, b, h, i0 int) {
	first := uint64(((b*t.Heads+h)*t.strips() + i0/stripWidth) * t.Time * stripWidth)
	limit := t.Drop.limit()
	if limit > math.MaxUint32 {
		lanes(opScale, dst, src, nil, nil, 0, 0)
		return
	}
	d := draw{t.Drop.Seed, t.Drop.Stream, t.Drop.Step}
	for lo := 0; lo < len(dst); lo += wordChunk {
		hi := min(lo+wordChunk, len(dst))
		words := d.words(&w.words, first+uint64(lo), hi-lo)
		lanes(opDropout, dst[lo:hi], src[lo:hi], words, nil, t.Drop.scale(), math.Float32frombits(uint32(limit)))
	}
}

func (t *attentionTask) forwardStrip(w *attentionWork, b, h, i0, rows int) {
	ld, head := 3*t.e, b*t.Time*3*t.e+h*t.Size
	n := i0 + rows
	s := t.scores(w, t.qkv[head+i0*ld:], t.qkv[head+t.e:], i0, rows)
	stripSoftmax(s, &w.stats, t.scale)
	if t.stats != nil {
		top, inverse := t.statsAt(b, h, i0)
		copy(top, w.stats.max[:rows])
		copy(inverse, w.stats.inverse[:rows])
	}
	if t.Drop.P > 0 {
		t.dropStrip(w, s, s, b, h, i0)
	}
	w.product(TN, rows, t.Size, n, s, stripWidth, t.qkv[head+2*t.e:], ld, nil, t.dst[(b*t.Time+i0)*t.e+h*t.Size:], t.e, false)
}

// backwardStrip adds what a strip's queries say to the gradients of its keys and values, or is the first to write there, and sets
// the gradients of the queries.
func (t *attentionTask) backwardStrip(w *attentionWork, b, h, i0, rows int, add bool) {
	ld, head := 3*t.e, b*t.Time*3*t.e+h*t.Size
	n, size := i0+rows, t.Size
	q, k, v := t.qkv[head+i0*ld:], t.qkv[head+t.e:], t.qkv[head+2*t.e:]
	dq, dk, dv := t.dst[head+i0*ld:], t.dst[head+t.e:], t.dst[head+2*t.e:]
	dy := t.dy[(b*t.Time+i0)*t.e+h*size:]
	p := t.scores(w, q, k, i0, rows)
	top, inverse := t.statsAt(b, h, i0)
	copy(w.stats.max[:], top[:rows])
	copy(w.stats.inverse[:], inverse[:rows])
	stripExp(p, &w.stats, t.scale)

	w.d = grow(w.d, len(p))
	w.dy.Pack(NT, size, rows, dy, t.e)
	w.product(NN, n, rows, size, v, ld, nil, 0, &w.dy, w.d, stripWidth, false) // of the weights
	after := p
	if t.Drop.P > 0 {
		w.drop = grow(w.drop, len(p))
		after = w.drop
		t.dropStrip(w, after, p, b, h, i0)
		t.dropStrip(w, w.d, w.d, b, h, i0)
	}
	w.product(NN, n, size, rows, after, stripWidth, dy, t.e, nil, dv, ld, add)
	stripGrad(w.d, p, t.scale)
	w.product(NN, n, size, rows, w.d, stripWidth, q, ld, nil, dk, ld, add)
	w.product(TN, rows, size, n, w.d, stripWidth, k, ld, nil, dq, ld, false)
}
