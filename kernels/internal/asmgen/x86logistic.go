package asmgen

import (
	"fmt"
	"math"
)

// logisticAMD64 is the loss of a logistic regression and its gradient.
func logisticAMD64() *File {
	t := &doubleTable{place: map[uint64]int{}}
	f := logistic(t)
	return &File{Name: "logistic_amd64.s", Tags: "!noasm", Funcs: []*Func{f}, Data: []Table{{Name: t.name(), Words: t.words}}}
}

// A doubleTable holds constants of float64, each four times.
type doubleTable struct {
	words []uint32
	place map[uint64]int
}

func (t *doubleTable) name() string { return "logisticConst" }

// at gives the operand of a constant.
func (t *doubleTable) at(v float64) string {
	bits := math.Float64bits(v)
	at, ok := t.place[bits]
	if !ok {
		at = 4 * len(t.words)
		t.place[bits] = at
		for range 4 {
			t.words = append(t.words, uint32(bits), uint32(bits>>32))
		}
	}
	return fmt.Sprintf("%s<>+%d(SB)", t.name(), at)
}

// The registers of logistic: Y0 to Y7 are the 32 rows, then
const (
	logisticLoss    = "Y14" // sums over rows, by lane
	logisticProduct = "Y15"
)

// logistic goes through tiles of 32 rows, while the next one is fetched.
func logistic(t *doubleTable) *Func {
	f := NewFunc("logisticAVX2", "(t *logisticTiles)", 8)
	f.I("MOVQ", "t+0(FP)", "DI")
	for _, a := range [][2]string{{"x", "SI"}, {"y", "BX"}, {"w", "R9"}, {"lanes", "R10"}, {"cols", "DX"}, {"tiles", "R8"}} {
		f.I("MOVQ", "logisticTiles_"+a[0]+"(DI)", a[1])
	}
	f.I("VMOVUPD", "logisticTiles_loss(DI)", logisticLoss)
	f.I("VMOVUPD", "logisticTiles_product(DI)", logisticProduct)
	tile := f.Label("tile")
	f.At(tile)
	logits(f)
	for row := range 8 {
		logisticRows(f, t, row)
	}
	logisticGradient(f)
	f.I("ADDQ", "$256", "BX")
	f.I("MOVQ", "R11", "SI")
	f.I("DECQ", "R8")
	f.I("JNZ", tile)
	f.I("VMOVUPD", logisticLoss, "logisticTiles_loss(DI)")
	f.I("VMOVUPD", logisticProduct, "logisticTiles_product(DI)")
	f.I("VZEROUPPER")
	f.I("RET")
	return f
}

// logits are the sums over columns.
func logits(f *Func) {
	for i := range 8 {
		f.I("VXORPD", reg(i), reg(i), reg(i))
	}
	f.I("MOVQ", "SI", "R11")
	f.I("XORQ", "AX", "AX")
	loop := f.Label("logits")
	f.At(loop)
	f.I("VBROADCASTSD", "(R9)(AX*8)", "Y8")
	for i := range 8 {
		f.I("VFMADD231PD", fmt.Sprintf("%d(R11)", 32*i), "Y8", reg(i))
	}
	f.I("ADDQ", "$256", "R11")
	f.I("INCQ", "AX")
	f.I("CMPQ", "AX", "DX")
	f.I("JLT", loop)
}

// logisticGradient adds the rows' derivatives times their columns to the lanes.
func logisticGradient(f *Func) {
	f.I("MOVQ", "SI", "R11")
	f.I("MOVQ", "R10", "R12")
	f.C("the next tile is fetched meanwhile")
	f.I("MOVQ", "DX", "R13")
	f.I("SHLQ", "$8", "R13")
	f.I("MOVQ", "DX", "CX")
	loop := f.Label("gradient")
	f.At(loop)
	f.I("VMOVUPD", "(R12)", "Y8")
	for i := range 4 {
		f.I("PREFETCHT0", fmt.Sprintf("%d(R11)(R13*1)", 64*i))
	}
	for i := range 8 {
		f.I("VFMADD231PD", fmt.Sprintf("%d(R11)", 32*i), reg(i), "Y8")
	}
	f.I("VMOVUPD", "Y8", "(R12)")
	f.I("ADDQ", "$256", "R11")
	f.I("ADDQ", "$32", "R12")
	f.I("DECQ", "CX")
	f.I("JNZ", loop)
}

func reg(i int) string { return fmt.Sprintf("Y%d", i) }

// logisticRows replaces the logits of four rows by the derivatives of their losses, step by step as logisticRow of package kernels.
func logisticRows(f *Func, t *doubleTable, row int) {
	z, y := reg(row), fmt.Sprintf("%d(BX)", 32*row)
	f.C("e = exp(-|z|) in Y8, rows %d to %d", 4*row, 4*row+3)
	f.I("VORPD", t.at(math.Copysign(0, -1)), z, "Y8")
	f.I("VMOVUPD", t.at(-708), "Y9")
	f.I("VMAXPD", "Y8", "Y9", "Y8") // NaN stays
	f.I("VMOVUPD", t.at(0x1.8p52+1023), "Y9")
	f.I("VFMADD231PD", t.at(math.Log2E), "Y8", "Y9")
	f.I("VSUBPD", t.at(0x1.8p52+1023), "Y9", "Y10")
	f.I("VFNMADD231PD", t.at(ln2First), "Y10", "Y8")
	f.I("VFNMADD231PD", t.at(ln2Rest), "Y10", "Y8")
	f.I("VPSLLQ", "$52", "Y9", "Y9")
	f.I("VMULPD", "Y8", "Y8", "Y11")
	f.I("VMOVUPD", t.at(expTerm(13)), "Y10")
	f.I("VMOVUPD", t.at(expTerm(12)), "Y12")
	for n := 11; n > 0; n -= 2 {
		f.I("VFMADD213PD", t.at(expTerm(n)), "Y11", "Y10")
		f.I("VFMADD213PD", t.at(expTerm(n-1)), "Y11", "Y12")
	}
	f.I("VFMADD213PD", "Y12", "Y8", "Y10")
	f.I("VMULPD", "Y9", "Y10", "Y8")
	f.C("sigmoid in Y10")
	f.I("VADDPD", t.at(1), "Y8", "Y9")
	f.I("VMOVUPD", t.at(1), "Y10")
	f.I("VDIVPD", "Y9", "Y10", "Y10")
	f.I("VMULPD", "Y8", "Y10", "Y11")
	f.I("VBLENDVPD", z, "Y11", "Y10", "Y10")
	f.C("loss")
	f.I("VMULPD", "Y9", logisticProduct, logisticProduct)
	f.I("VXORPD", "Y13", "Y13", "Y13")
	f.I("VMAXPD", z, "Y13", "Y13")
	f.I("VFNMADD231PD", y, z, "Y13")
	f.I("VADDPD", "Y13", logisticLoss, logisticLoss)
	f.I("VSUBPD", y, "Y10", z)
}

// The logarithm of 2 in two parts, of which the first one has so few digits that a multiple of it is exact (FreeBSD's e_exp.c).
const (
	ln2First = 6.93147180369123816490e-01
	ln2Rest  = 1.90821492927058770002e-10
)

// expTerm is 1/n!, from the Taylor series of exp.
func expTerm(n int) float64 {
	factorial := 1.0
	for i := 2; i <= n; i++ {
		factorial *= float64(i)
	}
	return 1 / factorial
}
