package kernels

// stripWidth is how many queries of attention are worked on side by side: a strip [n, 32] has a key in each row and a query in
// each lane, so that sums over the keys need no shuffling and are one chain in the order of the keys.
const stripWidth = 32

// stripStats are the greatest scaled score of each query, and the inverse of the sum of the exponentials of the distances
// from it.
type stripStats struct{ max, inverse [stripWidth]float32 }

// stripSoftmaxGo is the reference of stripSoftmax: scores become softmax(scale*score) over the keys.
func stripSoftmaxGo(s []float32, stats *stripStats, scale float32) {
	for l := range stripWidth {
		top, sum := -inf, float32(0)
		for j := l; j < len(s); j += stripWidth {
			s[j] *= scale
			top = max32(top, s[j])
		}
		for j := l; j < len(s); j += stripWidth {
			s[j] = exp32(s[j] - top)
			sum += s[j]
		}
		sum = 1 / sum
		for j := l; j < len(s); j += stripWidth {
			s[j] *= sum
		}
		stats.max[l], stats.inverse[l] = top, sum
	}
}

// stripExpGo is the reference of stripExp: stripSoftmax with the statistics given, and the same bits.
func stripExpGo(s []float32, stats *stripStats, scale float32) {
	for i, v := range s {
		l := i % stripWidth
		s[i] = exp32(float32(v*scale)-stats.max[l]) * stats.inverse[l]
	}
}

// stripGradGo is the reference of stripGrad, the gradient of stripSoftmax: dp becomes scale*p*(dp - sum of dp*p).
func stripGradGo(dp, p []float32, scale float32) {
	for l := range stripWidth {
		sum := float32(0)
		for j := l; j < len(p); j += stripWidth {
			sum = fma32(dp[j], p[j], sum)
		}
		for j := l; j < len(p); j += stripWidth {
			dp[j] = float32((dp[j]-sum)*p[j]) * scale
		}
	}
}
