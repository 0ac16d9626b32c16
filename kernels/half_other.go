//go:build noasm || !amd64

package kernels

func unhalve(dst []float32, x []uint16) { unhalveGo(dst, x) }
