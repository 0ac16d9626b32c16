package container

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestWriteAtomicReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a b.ü")
	require.NoError(t, WriteAtomic(path, text("one")))
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, WriteAtomic(path, func(w io.Writer) error {
		held, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "one", string(held), "the old file stands until the new one is complete")
		hidden, err := filepath.Glob(filepath.Join(dir, TempPattern))
		require.NoError(t, err)
		require.Len(t, hidden, 1)
		return text("two")(w)
	}))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "two", string(got))
	require.Equal(t, []string{"a b.ü"}, names(t, dir))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), info.Mode().Perm(), "permissions stay")
	}
}

func TestWriteAtomicLeavesNothingAfterAnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.cohort")
	broken := errors.New("broken")
	fails := func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		return broken
	}
	require.ErrorIs(t, WriteAtomic(path, fails), broken)
	require.Empty(t, names(t, dir))

	require.NoError(t, WriteAtomic(path, text("old")))
	require.ErrorIs(t, WriteAtomic(path, fails), broken)
	require.Panics(t, func() { WriteAtomic(path, func(io.Writer) error { panic("mistake") }) })
	// A full disk: the container's writer is told so and WriteAtomic passes it on.
	require.ErrorIs(t, WriteAtomic(path, func(w io.Writer) error {
		return Write(io.MultiWriter(w, &fullDisk{20}), small())
	}), errFull)
	require.Equal(t, []string{"model.cohort"}, names(t, dir))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(got))
}

func TestWriteAtomicRefusesFolders(t *testing.T) {
	dir := t.TempDir()
	require.ErrorContains(t, WriteAtomic(dir, text("x")), "is a folder")
	require.ErrorIs(t, WriteAtomic(filepath.Join(dir, "missing", "x"), text("x")), fs.ErrNotExist)
	file := filepath.Join(dir, "file")
	require.NoError(t, WriteAtomic(file, text("x")))
	require.Error(t, WriteAtomic(filepath.Join(file, "x"), text("x")))
	require.Equal(t, []string{"file"}, names(t, dir))
}

func TestWriteAtomicFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(target, []byte("old"), 0o600))
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	require.NoError(t, WriteAtomic(link, text("new")))
	got, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "new", string(got))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&fs.ModeSymlink)
}

func TestWriteAtomicWritesIntoDevices(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no /dev/null")
	}
	require.NoError(t, WriteAtomic(os.DevNull, text("gone")))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&fs.ModeDevice, "the device is still one")
}

func TestWriteAtomicTakesAnotherNameWhereOneIsLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	require.NoError(t, WriteAtomic(path, func(w io.Writer) error {
		return WriteAtomic(filepath.Join(dir, "inner.csv"), text("inner"))
	}))
	require.Equal(t, []string{"inner.csv", "out.csv"}, names(t, dir))
}
