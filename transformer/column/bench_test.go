package column

import (
	"context"
	"testing"
)

// BenchmarkStep is one step of learning: 64 rows of 5 columns.
func BenchmarkStep(b *testing.B) {
	l, err := newLearning(dice(b, 2000), Options{Members: 1, Batch: 64, Epochs: 1 << 20, Size: Size{Width: 64, Heads: 4, Layers: 2, Inner: 128}})
	if err != nil {
		b.Fatal(err)
	}
	m := l.members[0]
	m.state.Search = 1 << 40
	for b.Loop() {
		m.step()
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSample is writing rows of 5 columns.
func BenchmarkSample(b *testing.B) {
	m := fitted(b, dice(b, 2000), quick)
	rows := 0
	for b.Loop() {
		if _, _, err := m.Sample(context.Background(), SampleOptions{Rows: 2048}); err != nil {
			b.Fatal(err)
		}
		rows += 2048
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
