package kernels

import "math"

// exactFMA is x*y + z with a single rounding, as the fused instructions of the assembly compute it. The product is exact in
// float64. Rounding the sum there first does harm only where that falls midway between two float32 numbers, also between
// two denormal ones: then the last 28 bits are 0, and the slow way is taken.
func exactFMA(x, y, z float32) float32 {
	s := float64(x)*float64(y) + float64(z)
	if math.Float64bits(s)<<36 == 0 {
		return slowFMA(x, y, z)
	}
	return float32(s)
}

// slowFMA rounds the sum to odd, so that the second rounding sees whether anything was lost (Boldo and Melquiond,
// doi:10.1109/TC.2007.70819).
func slowFMA(x, y, z float32) float32 {
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	part := s - p
	lost := (p - (s - part)) + (q - part) // exactly what the sum has lost; NaN where s is not finite
	if bits := math.Float64bits(s); bits&1 == 0 && (lost > 0 || lost < 0) {
		if (lost > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return float32(s)
}
