package cohort

import (
	"context"
	"fmt"

	"example.org/cohort/baseline"
	"example.org/cohort/ctgan"
	"example.org/cohort/table"
	"example.org/cohort/transformer/column"
	"example.org/cohort/transformer/great"
)

// leastPersons is how many persons a table must have for relations between columns to be learned.
const leastPersons = 20

// Fit learns t. With a zero Options it takes sequential trees, with a column transformer beside them from 1,000 persons on, keeps the
// exact rules that it finds, and protects rare values. A cancelled context gives nil and ctx.Err(). The errors are [*table.Error] with the codes "no-such-model",
// "no-such-preset", "no-such-level", "no-such-column", "bad-option", "too-few-rows", "rule-broken", "time-too-short",
// "not-enough-memory", "weights-incomplete" and "weights-unusable", or one of the checkpoint.
func Fit(ctx context.Context, t *table.Table, opt Options) (*Model, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := newTask(t, opt, 1)
	if err != nil {
		return nil, during(ctx, "fit", err)
	}
	if err := p.affordable(opt, 1, 0); err != nil {
		return nil, during(ctx, "fit", err)
	}
	p.warnPeer(opt.Warn)
	m, err := p.fit(ctx, opt)
	if err != nil {
		return nil, during(ctx, "fit", err)
	}
	return m, nil
}

// fit learns the task's table.
func (p *task) fit(ctx context.Context, opt Options) (*Model, error) {
	gen, err := p.generator(ctx, opt)
	if err != nil {
		return nil, err
	}
	return newModel(gen, header{p.why, p.table.Rows(), p.protect, opt.Seed, p.kernels(), Version}), nil
}

// A task is what Options ask for on one table, checked and resolved.
type task struct {
	table   *table.Table // with the rules that hold
	whole   *table.Table // what table is a part of; nil is itself
	people  int          // in the whole
	model   string
	why     string
	level   string
	protect int            // 0 is off
	net     *ctgan.Options // of the models ctgan and tvae; nil for the others
	text    *great.Options // of the model great; nil for the others
	knobs   column.Options // of the model columns
	peer    string         // the preset, if it is a peer's
}

// newTask checks opt against t and finds the rules to keep. Learning has that share of the budget.
func newTask(t *table.Table, opt Options, share float64) (*task, error) {
	p := &task{table: t}
	if err := p.resolve(opt); err != nil {
		return nil, err
	}
	if opt.Steps < 0 || opt.Budget < 0 || opt.Memory < 0 {
		return nil, problem("bad-option", "steps, time or memory is negative", "leave it out, or ask for more than 0")
	}
	if opt.Target != "" {
		if _, err := t.Schema().Column(opt.Target); err != nil {
			return nil, err
		}
	}
	_, persons := t.Persons()
	p.people = persons
	if persons == 0 || persons < leastPersons && p.level != "structure" {
		return nil, problem("too-few-rows", fmt.Sprintf("the table is about %d persons; from so few it can't be learned "+
			"without giving them away", persons), "20 are the least, 300 or more work well; level structure keeps formats only")
	}
	if err := p.checkRules(t); err != nil {
		return nil, err
	}
	if !opt.NoRules && p.peer == "" {
		var err error
		if p.table, err = p.withRules(t); err != nil {
			return nil, err
		}
	}
	if p.model == auto {
		return p, p.auto(opt, share)
	}
	return p, nil
}

// resolve fills in level, model and protection.
func (p *task) resolve(opt Options) error {
	switch opt.Level {
	case "", "share":
		p.level = "share"
	case "research", "structure":
		p.level = opt.Level
	default:
		return problem("no-such-level", fmt.Sprintf("there is no level %q", opt.Level),
			"the levels are share, research and structure")
	}
	model := opt.Model
	switch {
	case model != "":
	case opt.CTGAN != nil:
		model = "ctgan"
	case opt.GReaT != nil:
		model = "great"
	case opt.Column != nil:
		model = columns
	}
	if err := p.choose(model); err != nil {
		return err
	}
	for _, choose := range []func(Options) error{p.chooseNetwork, p.chooseWriter, p.chooseColumns} {
		if err := choose(opt); err != nil {
			return err
		}
	}
	switch {
	case opt.Protect > 0:
		p.protect = opt.Protect
	case opt.Protect == 0 && p.level != "research" && p.peer == "":
		p.protect = 5
	}
	return p.checkPeer(opt.Protect)
}

// choose settles the generator and says why.
func (p *task) choose(model string) error {
	alone := p.level == "structure"
	switch model {
	case "", "auto":
		p.model = auto // newTask settles what that is
		if alone {
			p.model, p.why = "independent", "level structure learns no relations between columns"
		}
	case "trees", "columns", "copula", "ctgan", "tvae":
		if alone {
			return problem("no-such-model", fmt.Sprintf("level structure learns no relations between columns, so there "+
				"is nothing for %q to learn", model), "leave the model out, or choose level share or research")
		}
		p.model, p.why = model, "it was asked for"
	case "independent", "great":
		p.model, p.why = model, "it was asked for"
	default:
		return problem("no-such-model", fmt.Sprintf("there is no model %q", model),
			"the models are auto, columns, trees, copula, independent, ctgan, tvae and great")
	}
	return nil
}

// options are those of a generator of package baseline.
func (p *task) options(opt Options) baseline.Options {
	protect := p.protect
	if protect == 0 {
		protect = -1
	}
	model := p.model
	if model == auto || model == columns {
		model = "trees"
	}
	return baseline.Options{
		Model:      model,
		Level:      p.level,
		Protect:    protect,
		Target:     opt.Target,
		Whole:      p.whole,
		Seed:       opt.Seed,
		Budget:     opt.Budget,
		Steps:      opt.Steps,
		Stop:       opt.Stop,
		Checkpoint: opt.Checkpoint,
		Progress:   opt.Progress,
		Warn:       opt.Warn,
	}
}
