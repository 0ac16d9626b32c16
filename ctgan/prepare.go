package ctgan

import (
	"fmt"
	"math"

	"example.org/cohort/table"
)

// fits refuses tables that the settings can't learn, and makes batches that the table is large enough for.
func (f *fitting) fits() error {
	if f.data.rows < 2 {
		return &table.Error{Code: "too-few-rows", Reason: "a network needs two rows at least", Fix: "take another model"}
	}
	m := f.m
	need := m.memory(f.data.rows)
	if need <= mostMemory {
		return nil
	}
	widest := 0
	for i, x := range m.l.fields {
		if x.K > m.l.fields[widest].K {
			widest = i
		}
	}
	if m.l.fields[widest].K <= mostAsked {
		return &table.Error{Code: "too-wide", Reason: fmt.Sprintf("the networks would take %.1f GB", float64(need)/(1<<30)),
			Fix: "take narrower hidden layers or a smaller batch, or drop columns"}
	}
	col, fix := 0, "read it as text, or drop it"
	if m.set.peer() {
		col, fix = m.coder.Columns[widest].Col, "take --preset plus, or drop the column"
	} else {
		col = m.enc.Vars()[m.first[widest]].Col
	}
	return &table.Error{Code: "too-wide", Column: m.Schema().Columns[col].Name, Reason: fmt.Sprintf("has %d different values; the networks would "+
		"take %.1f GB with a place for each", m.l.fields[widest].K, float64(need)/(1<<30)), Fix: fix}
}

// mostMemory is what learning may take.
const mostMemory = 2 << 30

// prepare makes the networks and what they are taught from.
func (f *fitting) prepare() {
	m := f.m
	if m.set.Model == kindTVAE {
		f.prepareTVAE()
		return
	}
	g := newGAN(&m.set, m.l, f.opt.Seed)
	m.gen = g.gen
	switch m.set.Preset {
	case synthcity:
		l := newLoaded(g, f.data, f.opt.Seed)
		l.ctx, l.halt, f.learner = f.ctx, f.opt.Stop, l
		m.asks = newSampler(m.l, f.data, frequency).asks
	case plus:
		f.kept, f.held = parted(f.data.rows, f.opt.Seed)
		data := f.data.only(f.kept)
		m.asks = newSampler(m.l, f.data, frequency).asks
		w := &watched{sampled: &sampled{gan: g, sampler: newSampler(m.l, data, logFrequency)}, m: m, value: math.Inf(-1),
			every: max(f.planned()/looks, leastBetween), alive: f.ctx.Err}
		if len(f.held) > 0 && len(m.first) > 1 { // a single column has no pairs to be scored by
			w.score = newScorer(m, f.data, f.held)
		}
		w.best = state(g.gen.params.Save()).copy(nil)
		f.learner = w
	case sdv:
		s := newSampler(m.l, f.data, logFrequency)
		f.learner = &sampled{gan: g, sampler: s}
		m.asks = s.asks // the peer draws by logarithms when it writes, too
	}
}

// How often the state of a GAN is scored: so often, but with so many steps between.
const looks, leastBetween = 20, 100
