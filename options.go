package cohort

import (
	"time"

	"example.org/cohort/ctgan"
	"example.org/cohort/table"
	"example.org/cohort/transformer/column"
	"example.org/cohort/transformer/great"
)

// Options says how [Fit] learns. The zero value is the careful choice.
type Options struct {
	// Model is "auto" (also when empty), "columns", "trees", "copula", "independent", "ctgan", "tvae" or "great". Auto is trees, and from 1,000
	// persons on, where the time allowed does for it, trees and columns together; at level structure, which learns no relations between
	// columns, it is independent, and all others are refused but great with weights, which then writes rows from the schema alone. When
	// Model is empty and one of CTGAN, GReaT and Column is set, it is ctgan, great or columns.
	Model string
	// Level is "share" (also when empty), "research" or "structure".
	Level string
	// Protect keeps out of the model what fewer persons than this have: categories, marks, spikes, extremes.
	// 0 is 5, but off at level research and for the presets sdv, synthcity and be_great, which can't protect; a negative value is off.
	Protect int
	// Target names a column that others will want to predict: trees and auto take most care of it and draw it evenly, for as many rows
	// together as were learned, at most 4,096 (Deville and Tillé, 2004); the networks don't know of it. Empty is none.
	Target string
	Seed   uint64
	// NoRules leaves out the rules that hold in every row of the table, a + b = c, a <= b, A -> B and A xor B, which are otherwise found
	// and kept. Those of the table's schema hold in any case. The presets sdv, synthcity and be_great keep none, and refuse those of
	// the schema.
	NoRules bool
	// Budget bounds the plan, and the clock may cut the plan short. 0 plans from the size of the table alone.
	Budget time.Duration
	Steps  int64 // repeats a run that was cut short: exactly this many; 0 is the plan's
	// Memory is a bound in bytes, 0 is none. It never changes the plan; a plan that does not fit is refused.
	Memory int64
	// Stop, once closed, ends learning early with the best model so far and a nil error.
	Stop <-chan struct{}
	// Checkpoint names a file that Fit writes now and then, atomically, and continues from when it belongs to the
	// same table and options; one of another run is an error. It is removed at the end. Empty: no checkpoint.
	Checkpoint string
	// Progress is called on the goroutine that called Fit, at most ten times a second, never after return. The phases
	// are "encode" and "learn"; total 0 means unknown.
	Progress func(phase string, done, total int64)
	// Warn hears, on the same goroutine, what is worth a word but not fatal.
	Warn func(*table.Error)
	// CTGAN has the knobs of the models ctgan and tvae. What Fit knows already must be empty in it: Model, Level, Protect,
	// Whole, Seed, Budget, Steps, Stop, Checkpoint, Progress and Warn. Nil is the preset plus.
	CTGAN *ctgan.Options
	// GReaT has the knobs of the model great, and its weights. What Fit knows already must be empty in it, too. Nil is a small model
	// from scratch of preset plus.
	GReaT *great.Options
	// Column has the knobs of the model columns. What Fit knows already must be empty in it, too. Nil is sizes that follow from the table.
	Column *column.Options
}

// Estimate is what learning a table costs.
type Estimate struct {
	Model  string        // the generator that Fit would use
	Time   time.Duration // on this machine, measured for a few milliseconds
	Memory int64         // bytes, peak, the table included
	Size   string        // what a model great is: "a GPT-2 from scratch, 2 layers of 64, 0.152 million numbers"; of others empty
}

// Info tells how a model came about.
type Info struct {
	Kind      string        // the generator, for example "trees" or "ctgan (sdv)"
	Why       string        // one sentence: why this generator
	Schema    *table.Schema // of the rows that the model writes; callers must not change it
	Rows      int           // learned
	Protect   int           // persons that a value must have at least to be learned; 0 is off
	Seed      uint64
	Planned   int64  // steps
	Steps     int64  // done; fewer than Planned if the clock or Stop ended it
	StoppedBy string // "plan", "held-out score", "clock", "stop"; empty for a loaded model that did not end its plan
	Kernels   string // the family of arithmetic: "avx512", "avx2" (in a file it stands for both), "neon" or "generic"
	Version   string // of the program that wrote it
}

// SampleOptions says which rows a model writes.
type SampleOptions struct {
	Rows  int64 // 0 is as many as were learned
	First int64 // number of the first row: row i is a function of model, Seed, Where and i alone
	Seed  uint64
	// Where holds in every row returned, on any columns, and exactly Rows rows come back. A row that can't be drawn
	// has the condition set into it, and Warn hears how many; with Strict that is ErrNoRow. (The presets sdv and synthcity do
	// with conditions what their packages do.)
	Where  []table.Cond
	Strict bool
	// Examples are rows that a model great is shown before it writes, Shots of them (0: 8, where there are some). Nothing of them is kept in
	// the model; what it writes may be like them. Other models refuse them.
	Examples *table.Table
	Shots    int
	// Balance makes every value of this column equally frequent.
	Balance     string
	Temperature float64 // 0 is 1, the learned distribution
	// BF16 asks a model great for products of bfloat16; see great.Options. Other models refuse it.
	BF16 bool
	// Progress is called on the caller's goroutine with the phase "write" and numbers of rows, as Options.Progress is.
	Progress func(phase string, done, total int64)
	Warn     func(*table.Error)
	// Picking, if not nil, hears after the last row how much choice there was among candidates, where the column transformer picked rows from some.
	Picking func(Picking)
}

// Picking says how rows were picked where two conditions or more are no single values: the column transformer draws Candidates rows for each
// one, with the conditions set into them, and picks one by how likely they were met (sequential importance resampling). What counts of the
// candidates is 1 / sum of squares of their shares of all weight (Kong, Liu and Wong, 1994): all of them where they weigh alike, one where it has
// all weight. Where little counts, rows are less like real ones that meet the conditions; below a tenth, Warn hears "few-candidates".
type Picking struct {
	Rows       int64   // that were picked
	Candidates int     // for each
	Effective  float64 // the mean, over rows, of the share of candidates that counts
	Least      float64 // the smallest of these shares
}
