package container

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// TempPattern matches the names, in the folder of the file itself, under which WriteAtomic writes. Such a file is left
// only when the process was killed, and can be deleted when no process writes there.
const TempPattern = ".cohort-*.tmp"

// WriteAtomic writes a file that is either complete or not there: to a temporary file beside path, which is synced and
// renamed. On any error, or a panic of write, what stood at path before stands there still and nothing else is left. Where
// path is a symbolic link, its target is replaced; where it is a device or a pipe, there is nothing to rename and write
// writes into it.
func WriteAtomic(path string, write func(io.Writer) error) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		target, err = path, nil
	}
	if err != nil {
		return err
	}
	mode := fs.FileMode(0)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode()
	}
	switch {
	case mode.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("is a folder")}
	case !mode.IsRegular():
		return writeInto(target, write)
	}
	temp, err := createTemp(filepath.Dir(target))
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			temp.Close() // a second Close does no harm
			os.Remove(temp.Name())
		}
	}()
	if mode != 0 {
		if err := temp.Chmod(mode.Perm()); err != nil {
			return err
		}
	}
	if err := writeAndClose(temp, write); err != nil {
		return err
	}
	if err := rename(temp.Name(), target); err != nil {
		return err
	}
	done = true
	return syncFolder(filepath.Dir(target))
}

func writeInto(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	b := bufio.NewWriterSize(f, 1<<16)
	return errors.Join(write(b), b.Flush())
}

// createTemp is os.CreateTemp with the permissions of an ordinary new file.
func createTemp(dir string) (*os.File, error) {
	for i := 0; ; i++ {
		name := filepath.Join(dir, fmt.Sprintf(".cohort-%d-%d.tmp", os.Getpid(), i))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) || i == 10000 {
			return f, err
		}
	}
}

func writeAndClose(f *os.File, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// rename replaces to. On Windows a program that has just opened the file, such as a scanner or a sync program, makes it
// fail: three tries within two seconds.
func rename(from, to string) error {
	err := os.Rename(from, to)
	if runtime.GOOS != "windows" {
		return err
	}
	for try := 0; err != nil && try < 2; try++ {
		time.Sleep(time.Second)
		err = os.Rename(from, to)
	}
	return err
}

// syncFolder makes the new name last through a power failure. Windows has no such call.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
