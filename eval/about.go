package eval

import "cmp"

// An About says what a report is about. Compare fills in the numbers and what it was told; the names are the caller's to set,
// and are shown as they stand.
type About struct {
	Table     string `json:"table,omitempty"`     // the synthetic table, as its file is called
	Generator string `json:"generator,omitempty"` // what wrote it: reports with the same one are its seeds; "" is Table
	Real      string `json:"real,omitempty"`      // the real table
	Holdout   string `json:"holdout,omitempty"`   // the people set aside
	Made      string `json:"made,omitempty"`      // when the report was made, and with what: "28 November 2026, Cohort 1.0"

	Suite string `json:"suite"` // as Options.Suite, never empty

	Rows       int  `json:"rows"`        // of the table that is judged
	RealRows   int  `json:"real_rows"`   // of the whole real table
	RealPeople int  `json:"real_people"` // in it
	HeldPeople int  `json:"held_people"` // set aside: the judged model never saw them
	TrialRows  int  `json:"trial_rows"`  // of the trial's table; 0 without a twin
	Columns    int  `json:"columns"`     // of the real table
	Compared   int  `json:"compared"`    // of these, all but ids, names, texts and what is filled
	Twin       bool `json:"twin"`        // likeness, usefulness and memory were measured on a trial model

	Level     string   `json:"level,omitempty"`
	Protect   int      `json:"protect"`
	Target    string   `json:"target,omitempty"`
	Known     []string `json:"known,omitempty"`     // columns that outsiders may know
	Sensitive []string `json:"sensitive,omitempty"` // columns that they may want to guess
	Seed      uint64   `json:"seed,omitempty"`
}

// about says what was compared.
func (v *view) about() About {
	a := About{
		Suite: cmp.Or(v.opt.Suite, Sound),
		Rows:  v.result.rows, RealRows: v.all.rows, RealPeople: v.all.persons, Columns: len(v.columns), Compared: len(v.learnedColumns()),
		Twin: v.made, Level: v.opt.Level, Protect: v.opt.Protect, Target: v.opt.Target, Seed: v.opt.Seed,
	}
	if v.held != nil {
		a.HeldPeople = v.held.persons
	}
	if v.made {
		a.TrialRows = v.trial.rows
	}
	for _, col := range v.knownColumns() {
		a.Known = append(a.Known, v.columns[col].name)
	}
	for _, col := range v.sensitiveColumns() {
		a.Sensitive = append(a.Sensitive, v.columns[col].name)
	}
	return a
}

// outside rounds the counts to 5 and leaves out the seed, which would let others repeat the draws.
func (a About) outside() About {
	for _, n := range []*int{&a.Rows, &a.RealRows, &a.RealPeople, &a.HeldPeople, &a.TrialRows} {
		*n = toFive(*n)
	}
	a.Seed = 0
	return a
}
