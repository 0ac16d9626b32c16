//go:build noasm || !(amd64 || arm64)

package kernels

func assemblyFamilies() []string { return nil }
