package kernels

import "math"

// redLanes is the number of partial sums of a reduction: element i goes to partial sum i%64.
const redLanes = 64

// redBlock is how many elements of a long vector are reduced to one number before the numbers are added.
const redBlock = 1 << 14

// A redOp is a reduction. The comments say what is added up, or compared.
type redOp uint8

const (
	redSum    redOp = iota // a
	redDot                 // a*b, fused
	redSquare              // a*a, fused
	redMax                 // the greater of the lane and a, see max32
	redExp                 // e^(a - s), which also goes to dst
	redNaN                 // a - a: NaN where a is not finite
)

// reduceGo is the reference of reduce on whole groups of 64 elements.
func reduceGo(op redOp, acc *[redLanes]float32, dst, a, b []float32, s float32) {
	for i, x := range a {
		p := &acc[i%redLanes]
		switch op {
		case redSum:
			*p += x
		case redDot:
			*p = fma32(x, b[i], *p)
		case redSquare:
			*p = fma32(x, x, *p)
		case redMax:
			*p = max32(*p, x)
		case redExp:
			e := exp32(x - s)
			dst[i] = e
			*p += e
		case redNaN:
			*p += x - x
		}
	}
}

// fold reduces all elements to one number. The partial sums are combined as a fixed tree.
func fold(op redOp, dst, a, b []float32, s float32) float32 {
	var acc [redLanes]float32
	if op == redMax {
		for l := range acc {
			acc[l] = -inf
		}
	}
	n := len(a) &^ (redLanes - 1)
	if n > 0 {
		reduce(op, &acc, part(dst, 0, n), a[:n], part(b, 0, n), s)
	}
	if n < len(a) {
		foldTail(op, &acc, part(dst, n, len(a)), a[n:], part(b, n, len(a)), s)
	}
	return tree(op, &acc)
}

// foldTail takes the last elements, filled up with what does not change the result.
func foldTail(op redOp, acc *[redLanes]float32, dst, a, b []float32, s float32) {
	var pd, pa, pb [redLanes]float32
	copy(pa[:], a)
	copy(pb[:], b)
	if op == redMax || op == redExp {
		for l := len(a); l < redLanes; l++ {
			pa[l] = -inf
		}
	}
	if op == redExp && s == -inf { // -Inf - -Inf is NaN, which it is for the real elements too
		for l := len(a); l < redLanes; l++ {
			pa[l] = 0
		}
	}
	reduce(op, acc, pd[:], pa[:], pb[:], s)
	copy(dst, pd[:])
}

// tree combines 64 partial results, four by four, then by halves.
func tree(op redOp, acc *[redLanes]float32) float32 {
	if op == redMax {
		for n := redLanes / 2; n > 0; n /= 2 {
			for l := range n {
				acc[l] = max32(acc[l], acc[l+n])
			}
		}
		return acc[0]
	}
	return treeSum(acc)
}

// treeSumGo is the reference of treeSum.
func treeSumGo(acc *[redLanes]float32) float32 {
	for l := range 16 {
		acc[l] = (acc[l] + acc[l+16]) + (acc[l+32] + acc[l+48])
	}
	for n := 8; n > 0; n /= 2 {
		for l := range n {
			acc[l] += acc[l+n]
		}
	}
	return acc[0]
}

// foldTask reduces the blocks of a long vector.
type foldTask struct {
	op   redOp
	a, b []float32
	part []float32 // a result for each block
}

var foldTasks freelist[foldTask]

// Chunk implements [Task].
func (f *foldTask) Chunk(i int) {
	lo := i * redBlock
	hi := min(lo+redBlock, len(f.a))
	f.part[i] = fold(f.op, nil, f.a[lo:hi], part(f.b, lo, hi), 0)
}

// foldLong reduces a vector of any length: blocks, then their results in order.
func foldLong(op redOp, a, b []float32) float32 {
	if len(a) <= redBlock {
		return fold(op, nil, a, b, 0)
	}
	blocks := (len(a) + redBlock - 1) / redBlock
	f := foldTasks.get()
	f.op, f.a, f.b, f.part = op, a, b, grow(f.part, blocks)
	runWork(f, blocks, len(a)*2)
	sum := f.part[0]
	for _, p := range f.part[1:] {
		if op == redMax {
			sum = max32(sum, p)
		} else {
			sum += p
		}
	}
	f.a, f.b = nil, nil
	foldTasks.put(f)
	return sum
}

// Sum adds up x in a fixed order: 64 partial sums per block of 16384, then the blocks. The sum of nothing is 0.
func Sum(x []float32) float32 { return foldLong(redSum, x, nil) }

// Dot adds up x*y in the order of [Sum]. It panics where the lengths differ.
func Dot(x, y []float32) float32 {
	check1("Dot", x, y)
	return foldLong(redDot, x, y)
}

// Max is the greatest element, NaN where one is NaN, and -Inf of nothing.
func Max(x []float32) float32 {
	m := foldLong(redMax, x, nil)
	if s := foldLong(redNaN, x, nil); s != s { // an Inf, or a NaN that the comparisons may have lost
		for _, v := range x {
			if v != v {
				return nan
			}
		}
	}
	return m
}

// SumSquares adds up x*x in float64, with 32 partial sums per block of 16384, and rounds the result to float32.
func SumSquares(x []float32) float32 { return float32(sumSquares64(x)) }

// Norm is the Euclidean length of x, from the float64 sum of [SumSquares].
func Norm(x []float32) float32 { return float32(math.Sqrt(sumSquares64(x))) }

// ClipScale is what gradients of a total norm are multiplied by so that it is at most limit: limit/(norm + 1e-6), at most
// 1, as PyTorch's clip_grad_norm_ computes it.
func ClipScale(norm, limit float32) float32 {
	if c := limit / (norm + 1e-6); !(c > 1) {
		return c
	}
	return 1
}

const squareLanes = 32

// squareTask adds up the squares of the blocks of a long vector.
type squareTask struct {
	x    []float32
	part []float64
}

var squareTasks freelist[squareTask]

// Chunk implements [Task].
func (q *squareTask) Chunk(i int) {
	lo := i * redBlock
	q.part[i] = squareBlock(q.x[lo:min(lo+redBlock, len(q.x))])
}

func squareBlock(x []float32) float64 {
	var acc [squareLanes]float64
	n := len(x) &^ (squareLanes - 1)
	if n > 0 {
		squares(&acc, x[:n])
	}
	for i, v := range x[n:] {
		acc[i] += float64(v) * float64(v)
	}
	for n := squareLanes / 2; n > 0; n /= 2 {
		for l := range n {
			acc[l] += acc[l+n]
		}
	}
	return acc[0]
}

// squaresGo is the reference of squares. The products are exact in float64.
func squaresGo(acc *[squareLanes]float64, x []float32) {
	for i, v := range x {
		acc[i%squareLanes] += float64(v) * float64(v)
	}
}

func sumSquares64(x []float32) float64 {
	blocks := (len(x) + redBlock - 1) / redBlock
	if blocks <= 1 {
		return squareBlock(x)
	}
	q := squareTasks.get()
	q.x = x
	if cap(q.part) < blocks {
		q.part = make([]float64, blocks)
	}
	q.part = q.part[:blocks]
	Run(q, blocks)
	sum := q.part[0]
	for _, p := range q.part[1:] {
		sum += p
	}
	q.x = nil
	squareTasks.put(q)
	return sum
}
