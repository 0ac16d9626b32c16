//go:build noasm || !(amd64 || arm64)

package kernels

func stripSoftmax(s []float32, stats *stripStats, scale float32) { stripSoftmaxGo(s, stats, scale) }

func stripExp(s []float32, stats *stripStats, scale float32) { stripExpGo(s, stats, scale) }

func stripGrad(dp, p []float32, scale float32) { stripGradGo(dp, p, scale) }
