package eval

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval/mostlyai"
	"example.org/cohort/eval/sdmetrics"
	"example.org/cohort/eval/suite"
	"example.org/cohort/eval/synthcity"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// marks makes a table of pupils: an ability, marks that hang on it, a form without meaning, and whether they passed.
func marks(t *testing.T, seed uint64, rows int) *table.Table {
	t.Helper()
	forms, maths, english, passed := make([]string, rows), make([]int64, rows), make([]float64, rows), make([]string, rows)
	for i := range rows {
		r := rng.New(seed, rng.Demo, uint64(i))
		ability := r.Norm()
		forms[i] = "form " + string(rune('a'+r.Intn(4)))
		maths[i] = int64(50 + 12*(ability+r.Norm()))
		english[i] = math.Round(10*(60+9*(ability+r.Norm()))) / 10
		passed[i] = "no"
		if ability+r.Norm()/2 > 0 {
			passed[i] = "yes"
		}
	}
	out, err := table.New(&table.Schema{Columns: []table.Column{
		{Name: "Form", Kind: table.Category}, {Name: "Maths", Kind: table.Whole}, {Name: "English", Kind: table.Decimal}, {Name: "Passed", Kind: table.Category},
	}}, []any{forms, maths, english, passed})
	require.NoError(t, err)
	return out
}

func metric(t *testing.T, r *Report, name string, columns ...string) Metric {
	t.Helper()
	for _, m := range r.Metrics {
		if m.Name == name && (len(columns) == 0 || strings.Join(columns, ",") == strings.Join(m.Columns, ",")) {
			return m
		}
	}
	require.Fail(t, "there is no metric "+name)
	return Metric{}
}

// bySuite is Compare, with a screen that can be read.
func bySuite(t *testing.T, actual, fake *table.Table, opt Options) *Report {
	t.Helper()
	r, err := Compare(context.Background(), actual, fake, opt)
	require.NoError(t, err)
	readable(t, r)
	return r
}

// words makes a table as the peer would read it from a file.
func words(v synthcity.Version, t *table.Table) synthcity.Table {
	var out synthcity.Table
	for col := range t.Cols() {
		cells := make([]string, t.Rows())
		for r := range cells {
			cells[r], _ = t.Cell(r, col)
		}
		out.Columns = append(out.Columns, synthcity.FromText(v, t.Schema().Columns[col].Name, cells))
	}
	return out
}

func TestSuiteSynthcity(t *testing.T) {
	real, fake, held := marks(t, 1, 120), marks(t, 2, 110), marks(t, 3, 90)
	for _, c := range []struct {
		name    string
		version synthcity.Version
		holdout *table.Table
	}{{Synthcity210, synthcity.V0210, nil}, {Synthcity212, synthcity.V0212, held}} {
		r := bySuite(t, real, fake, Options{Suite: c.name, Holdout: c.holdout, Only: []string{"sanity", "stats", "performance.linear_model"}})
		in := synthcity.Input{Version: c.version, Real: words(c.version, real), Synthetic: words(c.version, fake)}
		if c.holdout != nil {
			train := words(c.version, real)
			in.Real, in.Train = words(c.version, held), &train
		}
		results, _, err := synthcity.Suite(context.Background(), in, synthcity.Options{Only: []string{"sanity.", "stats.", "performance.linear_model."}})
		require.NoError(t, err)
		require.Len(t, r.Metrics, len(results))
		for i, want := range results {
			got := r.Metrics[i]
			require.Equal(t, want.Key, got.Name)
			require.Equal(t, want.Better, got.Better)
			if strings.Contains(want.Key, "authenticity") { // of people whom the generator never saw it is about one half
				require.Equal(t, .5, got.Best)
			}
			if want.Err != nil {
				require.NotEqual(t, OK, got.Status, got.Name)
				require.NotEmpty(t, got.Reason)
				continue
			}
			require.Equal(t, want.Value, got.Value, got.Name)
			require.Equal(t, c.holdout == nil, math.IsNaN(got.Real), got.Name)
		}
		require.Equal(t, Verdict(0), r.Verdict)
		require.Equal(t, c.name, r.About.Suite)
		require.Contains(t, strings.Join(r.Notes, " "), `the last column, "Passed"`)
	}
}

func TestSuitePaper(t *testing.T) {
	real, fake, held := marks(t, 1, 150), marks(t, 2, 130), marks(t, 3, 100)
	opt := Options{Suite: Paper, Holdout: held, Target: "Passed", Weights: [3]float64{1, 2, 1}}
	r := bySuite(t, real, fake, opt)
	train := words(synthcity.V0210, real)
	in := synthcity.Input{Version: synthcity.V0210, Real: words(synthcity.V0210, held), Synthetic: words(synthcity.V0210, fake), Train: &train, Target: "Passed"}
	row, _, err := synthcity.Paper(context.Background(), in, nil)
	require.NoError(t, err)
	sdis, err := row.SDIS(opt.Weights)
	require.NoError(t, err)
	for name, want := range map[string]float64{
		"paper.wasserstein": row.Wasserstein, "paper.jsd": row.JSD, "paper.chi_squared": row.ChiSquared, "paper.quality": row.Quality,
		"paper.detection": row.Detection, "paper.ood.auc": row.OOD, "sdis.paper": sdis, "sdis.paper.sum": row.Sum(),
	} {
		require.Equal(t, want, metric(t, r, name).Value, name)
		require.False(t, math.IsNaN(metric(t, r, name).Real), name)
	}
	for _, name := range []string{"paper.detection", "detection.detection_xgb.mean", "stats.alpha_precision.authenticity_naive"} {
		require.Equal(t, .5, metric(t, r, name).Best, name)
	}
	// Beside it stands the number of the sound suite.
	sound := bySuite(t, real, fake, Options{Holdout: held, Target: "Passed", Weights: opt.Weights})
	require.Equal(t, metric(t, sound, "sdis.sound"), metric(t, r, "sdis.sound"))
	require.Contains(t, r.Notes, whySDISDiffer)
	require.Equal(t, Verdict(0), r.Verdict)

	// A target of numbers has R2, under its own name.
	r = bySuite(t, real, fake, Options{Suite: Paper, Target: "Maths", Only: []string{"paper"}})
	_, ok := r.Metric("paper.ood.auc")
	require.False(t, ok)
	require.Equal(t, OK, metric(t, r, "paper.ood.r2").Status)
	require.Contains(t, strings.Join(r.Notes, " "), "is R2")
	require.Contains(t, strings.Join(r.Notes, " "), "Nobody was set aside")
}

func TestStand(t *testing.T) {
	report := func(generator string, quality, ood, detection float64) *Report {
		return &Report{About: About{Generator: generator, Suite: Paper}, Metrics: []Metric{
			{Name: "paper.quality", Value: quality}, {Name: "paper.ood.auc", Value: ood}, {Name: "paper.detection", Value: detection}}}
	}
	s, err := Stand(report("a", .6, .5, .4), report("b", .5, .4, .5), report("a", .62, .5, .4))
	require.NoError(t, err)
	require.Equal(t, Standing{"a", 66, 66}, s)
	s, err = Stand(report("a", .6, .9, .4), report("b", .7, .4, .5))
	require.NoError(t, err)
	require.Equal(t, "a", s.Winner)
	require.Less(t, s.Stays, 66)
	_, err = Stand(report("a", .6, .9, .4))
	require.ErrorContains(t, err, "two or more")
	_, err = Stand(report("a", .6, .9, .4), &Report{About: About{Generator: "c"}})
	require.ErrorContains(t, err, "report 2 has no paper.quality")
}

func TestSuiteSDMetrics(t *testing.T) {
	real, fake, held := marks(t, 1, 120), marks(t, 2, 110), marks(t, 3, 90)
	r := bySuite(t, real, fake, Options{Suite: SDMetrics, Holdout: held, Known: []string{"Form"}, Sensitive: []string{"Passed"}})
	tables, err := suite.Of(real, fake, held)
	require.NoError(t, err)
	quality, err := sdmetrics.Quality(tables[0], tables[1])
	require.NoError(t, err)
	diagnostic, err := sdmetrics.Diagnostic(tables[0], tables[1])
	require.NoError(t, err)
	fresh, err := sdmetrics.NewRows(tables[0], tables[1])
	require.NoError(t, err)
	over, err := sdmetrics.Overfitting(tables[0], tables[1], tables[2])
	require.NoError(t, err)
	secret, err := sdmetrics.Disclosure(tables[0], tables[1], []string{"Form"}, []string{"Passed"})
	require.NoError(t, err)
	for _, want := range append(append(append(append(quality, diagnostic...), over...), secret...), fresh) {
		got := metric(t, r, want.Name, want.Columns...)
		if want.Reason != "" {
			require.Equal(t, NotApplicable, got.Status)
			continue
		}
		require.InDelta(t, want.Value, got.Value, 1e-12, want.Name)
	}
	others, err := sdmetrics.Quality(tables[0], tables[2])
	require.NoError(t, err)
	require.InDelta(t, others[0].Value, metric(t, r, "sdmetrics.quality").Real, 1e-12)
	for _, m := range r.Metrics {
		require.Contains(t, sdmetricsNames, m.Name)
	}
	r = bySuite(t, real, fake, Options{Suite: SDMetrics, Only: []string{"sdmetrics.dcr_overfitting", "sdmetrics.disclosure.cap"}})
	require.Len(t, r.Metrics, 3)
	for _, m := range r.Metrics {
		require.Equal(t, NotApplicable, m.Status)
		require.Contains(t, m.Reason, "--")
	}
}

func TestSuiteMostlyAI(t *testing.T) {
	real, fake, held := marks(t, 1, 120), marks(t, 2, 110), marks(t, 3, 90)
	r := bySuite(t, real, fake, Options{Suite: MostlyAI, Holdout: held})
	tables, err := suite.Of(real, fake, held)
	require.NoError(t, err)
	accuracy, err := mostlyai.Accuracy(tables[0], tables[2], tables[1])
	require.NoError(t, err)
	distances, err := mostlyai.Distances(tables[0], tables[2], tables[1])
	require.NoError(t, err)
	for _, want := range append(accuracy, distances...) {
		got := metric(t, r, want.Name, want.Columns...)
		require.Contains(t, mostlyaiSuite().names, got.Name)
		if want.Reason == "" {
			require.InDelta(t, want.Value, got.Value, 1e-12, want.Name)
		} else {
			require.Equal(t, want.Reason, got.Reason)
		}
	}
	require.Equal(t, metric(t, r, "mostlyai.accuracy_max").Value, metric(t, r, "mostlyai.accuracy").Real)
	near := metric(t, r, "mostlyai.numbers.dcr_training")
	require.Equal(t, metric(t, r, "mostlyai.numbers.dcr_trn_hol").Value, near.Real)
	require.Equal(t, near.Real, near.Best)
}

func TestSuiteNames(t *testing.T) {
	real, fake := marks(t, 1, 60), marks(t, 2, 60)
	for _, c := range []struct {
		opt       Options
		code, fix string
	}{
		{Options{Suite: "papr"}, "no-such-suite", `did you mean "paper"`},
		{Options{Suite: "zq7 zq7 zq7"}, "no-such-suite", "mostlyai-qa"},
		{Options{Only: []string{"pairs", "shapes"}}, "no-such-metric", `did you mean "shape"`},
		{Options{Only: []string{"useful.uac"}}, "no-such-metric", `did you mean "useful.auc"`},
		{Options{Suite: SDMetrics, Only: []string{"sdmetrics.qality"}}, "no-such-metric", `did you mean "sdmetrics.quality"`},
		{Options{Suite: SDMetrics, Only: []string{"zzzz"}}, "no-such-metric", "its metrics begin with sdmetrics"},
		{Options{Suite: Synthcity210, Only: []string{"shape"}}, "no-such-metric", ""},
		{Options{Suite: Paper, Weights: [3]float64{1, -1, 1}}, "bad-weights", "three numbers"},
		{Options{Weights: [3]float64{1, math.NaN(), 1}}, "bad-weights", "three numbers"},
		{Options{Suite: Paper, Twin: &Twin{Rows: fake, Learned: real}}, "bad-option", ""},
	} {
		_, err := Compare(context.Background(), real, fake, c.opt)
		var e *table.Error
		require.ErrorAs(t, err, &e, c.opt)
		require.Equal(t, c.code, e.Code)
		require.Contains(t, e.Fix, c.fix)
	}
}

// Every metric of the sound suite has a name that Options.Only takes.
func TestSoundNames(t *testing.T) {
	real, fake, held := marks(t, 1, 300), marks(t, 2, 300), marks(t, 3, 300)
	r := bySuite(t, real, fake, Options{Holdout: held, Protect: 5, Target: "Passed", Only: []string{
		"shape", "pairs", "joint", "useful", "private", "rules", "sdis", "explain", "downstream.dt"}})
	for _, m := range r.Metrics {
		require.Contains(t, soundNames, m.Name)
	}
	r = bySuite(t, real, fake, Options{Holdout: held, Target: "Passed", Only: []string{"detect.auc", "shape.ks", "useful.r2"}})
	var names []string
	for _, m := range r.Metrics {
		names = append(names, m.Name)
	}
	require.Equal(t, []string{"shape.ks", "shape.ks", "detect.auc", "detect.auc.unseen", "useful.r2"}, names)
	require.Equal(t, NotApplicable, metric(t, r, "useful.r2").Status)
	require.NotZero(t, r.Verdict)
	r = bySuite(t, real, fake, Options{Holdout: held, Only: []string{"explain"}})
	require.Zero(t, r.Verdict)
}

// No suite stumbles over what may be in a table.
func TestSuiteBadInput(t *testing.T) {
	odd := func(forms []string, number []float64, passed []string) *table.Table {
		out, err := table.New(&table.Schema{Columns: []table.Column{
			{Name: "Form", Kind: table.Category}, {Name: "Mark", Kind: table.Decimal, Step: 1}, {Name: "Same", Kind: table.Whole}, {Name: "Passed", Kind: table.Category},
		}}, []any{forms, number, make([]int64, len(forms)), passed})
		require.NoError(t, err)
		return out
	}
	repeat := func(n int, texts ...string) []string {
		var out []string
		for i := range n {
			out = append(out, texts[i%len(texts)])
		}
		return out
	}
	gaps := make([]float64, 60)
	for i := range gaps {
		gaps[i] = float64(i * 7 % 50)
		if i%5 == 0 {
			gaps[i] = math.NaN()
		}
	}
	tables := map[string][2]*table.Table{
		"a class absent from one side":  {odd(repeat(60, "a", "b"), gaps, repeat(60, "x", "y", "z")), odd(repeat(60, "a", "b"), gaps, repeat(60, "x", "y"))},
		"one class":                     {odd(repeat(60, "a", "b"), gaps, repeat(60, "x")), odd(repeat(60, "c"), gaps, repeat(60, "x"))},
		"one row":                       {odd(repeat(1, "a"), gaps[1:2], repeat(1, "x")), odd(repeat(1, "a"), gaps[1:2], repeat(1, "x"))},
		"one synthetic row":             {odd(repeat(60, "a"), gaps, repeat(60, "x", "y")), odd(repeat(1, "a"), gaps[:1], repeat(1, "x"))},
		"ties everywhere":               {odd(repeat(60, "a"), make([]float64, 60), repeat(60, "x", "y")), odd(repeat(60, "a"), make([]float64, 60), repeat(60, "y", "x"))},
		"the same table, missing cells": {odd(repeat(60, "", "b"), gaps, repeat(60, "", "y")), odd(repeat(60, "", "b"), gaps, repeat(60, "", "y"))},
	}
	for name, pair := range tables {
		for _, s := range Suites() {
			for _, held := range []*table.Table{nil, pair[0]} {
				r, err := Compare(context.Background(), pair[0], pair[1], Options{Suite: s, Holdout: held})
				if err != nil {
					var e *table.Error
					require.ErrorAs(t, err, &e, "%s: %s", name, s)
					continue
				}
				require.NotEmpty(t, r.Metrics)
				for _, m := range r.Metrics {
					require.True(t, m.Status != OK || !math.IsNaN(m.Value), "%s: %s: %s", name, s, m.Name)
					require.True(t, m.Status == OK || m.Reason != "", "%s: %s: %s", name, s, m.Name)
				}
				readable(t, r)
			}
		}
	}
}

// readable asserts a screen of 79 columns without what is no number.
func readable(t *testing.T, r *Report) {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b))
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
	}
	require.NotRegexp(t, `\b(NaN|[+-]?Inf)\b|%!`, b.String())
	require.NotRegexp(t, `\b(ml|numpy|synthcity|sinkhorn|gmm|bad input):`, strings.Join(strings.Fields(b.String()), " "))
}

// Of 100,000 rows a peer's suite sees some, and says so.
func TestSuiteManyRows(t *testing.T) {
	real, fake := marks(t, 1, 100_000), marks(t, 2, 100_000)
	r := bySuite(t, real, fake, Options{Suite: Synthcity210, Only: []string{"stats.ks_test", "stats.chi_squared_test"}})
	text := strings.Join(r.Notes, " ")
	require.Contains(t, text, "Of the 100,000 rows of the synthetic table, 10,000 drawn at random")
	require.Greater(t, metric(t, r, "stats.ks_test.marginal").Value, .95)
	r = bySuite(t, real, fake, Options{Suite: SDMetrics, Only: []string{"sdmetrics.quality"}})
	require.Equal(t, OK, metric(t, r, "sdmetrics.quality").Status)
}

func TestSuiteText(t *testing.T) {
	r := &Report{About: About{Suite: Paper}, Notes: []string{"A note."}, Metrics: []Metric{
		{Name: "paper.quality", Value: .65, Real: math.NaN(), Best: 1, Better: 1},
		{Name: "stats.alpha_precision.delta_precision_alpha_naive", Value: 12345, Real: .5, Better: -1},
		notMade("stats.fid.score", 0, -1, "for images only"),
	}}
	var b strings.Builder
	require.NoError(t, r.WriteText(&b))
	require.Equal(t, `SUITE      paper: the table of Khalil et al. (LAK 2025), by synthcity 0.2.10.
           These are a peer's definitions: no verdict.

metric                                               value  real people better
paper.quality                                       0.6500              higher
stats.alpha_precision.delta_precision_alpha_naive    12345       0.5000 lower

Not computed: stats.fid.score: for images only.

A note.
`, b.String())
}

func TestRankByPeer(t *testing.T) {
	report := func(generator string, x float64) *Report {
		return &Report{About: About{Generator: generator, Suite: SDMetrics}, Metrics: []Metric{{Name: "sdmetrics.quality", Value: x, Low: math.NaN(), High: math.NaN(), Best: 1, Better: 1}}}
	}
	r := Rank(report("a", .8), report("b", .9))
	require.Equal(t, "sdmetrics.quality", r.By)
	require.Equal(t, "b", r.Entries[0].Generator)
	require.Empty(t, r.Alike, "one seed each tells nothing")
	require.Contains(t, r.Sentence(), "any difference may be chance")
	var many []*Report
	for i := range 5 {
		many = append(many, report("a", .8+float64(i)/1000), report("b", .9+float64(i)/1000))
	}
	require.Empty(t, Rank(many...).Alike)
}

func BenchmarkSuites(b *testing.B) {
	a, f := wide(b, 1, 10_000, 30), wide(b, 2, 10_000, 30)
	for _, name := range Suites() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Compare(context.Background(), a, f, Options{Suite: name}); err != nil {
					b.Fatal(fmt.Sprint(name, ": ", err))
				}
			}
		})
	}
}
