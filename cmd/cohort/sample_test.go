package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fitted gives a folder with a model of 300 people.
func fitted(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(300))
	r := call(t, dir, "fit", "t.csv")
	require.Equal(t, 0, r.code, r.err)
	require.True(t, strings.HasSuffix(r.out, program+" check t.csv FAKE.csv --holdout UNSEEN.csv\n"), "no trial: %s", r.out)
	require.Equal(t, []string{"t.cohort", "t.csv"}, files(t, dir))
	return dir
}

func TestFitNames(t *testing.T) {
	dir := fitted(t)
	require.Equal(t, 0, call(t, dir, "fit", "t.csv").code)
	require.Equal(t, read(t, dir, "t.cohort"), read(t, dir, "t-2.cohort"))
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "-o", "models/mine.cohort").code)
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "-o", "models", "--seed", "3").code)
	require.Equal(t, 0, call(t, dir, "fit", "t.csv", "--seed", "3", "--force").code)
	require.Equal(t, []string{"models/mine.cohort", "models/t.cohort", "t-2.cohort", "t.cohort", "t.csv"}, files(t, dir))
	require.Equal(t, read(t, dir, "models/t.cohort"), read(t, dir, "t.cohort"))
}

func TestSample(t *testing.T) {
	dir := fitted(t)
	made := call(t, dir, "sample", "t.cohort")
	require.Equal(t, 0, made.code)
	require.True(t, strings.HasSuffix(made.out, program+" check REAL.csv out/t_SYNTHETIC.csv --holdout UNSEEN.csv\n"), "no trial: %s", made.out)
	whole := read(t, dir, "out/t_SYNTHETIC.csv")
	require.Len(t, rowsOf(whole), 300)
	require.Equal(t, 0, call(t, dir, "sample", "t.cohort", "-n", "5").code)
	require.Len(t, rowsOf(read(t, dir, "out-2/t_SYNTHETIC.csv")), 5)

	t.Run("shards", func(t *testing.T) {
		together := ""
		for i := range 7 {
			r := call(t, dir, "sample", "t.cohort", "--shard", fmt.Sprintf("%d/7", i), "-o", "-")
			require.Equal(t, 0, r.code, r.err)
			together += r.out
		}
		require.Equal(t, whole, together)
	})
	t.Run("more shards than rows", func(t *testing.T) {
		together := ""
		for i := range 4 {
			together += call(t, dir, "sample", "t.cohort", "-n", "2", "--shard", fmt.Sprintf("%d/4", i), "-o", "-").out
		}
		require.Equal(t, call(t, dir, "sample", "t.cohort", "-n", "2", "-o", "-").out, together)
	})
	t.Run("no such shard", func(t *testing.T) {
		r := call(t, dir, "sample", "t.cohort", "--shard", "7/7", "-o", "-")
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "6/7")
	})
	t.Run("several tables", func(t *testing.T) {
		require.Equal(t, 0, call(t, dir, "sample", "t.cohort", "-m", "3", "-n", "20", "-o", "many.csv").code)
		a, b := read(t, dir, "many_1.csv"), read(t, dir, "many_2.csv")
		require.NotEqual(t, a, b)
		require.Equal(t, a, call(t, dir, "sample", "t.cohort", "-n", "20", "-o", "-").out)
		require.Equal(t, b, call(t, dir, "sample", "t.cohort", "-n", "20", "--seed", "1", "-o", "-").out)
		require.FileExists(t, dir+"/many_3.csv")
		require.Equal(t, 0, call(t, dir, "sample", "t.cohort", "-m", "4", "-n", "5", "-o", "many.csv").code)
		require.Equal(t, a, read(t, dir, "many_1.csv"), "nothing is replaced")
		require.Len(t, rowsOf(read(t, dir, "many-2_4.csv")), 5)
		require.Equal(t, exitUsage, call(t, dir, "sample", "t.cohort", "-m", "3", "-o", "-").code)
	})
	t.Run("conditions", func(t *testing.T) {
		r := call(t, dir, "sample", "t.cohort", "-n", "200", "--where", `Year = "Y9" and Maths < 30`, "-o", "-")
		require.Equal(t, 0, r.code, r.err)
		require.Len(t, rowsOf(r.out), 200)
		for _, line := range rowsOf(r.out) {
			cells := strings.Split(line, ",")
			require.Equal(t, "Y9", cells[3])
			var maths int
			_, err := fmt.Sscan(cells[4], &maths)
			require.NoError(t, err)
			require.Less(t, maths, 30)
		}
	})
	t.Run("a name that is taken", func(t *testing.T) {
		write(t, dir, "mine.csv", "mine")
		require.Equal(t, 0, call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "mine.csv").code)
		require.Equal(t, "mine", read(t, dir, "mine.csv"))
		require.Len(t, rowsOf(read(t, dir, "mine-2.csv")), 5)
		require.Equal(t, 0, call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "mine.csv", "--force").code)
		require.Equal(t, read(t, dir, "mine-2.csv"), read(t, dir, "mine.csv"))
	})
}

func TestBalance(t *testing.T) {
	dir := fitted(t)
	r := call(t, dir, "sample", "t.cohort", "-n", "2000", "--balance", "Passed", "-o", "-")
	require.Equal(t, 0, r.code, r.err)
	require.InDelta(t, 1000, strings.Count(r.out, ",yes,"), 100)
}
