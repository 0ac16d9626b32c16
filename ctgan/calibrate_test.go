package ctgan

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/tensor"
)

// headOf gives the shares that the generator writes for noise and conditions.
func headOf(m *Model, z tensor.Tensor, cond *autograd.Sparse) []float32 {
	t := autograd.New(&tensor.Arena{})
	return t.SpanHead(m.gen.logits(t, z, cond, writing), m.l.spans, 1, nil).Data()
}

// peerNoise gives the noise of 50 rows of a peer's preset, whose numbers must be what the generator makes of it.
func peerNoise(t *testing.T, m *Model) []float32 {
	w := m.peerWriter()
	w.draw(3, 0, 0, 50, -1)
	phase := writing
	if m.set.Preset == sdv {
		phase = blockwise
	}
	logits := m.gen.logits(autograd.New(&tensor.Arena{}), w.z, &w.b.cond, phase).Value()
	for f, x := range m.l.fields {
		if !x.Number {
			continue
		}
		for i := range w.num[f] {
			want := float64(logits.Row(i)[m.l.at[f]])
			if m.set.Preset == sdv {
				want = math.Tanh(want)
			}
			require.InDelta(t, want, w.num[f][i], 1e-4)
		}
	}
	return w.z.Data
}

// Wherever rows are written the noise is NoiseSD times that of learning, and the generator sees it: in rows of preset plus, in what its
// BatchNorm, balance and score go by, and in the peers' rows.
func TestNoiseSDScalesWhatIsWritten(t *testing.T) {
	const n = 50
	for name, draws := range map[string]struct {
		preset string
		of     func(t *testing.T, m *Model) []float32
	}{
		"rows of plus": {plus, func(t *testing.T, m *Model) []float32 {
			s := m.newSource(n, &wanted{})
			var rows []*draw.Row
			for i := range n {
				rows = append(rows, &draw.Row{Index: i, R: rng.New(4, rng.Demo, uint64(i))})
			}
			s.Begin(rows)
			require.InDeltaSlice(t, headOf(m, s.z, &s.b.cond), s.shares, 1e-5)
			return s.z.Data
		}},
		"looks of plus": {plus, func(t *testing.T, m *Model) []float32 {
			var p prober
			shares := p.shares(m, autograd.New(&tensor.Arena{}), 5, 6, n)
			require.InDeltaSlice(t, headOf(m, p.z, &p.b.cond), shares, 1e-5)
			return p.z.Data
		}},
		"rows of sdv":       {sdv, peerNoise},
		"rows of synthcity": {synthcity, peerNoise},
	} {
		t.Run(name, func(t *testing.T) {
			z := func(sd float64) []float32 {
				opt := tiny(draws.preset)
				opt.NoiseSD = sd
				return draws.of(t, prepared(t, smallTable(t, 120), opt).m)
			}
			one, none := z(1), z(0)
			require.Equal(t, one, none, "1 is the preset's")
			square := 0.0
			for _, x := range one {
				square += float64(x) * float64(x)
			}
			require.InDelta(t, 1, square/float64(len(one)), 0.25)
			for _, sd := range []float64{0.25, 4} {
				want := make([]float32, len(one))
				for i, x := range one {
					want[i] = float32(sd) * x // a power of 2 loses no bit
				}
				require.Equal(t, want, z(sd), "%g", sd)
			}
		})
	}
}

// learnedABit is a fitting of preset plus after some steps, before it is finished, of a table so small that no row is held out: no look has
// touched BatchNorm.
func learnedABit(t *testing.T) *fitting {
	t.Helper()
	opt := quick(0)
	opt.LR = 2e-3
	f := prepared(t, testTable(t, category("a", among(95, 1, numbered(6)...)...), category("b", among(95, 2, "x", "y", "z")...),
		whole("n", grades(95, 3, 40, 9)...)), opt)
	require.Empty(t, f.held)
	for n := range int64(40) {
		_, ok := f.learner.step(n)
		require.True(t, ok)
	}
	f.m.report = run.Report{Planned: 200, Steps: 200}
	return f
}

// population gives mean and unbiased variance of what the first BatchNorm reads, over all rows of some batches as they are written.
func population(m *Model, seed uint64, batches int) (mean, variance []float32) {
	block := &m.gen.blocks[0]
	var rows [][]float32
	var p prober
	for i := range batches {
		p.draw(m, seed, uint64(i), m.set.Batch)
		t := autograd.New(&tensor.Arena{})
		x := block.linear.ForwardConcat(t, t.Const(p.z), t.Sparse(&p.b.cond)).Value()
		for r := range x.Rows() {
			rows = append(rows, x.Row(r))
		}
	}
	for j := range rows[0] {
		sum, square := 0.0, 0.0
		for _, x := range rows {
			sum += float64(x[j])
		}
		middle := sum / float64(len(rows))
		for _, x := range rows {
			square += (float64(x[j]) - middle) * (float64(x[j]) - middle)
		}
		mean, variance = append(mean, float32(middle)), append(variance, float32(square/float64(len(rows)-1)))
	}
	return mean, variance
}

// A model of preset plus is written with BatchNorm's statistics of a population of written rows, not with the running estimates of learning,
// which are of other weights and other conditions.
func TestFinishedNormHasThePopulation(t *testing.T) {
	f := learnedABit(t)
	require.NoError(t, f.finish(f.m.report))
	norm := f.m.gen.blocks[0].norm
	mean, variance := population(f.m, 1, finishingOf(200).batches)
	require.Less(t, apart(norm.Mean.Data, mean), 1e-4)
	require.Less(t, apart(norm.Variance.Data, variance), 1e-4)

	g := learnedABit(t)
	require.NoError(t, g.learner.(*watched).done())
	running := g.m.gen.blocks[0].norm
	t.Logf("running estimates are %.2g and %.2g off", apart(running.Mean.Data, mean), apart(running.Variance.Data, variance))
	require.Greater(t, apart(running.Mean.Data, mean), 1e-2)
	require.Greater(t, apart(running.Variance.Data, variance), 1e-2)
	second := f.m.gen.blocks[1].norm
	require.Greater(t, apart(g.m.gen.blocks[1].norm.Mean.Data, second.Mean.Data), 1e-2, "the second is counted anew, too")
}

// farthestShare is by how much the share that a code is written with differs from the table's, at most, over all codes.
func farthestShare(m *Model) float64 {
	const n, seed = 3000, 77
	var p prober
	mean := make([]float64, m.l.width)
	for i, x := range p.shares(m, autograd.New(&tensor.Arena{}), seed, 3, n) {
		mean[i%m.l.width] += float64(x) / n
	}
	worst := 0.0
	for f, v := range m.first {
		for k, want := range m.enc.Vars()[v].Share {
			worst = max(worst, math.Abs(mean[m.l.at[f]+k]-want))
		}
	}
	return worst
}

// Finishing balances the last layer's biases: each code is written as often as the table has it, whatever learning made of it.
func TestFinishedRowsAreBalanced(t *testing.T) {
	f := learnedABit(t)
	require.NoError(t, f.learner.(*watched).done())
	before := farthestShare(f.m)
	require.NoError(t, f.finish(f.m.report))
	after := farthestShare(f.m)
	t.Logf("a share is %.3f off at most, %.3f before", after, before)
	require.Greater(t, before, 0.05)
	require.Less(t, after, 0.02)
}

// The generator of preset plus learns what is asked for by the logarithm of its frequency, so that rare codes are learned, and is asked by
// the true frequency when it writes: rows, and what BatchNorm and balance go by.
func TestPlusAsksByFrequency(t *testing.T) {
	f := prepared(t, lopsided(t, 4000), tiny(plus))
	m := f.m
	codes, err := m.enc.Codes(lopsided(t, 4000))
	require.NoError(t, err)
	table := count(codes[0], m.l.fields[0].K)
	require.ElementsMatch(t, []float64{3800, 200}, table)
	const n = 20_000
	var p prober
	p.draw(m, 1, 2, n)
	near(t, table, count(p.b.label, 2), "looks")

	s := m.newSource(n, &wanted{})
	var rows []*draw.Row
	for i := range n {
		rows = append(rows, &draw.Row{Index: i, R: rng.New(4, rng.Demo, uint64(i))})
	}
	s.begin(rows)
	near(t, table, count(s.b.label, 2), "rows")

	w := f.learner.(*watched)
	var b batch
	r := rng.New(1, rng.Demo, 22)
	w.sampler.conditions(&b, n, &r)
	logs := make([]float64, 2)
	for i, c := range count(w.sampler.m.code[0], 2) {
		logs[i] = math.Log(c + 1)
	}
	near(t, logs, count(b.label, 2), "learning")
}

// A small table gets 2,000 updates by preset plus, but no row is seen more than 1,250 times; a large one gets its passes.
func TestSmallTablesGetTheirUpdates(t *testing.T) {
	for rows, want := range map[int]int64{100: 300, 220: 550, 400: 1000, 1000: 2000, 3000: 2000, 5000: 3000} {
		set := presets[plus]
		set.Preset, set.Model = plus, kindCTGAN
		require.Equal(t, want, set.wholePlan(max(int64(rows/set.Batch), 1), rows), "%d rows", rows)
	}
	steps := int64(0)
	opt := Options{Noise: 2, Gen: []int{4}, Critic: []int{4, 4}, Batch: 10, Trace: func(Step) { steps++ }}
	tab := testTable(t, category("a", among(16, 1, "x", "y")...))
	m := fitPreset(t, tab, opt)
	require.EqualValues(t, 2000, steps)
	require.EqualValues(t, 2000, m.Report().Steps)
	opt.Epochs, steps = 3, 0
	fitPreset(t, tab, opt)
	require.EqualValues(t, 3, steps, "who says how many gets as many")
}
