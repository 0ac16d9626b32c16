//go:build !noasm

package kernels

// The kernels of gemm_amd64.s: for each group of panels C = A B, or what the flags of the tile say, for as many rows and
// columns as their names say. gemm_ref.go has the reference.

//go:noescape
func gemm1x32AVX512(t *tile)

//go:noescape
func gemm1x128AVX512(t *tile)

//go:noescape
func gemm2x32AVX512(t *tile)

//go:noescape
func gemm2x128AVX512(t *tile)

//go:noescape
func gemm3x32AVX512(t *tile)

//go:noescape
func gemm3x96AVX512(t *tile)

//go:noescape
func gemm4x32AVX512(t *tile)

//go:noescape
func gemm4x96AVX512(t *tile)

//go:noescape
func gemm5x32AVX512(t *tile)

//go:noescape
func gemm5x64AVX512(t *tile)

//go:noescape
func gemm6x32AVX512(t *tile)

//go:noescape
func gemm6x64AVX512(t *tile)

//go:noescape
func gemm7x32AVX512(t *tile)

//go:noescape
func gemm8x32AVX512(t *tile)

//go:noescape
func gemm9x32AVX512(t *tile)

//go:noescape
func gemm10x32AVX512(t *tile)

//go:noescape
func gemm11x32AVX512(t *tile)

//go:noescape
func gemm12x32AVX512(t *tile)

//go:noescape
func gemm1x16AVX2(t *tile)

//go:noescape
func gemm1x64AVX2(t *tile)

//go:noescape
func gemm2x16AVX2(t *tile)

//go:noescape
func gemm2x32AVX2(t *tile)

//go:noescape
func gemm3x16AVX2(t *tile)

//go:noescape
func gemm4x16AVX2(t *tile)

//go:noescape
func gemm5x16AVX2(t *tile)

//go:noescape
func gemm6x16AVX2(t *tile)

// Copies into panels; gemm_pack.go has the reference.

//go:noescape
func packRowsAVX512(dst, src *float32, step, ld, panels, k int)

//go:noescape
func packRowsAVX2(dst, src *float32, step, ld, panels, k int)

//go:noescape
func transpose8AVX2(dst, src *float32, dstLd, srcLd, dstStep, srcStep, blocks int)

// Loops that do nothing but what they measure.

//go:noescape
func fmaLoopAVX512(n int)

//go:noescape
func fmaLoopAVX2(n int)

//go:noescape
func dotLoopBF16(n int)

//go:noescape
func triadAVX512(dst, x, y *float32, s float32, n int)

//go:noescape
func triadAVX2(dst, x, y *float32, s float32, n int)

// Rows of sparse products; sparse.go has the reference.

//go:noescape
func sparseRowAVX512(t *sparseRow)

//go:noescape
func sparseRowAVX2(t *sparseRow)

//go:noescape
func gemmHalf1x16AVX2(t *tile)

//go:noescape
func gemmHalf1x64AVX2(t *tile)

//go:noescape
func gemmHalf2x16AVX2(t *tile)

//go:noescape
func gemmHalf3x16AVX2(t *tile)

//go:noescape
func gemmHalf4x16AVX2(t *tile)

//go:noescape
func gemmHalf5x16AVX2(t *tile)

//go:noescape
func gemmHalf6x16AVX2(t *tile)

//go:noescape
func gemmHalf1x32AVX512(t *tile)

//go:noescape
func gemmHalf1x128AVX512(t *tile)

//go:noescape
func gemmHalf2x32AVX512(t *tile)

//go:noescape
func gemmHalf3x32AVX512(t *tile)

//go:noescape
func gemmHalf4x32AVX512(t *tile)

//go:noescape
func gemmHalf5x32AVX512(t *tile)

//go:noescape
func gemmHalf6x32AVX512(t *tile)

//go:noescape
func gemmHalf7x32AVX512(t *tile)

//go:noescape
func gemmHalf8x32AVX512(t *tile)

//go:noescape
func gemmHalf9x32AVX512(t *tile)

//go:noescape
func gemmHalf10x32AVX512(t *tile)

//go:noescape
func gemmHalf11x32AVX512(t *tile)

//go:noescape
func gemmHalf12x32AVX512(t *tile)
