package ctgan

import (
	"context"
	"testing"
)

// BenchmarkStep learns a table of Adult's columns, step by step.
func BenchmarkStep(b *testing.B) {
	tab := likeAdult(b, 4000)
	for _, preset := range []string{plus, sdv, synthcity} {
		b.Run(preset, func(b *testing.B) {
			f := prepared(b, tab, Options{Preset: preset, Epochs: 1 << 16}) // no early stop
			n := int64(0)
			for b.Loop() {
				if _, ok := f.learner.step(n); !ok {
					b.Fatal("out of bounds")
				}
				n++
			}
			b.ReportMetric(float64(int64(f.m.set.Batch)*n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkSample writes rows of preset plus, which are picked from candidates; BenchmarkPeerSample those of the peers.
func BenchmarkSample(b *testing.B) {
	m := fitPreset(b, likeAdult(b, 1000), Options{Steps: 30})
	const rows = 4096
	for i := int64(0); b.Loop(); i++ {
		if _, _, err := m.Sample(context.Background(), SampleOptions{First: i * rows, Rows: rows}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
