package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkPack is what bringing B into panels costs, as stored and transposed.
func BenchmarkPack(b *testing.B) {
	for _, n := range []int{256, 512, 1024} {
		w := aligned(n * n)
		for name, l := range map[string]Layout{"NN": NN, "NT": NT} {
			b.Run(fmt.Sprintf("%s/%s/%d", Family(), name, n), func(b *testing.B) {
				var p Packed
				b.SetBytes(int64(4 * n * n))
				for b.Loop() {
					p.Pack(l, n, n, w, n)
				}
			})
		}
	}
}
