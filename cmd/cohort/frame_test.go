package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const startGolden = `Cohort makes artificial students: a table with the patterns of a real one,
filled with people who never existed. Nothing leaves this computer.

Start here
  cohort demo                      try it on a fictional school, half a minute
  cohort make grades.csv           real table in; synthetic table, verdict out

Step by step
  cohort inspect grades.csv        how each column is understood, and why
  cohort fit grades.csv            learn the table, keep the model
  cohort sample grades.cohort      write rows from a model
  cohort fill partial.csv          complete the empty cells of a table
  cohort check real.csv fake.csv   judge a synthetic table, whoever made it

For research
  cohort study split real.csv      set people aside, to judge generators by

Help
  cohort help make                 every option of a command
  cohort help privacy              also: verdict columns excel rules where
                                   files models weights repeat recipe glossary
  cohort doctor                    what this computer can do, and a self-test
`

func TestStartScreen(t *testing.T) {
	require.LessOrEqual(t, strings.Count(startGolden, "\n"), 25)
	plain(t, startGolden)
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}, {"/?"}, {"help", "help"}} {
		require.Equal(t, ran{0, startGolden, ""}, runIn(t, args...), args)
	}
}

// A name that is not "cohort" stands in every line that can be copied, and the screen stays readable.
func TestNameAsCalled(t *testing.T) {
	a := newApp([]string{"cohort"}, strings.NewReader(""), &strings.Builder{}, &strings.Builder{})
	a.name = `.\cohort.exe`
	require.Contains(t, a.startScreen(), "\n  .\\cohort.exe sample grades.cohort  write rows from a model\n")
	require.Equal(t, `.\cohort.exe make a.csv, or see grades.cohort here`, a.text("cohort make a.csv, or see grades.cohort here"))
	require.Equal(t, `--person "my cohort year"`, a.text(`--person "my cohort year"`))
	require.Equal(t, "cohort", calledAs("cohort"))
	if runtime.GOOS != "windows" {
		t.Chdir(t.TempDir())
		folder, err := os.Getwd()
		require.NoError(t, err)
		require.Equal(t, "./cohort", calledAs("./cohort"))
		require.Equal(t, "./cohort", calledAs(filepath.Join(folder, "cohort")))
		require.Equal(t, "'/opt/my `tools/cohort'", calledAs("/opt/my `tools/cohort"))
		require.Equal(t, `"/opt/my tools/cohort"`, calledAs("/opt/my tools/cohort"))
	}
}

func TestHelpAnywhere(t *testing.T) {
	want := makeHelp + "\n"
	for _, args := range [][]string{
		{"make"}, {"help", "make"}, {"make", "help"}, {"make", "--help"}, {"--help", "make"}, {"make", "-h"}, {"-h", "make"},
		{"make", "/?"}, {"/?", "make"}, {"make", "x.csv", "--help"}, {"make", "--seed", "7", "--help"},
	} {
		require.Equal(t, ran{0, want, ""}, runIn(t, args...), args)
	}
	require.Equal(t, ran{0, doctorHelp + "\n", ""}, runIn(t, "doctor", "--help"))
}

func TestDidYouMean(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		err  string
	}{
		{[]string{"maek"}, "Error: there is no command \"maek\". Did you mean: cohort make\nDo:    cohort make\n"},
		{[]string{"zzzzzz"}, "Error: there is no command \"zzzzzz\".\nDo:    cohort help\n"},
		{[]string{"make", "a.csv", "--sed", "5"}, "Error: there is no option --sed. Did you mean: --seed\nDo:    cohort make a.csv --seed 5\n"},
		{[]string{"make", "a.csv", "--sed=5"}, "Error: there is no option --sed. Did you mean: --seed\nDo:    cohort make a.csv --seed=5\n"},
		{[]string{"make", "a.csv", "-seed", "5"}, "Error: there is no option -seed. Did you mean: --seed\nDo:    cohort make a.csv --seed 5\n"},
		{[]string{"make", "a.csv", "--xlsxsheet", "x"}, "Error: there is no option --xlsxsheet.\nDo:    cohort help\n"},
		{[]string{"make", "--shard", "0/2", "a.csv"}, "Error: \"make\" has no option --shard.\nDo:    cohort help make\n"},
		{[]string{"make", "a.csv", "--seed"}, "Error: --seed needs a value.\nDo:    cohort make a.csv --seed NUMBER\n"},
		{[]string{"make", "--seed", "--json", "a.csv"}, `{"event":"error","code":"missing-value"`},
		{[]string{"make", "a.csv", "--force=yes"}, "Error: --force takes no value.\nDo:    cohort make a.csv --force\n"},
		{[]string{"make", "a.csv", "--seed", "1", "--seed", "2"}, "Error: --seed stands there twice.\n"},
		{[]string{"make", "my", "grades.csv"}, "Error: \"make\" takes one file; here are 2 names. A name with blanks stands in\n       quotes.\nDo:    cohort make \"my grades.csv\"\n"},
		{[]string{"make", "--seed", "3"}, "Error: \"make\" needs a file.\n"},
		{[]string{"doctor", "x"}, "Error: \"doctor\" takes no file.\n"},
		{[]string{"help", "privcy"}, "Error: there is no help about \"privcy\". Did you mean: cohort help privacy\nDo:    cohort help privacy\n"},
	} {
		got := runIn(t, c.args...)
		require.Equal(t, exitUsage, got.code, c.args)
		require.Empty(t, got.out)
		require.True(t, strings.HasPrefix(got.err, c.err), "%v: %s", c.args, got.err)
	}
}

func TestNearestFile(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("grades.csv", []byte("a\n"), 0o666))
	require.NoError(t, os.Mkdir("data", 0o777))
	require.NoError(t, os.WriteFile(filepath.Join("data", "Year 9.csv"), []byte("a\n"), 0o666))
	for args, want := range map[string]string{
		"make grades.cvs":               "Error: there is no file \"grades.cvs\" in this folder.\nDo:    cohort make grades.csv          (the nearest name here)\n",
		"grades.cvs":                    "Error: there is no file \"grades.cvs\" in this folder.\nDo:    cohort make grades.csv          (the nearest name here)\n",
		"inspect grades --level share":  "Error: there is no file \"grades\" in this folder.\nDo:    cohort inspect grades.csv --level share          (the nearest name here)\n",
		"make data/year9.csv":           "Error: there is no file \"year9.csv\" in the folder \"data\".\nDo:    cohort make \"data/Year 9.csv\"          (the nearest name here)\n",
		"make dat/x.csv":                "Error: there is no folder \"dat\".\nDo:    look for the folder, then\n       cohort make FOLDER/x.csv\n",
		"make grades.csv --recipe r.to": "Error: there is no file \"r.to\" in this folder.\nDo:    go to the folder of the file, or write its whole path, then\n       cohort make grades.csv --recipe r.to\n",
		"inspect data":                  "Error: data is a folder; a file is needed.\nDo:    cohort inspect data/FILE\n",
	} {
		if runtime.GOOS == "windows" && strings.Contains(args, "/") {
			continue
		}
		got := runIn(t, strings.Fields(args)...)
		require.Equal(t, exitError, got.code)
		require.Equal(t, want, got.err, args)
	}
}

// parsed gives the options of a call.
func parsed(t *testing.T, args ...string) (verb, *options) {
	t.Helper()
	o := &options{}
	v, help, err := newApp([]string{"cohort"}, nil, nil, nil).parse(args, o)
	require.NoError(t, err)
	require.False(t, help)
	return v, o
}

func TestOptionsAnywhere(t *testing.T) {
	_, want := parsed(t, "make", "grades.csv", "--max-time=10m", "--seed=7", "--force", "-n=50", "-o", "x")
	for _, args := range []string{
		"make --max-time 10m grades.csv --seed 7 --force -n 50 -o x",
		"make --max-time=10m --seed 7 --force -n 50 -o=x -- grades.csv",
		"--force --seed=7 make grades.csv --max-time 10m --output x -n 50",
	} {
		_, got := parsed(t, strings.Fields(args)...)
		require.Equal(t, want, got, args)
	}
	require.Equal(t, 10*time.Minute, want.maxTime)
	require.Equal(t, []string{"grades.csv"}, want.files)
	v, o := parsed(t, "grades.csv", "--seed", "1")
	require.Equal(t, "make", v.name)
	require.Equal(t, []string{"grades.csv"}, o.files)
	_, o = parsed(t, "sample", "-", "-o", "-")
	require.Equal(t, []string{"-"}, o.files)
	require.Equal(t, "-", o.output)
}

func TestValues(t *testing.T) {
	_, o := parsed(t, "make", "g.csv", "--protect", "0", "--key", "Student No", "--category", "A=B", "--date", "C=D=m/d/y", "--date", "E=F",
		"--coarsen", "Born=year", "--skip-rows", "2, 2317", "--separator", "tab", "--memory", "1.5GB", "--rule", "a = b + c", "--where", "x = 1",
		"--target", "Passed", "--known", "A", "--known", "B", "--sensitive", "SEN", "--set-aside", "20%", "--no-refit")
	require.Equal(t, "Passed", o.target)
	require.Equal(t, []string{"A", "B"}, o.known)
	require.Equal(t, []string{"SEN"}, o.sensitive)
	require.InDelta(t, 0.2, o.setAside, 1e-9)
	require.True(t, o.noRefit)
	require.Equal(t, -1, o.protect)
	require.Equal(t, "Student No", o.person)
	require.Equal(t, []columnText{{"A=B", "category"}, {"C=D", "date"}, {"E=F", "date"}}, o.kinds)
	require.Equal(t, []columnText{{"C=D", "m/d/y"}}, o.layouts)
	require.Equal(t, []columnText{{"Born", "year"}}, o.coarsen)
	require.Equal(t, []int64{2, 2317}, o.skipRows)
	require.Equal(t, '\t', o.separator)
	require.Equal(t, int64(3<<29), o.memory)
	for text, want := range map[string]int64{"5": 5, "2,500": 2500, "1e6": 1e6, "0": 0} {
		n, ok := parseCount(text)
		require.True(t, ok, text)
		require.Equal(t, want, n, text)
	}
	for _, args := range []string{"--protect -1", "--protect x", "-n 0", "-n 1.5", "--seed -1", "--max-time 10", "--max-time -5m",
		"--memory 5", "--memory XGB", "--separator ab", "--separator a", "--skip-rows 0", "--skip-rows a", "--level best",
		"--model gan", "--set-aside 0", "--set-aside 100%", "--set-aside x", "--coarsen Born", "--coarsen Born=week", "--coarsen Born=0", "--encoding klingon", "--steps NaN"} {
		got := runIn(t, append([]string{"make", "g.csv"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.err, " needs ")
		require.Contains(t, got.err, "\nDo:    cohort make g.csv -", args)
		plain(t, got.err)
	}
	got := runIn(t, "sample", "m.cohort", "--shard", "64/64")
	require.Equal(t, "Error: shards are counted from 0: the last of 64 is 63/64.\nDo:    cohort sample m.cohort --shard 63/64\n", got.err)
}

// With --json every line on standard error is an object with an event.
func TestEventsAreLines(t *testing.T) {
	t.Chdir(t.TempDir())
	school(t, "school.csv")
	for _, args := range []string{"maek --json", "make --json nothing.csv", "inspect school.csv --json --drop Nam", "inspect school.csv --json",
		"inspect --json school.csv -o s.toml", "fit school.csv --json --model independent"} {
		got := runIn(t, strings.Fields(args)...)
		require.NotEqual(t, "", got.err+got.out)
		for line := range strings.Lines(got.err) {
			var event struct{ Event, Code, What string }
			require.NoError(t, json.Unmarshal([]byte(line), &event), line)
			require.Contains(t, []string{"progress", "warning", "error", "file"}, event.Event)
			require.Equal(t, event.Event == "error" || event.Event == "warning", event.Code != "", line)
		}
	}
}

// A panic becomes an entry of the catalogue, with the place and without what was panicked with.
func TestPanicIsADefect(t *testing.T) {
	var err strings.Builder
	a := newApp([]string{"cohort"}, nil, nil, &err)
	func() {
		defer func() {
			recover()
			require.Equal(t, exitError, a.report(defect(), &options{}))
		}()
		panic("zq7")
	}()
	require.Contains(t, err.String(), "Error: this is a fault of the program")
	require.Contains(t, err.String(), "cmd/cohort.TestPanicIsADefect")
	require.NotContains(t, err.String(), "zq7")
}

func TestWrap(t *testing.T) {
	require.Equal(t, "Do:  a b\n     c d", wrap("Do:  ", "a b c d", 8))
	require.Equal(t, "> reason:\n  Year == 7\n      ^", wrap("> ", "reason:\nYear == 7\n    ^", 20))
	require.Equal(t, "x a\n  longword\n  b", wrap("x ", "a longword b", 6))
}

func TestNearest(t *testing.T) {
	require.Equal(t, "make", nearest("maek", []string{"demo", "make"}))
	require.Equal(t, "", nearest("quux", []string{"demo", "make"}))
	require.Equal(t, 1, distance("ab", "ba"))
	require.Equal(t, 3, distance("kitten", "sitting"))
}
