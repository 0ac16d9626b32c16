package hf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// An Entry is a tensor as a file has it.
type Entry struct {
	Name  string // as in the file, prefixes included
	DType string // F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL
	Shape []int
	File  string
}

// window is how many elements are read at a time.
const window = 1 << 14

// A stored is a tensor that has not been read yet.
type stored struct {
	Entry
	src    io.ReaderAt
	at     int64   // byte of the first element
	stride []int64 // elements from one index to the next, per dimension; nil is row-major without gaps
}

// count is the product of a shape, or false if a size is negative or the product is more than an int can count bytes of.
func count(shape []int64) (int64, bool) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > math.MaxInt64/16 {
			return 0, false
		}
		if d > 0 && n > math.MaxInt64/16/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

func (s *stored) len() int { return Tensor{Shape: s.Shape}.Len() }

// rows gives rows [from, to) alone.
func (s stored) rows(from, to int) stored {
	step := int64(Tensor{Shape: s.Shape[1:]}.Len())
	if s.stride != nil {
		step = s.stride[0]
	}
	s.at += int64(from) * step * sizes[s.DType]
	s.Shape = slices.Concat([]int{to - from}, s.Shape[1:])
	return s
}

// read fills dst, which has one place for each element, in row-major order.
func (s *stored) read(dst []float32) error {
	if s.stride != nil {
		return s.gather(dst)
	}
	size := sizes[s.DType]
	b := make([]byte, min(int64(len(dst)), window)*size)
	for i := 0; i < len(dst); i += window {
		part := dst[i:min(i+window, len(dst))]
		b := b[:int64(len(part))*size]
		if err := readAt(s.src, b, s.at+int64(i)*size); err != nil {
			return err
		}
		toFloat32(part, b, s.DType)
	}
	return nil
}

// A dimension is how far one step goes in the file and in memory.
type dimension struct {
	size, src int64
	dst       int
}

// dimensions orders those with more than one index by their steps in the file, longest first, so that the file is read
// from front to back. An error says that two indices share an element.
func (s *stored) dimensions() ([]dimension, error) {
	dims, step := []dimension(nil), 1
	for k := len(s.Shape) - 1; k >= 0; k-- {
		if s.Shape[k] > 1 {
			dims = append(dims, dimension{int64(s.Shape[k]), s.stride[k], step})
		}
		step *= s.Shape[k]
	}
	slices.SortFunc(dims, func(a, b dimension) int { return cmp.Compare(b.src, a.src) })
	for k, d := range dims {
		inner := int64(1) // elements that the dimensions below reach over
		if k+1 < len(dims) {
			next := dims[k+1]
			if next.src < 1 || next.src > math.MaxInt64/16/next.size {
				return nil, errOverlap
			}
			inner = next.size * next.src
		}
		if d.src < inner {
			return nil, errOverlap
		}
	}
	return dims, nil
}

var errOverlap = errors.New("its strides use elements more than once; save a contiguous copy")

// gather reads a tensor whose order in the file is not row-major, front to back, one window at a time.
func (s *stored) gather(dst []float32) error {
	if len(dst) == 0 {
		return nil
	}
	dims, err := s.dimensions()
	if err != nil {
		return err
	}
	end := int64(1)
	for _, d := range dims {
		end += (d.size - 1) * d.src
	}
	size := sizes[s.DType]
	values, b := make([]float32, min(end, window)), make([]byte, min(end, window)*size)
	lo, hi := int64(0), int64(0) // elements in values
	from, to := int64(0), 0
	index := make([]int64, len(dims))
	for range dst {
		if from >= hi {
			lo, hi = from, min(from+window, end)
			b := b[:(hi-lo)*size]
			if err := readAt(s.src, b, s.at+lo*size); err != nil {
				return err
			}
			toFloat32(values[:hi-lo], b, s.DType)
		}
		dst[to] = values[from-lo]
		for k := len(dims) - 1; k >= 0; k-- {
			d := dims[k]
			index[k]++
			from, to = from+d.src, to+d.dst
			if index[k] < d.size {
				break
			}
			from, to, index[k] = from-d.size*d.src, to-int(d.size)*d.dst, 0
		}
	}
	return nil
}

// readAt fills b. A reader may report the end of the file along with the last bytes.
func readAt(src io.ReaderAt, b []byte, at int64) error {
	n, err := src.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("byte %d: %w", at+int64(n), err)
}
