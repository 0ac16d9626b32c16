package asmgen

import "fmt"

// Words of NEON instructions without their registers: three vectors of four numbers. Go's assembler knows few of them.
var neonWords = map[string]int{
	"VADDPS": 0x4E20D400, "VSUBPS": 0x4EA0D400, "VMULPS": 0x6E20DC00, "VDIVPS": 0x6E20FC00,
	"VFMADD": 0x4E20CC00, "VFNMADD": 0x4EA0CC00, // FMLA, FMLS
	"FCMGT": 0x6EA0E400, "FCMGE": 0x6E20E400, "FCMEQ": 0x4E20E400, "gtInt": 0x4EA03400,
	"VPADDD": 0x4EA08400, "VPSUBD": 0x6EA08400, "VPAND": 0x4E201C00, "VPOR": 0x4EA01C00, "VPXOR": 0x6E201C00,
	"BSL": 0x6E601C00, "UZP1": 0x4E801800, "UZP2": 0x4E805800, "VUNPCKLPS": 0x4E803800, "VUNPCKHPS": 0x4E807800,
	"UMULL": 0x2EA0C000, "UMULL2": 0x6EA0C000,
}

// Words of NEON instructions with one source.
var neonUnary = map[string]int{"VSQRTPS": 0x6EA1F800, "VCVTDQ2PS": 0x4E21D800, "NOT": 0x6E205800}

// neon emits d = op(n, m), or for the multiplying and selecting ones what they do to d.
func (f *Func) neon(op string, n, m, d int) {
	word, ok := neonWords[op]
	if !ok {
		panic("asmgen: no word for " + op)
	}
	f.word(word|m<<16|n<<5|d, "%s V%d, V%d, V%d", op, m, n, d)
}

func (f *Func) neonOne(op string, n, d int) { f.word(neonUnary[op]|n<<5|d, "%s V%d, V%d", op, n, d) }

// neonShift shifts each number; right without and with sign.
func (f *Func) neonShift(op string, by, n, d int) {
	word := map[string]int{"VPSLLD": 0x4F005400 | (32+by)<<16, "VPSRLD": 0x6F000400 | (64-by)<<16, "VPSRAD": 0x4F000400 | (64-by)<<16}[op]
	f.word(word|n<<5|d, "%s $%d, V%d, V%d", op, by, n, d)
}

func (f *Func) word(word int, comment string, args ...any) {
	f.need("arm64")
	fmt.Fprintf(&f.body, "\tWORD $0x%08x // "+comment+"\n", append([]any{word}, args...)...)
}

// neonMove copies a register or a constant.
func (m *machine) neonMove(v *value, d int) {
	switch {
	case v.konst && v.reg < 0:
		m.f.I("FMOVQ", fmt.Sprintf("%d(R19)", m.table.offset(v.bits)), fmt.Sprintf("F%d", d))
	case v.reg != d:
		m.f.neon("VPOR", v.reg, v.reg, d)
	}
}

// emitNEON emits one step. Constants without a register are loaded for the time of the step.
func (m *machine) emitNEON(i int, s step) {
	switch s.op {
	case "load":
		s.dst.reg = m.take()
		m.f.I("FMOVQ", s.mem, fmt.Sprintf("F%d", s.dst.reg))
		return
	case "set":
		m.neonMove(s.args[0], s.dst.reg)
		m.release(i, s.args, nil)
		return
	}
	regs := make([]int, len(s.args))
	var temps []*value
	for k, a := range s.args {
		regs[k] = a.reg
		inPlace := k == 2 && s.op != "blend" // of the sum of a fused product, which is copied anyway
		if a.konst && a.reg < 0 && !inPlace {
			t := &value{reg: m.take()}
			m.neonMove(a, t.reg)
			temps, regs[k] = append(temps, t), t.reg
		}
	}
	switch s.op {
	case "store":
		m.f.I("FMOVQ", fmt.Sprintf("F%d", regs[0]), s.mem)
		m.release(i, s.args, nil)
	case "VFMADD", "VFNMADD":
		m.neonOnto(i, s, s.args[2])
		m.f.neon(s.op, regs[0], regs[1], s.dst.reg)
	case "blend":
		m.neonOnto(i, s, s.args[0])
		m.f.neon("BSL", regs[1], regs[2], s.dst.reg)
	case "VMAXPS":
		s.dst.reg = m.take()
		m.f.neon("FCMGT", regs[0], regs[1], s.dst.reg)
		m.f.neon("BSL", regs[0], regs[1], s.dst.reg)
		m.release(i, s.args, nil)
	default:
		m.release(i, s.args, nil)
		s.dst.reg = m.take()
		m.neonPlain(s, regs)
	}
	for _, t := range temps {
		m.give(t)
	}
}

// neonOnto gives the result the register of an operand that the instruction overwrites: its own where nobody needs it any
// more, else that of a copy.
func (m *machine) neonOnto(i int, s step, v *value) {
	others := 0
	for _, a := range s.args {
		if a == v {
			others++
		}
	}
	if v.dies(i) && others == 1 {
		s.dst.reg = v.reg
		m.release(i, s.args, v)
		return
	}
	s.dst.reg = m.take()
	m.neonMove(v, s.dst.reg)
	m.release(i, s.args, nil)
}

// neonPlain emits what has a destination of its own.
func (m *machine) neonPlain(s step, regs []int) {
	d := s.dst.reg
	switch s.op {
	case "VPSLLD", "VPSRLD", "VPSRAD":
		m.f.neonShift(s.op, s.imm, regs[0], d)
	case "negative":
		m.f.neonShift("VPSRAD", 31, regs[0], d)
	case "VSQRTPS", "VCVTDQ2PS":
		m.f.neonOne(s.op, regs[0], d)
	case "VSHUFPS":
		m.f.neon(map[int]string{0x88: "UZP1", 0xdd: "UZP2"}[s.imm], regs[0], regs[1], d)
	case "VCMPPS":
		switch s.imm {
		case cmpEQ:
			m.f.neon("FCMEQ", regs[0], regs[1], d)
		case cmpGT:
			m.f.neon("FCMGT", regs[0], regs[1], d)
		case cmpLT, cmpNLT:
			m.f.neon("FCMGT", regs[1], regs[0], d)
		case cmpLE, cmpNLE:
			m.f.neon("FCMGE", regs[1], regs[0], d)
		}
		if s.imm == cmpNLT || s.imm == cmpNLE {
			m.f.neonOne("NOT", d, d)
		}
	default:
		m.f.neon(s.op, regs[0], regs[1], d)
	}
}

// steps does a body for each group of n elements, of which there is one at least; the pointers of the slices from the given
// one move on.
func (m *machine) steps(count string, n, from int, body func(mem func(p, k int) string)) {
	f := m.f
	f.I("MOVD", count, "R8")
	loop := f.Label("loop")
	f.At(loop)
	body(func(p, k int) string { return fmt.Sprintf("%d(R%d)", 16*k, p) })
	m.run()
	for p := from; p < m.slices; p++ {
		f.I("ADD", imm(4*n), fmt.Sprintf("R%d", p))
	}
	f.I("SUBS", imm(n), "R8", "R8")
	f.I("BNE", loop)
}

// columnsNEON is [columns] for a multiple of four columns: strips of four registers, then of one.
func columnsNEON(
	name string, family Family, t *constTable, inputs int, mean bool,
	body func(m *machine, acc *value, in []*value, mean *value) *value,
) *Func {
	return kernel(name+string(family), "(dst, mean, x, dy *float32, rows, cols int)", 48, t, func(m *machine) {
		f := m.f
		m.arguments([]string{"dst", "mean", "x", "dy"}[:inputs+2]...)
		f.I("MOVD", "cols+40(FP)", "R8")
		f.I("LSL", "$2", "R8", "R9")
		var acc, means []*value
		for range 4 {
			acc, means = append(acc, m.pin()), append(means, m.pin())
		}
		m.loadConstants()
		for _, n := range []int{4, 1} {
			loop, next := f.Label("strip"), f.Label("next")
			f.At(loop)
			f.I("CMP", imm(4*n), "R8")
			f.I("BLT", next)
			for k := range n {
				m.zero(acc[k])
				if mean {
					m.set(means[k], m.load(fmt.Sprintf("%d(R1)", 16*k), false))
				}
			}
			m.run()
			m.rowsNEON(n, inputs, func(k int, in []*value) { m.set(acc[k], body(m, acc[k], in, means[k])) })
			for k := range n {
				m.store(fmt.Sprintf("%d(R0)", 16*k), acc[k], false)
			}
			m.run()
			for p := range m.slices {
				f.I("ADD", imm(16*n), m.ptr(p))
			}
			f.I("SUB", imm(4*n), "R8")
			f.I("B", loop)
			f.At(next)
		}
		m.end()
	})
}

// rowsNEON does a body for n registers of each row.
func (m *machine) rowsNEON(n, inputs int, body func(k int, in []*value)) {
	f := m.f
	f.I("MOVD", "rows+32(FP)", "R7")
	f.I("MOVD", "R2", "R12")
	f.I("MOVD", "R3", "R13")
	row := f.Label("row")
	f.At(row)
	for k := range n {
		in := make([]*value, inputs)
		for i := range in {
			in[i] = m.load(fmt.Sprintf("%d(R%d)", 16*k, 12+i), false)
		}
		body(k, in)
		m.run()
	}
	f.I("ADD", "R9", "R12")
	f.I("ADD", "R9", "R13")
	f.I("SUBS", "$1", "R7", "R7")
	f.I("BNE", row)
}

// philoxNEON is [philox] with a block in each lane: the halves of products are parted by unzipping, and the store brings the
// words of a block together. V0 to V3 are the words, V4 to V7 products, V16 to V24 what stays.
func philoxNEON() *Func {
	f := NewFunc("philoxNEON", "(dst *float32, n int, c *uint32)", 24)
	f.I("MOVD", "dst+0(FP)", "R0")
	f.I("MOVD", "n+8(FP)", "R8")
	f.I("MOVD", "c+16(FP)", "R1")
	const block, mul0, mul1, weyl0, weyl1, four, keys, key0, key1 = 16, 17, 18, 19, 20, 21, 22, 24, 25
	for i, w := range []uint32{0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85, 4} {
		f.I("MOVD", fmt.Sprintf("$0x%x", w), "R2")
		f.I("VDUP", "R2", fmt.Sprintf("V%d.S4", mul0+i))
	}
	f.I("MOVWU", "(R1)", "R2")
	for lane := range 4 {
		f.I("VMOV", "R2", fmt.Sprintf("V%d.S[%d]", block, lane))
		f.I("ADD", "$1", "R2")
	}
	dup := func(word, reg int) {
		f.I("MOVWU", fmt.Sprintf("%d(R1)", 4*word), "R2")
		f.I("VDUP", "R2", fmt.Sprintf("V%d.S4", reg))
	}
	dup(4, keys)
	dup(5, keys+1)
	dup(1, 26)
	dup(2, 27)
	dup(3, 28)
	copyTo := func(from, to int) { f.neon("VPOR", from, from, to) }
	loop := f.Label("loop")
	f.At(loop)
	copyTo(block, 0)
	copyTo(26, 1)
	copyTo(27, 2)
	copyTo(28, 3)
	copyTo(keys, key0)
	copyTo(keys+1, key1)
	for range 10 {
		f.neon("UMULL", 0, mul0, 4)
		f.neon("UMULL2", 0, mul0, 5)
		f.neon("UMULL", 2, mul1, 6)
		f.neon("UMULL2", 2, mul1, 7)
		f.neon("VPXOR", 1, key0, 0)
		f.neon("VPXOR", 3, key1, 2)
		f.neon("UZP1", 6, 7, 1) // lower halves
		f.neon("UZP1", 4, 5, 3)
		f.neon("UZP2", 6, 7, 6) // upper halves
		f.neon("UZP2", 4, 5, 4)
		f.neon("VPXOR", 6, 0, 0)
		f.neon("VPXOR", 4, 2, 2)
		f.neon("VPADDD", key0, weyl0, key0)
		f.neon("VPADDD", key1, weyl1, key1)
	}
	f.I("VST4.P", "[V0.S4, V1.S4, V2.S4, V3.S4]", "64(R0)")
	f.neon("VPADDD", block, four, block)
	f.I("SUBS", "$16", "R8", "R8")
	f.I("BNE", loop)
	f.I("RET")
	return f
}
