package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// program is the built command, which the tests run.
var program string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cohort-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "cohort.exe") // the name works on every system
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// ran is how a call of the binary ended.
type ran struct {
	code     int
	out, err string
}

// call runs the binary in a folder.
func call(t *testing.T, dir string, args ...string) ran {
	t.Helper()
	return runInput(t, dir, "", args...)
}

// runInput runs the binary with a standard input.
func runInput(t *testing.T, dir, input string, args ...string) ran {
	t.Helper()
	c := exec.Command(program, args...)
	c.Stdin = strings.NewReader(input)
	return finish(t, dir, c)
}

func finish(t *testing.T, dir string, c *exec.Cmd) ran {
	t.Helper()
	var out, err bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = dir, &out, &err
	if e := c.Run(); e != nil {
		require.IsType(t, &exec.ExitError{}, e)
	}
	return ran{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// write makes a file in dir.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(b)
}

// files lists what lies in dir, as paths with slashes; an empty folder ends in one.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if d.IsDir() {
			if entries, _ := os.ReadDir(path); len(entries) > 0 {
				return err
			}
			name += "/"
		}
		all = append(all, filepath.ToSlash(name))
		return err
	})
	require.NoError(t, err)
	slices.Sort(all)
	return all
}

// marked is a table of n fictional people. Every name, and every remark, holds a mark that no message may repeat.
func marked(n int) string {
	var b strings.Builder
	b.WriteString("Student No,Name,Born,Year,Maths,English,Total,Passed,Remark\n")
	for i := range n {
		a, e := (i*37+11)%60, (i*53+7)%40
		english, total := fmt.Sprint(e), fmt.Sprint(a+e)
		passed := "no"
		if a+e >= 45 {
			passed = "yes"
		}
		if i%17 == 3 {
			english, total = "", ""
		}
		fmt.Fprintf(&b, "%06d,zq7name%d,%04d-%02d-%02d,Y%d,%d,%s,%s,%s,zq7remark %d and more\n",
			100000+i*7, i, 2008+i%4, 1+i%12, 1+i%28, 7+i%4, a, english, total, passed, i*i)
	}
	return b.String()
}

// rowsOf splits a written table into lines without the header.
func rowsOf(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")[1:]
}

func header(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(first, "\r")
}
