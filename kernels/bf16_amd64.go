//go:build !noasm

package kernels

import "github.com/klauspost/cpuid/v2"

// The kernels of bf16_amd64.s, as those of stubs_amd64.go: A and B hold words of two bfloat16.

//go:noescape
func gemm1x32BF16(t *tile)

//go:noescape
func gemm1x128BF16(t *tile)

//go:noescape
func gemm2x32BF16(t *tile)

//go:noescape
func gemm2x128BF16(t *tile)

//go:noescape
func gemm3x32BF16(t *tile)

//go:noescape
func gemm3x96BF16(t *tile)

//go:noescape
func gemm4x32BF16(t *tile)

//go:noescape
func gemm4x96BF16(t *tile)

//go:noescape
func gemm5x32BF16(t *tile)

//go:noescape
func gemm5x64BF16(t *tile)

//go:noescape
func gemm6x32BF16(t *tile)

//go:noescape
func gemm6x64BF16(t *tile)

//go:noescape
func gemm7x32BF16(t *tile)

//go:noescape
func gemm8x32BF16(t *tile)

//go:noescape
func gemm9x32BF16(t *tile)

//go:noescape
func gemm10x32BF16(t *tile)

//go:noescape
func gemm11x32BF16(t *tile)

//go:noescape
func gemm12x32BF16(t *tile)

//go:noescape
func pairRowBF16(dst, src *float32, words int)

//go:noescape
func pairRowsBF16(dst, src *float32, step, ld, panels, k int)

// hasBF16 tells whether the processor multiplies pairs of bfloat16, and the family in use is the one whose registers that takes.
func hasBF16() bool { return useAVX512 && cpuid.CPU.Supports(cpuid.AVX512BF16) }

// ceilingBF16 is the rate of dot products of bfloat16 on some threads, in GFLOP/s.
func ceilingBF16(threads int) float64 { return flops(dotLoop, threads) }

// pairFast does the first words of a row by assembly, and tells how many.
func pairFast(dst, src []float32) int {
	n := len(src) / 32 * 16
	if n > 0 {
		pairRowBF16(&dst[0], &src[0], n)
	}
	return n
}

// pairPanels packs full panels of pairs of rows by assembly.
func pairPanels(dst []float32, step int, b []float32, ldb, panels, k int) {
	if panels > 0 && k > 0 {
		pairRowsBF16(&dst[0], &b[0], 4*step, 4*ldb, panels, k)
	}
}
