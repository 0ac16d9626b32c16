package asmgen

import "fmt"

func draws(family Family, t *constTable) []*Func {
	type body = func(m *machine, in []*value, s, u *value) *value
	op := func(name string, inputs int, numbers bool, b body) *Func {
		return elementwise(name, family, t, inputs, numbers, b)
	}
	return []*Func{
		op("uniform", 1, false, func(m *machine, in []*value, _, _ *value) *value { return m.uniform(in[0]) }),
		op("exponential", 1, false, func(m *machine, in []*value, _, _ *value) *value { return m.exponential(in[0]) }),
		op("gumbel", 1, false, func(m *machine, in []*value, _, _ *value) *value { return m.gumbel(in[0]) }),
		op("dropout", 2, true, func(m *machine, in []*value, s, u *value) *value { return m.dropout(in[0], in[1], s, u) }),
		normals(family, t),
	}
}

// normals takes two registers of words at a time: shuffles part the first words of the pairs from the second ones.
func normals(family Family, t *constTable) *Func {
	return kernel("normals"+string(family), "(dst, words *float32, n int)", 24, t, func(m *machine) {
		m.arguments("dst", "words")
		m.loadConstants()
		m.groups("n+16(FP)", 2*m.lanes, 0, func(mem func(p, k int) string) {
			a, b := m.load(mem(1, 0), false), m.load(mem(1, 1), false)
			z0, z1 := m.normal(m.shuffle(0x88, a, b), m.shuffle(0xdd, a, b))
			m.store(mem(0, 0), m.unpackLow(z0, z1), false)
			m.store(mem(0, 1), m.unpackHigh(z0, z1), false)
		})
		m.end()
	})
}

// Where things lie in philoxData.
const (
	atWeyl0  = 64 * iota
	atWeyl1  // increments of the keys
	atMul0   // multipliers
	atMul1   //
	atOrder8 // which of 8 blocks a part of a register of AVX-512 has
	atOrder4 // the same for two registers of AVX2
	atNext   // blocks of one round of the loop
	atLower  // the lower half of 64 bits
)

func philoxData() Table {
	t := Table{Name: "philoxData"}
	fill := func(even, odd uint32) {
		for range 8 {
			t.Words = append(t.Words, even, odd)
		}
	}
	for _, w := range []uint32{0x9E3779B9, 0xBB67AE85, 0xD2511F53, 0xCD9E8D57} {
		fill(w, w)
	}
	for _, order := range [][]uint32{{0, 4, 1, 5, 2, 6, 3, 7}, {0, 2, 1, 3, 4, 6, 5, 7}} {
		for _, block := range order {
			t.Words = append(t.Words, block, 0)
		}
	}
	fill(8, 8)
	fill(1<<32-1, 0)
	return t
}

// philox makes n words, a multiple of 32, of the blocks from the one that c gives: c is block, step low, step high, stream,
// key low, key high. Each block has 64 bits of a register for each of its words; what the upper halves hold between the
// rounds does not matter, because multiplications look at the lower ones alone.
func philox(family Family) *Func {
	f := NewFunc("philox"+string(family), "(dst *float32, n int, c *uint32)", 24)
	f.I("MOVQ", "dst+0(FP)", "DI")
	f.I("MOVQ", "n+8(FP)", "R13")
	f.I("MOVQ", "c+16(FP)", "SI")
	loop := f.Label("loop")
	if family == AVX512 {
		philoxWide(f, loop)
	} else {
		philoxPairs(f, loop)
	}
	f.I("ADDQ", "$128", "DI")
	f.I("SUBQ", "$32", "R13")
	f.I("JNZ", loop)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

func philoxAt(at int) string { return fmt.Sprintf("philoxData<>+%d(SB)", at) }

// philoxWide has 8 blocks in a register, and registers for the keys of all rounds.
func philoxWide(f *Func, loop string) {
	r := func(i int) string { return fmt.Sprintf("Z%d", i) }
	const keys, mul, block, lower, words = 5, 25, 27, 28, 28 // words 1 to 3 of the counter come after lower
	f.I("VPBROADCASTD", "(SI)", r(block))
	f.I("VPADDD", philoxAt(atOrder8), r(block), r(block))
	f.I("VMOVUPS", philoxAt(atLower), r(lower))
	f.I("VMOVUPS", philoxAt(atMul0), r(mul))
	f.I("VMOVUPS", philoxAt(atMul1), r(mul+1))
	for i := 1; i < 4; i++ {
		f.I("VPBROADCASTD", fmt.Sprintf("%d(SI)", 4*i), r(words+i))
	}
	f.I("VPBROADCASTD", "16(SI)", r(keys))
	f.I("VPBROADCASTD", "20(SI)", r(keys+1))
	for k := keys + 2; k < keys+20; k += 2 {
		f.I("VPADDD", philoxAt(atWeyl0), r(k-2), r(k))
		f.I("VPADDD", philoxAt(atWeyl1), r(k-1), r(k+1))
	}
	f.At(loop)
	s := &philoxState{f: f, r: r, wide: true, c: [4]int{0, 1, 2, 3}, free: 4, lower: lower}
	f.I("VMOVAPS", r(block), r(0))
	for i := 1; i < 4; i++ {
		f.I("VMOVAPS", r(words+i), r(i))
	}
	for round := range 10 {
		s.round(keys+2*round, keys+2*round+1, mul)
	}
	s.store(0)
	f.I("VPADDD", philoxAt(atNext), r(block), r(block))
}

// philoxPairs has 4 blocks in a register and works on two at a time.
func philoxPairs(f *Func, loop string) {
	r := func(i int) string { return fmt.Sprintf("Y%d", i) }
	const key0, key1, mul, block = 10, 11, 12, 14
	f.I("VPBROADCASTD", "(SI)", r(block))
	f.I("VPADDD", philoxAt(atOrder4), r(block), r(block))
	f.I("VMOVUPS", philoxAt(atMul0), r(mul))
	f.I("VMOVUPS", philoxAt(atMul1), r(mul+1))
	f.At(loop)
	var states [2]*philoxState
	for g := range states {
		s := &philoxState{f: f, r: r, c: [4]int{5 * g, 5*g + 1, 5*g + 2, 5*g + 3}, free: 5*g + 4}
		f.I("VMOVAPS", r(block), r(s.c[0]))
		for i := 1; i < 4; i++ {
			f.I("VPBROADCASTD", fmt.Sprintf("%d(SI)", 4*i), r(s.c[i]))
		}
		states[g] = s
	}
	f.C("the second register has the blocks 4 to 7")
	f.I("VPSUBD", philoxAt(atOrder4), r(block), r(5))
	f.I("VPADDD", philoxAt(atOrder4+32), r(5), r(5))
	f.I("VPBROADCASTD", "16(SI)", r(key0))
	f.I("VPBROADCASTD", "20(SI)", r(key1))
	for round := range 10 {
		for _, s := range states {
			s.round(key0, key1, mul)
		}
		if round < 9 {
			f.I("VPADDD", philoxAt(atWeyl0), r(key0), r(key0))
			f.I("VPADDD", philoxAt(atWeyl1), r(key1), r(key1))
		}
	}
	for g, s := range states {
		s.store(64 * g)
	}
	f.I("VPADDD", philoxAt(atNext), r(block), r(block))
}

// philoxState is which registers hold the four words of some blocks, and one that is free.
type philoxState struct {
	f    *Func
	r    func(i int) string
	wide bool
	c    [4]int
	free int
	// A mask of the lower half of each 64 bits, in AVX-512.
	lower int
}

func (s *philoxState) round(key0, key1, mul int) {
	f, r, c := s.f, s.r, s.c
	p0, p1, t := s.free, c[0], c[2]
	f.I("VPMULUDQ", r(c[0]), r(mul), r(p0))
	f.I("VPMULUDQ", r(c[2]), r(mul+1), r(p1))
	f.I("VPSRLQ", "$32", r(p1), r(t))
	s.xor3(t, key0, c[1])
	f.I("VPSRLQ", "$32", r(p0), r(t))
	s.xor3(t, key1, c[3])
	s.c, s.free = [4]int{c[1], p1, c[3], p0}, t
}

// xor3 sets dst to dst^a^b.
func (s *philoxState) xor3(a, b, dst int) {
	f, r := s.f, s.r
	if s.wide {
		f.I("VPTERNLOGD", "$0x96", r(a), r(b), r(dst))
		return
	}
	f.I("VPXOR", r(b), r(dst), r(dst))
	f.I("VPXOR", r(a), r(dst), r(dst))
}

// store brings the words of each block together: two in 64 bits, then the two pairs side by side.
func (s *philoxState) store(at int) {
	f, r, c := s.f, s.r, s.c
	for i := 0; i < 4; i += 2 {
		f.I("VPSLLQ", "$32", r(c[i+1]), r(c[i+1]))
		if s.wide {
			f.I("VPTERNLOGD", "$0xf8", r(s.lower), r(c[i]), r(c[i+1]))
		} else {
			f.I("VPBLENDD", "$0xaa", r(c[i+1]), r(c[i]), r(c[i+1]))
		}
	}
	bytes := 32
	if s.wide {
		bytes = 64
	}
	f.I("VPUNPCKLQDQ", r(c[3]), r(c[1]), r(c[0]))
	f.I("VPUNPCKHQDQ", r(c[3]), r(c[1]), r(c[2]))
	f.I("VMOVUPS", r(c[0]), fmt.Sprintf("%d(DI)", at))
	f.I("VMOVUPS", r(c[2]), fmt.Sprintf("%d(DI)", at+bytes))
}

// squares adds the squares of groups of 32 numbers to 32 partial sums in float64, which stay in registers.
func squares(family Family) *Func {
	f := NewFunc("squares"+string(family), "(acc *float64, x *float32, n int)", 24)
	reg, bytes := "Y", 32
	if family == AVX512 {
		reg, bytes = "Z", 64
	}
	n := 256 / bytes
	f.I("MOVQ", "acc+0(FP)", "DI")
	f.I("MOVQ", "x+8(FP)", "SI")
	f.I("MOVQ", "n+16(FP)", "R13")
	for i := range n {
		f.I("VMOVUPS", fmt.Sprintf("%d(DI)", i*bytes), fmt.Sprintf("%s%d", reg, i))
	}
	loop := f.Label("loop")
	f.At(loop)
	for i := range n {
		x := fmt.Sprintf("%s%d", reg, n+i%4)
		f.I("VCVTPS2PD", fmt.Sprintf("%d(SI)", i*bytes/2), x)
		f.I("VFMADD231PD", x, x, fmt.Sprintf("%s%d", reg, i))
	}
	f.I("ADDQ", "$128", "SI")
	f.I("SUBQ", "$32", "R13")
	f.I("JNZ", loop)
	for i := range n {
		f.I("VMOVUPS", fmt.Sprintf("%s%d", reg, i), fmt.Sprintf("%d(DI)", i*bytes))
	}
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}
