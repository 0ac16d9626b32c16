package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// assertClear asserts what design.md asks of every message about bad input: the exit code, the place, a remedy, no cell of the
// input, and nothing left in the folder but what was there before.
func assertClear(t *testing.T, r ran, code int, dir string, before []string, says ...string) {
	t.Helper()
	require.Equal(t, code, r.code, "stderr: %s", r.err)
	require.Contains(t, r.err, "Error: ")
	require.Contains(t, r.err, "\nDo:    ")
	flat := strings.Join(strings.Fields(r.err), " ") // lines are broken anywhere
	for _, s := range says {
		require.Contains(t, flat, s)
	}
	unmarked(t, r)
	require.NotContains(t, flat, "fault of the program")
	require.Equal(t, before, files(t, dir), "nothing may be left")
}

// unmarked asserts that no cell of the input was printed.
func unmarked(t *testing.T, r ran) {
	t.Helper()
	require.NotContains(t, r.err, "zq7")
	require.NotContains(t, r.out, "zq7")
}

func TestBadTables(t *testing.T) {
	long := marked(60)
	for _, c := range []struct {
		name, text string
		args       []string
		says       []string
	}{
		{"empty", "", nil, []string{"bad.csv"}},
		{"only blanks", "\n\n\n", nil, []string{"bad.csv"}},
		{"only BOM", "\ufeff", nil, []string{"bad.csv"}},
		{"header only", header(long) + "\n", nil, []string{"bad.csv"}},
		{"1 row", marked(1), nil, []string{"bad.csv", "--level structure"}},
		{"2 rows", marked(2), nil, []string{"bad.csv", "--level structure"}},
		{"11 rows", marked(11), nil, []string{"bad.csv", "--level structure"}},
		{"few persons", regexp.MustCompile("zq7name[0-9]+").ReplaceAllString(long, "zq7name"), []string{"--person", "Name"}, []string{"bad.csv"}},
		{"duplicate header", strings.Replace(long, "English", "Maths", 1), nil, []string{"bad.csv", `"Maths"`}},
		{"empty header", strings.Replace(long, "English", "", 1), nil, []string{"bad.csv"}},
		{"NUL byte", strings.Replace(long, "zq7remark 4", "zq7\x00remark 4", 1), nil, []string{"bad.csv", "line"}},
		{"never closed", strings.Replace(long, "zq7remark 4", `"zq7remark 4`, 1), nil, []string{"bad.csv", "line"}},
		{"wrong encoding", strings.Replace(long, "zq7remark 4", "zq7\xff\xfe\xe9", 1), []string{"--encoding", "utf-8"}, []string{"bad.csv", "line"}},
		{"wrong separator", long, []string{"--separator", ";", "--person", "Name"}, []string{"bad.csv"}},
		{"no such column", long, []string{"--person", "Nam"}, []string{`"Nam"`, `"Name"`}},
		{"no such column in a condition", long, []string{"--where", `Yaer = "Y9"`}, []string{`"Yaer"`}},
		{"no such target", long, []string{"--target", "passed"}, []string{`--target names a column "passed"; the header has "Passed"`, "--target Passed"}},
		{"no such known column", long, []string{"--known", "Yaer"}, []string{`--known names a column "Yaer", which the header of bad.csv does not have`}},
		{"no such sensitive column", long, []string{"--sensitive", "Pased"}, []string{`--sensitive names a column "Pased"; the header has "Passed"`}},
		{"a target that is left out", long, []string{"--target", "Passed", "--drop", "Passed"}, []string{`--target names the column "Passed", and --drop leaves it out`}},
		{"a target that is invented", long, []string{"--target", "Name"}, []string{`--target names the column "Name", which is not learned but invented`}},
		{"no such value", long, []string{"--where", `Year = "Y14"`}, []string{`Year`}},
		{"broken condition", long, []string{"--where", `Year = = "Y9"`}, []string{`Year`}},
		{"rule that does not hold", long, []string{"--rule", "Maths = English + Total"}, []string{"Maths = English + Total"}},
		{"a kind that the cells are not", long, []string{"--date", "Remark"}, []string{`"Remark"`}},
		{"PDF", "%PDF-1.7 zq7" + long, nil, []string{"bad.csv", "PDF"}},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("zq7", 500), nil, []string{"bad.csv", "Excel"}},
		{"new Excel", "PK\x03\x04" + strings.Repeat("\x00", 22) + "[Content_Types].xml xl/workbook.xml", nil, []string{"bad.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "bad.csv", c.text)
			for _, verb := range []string{"make", "fit"} {
				if verb == "fit" && len(c.args) > 0 && slices.Contains([]string{"--where", "--target", "--known", "--sensitive"}, c.args[0]) {
					continue
				}
				r := call(t, dir, append([]string{verb, "bad.csv"}, c.args...)...)
				assertClear(t, r, exitError, dir, []string{"bad.csv"}, c.says...)
			}
		})
	}
}

// TestOddTables has tables that are no fault: they are learned, and the result has their header and their rows.
func TestOddTables(t *testing.T) {
	column := func(name string, n int, cell func(i int) string) string {
		var b strings.Builder
		b.WriteString(name + "\n")
		for i := range n {
			b.WriteString(cell(i) + "\n")
		}
		return b.String()
	}
	odd := strings.Replace(marked(100), ",1,", ",NaN,", 3)
	for _, c := range []struct {
		name, text string
		rows       int
	}{
		{"20 rows", marked(20), 20},
		{"1 column", column("Maths", 100, func(i int) string { return fmt.Sprint(i * 7 % 41) }), 100},
		{"constant column", column("a,b", 100, func(i int) string { return fmt.Sprintf("same,%d", i%5) }), 100},
		{"all-missing column", column("a,b", 100, func(i int) string { return fmt.Sprintf(",%d", i%5) }), 100},
		{"only categories", column("a,b", 200, func(i int) string { return fmt.Sprintf("x%d,y%d", i%3, i%7) }), 200},
		{"only numbers", column("a,b", 200, func(i int) string { return fmt.Sprintf("%d,%d.5", i*i%97, i%11) }), 200},
		{"10,000 categories", column("a,b", 60000, func(i int) string { return fmt.Sprintf("w%d w,%d", i%10000, i%3) }), 60000},
		{"NaN and Inf", strings.Replace(odd, "zq7remark", "Inf zq7remark", 1), 100},
		{"all rows equal", column("a,b", 100, func(int) string { return "x,1" }), 100},
		{"numbers at the ends of int64", column("a", 100, func(i int) string { return fmt.Sprint("92233720368547758", i) }), 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "odd.csv", c.text)
			args := []string{"make", "odd.csv"}
			if c.rows > 10_000 {
				args = append(args, "--model", "trees") // auto takes half a minute
			}
			r := call(t, dir, args...)
			unmarked(t, r)
			made := delivered(t, dir, "odd", r)
			require.Equal(t, header(c.text), header(made))
			require.Len(t, rowsOf(made), c.rows)
			for _, name := range files(t, dir) {
				if name != "odd.csv" && !strings.HasSuffix(name, "_rejected.csv") {
					require.NotContains(t, read(t, dir, name), "zq7", name)
				}
			}
			require.NotContains(t, r.out, "NaN")
			require.NotContains(t, r.out, "Inf")
		})
	}
}

// TestRejectedRows: rows that can't be read are set aside in the private folder, and nothing of them is printed.
func TestRejectedRows(t *testing.T) {
	dir := t.TempDir()
	lines := strings.SplitAfter(marked(100), "\n")
	lines[12] = "zq7a,zq7b,zq7c\n"
	write(t, dir, "some.csv", strings.Join(lines, ""))
	r := call(t, dir, "make", "some.csv")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	rejected := read(t, dir, "out-private/some_rejected.csv")
	require.Equal(t, "line,reason,raw", header(rejected))
	require.Len(t, rowsOf(rejected), 1)
	require.True(t, strings.HasPrefix(rowsOf(rejected)[0], "13,"))
	require.Contains(t, rejected, "zq7a,zq7b,zq7c")
	require.Len(t, rowsOf(read(t, dir, "out/some_SYNTHETIC.csv")), 99)
}

func TestDamagedModels(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(100))
	require.Equal(t, 0, call(t, dir, "fit", "t.csv").code)
	model := read(t, dir, "t.cohort")
	before := []string{"t.cohort", "t.csv"}

	t.Run("truncated", func(t *testing.T) {
		for i := range 50 {
			write(t, dir, "t.cohort", model[:len(model)*i/50])
			assertClear(t, inProcess(t, dir, "sample", "t.cohort"), exitError, dir, before, "t.cohort")
		}
	})
	t.Run("one bit flipped", func(t *testing.T) {
		for i := range 50 {
			b := []byte(model)
			b[len(b)*i/50] ^= 1 << (i % 8)
			write(t, dir, "t.cohort", string(b))
			assertClear(t, inProcess(t, dir, "sample", "t.cohort"), exitError, dir, before, "t.cohort")
		}
	})
	t.Run("newer", func(t *testing.T) {
		b := []byte(model)
		binary.LittleEndian.PutUint32(b[8:], binary.LittleEndian.Uint32(b[8:])+1)
		binary.LittleEndian.PutUint32(b[12:], crc32.ChecksumIEEE(b[:12]))
		write(t, dir, "t.cohort", string(b))
		assertClear(t, call(t, dir, "sample", "t.cohort"), exitError, dir, before, "t.cohort", "later version")
	})
	t.Run("a table", func(t *testing.T) {
		write(t, dir, "t.cohort", model)
		assertClear(t, call(t, dir, "sample", "t.csv"), exitError, dir, before, "t.csv is a table, not a model", "cohort.exe make t.csv")
		assertClear(t, call(t, dir, "make", "t.cohort"), exitError, dir, before, "t.cohort is a model, not a table")
	})
	t.Run("longer than it says", func(t *testing.T) {
		write(t, dir, "t.cohort", model+"zq7")
		assertClear(t, call(t, dir, "sample", "t.cohort"), exitError, dir, before, "t.cohort")
	})
}

// inProcess runs a verb without a process of its own, where a test has many calls.
func inProcess(t *testing.T, dir string, args ...string) ran {
	t.Helper()
	t.Chdir(dir)
	var out, err strings.Builder
	code := run(append([]string{"cohort"}, args...), strings.NewReader(""), &out, &err)
	return ran{code, out.String(), err.String()}
}

func TestNoFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	write(t, dir, "file", "")
	before := []string{"file", "t.csv"}
	assertClear(t, call(t, dir, "make", "t.csv", "-o", "file"), exitError, dir, before, "file is a file")
	assertClear(t, call(t, dir, "make", "t.csv", "-o", "file/sub"), exitError, dir, before, "file")
	assertClear(t, call(t, dir, "fit", "t.csv", "-o", "file/sub"), exitError, dir, before, "file")
	assertClear(t, call(t, dir, "make", "absent.csv"), exitError, dir, before, `"absent.csv"`)
	assertClear(t, call(t, dir, "make", "t.csv", "-o", strings.Repeat("n", 300)), exitError, dir, before, "nnn")

	if runtime.GOOS != "windows" && os.Getuid() != 0 {
		require.NoError(t, os.Chmod(dir, 0o555))
		defer os.Chmod(dir, 0o777)
		assertClear(t, call(t, dir, "make", "t.csv"), exitError, dir, before, "rights")
		assertClear(t, call(t, dir, "fit", "t.csv"), exitError, dir, before, "rights")
	}
}

// fullWriter takes n bytes, as a disk that fills up.
type fullWriter struct{ n int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if len(b) > w.n {
		n := w.n
		w.n = 0
		return n, syscall.ENOSPC
	}
	w.n -= len(b)
	return len(b), nil
}

func TestFullDiskBehindStandardOutput(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(100))
	require.Equal(t, 0, call(t, dir, "fit", "t.csv").code)
	t.Chdir(dir)
	for _, n := range []int{0, 1, 100, 5000} {
		var err strings.Builder
		code := run([]string{"cohort", "sample", "t.cohort", "-o", "-"}, strings.NewReader(""), &fullWriter{n}, &err)
		assertClear(t, ran{code, "", err.String()}, exitError, dir, []string{"t.cohort", "t.csv"}, "full")
	}
}

// TestStageOnAFullDisk: whatever the file at which the room ends, nothing of the run is left.
func TestStageOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	var s stage
	require.NoError(t, s.write(filepath.Join(dir, "first"), "a", func(w io.Writer) error { _, err := w.Write([]byte("x")); return err }))
	err := s.write(filepath.Join(dir, "second"), "b", func(io.Writer) error { return syscall.ENOSPC })
	require.ErrorIs(t, err, syscall.ENOSPC)
	s.discard()
	require.Empty(t, files(t, dir))
}

// TestFileSizeLimit runs the binary where no file may grow beyond a few kilobytes, as with a quota.
func TestFileSizeLimit(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limit is set by a shell of linux")
	}
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(400))
	require.Equal(t, 0, call(t, dir, "fit", "t.csv").code)
	before := []string{"t.cohort", "t.csv"}
	limited := func(blocks int, args string) ran {
		c := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" %s`, blocks, args), program)
		return finish(t, dir, c)
	}
	for _, blocks := range []int{0, 1, 16} {
		assertClear(t, limited(blocks, "make t.csv"), exitError, dir, before, "full")
		assertClear(t, limited(blocks, "sample t.cohort"), exitError, dir, before, "full")
		assertClear(t, limited(blocks, "fit t.csv -o other"), exitError, dir, before, "full")
	}
}

func TestAsCSV(t *testing.T) {
	for file, want := range map[string]string{"a/marks.xlsx": "a/marks.csv", "marks.csv.gz": "marks.csv", "marks.TSV.bz2": "marks.TSV", "v1.2.ods": "v1.2.csv", "marks": "marks.csv"} {
		require.Equal(t, want, asCSV(file))
	}
}
