//go:build !noasm

package kernels

//go:noescape
func unhalveAVX2(dst *float32, src *uint16, n int)

//go:noescape
func unhalveAVX512(dst *float32, src *uint16, n int)

// unhalve sets dst to numbers stored as bfloat16, in groups of 16.
func unhalve(dst []float32, x []uint16) {
	switch n := len(dst); {
	case n == 0:
	case useAVX512:
		unhalveAVX512(&dst[0], &x[0], n)
	case useAVX2:
		unhalveAVX2(&dst[0], &x[0], n)
	default:
		unhalveGo(dst, x)
	}
}
