package ctgan

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/tensor"
)

func cityValues(t *testing.T) {
	s := presets[synthcity]
	require.Equal(t, settings{Preset: s.Preset, Z: 500, NoiseSD: 1, Gen: []int{500, 500}, Critic: []int{500, 500}, Pac: 1, Batch: 200,
		Epochs: 2000, LR: 1e-3, Beta1: 0.5, Beta2: 0.999, Decay: 1e-3, Clip: 1, Slope: 0.01, Drop: []float64{0.1, 0}, Penalty: 10, Tau: 0.2,
		Components: 10, EarlyStop: true}, s)
	// The second block is as wide as what it reads: noise, condition and the first block.
	m := learned[synthcity]()
	require.Equal(t, 16, m.gen.blocks[0].linear.Weight.Data.Cols())
	require.Equal(t, 16+m.set.Z+m.l.condWidth, m.gen.blocks[1].linear.Weight.Data.Cols())
	require.Nil(t, m.gen.blocks[0].norm)
}

func cityHasNoDropout(t *testing.T) {
	m := learned[synthcity]()
	z := noise(50, m.set.Z, 4)
	require.Equal(t, through(m, z, 1, training), through(m, z, 1, training), "learning draws nothing in the generator")
}

func cityDecays(t *testing.T) {
	g, _ := ganCase{synthcity, 1, true}.gan()
	require.EqualValues(t, float32(1e-3), g.genOpt.Decay)
	require.EqualValues(t, float32(1e-3), g.critOpt.Decay)
	require.False(t, g.genOpt.Decoupled || g.critOpt.Decoupled)
	// The package takes another decay and never uses it. Only its own is accepted here.
	_, _, err := Options{Preset: synthcity, Decay: 0.5}.resolve()
	require.Contains(t, requireCode(t, err, "bad-option").Reason, "decay")
	_, s, err := Options{Preset: synthcity, Decay: 1e-3}.resolve()
	require.NoError(t, err)
	require.Equal(t, 1e-3, s.Decay)
	_, s, err = Options{Preset: sdv, Decay: 0.5}.resolve()
	require.NoError(t, err)
	require.Equal(t, 0.5, s.Decay, "the other package's counts")
}

func citySeeds(t *testing.T) {
	opt := tiny(synthcity)
	one := prepared(t, smallTable(t, 400), opt).learner.(*loaded)
	opt.Seed = 2
	two := prepared(t, smallTable(t, 400), opt).learner.(*loaded)
	require.Equal(t, valuesOf(one.gen.params), valuesOf(two.gen.params))
	require.Equal(t, valuesOf(one.critic.params), valuesOf(two.critic.params))
	require.Zero(t, one.draws.Seed|two.draws.Seed, "the noise of learning")
	require.NotEqual(t, one.ids, two.ids)
	require.NotEqual(t, one.field, two.field)
	opt.Preset = sdv
	other := prepared(t, smallTable(t, 400), opt).learner.(*sampled)
	opt.Seed = 1
	require.NotEqual(t, valuesOf(prepared(t, smallTable(t, 400), opt).learner.(*sampled).gen.params), valuesOf(other.gen.params))
}

func cityClasses(t *testing.T) {
	ten, _, _ := column(t, synthcity, category("c", among(300, 1, numbered(10)...)...))
	require.Nil(t, ten.Mix)
	require.Len(t, ten.Labels, 10)
	whole10, _, _ := column(t, synthcity, whole("n", drawn(300, 2, func(r *rng.Stream) int64 { return int64(5 * r.Intn(10)) })...))
	require.Nil(t, whole10.Mix)
	require.Equal(t, []int64{0, 5, 10, 15, 20, 25, 30, 35, 40, 45}, whole10.Labels)
	words, c, _ := column(t, synthcity, category("c", "Pear", "apple", "", "Pear", "Apple"))
	var texts []string
	for _, v := range words.Labels[:3] {
		texts = append(texts, c.Values[v])
	}
	require.Equal(t, []string{"Apple", "Pear", "apple"}, texts, "in order of text")
	require.EqualValues(t, -1, words.Labels[3])
	// Of 11 to 14 different numbers their places are modelled, not they.
	some, _, _ := column(t, synthcity, whole("n", drawn(300, 3, func(r *rng.Stream) int64 { n := int64(r.Intn(12)); return n * n })...))
	require.NotNil(t, some.Mix)
	require.EqualValues(t, 121, some.Labels[11])
	require.EqualValues(t, 11, some.High)
	many, _, _ := column(t, synthcity, whole("n", grades(300, 4, 0, 20)...))
	require.NotNil(t, many.Mix)
	require.Nil(t, many.Labels)
}

func cityLabelsAreNumbers(t *testing.T) {
	p, c, cells := column(t, synthcity, category("school", among(2000, 5, numbered(11)...)...))
	require.NotNil(t, p.Mix)
	require.Equal(t, 0.0, p.Low)
	require.Equal(t, 10.0, p.High)
	for i, v := range p.numbers(cells, c.Step)[:100] {
		require.Equal(t, fmt.Sprintf("v%02d", int(v)), c.Values[cells[i]], "the place in alphabetical order")
	}
	p.Mix.Mean[0], p.Mix.SD[0] = 4, 0.25
	require.Equal(t, "v04", c.Values[cellOf(&p, c, 0, 0.9)], "4.9: one category below the nearest")
	p.Mix.SD[0] = 25
	require.Equal(t, "v10", c.Values[cellOf(&p, c, 0, 1e9)], "what is far out is cut back")
	coder := &peerCoder{Columns: []peerColumn{p}}
	require.False(t, coder.fields()[0].Cond, "it can't be asked for")
	var plain peerColumn
	plain, _, _ = column(t, sdv, category("school", among(2000, 5, numbered(11)...)...))
	require.Nil(t, plain.Mix)
}

func cityTruncates(t *testing.T) {
	p, c, _ := column(t, synthcity, whole("x", grades(3000, 6, 0, 30)...))
	p.Mix.Mean[0], p.Mix.SD[0] = 0, 1
	require.EqualValues(t, 3, cellOf(&p, c, 0, 3.9/4))
	require.EqualValues(t, -3, cellOf(&p, c, 0, -3.9/4))
	require.EqualValues(t, 0, cellOf(&p, c, 0, -0.9/4))
	// A generator is never exact: of ages written with a small error half come out a year too young.
	p, c, cells := column(t, synthcity, whole("age", grades(3000, 7, 40, 12)...))
	shares := make([]float64, len(p.Mix.Mean))
	r := rng.New(1, rng.Demo, 23)
	bias := 0.0
	for _, v := range cells {
		k, num := p.number(float64(v), shares, 0)
		off := float32((r.Float64() - 0.5) * 0.5 / (spread * p.Mix.SD[p.Slots[k]])) // a quarter of a year
		bias += float64(cellOf(&p, c, int(k), num+off)-v) / float64(len(cells))
	}
	require.InDelta(t, -0.5, bias, 0.06)
}

func cityLikeliest(t *testing.T) {
	p, _, cells := column(t, synthcity, whole("x", grades(1000, 8, 10, 6)...))
	shares := make([]float64, len(p.Mix.Mean))
	for r, v := range cells {
		k, num := p.number(float64(v), shares, uint64(r))
		require.Equal(t, slices.Max(shares), shares[k])
		require.LessOrEqual(t, math.Abs(float64(num)), 0.99)
	}
}

func citySlots(t *testing.T) {
	p, _, _ := column(t, synthcity, whole("x", spiked(3000, 9)...))
	require.Len(t, p.Slots, 10)
	require.Less(t, slices.Min(p.Mix.Weight), 0.005, "one of them is dead")
	coder := &peerCoder{Columns: []peerColumn{p}}
	require.Equal(t, []field{{Number: true, K: 10}}, coder.fields())
}

func cityHasRange(t *testing.T) {
	p, c, cells := column(t, synthcity, whole("x", spiked(2000, 10)...))
	for s := range p.Slots {
		for _, x := range []float32{-9, -1, 0, 1, 9, float32(math.Inf(1)), float32(math.NaN())} {
			v := cellOf(&p, c, s, x)
			require.True(t, v >= slices.Min(cells) && v <= slices.Max(cells), v)
		}
	}
}

func cityHeadIsIdentity(t *testing.T) {
	g, b := ganCase{synthcity, 1, true}.gan()
	for _, q := range g.gen.params.All() {
		for i := range q.Data.Data {
			q.Data.Data[i] *= 4
		}
		q.Changed()
	}
	g.tape.Reset()
	g.draws.Begin(0)
	logits, rows := g.fakes(b)
	beyond := false
	for i := range ganRows {
		x := rows.Data()[i*g.l.width]
		require.Equal(t, logits.Data()[i*g.l.width], x)
		beyond = beyond || math.Abs(float64(x)) > 1
	}
	require.True(t, beyond)
}

func cityClips(t *testing.T) {
	g, b := ganCase{synthcity, 1, true}.gan()
	g.criticGrad(0, b)
	for _, q := range g.critic.params.All() {
		for i := range q.Grad {
			q.Grad[i] *= 1e4
		}
	}
	clipped, _ := ganCase{synthcity, 1, true}.gan()
	for i, q := range clipped.critic.params.All() {
		copy(q.Grad, g.critic.params.All()[i].Grad)
	}
	require.Greater(t, clipped.critic.params.ClipGrad(1), float32(1))
	clipped.critOpt.Step()
	g.update(g.critOpt, float64(g.critic.params.GradNorm()))
	for i, q := range clipped.critic.params.All() {
		require.Equal(t, q.Data.Data, g.critic.params.All()[i].Data.Data)
	}
	require.Zero(t, presets[sdv].Clip)
	require.Zero(t, presets[plus].Clip)
}

func cityUsesHalf(t *testing.T) {
	const n = 6000
	l := newLayout([]field{{K: 3, Cond: true}, {K: 6, Cond: true}}, false)
	s := presets[synthcity]
	s.Z, s.Gen, s.Critic = 2, []int{2}, []int{2}
	m := testMatrix(l, n, 11)
	g := newLoaded(newGAN(&s, l, 1), m, 1)
	distinct := slices.Compact(slices.Sorted(slices.Values(g.ids)))
	require.InDelta(t, 0.8*(1-1/math.E), float64(len(distinct))/n, 0.015)
	require.InDelta(t, 0.8, float64(len(g.ids))/n, 0.02, "some are there several times")
}

func cityConditionsSayNothing(t *testing.T) {
	const n = 6000
	l := newLayout([]field{{K: 2, Cond: true}}, false)
	s := presets[synthcity]
	s.Z, s.Gen, s.Critic, s.Batch = 2, []int{2}, []int{2}, n
	m := &matrix{rows: n, num: make([][]float32, 1), code: [][]int32{drawn(n, 12, func(r *rng.Stream) int32 { return int32(r.Intn(2)) })}}
	g := newLoaded(newGAN(&s, l, 1), m, 1)
	g.take(g.ids)
	same := 0
	asked := dense(&g.b.realCond)
	for i, row := range dense(&g.b.real) {
		if row[0] == asked[i][0] { // the row's code and the condition beside it
			same++
		}
	}
	require.InDelta(t, 0.5, float64(same)/float64(len(g.ids)), 0.035, "in package ctgan it is 1")
	// It is the condition drawn for the slot whose number is that of the row.
	for i, id := range g.ids {
		require.Equal(t, g.label[id], g.b.label[i])
	}
}

// plainLoss is the peer's condition loss as its text has it: rows of shares, one-hot conditions, and the codes of real rows.
func plainLoss(l *layout, shares, cond [][]float32, code func(f, i int) int32) float64 {
	total, from := 0.0, 0
	for _, f := range l.cond {
		k, active, sum := l.fields[f].K, 0, 0.0
		for i, c := range cond {
			if slices.Contains(c[from:from+k], 1) {
				active++
				sum -= math.Log(float64(shares[i][l.codes(f)+int(code(f, i))]) + 1e-8)
			}
		}
		if active == 0 {
			continue // and the next column is looked for at the same place
		}
		from += k
		total += sum / float64(active)
	}
	return total / float64(len(cond))
}

// lossOf gives the loss of a batch and what it should be. asked chooses the condition of each row.
func lossOf(t *testing.T, asked func(r *rng.Stream) (field, label int32)) (got, want float64, g *loaded) {
	l := newLayout([]field{{Number: true, K: 2}, {K: 2, Cond: true}, {K: 5, Cond: true}, {K: 3, Cond: true}}, false)
	s := presets[synthcity]
	s.Z, s.Gen, s.Critic = 4, []int{4}, []int{4}
	m := testMatrix(l, 120, 13)
	g = newLoaded(newGAN(&s, l, 1), m, 1)
	r := rng.New(3, rng.Demo, 24)
	for i := range g.field {
		g.field[i], g.label[i] = asked(&r)
	}
	ids := g.ids[:50]
	g.take(ids)
	g.tape.Reset()
	g.draws.Begin(0)
	_, rows := g.fakes(&g.b)
	got = float64(g.likely(g.tape, rows, ids).Scalar())
	var shares [][]float32
	for i := range ids {
		shares = append(shares, slices.Clone(rows.Data()[i*l.width:][:l.width]))
	}
	want = plainLoss(l, shares, dense(&g.b.cond), func(f, i int) int32 { return m.code[f][ids[i]] })
	return got, want, g
}

func cityLoss(t *testing.T) {
	got, want, g := lossOf(t, func(r *rng.Stream) (int32, int32) {
		f := int32(r.Intn(3))
		return f, int32(r.Intn([]int{2, 5, 3}[f]))
	})
	require.InEpsilon(t, want, got, 1e-5)
	require.Less(t, got, 3*20.0/50, "three means of at most 18, by the batch")
	g.generatorStep(0, &g.b, nil)
	require.Zero(t, g.last.Condition)
}

func cityLossMisplaced(t *testing.T) {
	for skipped := range int32(3) {
		got, want, _ := lossOf(t, func(r *rng.Stream) (int32, int32) {
			f := (skipped + 1 + int32(r.Intn(2))) % 3
			return f, int32(r.Intn([]int{2, 5, 3}[f]))
		})
		require.InEpsilon(t, want, got, 1e-5, "no row asks for field %d", skipped)
	}
	got, want, _ := lossOf(t, func(r *rng.Stream) (int32, int32) { return 2, int32(r.Intn(3)) })
	require.Zero(t, want, "the places of the last field are looked for at the beginning, and further on at the same place")
	require.Zero(t, got)
}

func cityAsksByFrequency(t *testing.T) {
	m := prepared(t, lopsided(t, 4000), tiny(synthcity)).m
	near(t, []float64{0.95, 0.05}, askedOf(m, 20_000), "codes")
}

func cityPasses(t *testing.T) {
	f := prepared(t, smallTable(t, 400), Options{Preset: synthcity, Epochs: 7, Noise: 8, Gen: []int{8}, Critic: []int{8, 8}, Batch: 120})
	g := f.learner.(*loaded)
	per := g.perEpoch()
	require.EqualValues(t, (len(g.ids)+119)/120, per)
	require.Equal(t, 7*per, f.planned(), "the number asked for is of passes")
	require.EqualValues(t, 2000, presets[synthcity].Epochs)
	var orders [2][]int32
	for n := range 2 * per {
		_, ok := g.step(n)
		require.True(t, ok)
		want := min(120, len(g.ids)-int(n%per)*120)
		require.Len(t, g.b.which, want)
		orders[n/per] = slices.Clone(g.order)
	}
	require.NotEqual(t, orders[0], orders[1])
	require.ElementsMatch(t, g.ids, orders[0])
	require.ElementsMatch(t, g.ids, orders[1])
}

func cityEarliestStop(t *testing.T) {
	s := newStopper(make([]int32, 10))
	ends := func(areas ...float32) (pass int64) {
		*s = stopper{held: s.held, least: float32(math.Inf(1))}
		for pass = 1; !s.ended && pass < 5000; pass++ {
			if s.due(pass) {
				s.hear(areas[min(int(pass/stopEvery)-1, len(areas)-1)], pass)
			}
		}
		return pass - 1
	}
	require.EqualValues(t, 300, ends(0.5), "the first look is always better than none")
	require.EqualValues(t, 350, ends(0.6, 0.5, 0.5), "as good is not better")
	require.EqualValues(t, 600, ends(0.9, 0.8, 0.9, 0.9, 0.9, 0.9, 0.7, 0.7), "patience begins anew")
	require.EqualValues(t, 300, ends(0.5, float32(math.NaN())))
	var none *stopper
	require.False(t, none.due(50))
	require.Nil(t, newStopper(make([]int32, 2)), "three folds need three rows")
	for epochs, want := range map[int]bool{0: true, 2000: false, 1: false} {
		_, set, err := Options{Preset: synthcity, Epochs: epochs}.resolve()
		require.NoError(t, err)
		require.Equal(t, want, set.EarlyStop, "a number of passes that is asked for is kept")
	}
}

func cityHoldsOut(t *testing.T) {
	opt := tiny(synthcity)
	opt.Epochs = 0
	f := prepared(t, smallTable(t, 403), opt)
	g := f.learner.(*loaded)
	require.Len(t, g.stop.held, 403-322, "four fifths, rounded down, learn")
	for _, id := range g.stop.held {
		require.NotContains(t, g.ids, id)
	}
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(g.stop.held))), 81)
}

// stopping is a learner with looks, of a small table.
func stopping(t *testing.T) *loaded {
	return prepared(t, stoppingTable(t), stoppingOptions()).learner.(*loaded)
}

func stoppingOptions() Options {
	return Options{Preset: synthcity, Batch: 500, Noise: 4, Gen: []int{6, 6}, Critic: []int{6, 6}}
}

func stoppingTable(t *testing.T) *table.Table {
	return testTable(t, category("sex", among(40, 1, "F", "M")...), category("reason", among(40, 3, "course", "home", "other")...),
		decimal("mark", 0.1, drawn(40, 6, func(r *rng.Stream) float64 { return 10 + 3*r.Norm() })...))
}

func cityKeepsTheLast(t *testing.T) {
	with, without := stopping(t), stopping(t)
	without.stop = nil
	for n := range int64(120) {
		with.step(n)
		without.step(n)
	}
	require.False(t, math.IsInf(float64(with.stop.least), 1), "it has looked")
	require.Equal(t, valuesOf(without.gen.params), valuesOf(with.gen.params))
	require.False(t, with.finished() || without.finished())
}

func never() bool { return false }

func cityDetectorIsNoisy(t *testing.T) {
	s := newStopper(make([]int32, 3))
	halves := func(shift float64) tensor.Tensor {
		r := rng.New(4, rng.Demo, 25)
		x := tensor.New(240, 4)
		for i := range x.Data {
			x.Data[i] = float32(r.Norm())
			if i >= len(x.Data)/2 {
				x.Data[i] += float32(shift)
			}
		}
		return x
	}
	same, far := s.area(never, halves(0)), s.area(never, halves(4))
	require.InDelta(t, 0.5, same, 0.12)
	require.Greater(t, far, 0.8)
	d, again := newDetector(s.tape, 4), newDetector(s.tape, 4)
	first := d.shares(halves(0))
	require.Equal(t, first, again.shares(halves(0)), "every look draws the same")
	require.NotEqual(t, first, d.shares(halves(0)), "it answers otherwise when it is asked again")
}

func cityDropsDoubles(t *testing.T) {
	tab := testTable(t, category("a", among(200, 1, "x", "x", "y")...), category("b", among(200, 2, "p", "p", "p", "q")...))
	m := fitPreset(t, tab, tiny(synthcity))
	require.Equal(t, 200, m.pageRows())
	rows, set, err := m.Sample(context.Background(), SampleOptions{Rows: 600, Seed: 1})
	require.NoError(t, err)
	require.Zero(t, set)
	kinds := map[string]int{}
	for _, c := range cellsOf(rows) {
		kinds[c]++
	}
	require.Len(t, kinds, 4)
	for _, n := range kinds {
		require.InDelta(t, 150, n, 6, "every round has each of them once")
	}
}

func cityGivesUp(t *testing.T) {
	opt := tiny(synthcity)
	opt.Noise, opt.Gen = 2, []int{2}
	m := fitPreset(t, testTable(t, category("a", slices.Repeat([]string{"x"}, 510)...)), opt)
	rows, set, err := m.Sample(context.Background(), SampleOptions{Rows: 520, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, 520, rows.Rows(), "as many as were asked for")
	require.EqualValues(t, 9, set, "500 rows come from 500 rounds, and one more is no double; the next page begins anew")
	_, set, err = m.Sample(context.Background(), SampleOptions{First: 505, Rows: 4, Seed: 1})
	require.NoError(t, err)
	require.EqualValues(t, 4, set, "of those that were asked for")
}

func cityPages(t *testing.T) {
	m := learned[synthcity]()
	require.Equal(t, 400, m.pageRows())
	requireParts(t, m, 400)
	several := map[string]bool{}
	for _, c := range cellsOf(sampleRows(t, m, SampleOptions{Rows: 400, Seed: 3})) {
		require.False(t, several[c])
		several[c] = true
	}
	// A large page goes through the generator in parts, each with noise of its own, however many at a time.
	large := *m
	large.rows = 1200
	requireParts(t, &large, 1200)
	rows := cellsOf(sampleRows(t, &large, SampleOptions{Rows: 1200}))
	require.NotSubset(t, rows[:500], rows[500:1000])
	p := large.newPage(&sync.Pool{New: func() any { return large.peerWriter() }})
	p.draw(0, 0, 500)
	p.draw(0, 500, 1000)
	require.NotEqual(t, p.round[5][:500], p.round[5][500:1000])
	again := large.newPage(p.writers)
	for from := 0; from < 1000; from += fewRows { // in whatever parts
		again.draw(0, from, from+fewRows)
	}
	for f := range p.round {
		require.Equal(t, p.round[f][:1000], again.round[f][:1000])
	}
	require.Equal(t, int64(400), m.PageRows())
	require.Equal(t, int64(1), (&Model{set: settings{Preset: plus}}).PageRows())
	for rows, page := range map[int]int{0: 100, 99: 100, 5000: 5000, 1 << 20: 1 << 16} {
		big := &Model{set: presets[synthcity], rows: rows}
		require.Equal(t, page, big.pageRows())
	}
}
