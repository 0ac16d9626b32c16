package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// askHoldout is the remedy where real people are missing whom the generator never saw.
const askHoldout = "--holdout"

// version is that of the metric definitions.
const version = "1"

// A step makes one check. The finding is nil where the check is not run at all (and the metrics say why); the metrics are
// those beyond the finding's own. The only errors are the context's.
type step struct {
	group  string // for Options.Only, by stepGroups
	weight int64  // share of the time, for progress; 0 for what looks at the result itself: quick, and run last
	run    func(v *view, ctx context.Context) (*finding, []Metric, error)
}

// steps are the checks in the order of the screen.
var steps = []step{
	{"shape", 1, (*view).shape},
	{"pairs", 2, (*view).pairs},
	{"joint", 1, (*view).joint},
	{"shape", 0, (*view).repeats},
	{"useful", 12, (*view).useful},
	{"private", 6, (*view).detect},
	{"downstream", 60, (*view).downstream},
	{"explain", 8, (*view).explain},
	{"private", 0, (*view).reals},
	{"private", 0, (*view).copies},
	{"private", 3, (*view).lookAlikes},
	{"private", 0, (*view).rare},
	{"private", 1, (*view).oneOfAKind},
	{"private", 3, (*view).guessing},
	{"rules", 0, (*view).kept},
}

// Compare judges fake. Columns are matched by name; one schema, that of actual, serves both. With a Twin in the options,
// likeness, usefulness and what memory could give away are measured on the trial's rows, copies and breaches on fake, which
// may be nil if the twin has it written. It gives an error for tables that can't be brought together (a *table.Error), that
// of Twin.Write, and the context's.
func Compare(ctx context.Context, actual, fake *table.Table, opt Options) (*Report, error) {
	if fake == nil && (opt.Twin == nil || opt.Twin.Write == nil) {
		panic("eval: Compare: no synthetic table, and nobody to write it")
	}
	peer, err := opt.suite()
	if err != nil {
		return nil, err
	}
	v, err := newView(actual, fake, opt)
	if err != nil {
		return nil, err
	}
	if peer != nil {
		return v.byPeer(ctx, peer)
	}
	c := comparison{view: v, findings: make([]*finding, len(steps)), more: make([][]Metric, len(steps))}
	if err := c.run(ctx, false); err != nil {
		return nil, err
	}
	if fake == nil {
		if fake, err = opt.Twin.Write(); err != nil {
			return nil, err
		}
		v.result = v.newSide(fake)
	}
	if err := c.run(ctx, true); err != nil {
		return nil, err
	}
	r := c.report()
	r.Metrics = keepOnly(r.Metrics, opt.Only)
	r.About, r.Pairs, r.Reasons = v.about(), v.drawn, v.reasons
	if c.asked("shape") {
		r.Shapes = v.shapes()
	}
	return r, ctx.Err()
}

// asked tells whether a group of checks is to be made. What takes its time and has no part in the verdict must be named.
func (c *comparison) asked(group string) bool {
	if c.opt.Only == nil {
		return group != "downstream" && group != "explain"
	}
	return slices.ContainsFunc(c.opt.Only, func(name string) bool { return slices.Contains(stepGroups(name), group) })
}

// A comparison is a view and what the steps found, by step.
type comparison struct {
	*view
	findings []*finding
	more     [][]Metric
}

// run makes the checks of the trial, or those of the result, and tells of the former how far they have come.
func (c *comparison) run(ctx context.Context, result bool) error {
	tell := c.opt.Progress
	if tell == nil || result {
		tell = func(string, int64, int64) {}
	}
	total := int64(0)
	for _, s := range steps {
		if c.asked(s.group) {
			total += s.weight
		}
	}
	done := int64(0)
	for i, s := range steps {
		if !c.asked(s.group) || (s.weight == 0) != result {
			continue
		}
		tell("check", done, total)
		var err error
		if c.findings[i], c.more[i], err = s.run(c.view, ctx); err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		done += s.weight
	}
	tell("check", total, total)
	return nil
}

// samples says which of the checks that were asked for took rows drawn at random in place of all; "" is none.
func (c *comparison) samples() string {
	rows := max(c.learned.rows, c.trial.rows)
	if c.held != nil {
		rows = max(rows, c.held.rows)
	}
	var parts []string
	for _, s := range []struct {
		group, what string
		most        int
	}{
		{"joint", "whole rows", jointRows}, {"detect", "how well rows are told apart", detectRows}, {"useful", "what rows teach", usefulRows},
		{"downstream", "what they teach the learners", downstreamRows}, {"explain", "by what they are told apart", explainRows},
		{"private", "guesses", guessPeople}, {"private", "look-alikes", closestRows}, {"pairs", "pairs of columns", mostPairRows},
	} {
		if c.asked(s.group) && rows > s.most {
			parts = append(parts, fmt.Sprintf("%s for %s", grouped(s.most), s.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Of each table rows drawn at random are taken, at most " + strings.Join(parts, ", ") + "; copies, real ids, rare values and rules are counted on all of them."
}

// report decides what the findings come to.
func (c *comparison) report() *Report {
	findings := slices.DeleteFunc(c.findings, func(f *finding) bool { return f == nil })
	if len(findings) > 0 && !c.asked("private") {
		findings = append(findings, privacyNotAsked())
	}
	decide(findings)
	r := &Report{Version: version, Verdict: verdict(findings), Notes: c.notes}
	for _, f := range findings {
		if c.made && f.Remedy == askHoldout {
			f.Remedy = "" // whoever makes a table sets people aside already
		}
		r.Checks = append(r.Checks, f.Check)
		r.Metrics = append(r.Metrics, f.Check.Metrics...)
		if f.note != "" && r.Verdict != DoNotRelease {
			r.Notes = append(r.Notes, f.note)
		}
	}
	if note := c.samples(); note != "" {
		r.Notes = append(r.Notes, note)
	}
	for _, more := range c.more {
		r.Metrics = append(r.Metrics, more...)
	}
	if sdisGroups(c.asked) {
		r.Metrics = append(r.Metrics, soundSDIS(r.Metrics, c.opt.Weights))
	}
	if c.opt.Only != nil && len(findings) == 0 {
		r.Verdict = 0 // no check was asked for
	}
	return r
}

// privacyNotAsked stands in place of the privacy checks where only others were asked for: a table that nobody looked at in
// this way is not ready for anything.
func privacyNotAsked() *finding {
	return &finding{Check: Check{Group: "Private", Name: "privacy", Status: NotApplicable, Shown: "not checked",
		Sentence: "Only metrics of other things were asked for, so nothing here says whether the table gives real people away."}}
}

// verdict is the worst that a check found. What could not be told counts as something to look at.
func verdict(findings []*finding) Verdict {
	v := Pass
	for _, f := range findings {
		switch f.Status {
		case OK:
		case Stop:
			return DoNotRelease
		default:
			v = LookCloser
		}
	}
	if len(findings) == 0 {
		return LookCloser
	}
	return v
}
