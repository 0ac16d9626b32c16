package hf

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

var inf = math.Inf(1)

func pow2(n int) float64 { return math.Ldexp(1, n) }

func bits(v float32) uint32 { return math.Float32bits(v) }

// numbered is a file of n float32 with the values 0, 1, 2, ...
func numbered(t testing.TB, n int) *bytes.Reader {
	t.Helper()
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i)
	}
	b, err := binary.Append(nil, binary.LittleEndian, v)
	require.NoError(t, err)
	return bytes.NewReader(b)
}

// reference reads a view of a numbered file by its definition.
func reference(shape []int, stride []int64, from int64) []float32 {
	if len(shape) == 0 {
		return []float32{float32(from)}
	}
	var out []float32
	for i := range shape[0] {
		out = append(out, reference(shape[1:], stride[1:], from+int64(i)*stride[0])...)
	}
	return out
}

func TestStridedReads(t *testing.T) {
	for _, c := range []struct {
		shape  []int
		stride []int64
		from   int64
	}{
		{[]int{}, []int64{}, 7},
		{[]int{5}, []int64{3}, 1},
		{[]int{3, 4}, []int64{1, 3}, 0},                 // transposed
		{[]int{300, 500}, []int64{1, 300}, 11},          // transposed, over several windows
		{[]int{2, 3, 4}, []int64{4, 8, 1}, 0},           // the outer two exchanged
		{[]int{2, 3, 4}, []int64{1, 2, 6}, 5},           // reversed
		{[]int{100, 7}, []int64{1000, 1}, 3},            // a part of the columns
		{[]int{2, 1, 3}, []int64{90_000, 0, 70_00}, 0},  // steps beyond a window, and one that is never taken
		{[]int{3, 2}, []int64{70_000, 200}, 0},          //
		{[]int{70_001, 2}, []int64{2, 1}, 1},            // row-major, more than a window
		{[]int{4, 0}, []int64{1, 4}, 0},                 // nothing
		{[]int{1, 1}, []int64{0, 0}, 2},                 //
		{[]int{2, 65_536}, []int64{1, 2}, 0},            //
		{[]int{65_537}, []int64{2}, 0},                  //
		{[]int{2, 2, 2, 2}, []int64{1, 512, 16, 64}, 0}, //
	} {
		s := stored{Entry: Entry{DType: "F32", Shape: c.shape}, src: numbered(t, 300_000), at: 4 * c.from, stride: c.stride}
		got := make([]float32, s.len())
		require.NoError(t, s.read(got))
		require.Equal(t, reference(c.shape, c.stride, c.from), append([]float32(nil), got...), "%v", c)
		if len(c.shape) > 1 && c.shape[0] > 2 {
			part := s.rows(1, 3)
			got = make([]float32, part.len())
			require.NoError(t, part.read(got))
			require.Equal(t, reference(part.Shape, c.stride, c.from+c.stride[0]), append([]float32(nil), got...), "rows of %v", c)
		}
	}
}

func TestOverlappingStridesAreRefused(t *testing.T) {
	for _, c := range []stored{
		{Entry: Entry{Shape: []int{4}}, stride: []int64{0}},
		{Entry: Entry{Shape: []int{3, 4}}, stride: []int64{1, 1}},
		{Entry: Entry{Shape: []int{3, 4}}, stride: []int64{2, 3}},
		{Entry: Entry{Shape: []int{3, 4}}, stride: []int64{0, 1}},
		{Entry: Entry{Shape: []int{3, 1 << 40}}, stride: []int64{math.MaxInt64, 1 << 40}},
	} {
		_, err := c.dimensions()
		require.ErrorIs(t, err, errOverlap, "%v %v", c.Shape, c.stride)
	}
}

// A file that was cut after it was opened.
func TestReadsBeyondTheEnd(t *testing.T) {
	for _, stride := range [][]int64{nil, {1, 10}} {
		s := stored{Entry: Entry{DType: "F32", Shape: []int{10, 10}}, src: numbered(t, 99), stride: stride}
		err := s.read(make([]float32, 100))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "byte 396")
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		want  int64
		ok    bool
	}{
		{nil, 1, true}, {[]int64{2, 3}, 6, true}, {[]int64{0, 1 << 40}, 0, true}, {[]int64{1 << 40, 0}, 0, true}, {[]int64{-1}, 0, false},
		{[]int64{1 << 32, 1 << 32}, 0, false}, {[]int64{math.MaxInt64}, 0, false}, {[]int64{1 << 31, 1 << 31, 1 << 2}, 0, false},
	} {
		n, ok := count(c.shape)
		require.Equal(t, c.want, n, "%v", c.shape)
		require.Equal(t, c.ok, ok, "%v", c.shape)
	}
}
