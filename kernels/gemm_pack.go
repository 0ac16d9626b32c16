package kernels

import "math"

// A Packed is a matrix B[K,N] in the order in which the kernels in use read it: blocks of blockK rows, in them panels of
// as many columns as a kernel's tile has, in them row after row; the last panel is filled with zeros. Weights that are used more than once
// between two updates are packed once. The zero value is empty; Pack uses its memory again.
type Packed struct {
	family string
	k, n   int
	data   []float32
	half   []uint16 // in place of data: as bfloat16
	pairs  bool     // data is words of two bfloat16, neighbours along K
	task   packTask
}

// A kind is how the numbers of a Packed are stored: as float32, bfloat16, or pairs of that.
type kind struct{ half, pairs bool }

// Shape is K and N.
func (p *Packed) Shape() (k, n int) { return p.k, p.n }

// Current tells whether p was packed for the family in use.
func (p *Packed) Current() bool { return p.family == Family() }

// Pack reads B[K,N], stored [N,K] where the layout is NT.
func (p *Packed) Pack(l Layout, k, n int, b []float32, ldb int) { p.pack(l, k, n, b, ldb, kind{}) }

func (p *Packed) pack(l Layout, k, n int, b []float32, ldb int, as kind) {
	rows, cols := k, n
	if l == NT {
		rows, cols = n, k
	}
	checkOperand("B", b, rows, cols, ldb)
	p.family, p.k, p.n, p.pairs = Family(), k, n, as.pairs
	w := panelWidth()
	if size := p.depth() * roundUp(n, w); !as.half {
		p.data, p.half = grow(p.data, size), nil
	} else {
		p.data, p.half = nil, make([]uint16, size)
	}
	p.task = packTask{p: p, trans: l == NT, b: b, ldb: ldb}
	p.task.panels = max(1, 1<<14/max(1, k*w)) // a chunk is about 16,384 numbers
	Run(&p.task, (roundUp(n, w)/w+p.task.panels-1)/p.task.panels)
	p.task = packTask{}
}

// depth is how many rows the panels have.
func (p *Packed) depth() int {
	if p.pairs {
		return (p.k + 1) / 2
	}
	return p.k
}

// at is B[k,j].
func (p *Packed) at(k, j int) float32 {
	w := panelWidth()
	k0 := k &^ (blockK - 1)
	kb := min(blockK, p.k-k0)
	at := k0*roundUp(p.n, w) + j/w*w*kb + (k-k0)*w + j%w
	if p.half != nil {
		return math.Float32frombits(uint32(p.half[at]) << 16)
	}
	return p.data[at]
}

// packTask packs some panels of B in every chunk.
type packTask struct {
	p      *Packed
	trans  bool
	b      []float32
	ldb    int
	panels int
}

// Chunk packs panels of all blocks of K.
func (t *packTask) Chunk(i int) {
	p, w := t.p, panelWidth()
	width := roundUp(p.n, w)
	first := i * t.panels * w
	last := min(first+t.panels*w, width)
	for k0 := 0; k0 < p.depth(); k0 += blockK {
		kb := min(blockK, p.depth()-k0)
		at, cols := k0*width+first*kb, min(last, p.n)
		if p.pairs {
			s := scratches.get()
			s.packPairs(p.data[at:], t.trans, k0, kb, first, cols, p.k, t.b, t.ldb)
			scratches.put(s)
			continue
		}
		if p.half == nil {
			packPanels(p.data[at:], t.trans, k0, kb, first, cols, t.b, t.ldb)
			continue
		}
		s := scratches.get()
		s.b = grow(s.b, max((last-first)*kb, blockK*mostBlockN))
		packPanels(s.b, t.trans, k0, kb, first, cols, t.b, t.ldb)
		halve(p.half[at:at+(last-first)*kb], s.b)
		scratches.put(s)
	}
}

// packPanels writes the panels of the columns c0 to c1 of one block of K.
func packPanels(dst []float32, trans bool, k0, kb, c0, c1 int, b []float32, ldb int) {
	w := panelWidth()
	if !trans {
		full := packFull(dst, kb, (c1-c0)/w, b[k0*ldb+c0:], ldb)
		dst, c0 = dst[full*kb*w:], c0+full*w
	}
	for ; c0 < c1; c0 += w {
		cols := min(w, c1-c0)
		panel := dst[:kb*w]
		dst = dst[kb*w:]
		if trans {
			packTrans(panel, w, kb, cols, b[c0*ldb+k0:], ldb)
			continue
		}
		for k := range kb {
			row := panel[k*w : k*w+w]
			clear(row[copy(row, b[(k0+k)*ldb+c0:][:cols]):])
		}
	}
}

// packTrans writes one panel from B stored [N,K].
func packTrans(panel []float32, w, kb, cols int, b []float32, ldb int) {
	done := packBlocks(panel, w, kb, cols, b, ldb) // rows of the panel written by assembly, in the first columns
	blocked := 0
	if done > 0 {
		blocked = cols / 8 * 8
	}
	for j := range cols {
		k := 0
		if j < blocked {
			k = done
		}
		for ; k < kb; k++ {
			panel[k*w+j] = b[j*ldb+k]
		}
	}
	for k := 0; cols < w && k < kb; k++ {
		clear(panel[k*w+cols : (k+1)*w])
	}
}
