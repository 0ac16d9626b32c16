package kernels

import "fmt"

// gatherTask copies rows of a table, or adds to them.
type gatherTask struct {
	table, rows []float32 // [V, cols], [N, cols]
	ids         []int32
	cols        int
	add         bool
}

var gatherTasks freelist[gatherTask]

const (
	gatherRows = 32  // rows copied in a chunk
	gatherCols = 128 // columns added to in a chunk: it goes through all rows in order, so that every sum has one order
)

// Chunk implements [Task].
func (t *gatherTask) Chunk(i int) {
	c := t.cols
	if !t.add {
		for r := i * gatherRows; r < min((i+1)*gatherRows, len(t.ids)); r++ {
			id := int(t.ids[r])
			copy(t.rows[r*c:(r+1)*c], t.table[id*c:(id+1)*c])
		}
		return
	}
	lo, hi := i*gatherCols, min((i+1)*gatherCols, c)
	for r, id := range t.ids {
		to := t.table[int(id)*c+lo : int(id)*c+hi]
		lanes(opAdd, to, to, t.rows[r*c+lo:r*c+hi], nil, 0, 0)
	}
}

func (t gatherTask) run(op string) {
	if t.cols < 1 || len(t.table)%t.cols != 0 || len(t.rows) != len(t.ids)*t.cols {
		panic(fmt.Sprintf("kernels: %s of %d ids with %d columns, %d and %d numbers", op, len(t.ids), t.cols, len(t.table), len(t.rows)))
	}
	v := len(t.table) / t.cols
	for i, id := range t.ids {
		if id < 0 || int(id) >= v {
			panic(fmt.Sprintf("kernels: %s from [%d %d] with id %d in row %d", op, v, t.cols, id, i))
		}
	}
	p := gatherTasks.get()
	*p = t
	chunks := (len(t.ids) + gatherRows - 1) / gatherRows
	if t.add {
		chunks = (t.cols + gatherCols - 1) / gatherCols
	}
	runWork(p, chunks, len(t.rows)*2)
	*p = gatherTask{}
	gatherTasks.put(p)
}

// Gather sets row i of dst [len(ids), cols] to row ids[i] of the table w [V, cols]. It panics where a length does not fit and
// where an id is not below V.
func Gather(dst, w []float32, ids []int32, cols int) {
	gatherTask{table: w, rows: dst, ids: ids, cols: cols}.run("Gather")
}

// ScatterAdd adds row i of dy [len(ids), cols] to row ids[i] of dw [V, cols], in the order of i: the gradient of [Gather]. It
// panics where a length does not fit and where an id is not below V.
func ScatterAdd(dw, dy []float32, ids []int32, cols int) {
	gatherTask{table: dw, rows: dy, ids: ids, cols: cols, add: true}.run("ScatterAdd")
}
