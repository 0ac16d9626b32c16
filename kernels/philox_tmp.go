package kernels

func philox(c0, c1, c2, c3, k0, k1 uint32) [4]uint32 {
	for range 10 {
		p0 := 0xD2511F53 * uint64(c0)
		p1 := 0xCD9E8D57 * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return [4]uint32{c0, c1, c2, c3}
}

func AddTo(dst, x []float32) {
	for i := range x {
		dst[i] += x[i]
	}
}
