package nn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
)

const (
	lossError     = 1e-5
	gradientError = 1e-4
	zeroError     = 1e-5 // of a gradient that is 0 in truth, in proportion to that of the layer's weights
)

// goldenGans are the sizes that are compared. An emulated processor has time for the small ones.
func goldenGans() []string {
	if testing.Short() {
		return []string{"small"}
	}
	return []string{"small", "adult"}
}

// checkGradients compares all gradients of a store with a golden case's.
func checkGradients(t *testing.T, c goldenCase, prefix string, p *Params) {
	t.Helper()
	for _, q := range p.All() {
		name := prefix + "." + q.Name
		if c.Tensors[name].Norm < 1e-12 {
			weight := strings.TrimSuffix(name, "bias") + "weight"
			norm := kernels.Norm(q.Grad)
			t.Logf("%s: %.1e of the weights'", name, float64(norm)/c.Tensors[weight].Norm)
			require.LessOrEqual(t, float64(norm), zeroError*c.Tensors[weight].Norm, name)
			continue
		}
		far := c.far(t, name, q.Grad)
		t.Logf("%s: %.1e", name, far)
		require.LessOrEqual(t, far, gradientError, name)
	}
}

// One critic step with packs and penalty and one generator step give PyTorch's losses and gradients.
func TestGanStepAgainstGolden(t *testing.T) {
	for _, name := range goldenGans() {
		c := goldenOf(t, name)
		eachFamily(t, func(t *testing.T) {
			g := newGan(newGanSizes(c))
			g.setGolden()
			b := g.goldenBatch(0)
			near := func(name string, got float32) {
				off := c.off(t, name, got)
				t.Logf("%s %s: %.1e", c.Salt, name, off)
				require.LessOrEqual(t, off, lossError, name)
			}
			g.criticStep(0, b, true)
			checkGradients(t, c, "penalty", g.critic)
			g.criticStep(0, b, false)
			checkGradients(t, c, "total", g.critic)
			near("critic.loss", g.criticLosses[0])
			near("critic.penalty", g.criticLosses[1])
			g.generatorStep(b)
			checkGradients(t, c, "total", g.generator)
			near("generator.loss", g.genLosses[0])
			near("generator.entropy", g.genLosses[1])
		})
	}
}

// Ten steps of both, each with what the steps before have learned. The adversarial loss is a small difference of means, in
// which PyTorch's own float32 differs from its float64 by up to 8e-4 of it; the losses that are minimised don't.
func TestTenGanStepsAgainstGolden(t *testing.T) {
	for _, name := range goldenGans() {
		c := goldenOf(t, name+"-ten")
		eachFamily(t, func(t *testing.T) {
			if name == "adult" && kernels.Family() == "generic" {
				return // a step takes two seconds, and TestGanStepAgainstGolden does one
			}
			g := newGan(newGanSizes(c))
			g.setGolden()
			worst := 0.0
			for step := range 10 {
				g.train(step, g.goldenBatch(step))
				for name, got := range map[string][2]float32{"critic": g.criticLosses, "generator": g.genLosses} {
					for i, part := range []string{"a", "b"} {
						off := c.off(t, fmt.Sprintf("%d.%s.%s", step, name, part), got[i])
						worst = max(worst, off)
						require.LessOrEqual(t, off, 1e-3, "step %d, %s %s", step, name, part)
					}
				}
			}
			t.Logf("%s: losses within %.1e", c.Salt, worst)
		})
	}
}
