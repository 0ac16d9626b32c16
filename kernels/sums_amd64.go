//go:build !noasm

package kernels

//go:noescape
func treeAVX2(acc *float32) float32

//go:noescape
func keepAVX2(dst *byte, words *float32, n int, limit uint32)

func treeSum(acc *[redLanes]float32) float32 {
	if useAVX2 {
		return treeAVX2(&acc[0])
	}
	return treeSumGo(acc)
}

func keepBits(dst []byte, words []float32, limit uint32) {
	n := 0
	if useAVX2 {
		n = len(words) &^ 7
	}
	if n > 0 {
		keepAVX2(&dst[0], raw(words), n, limit)
	}
	keepBitsGo(dst[n/8:], words[n:], limit)
}
