package cohort_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// whole is everything that a run of Make gives, as text.
func whole(t testing.TB, r *cohort.Result) string {
	t.Helper()
	var report bytes.Buffer
	require.NoError(t, r.Report.WriteJSON(&report))
	require.NoError(t, r.Report.WriteText(&report))
	return fmt.Sprintf("%x\n%s\n%s\n%d", file(t, r.Model), text(t, r.Table), &report, r.Trial.Steps)
}

func TestMakeGivesTheSameBytes(t *testing.T) {
	actual := read(t, pupils(120, 50))
	opt := cohort.MakeOptions{Fit: cohort.Options{Seed: 1}, Sample: cohort.SampleOptions{Seed: 2}}
	var want string
	for _, n := range []int{1, 8} {
		threads(n, func() {
			got := whole(t, made(t, actual, opt))
			if n == 1 {
				want = got
			}
			require.True(t, want == got, "%d threads", n)
		})
	}
	opt.Fit.Seed = 2
	require.NotEqual(t, want, whole(t, made(t, actual, opt)))
}

func TestMakeTellsItsPhases(t *testing.T) {
	var own, phases []string
	last := map[string][2]int64{}
	opt := cohort.MakeOptions{Fit: cohort.Options{Progress: func(phase string, done, total int64) {
		if len(phases) == 0 || phases[len(phases)-1] != phase {
			phases = append(phases, phase)
		}
		last[phase] = [2]int64{done, total}
	}}}
	made(t, read(t, pupils(100, 51)), opt)
	require.Equal(t, []string{"trial", "check", "learn", "write"}, slices.DeleteFunc(phases, func(p string) bool { return p == "encode" }))
	for _, phase := range []string{"trial", "learn", "write", "check"} {
		require.Equal(t, last[phase][1], last[phase][0], phase)
	}
	phases = nil
	opt.Check.Progress = func(phase string, done, total int64) { own = append(own, phase) }
	made(t, read(t, pupils(100, 51)), opt)
	require.NotContains(t, phases, "check")
	require.Contains(t, own, "check")
}

// quick leaves out the checks that take time.
var quick = eval.Options{Only: []string{"rules"}}

// at gives options that call f once a phase has come far enough.
func at(phase string, part float64, f func()) cohort.MakeOptions {
	called := false
	return cohort.MakeOptions{Check: quick, Fit: cohort.Options{Progress: func(p string, done, total int64) {
		if !called && p == phase && float64(done) >= part*float64(total) {
			called = true
			f()
		}
	}}}
}

func TestStopDuringEachPhase(t *testing.T) {
	actual := read(t, pupils(100, 52))
	_, persons := actual.Persons()
	for _, c := range []struct {
		phase string
		rows  int  // that the model handed over has learned
		warn  bool // that it is the trial's
	}{
		{"trial", 50, true},
		{"check", 50, true},
		{"learn", 50, true},
		{"write", persons, false},
	} {
		stop := make(chan struct{})
		opt := at(c.phase, 0, func() { close(stop) })
		opt.Fit.Stop = stop
		var codes []string
		opt.Fit.Warn = func(e *table.Error) { codes = append(codes, e.Code) }
		r := made(t, actual, opt)
		require.Equal(t, c.rows, r.Model.Info().Rows, "%v", c)
		require.Equal(t, actual.Rows(), r.Table.Rows())
		require.Equal(t, c.warn, slices.Contains(codes, "trial-handed-over"), "%v: %v", c, codes)
		require.NotEmpty(t, r.Report.Verdict)
		if c.phase == "trial" {
			require.Equal(t, "stop", r.Trial.StoppedBy)
			// The steps that were done repeat the run.
			again := made(t, actual, cohort.MakeOptions{Check: quick, NoRefit: true, TrialSteps: r.Trial.Steps})
			require.True(t, bytes.Equal(file(t, r.Model), file(t, again.Model)))
			require.True(t, text(t, r.Table) == text(t, again.Table))
		}
	}
}

// Of so few people no trial is handed over, whoever asks to stop.
func TestStopWithFewPeople(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	r := made(t, read(t, pupils(30, 53)), cohort.MakeOptions{Fit: cohort.Options{Stop: stop}})
	require.Equal(t, 30, r.Model.Info().Rows)
}

func TestRepeatOfAMakeThatWasCutShort(t *testing.T) {
	actual := read(t, pupils(100, 54))
	stop := make(chan struct{})
	opt := at("learn", 0, func() { close(stop) })
	opt.Fit.Stop, opt.TrialSteps = stop, 3
	first := made(t, actual, opt)
	info := first.Model.Info()
	require.Equal(t, 100, info.Rows, "the model of everybody got further than the trial's 3 steps")
	require.Equal(t, "stop", info.StoppedBy)
	again := made(t, actual, cohort.MakeOptions{Check: quick, TrialSteps: 3, Fit: cohort.Options{Steps: info.Steps}})
	require.True(t, whole(t, first) == whole(t, again))

	both := made(t, actual, cohort.MakeOptions{Check: quick, Fit: cohort.Options{Steps: 24}})
	require.Equal(t, int64(24), both.Trial.Steps, "by the same plan")
}

func TestCancelledMakeEndsQuickly(t *testing.T) {
	actual := read(t, pupils(120, 55))
	for phase, part := range map[string]float64{"trial": 0.4, "check": 0.3, "learn": 0.4, "write": 0} {
		ctx, cancel := context.WithCancel(context.Background())
		var cancelled time.Time
		opt := at(phase, part, func() { cancelled = time.Now(); cancel() })
		opt.Check = eval.Options{}
		r, err := cohort.Make(ctx, actual, opt)
		require.Nil(t, r, phase)
		require.Equal(t, context.Canceled, err, phase)
		t.Logf("%s: %v", phase, time.Since(cancelled))
	}
}

// cutShort cancels a run in a phase, after the first wave of variables, before which nothing is kept. Progress is told ten times a
// second, so how much of a run that is depends on the computer: the run is made longer and longer until it is cut in time.
func cutShort(t *testing.T, actual *table.Table, phase, path string) cohort.MakeOptions {
	t.Helper()
	for steps := int64(30_000); steps < 1e8; steps *= 2 {
		ctx, cancel := context.WithCancel(context.Background())
		opt := at(phase, 0.3, cancel)
		opt.Fit.Steps, opt.Fit.Checkpoint = steps, path
		_, err := cohort.Make(ctx, actual, opt)
		require.Equal(t, context.Canceled, err)
		if _, err := os.Stat(path); err == nil {
			return opt
		}
	}
	t.Fatalf("no run was cut in phase %s", phase)
	return cohort.MakeOptions{}
}

// A run that was cut in either model goes on, and ends with the bytes of one that was not.
func TestCancelledMakeGoesOn(t *testing.T) {
	actual := read(t, marks())
	for _, phase := range []string{"trial", "learn"} {
		path := filepath.Join(t.TempDir(), "checkpoint")
		opt := cutShort(t, actual, phase, path)

		other := cohort.MakeOptions{Check: quick, Fit: cohort.Options{Checkpoint: path, Seed: 1}, TrialSteps: 1}
		_, err := cohort.Make(context.Background(), actual, other)
		require.ErrorIs(t, err, run.ErrOtherRun)

		first := map[string]int64{}
		opt.Fit.Progress = func(p string, done, total int64) {
			if _, ok := first[p]; !ok {
				first[p] = done
			}
		}
		got := whole(t, made(t, actual, opt))
		require.Positive(t, first[phase], "%s began anew", phase)
		require.NoFileExists(t, path)
		want := whole(t, made(t, actual, cohort.MakeOptions{Check: quick, Fit: cohort.Options{Steps: opt.Fit.Steps}}))
		require.True(t, want == got, phase)
	}
}

// The budget is that of all parts together.
func TestBudgetOfMake(t *testing.T) {
	actual := read(t, pupils(100, 57))
	free := made(t, actual, cohort.MakeOptions{Check: quick})
	r := made(t, actual, cohort.MakeOptions{Check: quick, Fit: cohort.Options{Budget: time.Hour}})
	require.True(t, text(t, free.Table) == text(t, r.Table), "an hour changes nothing")

	actual = read(t, pupils(1000, 57))
	planned := func(opt cohort.MakeOptions) int64 {
		stop := make(chan struct{})
		close(stop)
		opt.Fit.Stop, opt.Check = stop, quick
		return made(t, actual, opt).Trial.Planned
	}
	defer cohort.OnNominalMachine()()
	tight := cohort.Options{Budget: 2 * time.Second}
	trial, alone := planned(cohort.MakeOptions{Fit: tight}), planned(cohort.MakeOptions{Fit: tight, NoRefit: true})
	t.Log(trial, alone)
	require.Less(t, trial, alone, "a trial that is not alone gets a part of the time")
}

// Where the time is up before everybody could be learned, the trial's table is handed over.
func TestTimeUpAfterTheTrial(t *testing.T) {
	const budget = time.Second
	opt := at("check", 0, func() { time.Sleep(budget) })
	opt.Fit.Budget = budget
	var codes []string
	opt.Fit.Warn = func(e *table.Error) { codes = append(codes, e.Code) }
	r := made(t, read(t, marks()), opt)
	require.Equal(t, 20, r.Model.Info().Rows)
	require.Contains(t, codes, "trial-handed-over")
	require.Contains(t, strings.Join(r.Report.Notes, " "), "because learning ended early")
}
