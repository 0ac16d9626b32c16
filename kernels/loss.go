package kernels

import "fmt"

// narrow is the greatest width of rows that are worked on in tiles; wider rows are worked on one by one. The two add up in
// different orders, but which one it is depends on the width alone.
const narrow = 512

// softmaxRows does the rows from lo to hi of softmax, its relatives and their gradients.
func (t *rowTask) softmaxRows(lo, hi int) {
	b := getTiles(t.cols)
	if t.cols > narrow {
		for i := lo; i < hi; i++ {
			t.wideRow(b, i)
		}
	} else {
		for i := lo; i < hi; i += tileRows {
			t.narrowRows(b, i, min(tileRows, hi-i))
		}
	}
	tileLists.put(b)
}

// narrowRows does n rows from row i in a tile.
func (t *rowTask) narrowRows(b *rowTiles, i, n int) {
	c := t.cols
	lo, hi := i*c, (i+n)*c
	if t.op == rowSoftmaxGrad {
		tileIn(b.x, t.y[lo:hi], n, c)
		tileIn(b.y, t.z[lo:hi], n, c)
		tileGrad(b.x, b.x, b.y, 1)
		tileOut(t.dst[lo:hi], b.x, n, c)
		return
	}
	tileIn(b.x, t.x[lo:hi], n, c)
	tileExp(b.y, b.x, nil, 1, &b.stats)
	var logs [tileRows]float32
	switch t.op {
	case rowSoftmax:
		b.softmax(b.y, b.y)
		tileOut(t.dst[lo:hi], b.y, n, c)
	case rowLogSoftmax:
		lanes(opLog, logs[:], b.stats.sum[:], nil, nil, 0, 0)
		tileShift(b.y, b.x, &b.stats.max, &logs)
		tileOut(t.dst[lo:hi], b.y, n, c)
	case rowCrossEntropy:
		lanes(opLog, logs[:], b.stats.sum[:], nil, nil, 0, 0)
		for l, label := range t.label[i : i+n] {
			t.u[i+l] = 0
			if label >= 0 {
				t.u[i+l] = logs[l] - (b.x[int(label)*tileRows+l] - b.stats.max[l])
			}
		}
		if t.dst == nil {
			return
		}
		b.softmax(b.y, b.y)
		tileOut(t.dst[lo:hi], b.y, n, c)
		for l := range n {
			t.subtractLabel(i + l)
		}
	}
}

// subtractLabel finishes the gradient of cross-entropy in a row that holds softmax.
func (t *rowTask) subtractLabel(i int) {
	row := t.at(t.dst, i)
	if label := t.label[i]; label >= 0 {
		row[label]--
	} else {
		clear(row)
	}
}

// wideRow does one row.
func (t *rowTask) wideRow(b *rowTiles, i int) {
	if t.op == rowSoftmaxGrad {
		dy, y, dx := t.at(t.y, i), t.at(t.z, i), t.at(t.dst, i)
		lanes(opShiftScale, dx, dy, nil, nil, fold(redDot, nil, dy, y, 0), 1)
		lanes(opMul, dx, dx, y, nil, 0, 0)
		return
	}
	x, e := t.at(t.x, i), b.rows[:t.cols]
	m := fold(redMax, nil, x, nil, 0)
	switch t.op {
	case rowSoftmax:
		dst := t.at(t.dst, i)
		s := fold(redExp, dst, x, nil, m)
		lanes(opScale, dst, dst, nil, nil, 1/s, 0)
	case rowLogSoftmax:
		dst := t.at(t.dst, i)
		s := log32(fold(redExp, e, x, nil, m))
		lanes(opAddConst, dst, x, nil, nil, -m, 0)
		lanes(opAddConst, dst, dst, nil, nil, -s, 0)
	case rowCrossEntropy:
		if label := t.label[i]; label < 0 {
			t.u[i] = 0
		} else {
			at := x[label] - m
			if t.dst != nil {
				e = t.at(t.dst, i)
			}
			s := fold(redExp, e, x, nil, m)
			t.u[i] = log32(s) - at
			lanes(opScale, e, e, nil, nil, 1/s, 0)
		}
		if t.dst != nil {
			t.subtractLabel(i)
		}
	}
}

// Softmax sets each row of dst [rows, cols] to e^x over the sum of e^x of the row. dst may be x. A row with NaN, with Inf
// or of -Inf alone becomes NaN. It panics where a length does not fit.
func Softmax(dst, x []float32, rows, cols int) {
	check1("Softmax", dst, x)
	checkMatrix("Softmax", x, rows, cols)
	forRows(rowTask{op: rowSoftmax, rows: rows, cols: cols, dst: dst, x: x}, 8)
}

// LogSoftmax sets each row of dst [rows, cols] to the logarithm of [Softmax]. dst may be x. It panics where a length does
// not fit.
func LogSoftmax(dst, x []float32, rows, cols int) {
	check1("LogSoftmax", dst, x)
	checkMatrix("LogSoftmax", x, rows, cols)
	forRows(rowTask{op: rowLogSoftmax, rows: rows, cols: cols, dst: dst, x: x}, 8)
}

// SoftmaxGrad sets dx [rows, cols] to y*(dy - sum of dy*y over the row), y being the output. dx may be dy. It panics where
// a length does not fit.
func SoftmaxGrad(dx, dy, y []float32, rows, cols int) {
	check2("SoftmaxGrad", dx, dy, y)
	checkMatrix("SoftmaxGrad", y, rows, cols)
	forRows(rowTask{op: rowSoftmaxGrad, rows: rows, cols: cols, dst: dx, y: dy, z: y}, 4)
}

// CrossEntropy sets losses [rows] to -ln softmax(x)[label] for each row of x [rows, cols], and dx [rows, cols], where it is
// not nil, to the gradients softmax - onehot. A row with label -1 has loss and gradient 0. dx may be x. It panics where a
// length does not fit, and where a label is not below cols.
func CrossEntropy(x []float32, labels []int32, rows, cols int, losses, dx []float32) {
	const op = "CrossEntropy"
	checkMatrix(op, x, rows, cols)
	checkSide(op, "labels", len(labels), rows, rows, cols)
	checkSide(op, "losses", len(losses), rows, rows, cols)
	if dx != nil {
		check1(op, dx, x)
	}
	for i, label := range labels {
		if int(label) >= cols || label < -1 {
			panic(fmt.Sprintf("kernels: CrossEntropy of [%d %d] with label %d in row %d", rows, cols, label, i))
		}
	}
	forRows(rowTask{op: rowCrossEntropy, rows: rows, cols: cols, dst: dx, x: x, u: losses, label: labels}, 8)
}
