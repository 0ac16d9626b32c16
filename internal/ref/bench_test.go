package ref_test

import (
	"testing"

	"example.org/cohort/internal/ref"
)

func BenchmarkMatMul(b *testing.B) {
	x, y := ref.New(64, 64), ref.New(64, 64)
	for b.Loop() {
		ref.MatMul(x, y)
	}
}
