//go:build !noasm

package kernels

// Every arm64 processor that Go runs on has NEON.
func assemblyFamilies() []string { return []string{neon} }
