package tree

import (
	"fmt"
	"slices"
	"testing"

	"example.org/cohort/internal/rng"
)

func BenchmarkGrow(b *testing.B) {
	for _, n := range []int{400, 20_000} {
		for _, variance := range []bool{false, true} {
			b.Run(fmt.Sprintf("rows=%d/variance=%v", n, variance), func(b *testing.B) {
				x, y, rows := random(n, 12, []int{64, 64, -16, -40, 2, 2, 8, 100}, 1)
				for range b.N {
					r := rng.New(1, rng.TreeColumns, 0)
					Grow(x, y, slices.Clone(rows), nil, Options{MinLeaf: 20, Try: 4, Variance: variance}, &r)
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

func BenchmarkPath(b *testing.B) {
	x, y, rows := random(20_000, 12, []int{64, 64, -16, -40, 2, 2, 8, 100}, 1)
	r := rng.New(1, rng.TreeColumns, 0)
	t := Grow(x, y, slices.Clone(rows), nil, Options{MinLeaf: 20}, &r)
	row, path := make([]uint16, len(x)), []int32(nil)
	b.ResetTimer()
	for i := range b.N {
		for f := range x {
			row[f] = x[f].Codes[i%len(rows)]
		}
		path = t.Path(row, path[:0])
	}
}
