package nn

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
)

// trained is a hash of everything that a training run of both networks has written.
func trained(t *testing.T, sizes *ganSizes, steps int) string {
	t.Helper()
	g := newGan(sizes)
	batch := g.goldenBatch(0)
	batch.critic.gumbel, batch.generator.gumbel = nil, nil // drawn anew in each step
	for step := range steps {
		g.train(step, batch)
	}
	sum := uint64(0)
	for _, p := range []*Params{g.generator, g.critic} {
		for _, s := range p.Save() {
			sum = hash(fmt.Sprint(sum, s.Name, s.Data))
		}
	}
	return fmt.Sprintf("%x, losses %v %v", sum, g.criticLosses, g.genLosses)
}

// middling sizes are large enough for several threads to share the products, and small enough for pure Go.
func middling(t *testing.T) *ganSizes {
	c := goldenOf(t, "adult")
	c.Batch, c.Z, c.Hidden = 100, 40, 96
	return newGanSizes(c)
}

// A training run of 50 steps has the same bits on every family in assembly and on any number of threads. The products of pure
// Go round twice where assembly rounds once, so its bits are its own.
func TestTrainingIsBitEqual(t *testing.T) {
	old := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(old)
	want := map[bool]string{}
	for _, family := range kernels.Families() {
		restore, err := kernels.Use(family)
		require.NoError(t, err)
		steps, pure := 50, family == "generic"
		if pure || testing.Short() {
			steps = 4
		}
		for _, threads := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(threads)
			got := trained(t, middling(t), steps)
			if want[pure] == "" {
				want[pure] = got
				t.Logf("%s: %s", family, got)
			}
			require.Equal(t, want[pure], got, "%s, %d threads", family, threads)
		}
		restore()
	}
}
