package column

import (
	"time"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Options say what to learn and how. The zero value learns at level share with protection 5, with sizes that follow from the table.
type Options struct {
	Level   string       // "share" (also when empty) or "research"
	Protect int          // persons that must share what is learned; 0 is 5, but off at level research; negative is off
	Whole   *table.Table // as in encode.Options: what t is a part of; nil is t
	People  int          // persons of the table of which t is a part, by which sizes go; 0: those of t
	// Encoder is how t is written in codes, where that is known already; nil: Fit finds it.
	Encoder *encode.Encoder
	// Order is the order of the variables in which rows are drawn as a rule, and half of the rows learned; nil: the table's.
	Order []int32

	Size    Size    // of the network; the zero value: by the number of persons
	Members int     // networks whose mean counts; 0: 3 for fewer than 1,000 persons, else 1
	Batch   int     // rows of a step; 0: by the number of rows
	Rate    float64 // of learning; 0: 0.006, of more than two layers 0.004
	Epochs  int     // most times that each row is shown while the held-out score is watched; 0: 60
	Rows    int     // most rows that are learned, of persons chosen at random; 0: 30,000

	Seed       uint64
	Budget     time.Duration // bounds the plan, at a nominal rate; 0: 24 seconds, of a part of a table that share of them
	Clock      time.Duration // may cut the plan short; 0: never
	Steps      int64         // repeats a run that was cut short: exactly so many; 0 is the plan's
	Stop       <-chan struct{}
	Checkpoint string // a file to go on from
	Progress   func(phase string, done, total int64)
	Warn       func(*table.Error)
}

// A Size is how large a network is.
type Size struct {
	Width   int // E
	Heads   int
	Layers  int
	Inner   int // of the perceptrons
	Dropout float64
}

const (
	// fewPersons is where the mean of several networks begins to be worth its time.
	fewPersons, fewMembers = 1000, 3
	rowsDefault            = 30_000
	epochsDefault          = 60
	rateDefault, rateDeep  = 0.006, 0.004 // of up to two layers, and of more
	budgetDefault          = 24 * time.Second
	// nominalRate is the floating-point operations of training that two cores of a server of 2023 do in a second, and nominalStep what a
	// step costs besides. Plans are made with them, never with a clock.
	nominalRate, nominalStep = 4e10, 2e-3
)

// sizeFor gives the size for a table of so many persons.
func sizeFor(people int) Size {
	switch {
	case people < fewPersons:
		return Size{Width: 48, Heads: 2, Layers: 2, Inner: 96, Dropout: 0.2}
	case people < 5000:
		return Size{Width: 64, Heads: 2, Layers: 2, Inner: 128, Dropout: 0.1}
	}
	return Size{Width: 64, Heads: 2, Layers: 3, Inner: 192, Dropout: 0.1}
}

// resolve fills in what is left open, for a table of so many persons and rows to learn from.
func (o Options) resolve(people, rows int) Options {
	if o.Level == "research" && o.Protect == 0 {
		o.Protect = -1
	}
	if o.Protect == 0 {
		o.Protect = 5
	}
	o.Protect = max(o.Protect, 0)
	if o.Budget <= 0 {
		o.Budget = budgetDefault
		if people > 0 && people < o.People {
			// A part is learned as often as the whole would be, not so long.
			o.Budget = time.Duration(float64(o.Budget) * float64(people) / float64(o.People))
		}
	}
	if o.People > 0 {
		people = o.People
	}
	if o.Size.Width == 0 {
		o.Size = sizeFor(people)
	}
	if o.Members == 0 {
		if o.Members = 1; people < fewPersons {
			o.Members = fewMembers
		}
	}
	if o.Batch == 0 {
		o.Batch = min(max(rows/16, 32), 128)
	}
	if o.Rate == 0 {
		if o.Rate = rateDefault; o.Size.Layers > 2 {
			o.Rate = rateDeep
		}
	}
	if o.Epochs == 0 {
		o.Epochs = epochsDefault
	}
	return o
}

// perStep is the nominal seconds of one step.
func (o Options) perStep(fields, codes int) float64 {
	block := o.Size.Layers * (4*o.Size.Width*o.Size.Width + 2*o.Size.Width*o.Size.Inner)
	return 6*float64(o.Batch)*float64(fields*block+codes*o.Size.Width)/nominalRate + nominalStep
}

// search is the most steps of one network while the held-out score is watched: what epochs and time allow. rows are those it learns.
func (o Options) search(fields, codes, rows int) int64 {
	steps := o.Budget.Seconds() / o.perStep(fields, codes) / float64(o.Members) / (1 + goOn)
	epochs := float64(o.Epochs) * float64(max(rows/o.Batch, 1))
	return int64(max(min(steps, epochs), 1))
}
