//go:build !noasm

package kernels

import "github.com/klauspost/cpuid/v2"

// assemblyFamilies asks for every extension that the generator uses, see the table of instructions in internal/asmgen.
func assemblyFamilies() (names []string) {
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL, cpuid.AVX2, cpuid.FMA3) {
		names = append(names, avx512)
	}
	if cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		names = append(names, avx2)
	}
	return names
}
