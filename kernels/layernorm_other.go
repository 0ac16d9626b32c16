//go:build noasm || !amd64

package kernels

func normScale(dst, gamma, beta []float32, rstd float32) { normScaleGo(dst, gamma, beta, rstd) }

func normBack(h, dx, dgamma, dbeta, x, dy, gamma []float32, mean, rstd float32) {
	normBackGo(h, dx, dgamma, dbeta, x, dy, gamma, mean, rstd)
}

func normEnd(dx, h []float32, mean, rstd, s float32) { normEndGo(dx, h, mean, rstd, s) }
