package hf

import (
	"encoding/binary"
	"math"
)

// sizes are the types of elements, by their name in safetensors, and their bytes.
var sizes = map[string]int64{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}

// isFloat tells whether a type of element can hold weights.
func isFloat(dtype string) bool {
	return dtype == "F32" || dtype == "F16" || dtype == "BF16" || dtype == "F64"
}

// toFloat32 fills dst from its little-endian form in src. An F64 beyond float32 becomes infinite, as in torch.
func toFloat32(dst []float32, src []byte, dtype string) {
	switch dtype {
	case "F32":
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	case "F16":
		for i := range dst {
			dst[i] = half(binary.LittleEndian.Uint16(src[2*i:]))
		}
	case "BF16":
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
		}
	case "F64":
		for i := range dst {
			dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
		}
	default:
		panic("hf: values of type " + dtype)
	}
}

// half gives the value of an IEEE 754 binary16. Every one is a float32. Its exponent counts from -15 and that of a float32 from -127:
// a product by 2^112 moves all numbers there, the subnormal ones too.
func half(h uint16) float32 {
	v := math.Float32bits(math.Float32frombits(uint32(h&0x7fff)<<13) * 0x1p112)
	if h&0x7c00 == 0x7c00 { // infinite, or not a number
		v = 0x7f800000 | uint32(h&0x3ff)<<13
	}
	return math.Float32frombits(v | uint32(h&0x8000)<<16)
}
