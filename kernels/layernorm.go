package kernels

import "math"

// normBlock is how many rows of a layer norm make a chunk, and a partial sum of the gradients of gamma and beta.
const normBlock = 32

// layerNormTask is one pass over the rows.
type layerNormTask struct {
	back        bool
	dst, dy, x  []float32 // [rows, cols]
	gamma, beta []float32 // [cols]
	mean, rstd  []float32 // [rows]
	rows, cols  int
	eps         float32
	sums        []float32 // [blocks, 2, cols]: partial dgamma, dbeta
}

var layerNormTasks freelist[layerNormTask]

// Chunk implements [Task].
func (t *layerNormTask) Chunk(i int) {
	lo, hi := i*normBlock, min((i+1)*normBlock, t.rows)
	if !t.back {
		for r := lo; r < hi; r++ {
			t.forward(r)
		}
		return
	}
	sums := t.sums[2*i*t.cols : 2*(i+1)*t.cols]
	clear(sums)
	s := getSides(t.cols)
	for r := lo; r < hi; r++ {
		t.backward(r, s.a, sums[:t.cols], sums[t.cols:])
	}
	sideLists.put(s)
}

func (t *layerNormTask) forward(r int) {
	x, dst := t.x[r*t.cols:(r+1)*t.cols], t.dst[r*t.cols:(r+1)*t.cols]
	n := float32(t.cols)
	mean := fold(redSum, nil, x, nil, 0) / n
	lanes(opAddConst, dst, x, nil, nil, -mean, 0)
	variance := fold(redSquare, nil, dst, nil, 0) / n
	rstd := float32(1 / math.Sqrt(float64(variance)+float64(t.eps)))
	normScale(dst, t.gamma, t.beta, rstd)
	if t.mean != nil {
		t.mean[r], t.rstd[r] = mean, rstd
	}
}

// backward does one row: with h the normalised numbers and g = dy*gamma, dx = rstd*(g - mean of g - h*mean of g*h).
func (t *layerNormTask) backward(r int, h, dgamma, dbeta []float32) {
	lo, hi := r*t.cols, (r+1)*t.cols
	dy, dx := t.dy[lo:hi], t.dst[lo:hi]
	n, rstd := float32(t.cols), t.rstd[r]
	normBack(h, dx, dgamma, dbeta, t.x[lo:hi], dy, t.gamma, t.mean[r], rstd)
	mean := fold(redSum, nil, dx, nil, 0) / n
	slope := fold(redDot, nil, dx, h, 0) / n
	normEnd(dx, h, mean, rstd, -slope*rstd)
}

// normScaleGo is the reference of normScale: dst becomes dst*rstd*gamma + beta.
func normScaleGo(dst, gamma, beta []float32, rstd float32) {
	lanes(opScale, dst, dst, nil, nil, rstd, 0)
	lanes(opMulAdd, dst, dst, gamma, beta, 0, 0)
}

// normBackGo is the reference of normBack: the normalised numbers h, what the row adds to dgamma and dbeta, and dx = dy*gamma.
func normBackGo(h, dx, dgamma, dbeta, x, dy, gamma []float32, mean, rstd float32) {
	lanes(opShiftScale, h, x, nil, nil, mean, rstd)
	lanes(opAdd, dbeta, dbeta, dy, nil, 0, 0)
	lanes(opMulAdd, dgamma, dy, h, dgamma, 0, 0)
	lanes(opMul, dx, dy, gamma, nil, 0, 0)
}

// normEndGo is the reference of normEnd: dx becomes (dx - mean)*rstd + s*h.
func normEndGo(dx, h []float32, mean, rstd, s float32) {
	lanes(opShiftScale, dx, dx, nil, nil, mean, rstd)
	lanes(opAxpy, dx, dx, h, nil, s, 0)
}

func (t *layerNormTask) run() {
	chunks := (t.rows + normBlock - 1) / normBlock
	runWork(t, chunks, t.rows*t.cols*4)
}

func checkNorm(op string, x, gamma, other, mean, rstd []float32, rows, cols int) {
	checkMatrix(op, x, rows, cols)
	checkSide(op, "gamma", len(gamma), cols, rows, cols)
	checkSide(op, "beta", len(other), cols, rows, cols)
	checkSide(op, "mean", len(mean), rows, rows, cols)
	checkSide(op, "rstd", len(rstd), rows, rows, cols)
}

// LayerNorm sets each row of dst [rows, cols] to (x - mean)*rstd*gamma + beta, where mean and 1/rstd^2 - eps are the mean and
// the biased variance of the row of x; gamma and beta [cols] (Ba, Kiros and Hinton, arXiv 1607.06450). mean and rstd [rows]
// are set for [LayerNormGrad]; both nil: nobody will ask. dst may be x. It panics where a length does not fit.
func LayerNorm(dst, mean, rstd, x, gamma, beta []float32, rows, cols int, eps float32) {
	const op = "LayerNorm"
	check1(op, dst, x)
	if mean == nil && rstd == nil {
		checkMatrix(op, x, rows, cols)
		checkSide(op, "gamma", len(gamma), cols, rows, cols)
		checkSide(op, "beta", len(beta), cols, rows, cols)
	} else {
		checkNorm(op, x, gamma, beta, mean, rstd, rows, cols)
	}
	t := layerNormTasks.get()
	sums := t.sums
	*t = layerNormTask{dst: dst, x: x, gamma: gamma, beta: beta, mean: mean, rstd: rstd, rows: rows, cols: cols, eps: eps}
	t.run()
	*t = layerNormTask{sums: sums}
	layerNormTasks.put(t)
}

// LayerNormGrad sets dx [rows, cols], dgamma and dbeta [cols] to the gradients of [LayerNorm] given dy [rows, cols], the input
// x and the mean and rstd [rows] that it saved. Sums over the rows go in blocks of 32, which are added in order. dx may be dy.
// It panics where a length does not fit.
func LayerNormGrad(dx, dgamma, dbeta, dy, x, mean, rstd, gamma []float32, rows, cols int) {
	const op = "LayerNormGrad"
	check2(op, dx, dy, x)
	checkNorm(op, x, gamma, dbeta, mean, rstd, rows, cols)
	checkSide(op, "dgamma", len(dgamma), cols, rows, cols)
	t := layerNormTasks.get()
	blocks := (rows + normBlock - 1) / normBlock
	sums := grow(t.sums, 2*blocks*cols)
	*t = layerNormTask{back: true, dst: dx, dy: dy, x: x, gamma: gamma, mean: mean, rstd: rstd, rows: rows, cols: cols, sums: sums}
	t.run()
	clear(dgamma)
	clear(dbeta)
	for b := range blocks {
		AddTo(dgamma, sums[2*b*cols:(2*b+1)*cols])
		AddTo(dbeta, sums[(2*b+1)*cols:(2*b+2)*cols])
	}
	*t = layerNormTask{sums: sums}
	layerNormTasks.put(t)
}
