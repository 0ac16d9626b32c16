package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// speaking gives an app that writes to out and err.
func speaking(out, err *strings.Builder) *app {
	return newApp([]string{"cohort"}, strings.NewReader(""), out, err)
}

var progressLine = regexp.MustCompile(`^Learning   \[[# ]{20}\] +\d+ %   \d+ s so far, about \d+ s left$`)

// The first line comes within half a second, before the library says anything, with phase, share, time so far and time left.
func TestFirstProgressLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, err strings.Builder
		a := speaking(&out, &err)
		m := a.start("Learning", "learn", 10*time.Second)
		time.Sleep(500 * time.Millisecond)
		m.stop()
		require.Regexp(t, progressLine, strings.TrimSuffix(err.String(), "\n"))
		require.Empty(t, out.String())
	})
}

// On a terminal the line overwrites itself, and is gone when another is written.
func TestProgressOnATerminal(t *testing.T) {
	var out, err strings.Builder
	a := speaking(&out, &err)
	a.tty = true
	m := a.start("Learning", "learn", 0)
	m.start = m.start.Add(-2 * time.Second)
	m.progress("encode", 1, 4)
	a.note("A remark.")
	m.progress("learn", 2, 4)
	m.finish("the model")
	text := err.String()
	blank := "\r" + strings.Repeat(" ", 79) + "\r"
	require.Contains(t, text, "\rLearning   [#####               ]  25 %   2 s so far, about 6 s left")
	require.Contains(t, text, blank+"A remark.\n")
	require.True(t, strings.HasSuffix(text, "Learning   [####################] 100 %   2 s   the model\n"), text)
	for part := range strings.SplitSeq(text, "\r") {
		require.LessOrEqual(t, len(strings.TrimRight(part, "\n")), 79)
	}
	require.NotContains(t, text, "\x1b", "no colour unless the terminal has it")
}

func TestTimeLeft(t *testing.T) {
	m := &meter{expect: 10 * time.Second}
	left, ok := m.left(4 * time.Second)
	require.True(t, ok)
	require.Equal(t, 6*time.Second, left)
	m.done, m.total = 30, 60
	left, _ = m.left(9 * time.Second)
	require.Equal(t, 9*time.Second, left)
	require.InDelta(t, 0.5, m.share(9*time.Second), 1e-9)
	m = &meter{}
	_, ok = m.left(time.Second)
	require.False(t, ok)
	require.Contains(t, m.line(time.Second, 0, false), "time left: not known yet")
	for d, want := range map[time.Duration]string{0: "0 s", 59 * time.Second: "59 s", 90 * time.Second: "1 min 30 s", 20 * time.Minute: "20 min", 95 * time.Minute: "1 h 35 min"} {
		require.Equal(t, want, clock(d))
	}
}

// Where a count will come, the clock alone says little, and what was shown never falls.
func TestShareNeverFalls(t *testing.T) {
	m := &meter{expect: time.Second}
	m.willCount()
	require.InDelta(t, mostBeforeCount, m.share(time.Minute), 1e-9)
	m.done, m.total = 1, 100
	require.InDelta(t, mostBeforeCount, m.share(time.Minute), 1e-9)
	m.done = 40
	require.InDelta(t, 0.4, m.share(time.Minute), 1e-9)
}

func TestQuietAndWarnings(t *testing.T) {
	e := &table.Error{Code: "repeated-id", Column: "Student No", Reason: "16 ids have more than one row"}
	var out, err strings.Builder
	a := speaking(&out, &err)
	a.warn(e)
	require.Equal(t, "Note:  \"Student No\": 16 ids have more than one row. If it says whom a row is\n       about, add: --person \"Student No\"\n", err.String())
	err.Reset()
	a.quiet = true
	a.warn(e)
	a.note("remark")
	a.start("Learning", "learn", time.Second).finish("done")
	require.Empty(t, err.String())
	a.json = true
	a.warn(e)
	require.Equal(t, `{"event":"warning","code":"repeated-id","column":"Student No","what":"\"Student No\": 16 ids have more than one row.",`+
		`"do":"If it says whom a row is about, add: --person \"Student No\""}`+"\n", err.String())
}

// Errors of the operating system come out of the catalogue, and their own texts never.
func TestSystemErrors(t *testing.T) {
	o := &options{verb: "make", files: []string{"g.csv"}, output: "full", typed: map[string][]string{"seed": {"7"}, "o": {"full"}}}
	for _, c := range []struct {
		err  error
		code string
		do   string
	}{
		{&fs.PathError{Op: "write", Path: "full/x", Err: syscall.EACCES}, "no-permission", "cohort make g.csv --seed 7 -o FOLDER-OF-YOUR-OWN"},
		{&fs.PathError{Op: "open", Path: "g.csv", Err: fs.ErrPermission}, "no-permission", "copy it to a folder of your own, then\ncohort make g.csv -o full --seed 7"},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EIO}, "disk", "copy the file to another disk, then\ncohort make g.csv -o full --seed 7"},
		{syscall.EPIPE, "no-reader", "cohort make g.csv --seed 7 -o FILE"},
		{&table.Error{Code: "unreadable", Reason: "input/output error", Err: &fs.PathError{Op: "read", Path: "g.csv", Err: syscall.EIO}}, "disk", ""},
		{errors.New("zq7 secret"), "defect", "cohort version"},
	} {
		p := speaking(nil, &strings.Builder{}).problemOf(c.err, o)
		require.Equal(t, c.code, p.code)
		require.Contains(t, p.do, c.do)
		require.NotContains(t, p.what+p.do, c.err.Error())
		plain(t, wrap("Error: ", p.what, 79))
	}
	if runtime.GOOS != "windows" {
		for _, err := range []error{syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT} {
			p := speaking(nil, nil).problemOf(&fs.PathError{Op: "write", Path: "out/x", Err: err}, o)
			require.Equal(t, "not-enough-room", p.code)
			require.Equal(t, "cohort make g.csv --seed 7 -o FOLDER-ON-ANOTHER-DISK", p.do)
		}
		p := speaking(nil, nil).problemOf(&fs.PathError{Op: "write", Path: os.Stdout.Name(), Err: syscall.ENOSPC}, o)
		require.Equal(t, "not-enough-room", p.code)
		require.Equal(t, "remove that file, and send the output to another disk", p.do)
		p = speaking(nil, nil).problemOf(&fs.PathError{Op: "open", Path: "full/" + strings.Repeat("n", 300), Err: syscall.ENAMETOOLONG}, o)
		require.Equal(t, "name-too-long", p.code)
		require.Equal(t, "cohort make g.csv --seed 7 -o SHORTER-NAME", p.do)
	}
}

// What the library says about a table comes with the file's name, and with a line that can be copied.
func TestTableErrors(t *testing.T) {
	o := &options{verb: "make", files: []string{"g.csv"}, typed: map[string][]string{"seed": {"7"}}, given: map[string][]string{"max-time": {"1s"}}, maxTime: time.Second}
	for _, c := range []struct {
		e        table.Error
		what, do string
	}{
		{table.Error{Code: "wrong-kind", Line: 1204, Column: "Maths", Reason: "is no number", Fix: "take category"},
			`g.csv, line 1,204, column "Maths": is no number.`, "take category."},
		{table.Error{Code: "pdf", Reason: "this is a PDF document, which is not read here", Fix: "ask for the table"},
			"g.csv is a PDF document, which is not read here.", "ask for the table, then\ncohort make g.csv --seed 7"},
		{table.Error{Code: "rejected-rows", Reason: "9 of 9 rows are odd", Fix: `name the separator: "	"`},
			"g.csv: 9 of 9 rows are odd.", "cohort make g.csv --seed 7 --separator tab"},
		{table.Error{Code: "too-few-rows", Reason: "the table is about 1 persons; from so few it can't be learned without giving them away", Fix: "x"},
			"g.csv is about 1 person; from so few it can't be learned without giving them away; 20 are the least, 300 or more work well.",
			"cohort make g.csv --seed 7 --level structure     (formats only, no patterns)"},
		{table.Error{Code: "time-too-short", Reason: "in 800ms this computer can't learn a table of 14 columns", Fix: "allow 2s, the least for this table"},
			"in 1s this computer can't learn a table of 14 columns.", "cohort make g.csv --seed 7 --max-time 3s     (the least for this table)"},
		{table.Error{Code: "bad-condition", Reason: "here a value is expected\n  Maths >> 7\n         ^", Fix: "write one"},
			"g.csv: here a value is expected\n  Maths >> 7\n         ^", "write one."},
		{table.Error{Code: "no-such-column", Column: "Nam", Reason: "there is no such column", Fix: `did you mean "Name"?`},
			`there is no column "Nam"; the header has "Name".`, `did you mean "Name"?`},
	} {
		p := tableProblem(&c.e, o)
		require.Equal(t, c.what, p.what)
		require.Equal(t, c.do, p.do)
	}
}

// In a window of its own the program waits for Enter, after an error, too, and then shows the folder of the result.
func TestAlone(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	school(t, "school.csv")
	t.Chdir(t.TempDir())
	alone := func(args ...string) (ran, []string) {
		var out, err strings.Builder
		var opened []string
		in := strings.NewReader("\n")
		code := runAlone(append([]string{"cohort"}, args...), in, &out, &err, func(f string) { opened = append(opened, f) })
		require.Zero(t, in.Len(), "Enter was waited for")
		require.True(t, strings.HasSuffix(out.String(), "\nPress Enter to close this window. "))
		return ran{code, out.String(), err.String()}, opened
	}
	start, opened := alone()
	require.True(t, strings.HasPrefix(start.out, startGolden))
	require.Empty(t, opened)
	bad, opened := alone(filepath.Join(folder, "scool.csv"))
	require.Equal(t, exitError, bad.code)
	require.Contains(t, bad.err, "cohort make school.csv          (the nearest name here)")
	require.Empty(t, opened)
	good, opened := alone(filepath.Join(folder, "school.csv"))
	require.Zero(t, good.code, good.err)
	require.Equal(t, []string{"out"}, opened)
	require.FileExists(t, filepath.Join(folder, "out", "school_SYNTHETIC.csv"))
}

func TestDoctorAndVersion(t *testing.T) {
	t.Chdir(t.TempDir())
	got := runIn(t, "doctor", "--json")
	require.Zero(t, got.code, got.err)
	plain(t, got.out)
	for _, line := range []string{"Program    Cohort " + version, "Processor  ", "Kernels    " + kernels.Family(), "Memory     ", "Folder     [ok] this folder", "Temporary  [ok] ", "Self-test  [ok] "} {
		require.Contains(t, got.out, line)
	}
	require.Empty(t, files(t, "."))
	got = runIn(t, "version")
	require.Zero(t, got.code)
	for _, name := range []string{"Cohort   " + version, "\ncommit   ", "\nbuild    " + runtime.Version(), "\nkernels  " + kernels.Family() + "\n", "\nlicence  Apache-2.0"} {
		require.Contains(t, got.out, name)
	}
	require.Equal(t, got, runIn(t, "--version"))
}
