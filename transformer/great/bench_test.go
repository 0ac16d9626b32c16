package great

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkFitStep(b *testing.B) {
	tab := demoTable(b)
	_, err := Fit(context.Background(), tab, Options{Steps: int64(b.N)})
	require.NoError(b, err)
}

func BenchmarkSample(b *testing.B) {
	_, m := shared(b)
	b.ResetTimer()
	_, _, err := m.Sample(context.Background(), SampleOptions{Rows: int64(b.N)})
	require.NoError(b, err)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
