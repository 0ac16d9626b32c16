package main

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/ctgan"
)

// An option of networks alone means ctgan; beside another model it is refused.
func TestNetworkOptions(t *testing.T) {
	t.Chdir(t.TempDir())
	for args, want := range map[string]ctgan.Options{
		"--model ctgan": {},
		"--preset sdv":  {Preset: "sdv"},
		"--model tvae --epochs 7 --batch 50 --lr .1": {Epochs: 7, Batch: 50, LR: .1},
		"--pac 5":       {Pac: 5},
		"--trace x.csv": {},
	} {
		_, o := parsed(t, append([]string{"fit", "g.csv"}, strings.Fields(args)...)...)
		require.NoError(t, o.checkModel(), args)
		require.Equal(t, &want, o.network(), args)
	}
	_, o := parsed(t, "fit", "g.csv")
	require.Nil(t, o.network())
	_, o = parsed(t, "fit", "g.csv", "--preset", "synthcity")
	require.NoError(t, o.checkModel())
	require.True(t, o.noRules)
	require.Zero(t, o.persons())

	require.NoError(t, os.WriteFile("r.toml", []byte("model = \"copula\"\n"), 0o666))
	for args, want := range map[string]string{
		"fit g.csv --model trees --epochs 5":  "Error: --epochs belongs to the models ctgan, tvae and great, and the model is\n       trees.\nDo:    cohort fit g.csv --epochs 5 --model ctgan\n",
		"make g.csv --trace t --model auto":   "Error: --trace belongs to the models ctgan, tvae and great, and the model is\n       auto.\nDo:    cohort make g.csv --trace t --model ctgan\n",
		"make g.csv --pac 2 --model tvae":     "Error: --pac belongs to the model ctgan, and the model is tvae.\nDo:    cohort make g.csv --pac 2 --model ctgan\n",
		"fit g.csv --recipe r.toml --batch 5": "Error: --batch belongs to the models ctgan, tvae and great, and the model is\n       copula.\nDo:    cohort fit g.csv --batch 5 --recipe r.toml --model ctgan\n",
		"sample m.cohort --epochs 5":          "Error: \"sample\" has no option --epochs.\nDo:    cohort help sample\n",
		"fit g.csv --preset foo":              "Error: --preset needs one of plus, sdv, synthcity, be_great, realtabformer.\nDo:    cohort fit g.csv --preset plus\n",
		"fit g.csv --preset sdvv":             "Error: --preset needs one of plus, sdv, synthcity, be_great, realtabformer.\nDo:    cohort fit g.csv --preset sdv\n",
		"fit g.csv --model ctagn":             "Error: --model needs one of auto, columns, trees, copula, independent, ctgan,\n       tvae, great, gpt2, distilgpt2, dialogpt.\nDo:    cohort fit g.csv --model ctgan\n",
	} {
		got := runIn(t, strings.Fields(args)...)
		require.Equal(t, exitUsage, got.code, args)
		require.Equal(t, want, got.err)
	}
	for _, args := range []string{"--epochs 0", "--epochs 1.5", "--batch -1", "--batch x", "--pac 0", "--lr 0", "--lr 2", "--lr NaN", "--trace -"} {
		got := runIn(t, append([]string{"make", "g.csv"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.err, " needs ")
		plain(t, got.err)
	}
}

// Level structure, protection and rules are refused where a network can't have them.
func TestNetworkRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	for args, says := range map[string]string{
		"--model ctgan --level structure":               "level structure learns no relations",
		"--preset sdv --protect 5":                      "leave the protection out, or take the preset plus",
		"--preset synthcity --rule Total=Maths+English": "leave the rules out, or take the preset plus",
	} {
		for _, verb := range []string{"fit", "make"} {
			r := call(t, dir, append([]string{verb, "t.csv"}, strings.Fields(args)...)...)
			assertClear(t, r, exitError, dir, []string{"t.csv"}, says)
		}
	}
}

// learned fits a network for a few steps, in a folder with a table.
func learned(t *testing.T, args ...string) (dir string, r ran) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "t.csv", marked(120))
	r = call(t, dir, append([]string{"fit", "t.csv", "--steps", "20"}, args...)...)
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	return dir, r
}

func TestTrace(t *testing.T) {
	t.Parallel()
	dir, r := learned(t, "--trace", "deep/t.csv")
	require.Contains(t, r.err, "Trace      "+filepath.FromSlash("deep/t.csv")+"   losses, norms and times of each step\n")
	require.Equal(t, []string{"deep/t.csv", "t.cohort", "t.csv"}, files(t, dir))
	text := read(t, dir, "deep/t.csv")
	require.Equal(t, traceHeader, header(text))
	require.NotContains(t, text, "zq7")
	for i, line := range rowsOf(text) {
		cells := strings.Split(line, ",")
		require.Len(t, cells, 13)
		require.Equal(t, strconv.Itoa(i), cells[0])
		require.Contains(t, []string{"true", "false"}, cells[12])
	}
	// Nothing is written over unasked; make has the steps of the trial, too.
	r = call(t, dir, "make", "t.csv", "--steps", "20", "--trace", "deep/t.csv", "-n", "50")
	delivered(t, dir, "t", r)
	require.Equal(t, text, read(t, dir, "deep/t.csv"))
	first := 0
	for _, line := range rowsOf(read(t, dir, "deep/t-2.csv")) {
		if strings.HasPrefix(line, "0,") {
			first++
		}
	}
	require.Equal(t, 2, first)
	require.NotContains(t, read(t, dir, "out-private/t_manifest.json"), "trace")
	assertClear(t, call(t, t.TempDir(), "fit", filepath.Join(dir, "t.csv"), "--trace", filepath.Join(dir, "t.csv", "x")), exitError, dir,
		files(t, dir), "t.csv")
}

// A trace stays if learning ended or was stopped, and nothing of it if something went wrong.
func TestTraceOfAStoppedRun(t *testing.T) {
	wrong := errors.New("wrong")
	for _, learning := range []error{nil, context.Canceled, wrong} {
		dir := t.TempDir()
		var out, err strings.Builder
		w := &work{a: speaking(&out, &err), o: &options{trace: filepath.Join(dir, "new", "t.csv")}}
		tr, e := w.newTrace(traceHeader)
		require.NoError(t, e)
		tr.step(ctgan.Step{Number: 7, Epoch: 0.5, Critic: -1, Penalty: 2, Generator: math.NaN(), Condition: 3, CriticNorm: 4, GeneratorNorm: 5,
			Rate: 2e-4, Rows: time.Millisecond, CriticTime: 1500 * time.Microsecond, GeneratorTime: 3 * time.Millisecond, RolledBack: true})
		require.Equal(t, learning, tr.end(w.a, learning))
		if learning == wrong {
			require.Empty(t, files(t, dir))
			continue
		}
		require.Equal(t, traceHeader+"\n7,0.5,-1,2,NaN,3,4,5,0.0002,1.000,1.500,3.000,true\n", read(t, dir, "new/t.csv"))
		require.Equal(t, []string{"new/t.csv"}, files(t, dir))
	}
	var none *trace
	none.step(ctgan.Step{})
	require.Equal(t, wrong, none.end(nil, wrong))
}

func TestNetworkLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, err strings.Builder
		a := speaking(&out, &err)
		m := &meter{a: a, label: "Learning", start: time.Now()}
		m.shown = time.Now().Add(time.Hour)
		for i := range int64(24) {
			m.stepped(ctgan.Step{Number: i, Critic: -0.31, Generator: 1.02}, false)
			m.progress("learn", i, 100)
			time.Sleep(time.Second / 3)
		}
		m.progress("learn", 24, 100)
		m.stepped(ctgan.Step{Number: 24, Critic: -0.31, Generator: 1.02}, false)
		so := 8 * time.Second
		left, known := m.left(so)
		require.True(t, known)
		require.InDelta(t, 76./3, left.Seconds(), 0.1)
		require.Equal(t, "Learning   [##        ]  24 %  8 s, 25 s left  loss -0.31 / 1.02, 3.0 steps/s", m.line(so, left, true))
		require.Equal(t, "Learning    24 %  9 min 59 s, 9 min 59 s left  loss -0.31 / 1.02, 3.0 steps/s", m.line(599*time.Second, 599*time.Second, true))
		a.width = 130
		require.Equal(t, "Learning   [#####               ]  24 %   8 s so far, about 25 s left   critic -0.31, generator 1.02, 3.0 steps/s",
			m.line(so, left, true))
		m.net.tvae, m.net.last.Penalty = true, math.Inf(1)
		require.True(t, strings.HasSuffix(m.line(so, left, true), "   reconstruction -0.31, divergence ?, 3.0 steps/s"))
		a.width = 40
		require.Equal(t, "Learning   [#####               ]  24 %   8 s so far, about 25 s left", m.line(so, left, true))
		m.willEnd(2 * time.Second) // before the count does
		left, _ = m.left(so)
		require.InDelta(t, 2, left.Seconds(), 1e-6)
		require.InDelta(t, 0.8, m.share(so), 1e-9)
	})
	for x, want := range map[float64]string{0: "0.00", 9.994: "9.99", -12.34: "-12.3", 1234: "1234", 1e9: "1e+09", math.NaN(): "?"} {
		require.Equal(t, want, lossText(x))
	}
}

// The time left follows a change of the pace, and an even pace from the start.
func TestPace(t *testing.T) {
	var p pace
	now := time.Now()
	_, known := p.left(now, 100)
	require.False(t, known)
	at := 0.0
	for i := range 10_000 { // slow in the first tenth: then ten times as fast
		p.add(now.Add(time.Duration(i)*100*time.Millisecond), at)
		if at++; i < 1000 {
			at -= 0.9
		}
	}
	require.LessOrEqual(t, len(p.marks), mostMarks)
	require.InDelta(t, 10, p.rate(), 1e-6)
	left, known := p.left(now.Add(1000*time.Second), at+100)
	require.True(t, known)
	require.InDelta(t, 10, left.Seconds(), 0.5)
}

func TestEventsOfANetwork(t *testing.T) {
	t.Parallel()
	_, r := learned(t, "--model", "ctgan", "--json")
	last := map[string]any{}
	for line := range strings.Lines(r.err) {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		if e["phase"] == "learn" {
			last = e
		} else {
			require.NotContains(t, e, "rate")
		}
	}
	for _, field := range []string{"done", "total", "seconds", "left", "step", "critic", "generator", "rate"} {
		require.Contains(t, last, field)
	}
	require.EqualValues(t, 19, last["step"])
	p := &pulse{last: ctgan.Step{Critic: math.NaN(), Generator: 1}}
	b, err := json.Marshal(progressEvent{Event: "progress", stepEvent: p.event()})
	require.NoError(t, err)
	require.Contains(t, string(b), `"step":0,"critic":null,"generator":1,"rate":0}`)
}

// A model says what it is; a recipe and a manifest repeat its run.
func TestNetworkIsRepeated(t *testing.T) {
	t.Parallel()
	dir, _ := learned(t, "--preset", "plus", "--batch", "40")
	r := call(t, dir, "inspect", "t.cohort")
	require.Equal(t, 0, r.code, r.err)
	flat := strings.Join(strings.Fields(r.out), " ")
	require.Contains(t, flat, "ctgan (plus): it was asked for. 20 of ")
	require.Regexp(t, `Kernels      (avx2|neon|generic): on a computer`, r.out)
	plainLines(t, r.out)

	r = call(t, dir, "make", "t.csv", "--preset", "plus", "--batch", "40", "--lr", "0.001", "--steps", "20", "--force")
	first := delivered(t, dir, "t", r)
	recipe := read(t, dir, "out-private/t_recipe.toml")
	for _, line := range []string{"preset = \"plus\"\n", "batch = 40\n", "lr = \"0.001\"\n", "# epochs = 300\n", "# pac = 10\n", "steps = 20\n"} {
		require.Contains(t, recipe, "\n"+line)
	}
	again := t.TempDir()
	write(t, again, "t.csv", marked(120))
	write(t, again, "r.toml", recipe)
	require.Equal(t, first, delivered(t, again, "t", call(t, again, "make", "t.csv", "--recipe", "r.toml")))
	require.NoError(t, os.Remove(filepath.Join(again, "r.toml")))
	r = call(t, again, "make", "--replay", "out-private/t_manifest.json", "--trace", "trace.csv")
	require.Contains(t, []int{0, exitDoNotRelease}, r.code, r.err)
	require.True(t, read(t, again, "out-private/t.cohort") == read(t, again, "out-2-private/t.cohort"), "the bytes differ")
	require.FileExists(t, filepath.Join(again, "trace.csv"))
}

// fitNetwork fits a network on one core until when holds, and then lets act interrupt it; act tells whether it came in time. If
// not, the same is done with more steps: no machine is too fast for this test.
func fitNetwork(t *testing.T, steps int64, when func(dir, err string) bool, act func(c *exec.Cmd, ended func() bool, err *notes) bool) (string, int64) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no signal to send")
	}
	for ; ; steps *= 4 {
		dir := t.TempDir()
		write(t, dir, "t.csv", marked(300))
		t.Logf("%d steps", steps)
		c := exec.Command(program, "fit", "t.csv", "--model", "ctgan", "--steps", grouped(steps), "--trace", "trace.csv")
		if inTime(t, c, dir, when, act) {
			return dir, steps
		}
	}
}

// inSteps is the moment when the first steps are shown.
func inSteps(_, err string) bool { return strings.Contains(err, "  loss ") }

// A run that was stopped at once goes on from its checkpoint, to the bytes of one that ran through.
func TestNetworkIsResumed(t *testing.T) {
	t.Parallel()
	dir, steps := fitNetwork(t, 60, inSteps, func(c *exec.Cmd, ended func() bool, err *notes) bool {
		c.Process.Signal(syscall.SIGTERM)
		until(t, ended)
		if c.ProcessState.ExitCode() != exitStopped {
			return false
		}
		require.Contains(t, strings.Join(strings.Fields(err.String()), " "), "--resume (goes on from there)")
		return true
	})
	require.Equal(t, []string{"t.csv", "t_checkpoint", "trace.csv"}, files(t, dir))
	args := []string{"fit", "t.csv", "--model", "ctgan", "--steps", grouped(steps)}
	r := call(t, dir, append(args, "--seed", "1", "--resume")...)
	require.Equal(t, exitError, r.code, r.err)
	require.FileExists(t, filepath.Join(dir, "t_checkpoint"))
	r = callOnTwo(t, dir, append(args, "--resume", "--trace", "trace.csv")...)
	require.Equal(t, 0, r.code, r.err)
	require.Equal(t, []string{"t.cohort", "t.csv", "trace-2.csv", "trace.csv"}, files(t, dir))
	through := t.TempDir()
	write(t, through, "t.csv", marked(300))
	require.Equal(t, 0, call(t, through, args...).code)
	require.True(t, read(t, through, "t.cohort") == read(t, dir, "t.cohort"), "the bytes differ")
}

// The first Ctrl-C keeps the best so far, and --steps repeats it.
func TestNetworkIsStoppedOnce(t *testing.T) {
	t.Parallel()
	dir, _ := fitNetwork(t, 1000, inSteps, func(c *exec.Cmd, ended func() bool, err *notes) bool {
		c.Process.Signal(os.Interrupt)
		until(t, ended)
		require.Equal(t, 0, c.ProcessState.ExitCode(), err.String())
		return strings.Contains(err.String(), "cut short at ")
	})
	require.Equal(t, []string{"t.cohort", "t.csv", "trace.csv"}, files(t, dir))
	steps := len(rowsOf(read(t, dir, "trace.csv")))
	r := call(t, dir, "fit", "t.csv", "--model", "ctgan", "--steps", grouped(int64(steps)), "-o", "again.cohort")
	require.Equal(t, 0, r.code, r.err)
	require.True(t, read(t, dir, "t.cohort") == read(t, dir, "again.cohort"), "the bytes differ")
	require.False(t, slices.Contains(files(t, dir), "t_checkpoint"))
}

// A fit with --max-time ends with a model. How long it takes is logged, not required, for a busy machine would fail it: that the process
// ends within the time asked for, a tenth more and a second, is what bench/ctgan/budget.py measures.
func TestNetworkInTime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(5000))
	began := time.Now()
	r := call(t, dir, "fit", "t.csv", "--model", "ctgan", "--max-time", "3s")
	took := time.Since(began)
	require.Equal(t, 0, r.code, r.err)
	t.Logf("%v of 3 s", took)
}
