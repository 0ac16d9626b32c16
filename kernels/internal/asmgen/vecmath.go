package asmgen

import "math"

// The functions of this file are those of package kernels' vec_lane.go, operation by operation: see there for why.

func (m *machine) exp(x *value) *value { return m.expRest(x, nil) }

// expRest is e^(x - rest) for a rest that is too small to be seen in x; nil is 0.
func (m *machine) expRest(x, rest *value) *value {
	shifted := m.fma(x, m.num(1.442695), m.num(0x1.8p23))
	n := m.sub(shifted, m.num(0x1.8p23))
	r := m.fma(n, m.num(-0x1.62e4p-1), x)
	r = m.fma(n, m.num(-0x1.7f7d1cp-20), r)
	if rest != nil {
		r = m.sub(r, rest)
	}
	p := m.fma(m.num(0x1.694p-10), r, m.num(0x1.125edcp-7))
	p = m.fma(p, r, m.num(0x1.555b5ap-5))
	p = m.fma(p, r, m.num(0x1.55545p-3))
	p = m.fma(p, r, m.num(0x1.fffff6p-2))
	p = m.fma(p, r, m.num(1))
	p = m.fma(p, r, m.num(1))
	p = m.addInt(p, m.shl(shifted, 23))
	p = m.blend(m.cmp(cmpLT, x, m.num(-0x1.5d589ep+6)), m.num(0), p)
	return m.blend(m.cmp(cmpNLE, x, m.num(0x1.62e42ep+6)), m.add(x, m.num(math.Inf(1))), p)
}

// logNormal is ln x + shift*ln 2 for positive normal x; shift nil is 0.
func (m *machine) logNormal(x, shift *value) *value {
	e := m.sra(m.subInt(x, m.bits(0x3f2aaaab)), 23)
	f := m.sub(m.subInt(x, m.shl(e, 23)), m.num(1))
	i := m.float(e)
	if shift != nil {
		i = m.add(i, shift)
	}
	s := m.mul(f, f)
	r := m.fma(f, m.num(-0x1.0aep-3), m.num(0x1.208p-3))
	r = m.fma(r, s, m.fma(f, m.num(-0x1.f198ap-4), m.num(0x1.1e574p-3)))
	r = m.fma(r, f, m.num(-0x1.55b374p-3))
	r = m.fma(r, f, m.num(0x1.99d8b2p-3))
	r = m.fma(r, f, m.num(-0x1.fffe02p-3))
	r = m.fma(r, f, m.num(0x1.5554fap-2))
	r = m.fma(r, f, m.num(-.5))
	r = m.fma(r, s, f)
	return m.fma(i, m.num(0x1.62e43p-1), r)
}

func (m *machine) log(x *value) *value {
	small := m.cmp(cmpLT, x, m.num(0x1p-126))
	y := m.blend(small, m.mul(x, m.num(0x1p23)), x)
	shift := m.blend(small, m.num(-23), m.num(0))
	r := m.logNormal(y, shift)
	r = m.blend(m.cmp(cmpNLT, x, m.num(math.Inf(1))), m.add(x, m.num(math.Inf(1))), r)
	r = m.blend(m.cmp(cmpLT, x, m.num(0)), m.num(math.NaN()), r)
	return m.blend(m.cmp(cmpEQ, x, m.num(0)), m.num(math.Inf(-1)), r)
}

func (m *machine) tanh(x *value) *value {
	a := m.and(x, m.bits(1<<31-1))
	far := m.add(m.exp(m.add(a, a)), m.num(1))
	far = m.fma(m.num(-2), m.div(m.num(1), far), m.num(1))
	s := m.mul(x, x)
	p := m.fma(s, m.num(0x1.01ep-6), m.num(-0x1.ac766ap-5))
	p = m.fma(p, s, m.num(0x1.10b23ep-3))
	p = m.fma(p, s, m.num(-0x1.5553dap-2))
	p = m.fma(m.mul(p, s), x, x)
	p = m.blend(m.cmp(cmpLE, m.and(x, m.bits(1<<31-1)), m.num(.55)), p, far)
	return m.or(p, m.and(x, m.bits(1<<31)))
}

func (m *machine) sigmoid(x *value) *value {
	return m.div(m.num(1), m.add(m.exp(m.xor(x, m.bits(1<<31))), m.num(1)))
}

func (m *machine) uniform(w *value) *value { return m.mul(m.float(m.shr(w, 8)), m.num(0x1p-24)) }

func (m *machine) open(w *value) *value {
	return m.mul(m.float(m.or(m.shl(m.shr(w, 9), 1), m.bits(1))), m.num(0x1p-24))
}

func (m *machine) exponential(w *value) *value {
	return m.xor(m.logNormal(m.open(w), nil), m.bits(1<<31))
}

func (m *machine) gumbel(w *value) *value {
	return m.xor(m.logNormal(m.exponential(w), nil), m.bits(1<<31))
}

func (m *machine) normal(w0, w1 *value) (z0, z1 *value) {
	radius := m.sqrt(m.mul(m.logNormal(m.open(w0), nil), m.num(-2)))
	quarter := m.shr(m.addInt(w1, m.bits(1<<29)), 30)
	r := m.mul(m.float(m.subInt(w1, m.shl(quarter, 30))), m.num(0x1.921fb6p-30))
	s := m.mul(r, r)
	sin := m.fma(s, m.num(0x1.80ap-19), m.num(-0x1.a0690cp-13))
	sin = m.fma(sin, s, m.num(0x1.111182p-7))
	sin = m.fma(sin, s, m.num(-0x1.555556p-3))
	sin = m.fma(m.mul(sin, s), r, r)
	cos := m.fma(s, m.num(0x1.9a8p-16), m.num(-0x1.6c0efap-10))
	cos = m.fma(cos, s, m.num(0x1.5555p-5))
	cos = m.fma(cos, s, m.num(-.5))
	cos = m.fma(cos, s, m.num(1))
	swap := m.shl(quarter, 31)
	c := m.blend(m.negative(swap), sin, cos)
	d := m.blend(m.negative(swap), cos, sin)
	c = m.xor(c, m.and(m.shl(m.addInt(quarter, m.bits(1)), 30), m.bits(1<<31)))
	d = m.xor(d, m.and(m.shl(quarter, 30), m.bits(1<<31)))
	return m.mul(radius, c), m.mul(radius, d)
}

// dropout is x times scale, or times 0 where the word is below the limit.
func (m *machine) dropout(x, word, scale, limit *value) *value {
	flip := m.bits(1 << 31) // unsigned order by a signed comparison
	below := m.gtInt(m.xor(limit, flip), m.xor(word, flip))
	return m.mul(x, m.blend(below, m.num(0), scale))
}

// flush is x, or 0 where its magnitude is below the limit.
func (m *machine) flush(x *value, limit float64) *value {
	return m.blend(m.cmp(cmpLT, m.and(x, m.bits(1<<31-1)), m.num(limit)), m.num(0), x)
}

// Of GELU: -2*sqrt(2/pi) and that times 0.044715, each as a float32 and what it lacks.
const (
	geluA, geluALow = -0x1.988454p+0, 0x1.857936p-25
	geluB, geluBLow = -0x1.2444f2p-4, -0x1.49b16ap-29
)

// gelu is x/(1 + e^t) with t = x*(A + B*x*x), whose roundings are collected with the opposite sign.
func (m *machine) gelu(x *value) *value {
	p := m.mul(x, x)
	q := m.mul(p, m.num(geluB))
	low := m.fnma(p, m.num(geluB), q)
	low = m.fma(m.fnma(x, x, p), m.num(geluB), low)
	low = m.fnma(p, m.num(geluBLow), low)
	s := m.add(q, m.num(geluA))
	part := m.sub(s, q)
	lost := m.add(m.sub(q, m.sub(s, part)), m.sub(m.num(geluA), part))
	lost = m.add(m.sub(lost, low), m.num(geluALow))
	t := m.mul(x, s)
	rest := m.fnma(x, lost, m.fnma(x, s, t))
	return m.div(x, m.add(m.expRest(t, rest), m.num(1)))
}

// geluGrad is dy times the derivative of gelu at x.
func (m *machine) geluGrad(dy, x *value) *value {
	p := m.mul(x, x)
	e := m.exp(m.mul(m.and(x, m.bits(1<<31-1)), m.fma(p, m.num(geluB), m.num(geluA))))
	s := m.div(m.num(1), m.add(e, m.num(1)))
	rest := m.mul(e, s)
	slope := m.mul(m.mul(rest, s), x)
	base := m.blend(m.cmp(cmpLT, x, m.num(0)), rest, s)
	return m.mul(dy, m.fnma(slope, m.fma(p, m.num(3*geluB), m.num(geluA)), base))
}
