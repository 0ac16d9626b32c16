package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// The suites by their names.
const (
	Sound        = "sound"            // this package's own, which has a verdict
	Paper        = "paper"            // the table of Khalil et al. (LAK 2025)
	Synthcity210 = "synthcity-0.2.10" // the peer that the paper used
	Synthcity212 = "synthcity-0.2.12"
	SDMetrics    = "sdmetrics"
	MostlyAI     = "mostlyai-qa"
)

// Suites lists the names that Options.Suite takes.
func Suites() []string {
	return []string{Sound, Paper, Synthcity210, Synthcity212, SDMetrics, MostlyAI}
}

// A peerSuite is the metrics of others by their definitions. run gives all metrics whose names wanted takes; it may give more.
type peerSuite struct {
	name  string
	whose string   // for the screen
	main  string   // what generators are ranked by
	names []string // of all metrics
	run   func(v *view, ctx context.Context, wanted func(name string) bool) ([]Metric, error)
}

// suite checks Suite, Only and Weights, and gives the peer's suite; nil is the sound one.
func (o *Options) suite() (*peerSuite, error) {
	for _, w := range o.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, &table.Error{Code: "bad-weights", Reason: "a weight of SDIS is below 0 or no number",
				Fix: "give three numbers from 0 up: of quality, usefulness and indistinguishability"}
		}
	}
	if o.Suite == "" || o.Suite == Sound {
		return nil, checkNames(o.Only, soundNames)
	}
	for _, p := range peerSuites() {
		if p.name != o.Suite {
			continue
		}
		if o.Twin != nil {
			return nil, &table.Error{Code: "bad-option", Reason: "a trial is judged by the suite \"sound\" alone",
				Fix: "judge the table itself by the suite " + p.name}
		}
		return &p, checkNames(o.Only, p.names)
	}
	return nil, &table.Error{Code: "no-such-suite", Reason: "there is no suite of that name", Fix: suggest(o.Suite, Suites())}
}

// checkNames refuses what is neither a name nor the beginning of one.
func checkNames(only, names []string) error {
	for _, o := range only {
		if !slices.ContainsFunc(names, func(name string) bool { return asks(o, name) }) {
			var heads []string
			for _, name := range names {
				if head, _, _ := strings.Cut(name, "."); !slices.Contains(heads, head) {
					heads = append(heads, head)
				}
			}
			fix := suggest(o, slices.Concat(names, heads))
			if !strings.HasPrefix(fix, "did you mean") {
				fix = "its metrics begin with " + strings.Join(heads, ", ")
			}
			return &table.Error{Code: "no-such-metric", Reason: fmt.Sprintf("the suite has no metric %q", o), Fix: fix}
		}
	}
	return nil
}

// suggest says which of the names is meant, as table does of the names of columns.
func suggest(name string, names []string) string {
	slices.Sort(names)
	s := &table.Schema{}
	for _, n := range slices.Compact(names) {
		s.Columns = append(s.Columns, table.Column{Name: n})
	}
	if _, err := s.Column(name); err != nil {
		if e, ok := err.(*table.Error); ok {
			return e.Fix
		}
	}
	return ""
}

// asks tells whether an entry of Options.Only asks for a metric: by its name, or by what stands before a dot.
func asks(entry, name string) bool {
	entry = strings.TrimSuffix(entry, ".")
	return name == entry || strings.HasPrefix(name, entry+".") || entry == "private" && strings.HasPrefix(name, "detect.")
}

func askedBy(only []string, name string) bool {
	return only == nil || slices.ContainsFunc(only, func(entry string) bool { return asks(entry, name) })
}

// keepOnly leaves out metrics that were not asked for. A name of which the tables gave no metric is there with the reason.
func keepOnly(metrics []Metric, only []string) []Metric {
	kept := slices.DeleteFunc(metrics, func(m Metric) bool { return !askedBy(only, m.Name) })
	for _, entry := range only {
		if !slices.ContainsFunc(kept, func(m Metric) bool { return asks(entry, m.Name) }) {
			kept = append(kept, notMade(entry, math.NaN(), 0, "these tables and options give no such number"))
		}
	}
	return kept
}

// soundNames are the metrics of the sound suite.
var soundNames = slices.Concat([]string{
	"shape.mean", "shape.tv", "shape.ks", "shape.jsd", "shape.w1", "shape.p", "shape.differ", "shape.repeats", "pairs.mean", "pairs.tv",
	"joint.mmd", "joint.density", "joint.coverage", "useful.score", "useful.auc", "useful.r2",
	"detect.auc", "detect.auc_learned", "detect.auc.unseen", "detect.copying",
	"private.real", "private.reals", "private.copies", "private.copies.person", "private.closest", "private.dcr_share", "private.rare", "private.rares",
	"private.one_of_a_kind", "private.guess", "rules.unseen", "rules.range", "rules.grid", "rules.gaps", "rules.broken", "rules.kept", "sdis.sound",
	"explain.auc", "explain.auc.snapped", "explain.importance",
}, downstreamNames())

func downstreamNames() []string {
	var names []string
	for _, model := range slices.Concat(learnerNames(2), learnerNames(0)) {
		for _, score := range []string{"accuracy", "auc.macro", "auc.micro", "f1.weighted", "r2", "rmse"} {
			name := "downstream." + model + "." + score
			names = append(names, name, name+".gap")
		}
	}
	return names
}

// stepGroups gives the groups of checks that an entry of Options.Only needs.
func stepGroups(entry string) []string {
	head, _, _ := strings.Cut(entry, ".")
	switch head {
	case "detect":
		return []string{"private"}
	case "sdis":
		return []string{"shape", "pairs", "useful", "private"}
	}
	return []string{head}
}

// sdisGroups tells whether all groups are there that the sound SDIS is made of.
func sdisGroups(asked func(group string) bool) bool {
	return asked("shape") && asked("pairs") && asked("useful") && asked("private")
}
