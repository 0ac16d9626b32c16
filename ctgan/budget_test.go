package ctgan

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// waverTable has columns that depend on each other, and enough rows to hold some out.
func waverTable(t testing.TB, n int) *table.Table {
	r := rng.New(8, rng.Demo, 0)
	var word, kind []string
	var number []int64
	for range n {
		x := int64(r.Intn(60))
		k := "low"
		if x+int64(r.Intn(20)) > 40 {
			k = "high"
		}
		word, kind, number = append(word, []string{"ab", "cd", "ef", "gh"}[r.Intn(4)]), append(kind, k), append(number, x)
	}
	return testTable(t, category("word", word...), category("kind", kind...), whole("number", number...))
}

// The same seed gives the same bytes: for any part of a sample, any number of threads, avx2 and avx512.
func TestPlusIsDeterministic(t *testing.T) {
	slow(t)
	tab := waverTable(t, 220)
	opt := quick(115)
	opt.Seed = 9
	opt.Gen, opt.Critic, opt.Batch = []int{96, 64}, []int{96, 48}, 200 // large enough for tasks of several chunks
	if kernels.Family() == "generic" {
		opt = quick(115)
	}
	m := fitPreset(t, tab, opt)
	want := savedBytes(t, m)
	ask := SampleOptions{Rows: 500, Seed: 4, Where: []table.Cond{table.Is("kind", "high")}}
	rows := cellsOf(sampleRows(t, m, ask))
	for at := int64(0); at < 500; at += 123 {
		part := ask
		part.First, part.Rows = at, min(123, 500-at)
		require.Equal(t, rows[at:at+part.Rows], cellsOf(sampleRows(t, m, part)))
	}
	again := func(what string) {
		m := fitPreset(t, tab, opt)
		require.True(t, bytes.Equal(want, savedBytes(t, m)), what)
		require.Equal(t, rows, cellsOf(sampleRows(t, m, ask)), what)
	}
	everywhere(t, again)
	opt.Seed++
	require.False(t, bytes.Equal(want, savedBytes(t, fitPreset(t, tab, opt))))
}

// tardy is a context that is cancelled some looks after late has become true.
type tardy struct {
	context.Context
	late  *bool
	looks *int
}

func (c tardy) Err() error {
	if *c.late {
		*c.looks++
	}
	if *c.looks > 5 {
		return context.Canceled
	}
	return nil
}

// A fit that is cut behind its last step, while the model is finished, has lost nothing.
func TestFinishGoesOn(t *testing.T) {
	tab := waverTable(t, 220)
	opt := quick(40)
	want := savedBytes(t, fitPreset(t, tab, opt))
	opt.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	late, looks := false, 0
	opt.Trace = func(s Step) { late = s.Number == 39 }
	_, err := Fit(tardy{context.Background(), &late, &looks}, tab, opt)
	require.True(t, late)
	require.ErrorIs(t, err, context.Canceled)
	require.FileExists(t, opt.Checkpoint)
	opt.Trace = func(Step) { require.Fail(t, "all steps are done") }
	require.True(t, bytes.Equal(want, savedBytes(t, fitPreset(t, tab, opt))))
	require.NoFileExists(t, opt.Checkpoint)
}

// A fit that is cut again and again and goes on from its checkpoint ends as one that was never cut, also where it was cut just before and
// behind a look, a copy of the state, or a step that was undone.
func TestPlusGoesOn(t *testing.T) {
	slow(t)
	for _, model := range []string{kindCTGAN, kindTVAE} {
		for _, bad := range [][]int64{nil, {130, 131, 200}} {
			if model == kindTVAE && bad == nil {
				continue // TestTVAEIsStored
			}
			if testing.Short() && (model == kindTVAE || bad == nil) {
				continue // the race detector learns no more from them
			}
			breaks = func(step int64) bool { return slices.Contains(bad, step) }
			tab := waverTable(t, 220)
			opt := quick(210)
			opt.Model = model
			undone := 0
			opt.Warn = func(*table.Error) { undone++ }
			want := savedBytes(t, fitPreset(t, tab, opt))
			require.Equal(t, len(bad), undone)

			opt.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
			next := int64(0)
			for _, cut := range []int64{1, 99, 100, 101, 131, 200, 201} {
				ctx, cancel := context.WithCancel(context.Background())
				opt.Trace = func(s Step) {
					require.Equal(t, next, s.Number)
					if next++; next == cut {
						cancel()
					}
				}
				_, err := Fit(ctx, tab, opt)
				require.ErrorIs(t, err, context.Canceled)
				cancel()
			}
			opt.Trace = nil
			m := fitPreset(t, tab, opt)
			require.True(t, bytes.Equal(want, savedBytes(t, m)), "%s, undone %v", model, bad)
			require.NoFileExists(t, opt.Checkpoint)
		}
	}
	breaks = nil
}

// A look that is broken off has changed nothing.
func TestLookIsBrokenOff(t *testing.T) {
	f := prepared(t, waverTable(t, 220), quick(0))
	w := f.learner.(*watched)
	for n := range w.every {
		_, ok := w.step(n)
		require.True(t, ok)
	}
	before := w.save().copy(nil)
	calls := 0
	w.alive = func() error {
		if calls++; calls > 12 {
			return context.Canceled
		}
		return nil
	}
	w.step(w.every)
	require.True(t, w.cancelled())
	require.Greater(t, calls, 10)
	for i, x := range w.save() {
		if x.Name != "generator/generator.0.norm.mean" && x.Name != "generator/generator.1.norm.mean" &&
			x.Name != "generator/generator.0.norm.variance" && x.Name != "generator/generator.1.norm.variance" {
			require.Equal(t, before[i], x)
		}
	}
}

// A fit that the clock has cut is repeated byte for byte by its number of steps.
func TestStepsRepeatWhatTheClockCut(t *testing.T) {
	slow(t)
	tab := waverTable(t, 220)
	for _, model := range []string{kindCTGAN, kindTVAE} {
		opt := quick(0)
		opt.Model, opt.Budget = model, 200*time.Millisecond
		m := fitPreset(t, tab, opt)
		if model == kindCTGAN {
			require.Equal(t, "clock", m.Report().StoppedBy)
		}
		t.Logf("%s: %d steps of %d", model, m.Report().Steps, m.Report().Planned)
		opt.Steps = m.Report().Steps
		again := fitPreset(t, tab, opt)
		require.Equal(t, m.Report().Planned, again.Report().Planned)
		require.True(t, bytes.Equal(savedBytes(t, m), savedBytes(t, again)))
	}
}

// A fit ends soon after its budget, finishing included. No bar asserts a time closely: the machine may be busy.
func TestBudgetIsKept(t *testing.T) {
	slow(t)
	tab := waverTable(t, 400)
	for _, budget := range []time.Duration{300 * time.Millisecond, time.Second} {
		opt := quick(0)
		opt.Gen, opt.Critic, opt.Batch = nil, nil, 0
		if kernels.Family() == "generic" {
			opt = quick(0)
		}
		opt.Budget, opt.Epochs = budget, 5000
		began := time.Now()
		m := fitPreset(t, tab, opt)
		took := time.Since(began)
		t.Logf("%v: ended after %v, %d steps, stopped by %s", budget, took, m.Report().Steps, m.Report().StoppedBy)
		require.Less(t, took, 3*budget+3*time.Second)
	}
}

// Progress never goes back, and ends when all is done, finishing included.
func TestProgress(t *testing.T) {
	slow(t)
	tab := waverTable(t, 220)
	stop := make(chan struct{})
	close(stop)
	for name, change := range map[string]func(*Options){
		"plan":    func(o *Options) { o.Steps = 150 },
		"clock":   func(o *Options) { o.Budget = 150 * time.Millisecond },
		"stopped": func(o *Options) { o.Stop = stop },
		"tvae":    func(o *Options) { o.Model, o.Steps = kindTVAE, 60 },
		"sdv":     func(o *Options) { o.Preset, o.Steps = sdv, 60 },
	} {
		opt := quick(0)
		change(&opt)
		share, totals, steps := 0.0, map[int64]bool{}, 0
		var done, total int64
		opt.Trace = func(Step) { steps++ }
		opt.Progress = func(phase string, d, n int64) {
			if phase != "learn" {
				return
			}
			done, total = d, n
			require.GreaterOrEqual(t, float64(done)/float64(total), share, name)
			share = float64(done) / float64(total)
			totals[total] = true
		}
		m := fitPreset(t, tab, opt)
		require.Equal(t, total, done, name)
		require.EqualValues(t, m.Report().Steps, steps, name)
		require.Equal(t, opt.Preset != sdv, total > m.Report().Steps, "%s: finishing counts", name)
		if opt.Steps > 0 {
			require.Len(t, totals, 1, name)
		}
		if name == "stopped" {
			require.EqualValues(t, 1, m.Report().Steps)
			require.Equal(t, 20, sampleRows(t, m, SampleOptions{Rows: 20}).Rows())
		}
	}
}

// Estimates are positive, and grow with rows and epochs.
func TestEstimate(t *testing.T) {
	tab := waverTable(t, 300)
	for _, opt := range []Options{{}, {Preset: sdv}, {Preset: synthcity}, {Model: kindTVAE}} {
		least, full, memory, err := Estimate(tab, 300, opt)
		require.NoError(t, err)
		require.Positive(t, least)
		require.Greater(t, full, least)
		require.Greater(t, memory, int64(1<<20))
		_, more, larger, err := Estimate(tab, 300_000, opt)
		require.NoError(t, err)
		require.Greater(t, more, full)
		require.Greater(t, larger, memory)
		opt.Epochs = 3000
		_, longer, _, err := Estimate(tab, 300_000, opt)
		require.NoError(t, err)
		if opt.Preset == synthcity {
			continue // 2,000 epochs otherwise
		}
		require.Greater(t, longer, 5*more)
		t.Logf("%+v: %v to %v, %d MB", opt, least, full, memory>>20)
	}
}

// The size of the networks is known before they are made.
func TestSizes(t *testing.T) {
	for _, opt := range []Options{{}, {Pac: 10}, {Gen: []int{40}, Critic: []int{30, 20, 10}}, {Preset: sdv}, {Preset: synthcity}, {Model: kindTVAE}} {
		f := prepared(t, waverTable(t, 120), opt)
		gen, critic := f.m.sizes()
		require.EqualValues(t, f.m.gen.params.Len(), gen)
		switch l := f.learner.(type) {
		case *watched:
			require.EqualValues(t, l.critic.params.Len(), critic)
		case *sampled:
			require.EqualValues(t, l.critic.params.Len(), critic)
		case *loaded:
			require.EqualValues(t, l.critic.params.Len(), critic)
		case *vae:
			require.EqualValues(t, l.enc.params.Len(), critic)
		}
	}
}
