package cohort_test

import (
	"context"
	"io"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// benchTables gives the real tables that are at hand, and one that always is.
func benchTables(b *testing.B) map[string]*table.Table {
	tables := map[string]*table.Table{"pupils": read(b, pupils(1000, 90))}
	for _, name := range []string{"student-mat", "adult"} {
		if actual, ok := shared(b, name+".csv"); ok {
			tables[name] = actual
		}
	}
	return tables
}

func BenchmarkFit(b *testing.B) {
	for name, actual := range benchTables(b) {
		for _, model := range generators {
			b.Run(name+"/"+model, func(b *testing.B) {
				for b.Loop() {
					fit(b, actual, cohort.Options{Model: model})
				}
				b.ReportMetric(float64(actual.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
				e, err := cohort.Plan(actual, cohort.Options{Model: model})
				require.NoError(b, err)
				b.ReportMetric(e.Time.Seconds()*float64(b.N)/b.Elapsed().Seconds(), "planned/actual")
			})
		}
	}
}

// BenchmarkMake learns a trial and everybody, writes and judges, and says how much of it is judging.
func BenchmarkMake(b *testing.B) {
	for name, actual := range benchTables(b) {
		b.Run(name, func(b *testing.B) {
			var judging, began time.Duration
			for b.Loop() {
				opt := cohort.MakeOptions{Check: eval.Options{Progress: func(_ string, done, total int64) {
					switch {
					case done == 0:
						began = b.Elapsed()
					case done == total:
						judging += b.Elapsed() - began
					}
				}}}
				made(b, actual, opt)
			}
			b.ReportMetric(float64(actual.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(100*judging.Seconds()/b.Elapsed().Seconds(), "%judging")
		})
	}
}

// BenchmarkSample draws and writes as a file.
func BenchmarkSample(b *testing.B) {
	const rows = 100_000
	for name, actual := range benchTables(b) {
		for _, model := range generators {
			m := fit(b, actual, cohort.Options{Model: model})
			b.Run(name+"/"+model, func(b *testing.B) {
				for b.Loop() {
					w := table.NewCSVWriter(io.Discard, m.Info().Schema)
					for part, err := range m.Chunks(context.Background(), cohort.SampleOptions{Rows: rows}) {
						require.NoError(b, err)
						require.NoError(b, w.Write(part))
					}
					require.NoError(b, w.Flush())
				}
				b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
