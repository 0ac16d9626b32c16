//go:build noasm || !amd64

package kernels

func logisticAssembly(*logisticTiles) { panic("kernels: no assembly for Logistic") }
