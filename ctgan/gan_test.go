package ctgan

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// eachFamily runs a test on every family of kernels that this processor has.
func eachFamily(t *testing.T, f func(t *testing.T)) {
	for _, family := range kernels.Families() {
		t.Run(family, func(t *testing.T) {
			restore, err := kernels.Use(family)
			require.NoError(t, err)
			defer restore()
			f(t)
		})
	}
}

// A ganCase is what the critic's step is compared for.
type ganCase struct {
	preset string
	pac    int
	cond   bool
}

func (c ganCase) String() string { return fmt.Sprintf("%s pac %d cond %v", c.preset, c.pac, c.cond) }

func ganCases() []ganCase {
	var all []ganCase
	for _, pac := range []int{10, 1} {
		for _, cond := range []bool{true, false} {
			all = append(all, ganCase{sdv, pac, cond})
		}
	}
	return append(all, ganCase{synthcity, 1, true}, ganCase{synthcity, 1, false})
}

const ganRows = 60

// gan makes a small one, and a batch for it.
func (c ganCase) gan() (*gan, *batch) {
	s := presets[c.preset]
	s.Z, s.Gen, s.Critic, s.Pac, s.Batch = 16, []int{24, 24}, []int{40, 32}, c.pac, ganRows
	fields := []field{{Number: true, K: 4}, {K: 3, Cond: c.cond}, {K: 7, Cond: c.cond}, {Number: true, K: 9}, {K: 11}}
	l := newLayout(fields, c.preset == sdv)
	g := newGAN(&s, l, 3)
	sampler := newSampler(l, testMatrix(l, 200, 9), logFrequency)
	r := rng.New(2, rng.Demo, 10)
	b := &batch{}
	sampler.conditions(b, ganRows, &r)
	sampler.match(b, c.pac, make([]int32, ganRows), &r)
	return g, b
}

// plain is the critic as nn has it, which has one rate of dropout for all layers.
func (g *gan) plain() *nn.MLP {
	return &nn.MLP{Layers: g.critic.layers, Activation: nn.Activation{Kind: nn.LeakyReLU, Slope: g.critic.slope}, Drop: g.critic.drop[0]}
}

// plainCriticGrad is criticGrad written down as it is told: dense packs, their mixture, and the gradient of the critic at it.
func (g *gan) plainCriticGrad(step int64, b *batch) (loss, penalty float64) {
	t, critic := g.tape, g.plain()
	t.Reset()
	g.draws.Begin(2 * uint64(step))
	_, rows := g.fakes(b)
	g.first(rows, b)
	fake := beside(t, t.Reshape(t.Detach(rows), len(b.which)/g.s.Pac, g.s.Pac*g.l.width), &g.packed)
	packs := len(b.which) / g.s.Pac
	real := beside(t, t.Const(packsOf(&b.real)), &b.realCond)
	y := critic.Forward(t, t.Stack(fake, real), &g.draws)
	diff := nn.CriticLoss(t, t.Rows(y, 0, packs), t.Rows(y, packs, 2*packs))
	mixed := t.Input(t.Interpolate(real, fake, t.Const(g.mix(step, packs))).Value())
	far := nn.GradientPenalty(t, mixed, critic.Forward(t, mixed, &g.draws), float32(g.s.Penalty))
	g.critic.params.ZeroGrad()
	t.Backward(t.Add(diff, far))
	return float64(diff.Scalar()), float64(far.Scalar())
}

// packsOf is s with its zeros.
func packsOf(s *autograd.Sparse) tensor.Tensor {
	return tensor.FromSlice(slices.Concat(dense(s)...), s.Rows, s.Cols)
}

// beside puts conditions behind the rows of packs.
func beside(t *autograd.Tape, packs autograd.Var, cond *autograd.Sparse) autograd.Var {
	if cond.Cols == 0 {
		return packs
	}
	return t.Concat(packs, t.Const(packsOf(cond)))
}

func gradients(p *nn.Params) [][]float32 {
	var out [][]float32
	for _, q := range p.All() {
		out = append(out, slices.Clone(q.Grad))
	}
	return out
}

// apart is |a-b| by |b|.
func apart(a, b []float32) float64 {
	far, size := 0.0, 0.0
	for i := range b {
		d := float64(a[i]) - float64(b[i])
		far += d * d
		size += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(far / size)
}

// The critic's step multiplies the real packs' ones alone, and mixes the first layer's products in place of the packs. That is what the plain
// step gives, whose like nn compares with PyTorch.
func TestCriticStepEqualsThePlainOne(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, c := range ganCases() {
			g, b := c.gan()
			if c.preset == synthcity {
				g.critic.drop = []float32{0.1, 0.1} // a plain critic has one for all layers
			}
			g.criticGrad(4, b)
			got, loss, penalty := gradients(g.critic.params), g.last.Critic, g.last.Penalty
			wantLoss, wantPenalty := g.plainCriticGrad(4, b)
			want := gradients(g.critic.params)
			require.InEpsilon(t, wantLoss, loss, 1e-5, c)
			require.InEpsilon(t, wantPenalty, penalty, 1e-5, c)
			for i, q := range g.critic.params.All() {
				if i == len(want)-1 {
					// The last bias adds the same to fakes and real rows: its gradient is what rounding leaves of 0.
					require.Less(t, math.Abs(float64(got[i][0])), 1e-5, "%v: %s", c, q.Name)
					continue
				}
				require.LessOrEqual(t, apart(got[i], want[i]), 1e-4, "%v: %s", c, q.Name)
			}
		}
	})
}

// The critic's step leaves the generator alone: weights, gradients, all but the statistics of its BatchNorm.
func TestCriticStepLeavesTheGenerator(t *testing.T) {
	for _, c := range ganCases() {
		g, b := c.gan()
		for _, q := range g.gen.params.All() {
			kernels.Fill(q.Grad, 7)
		}
		before, weights := gradients(g.gen.params), valuesOf(g.gen.params)
		g.criticStep(0, b)
		require.Equal(t, before, gradients(g.gen.params), c)
		require.Equal(t, weights, valuesOf(g.gen.params), c)
	}
}

func valuesOf(p *nn.Params) [][]float32 {
	var out [][]float32
	for _, q := range p.All() {
		out = append(out, slices.Clone(q.Data.Data))
	}
	return out
}

// The generator's step leaves the critic alone.
func TestGeneratorStepLeavesTheCritic(t *testing.T) {
	for _, c := range ganCases() {
		g, b := c.gan()
		g.criticGrad(0, b)
		before, weights := gradients(g.critic.params), valuesOf(g.critic.params)
		g.generatorStep(0, b, g.asked)
		require.Equal(t, before, gradients(g.critic.params), c)
		require.Equal(t, weights, valuesOf(g.critic.params), c)
	}
}

// attachedCriticGrad is criticGrad as the peers do it: the generator's weights are on the tape, and get gradients that nobody uses.
func (g *gan) attachedCriticGrad(step int64, b *batch) {
	t := g.tape
	t.Reset()
	g.draws.Begin(2 * uint64(step))
	_, rows := g.fakes(b)
	fake := g.first(rows, b)
	real := g.critic.first(t, t.Sparse(&b.real), &b.realCond)
	packs := len(b.which) / g.s.Pac
	y := g.critic.judge(t, t.Stack(fake, real), &g.draws)
	loss := nn.CriticLoss(t, t.Rows(y, 0, packs), t.Rows(y, packs, 2*packs))
	penalty := g.critic.penalty(t, real, fake, t.Const(g.mix(step, packs)), float32(g.s.Penalty), &g.draws)
	g.critic.params.ZeroGrad()
	g.gen.params.ZeroGrad()
	t.Backward(t.Add(loss, penalty))
}

// A critic that learns from fakes which are constants learns the same, to the bit.
func TestDetachingIsExact(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, c := range ganCases() {
			g, b := c.gan()
			g.attachedCriticGrad(1, b)
			want := gradients(g.critic.params)
			unused := false
			for _, q := range g.gen.params.All() {
				unused = unused || kernels.Norm(q.Grad) > 0
			}
			require.True(t, unused, "the generator gets gradients that nobody uses")
			g.criticGrad(1, b)
			require.Equal(t, want, gradients(g.critic.params), c)
		}
	})
}

// The penalty of a linear critic is known: the norm of its gradient is that of its weights over all rows of a pack, wherever it is taken.
func TestPenaltyOfALinearCritic(t *testing.T) {
	for _, pac := range []int{1, 10} {
		g, b := ganCase{sdv, pac, true}.gan()
		g.critic.slope, g.critic.drop = 1, []float32{0, 0}
		w := g.critic.layers[0].Weight.Data
		for i := range w.Rows() {
			for j := range w.Cols() {
				w.Row(i)[j] *= 3 // so that the norm is not near 1, where the penalty is 0
			}
		}
		g.critic.params.Changed()
		g.criticGrad(0, b)
		sum := 0.0
		for i := range w.Rows() {
			v := 0.0
			for j := range w.Cols() {
				for k := range g.critic.layers[1].Weight.Data.Cols() {
					v += float64(w.Row(i)[j]) * float64(g.critic.layers[1].Weight.Data.Row(j)[k]) * float64(g.critic.layers[2].Weight.Data.Row(k)[0])
				}
			}
			sum += v * v
		}
		norm := math.Sqrt(sum)
		require.InEpsilon(t, 10*(norm-1)*(norm-1), g.last.Penalty, 1e-4, "pac %d, norm %g", pac, norm)
	}
}

// With Gumbel noise the largest of a field's logits is a draw by softmax, whatever the temperature of learning is.
func TestCodesAreDrawnBySoftmax(t *testing.T) {
	logits := []float32{0.3, -1, 2, 0.5, -3, 1.2}
	l := newLayout([]field{{K: 2}, {K: len(logits)}}, true)
	m := &Model{l: l, set: presets[sdv]}
	m.set.Batch = 4000
	w := m.peerWriter()
	x := slices.Repeat(append([]float32{5, -2}, logits...), m.set.Batch)
	shares, drawn := make([]float64, len(logits)), make([]float64, len(logits))
	for k, v := range logits {
		shares[k] = math.Exp(float64(v))
	}
	for round := range uint64(20) {
		w.gumbel = resize(w.gumbel, len(x))
		kernels.GumbelFill(w.gumbel, 11, rng.GANBlock, round, 0)
		w.pick(x)
		for k, n := range count(w.code[1], len(logits)) {
			drawn[k] += n
		}
	}
	near(t, shares, drawn, "codes")
}

// The head of learning is soft: shares that sum to 1, of which the largest is that of hard sampling.
func TestHeadIsSoft(t *testing.T) {
	g, b := ganCase{sdv, 10, true}.gan()
	g.tape.Reset()
	g.draws.Begin(0)
	logits, rows := g.fakes(b)
	for i := range ganRows {
		row, raw := rows.Data()[i*g.l.width:], logits.Data()[i*g.l.width:]
		require.InDelta(t, math.Tanh(float64(raw[0])), row[0], 1e-6, "a number goes through tanh")
		for f := range g.l.fields {
			sum := 0.0
			for k := range g.l.fields[f].K {
				sum += float64(row[g.l.codes(f)+k])
			}
			require.InDelta(t, 1, sum, 1e-5)
		}
	}
}

// What a pack says depends on its own rows alone, and the order of the rows in it matters.
func TestPacks(t *testing.T) {
	g, b := ganCase{sdv, 10, true}.gan()
	g.critic.drop = []float32{0, 0}
	x := slices.Concat(dense(&b.real)...)
	judge := func(x []float32) []float32 {
		g.tape.Reset()
		packs := g.tape.Const(tensor.FromSlice(x, b.real.Rows, b.real.Cols))
		return slices.Clone(g.critic.judge(g.tape, g.critic.first(g.tape, packs, &b.realCond), &g.draws).Data())
	}
	y := judge(x)
	width := b.real.Cols / 10
	swapped := slices.Clone(x)
	copy(swapped, x[width:2*width])
	copy(swapped[width:], x[:width])
	z := judge(swapped)
	require.NotEqual(t, y[0], z[0])
	require.Equal(t, y[1:], z[1:])
}

// A plain critic drops behind every hidden layer, synthcity's behind the first one alone.
func TestCriticDropsBehindItsLayers(t *testing.T) {
	for _, c := range []struct {
		preset string
		want   []float32
	}{{sdv, []float32{0.5, 0.5}}, {synthcity, []float32{0.1, 0}}} {
		g, _ := ganCase{c.preset, presets[c.preset].Pac, true}.gan()
		require.Equal(t, c.want, g.critic.drop)
	}
}
