package great

import (
	"fmt"
	"io/fs"
	"math"
	"time"

	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// Options say what to learn and how. The zero value trains a small GPT-2 from scratch at level share with protection 5.
type Options struct {
	Weights fs.FS  // a folder of Hugging Face with a GPT-2, DistilGPT2 or DialoGPT to begin with; nil: from scratch, of a size that fits table and budget
	Preset  string // "plus" (also when empty); "be_great" does what that package does; "realtabformer" has a vocabulary per column and digits

	Epochs      int     // 0: the preset's
	Batch       int     // rows of a step; 0: the preset's
	LR          float64 // learning rate at its highest; 0: the preset's
	LoRA        int     // rank of an adapter that is trained in place of the weights; 0: none. It needs Weights
	Temperature float64 // logits are divided by it; 0: the preset's, 1 for plus
	TopK        int     // tokens are drawn from so many of the likeliest; 0: the preset's, all for plus
	BF16        bool    // products of bfloat16: faster where [kernels.CheckBF16] has nothing against them, and outside the promise of equal bytes on every processor

	Level      string       // "share" (also when empty), "research"; "structure" learns nothing, and needs Weights
	Protect    int          // persons that must share what is learned; 0 is 5, but off at level research and for be_great; negative is off
	Whole      *table.Table // as in encode.Options: what the table is a part of; nil is itself
	Seed       uint64
	Budget     time.Duration // bounds the plan, and the clock may cut it short; 0 is none
	Steps      int64         // repeats a run that was cut short: exactly so many; 0 is the plan's
	Stop       <-chan struct{}
	Checkpoint string // a file to go on from; see transformer.TrainOptions
	Progress   func(phase string, done, total int64)
	Warn       func(*table.Error)
	Trace      func(Step) // hears of every step, on the goroutine that called Fit
}

// A Step is what one step of learning was like.
type Step struct {
	Number     int64   // counted from 0
	Epoch      float64 // passes over the table after it
	Loss       float64 // mean -ln probability of a token that is learned, in nats, with dropout
	Held       float64 // mean -ln probability of a cell of the rows held out, in nats, where they were looked at; else 0
	Norm       float64 // length of the gradient before it is clipped
	Rate       float64 // learning rate
	RolledBack bool    // a number was not finite: the weights are those before the last step, or those of the best look
}

// SampleOptions say which rows Sample writes.
type SampleOptions struct {
	First, Rows int64 // row i is a function of the model, Seed, the conditions, the examples and i alone
	Seed        uint64
	Where       []table.Cond // holds in every row, but for preset be_great
	Strict      bool         // an error for a row that can't be drawn with Where, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is that of the fit

	Examples *table.Table // rows to be shown to the model before it writes; nothing of them is kept
	Shots    int          // how many of them; 0: 8, where there are some
	BF16     bool         // products of bfloat16, as in Options; a model learned either way can be asked either way

	Warn func(*table.Error) // hears that the model knows little of what rows look like: low-mass
	Mass func(mean float64) // hears the mean probability, before the grammar, of the tokens that it allowed where there was a choice
}

// The presets.
const (
	plus          = "plus"
	beGreat       = "be_great"
	realTabFormer = "realtabformer"
)

// settings is what Options and the preset come to. It is part of a model file.
type settings struct {
	Preset, Level string
	Epochs        int // 0: as many as the table asks for
	Batch         int
	LR            float64
	LoRA          int
	Temperature   float64
	TopK          int
	Scratch       bool    // no weights were given
	Average       float32 // see transformer.TrainOptions
	Decay         float32
}

// The peers' values are those of be_great 0.0.14 and REaLTabFormer 0.2.2, and of transformers where those leave it to that. From scratch the
// learning rate is ours: theirs is for a network that can write already, or is a hundred times as large.
var presets = map[string]settings{
	plus:          {Batch: 8, LR: 5e-5, Temperature: 1},
	beGreat:       {Epochs: 100, Batch: 8, LR: 5e-5, Temperature: 0.7, TopK: 50},
	realTabFormer: {Batch: 32, LR: scratchLR, Temperature: 1, TopK: 50},
}

const (
	mostAsked = 1 << 20 // epochs and rows of a step
	scratchLR = 4e-3    // of a model from scratch that is 64 wide; of wider ones in proportion less
	peerLR    = 2e-3    // of preset be_great from scratch, which begins as GPT-2 does
)

// What preset plus does from scratch, where rows are few: see transformer.TrainOptions.
const scratchAverage, scratchDecay, scratchBatch = 0.998, 0.1, 16

func badOption(reason, fix string) error {
	return &table.Error{Code: "bad-option", Reason: reason, Fix: fix}
}

// resolve fills in what is empty and refuses what makes no sense.
func (o Options) resolve() (Options, settings, error) {
	if o.Preset == "" {
		o.Preset = plus
	}
	s, ok := presets[o.Preset]
	s.Preset, s.Scratch = o.Preset, o.Weights == nil
	switch {
	case !ok:
		return o, s, badOption(fmt.Sprintf("there is no preset %q", o.Preset), "the presets are plus, be_great and realtabformer")
	case o.Preset == realTabFormer && o.Weights != nil:
		return o, s, badOption("preset realtabformer has a vocabulary of its own, to which no weights fit", "leave the weights out")
	case o.LoRA != 0 && o.Weights == nil:
		return o, s, badOption("an adapter needs weights beside which it is trained", "give weights, or leave the adapter out")
	case o.Level == "structure" && (o.Weights == nil || o.Preset != plus):
		return o, s, badOption("at level structure nothing is learned, and only weights that can write know anything", "give weights and take preset plus, or another level")
	case o.Preset == beGreat && o.Protect > 0:
		return o, s, badOption("preset be_great protects nobody", "leave out the protection, or take preset plus")
	case o.Epochs < 0 || o.Epochs > mostAsked || o.Batch < 0 || o.Batch > mostAsked || o.LoRA < 0 || o.TopK < 0 || o.Budget < 0 || o.Steps < 0:
		return o, s, badOption("a number is out of range", "leave it out, or ask for more than 0")
	case !(o.LR >= 0) || math.IsInf(o.LR, 0) || !(o.Temperature >= 0) || math.IsInf(o.Temperature, 0):
		return o, s, badOption("the learning rate or the temperature makes no sense", "leave it out, or ask for a number above 0")
	}
	if err := checkBF16(o.BF16); err != nil {
		return o, s, err
	}
	s.override(o)
	switch {
	case o.Preset == beGreat:
		o.Level, o.Protect = "research", 0
	case o.Protect == 0 && o.Level != "research":
		o.Protect = 5
	}
	o.Protect, s.Level = max(o.Protect, 0), o.Level
	return o, s, nil
}

// checkBF16 refuses products of bfloat16 where there are none, or where they are not worth it.
func checkBF16(on bool) error {
	if !on {
		return nil
	}
	if err := kernels.CheckBF16(); err != nil {
		return &table.Error{Code: "no-bfloat", Reason: err.Error(), Fix: "leave the option bf16 out", Err: err}
	}
	return nil
}

// override takes the knobs that are given.
func (s *settings) override(o Options) {
	if s.Scratch {
		if s.LR = scratchLR; s.Preset == beGreat {
			s.LR = peerLR
		}
	}
	if s.Scratch && s.Preset == plus {
		s.Average, s.Decay, s.Batch = scratchAverage, scratchDecay, scratchBatch
	}
	for _, k := range []struct {
		to *int
		v  int
	}{{&s.Epochs, o.Epochs}, {&s.Batch, o.Batch}, {&s.LoRA, o.LoRA}, {&s.TopK, o.TopK}} {
		if k.v > 0 {
			*k.to = k.v
		}
	}
	if o.LR > 0 {
		s.LR = o.LR
	}
	if o.Temperature > 0 {
		s.Temperature = o.Temperature
	}
}
