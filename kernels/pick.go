package kernels

import (
	"fmt"
	"math"
)

// pickBlock is how many numbers are added up before the blocks are compared with the uniform number.
const pickBlock = 1024

// pickTask picks from one row in each chunk.
type pickTask struct {
	dst  []int32
	x, u []float32
	cols int
}

var pickTasks freelist[pickTask]

// Chunk implements [Task].
func (t *pickTask) Chunk(i int) { t.dst[i] = pickRow(t.x[i*t.cols:(i+1)*t.cols], t.u[i]) }

// pickRow finds where the prefix sum of e^(x - max) exceeds the fraction u of the whole sum: first the block, then the place in it.
func pickRow(x []float32, u float32) int32 {
	m := fold(redMax, nil, x, nil, 0)
	s := scratches.get()
	defer scratches.put(s)
	s.a = grow(s.a, (len(x)+pickBlock-1)/pickBlock)
	total := 0.0
	for b := range s.a {
		block := x[b*pickBlock : min((b+1)*pickBlock, len(x))]
		s.a[b] = fold(redExp, block, block, nil, m)
		total += float64(s.a[b])
	}
	if !(total > 0) {
		return -1
	}
	target, before, last := float64(u)*total, 0.0, 0
	for b, sum := range s.a {
		if sum == 0 {
			continue
		}
		after := before + float64(sum)
		if after > target {
			return pickInside(x, b, before, target)
		}
		before, last = after, b
	}
	return pickInside(x, last, before, math.Inf(1)) // rounding kept the sum at the target
}

// pickInside picks within a block whose sum is not 0: the last element that is not 0 where rounding keeps the sum at the target.
func pickInside(x []float32, b int, before, target float64) int32 {
	picked := int32(-1)
	for j := b * pickBlock; j < min((b+1)*pickBlock, len(x)); j++ {
		if x[j] == 0 {
			continue
		}
		picked = int32(j)
		if before += float64(x[j]); before > target {
			break
		}
	}
	return picked
}

// Pick sets dst [rows] to an index drawn from softmax of each row of x [rows, cols]: the first one at which the sum of the
// probabilities so far exceeds u [rows], uniform numbers in [0, 1). An element -Inf is never picked. x is overwritten. A row
// with NaN, without a number above -Inf, or with Inf gives -1. It panics where a length does not fit.
func Pick(dst []int32, x []float32, rows, cols int, u []float32) {
	const op = "Pick"
	checkMatrix(op, x, rows, cols)
	checkSide(op, "u", len(u), rows, rows, cols)
	if len(dst) != rows {
		panic(fmt.Sprintf("kernels: Pick of [%d %d] into %d numbers", rows, cols, len(dst)))
	}
	t := pickTasks.get()
	*t = pickTask{dst, x, u, cols}
	runWork(t, rows, rows*cols*8)
	*t = pickTask{}
	pickTasks.put(t)
}
