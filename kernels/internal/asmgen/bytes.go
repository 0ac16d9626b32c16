package asmgen

import "fmt"

// VDPBF16PS emits the dot product of pairs of bfloat16, a += b*c, in ZMM registers: EVEX.512.F3.0F38.W0 52 /r. Go's
// assembler does not know it. Registers only, so that each one is six bytes.
func (f *Func) VDPBF16PS(c, b, a int) {
	f.need("AVX512_BF16")
	e := vdpbf16ps(c, b, a)
	fmt.Fprintf(&f.body, "\tLONG $0x%02x%02x%02x%02x; WORD $0x%02x%02x // VDPBF16PS Z%d, Z%d, Z%d\n", e[3], e[2], e[1], e[0], e[5], e[4], c, b, a)
}

// vdpbf16ps is the encoding: prefix 62, then R X B R' and the map, W and the inverted second source, the length with V',
// opcode, ModRM.
func vdpbf16ps(c, b, a int) [6]byte {
	not := func(n, bit int) byte { return byte(^n>>bit) & 1 }
	p0 := not(a, 3)<<7 | not(c, 4)<<6 | not(c, 3)<<5 | not(a, 4)<<4 | 2
	p1 := not(b, 3)<<6 | not(b, 2)<<5 | not(b, 1)<<4 | not(b, 0)<<3 | 1<<2 | 2
	p2 := byte(2)<<5 | not(b, 4)<<3
	return [6]byte{0x62, p0, p1, p2, 0x52, 0xC0 | byte(a&7)<<3 | byte(c&7)}
}
