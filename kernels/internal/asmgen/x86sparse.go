package asmgen

import "fmt"

// sparseAMD64 is the products of sparse rows.
func sparseAMD64() *File {
	return &File{Name: "sparse_amd64.s", Tags: "!noasm", Funcs: []*Func{sparse(AVX512), sparse(AVX2)}}
}

// sparse adds the sum of n rows of B, each times a number, to one row of C: eight vectors of columns at a time, then one,
// then what is left. The sum of each element is a chain of multiply-adds in the order of the rows, as in a dense product.
func sparse(family Family) *Func {
	f := NewFunc("sparseRow"+string(family), "(t *sparseRow)", 8)
	v := vector{"Z", 64}
	if family == AVX2 {
		v = vector{"Y", 32}
	}
	f.I("MOVQ", "t+0(FP)", "DI")
	f.I("MOVQ", "sparseRow_b(DI)", "BX")
	f.I("MOVQ", "sparseRow_c(DI)", "SI")
	f.I("MOVQ", "sparseRow_ldb(DI)", "DX")
	for _, vecs := range []int{8, 1} {
		loop, end := f.Label("columns"), f.Label("next")
		f.At(loop)
		f.I("CMPQ", "sparseRow_n(DI)", imm(vecs*v.bytes/4))
		f.I("JLT", end)
		v.gather(f, family, vecs, false)
		f.I("ADDQ", imm(vecs*v.bytes), "BX")
		f.I("ADDQ", imm(vecs*v.bytes), "SI")
		f.I("SUBQ", imm(vecs*v.bytes/4), "sparseRow_n(DI)")
		f.I("JMP", loop)
		f.At(end)
	}
	done := f.Label("done")
	f.I("CMPQ", "sparseRow_n(DI)", "$0")
	f.I("JEQ", done)
	if family == AVX512 {
		f.I("KMOVW", "sparseRow_tail(DI)", "K1")
	} else {
		f.I("VMOVUPS", "sparseRow_lanes(DI)", "Y15")
	}
	v.gather(f, family, 1, true)
	f.At(done)
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// vector is a kind of register: its letter and its bytes.
type vector struct {
	letter string
	bytes  int
}

func (v vector) r(i int) string { return fmt.Sprintf("%s%d", v.letter, i) }

// gather computes some vectors of columns over all rows named.
func (v vector) gather(f *Func, family Family, vecs int, masked bool) {
	zero := "VXORPS"
	if family == AVX512 {
		zero = "VPXORD"
	}
	load := func(from, to string) {
		switch {
		case !masked:
			f.I("VMOVUPS", from, to)
		case family == AVX512:
			f.I("VMOVUPS.Z", from, "K1", to)
		default:
			f.I("VMASKMOVPS", from, "Y15", to)
		}
	}
	for i := range vecs {
		f.I(zero, v.r(i), v.r(i), v.r(i))
	}
	f.I("MOVQ", "sparseRow_col(DI)", "R8")
	f.I("MOVQ", "sparseRow_val(DI)", "R9")
	f.I("MOVQ", "sparseRow_count(DI)", "CX")
	loop := f.Label("row")
	f.At(loop)
	f.I("MOVLQZX", "(R8)", "AX")
	f.I("IMULQ", "DX", "AX")
	f.I("VBROADCASTSS", "(R9)", v.r(8))
	for i := range vecs {
		load(fmt.Sprintf("%d(BX)(AX*1)", i*v.bytes), v.r(9))
		f.I("VFMADD231PS", v.r(9), v.r(8), v.r(i))
	}
	f.I("ADDQ", "$4", "R8")
	f.I("ADDQ", "sparseRow_valStep(DI)", "R9")
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
	for i := range vecs {
		at := fmt.Sprintf("%d(SI)", i*v.bytes)
		load(at, v.r(9))
		f.I("VADDPS", v.r(i), v.r(9), v.r(9))
		switch {
		case !masked:
			f.I("VMOVUPS", v.r(9), at)
		case family == AVX512:
			f.I("VMOVUPS", v.r(9), "K1", at)
		default:
			f.I("VMASKMOVPS", v.r(9), "Y15", at)
		}
	}
}
