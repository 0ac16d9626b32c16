package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
)

// A walk is the smallest model: each step adds a random number, so that its state tells which steps were done.
type walk struct {
	at    float64
	steps []int64 // not part of the state: what this process did
	waves [][2]int64
	each  func(ctx context.Context, step int64) error
}

func (w *walk) job(steps, wave int64) Job {
	return Job{Plan: Plan{Steps: steps, Wave: wave}, Key: [32]byte{1, 2, 3}, Step: w.step, Save: w.save, Load: w.load}
}

func (w *walk) step(ctx context.Context, from, to int64) error {
	at := w.at
	for i := from; i < to; i++ {
		if w.each != nil {
			if err := w.each(ctx, i); err != nil {
				return err
			}
		}
		s := rng.New(1, rng.Demo, uint64(i))
		at += s.Norm()
		w.steps = append(w.steps, i)
	}
	w.at = at
	w.waves = append(w.waves, [2]int64{from, to})
	return nil
}

func (w *walk) save() (*container.File, error) {
	return &container.File{Kind: "walk", Header: []byte(`{"a":1}`), Blobs: []container.Blob{{Name: "at", Data: container.Bytes([]float64{w.at})}}}, nil
}

func (w *walk) load(f *container.File) error {
	b, _ := f.Blob("at")
	at, err := container.Values[float64](b, 1)
	if err != nil {
		return err
	}
	if f.Kind != "walk" || string(f.Header) != `{"a":1}` {
		return container.ErrDamaged
	}
	w.at = at[0]
	return nil
}

func (w *walk) bytes(t *testing.T) []byte {
	t.Helper()
	return container.Bytes([]float64{w.at})
}

// pause waits as a step of a real model does: not longer than the context.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func whole(t *testing.T, steps int64) []byte {
	t.Helper()
	var w walk
	r, err := Train(context.Background(), w.job(steps, 1), Options{})
	require.NoError(t, err)
	require.Equal(t, Report{steps, steps, "plan"}, r)
	return w.bytes(t)
}

func TestWavesDependOnThePlanAlone(t *testing.T) {
	var w walk
	r, err := Train(context.Background(), w.job(10, 4), Options{})
	require.NoError(t, err)
	require.Equal(t, Report{10, 10, "plan"}, r)
	require.Equal(t, [][2]int64{{0, 4}, {4, 8}, {8, 10}}, w.waves)
	require.Equal(t, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, w.steps)
}

func TestClockCutsAndStepsRepeat(t *testing.T) {
	var w walk
	synctest.Test(t, func(t *testing.T) { // the clock is the test's own
		w.each = func(ctx context.Context, _ int64) error { return pause(ctx, time.Millisecond) }
		r, err := Train(context.Background(), w.job(1e6, 2), Options{Budget: 51 * time.Millisecond})
		require.NoError(t, err)
		require.Equal(t, Report{1e6, 50, "clock"}, r, "the next wave would have ended after 52 ms")
	})
	var again walk
	repeated, err := Train(context.Background(), again.job(1e6, 2), Options{Steps: 50, Budget: time.Nanosecond})
	require.NoError(t, err)
	require.Equal(t, Report{1e6, 50, "plan"}, repeated, "the clock does not cut what was asked by number")
	require.Equal(t, w.bytes(t), again.bytes(t))
}

func TestTheTightestBudgetGivesOneWave(t *testing.T) {
	var w walk
	r, err := Train(context.Background(), w.job(10, 3), Options{Budget: 1})
	require.NoError(t, err)
	require.Equal(t, Report{10, 3, "clock"}, r)
}

func TestStop(t *testing.T) {
	stop := make(chan struct{})
	w := walk{each: func(_ context.Context, i int64) error {
		if i == 4 {
			close(stop)
		}
		return nil
	}}
	r, err := Train(context.Background(), w.job(10, 3), Options{Stop: stop})
	require.NoError(t, err)
	require.Equal(t, Report{10, 6, "stop"}, r)

	var early walk
	r, err = Train(context.Background(), early.job(10, 3), Options{Stop: stop})
	require.NoError(t, err)
	require.Equal(t, Report{10, 3, "stop"}, r, "a model needs one wave")
}

func TestCancelIsQuickAndResumes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		var cancelled time.Time
		w := walk{each: func(ctx context.Context, i int64) error {
			if i == 7 {
				time.AfterFunc(5*time.Millisecond, func() { cancelled = time.Now(); cancel() })
				return pause(ctx, time.Minute)
			}
			return nil
		}}
		r, err := Train(ctx, w.job(20, 3), Options{Checkpoint: path})
		require.Less(t, time.Since(cancelled), 100*time.Millisecond)
		require.Equal(t, context.Canceled, err)
		require.Zero(t, r)
	})

	var rest walk
	r, err := Train(context.Background(), rest.job(20, 3), Options{Checkpoint: path})
	require.NoError(t, err)
	require.Equal(t, Report{20, 20, "plan"}, r)
	require.Equal(t, int64(6), rest.steps[0], "the wave that was cut is done again, those before are not")
	require.Equal(t, whole(t, 20), rest.bytes(t))
	require.NoFileExists(t, path, "removed at the end")
}

// What comes after the last step may be interrupted, too: nothing learned is lost then.
func TestCancelledFinishResumes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	ctx, cancel := context.WithCancel(context.Background())
	var w walk
	j := w.job(20, 3)
	j.Finish = func(r Report) error {
		require.Equal(t, Report{20, 20, "plan"}, r)
		w.at = 0 // what is half finished is not what was learned
		cancel()
		return ctx.Err()
	}
	_, err := Train(ctx, j, Options{Checkpoint: path})
	require.Equal(t, context.Canceled, err)

	var rest walk
	j, finished := rest.job(20, 3), false
	j.Finish = func(Report) error { finished = true; return nil }
	r, err := Train(context.Background(), j, Options{Checkpoint: path})
	require.NoError(t, err)
	require.Equal(t, Report{20, 20, "plan"}, r)
	require.True(t, finished)
	require.Empty(t, rest.steps)
	require.Equal(t, whole(t, 20), rest.bytes(t))
	require.NoFileExists(t, path)

	wrong := errors.New("no model")
	j.Finish = func(Report) error { return wrong }
	_, err = Train(context.Background(), j, Options{Checkpoint: path})
	require.Equal(t, wrong, err)
	require.NoFileExists(t, path, "to go on from there would end the same way")
}

func TestCancelBeforeTheFirstStep(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var w walk
	_, err := Train(ctx, w.job(5, 1), Options{Checkpoint: filepath.Join(t.TempDir(), "c")})
	require.Equal(t, context.Canceled, err)
	require.Empty(t, w.steps)
}

// Every possible kill: the process ends after any step without a word, and what the last checkpoint holds leads to the
// same bytes.
func TestResumeAfterAKillIsByteEqual(t *testing.T) {
	const steps = 12
	want := whole(t, steps)
	killed := errors.New("killed")
	for at := range int64(steps) {
		path := filepath.Join(t.TempDir(), "checkpoint")
		w := walk{each: func(_ context.Context, i int64) error {
			if i == at {
				return killed // the file is as the last save left it
			}
			return nil
		}}
		_, err := Train(context.Background(), w.job(steps, 2), Options{Checkpoint: path, Every: 1})
		require.Equal(t, killed, err)

		var rest walk
		_, err = Train(context.Background(), rest.job(steps, 2), Options{Checkpoint: path, Every: 1})
		require.NoError(t, err)
		require.Equal(t, want, rest.bytes(t))
		require.Less(t, len(rest.steps), steps+1)
		if at >= 4 {
			require.Less(t, len(rest.steps), steps, "it went on, it did not begin anew")
		}
	}
}

func TestCheckpointOfAnotherRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	interrupted(t, path, 6)

	var w walk
	other := w.job(20, 1)
	other.Key[0] = 99
	_, err := Train(context.Background(), other, Options{Checkpoint: path})
	require.ErrorIs(t, err, ErrOtherRun)
	require.ErrorContains(t, err, "table or options differ")
	require.Empty(t, w.steps)

	_, err = Train(context.Background(), w.job(20, 1), Options{Checkpoint: path, Steps: 3})
	require.ErrorIs(t, err, ErrOtherRun)
	require.ErrorContains(t, err, "it has done 6 steps, and 3 are asked")

	mine := Program
	defer func() { Program = mine }()
	Program = func() string { return "another build" }
	_, err = Train(context.Background(), w.job(20, 1), Options{Checkpoint: path})
	require.ErrorIs(t, err, ErrOtherRun)
	require.ErrorContains(t, err, "another build of the program wrote it")
	require.Len(t, mine(), 64)
	require.FileExists(t, path, "what belongs to another run is not touched")
}

// interrupted leaves a checkpoint after the given number of steps.
func interrupted(t *testing.T, path string, steps int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := walk{each: func(ctx context.Context, i int64) error {
		if i == steps {
			cancel()
		}
		return ctx.Err()
	}}
	_, err := Train(ctx, w.job(20, 1), Options{Checkpoint: path})
	require.Equal(t, context.Canceled, err)
}

func TestDamagedCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	interrupted(t, path, 6)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	parts, err := container.Read(bytes.NewReader(good))
	require.NoError(t, err)

	write := func(f *container.File) []byte {
		var b bytes.Buffer
		require.NoError(t, container.Write(&b, f))
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"cut":       {good[:len(good)/2], container.ErrDamaged},
		"bit":       {append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), container.ErrDamaged},
		"empty":     {nil, container.ErrDamaged},
		"a model":   {write(&container.File{Kind: "trees"}), ErrOtherRun},
		"no key":    {write(&container.File{Kind: kind, Header: []byte(`{}`)}), ErrOtherRun},
		"no state":  {write(&container.File{Kind: kind, Header: parts.Header}), container.ErrDamaged},
		"no header": {write(&container.File{Kind: kind, Blobs: parts.Blobs}), container.ErrDamaged},
	} {
		require.NoError(t, os.WriteFile(path, c.data, 0o600))
		var w walk
		_, err := Train(context.Background(), w.job(20, 1), Options{Checkpoint: path})
		require.ErrorIs(t, err, c.want, name)
		require.Empty(t, w.steps, name)
	}
}

func TestCheckpointThatCannotBeWritten(t *testing.T) {
	var w walk
	path := filepath.Join(t.TempDir(), "missing", "checkpoint")
	_, err := Train(context.Background(), w.job(20, 1), Options{Checkpoint: path, Every: 1})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "run: checkpoint:")

	// A model that fails to save itself is no file either, and a cancelled run says both.
	full := errors.New("full")
	path = filepath.Join(t.TempDir(), "checkpoint")
	j := w.job(20, 1)
	j.Save = func() (*container.File, error) { return nil, full }
	ctx, cancel := context.WithCancel(context.Background())
	w.each = func(_ context.Context, i int64) error {
		if i == 3 {
			cancel()
		}
		return nil
	}
	_, err = Train(ctx, j, Options{Checkpoint: path})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, full)
	require.NoFileExists(t, path)
}

// The budget counts the parts of a run together.
func TestBudgetCountsOverResume(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	interrupted(t, path, 6)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := container.Read(bytes.NewReader(b))
	require.NoError(t, err)
	f.Header = bytes.Replace(f.Header, []byte(`"spent":`), []byte(`"spent":3600000000000`), 1)
	require.NoError(t, container.WriteAtomic(path, func(w io.Writer) error { return container.Write(w, f) }))

	var w walk
	r, err := Train(context.Background(), w.job(20, 1), Options{Checkpoint: path, Budget: time.Hour})
	require.NoError(t, err)
	require.Equal(t, Report{20, 6, "clock"}, r)
	require.Empty(t, w.steps)
}

func TestStepErrorComesBack(t *testing.T) {
	broken := errors.New("broken")
	w := walk{each: func(_ context.Context, i int64) error { return broken }}
	r, err := Train(context.Background(), w.job(5, 1), Options{})
	require.Equal(t, broken, err)
	require.Zero(t, r)
}

func TestPlanMistakesPanic(t *testing.T) {
	var w walk
	for _, c := range []struct{ steps, wave, asked int64 }{{0, 1, 0}, {-1, 1, 0}, {1, -1, 0}, {1, 1, -1}} {
		want := fmt.Sprintf("run: plan of %d steps in waves of %d, %d asked", c.steps, c.wave, c.asked)
		require.PanicsWithValue(t, want, func() {
			Train(context.Background(), w.job(c.steps, c.wave), Options{Steps: c.asked})
		})
	}
	r, err := Train(context.Background(), w.job(2, math.MaxInt64), Options{})
	require.NoError(t, err)
	require.Equal(t, int64(2), r.Steps)
}

func TestProgressOfTrain(t *testing.T) {
	var calls []string
	tell := func(phase string, done, total int64) { calls = append(calls, fmt.Sprint(phase, " ", done, "/", total)) }
	var w walk
	_, err := Train(context.Background(), w.job(1000, 1), Options{Progress: tell})
	require.NoError(t, err)
	require.Equal(t, "learn 0/1000", calls[0])
	require.Equal(t, "learn 1000/1000", calls[len(calls)-1])

	calls = nil
	_, err = Train(context.Background(), w.job(1000, 10), Options{Progress: tell, Phase: "trial", Budget: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"trial 0/1000", "trial 10/10"}, calls)
}
