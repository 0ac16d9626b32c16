//go:build noasm || !amd64

package kernels

type sparseRow struct{}

func (t *sparseTask) addRows(row []float32, cols []int32, val []float32) { t.addRowsGo(row, cols, val) }
