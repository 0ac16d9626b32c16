package tensor_test

import (
	"testing"

	"example.org/cohort/tensor"
)

func BenchmarkArena(b *testing.B) {
	var a tensor.Arena
	b.ReportAllocs()
	for b.Loop() {
		for range 100 {
			a.New(50, 256)
		}
		a.Reset()
	}
}
