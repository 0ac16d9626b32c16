package kernels

import (
	"fmt"
	"os"
	"slices"
)

// The families of kernels, by the names that COHORT_KERNELS takes.
const (
	avx512  = "avx512"
	avx2    = "avx2"
	neon    = "neon"
	generic = "generic"
)

// Which assembly runs; both amd64 switches are on where AVX-512 runs, because a kernel that has no AVX-512 form uses AVX2.
var useAVX512, useAVX2, useNEON bool

// environment is what COHORT_KERNELS asked for in vain.
var environment error

func init() {
	name := os.Getenv("COHORT_KERNELS")
	if name != "" {
		if _, environment = Use(name); environment == nil {
			return
		}
	}
	if _, err := Use(Families()[0]); err != nil {
		panic("kernels: " + err.Error())
	}
}

// EnvironmentError tells that the variable COHORT_KERNELS names kernels that this processor cannot run; the best ones are
// in use then. Programs should stop with it.
func EnvironmentError() error { return environment }

// Family names the kernels in use: "avx512", "avx2", "neon" or "generic".
func Family() string {
	switch {
	case useAVX512:
		return avx512
	case useAVX2:
		return avx2
	case useNEON:
		return neon
	}
	return generic
}

// Families lists what this processor can run, the best first. The last is always "generic".
func Families() []string {
	return append(assemblyFamilies(), generic)
}

// Use makes another family the one in use and gives a function that goes back. The error names what this processor can
// run. It is for tests, benchmarks and diagnosis: no kernel may run meanwhile.
func Use(name string) (restore func(), err error) {
	if !slices.Contains(Families(), name) {
		return nil, fmt.Errorf("no kernels %q on this processor; it can run %v", name, Families())
	}
	a, b, c := useAVX512, useAVX2, useNEON
	useAVX512, useAVX2, useNEON = name == avx512, name == avx512 || name == avx2, name == neon
	return func() { useAVX512, useAVX2, useNEON = a, b, c }, nil
}

// Arithmetic names a family by its bits: AVX2 and AVX-512 agree bit for bit and are both "avx2"; every other family is itself. A family
// that is not known here, as of a file from elsewhere, is itself, too.
func Arithmetic(family string) string {
	if family == "avx512" {
		return "avx2"
	}
	return family
}
