package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
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
	// Tests run side by side: threads of one call would only take processors from another. Who needs several says so.
	os.Setenv("GOMAXPROCS", "1")
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

// callOnTwo runs the binary in a folder on two processors.
func callOnTwo(t *testing.T, dir string, args ...string) ran {
	t.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=2")
	return finish(t, dir, c)
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

// delivered gives the table that make wrote for NAME.csv, and asserts that it lies, with the other files, where the verdict
// says: after DO NOT RELEASE there is no folder to hand over.
func delivered(t *testing.T, dir, name string, r ran) string {
	t.Helper()
	all := files(t, dir)
	private, public := "out-private/"+name+"_SYNTHETIC_DO-NOT-RELEASE.csv", "out/"+name+"_SYNTHETIC.csv"
	kept := []string{"out-private/" + name + ".cohort", "out-private/" + name + "_manifest.json", "out-private/" + name + "_recipe.toml",
		"out-private/" + name + "_report_full.json", "out-private/" + name + "_report_full.html"}
	require.Subset(t, all, kept)
	m, err := readManifest(filepath.Join(dir, "out-private", name+"_manifest.json"))
	require.NoError(t, err)
	if r.code == exitDoNotRelease {
		require.Contains(t, r.out, "VERDICT    DO NOT RELEASE\n")
		require.Contains(t, r.out, "The table is in "+slashed("out-private")+" only.")
		require.NotContains(t, r.out, "Hand over")
		require.Equal(t, "do-not-release", m.Verdict)
		require.NoDirExists(t, filepath.Join(dir, "out"))
		return read(t, dir, private)
	}
	require.Equal(t, 0, r.code, r.err)
	require.NotContains(t, r.out, "DO NOT RELEASE")
	require.Contains(t, []string{"ready-for-review", "look-closer"}, m.Verdict)
	require.Contains(t, r.out, "Hand over  "+slashed("out"))
	require.NotContains(t, all, private)
	require.Subset(t, all, []string{public, "out/README.txt", "out/" + name + "_report.html"})
	return read(t, dir, public)
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

// draw gives a number below a bound that is always the same for a person and what is asked of the person.
func draw(person, what, below int) int {
	h := fnv.New32a()
	fmt.Fprint(h, person, "/", what)
	return int(h.Sum32()>>8) % below
}

// marked is a table of n fictional people. Every name, and every remark, holds a mark that no message may repeat.
func marked(n int) string {
	var b strings.Builder
	b.WriteString("Student No,Name,Born,Year,Maths,English,Total,Passed,Remark\n")
	for i := range n {
		able := draw(i, 0, 20) + draw(i, 1, 20)
		a, e, year := able+draw(i, 2, 21), able/2+draw(i, 3, 20), draw(i, 4, 4)
		english, total := fmt.Sprint(e), fmt.Sprint(a+e)
		passed := "no"
		if a+e >= 45 {
			passed = "yes"
		}
		if draw(i, 5, 17) == 3 {
			english, total = "", ""
		}
		fmt.Fprintf(&b, "%06d,zq7name%d,%04d-%02d-%02d,Y%d,%d,%s,%s,%s,zq7remark %d and more\n",
			100000+i*7, i, 2011-year, 1+draw(i, 6, 12), 1+draw(i, 7, 28), 7+year, a, english, total, passed, i*i)
	}
	return b.String()
}

// lattice is a table of n people who lie apart from each other as the points of a lattice do, so that whoever remembers one of
// them is nearer to that one than to anybody else.
func lattice(n int) string {
	var b strings.Builder
	b.WriteString("Student No,Born,Year,Maths,English,Passed\n")
	for i := range n {
		a, e := (i*37+11)%60, (i*53+7)%40
		fmt.Fprintf(&b, "%06d,%04d-%02d-%02d,Y%d,%d,%d,%t\n", 100000+i*7, 2008+i%4, 1+i%12, 1+i%28, 7+i%4, a, e, a+e >= 45)
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
