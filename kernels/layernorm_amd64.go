//go:build !noasm

package kernels

//go:noescape
func normScaleAVX2(dst, gamma, beta *float32, n int, rstd float32)

//go:noescape
func normBackAVX2(h, dx, dgamma, dbeta, x, dy, gamma *float32, n int, mean, rstd float32)

//go:noescape
func normEndAVX2(dx, h *float32, n int, mean, rstd, s float32)

//go:noescape
func normScaleAVX512(dst, gamma, beta *float32, n int, rstd float32)

//go:noescape
func normBackAVX512(h, dx, dgamma, dbeta, x, dy, gamma *float32, n int, mean, rstd float32)

//go:noescape
func normEndAVX512(dx, h *float32, n int, mean, rstd, s float32)

func normScale(dst, gamma, beta []float32, rstd float32) {
	switch n := len(dst); {
	case useAVX512:
		normScaleAVX512(raw(dst), raw(gamma), raw(beta), n, rstd)
	case useAVX2:
		normScaleAVX2(raw(dst), raw(gamma), raw(beta), n, rstd)
	default:
		normScaleGo(dst, gamma, beta, rstd)
	}
}

func normBack(h, dx, dgamma, dbeta, x, dy, gamma []float32, mean, rstd float32) {
	switch n := len(dx); {
	case useAVX512:
		normBackAVX512(raw(h), raw(dx), raw(dgamma), raw(dbeta), raw(x), raw(dy), raw(gamma), n, mean, rstd)
	case useAVX2:
		normBackAVX2(raw(h), raw(dx), raw(dgamma), raw(dbeta), raw(x), raw(dy), raw(gamma), n, mean, rstd)
	default:
		normBackGo(h, dx, dgamma, dbeta, x, dy, gamma, mean, rstd)
	}
}

func normEnd(dx, h []float32, mean, rstd, s float32) {
	switch n := len(dx); {
	case useAVX512:
		normEndAVX512(raw(dx), raw(h), n, mean, rstd, s)
	case useAVX2:
		normEndAVX2(raw(dx), raw(h), n, mean, rstd, s)
	default:
		normEndGo(dx, h, mean, rstd, s)
	}
}
