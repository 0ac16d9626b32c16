package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPairs(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "a", "out")
	first, err := newPair(base)
	require.NoError(t, err)
	second, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base+"-private", first.private)
	require.Equal(t, base+"-2-private", second.private, "two runs at once do not share a folder")
	second.drop()
	first.drop()
	require.Empty(t, files(t, dir), "folders that hold nothing go, and so do their parents")

	// A folder with something in it is left alone, one with leftovers of a dead run is cleaned and taken.
	require.NoError(t, os.MkdirAll(base, 0o777))
	write(t, base, "mine", "")
	third, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base+"-2", third.public)
	third.drop()
	require.NoError(t, os.Remove(filepath.Join(base, "mine")))
	write(t, base, temporaryStart+"999999999-x.csv"+temporaryEnd, "half")
	fourth, err := newPair(base)
	require.NoError(t, err)
	require.Equal(t, base, fourth.public)
	require.Equal(t, []string{"a/out-private/" + filepath.Base(fourth.lock), "a/out/"}, files(t, dir))
	fourth.drop()
}

func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".cohort-999999999-0.tmp", "of a checkpoint")
	write(t, dir, ".cohort-1-grades.csv.tmp", "of a process that runs")
	write(t, dir, "other.tmp", "not ours")
	removeLeftovers(dir)
	require.Equal(t, []string{".cohort-1-grades.csv.tmp", "other.tmp"}, files(t, dir))
	require.Equal(t, filepath.Join("out", "grades.csv"), finalName(temporaryName(filepath.Join("out", "grades.csv"))))
	require.Equal(t, "out", finalName(filepath.Join("out", ".cohort-12-3.tmp")))
	require.Equal(t, filepath.Join("out", "x.csv"), finalName(filepath.Join("out", "x.csv")))
}

func TestCommitTakesAllBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "old.csv", "old")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "held.csv", "x"), 0o777))
	var s stage
	text := func(w io.Writer) error { _, err := w.Write([]byte("new")); return err }
	require.NoError(t, s.write(filepath.Join(dir, "old.csv"), "a", text))
	require.NoError(t, s.write(filepath.Join(dir, "held.csv"), "b", text))
	require.Error(t, s.commit([]string{filepath.Join(dir, "old.csv")}))
	require.Equal(t, "old", read(t, dir, "old.csv"))
	s.discard()
	require.Equal(t, []string{"held.csv/x/", "old.csv"}, files(t, dir))
}
