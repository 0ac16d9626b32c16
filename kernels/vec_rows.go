package kernels

// A rowOp is an operation on the rows of a matrix.
type rowOp uint8

const (
	rowAddBias rowOp = iota
	rowMul
	rowSum
	rowNorm
	rowNormGrad
	rowDot
	rowSoftmax
	rowLogSoftmax
	rowSoftmaxGrad
	rowCrossEntropy
	rowBatchNorm
	rowBatchNormGrad
	rowSpanForward
	rowSpanGrad
	rowSpanCrossEntropy
)

// rowTask is an operation on the rows of a matrix, cut into chunks of rows. What the fields hold is up to the operation.
type rowTask struct {
	op           rowOp
	rows, cols   int
	dst, x, y, z []float32 // matrices
	u, v, w, p   []float32 // sides: a number for each row or column
	which, label []int32
	spans        []Span
	noise        Noise
	noisy        bool
	scale        float32
	relu         bool
}

var rowTasks freelist[rowTask]

// Chunk implements [Task].
func (t *rowTask) Chunk(i int) {
	n := rowChunk(t.cols)
	t.run(i*n, min((i+1)*n, t.rows))
}

// run does the rows from lo to hi.
func (t *rowTask) run(lo, hi int) {
	switch t.op {
	case rowSoftmax, rowLogSoftmax, rowSoftmaxGrad, rowCrossEntropy:
		t.softmaxRows(lo, hi)
	case rowSpanForward, rowSpanGrad, rowSpanCrossEntropy:
		t.spanRows(lo, hi)
	default:
		for i := lo; i < hi; i++ {
			t.row(i)
		}
	}
}

// at is row i of a matrix.
func (t *rowTask) at(x []float32, i int) []float32 { return x[i*t.cols : (i+1)*t.cols] }

// row does one row of the operations that go row by row.
func (t *rowTask) row(i int) {
	switch t.op {
	case rowAddBias:
		lanes(opAdd, t.at(t.dst, i), t.at(t.x, i), t.u, nil, 0, 0)
	case rowMul:
		lanes(opScale, t.at(t.dst, i), t.at(t.x, i), nil, nil, t.u[i], 0)
	case rowSum:
		t.dst[i] = fold(redSum, nil, t.at(t.x, i), nil, 0)
	case rowNorm:
		t.dst[i] = sqrt32(fold(redSquare, nil, t.at(t.x, i), nil, 0))
	case rowNormGrad:
		s := float32(0)
		if t.u[i] != 0 {
			s = t.v[i] / t.u[i]
		}
		lanes(opScale, t.at(t.dst, i), t.at(t.x, i), nil, nil, s, 0)
	case rowDot:
		t.dst[i] = fold(redDot, nil, t.at(t.x, i), t.at(t.y, i), 0)
	case rowBatchNorm:
		row := t.at(t.dst, i)
		normalize(row, t.at(t.x, i), t.u, t.w, t.v)
		if t.relu {
			lanes(opReLU, row, row, nil, nil, 0, 0)
		}
	case rowBatchNormGrad:
		normalizeGrad(t.at(t.dst, i), t.at(t.y, i), t.at(t.x, i), t.u, t.v, t.w, t.p)
	}
}

// forRows does all rows on one thread or on many; cost is the work of one element as in vecCost.
func forRows(t rowTask, cost int) {
	r := rowTasks.get()
	*r = t
	if t.rows*t.cols*cost < parallelWork {
		r.run(0, t.rows)
	} else {
		n := rowChunk(t.cols)
		Run(r, (t.rows+n-1)/n)
	}
	*r = rowTask{}
	rowTasks.put(r)
}

// AddBias sets dst [rows, cols] to x [rows, cols] plus bias [cols] in every row. dst may be x. It panics where a length does
// not fit.
func AddBias(dst, x, bias []float32, rows, cols int) {
	check1("AddBias", dst, x)
	checkMatrix("AddBias", x, rows, cols)
	checkSide("AddBias", "bias", len(bias), cols, rows, cols)
	forRows(rowTask{op: rowAddBias, rows: rows, cols: cols, dst: dst, x: x, u: bias}, 2)
}

// MulRows sets dst [rows, cols] to x [rows, cols] with row i multiplied by s[i]. dst may be x. It panics where a length does
// not fit.
func MulRows(dst, x, s []float32, rows, cols int) {
	check1("MulRows", dst, x)
	checkMatrix("MulRows", x, rows, cols)
	checkSide("MulRows", "factors", len(s), rows, rows, cols)
	forRows(rowTask{op: rowMul, rows: rows, cols: cols, dst: dst, x: x, u: s}, 2)
}

// RowSums sets dst [rows] to the sums of the rows of x [rows, cols], in 64 partial sums. It panics where a length does not
// fit.
func RowSums(dst, x []float32, rows, cols int) {
	checkMatrix("RowSums", x, rows, cols)
	checkSide("RowSums", "sums", len(dst), rows, rows, cols)
	forRows(rowTask{op: rowSum, rows: rows, cols: cols, dst: dst, x: x}, 2)
}

// RowNorms sets dst [rows] to the Euclidean lengths of the rows of x [rows, cols]; the squares must fit float32. It panics
// where a length does not fit.
func RowNorms(dst, x []float32, rows, cols int) {
	checkMatrix("RowNorms", x, rows, cols)
	checkSide("RowNorms", "norms", len(dst), rows, rows, cols)
	forRows(rowTask{op: rowNorm, rows: rows, cols: cols, dst: dst, x: x}, 2)
}

// RowNormsGrad sets row i of dx [rows, cols] to x[i]*g[i]/norms[i], or to x[i]*0 where the norm is 0. dx may be x. It panics
// where a length does not fit.
func RowNormsGrad(dx, x, norms, g []float32, rows, cols int) {
	check1("RowNormsGrad", dx, x)
	checkMatrix("RowNormsGrad", x, rows, cols)
	checkSide("RowNormsGrad", "norms", len(norms), rows, rows, cols)
	checkSide("RowNormsGrad", "gradient", len(g), rows, rows, cols)
	forRows(rowTask{op: rowNormGrad, rows: rows, cols: cols, dst: dx, x: x, u: norms, v: g}, 2)
}

// RowDots sets dst [rows] to the products of the rows of x and y [rows, cols]. It panics where a length does not fit.
func RowDots(dst, x, y []float32, rows, cols int) {
	check1("RowDots", x, y)
	checkMatrix("RowDots", x, rows, cols)
	checkSide("RowDots", "products", len(dst), rows, rows, cols)
	forRows(rowTask{op: rowDot, rows: rows, cols: cols, dst: dst, x: x, y: y}, 2)
}
