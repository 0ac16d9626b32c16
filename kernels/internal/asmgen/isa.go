package asmgen

import (
	"regexp"
	"strings"
)

// instructions are the amd64 instructions that the generators may use, by the extension that their form without ZMM, mask
// or upper registers needs. An empty word means that there is no such form.
var instructions = map[string]string{}

// wide are the extensions of the EVEX forms, where it is not AVX512F.
var wide = map[string]string{}

func init() {
	for extension, ops := range map[string]string{
		"base": "MOVQ MOVL MOVB MOVLQZX MOVBLZX MOVWLZX ADDQ SUBQ ANDQ ORQ XORQ XORL ADDL SHLQ SHRQ LEAQ TESTQ TESTL CMPQ IMULQ INCQ DECQ NEGQ " +
			"JMP JEQ JNE JLT JLE JGT JGE JCS JCC JZ JNZ JL JG RET PREFETCHT0",
		"AVX": "VADDPS VSUBPS VMULPS VDIVPS VSQRTPS VMAXPS VMINPS VMOVUPS VMOVAPS VMOVSS VMOVD VMOVQ VANDPS VANDNPS VORPS " +
			"VXORPS VBLENDVPS VCMPPS VMASKMOVPS VBROADCASTSS VBROADCASTF128 VUNPCKLPS VUNPCKHPS VSHUFPS VPERM2F128 VEXTRACTF128 " +
			"VINSERTF128 VPERMILPS VHADDPS VADDSS VMULSS VMAXSS VROUNDPS VCVTDQ2PS VCVTPS2DQ VCVTTPS2DQ VMOVMSKPS VTESTPS " +
			"VZEROUPPER VMOVDQU VPERMILPD VUNPCKLPD VUNPCKHPD VMOVDQA VADDPD VMULPD VCVTPS2PD VCVTPD2PS VBLENDPS " +
			"VSUBPD VDIVPD VMAXPD VORPD VXORPD VBLENDVPD VMOVUPD VBROADCASTSD",
		"AVX2": "VPADDD VPSUBD VPAND VPANDN VPOR VPXOR VPSLLD VPSRLD VPSRAD VPCMPEQD VPCMPGTD VPMULUDQ VPMULLD VPBROADCASTD " +
			"VPBROADCASTQ VPBLENDD VPSHUFD VPSRLQ VPSLLQ VPUNPCKLDQ VPUNPCKHDQ VPUNPCKLQDQ VPUNPCKHQDQ VPERM2I128 VPERMD VPERMPS VPERMQ VPSLLVD " +
			"VPSRLVD VPMOVZXWD VEXTRACTI128 VINSERTI128 VPADDQ VPMAXSD VPMINSD VPMAXUD",
		"FMA":     "VFMADD231PS VFMADD213PS VFMADD132PS VFNMADD231PS VFNMADD213PS VFMSUB213PS VFMSUB231PS VFNMADD132PS VFMADD231PD VFMADD213PD VFNMADD231PD",
		"AVX512F": "VMOVDQU32 VMOVDQA32 VPANDD VPORD VPXORD VPANDND VPTERNLOGD VPCMPD VPCMPUD VPBLENDMD VBLENDMPS VPMOVD2M KMOVW KNOTW KANDW KXNORW KORW KSHIFTRW VPERMT2PS VPERMI2PS VPERMT2D VSHUFF32X4 VSHUFI32X4 VEXTRACTF64X4 VINSERTF64X4 VRNDSCALEPS VPROLD VPERMI2D VPTESTMD VPTESTNMD VEXTRACTF32X4",
	} {
		for op := range strings.FieldsSeq(ops) {
			instructions[op] = extension
		}
	}
	for extension, ops := range map[string]string{
		"AVX512DQ": "VPMOVD2M VANDPS VANDNPS VORPS VXORPS KMOVB VPMULLQ VPMOVM2D",
		"AVX512BW": "KMOVD KMOVQ",
	} {
		for op := range strings.FieldsSeq(ops) {
			wide[op] = extension
			if instructions[op] == "" {
				instructions[op] = extension
			}
		}
	}
	wide["VPMOVD2M"] = "AVX512DQ"
}

var (
	evex    = regexp.MustCompile(`^(Z\d+|K\d|[XY](1[6-9]|2\d|3[01]))$`)
	evexLow = regexp.MustCompile(`^[XY](1[6-9]|2\d|3[01])$`)
)

// extension tells what an instruction needs.
func extension(family Family, op string, args []string) string {
	if family == NEON {
		return "arm64"
	}
	plain, _, suffixed := strings.Cut(op, ".") // .Z and .BCST exist in EVEX only
	need, ok := instructions[plain]
	if !ok {
		return "an entry in the table of instructions"
	}
	upper, short := suffixed, false
	for _, a := range args {
		upper = upper || evex.MatchString(a)
		short = short || evexLow.MatchString(a)
	}
	if !upper {
		return need
	}
	if w := wide[plain]; w != "" {
		return w
	}
	if short {
		return "AVX512VL"
	}
	return "AVX512F"
}
