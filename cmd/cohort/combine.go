package main

import (
	"errors"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// setRules are the values of --sets.
var setRules = []string{string(eval.SimpleSets), string(eval.ProperSets), string(eval.PartialSets), string(eval.FilledSets)}

func setSets(o *options, v string) error {
	if !slices.Contains(setRules, v) {
		return badValue("sets", "one of "+strings.Join(setRules, ", "), setRules[0])
	}
	o.sets = v
	return nil
}

func setRegress(o *options, v string) error {
	if strings.TrimSpace(v) == "" {
		return badValue("regress", "a formula", `"G3 ~ studytime + absences"`)
	}
	o.regress = v
	return nil
}

// setsOption refuses --sets where nothing is combined.
func (j *judging) setsOption() error {
	if j.o.sets != "" && j.o.regress == "" {
		return usage("bad-option", "--sets says how several sets are put together, and nothing is asked of them.",
			j.o.command(j.o.file(), `--regress "G3 ~ studytime + absences"`))
	}
	return nil
}

// means computes the means or shares of --target, or of the outcome, of one of several files. Dates have none that say anything.
func (j *judging) means(f *judged, opt eval.Options) error {
	name := j.o.target
	if name == "" {
		name = f.regression.Outcome
	}
	c, err := j.real.Schema().Column(name)
	if err != nil || c.Kind == table.Date {
		return nil
	}
	opt.Warn = nil // Regress has said it
	f.means, err = eval.Means(j.ctx, name, j.real, f.table, opt)
	var e *table.Error
	if errors.As(err, &e) { // a target that has no mean is told by what is judged
		return nil
	}
	return err
}

// A combined is what the sets of one generator give together; nil estimates come with the reason.
type combined struct {
	generator string
	files     []string
	all       []*eval.Combination // the regression, then means or shares
	reason    string
}

// combine puts together the estimates of every generator with several files.
func (j *judging) combine() []combined {
	if j.o.regress == "" || len(j.fakes) < 2 {
		return nil
	}
	var out []combined
	for _, c := range contenders(j.fakes) {
		if len(c.Files) < 2 {
			continue
		}
		one := combined{generator: c.Generator, files: c.Files}
		var regressions, means []*eval.Regression
		for _, f := range j.fakes {
			if slices.Contains(c.Files, f.file) {
				regressions = append(regressions, f.regression)
				if f.means != nil {
					means = append(means, f.means)
				}
			}
		}
		rule := j.rule(regressions)
		for _, sets := range [][]*eval.Regression{regressions, means} {
			if len(sets) < len(c.Files) {
				continue
			}
			together, err := eval.Combine(rule, sets...)
			if err != nil {
				one.reason = err.Error()
				continue
			}
			one.all = append(one.all, together)
		}
		out = append(out, one)
	}
	return out
}

// rule is that of --sets, or the one by which all sets look alike.
func (j *judging) rule(sets []*eval.Regression) eval.SetsRule {
	if j.o.sets != "" {
		return eval.SetsRule(j.o.sets)
	}
	first := sets[0].Sets
	if slices.ContainsFunc(sets, func(r *eval.Regression) bool { return r.Sets != first }) {
		return eval.SimpleSets
	}
	return first
}

// sayCombined prints what the sets of each generator give together.
func (j *judging) sayCombined() {
	for _, c := range j.combine() {
		j.a.say("\n%s", oneLine(c.generator))
		if c.reason != "" {
			j.a.say("%s", wrap("COMBINED    ", c.reason, j.a.width))
		}
		for i, together := range c.all {
			var b strings.Builder
			if err := together.WriteText(&b); err != nil {
				panic("cohort: combination: " + err.Error()) // a Builder takes everything
			}
			if i > 0 {
				j.a.say("")
			}
			j.a.say("%s", strings.TrimSuffix(b.String(), "\n"))
		}
		if len(c.all) > 0 {
			j.a.say("\n%s", wrap("", c.all[0].Caution(), j.a.width))
		}
	}
}

// A jsonEstimate is an estimate for programs, which have no NaN and no infinity.
type jsonEstimate struct {
	Value *float64 `json:"value"`
	SE    *float64 `json:"se"`
	Low   *float64 `json:"low"` // 95 % interval
	High  *float64 `json:"high"`
	DF    *float64 `json:"df"` // null: the normal distribution
}

func newJSONEstimate(e eval.Estimate) jsonEstimate {
	if math.IsInf(e.DF, 0) {
		e.DF = math.NaN()
	}
	return jsonEstimate{number(e.Value), number(e.SE), number(e.Low), number(e.High), number(e.DF)}
}

// A jsonCombination is what the sets of one generator give together, for programs.
type jsonCombination struct {
	Generator string         `json:"generator"`
	Files     []string       `json:"files"`
	Formula   string         `json:"formula,omitempty"`
	Rule      eval.SetsRule  `json:"rule,omitempty"`
	Sets      int            `json:"sets,omitempty"`
	Units     [2]float64     `json:"units"` // real, and the mean of the sets
	Adjusted  int            `json:"adjusted,omitempty"`
	Spread    bool           `json:"spread,omitempty"`
	Terms     []jsonCombined `json:"terms"`
	Reason    string         `json:"reason,omitempty"` // why there is nothing
}

type jsonCombined struct {
	Name     string       `json:"name"`
	Real     jsonEstimate `json:"real"`
	Combined jsonEstimate `json:"combined"`
	Overlap  float64      `json:"overlap"`
	Lost     bool         `json:"lost,omitempty"` // the generator does not keep it
}

// jsonCombined gives all combinations for programs.
func (j *judging) jsonCombined() []jsonCombination {
	var out []jsonCombination
	for _, c := range j.combine() {
		if c.reason != "" {
			out = append(out, jsonCombination{Generator: c.generator, Files: c.files, Reason: c.reason, Terms: []jsonCombined{}})
		}
		for _, x := range c.all {
			one := jsonCombination{Generator: c.generator, Files: c.files, Formula: x.Formula, Rule: x.Rule, Sets: x.Sets, Units: x.Units,
				Adjusted: x.Adjusted, Spread: x.Spread}
			for _, t := range x.Terms {
				one.Terms = append(one.Terms, jsonCombined{t.Name, newJSONEstimate(t.Real), newJSONEstimate(t.Combined), t.Overlap, t.Lost})
			}
			out = append(out, one)
		}
	}
	return out
}
