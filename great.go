package cohort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/table"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer/great"
	"example.org/cohort/transformer/hf"
)

// A writer is a great.Model as a generator. It keeps what its last rows have told of the grammar out of the way: that comes with the chunk.
type writer struct{ *great.Model }

func (w writer) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	o := great.SampleOptions{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict,
		Balance: opt.Balance, Temperature: opt.Temperature, Examples: opt.examples, Shots: opt.shots}
	o.Mass = func(mean float64) { c.mass, c.weighed = mean, true }
	c.rows, c.set, c.err = w.Model.Sample(ctx, o)
	return c
}

// blobWriter is the blob by which a file with a GPT-2 is known.
const blobWriter = "great"

func loadWriter(f *container.File) (generator, error) {
	m, err := great.Load(f)
	if err != nil {
		return nil, err
	}
	return writer{m}, nil
}

// A GPT-2 goes through few rows at a time; a large one lets nobody else work beside it.
const (
	writerChunkRows = 256
	largeWriter     = 20e6 // parameters
)

// large tells whether rows are to be written on one goroutine, which has all processors.
func (w writer) large() bool {
	c := w.Config()
	return 12*float64(c.Layers)*float64(c.Width)*float64(c.Width) > largeWriter
}

// chooseWriter takes the options of package great where they belong, and finds out whether the preset is a peer's.
func (p *task) chooseWriter(opt Options) error {
	given := opt.GReaT
	switch {
	case p.model != "great" && given == nil:
		return nil
	case p.model != "great":
		return problem("bad-option", fmt.Sprintf("options of a GPT-2 are given, and the model is %q", p.model),
			"leave them out, or choose the model great")
	case given == nil:
		given = &great.Options{}
	}
	if name := writerSetTwice(given); name != "" {
		return problem("bad-option", fmt.Sprintf("%s is set in the options of the GPT-2, and Fit sets it itself", name),
			"set it in the options of Fit alone")
	}
	switch given.Preset {
	case "", "plus", "realtabformer":
	case "be_great":
		p.peer = given.Preset
	default:
		return problem("no-such-preset", fmt.Sprintf("there is no preset %q", given.Preset),
			"the presets are plus, be_great and realtabformer")
	}
	p.text = given
	if given.Weights == nil {
		return nil
	}
	return checkWeights(given.Weights)
}

// checkWeights tells everything that is wrong with a folder of weights at once, before anything is learned. It reads no weights but those
// that [hf.Open] reads.
func checkWeights(folder fs.FS) error {
	f, err := hf.Open(folder)
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		if _, err = tokenizer.Open(folder); errors.Is(err, fs.ErrNotExist) {
			return nil // GPT-2's own is taken
		}
	}
	if err == nil {
		return nil
	}
	code := "weights-unusable"
	var mismatch *hf.MismatchError
	if errors.As(err, &mismatch) || errors.Is(err, fs.ErrNotExist) {
		code = "weights-incomplete"
	}
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "hf: "), "tokenizer: ")
	return &table.Error{Code: code, Reason: "the folder of weights can't be used: " + text, Fix: "give the whole folder of a GPT-2", Err: err}
}

// writerSetTwice names the first field that belongs to Options and is set in those of the GPT-2, too.
func writerSetTwice(o *great.Options) string {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Level", o.Level != ""}, {"Protect", o.Protect != 0}, {"Whole", o.Whole != nil}, {"Seed", o.Seed != 0},
		{"Budget", o.Budget != 0}, {"Steps", o.Steps != 0}, {"Stop", o.Stop != nil}, {"Checkpoint", o.Checkpoint != ""},
		{"Progress", o.Progress != nil}, {"Warn", o.Warn != nil},
	} {
		if f.set {
			return f.name
		}
	}
	return ""
}

// writerOptions are those of the GPT-2.
func (p *task) writerOptions(opt Options) great.Options {
	o := *p.text
	o.Level, o.Protect, o.Whole = p.level, p.protect, p.whole
	if o.Protect == 0 {
		o.Protect = -1
	}
	o.Seed, o.Budget, o.Steps = opt.Seed, opt.Budget, opt.Steps
	o.Stop, o.Checkpoint, o.Progress, o.Warn = opt.Stop, opt.Checkpoint, opt.Progress, opt.Warn
	return o
}

// writerCost is what learning with the GPT-2 takes.
func (p *task) writerCost(opt Options, sample *table.Table, rows int, beside int64) (cost, error) {
	o := p.writerOptions(opt)
	least, full, memory, err := great.Estimate(sample, rows, o)
	if err != nil {
		return cost{}, err
	}
	size, err := great.Size(sample, rows, o)
	if err != nil {
		return cost{}, err
	}
	c := scaled(least, full, netSlowness(), memory+beside+programMemory)
	from := "from scratch"
	if o.Weights != nil {
		from = "from weights"
	}
	c.size = fmt.Sprintf("a GPT-2 %s, %d layers of %d, %.3g million numbers", from, size.Layers, size.Width, float64(size.Parameters())/1e6)
	return c, nil
}

// warnMass says that a GPT-2 has hardly learned what rows look like.
func warnMass(warn func(*table.Error), mass float64) {
	if warn == nil || mass >= leastMass {
		return
	}
	warn(problem("low-mass", fmt.Sprintf("the model gives only %.0f %% of its probability to text that can be a row: it has hardly learned "+
		"what rows look like", 100*mass), "learn for longer, with more rows, or from weights"))
}

// leastMass is the mean probability of legal tokens below which that is said.
const leastMass = 0.9

// Fill completes the missing cells of t, which has the columns of the table that was learned: same rows, same order, known cells byte for
// byte as they were. Of opt it reads Seed, Temperature, Progress and Warn. Only a model great can; others are an error, as is a
// table with other columns.
func (m *Model) Fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	w, ok := m.gen.(writer)
	if !ok {
		return nil, during(ctx, "fill", problem("bad-option", fmt.Sprintf("a model %s can't complete rows", m.info.Kind),
			"learn the table with the model great"))
	}
	m.warnFamily(opt.Warn)
	filled, err := w.Model.Fill(ctx, t, great.SampleOptions{Seed: opt.Seed, Temperature: opt.Temperature, Warn: opt.Warn})
	if err != nil {
		return nil, during(ctx, "fill", err)
	}
	return filled, nil
}
