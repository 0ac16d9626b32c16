package eval

import (
	"context"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval/mostlyai"
	"example.org/cohort/eval/sdmetrics"
	"example.org/cohort/eval/suite"
)

var sdmetricsNames = []string{
	"sdmetrics.quality", "sdmetrics.shapes", "sdmetrics.pairs", "sdmetrics.shapes.column", "sdmetrics.pairs.column",
	"sdmetrics.diagnostic", "sdmetrics.validity", "sdmetrics.structure", "sdmetrics.validity.column", "sdmetrics.new_rows",
	"sdmetrics.dcr_overfitting", "sdmetrics.dcr_overfitting.closer",
	"sdmetrics.dcr_baseline", "sdmetrics.dcr_baseline.synthetic", "sdmetrics.dcr_baseline.random",
	"sdmetrics.disclosure", "sdmetrics.disclosure.cap", "sdmetrics.disclosure.baseline",
}

func sdmetricsSuite() peerSuite {
	return peerSuite{name: SDMetrics, whose: "the reports and scores of SDMetrics 0.32", main: "sdmetrics.quality", names: sdmetricsNames, run: runSDMetrics}
}

// A suitePart is some metrics of a suite that are computed together, of the rows of fake.
type suitePart struct {
	names []string
	run   func(fake *suite.Table) ([]suite.Result, error)
	real  bool // people set aside in the place of synthetic rows give the number of real people
}

// runParts computes the parts that are wanted, of the synthetic rows and of the people set aside, who may be nil.
func (v *view) runParts(ctx context.Context, parts []suitePart, fake, held *suite.Table, wanted func(string) bool) (results, reals []suite.Result, err error) {
	for i, p := range parts {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		v.tell(int64(i), int64(len(parts)))
		if !slices.ContainsFunc(p.names, wanted) {
			continue
		}
		r, err := p.run(fake)
		if err != nil {
			return nil, nil, peerError(ctx, err)
		}
		results = append(results, r...)
		if !p.real || held == nil {
			continue
		}
		if r, err = p.run(held); err != nil {
			return nil, nil, peerError(ctx, err)
		}
		reals = append(reals, r...)
	}
	return results, reals, nil
}

func runSDMetrics(v *view, ctx context.Context, wanted func(string) bool) ([]Metric, error) {
	all, fake, held := v.suiteTable(v.all), v.suiteTable(v.result), v.suiteTable(v.held)
	few := v.suiteTable(v.drawnRows(v.all, "the real table", 0, forNearest))
	fewFake, fewHeld := v.suiteTable(v.drawnRows(v.result, "the synthetic table", 1, forNearest)), v.suiteTable(v.drawnRows(v.held, "the people set aside", 2, forNearest))
	whole := []suitePart{
		{sdmetricsNames[:5], func(t *suite.Table) ([]suite.Result, error) { return sdmetrics.Quality(all, t) }, true},
		{sdmetricsNames[5:9], func(t *suite.Table) ([]suite.Result, error) { return sdmetrics.Diagnostic(all, t) }, true},
	}
	rows := []suitePart{
		{sdmetricsNames[9:10], func(t *suite.Table) ([]suite.Result, error) {
			r, err := sdmetrics.NewRows(few, t)
			return []suite.Result{r}, err
		}, true},
		{sdmetricsNames[10:12], func(t *suite.Table) ([]suite.Result, error) {
			if fewHeld == nil {
				return noneOf(sdmetricsNames[10:12], "it takes real people whom the generator never saw: --holdout"), nil
			}
			return sdmetrics.Overfitting(few, t, fewHeld)
		}, false},
		{sdmetricsNames[12:15], func(t *suite.Table) ([]suite.Result, error) { return sdmetrics.Baseline(few, t, v.opt.Seed) }, true},
		{sdmetricsNames[15:], func(t *suite.Table) ([]suite.Result, error) {
			if len(v.opt.Known) == 0 || len(v.opt.Sensitive) == 0 {
				return noneOf(sdmetricsNames[15:], "it takes columns that outsiders know and want to know: --known, --sensitive"), nil
			}
			return sdmetrics.Disclosure(few, t, v.opt.Known, v.opt.Sensitive)
		}, true},
	}
	results, reals, err := v.runParts(ctx, whole, fake, held, wanted)
	if err != nil {
		return nil, err
	}
	more, others, err := v.runParts(ctx, rows, fewFake, fewHeld, wanted)
	if err != nil {
		return nil, err
	}
	metrics := suiteMetrics(append(results, more...))
	setReal(metrics, suiteMetrics(append(reals, others...)))
	return metrics, nil
}

func noneOf(names []string, why string) []suite.Result {
	var out []suite.Result
	for _, name := range names {
		out = append(out, suite.No(name, why))
	}
	return out
}

// aims are the best values that are not 1, and the directions that are not up.
var aims = map[string]struct {
	best   float64
	better int
}{
	"sdmetrics.dcr_overfitting.closer": {0.5, -1}, "mostlyai.dcr_share": {0.5, 0}, "mostlyai.numbers.dcr_share": {0.5, 0},
	"sdmetrics.dcr_baseline.synthetic": {math.Inf(1), 1}, "sdmetrics.dcr_baseline.random": {math.NaN(), 0},
	"sdmetrics.disclosure.baseline": {math.NaN(), 0},
}

func suiteMetrics(results []suite.Result) []Metric {
	var metrics []Metric
	for _, r := range results {
		best, better := 1.0, 1
		if aim, ok := aims[r.Name]; ok {
			best, better = aim.best, aim.better
		} else if strings.HasPrefix(r.Name, "mostlyai.") && !strings.HasPrefix(r.Name, "mostlyai.accuracy") {
			best, better = math.NaN(), 0 // as it is among real people
		}
		metrics = append(metrics, peerMetric(r, best, better))
	}
	return metrics
}

var (
	mostlyaiAccuracies = []string{"mostlyai.accuracy", "mostlyai.accuracy.univariate", "mostlyai.accuracy.bivariate", "mostlyai.accuracy.trivariate",
		"mostlyai.accuracy.column", "mostlyai.accuracy.pair"}
	mostlyaiDistances = []string{"ims_training", "ims_holdout", "ims_trn_hol", "dcr_training", "dcr_holdout", "dcr_trn_hol", "dcr_share",
		"nndr_training", "nndr_holdout", "nndr_trn_hol"}
)

func mostlyaiSuite() peerSuite {
	var names []string
	for _, name := range mostlyaiAccuracies {
		names = append(names, name, name+"_max")
	}
	for _, lead := range []string{"mostlyai.", "mostlyai.numbers."} {
		for _, name := range mostlyaiDistances {
			names = append(names, lead+name)
		}
	}
	return peerSuite{name: MostlyAI, whose: "the accuracies and distances of mostlyai-qa 1.10", main: "mostlyai.accuracy", names: names, run: runMostlyAI}
}

func runMostlyAI(v *view, ctx context.Context, wanted func(string) bool) ([]Metric, error) {
	all, held := withDigits(v.suiteTable(v.all)), withDigits(v.suiteTable(v.held))
	few, fewHeld := withDigits(v.suiteTable(v.drawnRows(v.all, "the real table", 0, forNearest))), withDigits(v.suiteTable(v.drawnRows(v.held, "the people set aside", 2, forNearest)))
	fewFake := withDigits(v.suiteTable(v.drawnRows(v.result, "the synthetic table", 1, forNearest)))
	names := mostlyaiSuite().names
	at := 2 * len(mostlyaiAccuracies)
	accuracy := []suitePart{{names[:at], func(t *suite.Table) ([]suite.Result, error) { return mostlyai.Accuracy(all, held, t) }, false}}
	distance := []suitePart{{names[at:], func(t *suite.Table) ([]suite.Result, error) { return mostlyai.Distances(few, fewHeld, t) }, false}}
	results, _, err := v.runParts(ctx, accuracy, withDigits(v.suiteTable(v.result)), nil, wanted)
	if err != nil {
		return nil, err
	}
	more, _, err := v.runParts(ctx, distance, fewFake, nil, wanted)
	if err != nil {
		return nil, err
	}
	metrics := suiteMetrics(append(results, more...))
	besideReal(metrics)
	return metrics, nil
}

// withDigits makes numbers of ids and texts that are numbers in all tables, as they are to a package that knows no ids.
func withDigits(t *suite.Table) *suite.Table {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind != suite.Key && c.Kind != suite.Text || len(c.Labels) == 0 {
			continue
		}
		values := numbersIn(c.Labels)
		if values == nil {
			continue
		}
		numbers := make([]float64, len(c.Codes))
		for r, code := range c.Codes {
			numbers[r] = math.NaN()
			if code >= 0 {
				numbers[r] = values[code]
			}
		}
		*c = suite.Column{Name: c.Name, Kind: suite.Number, Type: "float64", Numbers: numbers}
	}
	return t
}

// besideReal takes what the suite itself computes of real people: its "_max", and distances between real people.
func besideReal(metrics []Metric) {
	for i := range metrics {
		m := &metrics[i]
		beside := m.Name + "_max"
		if stem, ok := strings.CutSuffix(m.Name, "_training"); ok {
			beside = stem + "_trn_hol"
		}
		at := slices.IndexFunc(metrics, func(o Metric) bool { return o.Name == beside && slices.Equal(o.Columns, m.Columns) && o.Status == OK })
		if at >= 0 {
			m.Real = metrics[at].Value
			if m.Better == 0 && math.IsNaN(m.Best) {
				m.Best = m.Real
			}
		}
	}
}
