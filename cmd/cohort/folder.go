package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A pair is where one run of make leaves its files: public is to hand over, private to keep. Two folders, so that
// zipping the one can't take the other along.
type pair struct {
	public, private string
	lock            string   // a temporary file in private that says a run is using the pair
	made            []string // folders that this run created, outermost first; dropped again while they are empty
}

// temporaryName gives the name under which path is written before it is renamed: the form of container.TempPattern. The
// number is the process that owns the file, so that the next run can tell a leftover from a file that is being written.
func temporaryName(path string) string {
	folder, name := filepath.Split(path)
	return folder + temporaryStart + strconv.Itoa(os.Getpid()) + "-" + name + temporaryEnd
}

const (
	temporaryStart = ".cohort-"
	temporaryEnd   = ".tmp"
)

// finalName is the way back from temporaryName; other names stay as they are. The temporary name of a checkpoint says only
// in which folder it is.
func finalName(path string) string {
	folder, name := filepath.Split(path)
	rest, ours := strings.CutPrefix(name, temporaryStart)
	_, name, numbered := strings.Cut(strings.TrimSuffix(rest, temporaryEnd), "-")
	if !ours || !numbered {
		return path
	}
	if _, err := strconv.Atoi(name); err == nil {
		return filepath.Clean(folder)
	}
	return folder + name
}

// newPair claims base and base-private, or base-2 and base-2-private, and so on: the first that hold nothing.
func newPair(base string) (*pair, error) {
	parents, err := makeFolders(filepath.Dir(base))
	if err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		p := pairAt(base, n)
		p.made = parents
		free, err := p.claim()
		if err != nil {
			p.drop()
			return nil, err
		}
		if free {
			return p, nil
		}
	}
}

// outputFolder settles the folder that -o names: "out" if it names none.
func outputFolder(o string) (string, error) {
	if o == "" {
		return "out", nil
	}
	base := filepath.Clean(o)
	if name := filepath.Base(base); name == "." || name == ".." {
		var err error
		if base, err = filepath.Abs(base); err != nil { // its neighbour can't be named otherwise
			return "", err
		}
	}
	if info, err := os.Stat(base); err == nil && !info.IsDir() {
		p := fault("output-is-file", base+" is a file. -o names a folder, which is made if it is not there.", "-o "+
			quoteArg(strings.TrimSuffix(base, filepath.Ext(base))+"-out"))
		p.file = base
		return "", p
	}
	return base, nil
}

// pairAt names the n-th pair of base, counted from 1, without touching the disk.
func pairAt(base string, n int) *pair {
	if n > 1 {
		base += "-" + strconv.Itoa(n)
	}
	return &pair{public: base, private: base + "-private"}
}

// claim takes the pair if nothing but leftovers of dead runs lies in it. Mkdir is what decides between two runs that
// start at once.
func (p *pair) claim() (free bool, err error) {
	if taken, err := inUse(p.public); taken || err != nil {
		return false, err
	}
	removeLeftovers(p.private)
	os.Remove(p.private) // succeeds only where it is empty
	if err := os.Mkdir(p.private, 0o777); errors.Is(err, fs.ErrExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	p.made = append(p.made, p.private)
	return true, p.takeLock()
}

// reopen takes a pair that exists, for --force and --resume.
func (p *pair) reopen() error {
	removeLeftovers(p.public)
	removeLeftovers(p.private)
	made, err := makeFolders(p.private)
	if err != nil {
		return err
	}
	p.made = made
	return p.takeLock()
}

func (p *pair) takeLock() error {
	p.lock = temporaryName(filepath.Join(p.private, "run"))
	return os.WriteFile(p.lock, nil, 0o666)
}

// openPublic makes the folder to hand over. It comes late: a run that fails or ends in DO NOT RELEASE has none.
func (p *pair) openPublic() error {
	made, err := makeFolders(p.public)
	p.made = append(p.made, made...)
	return err
}

// drop gives the pair up: the lock goes, and so does every folder that this run made and that holds nothing.
func (p *pair) drop() {
	if p.lock != "" {
		os.Remove(p.lock)
	}
	for i := len(p.made) - 1; i >= 0; i-- {
		os.Remove(p.made[i])
	}
}

// lastPair finds the pair with the highest number for which has holds; nil if there is none.
func lastPair(base string, has func(*pair) bool) *pair {
	var last *pair
	for n, missing := 1, 0; missing < 100; n++ {
		p := pairAt(base, n)
		if !exists(p.public) && !exists(p.private) {
			missing++ // folders in between may have been moved away
			continue
		}
		missing = 0
		if has(p) {
			last = p
		}
	}
	return last
}

// makeFolders is os.MkdirAll, and tells which folders were not there before, outermost first.
func makeFolders(path string) (made []string, err error) {
	if exists(path) {
		info, err := os.Stat(path)
		if err == nil && !info.IsDir() {
			err = &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
		}
		return nil, err
	}
	if parent := filepath.Dir(path); parent != path {
		if made, err = makeFolders(parent); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		for i := len(made) - 1; i >= 0; i-- {
			os.Remove(made[i])
		}
		return nil, err
	}
	return append(made, path), nil
}

// inUse tells whether anything but leftovers lies at path. A file, or a folder that can't be listed, is in use.
func inUse(path string) (bool, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err // such as a name that is too long: no number behind it will help
	}
	removeLeftovers(path)
	entries, err := os.ReadDir(path)
	return err != nil || len(entries) > 0, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// removeLeftovers deletes the temporary files in folder whose run has ended, for example by a power cut.
func removeLeftovers(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), temporaryStart)
		if !ours || !strings.HasSuffix(rest, temporaryEnd) {
			continue
		}
		number, _, _ := strings.Cut(rest, "-")
		info, err := e.Info()
		if pid, bad := strconv.Atoi(number); err == nil && bad == nil && !running(pid, info.ModTime()) {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// started is when this process began, or a little later.
var started = time.Now()

// running tells whether the process of this number that wrote a file at a time goes on now.
func running(pid int, wrote time.Time) bool {
	if pid == os.Getpid() {
		return !wrote.Before(started.Add(-time.Second)) // else a leftover of an earlier process with our number
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	if runtime.GOOS == "windows" {
		return true // there FindProcess fails for a process that has ended
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, syscall.EPERM)
}

// freeName gives path, or path with -2, -3 ... before its extension, whichever is not taken.
func freeName(path string) string {
	if !exists(path) {
		return path
	}
	ext := filepath.Ext(path)
	for n := 2; ; n++ {
		if p := fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ext), n, ext); !exists(p) {
			return p
		}
	}
}
