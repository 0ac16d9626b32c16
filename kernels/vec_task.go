package kernels

// vecChunk is the number of elements of a chunk of work; matrices are cut into as many rows as come near it.
const vecChunk = 1 << 14

// parallelWork is how much work is given to the pool, in units of about a tenth of a nanosecond on one thread.
const parallelWork = 80_000

// runWork is Run where there is work for several threads, and does the chunks on this one where there is less.
func runWork(t Task, chunks, work int) {
	if work >= parallelWork {
		Run(t, chunks)
		return
	}
	for i := range chunks {
		t.Chunk(i)
	}
}

// vecCost is the work of one element: what reads and writes memory, and what computes.
func vecCost(op vecOp) int {
	switch {
	case op <= opGelu || op == opGeluGrad || op >= opUniform:
		return 6
	default:
		return 2
	}
}

// vecTask is an operation on elements, cut into chunks.
type vecTask struct {
	op           vecOp
	dst, a, b, c []float32
	s, t         float32
}

var vecTasks freelist[vecTask]

// Chunk implements [Task].
func (v *vecTask) Chunk(i int) {
	lo := i * vecChunk
	hi := min(lo+vecChunk, len(v.dst))
	lanes(v.op, part(v.dst, lo, hi), part(v.a, lo, hi), part(v.b, lo, hi), part(v.c, lo, hi), v.s, v.t)
}

func part(x []float32, lo, hi int) []float32 {
	if x == nil {
		return nil
	}
	return x[lo:hi]
}

// elementwise does an operation on all elements. The slices have one length, or are nil where the operation ignores them.
func elementwise(op vecOp, dst, a, b, c []float32, s, t float32) {
	if len(dst)*vecCost(op) < parallelWork {
		lanes(op, dst, a, b, c, s, t)
		return
	}
	v := vecTasks.get()
	*v = vecTask{op, dst, a, b, c, s, t}
	Run(v, (len(dst)+vecChunk-1)/vecChunk)
	*v = vecTask{}
	vecTasks.put(v)
}

// rowChunk is how many rows of a matrix make a chunk: a multiple of a tile's 16.
func rowChunk(cols int) int { return max(16, vecChunk/max(cols, 1)&^15) }
