package great

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
	"example.org/cohort/transformer"
	"example.org/cohort/transformer/hf"
)

// Fit learns t. Errors of the table or the options are *[table.Error], among them row-too-long where a row does not fit the context; those
// of a folder of weights are those of [transformer.Open] and [tokenizer.Open]. A cancelled ctx gives ctx.Err() at the end of a batch.
func Fit(ctx context.Context, t *table.Table, opt Options) (*Model, error) {
	f, err := begin(ctx, opt)
	if err != nil {
		return nil, err
	}
	for _, do := range []func() error{func() error { return f.encode(t) }, f.vocabulary, f.network, ctx.Err, f.train} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	return f.m, nil
}

// A fitting is one call of Fit.
type fitting struct {
	ctx         context.Context
	opt         Options
	began       time.Time
	m           *Model
	given       *hf.Config // of Options.Weights; nil: from scratch
	codes       [][]int32  // by variable and row
	exact       [][]int64  // by column: the cells themselves, where they may be shown; nil: values drawn from codes
	learn, held []int      // rows
	perCell     float64    // tokens of a cell that is held out, on average
}

func begin(ctx context.Context, opt Options) (*fitting, error) {
	opt, set, err := opt.resolve()
	if err != nil {
		return nil, err
	}
	f := &fitting{ctx: ctx, opt: opt, began: time.Now(), m: &Model{set: set}}
	f.opt.Progress = run.Throttle(opt.Progress)
	return f, nil
}

// encode turns the table into codes, and parts its rows.
func (f *fitting) encode(t *table.Table) error {
	f.opt.Progress("encode", 0, 0)
	m := f.m
	var err error
	if m.enc, err = encode.Fit(t, encode.Options{Protect: f.opt.Protect, Level: f.opt.Level, Whole: f.opt.Whole, Warn: f.opt.Warn}); err != nil {
		return err
	}
	if f.codes, err = m.enc.Codes(t); err != nil {
		return err
	}
	m.rows = t.Rows()
	f.learn, f.held = parted(t, f.opt.Seed)
	if f.opt.Protect == 0 {
		f.exact = exactCells(t, m.enc.Schema())
	}
	return nil
}

// parted holds out the rows of one person in ten, where there are enough.
func parted(t *table.Table, seed uint64) (learn, held []int) {
	person, persons := t.Persons()
	out := make([]bool, persons)
	if persons >= leastHeld {
		order := make([]int, persons)
		for i := range order {
			order[i] = i
		}
		rng.Shuffle(seed, rng.GreatSplit, persons, func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, p := range order[:persons/heldEvery] {
			out[p] = true
		}
	}
	for r, p := range person {
		if out[p] {
			held = append(held, r)
		} else {
			learn = append(learn, r)
		}
	}
	return learn, held
}

const leastHeld, heldEvery = 50, 10

// exactCells gives the cells of the columns of s that t has on the same grid or with the same values; nil for others.
func exactCells(t *table.Table, s *table.Schema) [][]int64 {
	out := make([][]int64, len(s.Columns))
	for c := range s.Columns {
		to := &s.Columns[c]
		j := slices.IndexFunc(t.Schema().Columns, func(x table.Column) bool { return x.Name == to.Name })
		if j < 0 {
			continue
		}
		from := &t.Schema().Columns[j]
		switch {
		case from.Kind != to.Kind || !slices.Equal(from.Values, to.Values) || !slices.Equal(from.Marks, to.Marks):
		case to.Kind == table.Category || to.Kind == table.Ordered:
			for _, v := range t.Codes(j) {
				out[c] = append(out[c], int64(v))
			}
		case isNumber(to.Kind) && from.Step == to.Step:
			out[c] = t.Ints(j)
		}
	}
	return out
}

func isNumber(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

// vocabulary finds the tokens, and makes the grammar of them.
func (f *fitting) vocabulary() (err error) {
	m, end := f.m, int32(-1)
	switch {
	case m.set.Preset == realTabFormer:
		return m.arrange(digitEnd)
	case m.set.Scratch:
		var list []string
		if m.set.Preset == plus {
			list, err = phrases(m.enc)
		}
		if err == nil {
			m.tok, err = vocabulary(m.enc, list)
		}
	default:
		folder, err := hf.Open(f.opt.Weights)
		if err != nil {
			return err
		}
		if err := folder.Close(); err != nil {
			return err
		}
		f.given = &folder.Config
		if m.tok, err = tokenizer.Open(f.opt.Weights); errors.Is(err, fs.ErrNotExist) {
			m.tok, err = gpt2.Tokenizer(), nil
		}
		if err != nil {
			return err
		}
		end = int32(f.given.EOS)
	}
	if err != nil {
		return err
	}
	if id, ok := m.tok.Special(endOfText); ok {
		end = id
	}
	if f.given != nil {
		if err := agree(m.tok.Size(), f.given.Vocab, end); err != nil {
			return err
		}
	}
	if err := m.arrange(end); err != nil || m.s.peer == nil {
		return err
	}
	cut, err := m.s.peer.check()
	if cut > 0 {
		f.warn(cutValues(cut))
	}
	return err
}

// agree tells whether a vocabulary and weights can be of one model.
func agree(tokens, weights int, end int32) error {
	switch {
	case tokens > weights || tokens+mostPadding < weights:
		return &table.Error{Code: "bad-weights", Reason: fmt.Sprintf("the vocabulary has %d tokens and the weights have %d", tokens, weights),
			Fix: "give a folder whose files belong together"}
	case end < 0 || int(end) >= tokens:
		return &table.Error{Code: "bad-weights", Reason: "no token of the vocabulary ends a text", Fix: "give a folder whose files belong together"}
	}
	return nil
}

// mostPadding is how many rows weights may have that are no token: they are there to make the count a round number.
const mostPadding = 1024

func (f *fitting) warn(code, reason, fix string) {
	if f.opt.Warn != nil {
		f.opt.Warn(&table.Error{Code: code, Reason: reason, Fix: fix})
	}
}

// network takes the weights that were given, or new ones.
func (f *fitting) network() (err error) {
	m := f.m
	m.epochs()
	if m.set.Scratch {
		c := f.config()
		if f.opt.LR == 0 && m.set.Preset != beGreat {
			m.set.LR *= float64(sizes[0].Width) / float64(c.Width)
		}
		m.net, err = transformer.New(c, f.opt.Seed)
		return err
	}
	var warnings []string
	if m.net, warnings, err = transformer.Open(f.opt.Weights); err != nil {
		return err
	}
	for _, w := range warnings {
		f.warn("weights", w, "see cohort doctor --weights")
	}
	if n := m.longest; n > m.net.Config.Positions {
		return tooLong(n, m.net.Config.Positions)
	}
	if m.set.LoRA > 0 {
		return m.net.Adapt(&hf.Adapter{Rank: m.set.LoRA, Scale: loraScale, Dropout: loraDropout}, f.opt.Seed)
	}
	return nil
}

// What be_great asks PEFT for.
const loraScale, loraDropout = 2, 0.05

func tooLong(tokens, most int) error {
	return &table.Error{Code: "row-too-long", Reason: fmt.Sprintf("the longest row can have %d tokens, and the model takes %d", tokens, most),
		Fix: "drop or shorten columns, or train from scratch, which makes room"}
}

// cells gives the cells of a row as they are shown in an epoch.
func (f *fitting) cells(row int, r *rng.Stream) func(col int) int64 {
	codes := make([]int32, len(f.codes))
	for v := range codes {
		codes[v] = f.codes[v][row]
	}
	return func(col int) int64 {
		if f.exact != nil && f.exact[col] != nil {
			return f.exact[col][row]
		}
		return f.m.enc.Value(col, codes, encode.Limit{Low: encode.NoLow, High: encode.NoHigh}, r)
	}
}

// shown gives rows as sequences.
func (f *fitting) shown(rows []int, epochs bool) transformer.Data {
	return transformer.Data{Len: len(rows), At: func(epoch, i int) transformer.Sequence {
		if !epochs {
			epoch = heldEpoch
		}
		r := rng.New(f.opt.Seed, rng.GreatShow, uint64(epoch)<<40|uint64(rows[i]))
		order := f.m.s.order(&r)
		ids, labels := f.m.s.row(order, f.cells(rows[i], &r), true)
		if f.m.set.Preset == beGreat {
			labels = nil
		}
		return transformer.Sequence{IDs: ids, Labels: labels}
	}}
}

// heldEpoch is the one in which rows held out are shown: no epoch of learning.
const heldEpoch = mostAsked + 1

// head is the tokens that softmax is over.
func (m *Model) head() []int32 {
	if m.set.Preset == beGreat {
		return nil
	}
	return m.s.g.head()
}

// train runs the plan.
func (f *fitting) train() error {
	m := f.m
	if m.set.Level == "structure" {
		return nil
	}
	if len(f.learn) < 2 {
		return &table.Error{Code: "too-few-rows", Reason: "a network needs two rows at least", Fix: "take another model"}
	}
	held := f.shown(f.held, false)
	if m.set.Preset == beGreat {
		f.learn, held = append(f.learn, f.held...), transformer.Data{}
		slices.Sort(f.learn)
	}
	f.perCell = f.tokensPerCell(held)
	perEpoch := (len(f.learn) + m.set.Batch - 1) / m.set.Batch
	report, err := transformer.Train(f.ctx, m.net, f.shown(f.learn, true), transformer.TrainOptions{
		Epochs: m.set.Epochs, Batch: m.set.Batch, Rate: float32(m.set.LR), Warmup: m.warmup(perEpoch), Average: m.set.Average, Decay: m.set.Decay,
		Head: m.head(), Seed: f.opt.Seed,
		BF16: f.opt.BF16, Held: held, Every: lookEvery(perEpoch, m.set.Epochs), Patience: patience, Budget: f.left(), Steps: f.opt.Steps, Stop: f.opt.Stop,
		Checkpoint: f.opt.Checkpoint, Progress: f.opt.Progress, Trace: f.trace(),
		Warn: func(text string) { f.warn("rolled-back", text, "a lower learning rate avoids that") },
	})
	if errors.Is(err, run.ErrOtherRun) {
		return &table.Error{Code: "other-checkpoint", Reason: "the file to go on from belongs to another table, other options, another " +
			"build of the program or other kernels", Fix: "remove it, or repeat the first run's options", Err: err}
	}
	if err != nil {
		return err
	}
	m.report = run.Report{Planned: report.Planned, Steps: report.Steps, StoppedBy: report.StoppedBy}
	if held.Len > 0 {
		m.held = report.Held * f.perCell
	}
	return nil
}

// warmup is the steps in which the rate rises: a tenth of the plan at most, and none for preset be_great.
func (m *Model) warmup(perEpoch int) int {
	if m.set.Preset == beGreat {
		return 0
	}
	return min(mostWarmup, perEpoch*m.set.Epochs/10)
}

const (
	mostWarmup = 300
	patience   = 12 // looks
	looks      = 50 // in a plan, about
)

func lookEvery(perEpoch, epochs int) int { return max(perEpoch*epochs/looks, min(perEpoch, 50), 1) }

// tokensPerCell is how many tokens a cell has that is held out.
func (f *fitting) tokensPerCell(held transformer.Data) float64 {
	tokens := 0
	for i := range held.Len {
		for _, id := range held.At(0, i).Labels {
			if id >= 0 {
				tokens++
			}
		}
	}
	return float64(tokens) / float64(max(held.Len*len(f.m.s.cols), 1))
}

// trace turns steps of package transformer into those of this one.
func (f *fitting) trace() func(transformer.Step) {
	if f.opt.Trace == nil {
		return nil
	}
	return func(s transformer.Step) {
		f.opt.Trace(Step{Number: s.Number, Epoch: s.Epoch, Loss: s.Loss, Held: s.Held * f.perCell, Norm: float64(s.Norm), Rate: float64(s.Rate), RolledBack: s.RolledBack})
	}
}

// left is the time for the steps: the budget less what went by.
func (f *fitting) left() time.Duration {
	if f.opt.Budget == 0 {
		return 0
	}
	return max(f.opt.Budget-time.Since(f.began), 1)
}
