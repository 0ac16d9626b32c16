package asmgen

import "fmt"

// shape is the part of C that one pass of a kernel computes: rows times panels of B, each panel vecs vectors wide.
type shape struct {
	family       Family
	rows, panels int
	vecs         int // vectors in a panel: 2
	bytes        int // in a vector
	reg          string
	spare        int  // registers from here on hold B, A and what the epilogue needs
	half         bool // B is stored as bfloat16
	pairs        bool // A and B hold words of two bfloat16 each, neighbours along K
}

// gemmShapes are the kernels of a family. Full tiles use every accumulator; lower ones take what is left of M, and several
// panels at once where there would be too few accumulators to hide the latency of a multiply-add.
func gemmShapes(f Family) (all []shape) {
	most, spare, bytes, reg := 12, 24, 64, "Z"
	several := map[int]int{1: 4, 2: 4, 3: 3, 4: 3, 5: 2, 6: 2}
	if f == AVX2 {
		most, spare, bytes, reg = 6, 12, 32, "Y"
		several = map[int]int{1: 4, 2: 2}
	}
	for rows := 1; rows <= most; rows++ {
		s := shape{family: f, rows: rows, panels: 1, vecs: 2, bytes: bytes, reg: reg, spare: spare, pairs: f == BF16}
		all = append(all, s)
		if s.panels = several[rows]; s.panels > 0 {
			all = append(all, s)
		}
	}
	return all
}

// halfShapes read weights that are stored as bfloat16: for few rows, which wait for memory. Many rows share widened panels.
func halfShapes(f Family) (all []shape) {
	for _, s := range gemmShapes(f) {
		if s.half = true; s.panels == 1 || s.rows == 1 {
			all = append(all, s)
		}
	}
	return all
}

func (s shape) name() string {
	kind := ""
	if s.half {
		kind = "Half"
	}
	return fmt.Sprintf("gemm%s%dx%d%s", kind, s.rows, s.panels*s.vecs*s.bytes/4, s.family)
}

// wide tells whether the family has 32 registers of 64 bytes, and masks.
func (s shape) wide() bool { return s.family != AVX2 }

// acc is the accumulator of a row and a vector of the panels.
func (s shape) acc(row, i int) string { return s.r(row*s.panels*s.vecs + i) }

func (s shape) accs() int { return s.rows * s.panels * s.vecs }

// width is how many bytes of a row of C one pass computes.
func (s shape) width() int { return s.panels * s.vecs * s.bytes }

func (s shape) r(i int) string { return fmt.Sprintf("%s%d", s.reg, i) }

// Registers of every product kernel. The first rows of A begin at the bases, three rows to a base.
var aBases = []string{"R8", "R9", "R10", "R11"}

const (
	gT, gB, gLdb, gK, gC, gRs, gCs, gPanels, gTmp, gLdc, gFourth = "DI", "BX", "DX", "CX", "SI", "R12", "R13", "R15", "AX", "R14", "R11"
)

// gemm writes one kernel: for each group of panels, the product of a micro-panel of A with them, and the epilogue.
func gemm(s shape) *Func {
	f := NewFunc(s.name(), "(t *tile)", 8)
	f.I("MOVQ", "t+0(FP)", gT)
	f.I("MOVQ", "tile_b(DI)", gB)
	f.I("MOVQ", "tile_c(DI)", gC)
	f.I("MOVQ", "tile_ldb(DI)", gLdb)
	f.I("MOVQ", "tile_ldc(DI)", gLdc)
	f.I("MOVQ", "tile_rs(DI)", gRs)
	f.I("MOVQ", "tile_cs(DI)", gCs)
	f.I("MOVQ", "tile_panels(DI)", gPanels)
	s.tails(f)
	next := f.Label("panel")
	f.At(next)
	s.product(f)
	s.epilogue(f)
	f.C("the next panels")
	f.I("INCQ", "tile_ran(DI)")
	f.I("MOVQ", "tile_b(DI)", gB)
	f.I("ADDQ", "tile_bStep(DI)", gB)
	f.I("MOVQ", gB, "tile_b(DI)")
	f.I("ADDQ", imm(s.width()), gC)
	f.I("ADDQ", imm(s.width()), "tile_bias(DI)")
	f.I("ADDQ", imm(s.width()), "tile_sums(DI)")
	f.I("ADDQ", imm(s.width()/32), "tile_keep(DI)")
	f.I("DECQ", gPanels)
	f.I("JNZ", next)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

func imm(n int) string { return fmt.Sprintf("$%d", n) }

// product clears the accumulators and adds A B to them, k ascending.
func (s shape) product(f *Func) {
	rowsOfBase := 3
	bases := (s.rows + rowsOfBase - 1) / rowsOfBase
	f.I("MOVQ", "tile_a(DI)", aBases[0])
	for i := 1; i < bases; i++ {
		f.I("LEAQ", fmt.Sprintf("(%s)(%s*2)", aBases[i-1], gRs), aBases[i])
		f.I("ADDQ", gRs, aBases[i])
	}
	zero := "VXORPS"
	if s.wide() {
		zero = "VPXORD"
	}
	for i := range s.accs() {
		f.I(zero, s.r(i), s.r(i), s.r(i))
	}
	f.C("C is needed at the end: ask for it now")
	f.I("MOVQ", gC, gK)
	for range s.rows {
		for at := 0; at < s.width(); at += 64 {
			f.I("PREFETCHT0", fmt.Sprintf("%d(%s)", at, gK))
		}
		f.I("ADDQ", gLdc, gK)
	}
	f.I("MOVQ", "tile_k(DI)", gK)
	if s.panels > 1 {
		f.I("MOVQ", "tile_panel(DI)", gTmp)
	}
	if s.panels > 3 {
		f.I("LEAQ", fmt.Sprintf("(%s)(%s*2)", gB, gTmp), gFourth)
		f.I("ADDQ", gTmp, gFourth)
	}
	loop := f.Label("k")
	f.At(loop)
	s.step(f, bases)
	f.I("DECQ", gK)
	f.I("JNZ", loop)
}

// step is one k: a row of B in registers, each element of A's column broadcast. One row of A uses B once, from memory where the
// instruction can read it there. In a product of pairs a k is a word of two: it is added up as two multiply-adds.
func (s shape) step(f *Func, bases int) {
	if s.half && s.rows == 1 {
		s.stepHalf(f)
		return
	}
	for i := range s.panels * s.vecs {
		switch {
		case s.half:
			f.I("VPMOVZXWD", s.bAddress(i/s.vecs, i%s.vecs), s.b(i))
			f.I("VPSLLD", "$16", s.b(i), s.b(i))
		case s.rows > 1 || s.pairs:
			f.I("VMOVUPS", s.bAddress(i/s.vecs, i%s.vecs), s.b(i))
		}
	}
	for row := range s.rows {
		at := fmt.Sprintf("(%s)", aBases[row/3])
		if row%3 > 0 {
			at = fmt.Sprintf("(%s)(%s*%d)", aBases[row/3], gRs, row%3)
		}
		a := s.r(s.aReg(row))
		f.I("VBROADCASTSS", at, a)
		for i := range s.panels * s.vecs {
			switch {
			case s.pairs:
				f.VDPBF16PS(s.accs()+i, s.aReg(row), row*s.panels*s.vecs+i)
			case s.rows > 1:
				f.I("VFMADD231PS", s.b(i), a, s.acc(row, i))
			default:
				f.I("VFMADD231PS", s.bAddress(i/s.vecs, i%s.vecs), a, s.acc(row, i))
			}
		}
	}
	s.advance(f, bases)
}

// stepHalf is a step with one row of A; the numbers of B are the first 16 bits of float32.
func (s shape) stepHalf(f *Func) {
	a := s.r(s.accs())
	f.I("VBROADCASTSS", "("+aBases[0]+")", a)
	for i := range s.panels * s.vecs {
		b := s.r(s.accs() + 1 + i%3)
		f.I("VPMOVZXWD", s.bAddress(i/s.vecs, i%s.vecs), b)
		f.I("VPSLLD", "$16", b, b)
		f.I("VFMADD231PS", b, a, s.acc(0, i))
	}
	s.advance(f, 1)
}

// advance goes to the next k.
func (s shape) advance(f *Func, bases int) {
	f.I("ADDQ", gLdb, gB)
	if s.panels > 3 {
		f.I("ADDQ", gLdb, gFourth)
	}
	for i := range bases {
		f.I("ADDQ", gCs, aBases[i])
	}
}

// bAddress is where a vector of B lies. The distance of two panels is in AX; the fourth panel has a pointer of its own.
func (s shape) bAddress(panel, vec int) string {
	at, bytes := "", s.bytes
	if s.half {
		bytes /= 2
	}
	if vec > 0 {
		at = fmt.Sprint(vec * bytes)
	}
	switch panel {
	case 0:
		return at + "(" + gB + ")"
	case 1, 2:
		return fmt.Sprintf("%s(%s)(%s*%d)", at, gB, gTmp, panel)
	}
	return at + "(" + gFourth + ")"
}

// b and aReg choose registers behind the accumulators.
func (s shape) b(i int) string { return s.r(s.accs() + i) }

func (s shape) aReg(row int) int {
	first := s.accs()
	if s.rows > 1 || s.pairs {
		first += s.panels * s.vecs
	}
	last := 16
	if s.wide() {
		last = 32
	}
	return first + row%min(last-first, 4)
}
