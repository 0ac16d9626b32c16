package kernels

import "math"

// fma32 is x*y + z with a single rounding, as the fused instructions of the assembly compute it. The product is exact in
// float64. The sum is rounded to odd there, so that the second rounding, to float32, sees whether anything was lost
// (Boldo and Melquiond, doi:10.1109/TC.2007.70819).
func fma32(x, y, z float32) float32 {
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
