package kernels

// fma32 is x*y + z with a single rounding: the compiler fuses the two for arm64, and a test holds it to that. It is not
// inlined, because among other products of its surroundings the compiler might choose another one to fuse.
//
//go:noinline
func fma32(x, y, z float32) float32 { return x*y + z }
