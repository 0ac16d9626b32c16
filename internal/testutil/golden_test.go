package testutil

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// pair writes the tables of a pair, and gives their folder.
func pair(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "kinds.json"), []byte(`{"x": {"id": "key", "age": "whole"}}`), 0o600))
	for i, role := range []string{"real", "fake", "holdout"} {
		f, err := os.Create(filepath.Join(folder, "x-"+role+".csv.gz"))
		require.NoError(t, err)
		z := gzip.NewWriter(f)
		_, err = fmt.Fprintf(z, "id,age\na1,%d\na2,17\n", i)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		require.NoError(t, f.Close())
	}
	return folder
}

func TestJudged(t *testing.T) {
	for treat, columns := range map[table.Treat]int{table.Invent: 2, table.Drop: 1} {
		actual, fake, holdout := Judged(t, pair(t), "x", treat)
		require.Len(t, actual.Columns, columns)
		for i, s := range []float64{actual.Column("age").Numbers[0], fake.Column("age").Numbers[0], holdout.Column("age").Numbers[0]} {
			require.Equal(t, float64(i), s)
		}
	}
}

// A stopped test heard why, and did not go on.
type stopped struct {
	testing.TB
	why string
}

func (s *stopped) Helper() {}

func (s *stopped) Fatal(args ...any) { s.stop(fmt.Sprint(args...)) }

func (s *stopped) Fatalf(format string, args ...any) { s.stop(fmt.Sprintf(format, args...)) }

func (s *stopped) stop(why string) {
	s.why = why
	panic(s)
}

func TestWhatCannotBeReadEndsTheTest(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte("{"), 0o600))
	for _, read := range []func(t testing.TB){
		func(t testing.TB) { JSON(t, "none.json", nil) },
		func(t testing.TB) { JSON(t, bad, &struct{}{}) },
		func(t testing.TB) { Unzipped(t, bad) },
	} {
		s := &stopped{TB: t}
		require.Panics(t, func() { read(s) })
		require.NotEmpty(t, s.why)
	}
}

func BenchmarkUnzipped(b *testing.B) {
	path := filepath.Join(pair(b), "x-real.csv.gz")
	for b.Loop() {
		all, err := io.ReadAll(Unzipped(b, path))
		require.NoError(b, err)
		b.SetBytes(int64(len(all)))
	}
}
