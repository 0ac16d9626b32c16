//go:build !noasm

package kernels

import "github.com/klauspost/cpuid/v2"

var dotLoop = fmaCase{"bf16 dot product", "", dotLoopBF16, 24 * 32 * 2}

// A round is one multiply-add in each of 24 or 12 vectors.
func ceilingLoops() (all []fmaCase) {
	for _, name := range Families() {
		switch name {
		case avx512:
			all = append(all, fmaCase{"f32 avx512", avx512, fmaLoopAVX512, 24 * 16 * 2})
		case avx2:
			all = append(all, fmaCase{"f32 avx2", avx2, fmaLoopAVX2, 12 * 8 * 2})
		}
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BF16) {
		all = append(all, dotLoop)
	}
	return all
}

// triad is dst = x + s*y; the length is a multiple of 64.
func triad(dst, x, y []float32, s float32) {
	switch {
	case useAVX512:
		triadAVX512(&dst[0], &x[0], &y[0], s, 4*len(dst))
	case useAVX2:
		triadAVX2(&dst[0], &x[0], &y[0], s, 4*len(dst))
	default:
		triadGo(dst, x, y, s)
	}
}
