package kernels

import "math"

// This file is the arithmetic of one lane. The assembly does the same operations in the same order, so that every family
// has the same bits.

// The constants of exp, log, tanh and the sine are minimax fits for fused multiply-adds. Their forms follow
// N. Juffa's published single-precision functions; the tests hold them to the stated error.
const (
	log2e     = 1.442695
	roundBias = 0x1.8p23 // adding it rounds to a whole number, which the low bits of the sum then hold
	ln2High   = 0x1.62e4p-1
	ln2Low    = 0x1.7f7d1cp-20
	ln2       = 0x1.62e43p-1
	expMax    = 0x1.62e42ep+6  // beyond it exp overflows
	expMin    = -0x1.5d589ep+6 // below it exp is less than the smallest normal number

	exp6 = 0x1.694p-10
	exp5 = 0x1.125edcp-7
	exp4 = 0x1.555b5ap-5
	exp3 = 0x1.55545p-3
	exp2 = 0x1.fffff6p-2

	log10 = -0x1.0aep-3
	log9  = 0x1.208p-3
	log8  = -0x1.f198ap-4
	log7  = 0x1.1e574p-3
	log6  = -0x1.55b374p-3
	log5  = 0x1.99d8b2p-3
	log4  = -0x1.fffe02p-3
	log3  = 0x1.5554fap-2
	log2  = -0.5

	tanh9 = 0x1.01ep-6
	tanh7 = -0x1.ac766ap-5
	tanh5 = 0x1.10b23ep-3
	tanh3 = -0x1.5553dap-2

	geluA, geluALow = -0x1.988454p+0, 0x1.857936p-25  // -2*sqrt(2/pi), and what it lacks
	geluB, geluBLow = -0x1.2444f2p-4, -0x1.49b16ap-29 // that times 0.044715

	sin7 = -0x1.a0690cp-13
	sin9 = 0x1.80ap-19
	sin5 = 0x1.111182p-7
	sin3 = -0x1.555556p-3
	cos8 = 0x1.9a8p-16
	cos6 = -0x1.6c0efap-10
	cos4 = 0x1.5555p-5

	turn      = 0x1.921fb6p-30 // 2 pi / 2^32
	tiny      = 1e-30          // moments of an optimiser below it become 0
	minNormal = 0x1p-126
)

var (
	inf = float32(math.Inf(1))
	nan = float32(math.NaN())
)

// exp32 is e^x, with e^x below the smallest normal number flushed to zero.
func exp32(x float32) float32 { return expRest32(x, 0) }

// expRest32 is e^(x - rest) for a rest that is too small to be seen in x.
func expRest32(x, rest float32) float32 {
	shifted := fma32(x, log2e, roundBias)
	n := shifted - roundBias
	r := fma32(n, -ln2High, x)
	r = fma32(n, -ln2Low, r) - rest
	p := fma32(exp6, r, exp5)
	p = fma32(p, r, exp4)
	p = fma32(p, r, exp3)
	p = fma32(p, r, exp2)
	p = fma32(p, r, 1)
	p = fma32(p, r, 1)
	p = math.Float32frombits(math.Float32bits(p) + math.Float32bits(shifted)<<23) // times 2^n
	if x < expMin {
		p = 0
	}
	if !(x <= expMax) {
		p = x + inf // Inf, or NaN
	}
	return p
}

// logNormal is ln x + shift*ln 2 for positive normal x.
func logNormal(x, shift float32) float32 {
	const twoThirds = 0x3f2aaaab // mantissas from 2/3 to 4/3
	bits := int32(math.Float32bits(x))
	e := (bits - twoThirds) >> 23
	f := math.Float32frombits(uint32(bits-e<<23)) - 1
	i := float32(e) + shift
	s := f * f
	r := fma32(log10, f, log9)
	r = fma32(r, s, fma32(log8, f, log7))
	r = fma32(r, f, log6)
	r = fma32(r, f, log5)
	r = fma32(r, f, log4)
	r = fma32(r, f, log3)
	r = fma32(r, f, log2)
	r = fma32(r, s, f)
	return fma32(i, ln2, r)
}

// log32 is ln x: -Inf for 0, NaN below.
func log32(x float32) float32 {
	y, shift := x, float32(0)
	if x < minNormal {
		y, shift = x*0x1p23, -23
	}
	r := logNormal(y, shift)
	if !(x < inf) {
		r = x + inf // Inf, or NaN
	}
	if x < 0 {
		r = nan
	}
	if x == 0 {
		r = -inf
	}
	return r
}

// tanh32 is an odd polynomial up to 0.55, beyond it 1 - 2/(e^2|x| + 1) with the sign of x.
func tanh32(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	far := fma32(-2, 1/(exp32(a+a)+1), 1)
	s := x * x
	p := fma32(tanh9, s, tanh7)
	p = fma32(p, s, tanh5)
	p = fma32(p, s, tanh3)
	p = float32(p * s)
	p = fma32(p, x, x)
	if !(a <= 0.55) {
		p = far
	}
	return math.Float32frombits(math.Float32bits(p) | math.Float32bits(x)&(1<<31)) // also of -0
}

func sigmoid32(x float32) float32 { return 1 / (1 + exp32(-x)) }

// gelu32 is x/(1 + e^t) with t = x*(A + B*x*x), whose roundings are collected with the opposite sign: the exponential of a large
// t would magnify them.
func gelu32(x float32) float32 {
	p := float32(x * x)
	q := float32(p * geluB)
	low := fma32(-p, geluB, q)
	low = fma32(fma32(-x, x, p), geluB, low)
	low = fma32(-p, geluBLow, low)
	s := q + geluA
	part := s - q
	lost := (q - (s - part)) + (geluA - part) // exactly what the sum has lost (Knuth's two-sum)
	lost = (lost - low) + geluALow
	t := float32(x * s)
	rest := fma32(-x, lost, fma32(-x, s, t))
	return x / (expRest32(t, rest) + 1)
}

// geluSlope32 is the derivative of gelu32. The logistic function is that of |x|, whose exponential is at most 1, so that neither it
// nor what it lacks to 1 is a difference.
func geluSlope32(x float32) float32 {
	p := float32(x * x)
	e := exp32(float32(abs32(x) * fma32(p, geluB, geluA)))
	s := 1 / (e + 1)
	rest := float32(e * s)
	slope := float32(float32(rest*s) * x)
	if x < 0 {
		s = rest
	}
	return fma32(-slope, fma32(p, 3*geluB, geluA), s)
}

// max32 is a where it is the greater one, else b: the order in which VMAXPS treats NaN and zeros.
func max32(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// uniform32 is a multiple of 2^-24 in [0, 1).
func uniform32(w uint32) float32 { return float32(int32(w>>8)) * 0x1p-24 }

// open32 is an odd multiple of 2^-24: neither 0 nor 1, so that its logarithm and the logarithm of that are finite.
func open32(w uint32) float32 { return float32(int32(w>>9<<1|1)) * 0x1p-24 }

func exponential32(w uint32) float32 { return -logNormal(open32(w), 0) }

func gumbel32(w uint32) float32 { return -logNormal(exponential32(w), 0) }

// normal32 gives two normal numbers (Box and Muller 1958): the radius from one word, the angle from the other, as a
// signed fraction of a turn that is reduced to an eighth of a turn in whole numbers.
func normal32(w0, w1 uint32) (z0, z1 float32) {
	radius := sqrt32(logNormal(open32(w0), 0) * -2)
	quarter := (w1 + 1<<29) >> 30
	r := float32(int32(w1-quarter<<30)) * turn
	s := r * r
	sin := fma32(sin9, s, sin7)
	sin = fma32(sin, s, sin5)
	sin = fma32(sin, s, sin3)
	sin = fma32(float32(sin*s), r, r)
	cos := fma32(cos8, s, cos6)
	cos = fma32(cos, s, cos4)
	cos = fma32(cos, s, -0.5)
	cos = fma32(cos, s, 1)
	if quarter&1 != 0 {
		sin, cos = cos, sin
	}
	cos = math.Float32frombits(math.Float32bits(cos) ^ (quarter+1)<<30&(1<<31))
	sin = math.Float32frombits(math.Float32bits(sin) ^ quarter<<30&(1<<31))
	return radius * cos, radius * sin
}
