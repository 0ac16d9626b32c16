package kernels

// colBlock is the number of rows whose sum over a column is one partial sum.
const colBlock = 64

// A colOp is a sum over the rows of a matrix, for each column.
type colOp uint8

const (
	colSum colOp = iota // x
	colDev              // (x - mean)^2, fused
	colDot              // dy*(x - mean), fused
)

// colSumsGo is the reference of colSums: dst[j] is the sum over a block of rows.
func colSumsGo(op colOp, dst, x, mean, dy []float32, rows, cols int) {
	clear(dst[:cols])
	for i := range rows {
		for j, v := range x[i*cols : (i+1)*cols] {
			switch op {
			case colSum:
				dst[j] += v
			case colDev:
				d := v - mean[j]
				dst[j] = fma32(d, d, dst[j])
			case colDot:
				dst[j] = fma32(dy[i*cols+j], v-mean[j], dst[j])
			}
		}
	}
}

// normalizeGo is the reference of normalize: one row of BatchNorm.
func normalizeGo(dst, x, mean, scale, shift []float32) {
	for j, v := range x {
		dst[j] = fma32(v-mean[j], scale[j], shift[j])
	}
}

// normalizeGradGo is the reference of normalizeGrad: one row of BatchNormGrad.
func normalizeGradGo(dx, dy, x, mean, a, b, c []float32) {
	for j, v := range x {
		dx[j] = fma32(v-mean[j], b[j], float32(a[j]*(dy[j]-c[j])))
	}
}

// colTask sums over rows in blocks.
type colTask struct {
	op          colOp
	x, mean, dy []float32
	rows, cols  int
	part        []float32 // [blocks, cols]
}

var colTasks freelist[colTask]

// Chunk implements [Task].
func (t *colTask) Chunk(i int) {
	lo := i * colBlock
	hi := min(lo+colBlock, t.rows)
	c := t.cols
	colSums(t.op, t.part[i*c:(i+1)*c], t.x[lo*c:hi*c], t.mean, part(t.dy, lo*c, hi*c), hi-lo, c)
}

// overRows sets dst [cols] to a sum over all rows: blocks of 64 rows, then the blocks in order.
func overRows(op colOp, dst, x, mean, dy []float32, rows, cols int) {
	blocks := (rows + colBlock - 1) / colBlock
	if blocks == 0 {
		clear(dst)
		return
	}
	t := colTasks.get()
	*t = colTask{op, x, mean, dy, rows, cols, grow(t.part, blocks*cols)}
	runWork(t, blocks, rows*cols*2)
	copy(dst, t.part[:cols])
	for i := 1; i < blocks; i++ {
		lanes(opAdd, dst, dst, t.part[i*cols:(i+1)*cols], nil, 0, 0)
	}
	*t = colTask{part: t.part}
	colTasks.put(t)
}

// ColSums sets dst [cols] to the sums over the rows of x [rows, cols], in blocks of 64 rows. It panics where a length does
// not fit.
func ColSums(dst, x []float32, rows, cols int) {
	checkMatrix("ColSums", x, rows, cols)
	checkSide("ColSums", "sums", len(dst), cols, rows, cols)
	overRows(colSum, dst, x, nil, nil, rows, cols)
}

// BatchNormStats sets mean and variance [cols] to those of the columns of x [rows, cols]. The variance is the biased one,
// computed in a second pass around the mean. Without rows both are NaN. It panics where a length does not fit.
func BatchNormStats(mean, variance, x []float32, rows, cols int) {
	checkMatrix("BatchNormStats", x, rows, cols)
	checkSide("BatchNormStats", "mean", len(mean), cols, rows, cols)
	checkSide("BatchNormStats", "variance", len(variance), cols, rows, cols)
	overRows(colSum, mean, x, nil, nil, rows, cols)
	for j := range mean {
		mean[j] /= float32(rows)
	}
	overRows(colDev, variance, x, mean, nil, rows, cols)
	for j := range variance {
		variance[j] /= float32(rows)
	}
}

// sides are numbers for each column that last for one call.
type sides struct{ a, b, c []float32 }

var sideLists freelist[sides]

func getSides(n int) *sides {
	s := sideLists.get()
	s.a, s.b, s.c = grow(s.a, n), grow(s.b, n), grow(s.c, n)
	return s
}

// BatchNorm sets dst [rows, cols] to (x - mean)*rstd*gamma + beta with mean, rstd, gamma, beta [cols], and where relu is
// set to 0 where that is negative. rstd is 1/sqrt(variance + eps). dst may be x. It panics where a length does not fit.
func BatchNorm(dst, x, mean, rstd, gamma, beta []float32, rows, cols int, relu bool) {
	const op = "BatchNorm"
	check1(op, dst, x)
	checkMatrix(op, x, rows, cols)
	checkSide(op, "mean", len(mean), cols, rows, cols)
	checkSide(op, "rstd", len(rstd), cols, rows, cols)
	checkSide(op, "gamma", len(gamma), cols, rows, cols)
	checkSide(op, "beta", len(beta), cols, rows, cols)
	s := getSides(cols)
	lanes(opMul, s.a, rstd, gamma, nil, 0, 0)
	forRows(rowTask{op: rowBatchNorm, rows: rows, cols: cols, dst: dst, x: x, u: mean, v: beta, w: s.a, relu: relu}, 2)
	sideLists.put(s)
}

// BatchNormGrad sets dx [rows, cols], dgamma and dbeta [cols] to the gradients of [BatchNorm] in training, where mean and
// rstd come from x itself, given dy, the gradient of what it has before ReLU. dx may be dy. It panics where a length does
// not fit.
func BatchNormGrad(dx, dgamma, dbeta, dy, x, mean, rstd, gamma []float32, rows, cols int) {
	const op = "BatchNormGrad"
	check2(op, dx, dy, x)
	checkMatrix(op, x, rows, cols)
	checkSide(op, "dgamma", len(dgamma), cols, rows, cols)
	checkSide(op, "dbeta", len(dbeta), cols, rows, cols)
	checkSide(op, "mean", len(mean), cols, rows, cols)
	checkSide(op, "rstd", len(rstd), cols, rows, cols)
	checkSide(op, "gamma", len(gamma), cols, rows, cols)
	overRows(colSum, dbeta, dy, nil, nil, rows, cols)
	overRows(colDot, dgamma, x, mean, dy, rows, cols)
	s := getSides(cols)
	for j, r := range rstd {
		dgamma[j] *= r
		s.a[j] = gamma[j] * r
		s.b[j] = -s.a[j] * r * dgamma[j] / float32(rows)
		s.c[j] = dbeta[j] / float32(rows)
	}
	forRows(rowTask{op: rowBatchNormGrad, rows: rows, cols: cols, dst: dx, y: dy, x: x, u: mean, v: s.a, w: s.b, p: s.c}, 3)
	sideLists.put(s)
}
