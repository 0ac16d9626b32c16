package ctgan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// Odd tables are learned, and rows of their kind are written.
func TestPlusLearnsOddTables(t *testing.T) {
	slow(t)
	blank := make([]string, 60)
	for name, c := range map[string]struct {
		tab *table.Table
		opt func(*Options)
	}{
		"fewer rows than a batch": {tab: waverTable(t, 25)},
		"fewer rows than pac":     {waverTable(t, 7), func(o *Options) { o.Pac = 10 }},
		"two rows":                {tab: testTable(t, category("a", "x", "y"), whole("n", 1, 2))},
		"a category":              {tab: testTable(t, category("a", among(60, 1, "x", "y", "z")...))},
		"many of a category":      {tab: testTable(t, category("a", among(300, 1, "x", "y", "z")...))},
		"a number":                {tab: testTable(t, whole("n", grades(200, 1, 50, 10)...))},
		"numbers only":            {tab: testTable(t, whole("n", grades(150, 1, 50, 10)...), decimal("x", 0.1, drawn(150, 2, func(r *rng.Stream) float64 { return r.Norm() })...))},
		"categories only":         {tab: testTable(t, category("a", among(150, 1, "x", "y")...), category("b", among(150, 2, "u", "v", "w")...))},
		"constants":               {tab: testTable(t, category("a", among(60, 1, "x", "y")...), whole("n", make([]int64, 60)...), category("c", among(60, 1, "one")...))},
		"a blank column":          {tab: readTable(t, "a,b\n"+strings.Repeat("x,\ny,\nz,\n", 40))},
		"constants only":          {tab: testTable(t, category("c", among(150, 1, "one")...), whole("n", make([]int64, 150)...))},
		"a blank category":        {tab: testTable(t, category("a", among(60, 1, "x", "y")...), category("b", blank...))},
	} {
		for _, kind := range []Options{{}, {Protect: -1}, {Model: kindTVAE}} {
			if testing.Short() && kind.Protect < 0 {
				continue
			}
			opt := quick(5)
			if opt.Model, opt.Protect = kind.Model, kind.Protect; c.opt != nil && opt.Model == "" {
				c.opt(&opt)
			}
			m, err := Fit(context.Background(), c.tab, opt)
			var told *table.Error
			if errors.As(err, &told) { // a clear refusal will do, where protection leaves nothing
				require.Zero(t, opt.Protect)
				require.NotEmpty(t, told.Reason)
				require.NotEmpty(t, told.Fix)
				t.Logf("%s, %s: %v", name, opt.Model, err)
				continue
			}
			require.NoError(t, err, name)
			s := sampleRows(t, m, SampleOptions{Rows: 30, Seed: 1})
			require.Equal(t, 30, s.Rows(), name)
			require.Equal(t, c.tab.Cols(), s.Cols(), name)
		}
	}
	one, err := Fit(context.Background(), testTable(t, category("a", "x")), Options{Protect: -1, Steps: 5})
	require.Nil(t, one)
	requireCode(t, err, "too-few-rows")
	_, err = Fit(context.Background(), readTable(t, "No\n"+numberedIDs(60)), quick(5))
	require.Error(t, err)
}

func numberedIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p-%d-x\n", 1000+i*7)
	}
	return b.String()
}

func requireCode(t *testing.T, err error, code string) *table.Error {
	t.Helper()
	var told *table.Error
	require.ErrorAs(t, err, &told)
	require.Equal(t, code, told.Code, told.Error())
	return told
}

// wideTable has a column of ten thousand categories.
func wideTable(t *testing.T) *table.Table {
	const n = 10_000
	words := make([]string, 2*n)
	for i := range words {
		words[i] = fmt.Sprintf("w%04d", i%n)
	}
	return testTable(t, category("wide", words...), category("sex", among(2*n, 1, "F", "M")...))
}

// Ten thousand categories are learned by preset plus: a row is a few indices, whatever the number of categories. Preset sdv has a place for
// each one in condition and row, which is refused where it is too much; synthcity takes so many for numbers.
func TestTenThousandCategories(t *testing.T) {
	tab := wideTable(t)
	_, err := Fit(context.Background(), tab, Options{Preset: sdv, Steps: 2})
	told := requireCode(t, err, "too-wide")
	require.Equal(t, "wide", told.Column)
	require.Contains(t, told.Fix, "--preset plus")
	require.Contains(t, told.Reason, "10000 different values")
	_, _, _, err = Estimate(tab, 20_000, Options{Preset: sdv})
	requireCode(t, err, "too-wide")
	require.Less(t, prepared(t, tab, Options{Preset: synthcity}).m.l.width, 100)
	if kernels.Family() == "generic" {
		return // too slow
	}
	opt := Options{Level: "research", Steps: 2, Batch: 100}
	_, _, memory, err := Estimate(tab, tab.Rows(), opt)
	require.NoError(t, err)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f := prepared(t, tab, opt)
	for n := range int64(2) {
		_, ok := f.learner.step(n)
		require.True(t, ok)
	}
	runtime.ReadMemStats(&after)
	used := int64(after.Sys) - int64(before.Sys)
	t.Logf("10,000 categories in digits: D %d, estimated %d MB, the process grew by %d MB, %d MB were allocated", f.m.l.width, memory>>20, used>>20,
		(after.TotalAlloc-before.TotalAlloc)>>20)
	require.Less(t, int64(after.TotalAlloc-before.TotalAlloc), 4*memory)
	require.NoError(t, f.m.recalibrate(f.learner.(*watched).tape, 1, 2, always))
	s := sampleRows(t, f.m, SampleOptions{Rows: 20, Seed: 1})
	require.Equal(t, 20, s.Rows())
}

// A checkpoint of another table, other options, another seed, kernels or model is refused, and stays.
func TestOtherCheckpoint(t *testing.T) {
	tab := waverTable(t, 120)
	opt := quick(40)
	opt.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	ctx, cancel := context.WithCancel(context.Background())
	first := opt
	first.Trace = func(s Step) {
		if s.Number == 9 {
			cancel()
		}
	}
	_, err := Fit(ctx, tab, first)
	require.ErrorIs(t, err, context.Canceled)
	cancel()
	for name, change := range map[string]func(*Options) *table.Table{
		"seed":    func(o *Options) *table.Table { o.Seed++; return tab },
		"table":   func(o *Options) *table.Table { return waverTable(t, 121) },
		"rate":    func(o *Options) *table.Table { o.LR = 1e-3; return tab },
		"epochs":  func(o *Options) *table.Table { o.Epochs = 7; return tab },
		"protect": func(o *Options) *table.Table { o.Protect = 7; return tab },
		"preset":  func(o *Options) *table.Table { o.Preset = sdv; return tab },
		"model":   func(o *Options) *table.Table { o.Model = kindTVAE; return tab },
		"budget":  func(o *Options) *table.Table { o.Budget = time.Hour; return tab },
		"fewer":   func(o *Options) *table.Table { o.Steps = 5; return tab },
	} {
		other := opt
		where := change(&other)
		_, err := Fit(context.Background(), where, other)
		require.Contains(t, requireCode(t, err, "other-checkpoint").Reason, "another", name)
	}
	if kernels.Family() != "generic" {
		restore, err := kernels.Use("generic")
		require.NoError(t, err)
		_, err = Fit(context.Background(), tab, opt)
		restore()
		requireCode(t, err, "other-checkpoint")
	}
	require.FileExists(t, opt.Checkpoint)
	fitPreset(t, tab, opt)
}

// A cancelled context ends a fit soon in every phase. The bar is wide, as the machine may be busy.
func TestPlusIsCancelled(t *testing.T) {
	slow(t)
	tab := likeAdult(t, 3000)
	for name, model := range map[string]string{"ctgan": kindCTGAN, "tvae": kindTVAE} {
		opt := Options{Model: model, Steps: 12}
		if kernels.Family() == "generic" {
			opt = quick(12)
			opt.Model = model
		}
		for _, at := range []string{"before", "encode", "learn", "finish"} {
			ctx, cancel := context.WithCancel(context.Background())
			var when time.Time
			end := func() {
				if when.IsZero() {
					when = time.Now()
					cancel()
				}
			}
			steps := 0
			opt.Trace = func(Step) {
				if steps++; at == "learn" && steps == 5 {
					end()
				}
				if steps == 12 && at == "finish" { // a moment later: what finishes takes many
					time.AfterFunc(2*time.Millisecond, end)
				}
			}
			opt.Progress = func(phase string, done, total int64) {
				if phase == at {
					end()
				}
			}
			if at == "before" {
				end()
			}
			if at == "learn" {
				opt.Progress = nil
			}
			_, err := Fit(ctx, tab, opt)
			require.ErrorIs(t, err, context.Canceled, "%s, %s", name, at)
			took := time.Since(when)
			t.Logf("%s, %s: %v", name, at, took)
			require.Less(t, took, 2*time.Second)
			cancel()
		}
	}
	m := fitPreset(t, waverTable(t, 120), quick(5))
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	_, _, err := m.Sample(ctx, SampleOptions{Rows: 2_000_000})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(began), 5*time.Second)
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	tab := waverTable(t, 60)
	for name, o := range map[string]Options{
		"epochs": {Epochs: -1}, "batch": {Batch: -1}, "batch of one": {Batch: 1}, "noise": {Noise: -2}, "pac": {Pac: -3},
		"pac and batch": {Pac: 7}, "rate": {LR: -1}, "no rate": {LR: math.NaN()}, "endless rate": {LR: math.Inf(1)}, "decay": {Decay: -1},
		"noise's deviation": {NoiseSD: -1}, "width": {Gen: []int{0}}, "wide": {Critic: []int{1 << 20}}, "layers": {Gen: make([]int, 9)},
		"budget": {Budget: -time.Second}, "steps": {Steps: -5}, "level": {Level: "nobody"}, "preset": {Preset: "minus"},
		"peer with protection": {Preset: sdv, Protect: 5}, "peer's pac": {Preset: synthcity, Pac: 2}, "tvae's pac": {Model: kindTVAE, Pac: 2},
		"tvae's preset": {Model: kindTVAE, Preset: sdv},
	} {
		_, err := Fit(context.Background(), tab, o)
		var told *table.Error
		require.ErrorAs(t, err, &told, name)
		require.NotEmpty(t, told.Fix, name)
	}
	_, err := Fit(context.Background(), tab, Options{Model: "forest"})
	requireCode(t, err, "bad-model")
	// Networks so wide that no column is to blame.
	_, err = Fit(context.Background(), tab, Options{Gen: []int{65536, 65536}})
	require.Contains(t, requireCode(t, err, "too-wide").Fix, "hidden layers")
}

// Errors of a sample's options are told as those of the other models are.
func TestSampleOptionsThatMakeNoSense(t *testing.T) {
	m := fitPreset(t, readTable(t, school(200, 1), schoolRules...), quick(5))
	for name, c := range map[string]struct {
		opt  SampleOptions
		code string
	}{
		"column":      {SampleOptions{Where: []table.Cond{table.Is("Nobody", "x")}}, "no-such-column"},
		"value":       {SampleOptions{Where: []table.Cond{table.Is("House", "yew")}}, "no-such-value"},
		"balance":     {SampleOptions{Balance: "Nobody"}, "no-such-column"},
		"ids":         {SampleOptions{Balance: "No"}, "bad-balance"},
		"temperature": {SampleOptions{Temperature: -1}, "bad-temperature"},
	} {
		c.opt.Rows = 5
		_, _, err := m.Sample(context.Background(), c.opt)
		_, want := table.Sets(m.Schema(), c.opt.Where)
		if len(c.opt.Where) > 0 {
			require.Equal(t, want, err, name)
		}
		requireCode(t, err, c.code)
	}
	_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 5, Where: []table.Cond{table.Is("Sex", "f"), table.Is("Sex", "m")}})
	requireCode(t, err, "no-such-value")
	for _, opt := range []SampleOptions{
		{Where: []table.Cond{table.Between("High", "", "3"), table.Between("Low", "20", "")}},
		{Where: []table.Cond{table.Is("Year", "Y7"), table.Is("Age group", "old")}, Strict: true},
	} {
		opt.Rows = 5
		_, _, err := m.Sample(context.Background(), opt)
		require.ErrorIs(t, err, draw.ErrNoRow, "%v", opt.Where)
	}
	s, set, err := m.Sample(context.Background(), SampleOptions{Rows: 5, Where: []table.Cond{table.Is("Year", "Y7"), table.Is("Age group", "old")}})
	require.NoError(t, err)
	require.EqualValues(t, 5, set, "what no row has is set into all of them, and counted")
	require.Equal(t, "Y7", columnOf(t, s, "Year")[0])
	require.Panics(t, func() { m.Sample(context.Background(), SampleOptions{Rows: -1}) })
}
