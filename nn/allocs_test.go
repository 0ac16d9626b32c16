//go:build !race

package nn

import (
	"runtime"
	"runtime/debug"
	"testing"

	"example.org/cohort/kernels"
)

// After the first steps, training allocates nothing. A worker that meets another one for the first time gets scratch memory of
// its own, whenever that is, and the runtime itself allocates a little where threads wait long, as on an emulator; so there are
// several runs, and one of 100 steps must be without any, or all of them together with fewer than one in ten steps.
func TestTrainingAllocatesNothing(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	sizes := middling(t)
	if kernels.Family() == "generic" || testing.Short() {
		sizes = newGanSizes(goldenOf(t, "small")) // a hundred times less work
	}
	g := newGan(sizes)
	batch := g.goldenBatch(0)
	batch.critic.gumbel, batch.generator.gumbel = nil, nil
	for step := range 20 {
		g.train(step, batch)
	}
	var mallocs []uint64
	var sum uint64
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for step := range 100 {
			g.train(step, batch)
		}
		runtime.ReadMemStats(&after)
		if after.Mallocs == before.Mallocs {
			return
		}
		mallocs = append(mallocs, after.Mallocs-before.Mallocs)
		sum += after.Mallocs - before.Mallocs
	}
	if runtime.GOARCH == "arm64" && sum < 50 { // tested on an emulator
		t.Skipf("100 steps allocate %v", mallocs)
	}
	t.Fatalf("100 steps allocate each time: %v", mallocs)
}
