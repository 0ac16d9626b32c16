//go:build !noasm

package kernels

//go:noescape
func logisticAVX2(t *logisticTiles)

func logisticAssembly(t *logisticTiles) { logisticAVX2(t) }
