package ctgan

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/tensor"
)

// tiny are networks that learn nothing much, in no time.
func tiny(preset string) Options {
	return Options{Preset: preset, Epochs: 2, Noise: 12, Gen: []int{16, 16}, Critic: []int{16, 16}}
}

// learned is a model of smallTable by preset, made once.
var learned = map[string]func() *Model{
	sdv:       sync.OnceValue(func() *Model { return mustFit(sdv) }),
	synthcity: sync.OnceValue(func() *Model { return mustFit(synthcity) }),
}

func mustFit(preset string) *Model {
	m, err := Fit(context.Background(), smallTable(new(testing.T), 400), tiny(preset))
	if err != nil {
		panic(err)
	}
	return m
}

// column gives how a preset writes a column, and its cells.
func column(t *testing.T, preset string, c testColumn) (peerColumn, *table.Column, []int64) {
	t.Helper()
	tab := refined(testTable(t, c))
	src := peerTable{tab, tab.Schema()}
	p, err := fitPeerColumn(preset, &tab.Schema().Columns[0], src.cells(0))
	require.NoError(t, err)
	return p, &tab.Schema().Columns[0], src.cells(0)
}

// cellOf decodes one number.
func cellOf(p *peerColumn, c *table.Column, slot int, num float32) int64 {
	var dst [1]int64
	p.decode(dst[:], []int32{int32(slot)}, []float32{num}, c)
	return dst[0]
}

// prepared is a fit before its first step.
func prepared(t testing.TB, tab *table.Table, opt Options) *fitting {
	t.Helper()
	o, set, err := opt.resolve()
	require.NoError(t, err)
	f := &fitting{ctx: context.Background(), opt: o, m: &Model{set: set, rows: tab.Rows()}}
	f.opt.Progress = func(string, int64, int64) {}
	require.NoError(t, f.encode(tab))
	require.NoError(t, f.fits())
	f.prepare()
	return f
}

func sdvValues(t *testing.T) {
	s := presets[sdv]
	require.Equal(t, settings{Preset: s.Preset, Z: 128, NoiseSD: 1, Gen: []int{256, 256}, Critic: []int{256, 256}, BatchNorm: true, Pac: 10,
		Batch: 500, Epochs: 300, LR: 2e-4, Beta1: 0.5, Beta2: 0.9, Decay: 1e-6, Slope: 0.2, Drop: []float64{0.5, 0.5}, Penalty: 10, Tau: 0.2,
		Components: 10}, s)
}

func sdvLabels(t *testing.T) {
	p, c, _ := column(t, sdv, category("c", "b", "", "a", "b", "c", ""))
	var words []string
	for _, v := range p.Labels[:3] {
		words = append(words, c.Values[v])
	}
	require.Equal(t, []string{"b", "a", "c"}, words)
	require.EqualValues(t, -1, p.Labels[3])
}

func sdvDrawsComponents(t *testing.T) {
	p, _, _ := column(t, sdv, whole("x", slices.Concat(grades(900, 1, 0, 4), grades(600, 2, 9, 4))...))
	require.Greater(t, len(p.Slots), 1)
	shares := make([]float64, len(p.Mix.Mean))
	const n = 20_000
	got := make([]float64, len(p.Slots))
	for r := range uint64(n) {
		k, _ := p.number(4, shares, r)
		got[k]++
		again, _ := p.number(4, shares, r)
		require.Equal(t, k, again, "a row's component is drawn once")
	}
	var want []float64
	for _, k := range p.Slots {
		want = append(want, shares[k]+1e-6)
	}
	near(t, want, got, "components")
	require.Less(t, slices.Max(got), 0.99*n, "the value lies between two")
}

func sdvHasNoRange(t *testing.T) {
	p, c, cells := column(t, sdv, whole("x", drawn(2000, 3, func(r *rng.Stream) int64 { return int64(r.Intn(1000)) })...))
	least, most := slices.Min(cells), slices.Max(cells)
	under, over := int64(0), int64(0)
	for s := range p.Slots {
		under, over = min(under, cellOf(&p, c, s, -1)), max(over, cellOf(&p, c, s, 1))
	}
	require.Less(t, under, least, "an amount below 0")
	require.Greater(t, over, most)
	// A table takes what lies outside.
	rows := sampleRows(t, learned[sdv](), SampleOptions{Rows: 2000, Seed: 1})
	require.Equal(t, 2000, rows.Rows())
}

func sdvRounds(t *testing.T) {
	rows := sampleRows(t, learned[sdv](), SampleOptions{Rows: 500, Seed: 2})
	off := 0
	for _, x := range rows.Floats(5) {
		if tenths := 10 * x; math.Abs(tenths-math.Round(tenths)) > 1e-3 {
			off++
		}
	}
	require.Greater(t, off, 400, "marks are off the table's tenths")
	p, c, _ := column(t, sdv, whole("x", grades(500, 4, 10, 3)...))
	p.Mix.Mean[p.Slots[0]], p.Mix.SD[p.Slots[0]] = 2.5, 0.25
	require.EqualValues(t, 2, cellOf(&p, c, 0, 0))
	require.EqualValues(t, 4, cellOf(&p, c, 0, 1), "3.5")
	require.EqualValues(t, 3, cellOf(&p, c, 0, 0.2), "2.7")
	require.EqualValues(t, 2, cellOf(&p, c, 0, -0.2), "2.3")
}

func peersRefuseGaps(t *testing.T) {
	gap := whole("score", 1, 2, math.MinInt64, 4, 5, 6)
	s := &table.Schema{Columns: []table.Column{{Name: "score", Kind: table.Whole, Step: 1, Marks: []string{"ABS"}}}}
	marked, err := table.New(s, []any{[]int64{1, 2, math.MinInt64 + 1, 4}})
	require.NoError(t, err)
	for _, preset := range []string{sdv, synthcity} {
		for _, tab := range []*table.Table{testTable(t, gap), marked} {
			_, err := Fit(context.Background(), tab, tiny(preset))
			var e *table.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "preset-gaps", e.Code)
			require.Equal(t, "score", e.Column)
			require.Contains(t, e.Fix, "plus")
		}
	}
	// A category without a value is one more category.
	m := fitPreset(t, testTable(t, category("c", "a", "", "b", "a", "", "b", "a", "b")), tiny(sdv))
	require.Equal(t, 3, m.l.fields[0].K)
}

func sdvSpike(t *testing.T) {
	p, c, cells := column(t, sdv, whole("gain", spiked(8000, 5)...))
	shares := make([]float64, len(p.Mix.Mean))
	slot, num := p.number(0, shares, 0)
	k := p.Slots[slot]
	mean, square, zeros := 0.0, 0.0, 0
	for _, v := range cells {
		mean += float64(v) / float64(len(cells))
		if v == 0 {
			zeros++
		}
	}
	for _, v := range cells {
		square += (float64(v) - mean) * (float64(v) - mean) / float64(len(cells)-1)
	}
	require.InEpsilon(t, math.Sqrt(square/float64(zeros)), p.Mix.SD[k], 0.1, "the prior's variance by the spike's rows")
	require.Greater(t, p.Mix.SD[k], 10.0, "of values that are all 0")
	require.Zero(t, cellOf(&p, c, int(slot), num), "what is encoded comes back")
	apart := map[int64]bool{}
	for _, x := range []float32{-0.2, -0.1, -0.05, 0.05, 0.1, 0.2} { // as a generator writes it
		v := cellOf(&p, c, int(slot), x)
		require.NotZero(t, v)
		apart[v] = true
	}
	require.Len(t, apart, 6, "zeros scatter")
}

func sdvFloor(t *testing.T) {
	p, c, cells := column(t, sdv, decimal("x", 1e-8, drawn(2000, 6, func(r *rng.Stream) float64 { return 1e-6 * r.Norm() })...))
	shares := make([]float64, len(p.Mix.Mean))
	for _, k := range p.Slots {
		require.Greater(t, p.Mix.SD[k], 0.9e-3, "a thousand times the column's")
	}
	for _, x := range p.numbers(cells[:100], c.Step) {
		_, num := p.number(x, shares, 0)
		require.Less(t, math.Abs(float64(num)), 0.01, "all values are the middle of every component")
	}
}

func sdvSlots(t *testing.T) {
	p, _, _ := column(t, sdv, whole("x", spiked(3000, 7)...))
	var heavy []int
	for k, w := range p.Mix.Weight {
		if w > 0.005 {
			heavy = append(heavy, k)
		}
	}
	require.Equal(t, heavy, p.Slots)
	require.Less(t, len(p.Slots), len(p.Mix.Weight))
	coder := &peerCoder{Columns: []peerColumn{p}}
	require.Equal(t, []field{{Number: true, K: len(heavy)}}, coder.fields())
}

func sdvRowsMatch(t *testing.T) { TestRowsMatchConditions(t) }

func sdvSteps(t *testing.T) {
	for rows, want := range map[int]int64{400: 300, 499: 300, 1000: 600, 10_000: 6000, 32_561: 19_500} {
		_, set, err := Options{Preset: sdv}.resolve()
		require.NoError(t, err)
		f := &fitting{m: &Model{set: set, rows: rows}, data: &matrix{rows: rows}}
		require.Equal(t, want, f.planned(), "%d rows", rows)
	}
}

// askedOf counts how often a model asks for each code of its only column.
func askedOf(m *Model, n int) []float64 {
	w := m.peerWriter()
	r := rng.New(1, rng.Demo, 20)
	w.conditions(0, n, -1, &r)
	return count(w.b.label, m.l.fields[0].K)
}

// lopsided has 95 rows of 100 of one category.
func lopsided(t *testing.T, n int) *table.Table {
	words := make([]string, n)
	for i := range words {
		words[i] = "often"
		if i%20 == 0 {
			words[i] = "rare"
		}
	}
	words[0], words[1] = words[1], words[0] // the frequent one is met first
	return testTable(t, category("c", words...))
}

func sdvAsksByLogarithm(t *testing.T) {
	m := prepared(t, lopsided(t, 10_000), tiny(sdv)).m
	got := askedOf(m, 20_000)
	near(t, []float64{math.Log(9501), math.Log(501)}, got, "codes")
	require.InDelta(t, 0.6, got[0]/20_000, 0.02, "95 of 100 rows")
}

func sdvEveryCodeIsMet(t *testing.T) {
	f := prepared(t, smallTable(t, 400), tiny(sdv))
	for i := range f.m.asks.upTo {
		last := 0.0
		for _, u := range f.m.asks.upTo[i] {
			require.Greater(t, u, last)
			last = u
		}
	}
}

func sdvOrders(t *testing.T) {
	f := prepared(t, smallTable(t, 400), tiny(sdv))
	g := f.learner.(*sampled)
	_, ok := g.step(0)
	require.True(t, ok)
	b := &batch{} // again: the batch of the critic's step, which the generator's has taken the place of
	r := batchStream(f.opt.Seed, 0, criticBatch)
	g.sampler.conditions(b, g.s.Batch, &r)
	g.sampler.match(b, g.s.Pac, g.order, &r)
	l, asked, met := f.m.l, dense(&b.cond), dense(&b.realCond)
	fakes, reals, same := map[int]int{}, map[int]int{}, 0
	for j := range g.s.Batch {
		real, fake := slices.Index(met[j/g.s.Pac][j%g.s.Pac*l.condWidth:][:l.condWidth], 1), slices.Index(asked[j], 1)
		reals[real]++
		fakes[fake]++
		if real == fake {
			same++
		}
		if j == 60 { // a pack of which is enough
			break
		}
	}
	require.Less(t, same, 30, "a place of a pack stands for other conditions")
	require.NotEqual(t, g.order, slices.Sorted(slices.Values(g.order)))
}

func detachedIsAttached(t *testing.T) { TestDetachingIsExact(t) }

func sdvMixes(t *testing.T) {
	g, b := ganCase{sdv, 10, true}.gan()
	g.criticGrad(0, b)
	require.Len(t, g.share, ganRows/10)
	distinct := map[float32]bool{}
	for _, s := range g.share {
		require.True(t, s >= 0 && s < 1)
		distinct[s] = true
	}
	require.Len(t, distinct, ganRows/10)
}

// through gives the generator's logits of noise and one condition, in a phase.
func through(m *Model, z tensor.Tensor, place int32, p phase) tensor.Tensor {
	t := autograd.New(&tensor.Arena{})
	b := &batch{}
	n := z.Rows()
	b.which, b.field, b.label = make([]int32, n), make([]int32, n), slices.Repeat([]int32{place}, n)
	m.l.ask(b)
	return m.gen.logits(t, z, &b.cond, p).Value().Clone()
}

func noise(n, width int, seed uint64) tensor.Tensor {
	r := rng.New(seed, rng.Demo, 21)
	z := tensor.New(n, width)
	for i := range z.Data {
		z.Data[i] = float32(r.Norm())
	}
	return z
}

func sdvRowsDepend(t *testing.T) {
	m := learned[sdv]()
	z, other := noise(500, m.set.Z, 1), noise(500, m.set.Z, 2)
	copy(other.Row(0), z.Row(0))
	require.NotEqual(t, through(m, z, 0, blockwise).Row(0), through(m, other, 0, blockwise).Row(0))
	require.Equal(t, through(m, z, 0, writing).Row(0), through(m, other, 0, writing).Row(0), "with estimates it would not")
}

func cellsOf(tab *table.Table) []string {
	var out []string
	for _, rec := range tab.Records() {
		out = append(out, fmt.Sprint(rec))
	}
	return out
}

// requireParts requires that parts of a sample are those of the whole, however they lie to its pages.
func requireParts(t *testing.T, m *Model, page int64) {
	const rows = 1300
	whole := cellsOf(sampleRows(t, m, SampleOptions{Rows: rows, Seed: 5}))
	for _, part := range [][2]int64{{0, 1}, {page, rows - page}, {page, 1}, {page - 1, 2}, {3, 1}, {333, 700}, {2 * page, 10}, {700, 0}} {
		if part[0]+part[1] > rows {
			continue
		}
		got := sampleRows(t, m, SampleOptions{First: part[0], Rows: part[1], Seed: 5})
		require.EqualValues(t, part[1], got.Rows())
		require.Equal(t, whole[part[0]:part[0]+part[1]], append([]string{}, cellsOf(got)...), "%d rows from %d", part[1], part[0])
	}
	require.NotEqual(t, whole[:20], cellsOf(sampleRows(t, m, SampleOptions{Rows: 20, Seed: 6})))
}

func sdvBlocks(t *testing.T) {
	m := learned[sdv]()
	require.Equal(t, 500, m.pageRows())
	before := valuesOf(m.gen.params)
	requireParts(t, m, 500)
	require.Equal(t, before, valuesOf(m.gen.params))
	// The estimates that learning has made are of no use.
	rows, mean := cellsOf(sampleRows(t, m, SampleOptions{Rows: 40})), m.gen.blocks[1].norm.Mean.Data
	old := slices.Clone(mean)
	defer copy(mean, old)
	for i := range mean {
		mean[i] += 100
	}
	require.Equal(t, rows, cellsOf(sampleRows(t, m, SampleOptions{Rows: 40})))
}

func sdvLosesConditions(t *testing.T) {
	m := learned[sdv]()
	z := noise(500, m.set.Z, 3)
	first := func(place int32, p phase) []float32 {
		tape, b := autograd.New(&tensor.Arena{}), &batch{}
		n := z.Rows()
		b.which, b.field, b.label = make([]int32, n), make([]int32, n), slices.Repeat([]int32{place}, n)
		m.l.ask(b)
		x := m.gen.blocks[0]
		return slices.Clone(x.forward(tape, x.linear.ForwardConcat(tape, tape.Const(z), tape.Sparse(&b.cond)), p).Data())
	}
	require.Less(t, apart(first(0, blockwise), first(4, blockwise)), 1e-5, "the block's statistics take away what all rows share")
	require.Greater(t, apart(first(0, writing), first(4, writing)), 1e-2, "estimates would not")
	require.Greater(t, apart(through(m, z, 0, blockwise).Data, through(m, z, 4, blockwise).Data), 1e-4, "what goes past the blocks is left")
}

func peersMisplaceConditions(t *testing.T) {
	for _, preset := range []string{sdv, synthcity} {
		m := learned[preset]()
		place := func(column, value string) int {
			at, err := m.peerCondition(SampleOptions{Where: []table.Cond{table.Is(column, value)}})
			require.NoError(t, err)
			return at
		}
		// The number of "home" within its column is what decides, wherever the column stands.
		reason := slices.IndexFunc(m.coder.Columns, func(c peerColumn) bool { return m.Schema().Columns[c.Col].Name == "reason" })
		require.Positive(t, reason)
		labels := m.coder.Columns[reason].Labels
		home := slices.Index(labels, int64(slices.Index(m.Schema().Columns[m.coder.Columns[reason].Col].Values, "home")))
		require.Equal(t, home, place("reason", "home"))
		w := m.peerWriter()
		r := rng.New(1, rng.Demo, 22)
		w.conditions(0, 20, place("reason", "home"), &r)
		for i := range 20 {
			require.Equal(t, home, slices.Index(dense(&w.b.cond)[i], 1), "a place of the first column")
		}
	}
	m := learned[sdv]()
	first := &m.coder.Columns[0]
	second := m.Schema().Columns[first.Col].Values[first.Labels[1]]
	home := m.coder.Columns[2].Labels[1]
	other := m.Schema().Columns[m.coder.Columns[2].Col].Values[home]
	ask := func(column, value string) []string {
		return cellsOf(sampleRows(t, m, SampleOptions{Rows: 50, Where: []table.Cond{table.Is(column, value)}}))
	}
	require.Equal(t, ask("sex", second), ask("reason", other), "as if the first column had been named")
}

func sdvEncodingHasItsSeed(t *testing.T) {
	one, two := tiny(sdv), tiny(sdv)
	two.Seed = 99
	require.Equal(t, prepared(t, smallTable(t, 400), one).data, prepared(t, smallTable(t, 400), two).data)
}
