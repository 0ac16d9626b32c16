package kernels

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

// bf16Least is how many times as fast as float32 multiply-adds the dot products of bfloat16 must be: below it, turning the
// operands into bfloat16 takes more than is won.
const bf16Least = 1.3

// CheckBF16 tells in one sentence why products of bfloat16 are not to be had, and gives nil where they are: the processor has them, the
// family in use is avx512, and they are at least 1.3 times as fast as those of float32, measured once in each process, in 30 ms.
func CheckBF16() error {
	if !hasBF16() {
		return errNoBF16
	}
	return bf16Slow()
}

var errNoBF16 = errors.New("this processor, or the kernels in use, have no products of bfloat16 (AVX512_BF16)")

var bf16Slow = sync.OnceValue(func() error { return bf16Refusal(ceilingBF16(1), Ceiling(1)) })

// bf16Refusal compares two rates in GFLOP/s.
func bf16Refusal(bf16, f32 float64) error {
	if bf16 >= bf16Least*f32 {
		return nil
	}
	return fmt.Errorf("products of bfloat16 are %.2g times as fast as those of float32 on this processor; at least %.2g is worth their rounding", bf16/f32, bf16Least)
}

// GemmBF16 is [Gemm] with the elements of A and B rounded to bfloat16, to nearest even, with numbers below 2^-126 taken as 0. They are
// multiplied and added up in float32, two at a time, by VDPBF16PS. As with Gemm an element of C depends on its row of A, its column of
// B and K alone; its bits are those of the processors with this instruction, and of no family. It panics as Gemm does, and
// where there is no such instruction; ask [CheckBF16] before.
func GemmBF16(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e *Epilogue) {
	mustHaveBF16("GemmBF16")
	multiply(l, m, n, k, a, lda, b, ldb, c, ldc, e, true)
}

// PackBF16 is [Packed.Pack] for products as those of [GemmBF16]: [GemmPacked] with p is one. It takes half of Pack's memory. It panics
// where GemmBF16 does.
func (p *Packed) PackBF16(l Layout, k, n int, b []float32, ldb int) {
	mustHaveBF16("PackBF16")
	p.pack(l, k, n, b, ldb, kind{pairs: true})
}

// BF16 tells whether products with p round as [GemmBF16].
func (p *Packed) BF16() bool { return p.pairs }

func mustHaveBF16(op string) {
	if !hasBF16() {
		panic("kernels: " + op + ": " + errNoBF16.Error())
	}
}

// A pairing is what a copy does beside copying: words of neighbours in a row, or of a row and the next one.
type pairing uint8

const (
	unpaired pairing = iota
	alongRow
	twoRows
)

// pair turns A into words of two bfloat16 that are neighbours along K; the last word of an odd K has a zero.
func (t *gemmTask) pair() {
	t.pairs, t.k = true, (t.depth+1)/2
	if t.m == 0 || t.k == 0 {
		return
	}
	c := copies.get()
	*c = copyTask{src: t.a, srcLd: t.lda, rows: t.m, cols: t.depth, dstLd: roundUp(t.k, 16) + 16, pairs: alongRow}
	if t.layout == TN {
		*c = copyTask{src: t.a, srcLd: t.lda, rows: t.k, cols: t.m, dstLd: roundUp(t.m, 16) + 16, pairs: twoRows}
		c.odd = t.depth%2 == 1
	}
	t.copied = grow(t.copied, c.rows*c.dstLd)
	t.a, t.lda = t.copied, c.dstLd
	c.dst = t.copied
	c.run()
}

// row copies or pairs one row.
func (t *copyTask) row(r int) {
	dst := t.dst[r*t.dstLd : (r+1)*t.dstLd]
	switch t.pairs {
	case unpaired:
		copy(dst[:t.cols], t.src[r*t.srcLd:])
	case alongRow:
		pairRow(dst, t.src[r*t.srcLd:][:t.cols])
	case twoRows:
		upper := t.src[2*r*t.srcLd:]
		if t.odd && r == t.rows-1 {
			pairColumns(dst, upper[:t.cols], nil)
			return
		}
		full := t.cols / 32
		pairPanels(dst, 32, upper, t.srcLd, full, 1)
		pairColumns(dst[32*full:], upper[32*full:t.cols], upper[t.srcLd+32*full:])
	}
}

// pairRow makes a word of every two numbers of src, and of the last one and 0.
func pairRow(dst, src []float32) {
	for i := pairFast(dst, src); 2*i < len(src); i++ {
		high := float32(0)
		if 2*i+1 < len(src) {
			high = src[2*i+1]
		}
		dst[i] = word(src[2*i], high)
	}
}

// pairColumns makes a word of each number of upper and the one of lower below it, 0 where lower is nil.
func pairColumns(dst, upper, lower []float32) {
	for j, x := range upper {
		low := float32(0)
		if lower != nil {
			low = lower[j]
		}
		dst[j] = word(x, low)
	}
}

// word holds two bfloat16. It is moved as a float32, and never computed with.
func word(first, second float32) float32 {
	return math.Float32frombits(uint32(bfloat16(first)) | uint32(bfloat16(second))<<16)
}

// bfloat16 is x as VCVTNEPS2BF16 rounds it: to nearest even, numbers below 2^-126 to 0, NaN to a quiet NaN.
func bfloat16(x float32) uint16 {
	bits := math.Float32bits(x)
	switch {
	case x != x:
		return uint16(bits>>16) | 1<<6
	case bits&0x7f800000 == 0:
		return uint16(bits>>16) & 0x8000
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// packPairs is packPanels for pairs: k0 and kb count words, depth is K.
func (s *scratch) packPairs(dst []float32, trans bool, k0, kb, c0, c1, depth int, b []float32, ldb int) {
	const w = 32 // a panel's width in the family that has pairs
	if trans {
		s.packPairsTrans(dst, k0, kb, c0, c1, depth, b, ldb)
		return
	}
	full, whole := (c1-c0)/w, min(kb, depth/2-k0) // words of two rows
	pairPanels(dst, kb*w, b[2*k0*ldb+c0:], ldb, full, whole)
	for p := range (c1 - c0 + w - 1) / w {
		first, cols := 0, w
		if p < full {
			first = whole // the rest is a last row without a second
		} else {
			cols = c1 - c0 - p*w
		}
		for k := first; k < kb; k++ {
			at := 2*(k0+k)*ldb + c0 + p*w
			row, lower := dst[(p*kb+k)*w:][:w], []float32(nil)
			if k < whole {
				lower = b[at+ldb:]
			}
			pairColumns(row, b[at:at+cols], lower)
			clear(row[cols:])
		}
	}
}

// packPairsTrans packs B stored [N,K]: the rows of a panel's columns become words, which are then transposed.
func (s *scratch) packPairsTrans(dst []float32, k0, kb, c0, c1, depth int, b []float32, ldb int) {
	const w, ld = 32, blockK + 16
	s.pairs = grow(s.pairs, w*ld)
	for ; c0 < c1; c0 += w {
		cols := min(w, c1-c0)
		for j := range cols {
			from := (c0+j)*ldb + 2*k0
			pairRow(s.pairs[j*ld:], b[from:from+min(2*kb, depth-2*k0)])
		}
		packTrans(dst[:kb*w], w, kb, cols, s.pairs, ld)
		dst = dst[kb*w:]
	}
}
