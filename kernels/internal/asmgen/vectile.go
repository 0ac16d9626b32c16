package asmgen

// tileKernels work on tiles [cols, 16]: a row in each lane. n is the number of columns, one at least.
func tileKernels(family Family, t *constTable) []*Func {
	return []*Func{
		tileExp("tileExp", family, t, false), tileExp("tileExpNoise", family, t, true),
		tileLanes("tileScale", family, t, func(m *machine, x, a, _ *value) *value { return m.mul(x, a) }),
		tileLanes("tileShift", family, t, func(m *machine, x, a, b *value) *value { return m.sub(m.sub(x, a), b) }),
		tileGrad(family, t),
	}
}

func tileExp(name string, family Family, t *constTable, noise bool) *Func {
	return kernel(name+string(family), "(dst, x, noise, stats *float32, n int, scale float32)", 44, t, func(m *machine) {
		m.arguments("dst", "x", "noise", "stats")
		scale, top, sum := m.broadcast("scale+40(FP)"), m.pin(), m.pin()
		m.loadConstants()
		m.across(func() {
			m.set(top, m.bits(0xff800000))
			m.zero(sum)
			m.run()
			m.down("n+32(FP)", func(mem func(p int) string) {
				v := m.load(mem(1), false)
				if noise {
					v = m.add(v, m.load(mem(2), false))
				}
				v = m.mul(v, scale)
				m.store(mem(0), v, false)
				m.set(top, m.max(top, v))
			})
			m.down("n+32(FP)", func(mem func(p int) string) {
				e := m.exp(m.sub(m.load(mem(0), false), top))
				m.store(mem(0), e, false)
				m.set(sum, m.add(sum, e))
			})
			m.store("("+m.ptr(3)+")", top, false)
			m.store("64("+m.ptr(3)+")", sum, false)
			m.run()
		})
		m.end()
	})
}

func tileLanes(name string, family Family, t *constTable, body func(m *machine, x, a, b *value) *value) *Func {
	return kernel(name+string(family), "(dst, x, a, b *float32, n int)", 40, t, func(m *machine) {
		m.arguments("dst", "x", "a", "b")
		a, b := m.pin(), m.pin()
		m.across(func() {
			m.set(a, m.load("("+m.ptr(2)+")", false))
			m.set(b, m.load("("+m.ptr(3)+")", false))
			m.run()
			m.down("n+32(FP)", func(mem func(p int) string) {
				m.store(mem(0), body(m, m.load(mem(1), false), a, b), false)
			})
		})
		m.end()
	})
}

func tileGrad(family Family, t *constTable) *Func {
	return kernel("tileGrad"+string(family), "(dx, dy, y *float32, n int, scale float32)", 36, t, func(m *machine) {
		m.arguments("dx", "dy", "y")
		scale, sum := m.broadcast("scale+32(FP)"), m.pin()
		m.across(func() {
			m.zero(sum)
			m.down("n+24(FP)", func(mem func(p int) string) {
				m.set(sum, m.fma(m.load(mem(1), false), m.load(mem(2), false), sum))
			})
			m.down("n+24(FP)", func(mem func(p int) string) {
				d := m.mul(m.sub(m.load(mem(1), false), sum), m.load(mem(2), false))
				m.store(mem(0), m.mul(d, scale), false)
			})
		})
		m.end()
	})
}
