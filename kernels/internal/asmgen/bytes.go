package asmgen

import "fmt"

// The prefixes of an opcode that EVEX has in two bits.
const (
	prefixF3 = 2
	prefixF2 = 3
)

// VDPBF16PS emits the dot product of pairs of bfloat16, a += b*c, in ZMM registers: EVEX.512.F3.0F38.W0 52 /r. Go's
// assembler does not know it. Registers only, so that each one is six bytes.
func (f *Func) VDPBF16PS(c, b, a int) {
	f.bf16(encode(prefixF3, 0x52, c, b, a), "VDPBF16PS Z%d, Z%d, Z%d", c, b, a)
}

// VCVTNE2PS2BF16 rounds 16 numbers of ZMM c, which come first, and 16 of b to bfloat16, to nearest even:
// EVEX.512.F2.0F38.W0 72 /r.
func (f *Func) VCVTNE2PS2BF16(c, b, a int) {
	f.bf16(encode(prefixF2, 0x72, c, b, a), "VCVTNE2PS2BF16 Z%d, Z%d, Z%d", c, b, a)
}

// VCVTNEPS2BF16 rounds the 16 numbers of ZMM b to bfloat16 in YMM a: EVEX.512.F3.0F38.W0 72 /r.
func (f *Func) VCVTNEPS2BF16(b, a int) {
	f.bf16(encode(prefixF3, 0x72, b, 0, a), "VCVTNEPS2BF16 Z%d, Y%d", b, a)
}

// bf16 emits an instruction as bytes, with what it is as a comment.
func (f *Func) bf16(e [6]byte, text string, registers ...any) {
	f.need("AVX512_BF16")
	fmt.Fprintf(&f.body, "\tLONG $0x%02x%02x%02x%02x; WORD $0x%02x%02x // "+text+"\n", append([]any{e[3], e[2], e[1], e[0], e[5], e[4]}, registers...)...)
}

// encode gives an instruction of map 0F38 on ZMM registers: prefix 62, then R X B R' and the map, W and the inverted second source, the
// length with V', opcode, ModRM. One without a second source has b 0.
func encode(prefix, opcode byte, c, b, a int) [6]byte {
	not := func(n, bit int) byte { return byte(^n>>bit) & 1 }
	p0 := not(a, 3)<<7 | not(c, 4)<<6 | not(c, 3)<<5 | not(a, 4)<<4 | 2
	p1 := not(b, 3)<<6 | not(b, 2)<<5 | not(b, 1)<<4 | not(b, 0)<<3 | 1<<2 | prefix
	p2 := byte(2)<<5 | not(b, 4)<<3
	return [6]byte{0x62, p0, p1, p2, opcode, 0xC0 | byte(a&7)<<3 | byte(c&7)}
}
