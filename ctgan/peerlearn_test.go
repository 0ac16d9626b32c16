package ctgan

import (
	"context"
	"flag"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// together lets kernels have several threads again. The networks of tests are so small that threads mostly wait for each other, and packages
// are tested side by side: only withProcs has several.
var together = func() {}

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		together = kernels.Apart()
	}
	os.Exit(m.Run())
}

// withProcs runs f with so many threads.
func withProcs(n int, f func()) {
	together()
	old := runtime.GOMAXPROCS(n)
	defer func() {
		runtime.GOMAXPROCS(old)
		together = kernels.Apart()
	}()
	f()
}

// shortRun learns a table and writes rows: losses, weights and cells.
func shortRun(t *testing.T, tab *table.Table, opt Options) (steps []Step, weights [][]float32, cells []string) {
	t.Helper()
	f := prepared(t, tab, opt)
	for n := range int64(5) {
		s, ok := f.learner.step(n)
		require.True(t, ok)
		s.Rows, s.CriticTime, s.GeneratorTime = 0, 0, 0
		steps = append(steps, s)
	}
	if f.m.set.peer() {
		cells = cellsOf(sampleRows(t, f.m, SampleOptions{Rows: 450, Seed: 4}))
	}
	return steps, valuesOf(f.m.gen.params), cells
}

// The same seed gives the same bits for one thread and for two, on avx2 and on avx512, and other bits for another seed.
func TestLearningIsDeterministic(t *testing.T) {
	tab := smallTable(t, 400)
	for _, preset := range []string{plus, sdv, synthcity} {
		opt := tiny(preset)
		opt.Gen, opt.Critic, opt.Batch = []int{96, 64}, []int{96, 48}, 200 // large enough for tasks of several chunks
		if kernels.Family() == "generic" {
			opt.Gen, opt.Batch = []int{16, 16}, 60
		}
		steps, weights, cells := shortRun(t, tab, opt)
		again := func(name string) {
			s, w, c := shortRun(t, tab, opt)
			require.Equal(t, steps, s, "%s: %s", preset, name)
			require.Equal(t, weights, w, "%s: %s", preset, name)
			require.Equal(t, cells, c, "%s: %s", preset, name)
		}
		everywhere(t, again)
		opt.Seed = 1
		s, w, _ := shortRun(t, tab, opt)
		require.NotEqual(t, steps, s)
		require.NotEqual(t, weights, w)
	}
}

// A learner that goes on from a saved state ends as one that was never stopped.
func TestLearningGoesOn(t *testing.T) {
	for _, preset := range []string{plus, sdv, synthcity} {
		opt := tiny(preset)
		opt.Epochs, opt.Batch = 0, 60
		one := prepared(t, smallTable(t, 250), opt).learner
		two := prepared(t, smallTable(t, 250), opt).learner
		for n := range int64(13) {
			if n == 5 {
				s := one.save().copy(nil)
				one.slower() // what is not saved must not matter
				one.step(n)
				require.NoError(t, two.load(s))
				require.NoError(t, one.load(s))
			}
			a, ok := one.step(n)
			require.True(t, ok)
			if n < 5 {
				continue
			}
			b, ok := two.step(n)
			require.True(t, ok)
			for _, s := range []*Step{&a, &b} {
				s.Rows, s.CriticTime, s.GeneratorTime = 0, 0, 0
			}
			require.Equal(t, a, b, "%s: step %d", preset, n)
		}
		require.Equal(t, one.save(), two.save(), preset)
	}
}

// toTheEnd does steps until the learner says that it is finished.
func toTheEnd(t *testing.T, g *loaded, from int64) (steps int64) {
	t.Helper()
	for n := from; ; n++ {
		require.Less(t, n, 2000*g.perEpoch())
		_, ok := g.step(n)
		require.True(t, ok)
		if g.finished() {
			return n + 1
		}
	}
}

// Early stopping ends a run after a look, not before pass 300, and after the same step if the run was stopped on the way.
func TestEarlyStop(t *testing.T) {
	g := stopping(t)
	steps := toTheEnd(t, g, 0)
	require.Zero(t, steps%(stopEvery*g.perEpoch()))
	require.GreaterOrEqual(t, steps, 300*g.perEpoch())
	if testing.Short() {
		return
	}
	m := fitPreset(t, stoppingTable(t), stoppingOptions())
	require.Equal(t, run.Report{Planned: 2000 * g.perEpoch(), Steps: steps, StoppedBy: "held-out score"}, m.Report())
	require.Equal(t, valuesOf(g.gen.params), valuesOf(m.gen.params))
	one, two := stopping(t), stopping(t)
	for n := range 160 * one.perEpoch() {
		one.step(n)
	}
	require.NoError(t, two.load(one.save().copy(nil)))
	require.Equal(t, one.stop.waits, two.stop.waits)
	require.Equal(t, steps, toTheEnd(t, two, 160*one.perEpoch()))
	require.Equal(t, valuesOf(g.gen.params), valuesOf(two.gen.params))
	require.Equal(t, g.stop.least, two.stop.least)
}

// A look that is cancelled undoes its step, so that a run that goes on does it again.
func TestCancelledLookUndoesItsStep(t *testing.T) {
	g, whole := stopping(t), stopping(t)
	last := stopEvery*g.perEpoch() - 1
	for n := range last {
		g.step(n)
		whole.step(n)
	}
	before := g.save().copy(nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g.ctx = ctx
	_, ok := g.step(last)
	require.True(t, ok)
	require.True(t, g.undone)
	require.Equal(t, before, g.save())
	g.ctx = context.Background()
	g.step(last)
	require.False(t, g.undone)
	whole.step(last)
	require.Equal(t, whole.save(), g.save())
	// Who asks learning to stop keeps the step, and nobody needs the look.
	halted := stopping(t)
	require.NoError(t, halted.load(before))
	closed := make(chan struct{})
	close(closed)
	halted.halt = closed
	halted.step(last)
	require.False(t, halted.undone)
	require.Equal(t, valuesOf(whole.gen.params), valuesOf(halted.gen.params))
	require.True(t, math.IsInf(float64(halted.stop.least), 1))
}

// areaUnder counts pairs.
func TestAreaUnder(t *testing.T) {
	require.Equal(t, 1.0, areaUnder([]float32{0.1, 0.2, 0.3, 0.4}, []int32{0, 0, 1, 1}))
	require.Equal(t, 0.0, areaUnder([]float32{0.3, 0.4, 0.1, 0.2}, []int32{0, 0, 1, 1}))
	require.Equal(t, 0.5, areaUnder([]float32{0.5, 0.5, 0.5, 0.5}, []int32{0, 1, 0, 1}))
	// Of six pairs of a 1 and a 0 the 1 lies above in two, and one is a tie.
	require.Equal(t, 2.5/6, areaUnder([]float32{0.1, 0.4, 0.2, 0.2, 0.5}, []int32{1, 0, 1, 0, 1}))
}

// Rows are dealt to folds alike from both halves.
func TestFolds(t *testing.T) {
	for _, n := range []int{6, 8, 20, 100} {
		fold := dealt(n)
		for half := range 2 {
			var sizes [stopFolds]int
			for _, f := range fold[half*n/2 : (half+1)*n/2] {
				sizes[f]++
			}
			require.LessOrEqual(t, slices.Max(sizes[:])-slices.Min(sizes[:]), 1)
		}
	}
	require.NotEqual(t, slices.Sorted(slices.Values(dealt(40)[:20])), dealt(40)[:20])
}

// Very small tables, tables of numbers alone and of categories alone are learned by both.
func TestPeersLearnOddTables(t *testing.T) {
	for name, tab := range map[string]*table.Table{
		"numbers":    testTable(t, whole("a", grades(60, 1, 10, 9)...), decimal("b", 0.01, drawn(60, 2, (*rng.Stream).Norm)...)),
		"categories": testTable(t, category("a", among(30, 1, "x", "y")...), category("b", among(30, 2, numbered(12)...)...)),
		"one column": testTable(t, category("a", "x", "y", "x")),
		"constant":   testTable(t, category("a", "x", "x", "x"), whole("b", 4, 4, 4)),
		"two rows":   testTable(t, category("a", "x", "y"), whole("b", 1, 900)),
		"zeros":      testTable(t, whole("b", spiked(40, 3)...)),
	} {
		for _, preset := range []string{sdv, synthcity} {
			m := fitPreset(t, tab, tiny(preset))
			require.Equal(t, 120, sampleRows(t, m, SampleOptions{Rows: 120}).Rows(), "%s: %s", preset, name)
		}
	}
}

// Without a column that can be asked for synthcity's peer draws no rows: it takes four fifths of them, each once.
func TestNothingToAskFor(t *testing.T) {
	f := prepared(t, testTable(t, whole("a", grades(101, 1, 0, 50)...)), tiny(synthcity))
	g := f.learner.(*loaded)
	require.Zero(t, g.l.condWidth)
	require.Len(t, g.ids, 80)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(g.ids))), 80)
	_, ok := g.step(0)
	require.True(t, ok)
	require.Zero(t, g.last.Condition)
}

// everywhere does a thing that was done on one thread again on several, and on the other kernels whose bits are those of the present ones.
func everywhere(t *testing.T, again func(name string)) {
	t.Helper()
	withProcs(3, func() { again("three threads") })
	for _, family := range []string{"avx2", "avx512"} {
		if !slices.Contains(kernels.Families(), family) || kernels.Family() == "generic" || kernels.Family() == family {
			continue
		}
		restore, err := kernels.Use(family)
		require.NoError(t, err)
		again(family)
		restore()
	}
}
