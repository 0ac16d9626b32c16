package asmgen

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExtensionOfAnInstruction(t *testing.T) {
	for _, c := range []struct {
		op   string
		args []string
		want string
	}{
		{"MOVQ", []string{"AX", "BX"}, "base"},
		{"VADDPS", []string{"Y1", "Y2", "Y3"}, "AVX"},
		{"VADDPS", []string{"Z1", "Z2", "Z3"}, "AVX512F"},
		{"VADDPS", []string{"Y1", "Y2", "Y16"}, "AVX512VL"},
		{"VADDPS", []string{"(DI)", "Z2", "K1", "Z3"}, "AVX512F"},
		{"VMOVUPS.Z", []string{"(DI)", "K1", "Z3"}, "AVX512F"},
		{"VPADDD", []string{"Y1", "Y2", "Y3"}, "AVX2"},
		{"VFMADD231PS", []string{"Y1", "Y2", "Y3"}, "FMA"},
		{"VANDPS", []string{"Z1", "Z2", "Z3"}, "AVX512DQ"},
		{"VPMOVD2M", []string{"Z1", "K3"}, "AVX512DQ"},
		{"VRCP14PS", []string{"Z1", "Z2"}, "an entry in the table of instructions"},
	} {
		require.Equal(t, c.want, extension(AVX2, c.op, c.args), c.op)
	}
}

// A function is refused the moment it holds what its family has not.
func TestFunctionsAreHeldToTheirFamily(t *testing.T) {
	f := NewFunc("xAVX2", "()", 0)
	require.Panics(t, func() { f.I("VADDPS", "Z1", "Z2", "Z3") })
	require.Panics(t, func() { f.I("VADDPS", "Y1", "Y2", "Y17") })
	require.Panics(t, func() { f.I("VPMOVD2M", "Y1", "K1") })
	require.Panics(t, func() { f.VDPBF16PS(1, 2, 3) })
	require.Panics(t, func() { NewFunc("xSSE", "()", 0) })
	for _, file := range Files() {
		for _, f := range file.Funcs {
			for _, need := range f.Needs {
				require.True(t, slices.Contains(allowed[f.Family()], need), "%s needs %s", f.Name, need)
			}
		}
	}
}

// As GNU as 2.40 encodes them: vdpbf16ps zmm0, zmm25, zmm24 and so on.
func TestEncodingOfBF16(t *testing.T) {
	for _, c := range []struct {
		prefix, opcode byte
		c, b, a        int
		want           [6]byte
	}{
		{prefixF3, 0x52, 24, 25, 0, [6]byte{0x62, 0x92, 0x36, 0x40, 0x52, 0xc0}},
		{prefixF3, 0x52, 1, 2, 3, [6]byte{0x62, 0xf2, 0x6e, 0x48, 0x52, 0xd9}},
		{prefixF3, 0x52, 31, 8, 17, [6]byte{0x62, 0x82, 0x3e, 0x48, 0x52, 0xcf}},
		{prefixF3, 0x52, 9, 30, 12, [6]byte{0x62, 0x52, 0x0e, 0x40, 0x52, 0xe1}},
		{prefixF2, 0x72, 0, 1, 2, [6]byte{0x62, 0xf2, 0x77, 0x48, 0x72, 0xd0}},
		{prefixF2, 0x72, 24, 9, 31, [6]byte{0x62, 0x02, 0x37, 0x48, 0x72, 0xf8}},
		{prefixF3, 0x72, 1, 0, 1, [6]byte{0x62, 0xf2, 0x7e, 0x48, 0x72, 0xc9}},
		{prefixF3, 0x72, 27, 0, 12, [6]byte{0x62, 0x12, 0x7e, 0x48, 0x72, 0xe3}},
	} {
		require.Equal(t, c.want, encode(c.prefix, c.opcode, c.c, c.b, c.a), "%v", c)
	}
}
