package ctgan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"example.org/cohort/tensor"
)

// tvaeOf gives the settings of a TVAE with some changed.
func tvaeOf(t testing.TB, change func(s *settings)) *settings {
	t.Helper()
	_, s, err := Options{Model: kindTVAE}.resolve()
	require.NoError(t, err)
	if change != nil {
		change(&s)
	}
	return &s
}

// codesOf makes a table of n rows in which row gives the codes of one.
func codesOf(n int, seed uint64, row func(r *rng.Stream) []int32) *matrix {
	m := &matrix{rows: n}
	r := rng.New(seed, rng.Demo, 0)
	for range n {
		for f, c := range row(&r) {
			if f == len(m.code) {
				m.code, m.num = append(m.code, nil), append(m.num, nil)
			}
			m.code[f] = append(m.code[f], c)
		}
	}
	return m
}

func layoutOf(k ...int) *layout {
	var fields []field
	for _, k := range k {
		fields = append(fields, field{K: k})
	}
	return newLayout(fields, true)
}

// related rows have two bits, a third that is whether they differ, and a code of five and another that follows from it.
func related(r *rng.Stream) []int32 {
	a, b, c := int32(r.Intn(2)), int32(r.Intn(2)), int32(r.Intn(5))
	return []int32{a, b, a ^ b, c, (c*c + 1) % 3}
}

func relatedVAE(t testing.TB, rows int, seed uint64, change func(s *settings)) *vae {
	learn, held := heldOut(rows, seed)
	return newVAE(tvaeOf(t, change), layoutOf(2, 2, 2, 5, 3), codesOf(rows, 1, related), learn, held, seed)
}

func smallNets(s *settings) { s.Z, s.Gen, s.Critic, s.Batch = 8, []int{32, 32}, []int{32, 32}, 100 }

func mustStep(t testing.TB, v *vae, n int64) Step {
	s, ok := v.step(n)
	require.True(t, ok)
	return s
}

// writtenBy writes n rows of codes as rows of a model are written: noise from the prior, and a draw from the shares.
func writtenBy(v *vae, n int) [][]int32 {
	z := tensor.New(n, v.s.Z)
	kernels.Normal(z.Data, 99, rng.Demo, 1, 0)
	v.tape.Reset()
	shares := v.tape.SpanHead(v.dec.logits(v.tape, z, &autograd.Sparse{}, writing), v.l.spans, 1, nil).Data()
	r := rng.New(99, rng.Demo, 2)
	rows := make([][]int32, n)
	for i := range rows {
		for _, s := range v.l.spans {
			at := i*v.l.width + s.Offset
			rows[i] = append(rows[i], pickShare(shares[at:at+s.Width], &r))
		}
	}
	return rows
}

// A vaeGolden is what testdata/tvae.py wrote.
type vaeGolden struct {
	Torch            string
	K                []int
	Z                int
	Encoder, Decoder []int
	LR, Decay        float64
	First, Last      map[string][]float32
	Steps            []struct {
		Codes                      []int32
		Noise                      []float32
		Reconstruction, Divergence float64
		Gradients                  map[string][]float32
	}
}

// Losses, gradients and weights of three steps are PyTorch's.
func TestTVAEAgainstGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/tvae.json")
	require.NoError(t, err)
	var g vaeGolden
	require.NoError(t, json.Unmarshal(text, &g))
	eachFamily(t, func(t *testing.T) {
		s := tvaeOf(t, func(s *settings) {
			s.Z, s.Critic, s.Gen, s.LR, s.Decay = g.Z, g.Encoder, g.Decoder, g.LR, g.Decay
		})
		v := newVAE(s, layoutOf(g.K...), nil, []int32{0}, nil, 1)
		params := append(v.enc.params.All(), v.dec.params.All()...)
		require.Len(t, params, len(g.First))
		for _, p := range params {
			p.Set(g.First[p.Name])
		}
		for n, want := range g.Steps {
			v.m = &matrix{rows: len(want.Codes) / len(g.K), code: make([][]int32, len(g.K))}
			var rows []int32
			for i, c := range want.Codes {
				v.m.code[i%len(g.K)] = append(v.m.code[i%len(g.K)], c)
				if i < v.m.rows {
					rows = append(rows, int32(i))
				}
			}
			v.take(rows)
			copy(v.noise.Data, want.Noise)
			v.gradients()
			require.InEpsilon(t, want.Reconstruction, v.last.Critic, 1e-6)
			require.InEpsilon(t, want.Divergence, v.last.Penalty, 1e-5)
			require.InEpsilon(t, want.Reconstruction+want.Divergence, v.last.Generator, 1e-6)
			for _, p := range params {
				require.Less(t, apart(want.Gradients[p.Name], p.Grad), 2e-5, "step %d: gradient of %s", n, p.Name)
			}
			for _, o := range v.opts {
				o.Step()
			}
		}
		for _, p := range params {
			require.Less(t, apart(g.Last[p.Name], p.Data.Data), 1e-5, p.Name)
		}
	})
}

// A code that the decoder holds for impossible costs what its logits say, not infinity; a row without a code of a column, nothing.
func TestSurprise(t *testing.T) {
	v := newVAE(tvaeOf(t, smallNets), layoutOf(2, 3), &matrix{code: [][]int32{{0, -1, -1}, {2, 1, -1}}, num: make([][]float32, 2)},
		[]int32{0}, nil, 1)
	v.take([]int32{0, 1, 2})
	sum := v.surprise([]float32{0, 300, 0, 0, 0, 5, 6, 0, 0, 0, 7, 8, 9, 9, 9})
	require.InDelta(t, 300+2*math.Log(3), sum, 1e-4)
	third := float32(1.) / 3
	require.InDeltaSlice(t, []float32{-1, 1, third, third, third - 1, 0, 0, third, third - 1, third, 0, 0, 0, 0, 0}, v.slope, 1e-6)
	require.InDelta(t, math.Log(1+math.Exp(-3)+math.Exp(-4)), farOff([]float32{1, 5, 2}, 1), 1e-12)
}

// What rows depend on is learned: two bits and whether they differ, which no pair of columns tells, and a function.
func TestTVAELearnsDependence(t *testing.T) {
	v := relatedVAE(t, 1000, 1, smallNets)
	n := int64(0)
	for ; n < 3000 && !v.finished(); n++ {
		mustStep(t, v, n)
	}
	require.NoError(t, v.done())
	differ, follow := 0, 0
	const rows = 2000
	for _, r := range writtenBy(v, rows) {
		if r[0]^r[1] == r[2] {
			differ++
		}
		if (r[3]*r[3]+1)%3 == r[4] {
			follow++
		}
	}
	t.Logf("%d steps: differ %d, follow %d of %d; elbo %.3f", n, differ, follow, rows, v.elbo())
	require.Greater(t, differ, rows*7/10, "independent bits would give half")
	require.Greater(t, follow, rows*8/10, "independent codes would give about half")
	require.Greater(t, v.elbo(), -4.0, "independent columns have -4.36, and the rows' distribution itself -3.00")
}

// A run that goes on from a saved state in the middle ends with the same bits, whatever happened to the learner before.
func TestTVAEGoesOn(t *testing.T) {
	const steps, stop = 130, 70
	run := func(cut bool) state {
		v := relatedVAE(t, 300, 5, smallNets)
		for n := range int64(steps) {
			if cut && n == stop {
				s := v.save().copy(nil)
				var f container.File
				s.put(&f, "now/")
				v = relatedVAE(t, 300, 5, smallNets)
				for n := range int64(60) {
					mustStep(t, v, n)
				}
				v.slower()
				again := v.save().copy(nil)
				require.NoError(t, again.get(&f, "now/"))
				require.NoError(t, v.load(again))
			}
			mustStep(t, v, n)
		}
		require.NoError(t, v.done())
		return v.save().copy(nil)
	}
	whole := run(false)
	require.Equal(t, whole, run(true))
	for _, procs := range []int{1, 4} {
		withProcs(procs, func() { require.Equal(t, whole, run(false)) })
	}
}

// A step whose loss is not a number moves nothing.
func TestTVAEOutOfBounds(t *testing.T) {
	v := relatedVAE(t, 100, 1, smallNets)
	mustStep(t, v, 0)
	v.dec.out.Bias.Data.Data[0] = float32(math.NaN())
	v.dec.out.Bias.Changed()
	before, err := json.Marshal(numbersOf(v.save()))
	require.NoError(t, err)
	_, ok := v.step(1)
	require.False(t, ok)
	after, err := json.Marshal(numbersOf(v.save()))
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
}

// numbersOf gives a state's numbers, which NaN may be among.
func numbersOf(s state) (out [][]byte) {
	for _, x := range s {
		out = append(out, container.Bytes(x.Data))
	}
	return out
}

// Learning ends when the rows held out gain nothing any more, and the networks that did best on them are left.
func TestTVAEStopsEarly(t *testing.T) {
	noise := func(r *rng.Stream) []int32 {
		return []int32{int32(r.Intn(4)), int32(r.Intn(6)), int32(r.Intn(3)), int32(r.Intn(8))}
	}
	learn, held := heldOut(200, 3)
	v := newVAE(tvaeOf(t, smallNets), layoutOf(4, 6, 3, 8), codesOf(200, 4, noise), learn, held, 3)
	const plan = 3000
	n := int64(0)
	for ; n < plan && !v.finished(); n++ {
		mustStep(t, v, n)
	}
	require.Less(t, n, int64(plan))
	require.Zero(t, n%v.every, "learning ends with a look")
	v.swap()
	last := v.elbo()
	v.swap()
	require.NoError(t, v.done())
	t.Logf("%d steps; elbo of the best %.3f, of the last %.3f, of guessing by shares %.3f", n, v.elbo(), last, -math.Log(4*6*3*8))
	require.Greater(t, v.elbo(), last)
	require.Equal(t, v.loss, float32(-v.elbo()))

	v = newVAE(tvaeOf(t, func(s *settings) { smallNets(s); s.EarlyStop = false }), v.l, v.m, learn, held, 3)
	v.since = patience
	require.False(t, v.finished(), "passes that were asked for are done")
}

// Rows held out of small tables and large ones are no rows that are learned; the batches of a pass are all others.
func TestTVAEHoldsOut(t *testing.T) {
	for rows, want := range map[int]int{2: 0, 3: 0, 4: 1, 40: 10, 99: 20, 100: 20, 199: 20, 200: 20, 250: 25, 80_000: 8000} {
		learn, held := heldOut(rows, 7)
		require.Len(t, held, want, rows)
		all := slices.Concat(learn, held)
		slices.Sort(all)
		for i, r := range all {
			require.EqualValues(t, i, r)
		}
		v := newVAE(tvaeOf(t, smallNets), layoutOf(2), &matrix{rows: rows}, learn, held, 7)
		require.Len(t, v.held, min(want, mostLooked))
		var shown []int32
		for n := range v.perEpoch() {
			batch := v.rows(n)
			require.NotEmpty(t, batch)
			require.LessOrEqual(t, len(batch), v.s.Batch)
			require.InDelta(t, len(learn)/int(v.perEpoch()), len(batch), 1, "batches of a pass are equal")
			shown = append(shown, batch...)
		}
		require.NotEqual(t, v.order, append([]int32(nil), v.rows(v.perEpoch())...))
		slices.Sort(shown)
		slices.Sort(learn)
		require.Equal(t, learn, shown)
	}
}

// Without rows to look at the average of the weights is what is left.
func TestTVAEWithoutLooks(t *testing.T) {
	v := relatedVAE(t, 3, 1, smallNets)
	for n := range int64(5) {
		mustStep(t, v, n)
	}
	average := slices.Clone(v.averages[1].Save()[0].Data)
	require.NoError(t, v.done())
	require.Equal(t, average, v.dec.params.Save()[0].Data)
	require.False(t, v.finished())
}

// vaeTable has a number, a column with rare words and one that depends on both.
func vaeTable(t testing.TB, n int) *table.Table {
	var word, kind []string
	var number []int64
	r := rng.New(6, rng.Demo, 0)
	for range n {
		x, w := int64(r.Intn(40)), "usual"
		if u := r.Intn(100); u < 9 {
			w = fmt.Sprintf("rare%d", u/3)
		}
		k := "low"
		if x >= 20 {
			k = "high"
		}
		word, kind, number = append(word, w), append(kind, k), append(number, x)
	}
	return testTable(t, category("word", word...), category("kind", kind...), whole("number", number...))
}

func tinyTVAE(steps int64) Options {
	return Options{Model: kindTVAE, Noise: 8, Gen: []int{32, 32}, Critic: []int{32, 32}, Batch: 100, Steps: steps}
}

// Rare words are written about as often as they are met, also before their shares are balanced: codes are drawn, it is not always the
// likeliest that is written.
func TestTVAEWritesRareCodes(t *testing.T) {
	tab := vaeTable(t, 600)
	f := prepared(t, tab, tinyTVAE(0))
	for n := range int64(300) {
		_, ok := f.learner.step(n)
		require.True(t, ok)
	}
	require.NoError(t, f.learner.(*vae).done())
	require.Empty(t, f.m.l.cond)
	shares := func(tab *table.Table) map[string]float64 {
		out := map[string]float64{}
		for _, c := range tab.Codes(0) {
			out[tab.Schema().Columns[0].Values[c]] += 1 / float64(tab.Rows())
		}
		return out
	}
	met, written := shares(tab), shares(sampleRows(t, f.m, SampleOptions{Rows: 3000, Seed: 3}))
	t.Log(met, written)
	for i := range 3 {
		rare := fmt.Sprintf("rare%d", i)
		require.InDelta(t, met[rare], written[rare], 0.015)
	}
}

// A model that is stored writes the rows that it wrote before, and a run that was cancelled goes on to the same model.
func TestTVAEIsStored(t *testing.T) {
	tab, opt := vaeTable(t, 90), tinyTVAE(60) // too few rows for a judge, which would take long to learn
	m := fitPreset(t, tab, opt)
	require.Equal(t, "tvae", m.Kind())
	require.Empty(t, m.judges)
	bytesOf := func(m *Model) []byte {
		f := &container.File{Kind: "model"}
		require.NoError(t, m.Save(f))
		var b bytes.Buffer
		require.NoError(t, container.Write(&b, f))
		return b.Bytes()
	}
	f, err := container.Read(bytes.NewReader(bytesOf(m)))
	require.NoError(t, err)
	again, err := Load(f)
	require.NoError(t, err)
	opts := SampleOptions{Rows: 40, Seed: 1, Where: []table.Cond{table.Is("kind", "high")}}
	require.Equal(t, cellsOf(sampleRows(t, m, opts)), cellsOf(sampleRows(t, again, opts)))

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	opt.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	opt.Trace = func(s Step) {
		if s.Number == 33 {
			cancel()
		}
	}
	_, err = Fit(ctx, tab, opt)
	require.ErrorIs(t, err, context.Canceled)
	first := int64(-1)
	opt.Trace = func(s Step) {
		if first < 0 {
			first = s.Number
		}
	}
	resumed, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	require.EqualValues(t, 34, first)
	require.True(t, bytes.Equal(bytesOf(m), bytesOf(resumed)))
}

func TestTVAEOptions(t *testing.T) {
	s := tvaeOf(t, nil)
	require.Equal(t, []int{128, 128}, s.Gen)
	require.Equal(t, []int{128, 128}, s.Critic)
	require.NoError(t, s.check())
	for reason, o := range map[string]Options{
		"packs":  {Pac: 10},
		"preset": {Preset: sdv},
	} {
		o.Model = kindTVAE
		_, _, err := o.resolve()
		var e *table.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "bad-option", e.Code)
		require.True(t, strings.Contains(e.Reason, reason), e.Reason)
	}
	_, given, err := Options{Model: kindTVAE, Pac: 1, Epochs: 5, Gen: []int{7}, Critic: []int{9, 8, 7}, Noise: 3, LR: 0.5}.resolve()
	require.NoError(t, err)
	require.Equal(t, []int{7}, given.Gen)
	require.Equal(t, []int{9, 8, 7}, given.Critic)
	require.Equal(t, 3, given.Z)
	require.False(t, given.EarlyStop)
	ctgan := presets[plus]
	require.False(t, ctgan.Plain, "a TVAE's settings are its own")
	require.Equal(t, []int{256, 256}, ctgan.Gen)
}

// Steps need no new memory, but for a handful of small slices.
func TestTVAEStepAllocates(t *testing.T) {
	v := relatedVAE(t, 1000, 1, func(s *settings) { smallNets(s); s.Batch = 90 })
	n := int64(0)
	for ; n < 15; n++ {
		mustStep(t, v, n)
	}
	v.every = 1 << 40
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() { v.step(n); n++ }), 6.)
}

func BenchmarkTVAEStep(b *testing.B) {
	v := relatedVAE(b, 4000, 1, nil)
	n := int64(0)
	for b.Loop() {
		v.step(n)
		n++
	}
}
