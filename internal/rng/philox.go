package rng

// Multipliers of the two halves and increments of the key, as published.
const (
	mul0, mul1 = 0xD2511F53, 0xCD9E8D57
	weyl0      = 0x9E3779B9 // golden ratio
	weyl1      = 0xBB67AE85 // sqrt(3) - 1
)

// block is Philox4x32-10: ten rounds of two 32x32-bit multiplications each. It takes and gives single words because an
// array would go through memory, which costs half as much again.
func block(c0, c1, c2, c3, k0, k1 uint32) (w0, w1, w2, w3 uint32) {
	for range 10 {
		p0 := mul0 * uint64(c0)
		p1 := mul1 * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += weyl0
		k1 += weyl1
	}
	return c0, c1, c2, c3
}
