package run

import (
	"context"
	"path/filepath"
	"testing"
)

// BenchmarkTrain is what the loop itself costs a wave.
func BenchmarkTrain(b *testing.B) {
	j := Job{Plan: Plan{Steps: int64(b.N)}, Step: func(context.Context, int64, int64) error { return nil }}
	o := Options{Progress: func(string, int64, int64) {}, Stop: make(chan struct{}), Budget: 1 << 62}
	if _, err := Train(context.Background(), j, o); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkCheckpoint(b *testing.B) {
	var w walk
	l := loop{Job: w.job(1, 1), Options: Options{Checkpoint: filepath.Join(b.TempDir(), "c")}}
	for b.Loop() {
		if err := l.save(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParallel(b *testing.B) {
	for b.Loop() {
		Parallel(64, func(int) {})
	}
}
