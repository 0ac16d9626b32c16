package asmgen

// stripLanes are the queries of attention that are worked on side by side.
const stripLanes = 32

// stripKernels work on strips [n, 32] of attention: a query in each lane, a key in each row, one at least.
func stripKernels(family Family, t *constTable) []*Func {
	all := []*Func{stripSoftmax(family, t), stripExp(family, t), stripGrad(family, t)}
	if family != NEON { // which does these operation by operation
		all = append(all, normScale(family, t), normBack(family, t), normEnd(family, t))
	}
	return all
}

// normScale ends a row of a layer norm: dst becomes dst*rstd*gamma + beta.
func normScale(family Family, t *constTable) *Func {
	return kernel("normScale"+string(family), "(dst, gamma, beta *float32, n int, rstd float32)", 36, t, func(m *machine) {
		m.arguments("dst", "gamma", "beta")
		rstd := m.broadcast("rstd+32(FP)")
		m.each("n+24(FP)", func(mem func(p int) string, tail bool) {
			h := m.mul(m.load(mem(0), tail), rstd)
			m.store(mem(0), m.fma(h, m.load(mem(1), tail), m.load(mem(2), tail)), tail)
		})
	})
}

// normBack begins the way back of a row: the normalised numbers h, what the row adds to dgamma and dbeta, and dy*gamma.
func normBack(family Family, t *constTable) *Func {
	return kernel("normBack"+string(family), "(h, dx, dgamma, dbeta, x, dy, gamma *float32, n int, mean, rstd float32)", 72, t, func(m *machine) {
		m.arguments("h", "dx", "dgamma", "dbeta", "x", "dy", "gamma")
		mean, rstd := m.broadcast("mean+64(FP)"), m.broadcast("rstd+68(FP)")
		m.each("n+56(FP)", func(mem func(p int) string, tail bool) {
			dy := m.load(mem(5), tail)
			h := m.mul(m.sub(m.load(mem(4), tail), mean), rstd)
			m.store(mem(0), h, tail)
			m.store(mem(3), m.add(m.load(mem(3), tail), dy), tail)
			m.store(mem(2), m.fma(dy, h, m.load(mem(2), tail)), tail)
			m.store(mem(1), m.mul(dy, m.load(mem(6), tail)), tail)
		})
	})
}

// normEnd ends it: dx becomes (dx - mean)*rstd + s*h.
func normEnd(family Family, t *constTable) *Func {
	return kernel("normEnd"+string(family), "(dx, h *float32, n int, mean, rstd, s float32)", 36, t, func(m *machine) {
		m.arguments("dx", "h")
		mean, rstd, s := m.broadcast("mean+24(FP)"), m.broadcast("rstd+28(FP)"), m.broadcast("s+32(FP)")
		m.each("n+16(FP)", func(mem func(p int) string, tail bool) {
			d := m.mul(m.sub(m.load(mem(0), tail), mean), rstd)
			m.store(mem(0), m.fma(m.load(mem(1), tail), s, d), tail)
		})
	})
}

// stripSoftmax turns scores into softmax(scale*score) and sets stats to the greatest scaled score of each query and the inverse of
// the sum.
func stripSoftmax(family Family, t *constTable) *Func {
	return kernel("stripSoftmax"+string(family), "(s, stats *float32, n int, scale float32)", 28, t, func(m *machine) {
		m.arguments("s", "stats")
		scale, top, sum := m.broadcast("scale+24(FP)"), m.pin(), m.pin()
		m.loadConstants()
		m.acrossLanes(stripLanes, func() {
			m.set(top, m.bits(0xff800000))
			m.zero(sum)
			m.run()
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				v := m.mul(m.load(mem(0), false), scale)
				m.store(mem(0), v, false)
				m.set(top, m.max(top, v))
			})
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				e := m.exp(m.sub(m.load(mem(0), false), top))
				m.store(mem(0), e, false)
				m.set(sum, m.add(sum, e))
			})
			m.set(sum, m.div(m.num(1), sum))
			m.store("("+m.ptr(1)+")", top, false)
			m.run()
			m.store("128("+m.ptr(1)+")", sum, false)
			m.run()
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				m.store(mem(0), m.mul(m.load(mem(0), false), sum), false)
			})
		})
		m.end()
	})
}

// stripExp is stripSoftmax with the statistics given.
func stripExp(family Family, t *constTable) *Func {
	return kernel("stripExp"+string(family), "(s, stats *float32, n int, scale float32)", 28, t, func(m *machine) {
		m.arguments("s", "stats")
		scale, top, inverse := m.broadcast("scale+24(FP)"), m.pin(), m.pin()
		m.loadConstants()
		m.acrossLanes(stripLanes, func() {
			m.set(top, m.load("("+m.ptr(1)+")", false))
			m.run()
			m.set(inverse, m.load("128("+m.ptr(1)+")", false))
			m.run()
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				e := m.exp(m.sub(m.mul(m.load(mem(0), false), scale), top))
				m.store(mem(0), m.mul(e, inverse), false)
			})
		})
		m.end()
	})
}

// stripGrad is the gradient of stripSoftmax: dp becomes scale*p*(dp - sum of dp*p).
func stripGrad(family Family, t *constTable) *Func {
	return kernel("stripGrad"+string(family), "(dp, p *float32, n int, scale float32)", 28, t, func(m *machine) {
		m.arguments("dp", "p")
		scale, sum := m.broadcast("scale+24(FP)"), m.pin()
		m.acrossLanes(stripLanes, func() {
			m.zero(sum)
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				m.set(sum, m.fma(m.load(mem(0), false), m.load(mem(1), false), sum))
			})
			m.downBy("n+16(FP)", 4*stripLanes, func(mem func(p int) string) {
				d := m.mul(m.sub(m.load(mem(0), false), sum), m.load(mem(1), false))
				m.store(mem(0), m.mul(d, scale), false)
			})
		})
		m.end()
	})
}
