// Package kernels computes: products of matrices, vector maths, fused layers' inner loops and random numbers, on slices
// of float32; [Logistic] alone is for float64.
//
// A product is C[M,N] = A[M,K] B[K,N]; matrices are row-major with a leading dimension. Elsewhere a matrix has rows and
// cols and no gaps.
//
// # Families
//
// Each kernel exists up to four times: for AVX-512, AVX2 and NEON in assembly written by internal/asmgen, and in plain Go,
// which is the reference and what runs where nothing else does. [Family] tells which one is in use; the environment
// variable COHORT_KERNELS forces a lower one; the build tag noasm leaves the assembly out.
//
// # Bits
//
// An element of a product is one chain of fused multiply-adds over k ascending, in blocks of 256 that are added in order.
// It never depends on M, N, on which path computed it, or on the number of threads, and avx2 and avx512 agree bit for bit.
// Products of neon and generic are families of their own. Vector maths and random numbers agree bit for bit between all
// families.
//
// Products of bfloat16 ([GemmBF16], [Packed.PackBF16]) are asked for by name, where [CheckBF16] has nothing against them. Their blocks
// have 512 elements of K, two of which are added up at a time; beyond that the same holds.
//
// # Threads
//
// One pool of goroutines serves the process: see [Run]. Chunk boundaries depend on shapes alone.
//
// Slices that are too short and shapes that do not match are mistakes of the programmer: the package panics before
// assembly sees them, with both shapes in the message. NaN and Inf propagate as IEEE 754 says.
package kernels
