//go:build !noasm

package kernels

//go:noescape
func stripSoftmaxNEON(s, stats *float32, n int, scale float32)

//go:noescape
func stripExpNEON(s, stats *float32, n int, scale float32)

//go:noescape
func stripGradNEON(dp, p *float32, n int, scale float32)

func stripSoftmax(s []float32, stats *stripStats, scale float32) {
	if !useNEON {
		stripSoftmaxGo(s, stats, scale)
		return
	}
	stripSoftmaxNEON(raw(s), &stats.max[0], len(s)/stripWidth, scale)
}

func stripExp(s []float32, stats *stripStats, scale float32) {
	if !useNEON {
		stripExpGo(s, stats, scale)
		return
	}
	stripExpNEON(raw(s), &stats.max[0], len(s)/stripWidth, scale)
}

func stripGrad(dp, p []float32, scale float32) {
	if !useNEON {
		stripGradGo(dp, p, scale)
		return
	}
	stripGradNEON(raw(dp), raw(p), len(dp)/stripWidth, scale)
}
