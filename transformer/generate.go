package transformer

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
)

// GenerateOptions say which rows are generated, and how. The zero value of a field that has no other meaning leaves the model's own
// distribution as it is.
type GenerateOptions struct {
	First, Rows int                      // rows First, First+1, ..., Rows of them
	Seed        uint64                   // of the tokens drawn
	Stream      func(row int) rng.Stream // numbers that a row's tokens are drawn with; nil: a stream of Seed and the row's number
	Batch       int                      // rows that are computed together; 0: 16. It changes nothing but speed and memory
	Most        int                      // tokens of a row at most, Prefix and Prompt included; 0: as many as the model has positions

	Prefix []int32               // tokens that every row begins with; they are computed once
	Prompt func(row int) []int32 // tokens that come behind Prefix; nil: none. Where a row has no token at all it begins with BOS
	Next   func(row Row) Next    // what may come behind the tokens so far; nil: anything, up to the model's EOS
	Head   []int32               // ids that can be drawn at all, ascending: softmax is over them; nil: the vocabulary
	Mass   bool                  // compute Row.Mass

	Temperature float64 // logits are divided by it; 0: 1
	TopK        int     // draw from so many of the likeliest; 0: all
	TopP        float64 // draw from the likeliest that have this probability together; 0: 1
	Penalty     float64 // what logits of tokens that are in the row already are divided by, or multiplied by where they are negative; 0: 1
	Half        bool    // weights as bfloat16, rounded: less memory to go through for each token, and slightly other numbers
	BF16        bool    // products of bfloat16: weights as with Half, and what they are multiplied with rounded, too; see [kernels.CheckBF16]
}

// A Row is what a row consists of so far. Its slices are only to be read, and until the call returns.
type Row struct {
	Number int
	IDs    []int32 // Prefix, Prompt, and what came behind
	Own    int     // where what came behind begins in IDs
	Drawn  int     // how many tokens were drawn. The others were forced
	Mass   float64 // mean probability, at temperature 1, of all tokens that were allowed where one was drawn; 0 without GenerateOptions.Mass
}

// A Next is what may come behind a row's tokens. The zero value allows anything.
type Next struct {
	Forced  []int32 // tokens that follow in any case: they are not drawn, and are computed together. Next is asked again behind them
	Allowed []int32 // ids of which one follows, ascending; nil: any. A single one is as if forced
	Stop    bool    // the row ends here
}

// Generate gives the rows asked for to done, in their order, while later ones are still computed. A row ends where Next stops it, behind
// the model's EOS, which stays in it, if there is no Next, and at Most tokens. An error of done, a cancelled ctx, or a row that can't
// be computed ends everything.
//
// Each row has a length of its own and is never padded; one that has ended makes room for another. Row r is a function of the model,
// the seed, r and what Prefix, Prompt and Next say of it, whatever the batch. Of the logits of its last token, in this order: those of
// tokens in the row are penalised, those that are not allowed dropped, all divided by the temperature, and the k highest and then the
// nucleus kept, as in transformers 5.24 (generation/logits_process.py); one number of the row's own stream picks the token.
func (m *Model) Generate(ctx context.Context, o GenerateOptions, done func(Row) error) error {
	if err := o.complete(m); err != nil {
		return err
	}
	s, err := m.newSampler(o)
	if err != nil {
		return err
	}
	for s.begin() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.advance()
		if err := s.draw(); err != nil {
			return err
		}
		if err := s.deliver(done); err != nil {
			return err
		}
	}
	if s.err != nil {
		return s.err
	}
	return s.deliver(done)
}

// complete fills in what was left out, and refuses what can't be.
func (o *GenerateOptions) complete(m *Model) error {
	for _, f := range []*float64{&o.Temperature, &o.TopP, &o.Penalty} {
		if *f == 0 {
			*f = 1
		}
	}
	if o.Batch == 0 {
		o.Batch = 16
	}
	if o.Most == 0 {
		o.Most = m.Config.Positions
	}
	if o.BF16 {
		if err := kernels.CheckBF16(); err != nil {
			return fmt.Errorf("transformer: %w; leave BF16 out", err)
		}
	}
	switch {
	case o.First < 0 || o.Rows < 0 || o.Batch < 0 || o.TopK < 0:
		return fmt.Errorf("transformer: rows from %d on, %d of them, %d together, of %d tokens each; none may be below 0", o.First, o.Rows, o.Batch, o.TopK)
	case o.Most < 2 || o.Most > m.Config.Positions:
		return fmt.Errorf("transformer: %d tokens in a row; the model takes 2 to %d", o.Most, m.Config.Positions)
	case !(o.Temperature > 0) || math.IsInf(o.Temperature, 0):
		return fmt.Errorf("transformer: a temperature of %g; it must be more than 0", o.Temperature)
	case !(o.TopP > 0 && o.TopP <= 1):
		return fmt.Errorf("transformer: top-p is %g; it must be more than 0 and not more than 1", o.TopP)
	case !(o.Penalty > 0) || math.IsInf(o.Penalty, 0):
		return fmt.Errorf("transformer: a repetition penalty of %g; it must be more than 0", o.Penalty)
	case len(o.Prefix) >= o.Most:
		return fmt.Errorf("transformer: a prefix of %d tokens in rows of at most %d", len(o.Prefix), o.Most)
	}
	return m.mustKnow("the prefix", o.Prefix)
}

var errNoLogits = errors.New("transformer: the model's logits are not numbers, or all tokens that are allowed have none; its weights are damaged")

// draw picks the next token of every row whose tokens have all been computed.
func (s *sampler) draw() error {
	ready := s.ready()
	if len(ready) == 0 {
		return nil
	}
	s.computeLogits(ready)
	run.Parallel(len(ready), func(i int) { s.pick(ready[i], s.logits[i*s.width:(i+1)*s.width]) })
	for _, r := range ready {
		if r.picked < 0 {
			return errNoLogits
		}
		s.add(r, []int32{r.picked})
		r.Drawn++
		if err := s.follow(r); err != nil {
			return err
		}
	}
	return nil
}

// deliver hands over rows that have ended, in the order of their numbers.
func (s *sampler) deliver(done func(Row) error) error {
	for {
		r, ok := s.ended[s.o.First+s.delivered]
		if !ok {
			return nil
		}
		delete(s.ended, r.Number)
		s.delivered++
		if r.Drawn > 0 {
			r.Mass /= float64(r.Drawn)
		}
		if err := done(r.Row); err != nil {
			return err
		}
	}
}
