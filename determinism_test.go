package cohort_test

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

var generators = []string{"trees", "copula", "independent"}

// fit learns or fails.
func fit(t testing.TB, actual *table.Table, opt cohort.Options) *cohort.Model {
	t.Helper()
	m, err := cohort.Fit(context.Background(), actual, opt)
	require.NoError(t, err)
	return m
}

// sample draws or fails.
func sample(t testing.TB, m *cohort.Model, opt cohort.SampleOptions) *table.Table {
	t.Helper()
	rows, err := m.Sample(context.Background(), opt)
	require.NoError(t, err)
	return rows
}

// file gives the bytes of a model file.
func file(t testing.TB, m *cohort.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, m.Save(&b))
	return b.Bytes()
}

// threads runs f with n processors.
func threads(n int, f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	f()
}

// workers tells how many goroutines of the pool and of the chunks were at work together while f ran.
func workers(f func()) (most int) {
	done, seen := make(chan struct{}), make(chan int)
	go func() {
		stacks, most := make([]byte, 1<<20), 0
		for {
			working := 0
			for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
				if strings.Contains(stack, "run.Parallel.func") || strings.Contains(stack, "stream).start.func") {
					working++
				}
			}
			most = max(most, working)
			select {
			case <-done:
				seen <- most
				return
			case <-time.After(200 * time.Microsecond):
			}
		}
	}()
	f()
	close(done)
	return <-seen
}

func TestSameBytesForAnyNumberOfThreads(t *testing.T) {
	actual := read(t, pupils(200, 1))
	for _, model := range generators {
		t.Run(model, func(t *testing.T) {
			var wantFile []byte
			var wantRows string
			for _, n := range []int{1, 2, 3, 8} {
				var m *cohort.Model
				var rows string
				fitting, sampling := 0, 0
				threads(n, func() {
					fitting = workers(func() { m = fit(t, actual, cohort.Options{Model: model, Seed: 7}) })
					sampling = workers(func() {
						rows = text(t, sample(t, m, cohort.SampleOptions{Rows: 3*cohort.ChunkRows + 5, Seed: 3}))
					})
				})
				if n == 1 {
					wantFile, wantRows = file(t, m), rows
				}
				require.True(t, bytes.Equal(wantFile, file(t, m)), "%d threads learn another model", n)
				require.True(t, wantRows == rows, "%d threads write other rows", n)
				if n > 1 {
					require.GreaterOrEqual(t, sampling, 2, "one worker drew all rows")
				}
				if n > 1 && model == "trees" {
					require.GreaterOrEqual(t, fitting, 2, "one worker learned all columns")
				}
			}
		})
	}
}

func TestSameBytesForAnyShards(t *testing.T) {
	actual := read(t, pupils(100, 2))
	const rows = 3000
	for _, model := range generators {
		t.Run(model, func(t *testing.T) {
			m := fit(t, actual, cohort.Options{Model: model})
			want := text(t, sample(t, m, cohort.SampleOptions{Rows: rows, First: 11, Seed: 5}))
			var got strings.Builder
			w := table.NewCSVWriter(&got, m.Info().Schema)
			first := int64(11)
			for _, count := range []int64{1, 1700, 299, 1000} {
				require.NoError(t, w.Write(sample(t, m, cohort.SampleOptions{First: first, Rows: count, Seed: 5})))
				first += count
			}
			require.NoError(t, w.Flush())
			require.True(t, want == got.String())
			require.NotEqual(t, want, text(t, sample(t, m, cohort.SampleOptions{Rows: rows, First: 11, Seed: 6})))
		})
	}
}

func TestSameBytesRowByRow(t *testing.T) {
	actual := read(t, pupils(100, 3))
	where := []table.Cond{table.Is("Year", "Y8", "Y9"), table.Between("English", "20", "")}
	for _, model := range generators {
		for _, opt := range []cohort.SampleOptions{{Seed: 9}, {Seed: 9, Where: where}} {
			m := fit(t, actual, cohort.Options{Model: model})
			opt.Rows = 500
			want := text(t, sample(t, m, opt))
			var got strings.Builder
			w := table.NewCSVWriter(&got, m.Info().Schema)
			for i := range int64(500) {
				opt.First, opt.Rows = i, 1
				require.NoError(t, w.Write(sample(t, m, opt)))
			}
			require.NoError(t, w.Flush())
			require.True(t, want == got.String(), "%s, %d conditions", model, len(opt.Where))
		}
	}
}

// A model that was loaded writes what the one that was saved writes.
func TestLoadedModelWritesTheSame(t *testing.T) {
	actual := read(t, pupils(200, 4))
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model, Seed: 2})
		loaded, err := cohort.Load(bytes.NewReader(file(t, m)))
		require.NoError(t, err)
		opt := cohort.SampleOptions{Rows: 700, Where: []table.Cond{table.Is("House", "Gold")}}
		require.True(t, text(t, sample(t, m, opt)) == text(t, sample(t, loaded, opt)), model)
		require.True(t, bytes.Equal(file(t, m), file(t, loaded)), model)
	}
}

func TestShard(t *testing.T) {
	for _, rows := range []int64{0, 1, 5, 64, 1000, 1e9} {
		for _, n := range []int{1, 3, 7, 64} {
			var next, least, most int64 = 0, rows, 0
			for i := range n {
				first, count := cohort.Shard(rows, i, n)
				require.Equal(t, next, first)
				next += count
				least, most = min(least, count), max(most, count)
			}
			require.Equal(t, rows, next)
			require.LessOrEqual(t, most-least, int64(1))
		}
	}
	require.Panics(t, func() { cohort.Shard(10, 3, 3) })
}
