package numpy

import "testing"

func BenchmarkPermutation(b *testing.B) {
	r := NewRandomState(0)
	for b.Loop() {
		r.Permutation(10_000)
	}
}

func BenchmarkStratifiedKFold(b *testing.B) {
	labels := make([]int, 10_000)
	for i := range labels {
		labels[i] = i % 7
	}
	for b.Loop() {
		if _, err := StratifiedKFold(labels, 5, 0); err != nil {
			b.Fatal(err)
		}
	}
}
