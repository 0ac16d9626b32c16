//go:build !noasm

package kernels

// The kernels on strips; the functions in plain Go of the same names are their references.

//go:noescape
func stripSoftmaxAVX2(s, stats *float32, n int, scale float32)

//go:noescape
func stripExpAVX2(s, stats *float32, n int, scale float32)

//go:noescape
func stripGradAVX2(dp, p *float32, n int, scale float32)

//go:noescape
func stripSoftmaxAVX512(s, stats *float32, n int, scale float32)

//go:noescape
func stripExpAVX512(s, stats *float32, n int, scale float32)

//go:noescape
func stripGradAVX512(dp, p *float32, n int, scale float32)

func stripSoftmax(s []float32, stats *stripStats, scale float32) {
	switch n := len(s) / stripWidth; {
	case useAVX512:
		stripSoftmaxAVX512(raw(s), &stats.max[0], n, scale)
	case useAVX2:
		stripSoftmaxAVX2(raw(s), &stats.max[0], n, scale)
	default:
		stripSoftmaxGo(s, stats, scale)
	}
}

func stripExp(s []float32, stats *stripStats, scale float32) {
	switch n := len(s) / stripWidth; {
	case useAVX512:
		stripExpAVX512(raw(s), &stats.max[0], n, scale)
	case useAVX2:
		stripExpAVX2(raw(s), &stats.max[0], n, scale)
	default:
		stripExpGo(s, stats, scale)
	}
}

func stripGrad(dp, p []float32, scale float32) {
	switch n := len(dp) / stripWidth; {
	case useAVX512:
		stripGradAVX512(raw(dp), raw(p), n, scale)
	case useAVX2:
		stripGradAVX2(raw(dp), raw(p), n, scale)
	default:
		stripGradGo(dp, p, scale)
	}
}
