//go:build !noasm

package kernels

import "unsafe"

// sparseRow is what the kernel of a sparse row is told. Distances are in bytes; n is stepped down by the kernel.
type sparseRow struct {
	b, c         uintptr
	col, val     uintptr
	ldb, valStep uintptr
	count, n     int
	tail         uint32
	lanes        [8]int32
}

func (t *sparseTask) addRows(row []float32, first int, cols []int32, val []float32) {
	if !useAVX2 {
		t.addRowsGo(row, first, cols, val)
		return
	}
	s := scratches.get()
	x := &s.row
	*x = sparseRow{b: address(t.b, first), c: address(row, 0), col: uintptr(unsafe.Pointer(&cols[0])), val: address(val, 0),
		ldb: uintptr(4 * t.ldb), count: len(cols), n: len(row), tail: 1<<(len(row)%16) - 1}
	if len(val) == len(cols) {
		x.valStep = 4
	}
	for i := range len(row) % 8 {
		x.lanes[i] = -1
	}
	if useAVX512 {
		sparseRowAVX512(x)
	} else {
		sparseRowAVX2(x)
	}
	scratches.put(s)
}
