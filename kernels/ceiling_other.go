//go:build noasm || !(amd64 || arm64)

package kernels

func ceilingLoops() []fmaCase { return nil }

func triadLoop() func(dst, x, y []float32) { return nil }
