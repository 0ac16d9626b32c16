package kernels

import (
	"math"
	"unsafe"
)

// scratch is what one chunk needs beside its operands.
type scratch struct {
	tile  tile
	row   sparseRow
	a     []float32
	b     []float32
	pairs []float32 // rows of B as words
	keep  []byte
}

var scratches freelist[scratch]

// tile is what a product kernel is told. Addresses are numbers because the kernels step them past the end of a row; the
// slices that they point into are held by the task. Distances are in bytes.
type tile struct {
	a, b, c      uintptr
	rs, cs       uintptr // from a row of A to the next, and from a column to the next
	ldb, ldc     uintptr
	panel, bStep uintptr // from a panel to the next, and from one group of panels to the next
	k, panels    uintptr // panels counts groups
	flags        uint64
	bias, sums   uintptr
	keep, keepLd uintptr // bits of dropout, row by row
	ran          uint64  // tiles, counted by the kernel
	slope, scale float32
	tail         uint32    // a bit for each column of the last panel
	lanes        [16]int32 // the same as words, for AVX2
}

// The bits of tile.flags.
const (
	flagAdd = 1 << iota
	flagBias
	flagReLU
	flagLeaky
	flagDrop
	flagSums
	flagTail
)

// aligned gives n numbers that begin at a multiple of 64 bytes.
func aligned(n int) []float32 {
	s := make([]float32, n+15)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(s)))&63) / 4
	return s[skip : skip+n : skip+n]
}

func address(s []float32, i int) uintptr { return uintptr(unsafe.Pointer(&s[i])) }

func signbit(x float32) bool { return math.Float32bits(x)>>31 != 0 }
