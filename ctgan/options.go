package ctgan

import (
	"time"

	"example.org/cohort/table"
)

// Options say what to learn and how. The zero value is a CTGAN of preset plus at level share with protection 5.
//
// The knobs of the literature have the literature's names; 0 is the preset's value.
type Options struct {
	Model  string // "ctgan" (also when empty), "tvae"
	Preset string // "plus" (also when empty); "sdv" and "synthcity" do what those packages do, faults included

	Epochs  int     // passes over the table; where it is given, there is no early stopping, which ends synthcity's 2,000 otherwise
	Batch   int     // B, rows of a step
	Noise   int     // Z, width of the noise that a row is made from
	NoiseSD float64 // of the noise when rows are written; 1 is that of learning
	Gen     []int   // hidden widths of the generator, of the decoder of a TVAE
	Critic  []int   // hidden widths of the critic, of the encoder of a TVAE
	Pac     int     // rows that the critic judges together (Lin, Khetan, Fanti and Oh, "PacGAN", NeurIPS 2018)
	LR      float64 // learning rate
	Decay   float64 // of weights; preset synthcity has that of its package, which ignores another one, and refuses it

	Level      string       // "share" (also when empty), "research"
	Protect    int          // persons that must share what is learned; 0 is 5, but off at level research and for the peers' presets; negative is off
	Whole      *table.Table // as in encode.Options: what the table is a part of; nil is itself
	Seed       uint64
	Budget     time.Duration // bounds the plan, and the clock may cut it short; 0 is none. Everything that Fit does counts
	Steps      int64         // repeats a run that was cut short: exactly so many; 0 is the plan's
	Stop       <-chan struct{}
	Checkpoint string // a file to go on from; see cohort.Options
	Progress   func(phase string, done, total int64)
	Warn       func(*table.Error)
	Trace      func(Step) // hears of every step, on the goroutine that called Fit
}

// A Step is what happened in one step of learning: an update of the critic and one of the generator, or one of a TVAE.
type Step struct {
	Number    int64   // counted from 0
	Epoch     float64 // passes over the table after it
	Critic    float64 // loss of the critic without its penalty; of a TVAE: the reconstruction
	Penalty   float64 // of the critic's gradient; of a TVAE: the divergence from the prior
	Generator float64 // the generator's loss without the condition's
	Condition float64 // cross-entropy of what was asked for
	// Lengths of the gradients, before they are clipped.
	CriticNorm, GeneratorNorm float64
	Rate                      float64       // learning rate
	Rows                      time.Duration // rows and conditions drawn
	CriticTime, GeneratorTime time.Duration // forward, backward and update
	RolledBack                bool          // a number was not finite: the step was undone, back to the last snapshot at half the rate
}

// SampleOptions say which rows Sample writes.
type SampleOptions struct {
	First, Rows int64 // row i is a function of the model, Seed, the conditions and i alone
	Seed        uint64
	Where       []table.Cond // holds in every row, but for the peers' presets
	Strict      bool         // an error for a row that can't be drawn with Where, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is 1, the learned distribution
}
