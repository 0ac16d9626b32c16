package tensor_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"example.org/cohort/tensor"
)

func address(s []float32) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }

func TestShapes(t *testing.T) {
	x := tensor.New(2, 3, 4)
	require.Equal(t, 24, x.Len())
	require.Zero(t, address(x.Data)%64)
	require.Equal(t, []int{1, 3, 4}, x.Slice(1, 2).Shape)
	require.Equal(t, []int{6, 4}, x.Reshape(6, 4).Shape)
	x.Slice(1, 2).Data[0] = 7
	require.Equal(t, float32(7), x.Data[12])
	y := x.Clone()
	y.Data[12], y.Shape[0] = 8, 9
	require.Equal(t, float32(7), x.Data[12])
	require.Equal(t, 2, x.Shape[0])
	require.Equal(t, 1, tensor.New().Len())
}

func TestZeroSizes(t *testing.T) {
	x := tensor.New(0, 5)
	require.Equal(t, []int{0, 5}, x.Slice(0, 0).Shape)
	require.Equal(t, []int{5, 0}, x.Reshape(5, 0).Shape)
	require.Equal(t, 0, x.Clone().Len())
	require.Empty(t, tensor.New(3, 0).Row(2))
	var a tensor.Arena
	require.Empty(t, a.New(0, 7).Data)
	a.Reset()
	require.Empty(t, a.Floats(0))
}

func TestMistakesPanicWithBothShapes(t *testing.T) {
	x := tensor.New(2, 3)
	for want, f := range map[string]func(){
		"tensor: FromSlice of 6 numbers and [2 4]":    func() { tensor.FromSlice(x.Data, 2, 4) },
		"tensor: Reshape of [2 3] to [4 2]":           func() { x.Reshape(4, 2) },
		"tensor: Slice from 1 to 3 of [2 3]":          func() { x.Slice(1, 3) },
		"tensor: Slice from 2 to 1 of [2 3]":          func() { x.Slice(2, 1) },
		"tensor: Row 2 of [2 3]":                      func() { x.Row(2) },
		"tensor: New of [2 -1]":                       func() { tensor.New(2, -1) },
		"tensor: New of [4611686018427387904 2]":      func() { tensor.New(1<<62, 2) },
		"tensor: Arena.New of [-1]":                   func() { new(tensor.Arena).New(-1) },
		"tensor: Rows of [6], which is no matrix":     func() { x.Reshape(6).Rows() },
		"tensor: Cols of [1 6 1], which is no matrix": func() { x.Reshape(1, 6, 1).Cols() },
	} {
		require.PanicsWithValue(t, want, f)
	}
}

// Buffers are aligned and apart from each other, also those that did not fit.
func TestArenaLendsEachNumberOnce(t *testing.T) {
	var a tensor.Arena
	for step := range 3 {
		var all [][]float32
		for i := range 200 {
			s := a.Floats(i * 37 * (step + 1) % 5000)
			require.Len(t, s, cap(s))
			if len(s) > 0 {
				require.Zero(t, address(s)%64)
			}
			for j := range s {
				s[j] = float32(i)
			}
			all = append(all, s)
		}
		for i, s := range all {
			for _, v := range s {
				require.Equal(t, float32(i), v)
			}
		}
		a.Reset()
	}
}

func TestArenaPoison(t *testing.T) {
	var a tensor.Arena
	a.Poison(true)
	for range 3 {
		for _, v := range a.Floats(100) {
			require.True(t, v != v)
		}
		clear(a.Floats(100_000))
		a.Reset()
	}
}

// After the largest batch nothing is allocated, whatever the order of sizes.
func TestArenaAllocatesNothingInTheLongRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var a tensor.Arena
	step := func(n int) {
		for i := range 50 {
			a.New(n, i)
		}
		a.Reset()
	}
	step(100)
	var counts []uint64
	for range 10 { // the runtime allocates now and then, an arena that does would do so every time
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range 100 {
			step(100 - i)
		}
		runtime.ReadMemStats(&after)
		if counts = append(counts, after.Mallocs-before.Mallocs); counts[len(counts)-1] == 0 {
			return
		}
	}
	t.Fatalf("allocations in 100 steps, ten times: %v", counts)
}

func TestSpilled(t *testing.T) {
	var a tensor.Arena
	require.False(t, a.Spilled())
	a.Floats(10)
	require.True(t, a.Spilled())
	a.Reset()
	a.Floats(16)
	require.False(t, a.Spilled())
	a.Floats(1)
	require.True(t, a.Spilled())
}
