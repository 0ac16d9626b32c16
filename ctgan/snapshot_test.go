package ctgan

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// One row in ten is held out, of tables large enough, and every row is on one side.
func TestParted(t *testing.T) {
	for rows, want := range map[int]int{2: 0, 99: 0, 100: 10, 1234: 123} {
		learn, held := parted(rows, 5)
		require.Len(t, held, want)
		all := slices.Concat(learn, held)
		slices.Sort(all)
		require.Len(t, slices.Compact(all), rows)
		_, other := parted(rows, 6)
		require.Equal(t, want == 0, slices.Equal(held, other))
	}
	f := prepared(t, waverTable(t, 220), quick(0))
	require.Equal(t, len(f.kept), f.learner.(*watched).sampler.m.rows)
	require.Equal(t, []int32{0, 2, 5, 7}, some([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 4))
	require.Len(t, some(f.held, 100), len(f.held))
}

func TestGrouped(t *testing.T) {
	share := make([]float64, 40)
	for k := range share {
		share[k] = 1. / 40
	}
	g := grouped(share, true)
	require.True(t, slices.IsSorted(g))
	require.EqualValues(t, groups-1, g[39])
	require.Equal(t, []uint8{2, 0, 1, 3}, grouped([]float64{0.1, 0.6, 0.2, 0.1}, false))
	require.EqualValues(t, groups-1, slices.Max(grouped(share, false)))
}

// The score of held rows tells a generator that has learned how columns depend on each other from one that has not.
func TestScoreTellsDependence(t *testing.T) {
	opt := quick(0)
	opt.LR, opt.Batch = 1e-3, 200
	tab, _, _ := placeTable(t)
	f := prepared(t, tab, opt)
	w := f.learner.(*watched)
	require.NoError(t, w.look())
	start := w.value
	require.Equal(t, float64(float32(start)), start, "a checkpoint must hold it exactly")
	for n := range int64(300) {
		_, ok := w.step(n)
		require.True(t, ok)
	}
	require.NoError(t, w.look())
	require.Greater(t, w.value, start)
}

// The best state is what a fit ends with, not the last one; where there was no look it is the average.
func TestBestStateIsKept(t *testing.T) {
	f := prepared(t, waverTable(t, 220), quick(0))
	w := f.learner.(*watched)
	for n := range int64(5) {
		w.step(n)
	}
	average := w.average.Save()[0].Data
	before := slices.Clone(average)
	require.NoError(t, w.done())
	require.Equal(t, before, w.gen.params.Save()[0].Data)

	f = prepared(t, waverTable(t, 220), quick(0))
	w = f.learner.(*watched)
	w.step(0)
	require.NoError(t, w.look())
	best := w.best.copy(nil)
	w.value = math.MaxFloat32 // nothing can be better
	for n := int64(1); n < 5; n++ {
		w.step(n)
	}
	require.NoError(t, w.done())
	require.Equal(t, best, state(w.gen.params.Save()).copy(nil))
}

// The average of a short run is one of what was learned, not of the first weights.
func TestAverageOfAShortRun(t *testing.T) {
	f := prepared(t, waverTable(t, 220), quick(0))
	w := f.learner.(*watched)
	first := slices.Clone(w.gen.params.Save()[0].Data)
	for n := range int64(40) {
		w.step(n)
	}
	now, average := w.gen.params.Save()[0].Data, w.average.Save()[0].Data
	require.Less(t, apart(average, now), 0.4*apart(first, now))
	w.step(1_000_000)
	require.EqualValues(t, float32(w.s.Average), w.average.Decay)
}

// A single column has no pairs to be scored by: no state is better than another one.
func TestSingleColumnHasNoScore(t *testing.T) {
	f := prepared(t, testTable(t, category("a", among(300, 1, "x", "y", "z")...)), quick(0))
	require.Nil(t, f.learner.(*watched).score)
}

// A step that goes out of bounds is undone and said, and learning goes on at half the rate; if that happens again and again, it ends.
func TestRollBack(t *testing.T) {
	slow(t)
	defer func() { breaks = nil }()
	tab := waverTable(t, 220)
	for _, model := range []string{kindCTGAN, kindTVAE} {
		breaks = func(step int64) bool { return step == 30 || step == 145 }
		opt := quick(150)
		opt.Model = model
		var said []*table.Error
		var steps []Step
		opt.Warn = func(e *table.Error) { said = append(said, e) }
		opt.Trace = func(s Step) { steps = append(steps, s) }
		fitPreset(t, tab, opt)
		require.Len(t, said, 2)
		require.Equal(t, "rolled-back", said[0].Code)
		require.Contains(t, said[0].Reason, "step 30 ")
		require.Contains(t, said[1].Reason, "45 steps before")
		require.Len(t, steps, 150)
		for _, s := range steps {
			require.Equal(t, s.Number == 30 || s.Number == 145, s.RolledBack)
			part := 1.
			if s.Number > 30 {
				part /= 2
			}
			if s.Number > 145 {
				part /= 2
			}
			require.InEpsilon(t, steps[0].Rate*part, s.Rate, 1e-9, "step %d", s.Number)
		}

		breaks = func(step int64) bool { return step >= 20 }
		said = nil
		_, err := Fit(context.Background(), tab, opt)
		var told *table.Error
		require.ErrorAs(t, err, &told)
		require.Equal(t, "not-learned", told.Code)
		require.Len(t, said, mostRollbacks)
	}
}

// Weights that the last step made infinite are not what is gone back to, and are no model.
func TestInfiniteWeights(t *testing.T) {
	f := prepared(t, waverTable(t, 220), quick(0))
	h := &health{fitting: f}
	var said []*table.Error
	f.opt.Warn = func(e *table.Error) { said = append(said, e) }
	require.NoError(t, h.steps(0, keepEvery))
	f.m.gen.params.All()[0].Data.Data[0] = float32(math.Inf(1))
	f.m.gen.params.Changed()
	require.NoError(t, h.steps(keepEvery, keepEvery+30))
	require.Len(t, said, 1)
	require.Contains(t, said[0].Reason, "100 steps before")
	require.True(t, f.learner.save().networks().finite())
	require.NoError(t, h.steps(keepEvery+30, 2*keepEvery+1))
	require.EqualValues(t, 2*keepEvery, h.at)

	f = prepared(t, waverTable(t, 220), quick(0))
	f.learner.(*watched).average.Save()[0].Data[0] = float32(math.NaN())
	var told *table.Error
	require.ErrorAs(t, f.finish(f.m.report), &told)
	require.Equal(t, "not-learned", told.Code)
}

// A rate far too high is an error or a model, never a panic or numbers out of bounds.
func TestMuchTooFast(t *testing.T) {
	for _, opt := range []Options{{LR: 1000}, {LR: 1000, Model: kindTVAE}, {LR: 1000, Preset: sdv}} {
		o := quick(60)
		o.LR, o.Model, o.Preset = opt.LR, opt.Model, opt.Preset
		undone := 0
		o.Warn = func(*table.Error) { undone++ }
		m, err := Fit(context.Background(), waverTable(t, 220), o)
		t.Logf("%+v: %d steps undone, %v", opt.Model+opt.Preset, undone, err)
		if err != nil {
			var told *table.Error
			require.True(t, errors.As(err, &told))
			require.Equal(t, "not-learned", told.Code)
			continue
		}
		require.True(t, state(m.gen.params.Save()).finite())
		require.Equal(t, 50, sampleRows(t, m, SampleOptions{Rows: 50}).Rows())
	}
}
