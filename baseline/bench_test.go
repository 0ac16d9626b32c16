package baseline

import (
	"context"
	"testing"
)

func BenchmarkFit(b *testing.B) {
	tab := read(b, school(2000, 1), schoolRules...)
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				fit(b, tab, Options{Model: kind})
			}
			b.ReportMetric(float64(tab.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkSample(b *testing.B) {
	tab := read(b, school(2000, 1), schoolRules...)
	for _, kind := range kinds {
		m := fit(b, tab, Options{Model: kind})
		b.Run(kind, func(b *testing.B) {
			for i := range b.N {
				if _, _, err := m.Sample(context.Background(), SampleOptions{First: int64(i) * 8192, Rows: 8192}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(8192*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// The shapes of the measured bars: adult, 32,561 rows of 15 columns.
func BenchmarkAdult(b *testing.B) {
	tab := data(b, "adult.csv")
	var m *Model
	b.Run("fit", func(b *testing.B) {
		for range b.N {
			m = fit(b, tab, Options{})
		}
		b.ReportMetric(float64(tab.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("sample", func(b *testing.B) {
		for range b.N {
			sample(b, m, SampleOptions{Rows: 100_000})
		}
		b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
