package kernels

import "math"

// PackHalf is [Packed.Pack] with the numbers stored as bfloat16, rounded to the nearest, ties to even: half the memory, and half the
// time where a product of few rows waits for it. Products widen them and are what they would be with the rounded numbers.
func (p *Packed) PackHalf(l Layout, k, n int, b []float32, ldb int) {
	p.pack(l, k, n, b, ldb, kind{half: true})
}

// halve sets dst to x as bfloat16: the first 16 bits of a float32.
func halve(dst []uint16, x []float32) {
	for i, v := range x[:len(dst)] {
		bits := math.Float32bits(v)
		if v != v {
			dst[i] = uint16(bits>>16) | 1<<6 // stays NaN
			continue
		}
		dst[i] = uint16((bits + 0x7fff + bits>>16&1) >> 16)
	}
}

// unhalveGo is the reference of unhalve.
func unhalveGo(dst []float32, x []uint16) {
	for i, v := range x[:len(dst)] {
		dst[i] = math.Float32frombits(uint32(v) << 16)
	}
}

// panels gives the panels of the columns from c0 on of a block of K, widened into b where they are stored as bfloat16.
func (p *Packed) panels(b *[]float32, c0, c1, k0, kb int) []float32 {
	w := panelWidth()
	at, n := k0*roundUp(p.n, w)+c0*kb, roundUp(c1-c0, w)*kb
	if p.half == nil {
		return p.data[at : at+n]
	}
	*b = grow(*b, blockK*mostBlockN)
	unhalve((*b)[:n], p.half[at:at+n])
	return (*b)[:n]
}
