//go:build !arm64

package kernels

// fma32 is x*y + z with a single rounding.
func fma32(x, y, z float32) float32 { return exactFMA(x, y, z) }
