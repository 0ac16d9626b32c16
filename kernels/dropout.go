package kernels

import "math"

// scale is what kept values are multiplied by.
func (d *Dropout) scale() float32 { return 1 / (1 - d.P) }

// limit is the first word that is kept, as a fraction of 2^32.
func (d *Dropout) limit() uint64 { return uint64(math.Ceil(float64(d.P) * (1 << 32))) }

// keeps tells whether an element is kept.
func (d *Dropout) keeps(element uint64) bool {
	w := philox(uint32(element/4), uint32(d.Step), uint32(d.Step>>32), d.Stream, uint32(d.Seed), uint32(d.Seed>>32))
	return uint64(w[element%4]) >= d.limit()
}

// bits sets bit i of dst where element first+i is kept, for n elements, n <= wordChunk.
func (d *Dropout) bits(dst []byte, first uint64, n int) {
	var buf wordBuffer
	clear(dst)
	if limit := d.limit(); limit <= math.MaxUint32 {
		keepBits(dst, draw{d.Seed, d.Stream, d.Step}.words(&buf, first, n), uint32(limit))
	}
}

// keepBitsGo is the reference of keepBits: bit i of dst, which is clear, is set where word i is not below the limit.
func keepBitsGo(dst []byte, words []float32, limit uint32) {
	for i, w := range words {
		kept := (uint64(math.Float32bits(w))-uint64(limit))>>63 ^ 1 // 0 where the subtraction borrows
		dst[i/8] |= byte(kept << (i % 8))
	}
}
