//go:build noasm || !amd64

package kernels

type sparseRow struct{}

func (t *sparseTask) addRows(row []float32, first int, cols []int32, val []float32) {
	t.addRowsGo(row, first, cols, val)
}
