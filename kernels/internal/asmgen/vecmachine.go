package asmgen

import (
	"fmt"
	"math"
	"slices"
)

// A machine is a small abstract vector processor: kernels of vector maths are written against it once, and it emits them
// for 8 lanes of AVX2, 16 of AVX-512 or 4 of NEON, the same operations in the same order. Straight-line code is recorded as values
// first, so that registers are given out knowing where each value is used last. Nothing is ever spilled: a kernel that
// needs too many registers panics here.
type machine struct {
	f       *Func
	wide    bool // AVX-512
	arm     bool // NEON
	bytes   int  // of a register
	lanes   int
	free    []int // vector registers
	freeK   []int // mask registers of AVX-512
	least   int   // fewest vector registers that were free at once
	table   *constTable
	konsts  map[uint32]*value
	hoisted []uint32
	code    []step
	slices  int // arguments that are addresses
}

// A constTable is the constants of a file, each repeated to fill the widest register.
type constTable struct {
	name  string
	place map[uint32]int
	words []uint32
}

func (t *constTable) at(bits uint32) string {
	return fmt.Sprintf("%s<>+%d(SB)", t.name, t.offset(bits))
}

func (t *constTable) offset(bits uint32) int {
	p, ok := t.place[bits]
	if !ok {
		p = 4 * len(t.words)
		t.place[bits] = p
		for range 16 {
			t.words = append(t.words, bits)
		}
	}
	return p
}

type value struct {
	reg    int // -1: none
	pinned bool
	konst  bool
	mask   bool
	bits   uint32
	last   int // step that uses it last
	uses   int
}

type step struct {
	op   string
	dst  *value
	args []*value
	imm  int
	mem  string
	tail bool // of a load or store: only the first lanes
}

// tailReg is the register that holds the lanes of a tail in AVX2, K7 does in AVX-512.
const tailReg = 15

func newMachine(f *Func, table *constTable, hoisted []uint32) *machine {
	m := &machine{f: f, table: table, konsts: map[uint32]*value{}, hoisted: hoisted, bytes: 32, lanes: 8}
	n := tailReg
	switch f.Family() {
	case AVX512:
		m.wide, m.bytes, m.lanes, n = true, 64, 16, 32
	case NEON:
		m.arm, m.bytes, m.lanes, n = true, 16, 4, 32
	}
	for i := range n {
		m.free = append(m.free, i)
	}
	m.freeK = []int{1, 2, 3, 4, 5, 6}
	m.least = n
	return m
}

// kernel writes a function twice: the first time shows how many registers are left, which then hold the constants that are
// used most.
func kernel(name, params string, args int, table *constTable, gen func(m *machine)) *Func {
	probe := newMachine(NewFunc(name, params, args), table, nil)
	gen(probe)
	var bits []uint32
	for b := range probe.konsts {
		bits = append(bits, b)
	}
	slices.SortFunc(bits, func(a, b uint32) int {
		if d := probe.konsts[b].uses - probe.konsts[a].uses; d != 0 {
			return d
		}
		return int(int64(a) - int64(b))
	})
	m := newMachine(NewFunc(name, params, args), table, bits[:min(len(bits), probe.least)])
	gen(m)
	return m.f
}

func (m *machine) name(v *value) string {
	switch {
	case v.konst && v.reg < 0:
		return m.table.at(v.bits)
	case v.mask && m.wide:
		return fmt.Sprintf("K%d", v.reg)
	case m.wide:
		return fmt.Sprintf("Z%d", v.reg)
	}
	return fmt.Sprintf("Y%d", v.reg)
}

func (m *machine) take() int {
	if len(m.free) == 0 {
		panic("asmgen: " + m.f.Name + " needs too many registers")
	}
	r := m.free[0]
	m.free = m.free[1:]
	m.least = min(m.least, len(m.free))
	return r
}

// give frees the register of a value.
func (m *machine) give(v *value) {
	if v.reg < 0 {
		return
	}
	if v.mask && m.wide {
		m.freeK = append([]int{v.reg}, m.freeK...)
	} else {
		m.free = append([]int{v.reg}, m.free...)
	}
}

// pin gives a register that lives through loops.
func (m *machine) pin() *value { return &value{reg: m.take(), pinned: true} }

// broadcast pins a register with a number from memory in every lane.
func (m *machine) broadcast(mem string) *value {
	v := m.pin()
	if m.arm {
		m.f.I("FMOVS", mem, fmt.Sprintf("F%d", v.reg))
		m.f.I("VDUP", fmt.Sprintf("V%d.S[0]", v.reg), fmt.Sprintf("V%d.S4", v.reg))
	} else {
		m.f.I("VBROADCASTSS", mem, m.name(v))
	}
	return v
}

// zero sets a pinned register to 0.
func (m *machine) zero(v *value) {
	switch {
	case m.arm:
		m.f.neon("VPXOR", v.reg, v.reg, v.reg)
	case m.wide:
		m.f.I("VPXORD", m.name(v), m.name(v), m.name(v))
	default:
		m.f.I("VXORPS", m.name(v), m.name(v), m.name(v))
	}
}

// loadConstants loads those constants that have registers. It comes after all pins and before the first loop.
func (m *machine) loadConstants() {
	if m.arm {
		m.f.I("MOVD", "$"+m.table.name+"<>(SB)", "R19")
	}
	for _, bits := range m.hoisted {
		v := m.bits(bits)
		v.pinned = true
		r := m.take()
		if m.arm {
			m.neonMove(v, r)
		} else {
			m.f.I("VMOVUPS", m.table.at(bits), m.name(&value{reg: r}))
		}
		v.reg = r
	}
}

// bits is a constant.
func (m *machine) bits(bits uint32) *value {
	v := m.konsts[bits]
	if v == nil {
		v = &value{reg: -1, konst: true, bits: bits}
		m.konsts[bits] = v
	}
	return v
}

func (m *machine) num(x float64) *value { return m.bits(math.Float32bits(float32(x))) }

func (m *machine) do(op string, args ...*value) *value {
	v := &value{reg: -1}
	m.code = append(m.code, step{op: op, dst: v, args: args})
	return v
}

func (m *machine) doImm(op string, imm int, args ...*value) *value {
	v := m.do(op, args...)
	m.code[len(m.code)-1].imm = imm
	return v
}

func (m *machine) load(mem string, tail bool) *value {
	v := m.do("load")
	s := &m.code[len(m.code)-1]
	s.mem, s.tail = mem, tail
	return v
}

func (m *machine) store(mem string, v *value, tail bool) {
	m.code = append(m.code, step{op: "store", args: []*value{v}, mem: mem, tail: tail})
}

// set moves a value to a pinned register at the end of what is recorded.
func (m *machine) set(pinned, v *value) {
	m.code = append(m.code, step{op: "set", dst: pinned, args: []*value{v}})
}

func (m *machine) add(a, b *value) *value     { return m.do("VADDPS", a, b) }
func (m *machine) sub(a, b *value) *value     { return m.do("VSUBPS", a, b) }
func (m *machine) mul(a, b *value) *value     { return m.do("VMULPS", a, b) }
func (m *machine) div(a, b *value) *value     { return m.do("VDIVPS", a, b) }
func (m *machine) fma(a, b, c *value) *value  { return m.do("VFMADD", a, b, c) }
func (m *machine) fnma(a, b, c *value) *value { return m.do("VFNMADD", a, b, c) } // c - a*b

// max is a where it is greater, else b.
func (m *machine) max(a, b *value) *value        { return m.do("VMAXPS", a, b) }
func (m *machine) and(a, b *value) *value        { return m.do("VPAND", a, b) }
func (m *machine) or(a, b *value) *value         { return m.do("VPOR", a, b) }
func (m *machine) xor(a, b *value) *value        { return m.do("VPXOR", a, b) }
func (m *machine) addInt(a, b *value) *value     { return m.do("VPADDD", a, b) }
func (m *machine) subInt(a, b *value) *value     { return m.do("VPSUBD", a, b) }
func (m *machine) shl(a *value, n int) *value    { return m.doImm("VPSLLD", n, a) }
func (m *machine) shr(a *value, n int) *value    { return m.doImm("VPSRLD", n, a) }
func (m *machine) sra(a *value, n int) *value    { return m.doImm("VPSRAD", n, a) }
func (m *machine) float(a *value) *value         { return m.do("VCVTDQ2PS", a) }
func (m *machine) sqrt(a *value) *value          { return m.do("VSQRTPS", a) }
func (m *machine) unpackLow(a, b *value) *value  { return m.do("VUNPCKLPS", a, b) }
func (m *machine) unpackHigh(a, b *value) *value { return m.do("VUNPCKHPS", a, b) }

// shuffle takes two lanes of a and two of b in each group of four, as VSHUFPS does.
func (m *machine) shuffle(imm int, a, b *value) *value { return m.doImm("VSHUFPS", imm, a, b) }

// Comparisons by the number that VCMPPS gives them.
const (
	cmpEQ  = 0  // false for NaN
	cmpLT  = 1  // signals nothing that anybody looks at
	cmpLE  = 2  // false for NaN
	cmpNLT = 5  // true for NaN
	cmpNLE = 6  // true for NaN
	cmpGT  = 14 // false for NaN
)

func (m *machine) mask(v *value) *value { v.mask = true; return v }

func (m *machine) cmp(imm int, a, b *value) *value { return m.mask(m.doImm("VCMPPS", imm, a, b)) }

// gtInt is a mask of the lanes where a > b as signed integers.
func (m *machine) gtInt(a, b *value) *value { return m.mask(m.do("gtInt", a, b)) }

// negative is a mask of the lanes whose first bit is set.
func (m *machine) negative(a *value) *value { return m.mask(m.do("negative", a)) }

// blend is yes where the mask is set, else no.
func (m *machine) blend(mask, yes, no *value) *value { return m.do("blend", mask, yes, no) }
