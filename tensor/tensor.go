package tensor

import (
	"fmt"
	"slices"
	"unsafe"
)

// A Tensor is numbers in row-major order. Its length is the product of its shape. It is a small value; copies share the
// numbers.
type Tensor struct {
	Shape []int
	Data  []float32
}

// New makes zeros of the given shape that begin at a multiple of 64 bytes. It panics where a dimension is negative.
func New(shape ...int) Tensor {
	return Tensor{slices.Clone(shape), aligned(size("New", shape))}
}

// FromSlice gives data a shape; the numbers are not copied. It panics where the length is not that of the shape.
func FromSlice(data []float32, shape ...int) Tensor {
	if size("FromSlice", shape) != len(data) {
		panic(fmt.Sprintf("tensor: FromSlice of %d numbers and %v", len(data), slices.Clone(shape)))
	}
	return Tensor{slices.Clone(shape), data}
}

// Len is how many numbers there are.
func (x Tensor) Len() int { return len(x.Data) }

// Rows is N of a tensor [N, D]. It panics where there are not two dimensions.
func (x Tensor) Rows() int { x.mustBeMatrix("Rows"); return x.Shape[0] }

// Cols is D of a tensor [N, D]. It panics where there are not two dimensions.
func (x Tensor) Cols() int { x.mustBeMatrix("Cols"); return x.Shape[1] }

func (x Tensor) mustBeMatrix(op string) {
	if len(x.Shape) != 2 {
		panic(fmt.Sprintf("tensor: %s of %v, which is no matrix", op, x.Shape))
	}
}

// Row is row i of a tensor [N, D], a view. It panics where there are not two dimensions or no such row.
func (x Tensor) Row(i int) []float32 {
	d := x.Cols()
	if i < 0 || i >= x.Shape[0] {
		panic(fmt.Sprintf("tensor: Row %d of %v", i, x.Shape))
	}
	return x.Data[i*d : i*d+d : i*d+d]
}

// Reshape is the same numbers with another shape, a view. It panics where the lengths differ.
func (x Tensor) Reshape(shape ...int) Tensor {
	if size("Reshape", shape) != len(x.Data) {
		panic(fmt.Sprintf("tensor: Reshape of %v to %v", x.Shape, slices.Clone(shape)))
	}
	return Tensor{slices.Clone(shape), x.Data}
}

// Slice is the part from lo to hi-1 of the leading axis, a view. It panics where there is no such part.
func (x Tensor) Slice(lo, hi int) Tensor {
	if len(x.Shape) == 0 || lo < 0 || hi < lo || hi > x.Shape[0] {
		panic(fmt.Sprintf("tensor: Slice from %d to %d of %v", lo, hi, x.Shape))
	}
	d := 1
	for _, n := range x.Shape[1:] {
		d *= n
	}
	shape := slices.Clone(x.Shape)
	shape[0] = hi - lo
	return Tensor{shape, x.Data[lo*d : hi*d : hi*d]}
}

// Clone is a copy with numbers and a shape of its own.
func (x Tensor) Clone() Tensor {
	y := New(x.Shape...)
	copy(y.Data, x.Data)
	return y
}

// size is the product of a shape. It panics where a dimension is negative or the product overflows.
func size(op string, shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > maxLen/d {
			panic(fmt.Sprintf("tensor: %s of %v", op, slices.Clone(shape)))
		}
		n *= d
	}
	return n
}

// maxLen is the length of the longest slice of float32 that there can be.
const maxLen = int(^uint(0)>>1) / 4

// line is how many numbers have 64 bytes: a line of the cache, and a register of AVX-512.
const line = 16

// aligned makes n zeros that begin at a multiple of 64 bytes.
func aligned(n int) []float32 {
	s := make([]float32, n+line-1)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(s))) % 64 / 4)
	return s[skip : skip+n : skip+n]
}
