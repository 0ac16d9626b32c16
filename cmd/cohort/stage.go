package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// A stage collects the files of a run under temporary names. commit gives them their own, all or none; discard leaves
// nothing of them.
type stage struct {
	files []stagedFile
}

type stagedFile struct {
	path   string
	role   string // "hand-over", "model", "recipe", "manifest", "rejected", ...
	sha256 string
	bytes  int64
}

// write lets fill write the file that will be path. Whatever goes wrong, the temporary file is gone.
func (s *stage) write(path, role string, fill func(io.Writer) error) (err error) {
	f, err := os.OpenFile(temporaryName(path), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(f.Name())
		}
	}()
	sum := sha256.New()
	n := &countWriter{w: f}
	b := bufio.NewWriterSize(io.MultiWriter(n, sum), 1<<20)
	if err := fill(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	s.files = append(s.files, stagedFile{path, role, hex.EncodeToString(sum.Sum(nil)), n.n})
	return nil
}

type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// remove takes a file out of the stage.
func (s *stage) remove(role string) {
	for i, f := range s.files {
		if f.role == role {
			os.Remove(temporaryName(f.path))
			s.files = append(s.files[:i], s.files[i+1:]...)
			return
		}
	}
}

// commit gives all files their names, in place of the files in old. If one rename fails, everything is as it was: old
// files stand where they stood, and the new ones stay staged.
func (s *stage) commit(old []string) error {
	var undo [][2]string
	rename := func(from, to string) error {
		if err := renameTrying(from, to); err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				os.Rename(undo[i][1], undo[i][0])
			}
			return err
		}
		undo = append(undo, [2]string{from, to})
		return nil
	}
	for _, path := range old {
		if err := rename(path, temporaryName(path+".old")); err != nil {
			return err
		}
	}
	for _, f := range s.files {
		if err := rename(temporaryName(f.path), f.path); err != nil {
			return err
		}
	}
	for _, path := range old {
		os.Remove(temporaryName(path + ".old"))
	}
	return nil
}

// discard removes what was staged.
func (s *stage) discard() {
	for _, f := range s.files {
		os.Remove(temporaryName(f.path))
	}
	s.files = nil
}

// renameTrying renames. On Windows a scanner or a sync program may hold a new file for a moment: three tries in two
// seconds.
func renameTrying(from, to string) error {
	err := os.Rename(from, to)
	for try := 1; err != nil && try < 3 && runtime.GOOS == "windows"; try++ {
		time.Sleep(time.Second)
		err = os.Rename(from, to)
	}
	return err
}

// file finds a staged file by role.
func (s *stage) file(role string) (stagedFile, bool) {
	for _, f := range s.files {
		if f.role == role {
			return f, true
		}
	}
	return stagedFile{}, false
}

// relativeTo gives path as seen from folder, with slashes, or path itself where there is no way.
func relativeTo(folder, path string) string {
	a, err1 := filepath.Abs(folder)
	b, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return path
	}
	r, err := filepath.Rel(a, b)
	if err != nil {
		return b
	}
	return filepath.ToSlash(r)
}
