package mixture

import "math"

// Nearly all of the time of a fit is spent in exponentials of numbers between -40 and 0. exp is short enough to be inlined,
// and several of them run at once in the processor.

// 2^(1/steps) to the power n is what is left to a table and the exponent; the rest is a polynomial.
const (
	steps    = 128
	perUnit  = steps / math.Ln2
	stepHigh = 0x1.62e42fefp-8 // ln 2 / steps, few enough bits that products with whole numbers up to 2^20 are exact
	stepLow  = math.Ln2/steps - stepHigh
	rounding = 0x1.8p52 // adding it leaves a whole number in the low bits
)

var powers = func() (p [steps]uint64) {
	for i := range p {
		p[i] = math.Float64bits(math.Exp2(float64(i) / steps))
	}
	return p
}()

// exp is e^x for x from -700 to 700, to within 2 ulp.
func exp(x float64) float64 {
	n := x*perUnit + rounding
	bits := math.Float64bits(n)
	n -= rounding
	r := x - n*stepHigh - n*stepLow // |r| <= 0.0028
	return math.Float64frombits(powers[bits%steps]+bits/steps<<52) * (1 + r*(1+r*(1./2+r*(1./6+r*(1./24+r*(1./120))))))
}
