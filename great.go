package cohort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/table"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer/column"
	"example.org/cohort/transformer/great"
	"example.org/cohort/transformer/hf"
)

// A writer is a great.Model as a generator.
type writer struct{ *great.Model }

func (w writer) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	o := great.SampleOptions{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict,
		Balance: opt.Balance, Temperature: opt.Temperature, Examples: opt.examples, Shots: opt.shots, BF16: opt.bf16}
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
	e, err := great.Estimate(sample, rows, o)
	if err != nil {
		return cost{}, err
	}
	c := scaled(e.Least, e.Full, netSlowness(), e.Memory+beside+programMemory)
	from := "from scratch"
	if o.Weights != nil {
		from = "from weights"
	}
	c.size = fmt.Sprintf("a GPT-2 %s, %d layers of %d, %.3g million numbers", from, e.Config.Layers, e.Config.Width,
		float64(e.Config.Parameters())/1e6)
	return c, nil
}

// An audience is what a model tells of its rows once all are written.
type audience struct {
	warn          func(*table.Error)
	mass, weighed float64         // sum of means over rows, and the rows
	shown         map[string]bool // examples, as their learned cells
	rows, copies  int
	alone         bool // the transformer of a stack drew the rows alone
	picking       func(Picking)
	picked        Picking
}

// newAudience remembers the examples.
func (m *Model) newAudience(opt SampleOptions) *audience {
	a := &audience{warn: opt.Warn, picking: opt.Picking, picked: Picking{Candidates: column.Candidates, Least: 1}}
	if opt.Examples != nil {
		a.shown = map[string]bool{}
		m.eachRow(opt.Examples, func(row string) { a.shown[row] = true })
	}
	return a
}

// eachRow gives the cells of every row that are learned, by the names of the model's columns.
func (m *Model) eachRow(t *table.Table, do func(row string)) {
	var cols []int
	for _, c := range m.info.Schema.Columns {
		at := slices.IndexFunc(t.Schema().Columns, func(x table.Column) bool { return x.Name == c.Name })
		if at >= 0 && c.Treat == table.Learn && c.Kind != table.ID && c.Kind != table.Text {
			cols = append(cols, at)
		}
	}
	for r := range t.Rows() {
		var row strings.Builder
		for _, c := range cols {
			text, _ := t.Cell(r, c)
			fmt.Fprintf(&row, "%d:%s", len(text), text)
		}
		do(row.String())
	}
}

// hear takes a chunk.
func (a *audience) hear(m *Model, c chunk) {
	a.alone = a.alone || c.alone
	for _, x := range c.effective {
		if x > 0 {
			a.picked.Rows++
			a.picked.Effective += x // the mean once all are there
			a.picked.Least = min(a.picked.Least, x)
		}
	}
	if c.weighed {
		n := float64(c.rows.Rows())
		a.mass, a.weighed = a.mass+c.mass*n, a.weighed+n
	}
	if a.shown != nil {
		a.rows += c.rows.Rows()
		m.eachRow(c.rows, func(row string) {
			if a.shown[row] {
				a.copies++
			}
		})
	}
}

// tell says that the model has hardly learned what rows look like, and that it repeats what it was shown.
func (a *audience) tell() {
	a.tellPicked()
	if a.warn == nil {
		return
	}
	if a.alone {
		a.warn(problem("columns-alone", "few rows meet the conditions, so the column transformer drew them alone: trees can't begin with the columns "+
			"that are asked about", ""))
	}
	if a.weighed > 0 {
		if low := great.LowMass(a.mass / a.weighed); low != nil {
			a.warn(low)
		}
	}
	if a.copies > 0 {
		a.warn(problem("examples-copied", fmt.Sprintf("%d of %d rows are one of the examples in every learned column", a.copies, a.rows),
			"do not hand them over before they are judged: cohort check EXAMPLES ROWS"))
	}
}

// fewEffective is the mean share of the candidates that counts below which rows are hardly picked: one or few of them have all weight.
const fewEffective = 0.1

// tellPicked says how much choice there was where rows were picked from candidates.
func (a *audience) tellPicked() {
	p := a.picked
	if p.Rows == 0 {
		return
	}
	p.Effective /= float64(p.Rows)
	if a.picking != nil {
		a.picking(p)
	}
	if a.warn != nil && p.Effective < fewEffective {
		a.warn(problem("few-candidates", fmt.Sprintf("few of the %d rows that are drawn for each one fit all conditions together, so the one picked is less "+
			"like real rows that meet them", p.Candidates), "ask for fewer ranges at once, or wider ones; a single value (=) costs nothing"))
	}
}

// A filler is a generator that can complete rows.
type filler interface {
	fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error)
}

func (w writer) fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	return w.Fill(ctx, t, great.SampleOptions{Seed: opt.Seed, Temperature: opt.Temperature, BF16: opt.BF16, Warn: opt.Warn})
}

// Fill completes the missing cells of t, which has the columns of the table that was learned: same rows, same order, known cells byte for
// byte as they were. Of opt it reads Seed, Temperature, BF16 and Warn. A model great can; of those that can't the error wraps
// [errors.ErrUnsupported]. A table with other columns is an error, too.
func (m *Model) Fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	f, ok := m.gen.(filler)
	if !ok {
		bad := problem("bad-option", fmt.Sprintf("a model %s can't complete rows", m.info.Kind), "learn the table with the model columns or great")
		bad.Err = errors.ErrUnsupported
		return nil, during(ctx, "fill", bad)
	}
	m.warnFamily(opt.Warn)
	filled, err := f.fill(ctx, t, opt)
	if err != nil {
		return nil, during(ctx, "fill", err)
	}
	return filled, nil
}
