package asmgen

import "testing"

func BenchmarkFiles(b *testing.B) {
	for b.Loop() {
		for _, f := range Files() {
			b.SetBytes(int64(len(f.Bytes())))
		}
	}
}
