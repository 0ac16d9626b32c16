//go:build noasm || !amd64

package kernels

func treeSum(acc *[redLanes]float32) float32 { return treeSumGo(acc) }

func keepBits(dst []byte, words []float32, limit uint32) { keepBitsGo(dst, words, limit) }
