package eval

import (
	"example.org/cohort/table"
)

// Options say what Compare is told beside the two tables. The zero value judges likeness and looks for copies.
type Options struct {
	// Holdout holds real people whom the generator never saw. Without it no privacy check can say "ok".
	Holdout *table.Table
	// Target is the column to predict. Empty: every column that real rows can predict, in turn; never the last by default.
	Target string
	// Known are the columns that outsiders may know (nil: categories, ordered and dates but the target); Sensitive those that
	// they may want to guess (nil: all categories).
	Known, Sensitive []string
	// Protect is the k that the synthetic table was made with: no value that fewer persons have may be in it. 0 is unknown
	// or off: such values are then counted, and no more.
	Protect int
	// Level is the level that the table was made at. At "structure" relations between columns are not learned, and neither
	// pairs nor usefulness are judged.
	Level string
	// Twin is the trial model's part, if the maker of the table has one; nil judges the table itself.
	Twin *Twin
	// Suite is "sound" (also when empty), "paper", "synthcity-0.2.10", "synthcity-0.2.12", "sdmetrics" or "mostlyai-qa". All but the
	// first have a peer's definitions, its faults included, and give numbers without a verdict; they take no Twin. The paper and synthcity
	// suites take the last column when Target is empty, and say so. Where people are set aside these two judge against them, as
	// the peer does, else against the real rows that the generator learned.
	Suite string
	// Only are metric names such as "pairs.tv", or beginnings of them such as "pairs"; nil is all. Of the suite "sound" the
	// beginnings are "shape", "pairs", "joint", "useful", "private", "detect", "rules", "sdis", and "downstream" and "explain", which must be named.
	Only []string
	// Weights of quality, usefulness and indistinguishability in SDIS; zero is equal.
	Weights [3]float64

	Seed     uint64
	Progress func(phase string, done, total int64)
	Warn     func(*table.Error)
}

// A Twin is what a trial model wrote that learned a part of the people by the same plan as the model of all. Likeness,
// usefulness, look-alikes, one of a kind and guessing are measured on it, against Options.Holdout, whom it never saw.
type Twin struct {
	Rows    *table.Table // at least 2,000
	Learned *table.Table // the people whom the trial model learned
	// Write gives the table that is judged for copies and breaches, if there is none yet: it is called once, on the caller's
	// goroutine, when the trial has been judged. Its columns are those of Rows.
	Write func() (*table.Table, error)
}

// A Report holds every number, also the ones that could not be computed, with the reason.
type Report struct {
	Version string // of the metric definitions
	Verdict Verdict
	Checks  []Check  // what led to the verdict, in the order of the screen
	Metrics []Metric // all numbers, those of the checks first
	Notes   []string // sentences that belong to the verdict
	Reasons []Reason // by what rows are told apart, where Options.Only names "explain"
	About   About    // what was compared, and how

	// What package report draws. Neither is among what WriteJSON and WriteCSV write.
	Shapes []ColumnShape  // of the columns that were compared, in their order
	Pairs  []PairLikeness // of all pairs that were looked at, those that lose most first
}

// Metric finds a metric by name; of several columns' the first.
func (r *Report) Metric(name string) (Metric, bool) {
	for _, m := range r.Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

// A Verdict sums up the checks.
type Verdict uint8

// The verdicts, from good to bad.
const (
	Pass         Verdict = iota + 1 // printed "READY FOR REVIEW": no check found a problem; a person decides
	LookCloser                      // at least one check needs a person's eye, or could not tell
	DoNotRelease                    // a privacy check failed
)

// String gives the verdict as it is printed.
func (v Verdict) String() string {
	switch v {
	case Pass:
		return "READY FOR REVIEW"
	case LookCloser:
		return "LOOK CLOSER"
	case DoNotRelease:
		return "DO NOT RELEASE"
	}
	return "no verdict"
}

// MarshalText gives the name that programs read: "ready-for-review", "look-closer", "do-not-release".
func (v Verdict) MarshalText() ([]byte, error) {
	return []byte([]string{"none", "ready-for-review", "look-closer", "do-not-release"}[v]), nil
}

// A Check is one line of the verdict.
type Check struct {
	Group    string // "Looks alike", "Useful", "Private", "Rules"
	Name     string // "look-alikes", "guessing SEN"
	Status   Status
	Shown    string // the number as the line shows it: "51 of 100"
	Beside   string // what real people would get, or what is good: "no memory: 50, up to 64"
	Sentence string // plain words, with the number and its baseline
	Remedy   string // an option to add, such as "--protect 10", or ""
	Metrics  []Metric
}

// A Metric is one number with all that is needed to read it.
type Metric struct {
	Name      string   // stable and dotted: "shape.ks", "pairs.tv", "private.copies"
	Columns   []string // none, one or two
	Value     float64
	Low, High float64 // 95 % interval; both NaN where there is none
	Real      float64 // the same number for real people held back; NaN where there is none
	Best      float64 // the ideal
	Better    int     // +1 higher, -1 lower, 0 nearer to Best
	Status    Status
	Reason    string // why Status is not OK
}

// A Status says what became of a check or a metric.
type Status uint8

// What can become of a check or a metric.
const (
	OK            Status = iota
	Look                 // checks only
	Stop                 // checks only
	TooFew               // not enough people to tell
	NotApplicable        // and the reason says why
	Failed               // and the reason says why
)

// String gives the name that programs read: "ok", "look", "stop", "too-few", "not-applicable", "failed".
func (s Status) String() string {
	return []string{"ok", "look", "stop", "too-few", "not-applicable", "failed"}[s]
}

// MarshalText gives String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
