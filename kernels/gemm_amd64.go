//go:build !noasm

package kernels

import "unsafe"

// panelWidth is how many columns a panel of B has.
func panelWidth() int {
	switch {
	case useAVX512:
		return 32
	case useAVX2:
		return 16
	}
	return genericPanel
}

// A rowKernel is the kernels for one number of rows: of one panel, and of several where there is such a kernel.
type rowKernel struct {
	one, several func(t *tile)
	panels       int
}

var kernelsAVX512 = [13]rowKernel{
	1: {gemm1x32AVX512, gemm1x128AVX512, 4}, 2: {gemm2x32AVX512, gemm2x128AVX512, 4}, 3: {gemm3x32AVX512, gemm3x96AVX512, 3},
	4: {gemm4x32AVX512, gemm4x96AVX512, 3}, 5: {gemm5x32AVX512, gemm5x64AVX512, 2}, 6: {gemm6x32AVX512, gemm6x64AVX512, 2},
	7: {one: gemm7x32AVX512}, 8: {one: gemm8x32AVX512}, 9: {one: gemm9x32AVX512}, 10: {one: gemm10x32AVX512},
	11: {one: gemm11x32AVX512}, 12: {one: gemm12x32AVX512},
}

var kernelsBF16 = [13]rowKernel{
	1: {gemm1x32BF16, gemm1x128BF16, 4}, 2: {gemm2x32BF16, gemm2x128BF16, 4}, 3: {gemm3x32BF16, gemm3x96BF16, 3},
	4: {gemm4x32BF16, gemm4x96BF16, 3}, 5: {gemm5x32BF16, gemm5x64BF16, 2}, 6: {gemm6x32BF16, gemm6x64BF16, 2},
	7: {one: gemm7x32BF16}, 8: {one: gemm8x32BF16}, 9: {one: gemm9x32BF16}, 10: {one: gemm10x32BF16},
	11: {one: gemm11x32BF16}, 12: {one: gemm12x32BF16},
}

var kernelsAVX2 = [13]rowKernel{
	1: {gemm1x16AVX2, gemm1x64AVX2, 4}, 2: {gemm2x16AVX2, gemm2x32AVX2, 2}, 3: {one: gemm3x16AVX2},
	4: {one: gemm4x16AVX2}, 5: {one: gemm5x16AVX2}, 6: {one: gemm6x16AVX2},
}

// Of weights that are stored as bfloat16.
var halfAVX512 = [13]rowKernel{
	1: {gemmHalf1x32AVX512, gemmHalf1x128AVX512, 4}, 2: {one: gemmHalf2x32AVX512}, 3: {one: gemmHalf3x32AVX512},
	4: {one: gemmHalf4x32AVX512}, 5: {one: gemmHalf5x32AVX512}, 6: {one: gemmHalf6x32AVX512},
	7: {one: gemmHalf7x32AVX512}, 8: {one: gemmHalf8x32AVX512}, 9: {one: gemmHalf9x32AVX512},
	10: {one: gemmHalf10x32AVX512}, 11: {one: gemmHalf11x32AVX512}, 12: {one: gemmHalf12x32AVX512},
}

var halfAVX2 = [13]rowKernel{
	1: {gemmHalf1x16AVX2, gemmHalf1x64AVX2, 4}, 2: {one: gemmHalf2x16AVX2}, 3: {one: gemmHalf3x16AVX2},
	4: {one: gemmHalf4x16AVX2}, 5: {one: gemmHalf5x16AVX2}, 6: {one: gemmHalf6x16AVX2},
}

// block computes the rows r0 to r1 and columns c0 to c1 of C.
func (t *gemmTask) block(r0, r1, c0, c1 int) {
	if !useAVX2 || t.k == 0 {
		t.gemmGo(r0, r1, c0, c1)
		return
	}
	s := scratches.get()
	x := &s.tile
	x.ran = 0
	x.rs, x.cs = uintptr(4*t.lda), 4
	if t.layout == TN {
		x.rs, x.cs = x.cs, x.rs
	}
	x.ldc, x.slope = uintptr(4*t.ldc), t.e.Slope
	if t.e.Drop != nil {
		x.scale = t.e.Drop.scale()
	}
	for j := c0; j < c1; j += blocks.n {
		for k := 0; k < t.k; k += blockK {
			t.strip(s, r0, r1, j, min(j+blocks.n, c1), k, min(blockK, t.k-k))
		}
	}
	family := 1
	switch {
	case t.pairs:
		family = 4
	case useAVX512:
		family = 0
	}
	tiles[family].Add(x.ran)
	scratches.put(s)
}

// strip adds one block of K to a strip of C.
func (t *gemmTask) strip(s *scratch, r0, r1, c0, c1, k0, kb int) {
	b, step, tail := t.stripB(s, c0, c1, k0, kb)
	most := 12
	if !useAVX512 {
		most = 6
	}
	for r := r0; r < r1; r += sumRows {
		rows := min(sumRows, r1-r)
		if t.e.Drop != nil && k0+kb == t.k {
			t.drawKeep(s, r, rows, c0, c1)
		}
		// As equal parts as possible: 16 rows are 8 and 8, not 12 and 4.
		parts := (rows + most - 1) / most
		for p := range parts {
			from, to := p*rows/parts, (p+1)*rows/parts
			s.tile.b = b
			t.rowTiles(s, r+from, to-from, from, c0, c1, k0, kb, step, tail)
			if k0+kb == t.k && t.e.Act >= GELU {
				for i := r + from; i < r+to; i++ {
					t.gelu(t.c[i*t.ldc+c0:i*t.ldc+c1], i, c0)
				}
			}
		}
	}
}

// stripB says where the panels of a block of B begin, how far they are apart, and where the last one is if it lies
// elsewhere; it packs them if need be.
func (t *gemmTask) stripB(s *scratch, c0, c1, k0, kb int) (b, step, tail uintptr) {
	w := panelWidth()
	s.tile.ldb = uintptr(4 * w)
	step = uintptr(4 * kb * w)
	switch {
	case t.inHalves():
		s.tile.ldb /= 2
		p := t.packed.half[k0*roundUp(t.n, w)+c0*kb:]
		return uintptr(unsafe.Pointer(&p[0])), step / 2, 0
	case t.packed != nil:
		return address(t.packed.panels(&s.b, c0, c1, k0, kb), 0), step, 0
	case t.direct:
		s.tile.ldb = uintptr(4 * t.ldb)
		if rest := (c1 - c0) % w; rest != 0 {
			s.b = grow(s.b, blockK*mostBlockN)
			packPanels(s.b, false, k0, kb, c1-rest, c1, t.b, t.ldb)
			tail = address(s.b, 0)
		}
		return address(t.b, k0*t.ldb+c0), uintptr(4 * w), tail
	}
	s.b = grow(s.b, blockK*mostBlockN)
	if t.pairs {
		s.packPairs(s.b, t.bTrans, k0, kb, c0, c1, t.depth, t.b, t.ldb)
	} else {
		packPanels(s.b, t.bTrans, k0, kb, c0, c1, t.b, t.ldb)
	}
	return address(s.b, 0), step, 0
}

// halfRows is the most rows for which the kernels themselves read bfloat16: more rows share what was widened once.
const halfRows = 24

// inHalves tells whether the kernel itself reads bfloat16.
func (t *gemmTask) inHalves() bool { return t.m <= halfRows && t.packed != nil && t.packed.half != nil }

func (t *gemmTask) kernel(rows int) *rowKernel {
	switch {
	case t.pairs:
		return &kernelsBF16[rows]
	case t.inHalves() && useAVX512:
		return &halfAVX512[rows]
	case t.inHalves():
		return &halfAVX2[rows]
	case useAVX512:
		return &kernelsAVX512[rows]
	}
	return &kernelsAVX2[rows]
}

// rowTiles computes the tiles of some rows, side by side: groups of panels, single panels, and the part of a panel that is
// left.
func (t *gemmTask) rowTiles(s *scratch, r, rows, inStrip, c0, c1, k0, kb int, step, tail uintptr) {
	x, w := &s.tile, panelWidth()
	kern := t.kernel(rows)
	first := r*t.lda + k0
	if t.layout == TN {
		first = k0*t.lda + r
	}
	aAt := address(t.a, first)
	full, ldb := (c1-c0)/w, x.ldb
	c, done := address(t.c, r*t.ldc+c0), 0
	t.flags(s, r, inStrip, c0, k0, kb)
	x.k = uintptr(kb)
	call := func(f func(t *tile), panels, group int) {
		x.a, x.c = aAt, c+uintptr(4*done*w)
		x.panel, x.bStep, x.panels = step, step*uintptr(group), uintptr(panels/group)
		f(x)
		done += panels
	}
	x.tail = 1<<31<<1 - 1
	if g := kern.panels; g > 0 && full >= g {
		call(kern.several, full/g*g, g)
	}
	if full > done {
		call(kern.one, full-done, 1)
	}
	if rest := (c1 - c0) % w; rest > 0 {
		x.tail = 1<<rest - 1
		for i := range x.lanes {
			x.lanes[i] = 0
			if i < rest {
				x.lanes[i] = -1
			}
		}
		x.flags |= flagTail
		if tail != 0 {
			x.b, x.ldb = tail, uintptr(4*w)
		}
		call(kern.one, 1, 1)
		x.ldb = ldb
	}
}

// flags says what the kernel is to do with its sums.
func (t *gemmTask) flags(s *scratch, r, inStrip, c0, k0, kb int) {
	x, e := &s.tile, &t.e
	x.flags = 0
	if k0 > 0 || e.Add {
		x.flags = flagAdd
	}
	if k0+kb < t.k {
		return
	}
	if e.Bias != nil {
		x.flags |= flagBias
		x.bias = address(e.Bias, c0)
	}
	switch e.Act {
	case ReLU:
		x.flags |= flagReLU
	case LeakyReLU:
		x.flags |= flagLeaky
	}
	if e.Drop != nil {
		x.flags |= flagDrop
		x.keepLd = keepBytes
		x.keep = uintptr(unsafe.Pointer(&s.keep[inStrip*keepBytes]))
	}
	if e.ColSums != nil {
		x.flags |= flagSums
		x.sums = address(t.sums, r/sumRows*t.n+c0)
	}
}

// keepBytes is the distance of rows in scratch.keep: a bit for every column of a strip, and what a kernel may read beyond.
const keepBytes = mostBlockN/8 + 4

// drawKeep draws the dropout bits of rows of a strip.
func (t *gemmTask) drawKeep(s *scratch, r, rows, c0, c1 int) {
	if len(s.keep) < sumRows*keepBytes {
		s.keep = make([]byte, sumRows*keepBytes)
	}
	for i := range rows {
		t.e.Drop.bits(s.keep[i*keepBytes:(i+1)*keepBytes], uint64((r+i)*t.n+c0), c1-c0)
	}
}

// packFull packs full panels, if there is assembly for it, and tells how many.
func packFull(dst []float32, kb, panels int, b []float32, ldb int) int {
	switch {
	case panels == 0 || !useAVX2:
		return 0
	case useAVX512:
		packRowsAVX512(&dst[0], &b[0], 4*kb*32, 4*ldb, panels, kb)
	default:
		packRowsAVX2(&dst[0], &b[0], 4*kb*16, 4*ldb, panels, kb)
	}
	return panels
}

// packBlocks packs blocks of 8 by 8, and tells how many rows of the panel are done.
func packBlocks(panel []float32, w, kb, cols int, b []float32, ldb int) int {
	if !useAVX2 || kb < 8 || cols < 8 {
		return 0
	}
	for k := 0; k+8 <= kb; k += 8 {
		transpose8AVX2(&panel[k*w], &b[k], 4*w, 4*ldb, 32, 32*ldb, cols/8) // a row of the panel from one end to the other
	}
	return kb / 8 * 8
}
