package asmgen

import "fmt"

// The bits of tile.flags, as package kernels sets them.
const (
	flagAdd, flagBias, flagReLU, flagLeaky, flagDrop, flagSums, flagTail = 1, 2, 4, 8, 16, 32, 64
)

// tails loads the masks of the last panel of a row of tiles. Kernels of several panels see full ones only.
func (s shape) tails(f *Func) {
	if s.wide() && s.panels == 1 {
		f.I("KMOVW", "tile_tail(DI)", "K1")
		f.I("KMOVW", "tile_tail+2(DI)", "K2")
	}
}

// epilogue does to the accumulators what the flags say, and stores them. AVX2 has no cheap masks, so the last panel has
// code of its own there.
func (s shape) epilogue(f *Func) {
	if s.wide() || s.panels > 1 {
		s.stages(f, s.wide() && s.panels == 1)
		return
	}
	tail, end := f.Label("tail"), f.Label("end")
	f.I("TESTQ", imm(flagTail), "tile_flags(DI)")
	f.I("JNZ", tail)
	s.stages(f, false)
	f.I("JMP", end)
	f.At(tail)
	s.stages(f, true)
	f.At(end)
}

func (s shape) stages(f *Func, masked bool) {
	s.stage(f, flagAdd, "C += A B", func() { s.add(f, masked) })
	s.stage(f, flagBias, "bias", func() { s.bias(f, masked) })
	s.stage(f, flagReLU, "max(x, 0), NaN stays", func() { s.relu(f) })
	s.stage(f, flagLeaky, "slope*x where the sign is set", func() { s.leaky(f) })
	s.stage(f, flagDrop, "dropout", func() { s.drop(f) })
	f.I("MOVQ", gC, "R8")
	for row := range s.rows {
		for v := range s.panels * s.vecs {
			s.store(f, masked, s.acc(row, v), s.at("R8", v), v)
		}
		f.I("ADDQ", gLdc, "R8")
	}
	s.stage(f, flagSums, "column sums, row after row", func() { s.sums(f, masked) })
}

// stage skips code whose flag is not set.
func (s shape) stage(f *Func, flag int, about string, code func()) {
	skip := f.Label("skip")
	f.I("TESTQ", imm(flag), "tile_flags(DI)")
	f.I("JZ", skip)
	f.C("%s", about)
	code()
	f.At(skip)
}

func (s shape) at(base string, v int) string {
	if v == 0 {
		return "(" + base + ")"
	}
	return fmt.Sprintf("%d(%s)", v*s.bytes, base)
}

// load and store move a vector that may be the last of its row. AVX2 takes its mask from memory through register 15.
func (s shape) load(f *Func, masked bool, from, to string, v int) {
	switch {
	case !masked:
		f.I("VMOVUPS", from, to)
	case s.wide():
		f.I("VMOVUPS.Z", from, fmt.Sprintf("K%d", v+1), to)
	default:
		f.I("VMOVUPS", fmt.Sprintf("tile_lanes+%d(DI)", v*s.bytes), "Y15")
		f.I("VMASKMOVPS", from, "Y15", to)
	}
}

func (s shape) store(f *Func, masked bool, from, to string, v int) {
	switch {
	case !masked:
		f.I("VMOVUPS", from, to)
	case s.wide():
		f.I("VMOVUPS", from, fmt.Sprintf("K%d", v+1), to)
	default:
		f.I("VMOVUPS", fmt.Sprintf("tile_lanes+%d(DI)", v*s.bytes), "Y15")
		f.I("VMASKMOVPS", from, "Y15", to)
	}
}

func (s shape) add(f *Func, masked bool) {
	f.I("MOVQ", gC, "R8")
	tmp := s.r(s.spare)
	for row := range s.rows {
		for v := range s.panels * s.vecs {
			s.load(f, masked, s.at("R8", v), tmp, v)
			f.I("VADDPS", tmp, s.acc(row, v), s.acc(row, v))
		}
		f.I("ADDQ", gLdc, "R8")
	}
}

func (s shape) bias(f *Func, masked bool) {
	f.I("MOVQ", "tile_bias(DI)", "R9")
	tmp := s.r(s.spare)
	for v := range s.panels * s.vecs {
		s.load(f, masked, s.at("R9", v), tmp, v)
		for row := range s.rows {
			f.I("VADDPS", tmp, s.acc(row, v), s.acc(row, v))
		}
	}
}

func (s shape) relu(f *Func) {
	zero := s.r(s.spare)
	if s.wide() {
		f.I("VPXORD", zero, zero, zero)
	} else {
		f.I("VXORPS", zero, zero, zero)
	}
	for i := range s.accs() {
		f.I("VMAXPS", s.r(i), zero, s.r(i))
	}
}

func (s shape) leaky(f *Func) {
	slope, tmp := s.r(s.spare), s.r(s.spare+1)
	f.I("VBROADCASTSS", "tile_slope(DI)", slope)
	for i := range s.accs() {
		if s.wide() {
			f.I("VPMOVD2M", s.r(i), "K3")
			f.I("VMULPS", slope, s.r(i), "K3", s.r(i))
			continue
		}
		f.I("VMULPS", slope, s.r(i), tmp)
		f.I("VBLENDVPS", s.r(i), tmp, s.r(i), s.r(i))
	}
}

// drop reads one bit for each element, set where it is kept, and multiplies by the scale or by 0.
func (s shape) drop(f *Func) {
	scale, bits, keep := s.r(s.spare), s.r(s.spare+1), s.r(s.spare+2)
	f.I("MOVQ", "tile_keep(DI)", "R10")
	f.I("VBROADCASTSS", "tile_scale(DI)", scale)
	if s.family == AVX2 {
		f.I("VMOVUPS", "bitOfLane<>(SB)", bits)
	}
	for row := range s.rows {
		for v := range s.panels * s.vecs {
			at, acc := fmt.Sprintf("%d(R10)", v*s.bytes/32), s.acc(row, v)
			if s.wide() {
				f.I("KMOVW", at, "K3")
				f.I("VMOVAPS.Z", scale, "K3", keep)
				f.I("VMULPS", keep, acc, acc)
				continue
			}
			f.I("MOVBLZX", at, "AX")
			f.I("VMOVD", "AX", fmt.Sprintf("X%d", s.spare+2))
			f.I("VPBROADCASTD", fmt.Sprintf("X%d", s.spare+2), keep)
			f.I("VPAND", bits, keep, keep)
			f.I("VPCMPEQD", bits, keep, keep)
			f.I("VANDPS", scale, keep, keep)
			f.I("VMULPS", keep, acc, acc)
		}
		f.I("ADDQ", "tile_keepLd(DI)", "R10")
	}
}

func (s shape) sums(f *Func, masked bool) {
	f.I("MOVQ", "tile_sums(DI)", "R11")
	sum := s.r(s.spare)
	for v := range s.panels * s.vecs {
		s.load(f, masked, s.at("R11", v), sum, v)
		for row := range s.rows {
			f.I("VADDPS", s.acc(row, v), sum, sum)
		}
		s.store(f, masked, sum, s.at("R11", v), v)
	}
}

// gemmAMD64 is the file of all products.
func gemmAMD64() *File {
	file := &File{Name: "gemm_amd64.s", Tags: "!noasm",
		Data: []Table{{"bitOfLane", []uint32{1, 2, 4, 8, 16, 32, 64, 128}}}}
	for _, family := range []Family{AVX512, AVX2} {
		for _, s := range append(gemmShapes(family), halfShapes(family)...) {
			file.Funcs = append(file.Funcs, gemm(s))
		}
	}
	return file
}

// bf16AMD64 is the file of products of bfloat16, and of what turns float32 into pairs of them.
func bf16AMD64() *File {
	file := &File{Name: "bf16_amd64.s", Tags: "!noasm", Funcs: []*Func{pairRow(), pairRows()}}
	for _, s := range gemmShapes(BF16) {
		file.Funcs = append(file.Funcs, gemm(s))
	}
	return file
}
