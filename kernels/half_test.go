package kernels

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHalve(t *testing.T) {
	for _, c := range [][2]float32{
		{1, 1}, {-2.5, -2.5}, {0x1.01p0, 1}, {0x1.0101p0, 0x1.02p0}, {0x1.03p0, 0x1.04p0}, {0x1.02fep0, 0x1.02p0}, {inf, inf}, {-inf, -inf},
		{math.MaxFloat32, inf}, {0x1p-130, 0x1p-130},
	} {
		h := make([]uint16, 1)
		halve(h, []float32{c[0]})
		require.Equal(t, c[1], math.Float32frombits(uint32(h[0])<<16), "%x", c[0])
	}
	h := make([]uint16, 1)
	halve(h, []float32{math.Float32frombits(0x7f800001)})
	require.True(t, math.IsNaN(float64(math.Float32frombits(uint32(h[0])<<16))))
}

// A product with weights stored as bfloat16 is the product with the rounded numbers, bit for bit.
func TestPackHalf(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, s := range [][3]int{{1, 300, 700}, {16, 513, 65}, {64, 20, 31}, {3, 256, 1}, {23, 40, 40}, {25, 33, 40}} {
			m, k, n := s[0], s[1], s[2]
			a, b := numbers(1, m*k, false), numbers(2, k*n, false)
			h := make([]uint16, len(b))
			halve(h, b)
			rounded := make([]float32, len(b))
			unhalveGo(rounded, h)
			for _, l := range []Layout{NN, NT} {
				ldb := n
				if l == NT {
					ldb = k
				}
				var p Packed
				p.PackHalf(l, k, n, b, ldb)
				want := make([]float32, m*n)
				got, check := vecGuarded(t, m*n)
				e := &Epilogue{Bias: a[:min(n, len(a))]}
				if n > len(a) {
					e = nil
				}
				Gemm(l, m, n, k, a, k, rounded, ldb, want, n, e)
				GemmPacked(NN, m, a, k, &p, got, n, e)
				sameVec(t, want, got, "%v of layout %d", s, l)
				check("GemmPacked")
				p.Pack(l, k, n, b, ldb) // the memory of a Packed is used again
				Gemm(l, m, n, k, a, k, b, ldb, want, n, e)
				GemmPacked(NN, m, a, k, &p, got, n, e)
				sameVec(t, want, got, "after Pack")
			}
		}
	})
}

// BenchmarkDecode is the products of a language model that writes: few rows, weights from memory.
func BenchmarkDecode(b *testing.B) {
	const k, n = 768, 50257
	w := numbers(1, k*n, false)
	for _, half := range []bool{false, true} {
		var p Packed
		bytes := int64(4 * k * n)
		if half {
			bytes /= 2
			p.PackHalf(NT, k, n, w, k)
		} else {
			p.Pack(NT, k, n, w, k)
		}
		for _, m := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("half=%t/rows=%d", half, m), func(b *testing.B) {
				x, y := numbers(2, m*k, false), make([]float32, m*n)
				b.SetBytes(bytes)
				for b.Loop() {
					GemmPacked(NN, m, x, k, &p, y, n, nil)
				}
				b.ReportMetric(2*float64(m*k*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
	b.Run("reading", func(b *testing.B) {
		b.SetBytes(4 * k * n)
		for b.Loop() {
			Sum(w)
		}
	})
}

func BenchmarkPick(b *testing.B) {
	const rows, cols = 64, 50257
	x, u, dst := numbers(1, rows*cols, false), make([]float32, rows), make([]int32, rows)
	for b.Loop() {
		Pick(dst, x, rows, cols, u) // the numbers change, the work does not
	}
}
