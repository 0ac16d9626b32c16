package cohort

import (
	"context"
	"fmt"
	"strings"

	"example.org/cohort/baseline"
	"example.org/cohort/ctgan"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"example.org/cohort/transformer/great"
)

// A generator is what has learned a table: of package baseline, ctgan or transformer/great.
type generator interface {
	Kind() string
	Schema() *table.Schema
	Report() run.Report
	Sample(ctx context.Context, opt drawOptions) chunk
	Save(f *container.File) error
}

// drawOptions say which rows a generator draws.
type drawOptions struct {
	baseline.SampleOptions
	examples *table.Table
	shots    int
	bf16     bool
}

// plain is a baseline.Model as a generator.
type plain struct{ *baseline.Model }

func (p plain) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	c.rows, c.set, c.err = p.Model.Sample(ctx, opt.SampleOptions)
	return c
}

// network is a ctgan.Model as a generator.
type network struct{ *ctgan.Model }

func (n network) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	c.rows, c.set, c.err = n.Model.Sample(ctx, ctgan.SampleOptions(opt.SampleOptions))
	return c
}

// blobNetwork is the blob by which a file with a network is known.
const blobNetwork = "ctgan"

// loadGenerator finds the kind of a model by its blobs.
func loadGenerator(f *container.File) (generator, error) {
	if _, ok := f.Blob(blobNetwork); ok {
		m, err := ctgan.Load(f)
		if err != nil {
			return nil, err
		}
		return network{m}, nil
	}
	if _, ok := f.Blob(blobWriter); ok {
		return loadWriter(f)
	}
	if _, ok := f.Blob(blobStack); ok {
		return loadStack(f)
	}
	if _, ok := f.Blob(blobColumns); ok {
		return loadColumns(f)
	}
	m, err := baseline.Load(f)
	if err != nil {
		return nil, err
	}
	return plain{m}, nil
}

// generator learns the task's table.
func (p *task) generator(ctx context.Context, opt Options) (generator, error) {
	switch {
	case p.net != nil:
		m, err := ctgan.Fit(ctx, p.table, p.netOptions(opt))
		if err != nil {
			return nil, err
		}
		return network{m}, nil
	case p.text != nil:
		m, err := great.Fit(ctx, p.table, p.writerOptions(opt))
		if err != nil {
			return nil, err
		}
		return writer{m}, nil
	case p.model == auto:
		return p.fitStack(ctx, opt)
	case p.model == columns:
		return p.fitColumns(ctx, opt)
	}
	m, err := baseline.Fit(ctx, p.table, p.options(opt))
	if err != nil {
		return nil, err
	}
	return plain{m}, nil
}

// isNetwork tells whether a model of this name is one of package ctgan.
func isNetwork(model string) bool { return model == "ctgan" || model == "tvae" }

// chooseNetwork takes the options of package ctgan where they belong, and finds out whether the preset is a peer's.
func (p *task) chooseNetwork(opt Options) error {
	given := opt.CTGAN
	switch {
	case !isNetwork(p.model) && given == nil:
		return nil
	case !isNetwork(p.model):
		return problem("bad-option", fmt.Sprintf("options of a network are given, and the model is %q", p.model),
			"leave them out, or choose the model ctgan or tvae")
	case given == nil:
		given = &ctgan.Options{}
	}
	if name := setTwice(given); name != "" {
		return problem("bad-option", fmt.Sprintf("%s is set in the options of the network, and Fit sets it itself", name),
			"set it in the options of Fit alone")
	}
	switch given.Preset {
	case "", "plus":
	case "sdv", "synthcity":
		p.peer = given.Preset
	default:
		return problem("no-such-preset", fmt.Sprintf("there is no preset %q", given.Preset),
			"the presets are plus, sdv and synthcity")
	}
	p.net = given
	return nil
}

// setTwice names the first field that belongs to Options and is set in those of the network, too.
func setTwice(o *ctgan.Options) string {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Model", o.Model != ""}, {"Level", o.Level != ""}, {"Protect", o.Protect != 0}, {"Whole", o.Whole != nil},
		{"Seed", o.Seed != 0}, {"Budget", o.Budget != 0}, {"Steps", o.Steps != 0}, {"Stop", o.Stop != nil},
		{"Checkpoint", o.Checkpoint != ""}, {"Progress", o.Progress != nil}, {"Warn", o.Warn != nil},
	} {
		if f.set {
			return f.name
		}
	}
	return ""
}

// checkPeer refuses what the preset of a peer can't do.
func (p *task) checkPeer(protect int) error {
	switch {
	case p.peer == "":
	case protect > 0:
		return problem("bad-option", fmt.Sprintf("the preset %s does what its package does, which keeps nothing out of the "+
			"model, so it can't protect what fewer than %d persons have", p.peer, protect),
			"leave the protection out, or take the preset plus, which protects")
	case len(p.table.Schema().Rules) > 0:
		return problem("bad-option", fmt.Sprintf("the preset %s does what its package does, which keeps no rules", p.peer),
			"leave the rules out, or take the preset plus, which keeps them")
	}
	return nil
}

// warnPeer says once what the preset of a peer is for.
func (p *task) warnPeer(warn func(*table.Error)) {
	if p.peer != "" && warn != nil {
		warn(problem("peer-preset", fmt.Sprintf("the preset %s copies its package, faults included, to measure it: nothing is "+
			"protected and no rule is kept", p.peer), "for a table to hand over, take the preset plus"))
	}
}

// netOptions are those of the network.
func (p *task) netOptions(opt Options) ctgan.Options {
	o := *p.net
	o.Model, o.Level, o.Protect, o.Whole = p.model, p.level, p.protect, p.whole
	if o.Protect == 0 {
		o.Protect = -1
	}
	o.Seed, o.Budget, o.Steps = opt.Seed, opt.Budget, opt.Steps
	o.Stop, o.Checkpoint, o.Progress, o.Warn = opt.Stop, opt.Checkpoint, opt.Progress, opt.Warn
	return o
}

// kernels is the family of arithmetic that the task learns with.
func (p *task) kernels() string {
	if p.net == nil && p.text == nil && p.model != auto && p.model != columns {
		return "generic"
	}
	return kernels.Family()
}

// warnFamily says that a network from a computer with another arithmetic writes other rows here.
func (m *Model) warnFamily(warn func(*table.Error)) {
	if _, ok := m.gen.(plain); ok || warn == nil || kernels.Arithmetic(m.info.Kernels) == kernels.Arithmetic(kernels.Family()) {
		return
	}
	warn(problem("older-model", fmt.Sprintf("the model was made on %s; on this computer (%s) the same seed gives other rows, "+
		"just as good", m.info.Kernels, kernels.Family()), ""))
}

// peerChunkRows is about how many rows of a preset of a peer one worker draws at a time: whole pages, as long as they are not larger.
const peerChunkRows = 40_000

// peer tells whether the model is of a peer's preset.
func (m *Model) peer() bool {
	for _, preset := range []string{"sdv", "synthcity", "be_great"} {
		if strings.HasSuffix(m.info.Kind, "("+preset+")") {
			return true
		}
	}
	return false
}

// chunkRows is how many rows one worker draws at a time. A chunk begins at a multiple of it.
func (m *Model) chunkRows() int64 {
	switch g := m.gen.(type) {
	case writer:
		return writerChunkRows
	case plain:
		return evenly(g.Component().Even)
	case *stack:
		return evenly(g.plan.EvenRows())
	case network:
		if page := g.PageRows(); page > 1 {
			return page * max(1, peerChunkRows/page)
		}
	}
	return chunkRows
}

// evenly is the chunk of a model that draws so many rows together, or 0.
func evenly(together int64) int64 {
	if together == 0 {
		return chunkRows
	}
	return together * max(1, chunkRows/together)
}
