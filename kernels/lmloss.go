package kernels

import "fmt"

// lmTask is the loss of a language model, with a row in each chunk.
type lmTask struct {
	x, losses []float32
	labels    []int32
	cols      int
	scale     float32
}

var lmTasks freelist[lmTask]

// Chunk implements [Task].
func (t *lmTask) Chunk(i int) {
	row, label := t.x[i*t.cols:(i+1)*t.cols], t.labels[i]
	if label < 0 {
		t.losses[i] = 0
		clear(row)
		return
	}
	m := fold(redMax, nil, row, nil, 0)
	at := row[label] - m
	s := fold(redExp, row, row, nil, m)
	t.losses[i] = log32(s) - at
	lanes(opScale, row, row, nil, nil, t.scale/s, 0)
	row[label] -= t.scale
}

// LMLoss takes the logits x [rows, cols] of a language model to scale*(softmax - onehot), the gradient of scale times the
// sum of the losses, in place, and sets losses [rows] to -ln softmax(x)[label]. A row with a negative label has loss and gradient 0.
// It panics where a length does not fit, and where a label is not below cols.
func LMLoss(x []float32, labels []int32, rows, cols int, scale float32, losses []float32) {
	const op = "LMLoss"
	checkMatrix(op, x, rows, cols)
	checkSide(op, "labels", len(labels), rows, rows, cols)
	checkSide(op, "losses", len(losses), rows, rows, cols)
	for i, label := range labels {
		if int(label) >= cols {
			panic(fmt.Sprintf("kernels: LMLoss of [%d %d] with label %d in row %d", rows, cols, label, i))
		}
	}
	t := lmTasks.get()
	*t = lmTask{x, losses, labels, cols, scale}
	runWork(t, rows, rows*cols*8)
	*t = lmTask{}
	lmTasks.put(t)
}
