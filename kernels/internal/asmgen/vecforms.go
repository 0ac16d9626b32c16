package asmgen

import "fmt"

// pointers are the registers of a kernel's slices in the order of its arguments, on amd64.
var pointers = []string{"DI", "SI", "DX", "R8", "R9", "R10", "R11"}

// ptr is the register of a slice.
func (m *machine) ptr(p int) string {
	if m.arm {
		return fmt.Sprintf("R%d", p)
	}
	return pointers[p]
}

// arguments loads the first arguments into their registers.
func (m *machine) arguments(names ...string) {
	op := "MOVQ"
	if m.arm {
		op = "MOVD"
	}
	for i, n := range names {
		m.f.I(op, fmt.Sprintf("%s+%d(FP)", n, 8*i), m.ptr(i))
	}
	m.slices = len(names)
}

// tailMask makes a mask of as many lanes as the register says, fewer than there are. It changes BX and CX.
func (m *machine) tailMask(n string) {
	m.f.I("MOVQ", n, "CX")
	if m.wide {
		m.f.I("MOVL", "$1", "BX")
		m.f.I("SHLQ", "CX", "BX")
		m.f.I("DECQ", "BX")
		m.f.I("KMOVW", "BX", "K7")
		return
	}
	m.f.I("NEGQ", "CX")
	m.f.I("LEAQ", "vecMask<>+32(SB)", "BX")
	m.f.I("VMOVUPS", "(BX)(CX*4)", fmt.Sprintf("Y%d", tailReg))
}

// each does a body for all elements; the number of them is in an argument. mem of a pointer is where its element lies.
func (m *machine) each(count string, body func(mem func(p int) string, tail bool)) {
	f := m.f
	m.loadConstants()
	if m.arm {
		m.steps(count, m.lanes, 0, func(mem func(p, k int) string) {
			body(func(p int) string { return mem(p, 0) }, false)
		})
		m.end()
		return
	}
	f.I("MOVQ", count, "R13")
	f.I("XORL", "AX", "AX")
	loop, rest, done := f.Label("loop"), f.Label("rest"), f.Label("done")
	mem := func(p int) string { return "(" + pointers[p] + ")(AX*1)" }
	f.I("SUBQ", imm(m.lanes), "R13")
	f.I("JLT", rest)
	f.At(loop)
	body(mem, false)
	m.run()
	f.I("ADDQ", imm(m.bytes), "AX")
	f.I("SUBQ", imm(m.lanes), "R13")
	f.I("JGE", loop)
	f.At(rest)
	f.I("ADDQ", imm(m.lanes), "R13")
	f.I("JEQ", done)
	m.tailMask("R13")
	body(mem, true)
	m.run()
	f.At(done)
	m.end()
}

func (m *machine) end() {
	if !m.arm {
		m.f.I("VZEROUPPER")
	}
	m.f.I("RET")
}

// elementwise is a kernel that sets dst from up to three slices and two numbers.
func elementwise(name string, family Family, t *constTable, inputs int, numbers bool, body func(m *machine, in []*value, s, t *value) *value) *Func {
	return kernel(name+string(family), "(dst, a, b, c *float32, n int, s, t float32)", 48, t, func(m *machine) {
		m.arguments([]string{"dst", "a", "b", "c"}[:inputs+1]...)
		var s, u *value
		if numbers {
			s, u = m.broadcast("s+40(FP)"), m.broadcast("t+44(FP)")
		}
		m.each("n+32(FP)", func(mem func(p int) string, tail bool) {
			in := make([]*value, inputs)
			for i := range in {
				in[i] = m.load(mem(i+1), tail)
			}
			m.store(mem(0), body(m, in, s, u), tail)
		})
	})
}

// groups does a body for each group of n elements, of which there is one at least; mem is where register k of a slice lies.
// Slices before from are the same for all groups.
func (m *machine) groups(count string, n, from int, body func(mem func(p, k int) string)) {
	if m.arm {
		m.steps(count, n, from, body)
		return
	}
	f := m.f
	f.I("MOVQ", count, "R13")
	f.I("XORL", "AX", "AX")
	loop := f.Label("loop")
	f.At(loop)
	body(func(p, k int) string { return fmt.Sprintf("%d(%s)(AX*1)", k*m.bytes, pointers[p]) })
	m.run()
	f.I("ADDQ", imm(4*n), "AX")
	f.I("SUBQ", imm(n), "R13")
	f.I("JNZ", loop)
}

// reduction is a kernel that adds groups of 64 elements to 64 partial sums in memory, where they stay near enough.
func reduction(name string, family Family, t *constTable, inputs int, body func(m *machine, acc *value, in []*value, s *value, dst string) *value) *Func {
	return kernel(name+string(family), "(acc, dst, a, b *float32, n int, s float32)", 44, t, func(m *machine) {
		m.arguments([]string{"acc", "dst", "a", "b"}[:inputs+2]...)
		s := m.broadcast("s+40(FP)")
		m.loadConstants()
		m.groups("n+32(FP)", 64, 1, func(mem func(p, k int) string) {
			for k := range 256 / m.bytes {
				acc := fmt.Sprintf("%d(%s)", k*m.bytes, m.ptr(0))
				in := make([]*value, inputs)
				for i := range in {
					in[i] = m.load(mem(i+2, k), false)
				}
				m.store(acc, body(m, m.load(acc, false), in, s, mem(1, k)), false)
				m.run()
			}
		})
		m.end()
	})
}

// columns is a kernel that sets dst [cols] to sums over the rows: strips of four registers, then of one, then the rest.
func columns(name string, family Family, t *constTable, inputs int, mean bool, body func(m *machine, acc *value, in []*value, mean *value) *value) *Func {
	return kernel(name+string(family), "(dst, mean, x, dy *float32, rows, cols int)", 48, t, func(m *machine) {
		f := m.f
		m.arguments([]string{"dst", "mean", "x", "dy"}[:inputs+2]...)
		f.I("MOVQ", "cols+40(FP)", "R13")
		f.I("MOVQ", "R13", "R12")
		f.I("SHLQ", "$2", "R12")
		var acc, means []*value
		for range 4 {
			acc, means = append(acc, m.pin()), append(means, m.pin())
		}
		m.loadConstants()
		strip := func(n int, tail bool) {
			for k := range n {
				m.zero(acc[k])
				if mean {
					m.set(means[k], m.load(fmt.Sprintf("%d(SI)", k*m.bytes), tail))
				}
			}
			m.run()
			f.I("MOVQ", "rows+32(FP)", "CX")
			f.I("XORL", "AX", "AX")
			row := f.Label("row")
			f.At(row)
			for k := range n {
				in := make([]*value, inputs)
				for i := range in {
					in[i] = m.load(fmt.Sprintf("%d(%s)(AX*1)", k*m.bytes, pointers[i+2]), tail)
				}
				m.set(acc[k], body(m, acc[k], in, means[k]))
				m.run()
			}
			f.I("ADDQ", "R12", "AX")
			f.I("DECQ", "CX")
			f.I("JNZ", row)
			for k := range n {
				m.store(fmt.Sprintf("%d(DI)", k*m.bytes), acc[k], tail)
			}
			m.run()
			for _, p := range pointers[:inputs+2] {
				f.I("ADDQ", imm(n*m.bytes), p)
			}
		}
		m.strips(strip)
		m.end()
	})
}

// strips does strips of four registers, then of one, then the columns that are left; R13 counts them.
func (m *machine) strips(strip func(n int, tail bool)) {
	f := m.f
	done := f.Label("done")
	for _, n := range []int{4, 1} {
		loop, next := f.Label("strip"), f.Label("next")
		f.I("SUBQ", imm(n*m.lanes), "R13")
		f.I("JLT", next)
		f.At(loop)
		strip(n, false)
		f.I("SUBQ", imm(n*m.lanes), "R13")
		f.I("JGE", loop)
		f.At(next)
		f.I("ADDQ", imm(n*m.lanes), "R13")
	}
	f.I("TESTQ", "R13", "R13")
	f.I("JEQ", done)
	m.tailMask("R13")
	strip(1, true)
	f.At(done)
}

// across does a body for the 16 lanes of a tile, as many at a time as there are. The pointers move on in between.
func (m *machine) across(body func()) { m.acrossLanes(16, body) }

func (m *machine) acrossLanes(n int, body func()) {
	for lane := 0; lane < n; lane += m.lanes {
		for p := 0; p < m.slices && lane > 0; p++ {
			if m.arm {
				m.f.I("ADD", imm(m.bytes), m.ptr(p))
			} else {
				m.f.I("ADDQ", imm(m.bytes), m.ptr(p))
			}
		}
		body()
	}
}

// down does a body for each of the columns of a tile, 64 bytes apart; there is one at least.
func (m *machine) down(count string, body func(mem func(p int) string)) { m.downBy(count, 64, body) }

func (m *machine) downBy(count string, step int, body func(mem func(p int) string)) {
	f := m.f
	loop := f.Label("down")
	if m.arm {
		f.I("MOVD", count, "R8")
		for p := range m.slices {
			f.I("MOVD", m.ptr(p), fmt.Sprintf("R%d", 10+p))
		}
		f.At(loop)
		body(func(p int) string { return fmt.Sprintf("(R%d)", 10+p) })
		m.run()
		for p := range m.slices {
			f.I("ADD", imm(step), fmt.Sprintf("R%d", 10+p))
		}
		f.I("SUBS", "$1", "R8", "R8")
		f.I("BNE", loop)
		return
	}
	f.I("MOVQ", count, "CX")
	f.I("XORL", "AX", "AX")
	f.At(loop)
	body(func(p int) string { return "(" + pointers[p] + ")(AX*1)" })
	m.run()
	f.I("ADDQ", imm(step), "AX")
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
}
