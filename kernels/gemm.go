package kernels

import (
	"fmt"
	"sync/atomic"
)

const (
	// blockK is the length of one chain of multiply-adds: part of what decides the bits of a product.
	blockK = 256
	// genericPanel is the width of a panel where there is no assembly.
	genericPanel = 8
	// sumRows rows are summed one after the other in ColSums; no chunk cuts such a block. It is a multiple of every
	// kernel's rows.
	sumRows = 24
	// mostChunks is the most chunks of a product.
	mostChunks = 16
	// mostBlockN is the largest value of blocking.n.
	mostBlockN = 512
)

// blocking is what decides how fast a product is and nothing else; calibrate.md says how the values were found.
type blocking struct {
	n      int // columns of B in the cache of the second level while the rows of A pass by
	direct int // below so many rows of A, B is read where it lies
	shared int // the largest B, in elements, that is packed as a whole before the product
	work   int // multiply-adds of a chunk, about
	read   int // what reading an element of B costs, in multiply-adds: few rows of A wait for memory
}

var blocks = blocking{n: 256, direct: 96, shared: 1 << 20, work: 1_250_000, read: 8}

// Gemm computes C[M,N] = A[M,K] B[K,N], or what the layout says instead, with the epilogue e; e may be nil. lda, ldb and
// ldc are the distances of rows as stored. C must not overlap A or B. Any of m, n and k may be 0. It panics where a slice
// is too short for its shape.
func Gemm(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e *Epilogue) {
	multiply(l, m, n, k, a, lda, b, ldb, c, ldc, e, false)
}

// multiply is Gemm, or GemmBF16 with pairs.
func multiply(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e *Epilogue, pairs bool) {
	check(l, m, n, k, a, lda, c, ldc, e)
	rows, cols := k, n
	if l == NT {
		rows, cols = n, k
	}
	checkOperand("B", b, rows, cols, ldb)
	t := newGemm(l, m, n, k, a, lda, c, ldc, e)
	t.b, t.ldb = b, ldb
	t.direct = l != NT && m < blocks.direct && !pairs
	t.prepare(pairs)
	if Family() != generic && !t.direct && n*t.k <= blocks.shared && m > 1 {
		p := packs.get()
		p.pack(l, k, n, b, ldb, kind{pairs: pairs})
		t.packed = p
		t.run()
		packs.put(p)
	} else {
		t.run()
	}
	t.end()
}

// GemmPacked is Gemm with a B that was packed before; the layout is that of A (NN or TN). It panics where p was packed
// for another family than the one in use.
func GemmPacked(l Layout, m int, a []float32, lda int, p *Packed, c []float32, ldc int, e *Epilogue) {
	if l == NT {
		panic("kernels: GemmPacked of layout NT: say NT when packing")
	}
	if p.family != Family() {
		panic("kernels: GemmPacked: B was packed for " + p.family + ", in use is " + Family())
	}
	check(l, m, p.n, p.k, a, lda, c, ldc, e)
	t := newGemm(l, m, p.n, p.k, a, lda, c, ldc, e)
	t.packed = p
	t.prepare(p.pairs)
	t.run()
	t.end()
}

// gemmTask is one product. Its chunks are rectangles of C.
type gemmTask struct {
	layout     Layout // of A: NN or TN
	bTrans     bool   // B is stored [N,K]
	direct     bool   // B is read where it lies
	pairs      bool   // A holds words of two bfloat16, neighbours along K, as B's panels do
	m, n, k    int    // k counts words where there are pairs
	depth      int    // K
	a, b, c    []float32
	lda        int
	ldb, ldc   int
	packed     *Packed
	e          Epilogue
	sums       []float32 // [ceil(M/sumRows), N], partial column sums
	copied     []float32 // A with other distances of its rows
	rows, cols int       // of a chunk
	across     int       // chunks side by side
}

var (
	gemms freelist[gemmTask]
	packs freelist[Packed]
)

func newGemm(l Layout, m, n, k int, a []float32, lda int, c []float32, ldc int, e *Epilogue) *gemmTask {
	t := gemms.get()
	sums, copied := t.sums, t.copied
	*t = gemmTask{copied: copied, layout: l, bTrans: l == NT, m: m, n: n, k: k, depth: k, a: a, lda: lda, c: c, ldc: ldc}
	if e != nil {
		t.e = *e
	}
	if t.e.ColSums != nil {
		t.sums = grow(sums, (m+sumRows-1)/sumRows*n)
		clear(t.sums)
	} else {
		t.sums = sums[:0]
	}
	return t
}

// grow gives a slice of n numbers, the old one where it is long enough.
func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return aligned(n)
	}
	return s[:n]
}

// run splits C and does the chunks. The split depends on the shape alone.
func (t *gemmTask) run() {
	if t.m == 0 || t.n == 0 {
		return
	}
	want := min(max(int(float64(t.m+blocks.read)*float64(t.n)*float64(t.k)/float64(blocks.work)), 1), mostChunks)
	down := min(want, (t.m+2*sumRows-1)/(2*sumRows))
	if t.packed == nil && !t.direct { // each chunk packs the part of B that it needs: many rows share it
		want = min(want, max(1, t.n/192)*max(1, t.m/1024))
		down = min(want, max(1, t.m/1024))
	}
	t.rows = roundUp((t.m+down-1)/down, sumRows)
	down = (t.m + t.rows - 1) / t.rows
	t.across = (want + down - 1) / down
	t.cols = roundUp((t.n+t.across-1)/t.across, roundUp(64, panelWidth()))
	t.across = (t.n + t.cols - 1) / t.cols
	Run(t, down*t.across)
}

// prepare turns A into pairs, or copies it where its rows lie badly.
func (t *gemmTask) prepare(pairs bool) {
	if pairs {
		t.pair()
		return
	}
	t.spread()
}

// spread copies an A whose rows lie a multiple of 4096 bytes apart: they would drive each other out of the cache of the first
// level.
func (t *gemmTask) spread() {
	if t.layout == TN || t.lda%1024 != 0 || t.m < 5 || t.n < 64 || t.k == 0 || Family() == generic {
		return
	}
	ld := roundUp(t.k, 16) + 16
	t.copied = grow(t.copied, t.m*ld)
	c := copies.get()
	*c = copyTask{dst: t.copied, src: t.a, rows: t.m, cols: t.k, dstLd: ld, srcLd: t.lda}
	c.run()
	t.a, t.lda = t.copied, ld
}

// copyTask copies a matrix, some rows in each chunk.
type copyTask struct {
	dst, src     []float32
	rows, cols   int
	dstLd, srcLd int
	pairs        pairing // what it does beside copying
	odd          bool    // the last row of pairs has no second
	each         int
}

var copies freelist[copyTask]

// run does the copy and gives the task back.
func (t *copyTask) run() {
	t.each = max(1, 1<<15/max(1, t.cols))
	Run(t, (t.rows+t.each-1)/t.each)
	*t = copyTask{}
	copies.put(t)
}

// Chunk copies its rows.
func (t *copyTask) Chunk(i int) {
	for r := i * t.each; r < min((i+1)*t.each, t.rows); r++ {
		t.row(r)
	}
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// Chunk computes one rectangle of C.
func (t *gemmTask) Chunk(i int) {
	r0, c0 := i/t.across*t.rows, i%t.across*t.cols
	t.block(r0, min(r0+t.rows, t.m), c0, min(c0+t.cols, t.n))
}

// end adds the partial column sums in the order of rows and gives the task back.
func (t *gemmTask) end() {
	if s := t.e.ColSums; s != nil {
		clear(s[:t.n])
		for at := 0; at < len(t.sums); at += t.n {
			AddTo(s[:t.n], t.sums[at:at+t.n])
		}
	}
	*t = gemmTask{sums: t.sums, copied: t.copied}
	gemms.put(t)
}

// check panics where A, C or the epilogue do not fit.
func check(l Layout, m, n, k int, a []float32, lda int, c []float32, ldc int, e *Epilogue) {
	if m < 0 || n < 0 || k < 0 {
		panic(fmt.Sprintf("kernels: Gemm of M %d, N %d, K %d", m, n, k))
	}
	rows, cols := m, k
	if l == TN {
		rows, cols = k, m
	}
	checkOperand("A", a, rows, cols, lda)
	checkOperand("C", c, m, n, ldc)
	if e == nil {
		return
	}
	if e.Bias != nil && len(e.Bias) < n {
		panic(fmt.Sprintf("kernels: Gemm: bias has %d numbers for C [%d %d]", len(e.Bias), m, n))
	}
	if e.Act == GELUGrad || e.Pre != nil {
		checkOperand("the activation's input", e.Pre, m, n, ldc)
	}
	if (e.Act == GELU || e.Act == GELUGrad) && (e.Drop != nil || e.ColSums != nil) {
		panic("kernels: Gemm: Gelu with dropout or column sums in one epilogue")
	}
	if e.ColSums != nil && len(e.ColSums) < n {
		panic(fmt.Sprintf("kernels: Gemm: column sums have %d numbers for C [%d %d]", len(e.ColSums), m, n))
	}
}

// checkOperand panics where a slice is shorter than its matrix.
func checkOperand(name string, s []float32, rows, cols, ld int) {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("kernels: Gemm: %s is [%d %d]", name, rows, cols))
	}
	if rows == 0 || cols == 0 {
		return
	}
	// By division: a product with a senseless leading dimension could overflow.
	if ld < cols || len(s) < cols || rows > 1 && ld > (len(s)-cols)/(rows-1) {
		panic(fmt.Sprintf("kernels: Gemm: %s is [%d %d] with leading dimension %d in %d numbers", name, rows, cols, ld, len(s)))
	}
}

// Tiles of products computed by each kernel, counted by the kernels themselves.
var tiles [5]atomic.Uint64

// Ran names the kernels that products have run on since the program began, with the number of tiles that each has
// counted: the proof of what was measured.
func Ran() map[string]uint64 {
	m := map[string]uint64{}
	for i, name := range []string{"avx512 12x32", "avx2 6x16", "neon 8x12", "generic", "bf16 12x32"} {
		if n := tiles[i].Load(); n > 0 {
			m[name] = n
		}
	}
	return m
}
