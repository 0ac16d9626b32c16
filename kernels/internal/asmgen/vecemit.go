package asmgen

import "fmt"

// run emits what has been recorded.
func (m *machine) run() {
	code := m.code
	m.code = nil
	for i, s := range code {
		for _, a := range s.args {
			a.last = i
			a.uses++
		}
	}
	for i, s := range code {
		m.emit(i, s)
	}
}

// reg makes sure that a value is in a register: a constant in memory is loaded into the given one, -1 for a new one.
func (m *machine) reg(v *value, temp int) (name string, loaded bool) {
	if !v.konst || v.reg >= 0 {
		return m.name(v), false
	}
	t := &value{reg: temp}
	m.f.I("VMOVUPS", m.name(v), m.name(t))
	return m.name(t), true
}

// dies tells whether step i is the last one to use a value that is in a register of its own.
func (v *value) dies(i int) bool { return v.last == i && !v.pinned && !v.konst }

// release frees the registers of arguments that are used for the last time, but not keep.
func (m *machine) release(i int, args []*value, keep *value) {
	for k, a := range args {
		seen := false
		for _, b := range args[:k] {
			seen = seen || a == b
		}
		if !seen && a != keep && a.dies(i) {
			m.give(a)
		}
	}
}

func (m *machine) emit(i int, s step) {
	if m.arm {
		m.emitNEON(i, s)
		return
	}
	switch s.op {
	case "load":
		s.dst.reg = m.take()
		m.move(s.mem, m.name(s.dst), s.tail, true)
	case "store":
		src, loaded := s.args[0], false
		name := m.name(src)
		if src.konst && src.reg < 0 {
			t := &value{reg: m.take()}
			name, loaded = m.reg(src, t.reg)
			src = t
		}
		m.move(s.mem, name, s.tail, false)
		if loaded {
			m.give(src)
		}
		m.release(i, s.args, nil)
	case "set":
		if s.dst != s.args[0] {
			m.f.I("VMOVAPS", m.name(s.args[0]), m.name(s.dst))
		}
		m.release(i, s.args, nil)
	case "VFMADD", "VFNMADD":
		m.emitFMA(i, s)
	case "blend":
		m.emitBlend(i, s)
	case "negative", "gtInt", "VCMPPS":
		m.emitMask(i, s)
	default:
		m.emitPlain(i, s)
	}
}

// move loads or stores a register, or its first lanes.
func (m *machine) move(mem, reg string, tail, load bool) {
	args, op := []any{reg, mem}, "VMOVUPS"
	if load {
		args = []any{mem, reg}
	}
	if tail {
		mask := any("K7")
		if !m.wide {
			op, mask = "VMASKMOVPS", fmt.Sprintf("Y%d", tailReg)
		} else if load {
			op = "VMOVUPS.Z"
		}
		args = []any{args[0], mask, args[1]}
	}
	m.f.I(op, args...)
}

// emitPlain is an instruction with one or two operands and a destination; the second operand may be in memory.
func (m *machine) emitPlain(i int, s step) {
	op := s.op
	if m.wide && (op == "VPAND" || op == "VPOR" || op == "VPXOR") {
		op += "D"
	}
	commutes := op[:4] == "VADD" || op[:4] == "VMUL" || op == "VPADDD" || op[:4] == "VPAN" || op[:3] == "VPO" || op[:3] == "VPX"
	args := s.args
	if commutes && len(args) == 2 && args[0].konst && args[0].reg < 0 {
		args = []*value{args[1], args[0]}
	}
	// A constant as the first of two operands is loaded into the destination, which must then not be the second one's.
	first := args[0].konst && args[0].reg < 0 && len(args) == 2
	if first {
		s.dst.reg = m.take()
		m.release(i, args, nil)
	} else {
		m.release(i, args, nil)
		s.dst.reg = m.take()
	}
	dst := m.name(s.dst)
	var ops []any
	if s.op == "VSHUFPS" || len(args) == 1 && s.op[:3] == "VPS" {
		ops = append(ops, fmt.Sprintf("$%d", s.imm))
	}
	if len(args) == 2 {
		a, _ := m.reg(args[0], s.dst.reg)
		ops = append(ops, m.name(args[1]), a)
	} else {
		ops = append(ops, m.name(args[0]))
	}
	m.f.I(op, append(ops, dst)...)
}

// emitFMA chooses the form whose destination is an operand that nobody needs any more.
func (m *machine) emitFMA(i int, s step) {
	a, b, c := s.args[0], s.args[1], s.args[2]
	inMem := func(v *value) bool { return v.konst && v.reg < 0 }
	if inMem(a) {
		a, b = b, a
	}
	if inMem(a) {
		panic("asmgen: product of two constants")
	}
	if !inMem(b) && b.dies(i) && !a.dies(i) {
		a, b = b, a
	}
	switch {
	case !inMem(c) && c.dies(i) && c != a && c != b:
		m.f.I(s.op+"231PS", m.name(b), m.name(a), m.name(c))
		s.dst.reg = c.reg
		m.release(i, s.args, c)
	case a.dies(i) && a != b && a != c && !(inMem(b) && inMem(c)):
		if inMem(b) {
			m.f.I(s.op+"132PS", m.name(b), m.name(c), m.name(a))
		} else {
			m.f.I(s.op+"213PS", m.name(c), m.name(b), m.name(a))
		}
		s.dst.reg = a.reg
		m.release(i, s.args, a)
	default:
		s.dst.reg = m.take()
		op := "VMOVAPS"
		if inMem(c) {
			op = "VMOVUPS"
		}
		m.f.I(op, m.name(c), m.name(s.dst))
		m.f.I(s.op+"231PS", m.name(b), m.name(a), m.name(s.dst))
		m.release(i, s.args, nil)
	}
}

func (m *machine) emitBlend(i int, s step) {
	mask, yes, no := s.args[0], s.args[1], s.args[2]
	inMem := no.konst && no.reg < 0
	if inMem {
		s.dst.reg = m.take()
		m.release(i, s.args, nil)
	} else {
		m.release(i, s.args, nil)
		s.dst.reg = m.take()
	}
	other, _ := m.reg(no, s.dst.reg)
	if m.wide {
		m.f.I("VBLENDMPS", m.name(yes), other, m.name(mask), m.name(s.dst))
	} else {
		m.f.I("VBLENDVPS", m.name(mask), m.name(yes), other, m.name(s.dst))
	}
}

func (m *machine) emitMask(i int, s step) {
	var temp *value
	names := make([]any, len(s.args))
	for k, a := range s.args {
		names[k] = m.name(a)
		if k == 0 && a.konst && a.reg < 0 {
			temp = &value{reg: m.take()}
			names[k], _ = m.reg(a, temp.reg)
		}
	}
	if !m.wide && s.op == "negative" { // VBLENDVPS looks at the first bit alone
		m.release(i, s.args, nil)
		s.dst.reg = m.take()
		if s.dst.reg != s.args[0].reg {
			m.f.I("VMOVAPS", names[0], m.name(s.dst))
		}
		return
	}
	m.release(i, s.args, nil)
	if temp != nil {
		m.give(temp)
	}
	if m.wide {
		s.dst.reg = m.freeK[0]
		m.freeK = m.freeK[1:]
	} else {
		s.dst.reg = m.take()
	}
	dst := m.name(s.dst)
	switch {
	case s.op == "VCMPPS":
		m.f.I("VCMPPS", fmt.Sprintf("$%d", s.imm), names[1], names[0], dst)
	case s.op == "negative":
		m.f.I("VPMOVD2M", names[0], dst)
	case m.wide:
		m.f.I("VPCMPD", "$6", names[1], names[0], dst)
	default:
		m.f.I("VPCMPGTD", names[1], names[0], dst)
	}
}
