package ctgan

import (
	"context"
	"time"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A Model writes rows. It holds weights and shares of codes, no row of the table that it learned.
type Model struct {
	set     settings
	enc     *encode.Encoder
	coder   *peerCoder // nil for preset plus
	l       *layout
	first   []int        // preset plus, by field: its variable
	place   []int        // and by variable: its field, if it is the first of its column
	later   [][]float32  // by variable that is not the first of its column: see laterParts
	follows []dependence // by variable
	plan    *draw.Plan
	tilt    *tilt     // what weighs rows of preset plus; nil: nothing
	group   [][]uint8 // by field and code, for tilt
	judges  []*judge  // and beside it

	ordered []int       // fields whose codes have an order
	rank    [][]float64 // and the place of each code in it, 0 to 1

	gen    *generator
	asks   asks // what rows are asked for when they are written
	rows   int  // learned
	report run.Report
}

// Schema describes the rows that Sample writes. Callers must not change it.
func (m *Model) Schema() *table.Schema { return m.enc.Schema() }

// Kind is the generator and its preset, such as "ctgan (sdv)"; of preset plus the generator alone.
func (m *Model) Kind() string {
	if m.set.Preset == plus {
		return m.set.Model
	}
	return m.set.Model + " (" + m.set.Preset + ")"
}

// Report tells how far learning came. A model that was loaded does not know what stopped it.
func (m *Model) Report() run.Report { return m.report }

// flops is how many floating-point operations a step takes: two for each product of a number and a weight.
func (m *Model) flops() float64 {
	gen, critic := 0.0, 0.0
	for _, p := range m.gen.params.All() {
		gen += float64(p.Data.Len())
	}
	batch := float64(m.set.Batch)
	if m.set.Model == kindTVAE { // the encoder's first layer reads codes, and is next to nothing
		encoder, width := 0.0, float64(m.set.Critic[0])
		for _, h := range append(m.set.Critic[1:], 2*m.set.Z) {
			encoder += width * float64(h)
			width = float64(h)
		}
		return 2 * 3 * batch * (gen + encoder)
	}
	width := float64(m.set.Pac * (m.l.width + m.l.condWidth))
	for _, h := range append(m.set.Critic, 1) {
		critic += width * float64(h)
		width = float64(h)
	}
	return 2 * (4*batch*gen + 9*batch/float64(m.set.Pac)*critic)
}

// nominalCore is the floating-point operations a second of the one core that Estimate counts on.
const nominalCore = 40e9

// Estimate tells what Fit of a table of so many rows costs, from a sample of its rows: least is the time of the shortest plan
// there is, full that of the whole plan, both of one core at a nominal rate, which a caller that has measured its machine
// scales; memory is the peak in bytes, besides the table.
func Estimate(sample *table.Table, rows int, opt Options) (least, full time.Duration, memory int64, err error) {
	opt, set, err := opt.resolve()
	if err != nil {
		return 0, 0, 0, err
	}
	opt.Warn, opt.Trace, opt.Progress = nil, nil, func(string, int64, int64) {}
	f := &fitting{ctx: context.Background(), opt: opt, began: time.Now(), m: &Model{set: set, rows: rows}}
	if err := f.encode(sample); err != nil {
		return 0, 0, 0, err
	}
	if err := f.fits(); err != nil {
		return 0, 0, 0, err
	}
	encoding := time.Since(f.began).Seconds() * float64(rows) / float64(max(sample.Rows(), 1))
	memory = f.m.memory(rows)
	f.prepare()
	m := f.m
	perEpoch := max(f.stepsPerEpoch()*int64(rows)/int64(max(f.data.rows, 1)), 1)
	steps := m.set.wholePlan(perEpoch, rows)
	cost := func(steps int64) time.Duration {
		if !m.set.peer() {
			steps += finishingOf(steps).cost(m)
		}
		return time.Duration((encoding + float64(steps)*m.flops()/nominalCore) * 1e9)
	}
	return cost(1), cost(steps), memory, nil
}

// sizes are how many numbers are trained: in the generator or a TVAE's decoder, and in the critic or the encoder. Nothing is made yet.
func (m *Model) sizes() (gen, critic int64) {
	s := &m.set
	layer := func(in, out int64) int64 { return in*out + out }
	in := int64(s.Z + m.l.condWidth)
	for i, h := range s.Gen {
		wide := int64(h)
		if s.Preset == synthcity && i > 0 {
			wide = in
		}
		gen += layer(in, wide)
		if s.BatchNorm {
			gen += 2 * wide
		}
		if in += wide; s.Plain {
			in = wide
		}
	}
	gen += layer(in, int64(m.l.width))
	at := int64(s.Pac * (m.l.width + m.l.condWidth))
	for _, h := range s.Critic {
		critic += layer(at, int64(h))
		at = int64(h)
	}
	if s.Model == kindTVAE {
		return gen, critic + 2*layer(at, int64(s.Z))
	}
	return gen, critic + layer(at, 1)
}

// memory is about the most that learning takes, in bytes.
func (m *Model) memory(rows int) int64 {
	gen, critic := m.sizes()
	// Values, gradients, two moments and packed weights, and three of them once more to go back to.
	weights := 8 * (gen + critic)
	if m.set.Average > 0 {
		weights += 4 * gen // the average and the best, and both to go back to
	}
	if m.set.Average > 0 && m.set.Model == kindTVAE {
		weights += 4 * critic
	}
	wide := m.set.Batch * (m.l.width + m.l.condWidth)
	for _, h := range append(append([]int(nil), m.set.Gen...), m.set.Critic...) {
		wide += m.set.Batch * h
	}
	return 4 * (weights + 8*int64(wide) + 3*int64(rows)*int64(len(m.l.fields)))
}
