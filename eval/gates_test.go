package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval/synthcity"
)

// The sanity gates, after Räisä et al. (arXiv 2505.22450): what is done to a table, and what a sound metric must make of it. Every
// gate is held against a table that must not pass it, so that none is a gate that is always open.
func TestGates(t *testing.T) {
	g := &gates{actual: pupils(1, 400), held: pupils(2, 400), fresh: pupils(3, 400)}
	g.base = g.judge(t, g.actual, g.held, g.fresh)
	require.Equal(t, Pass, g.base.Verdict)
	for _, gate := range []struct {
		name string
		run  func(*gates, *testing.T)
	}{
		{"copy", (*gates).copied}, {"columns shuffled", (*gates).shuffled}, {"outlier", (*gates).outlier}, {"mode dropped", (*gates).modeDropped},
		{"half are copies", (*gates).halfCopied}, {"rescaled", (*gates).rescaled}, {"permuted", (*gates).permuted}, {"half the rows", (*gates).halved},
		{"invented category", (*gates).invented}, {"constant column", (*gates).constant},
	} {
		t.Run(gate.name, func(t *testing.T) { gate.run(g, t) })
	}
}

// gates are real people, others of them set aside, and as many whom no generator saw, who stand for the perfect synthetic table.
type gates struct {
	actual, held, fresh sheet
	base                *Report // of fresh: the table before anything is done to it
}

func (g *gates) judge(t *testing.T, actual, held, fake sheet) *Report {
	t.Helper()
	r, err := Compare(context.Background(), actual.table(t, nil), fake.table(t, nil), Options{Holdout: held.table(t, nil), Target: "Passed", Seed: 1})
	require.NoError(t, err)
	return r
}

// reacts requires that a sign is seen in the changed table, and not in the untouched one.
func (g *gates) reacts(t *testing.T, changed *Report, what string, sign func(r *Report) bool) {
	t.Helper()
	require.True(t, sign(changed), what)
	require.False(t, sign(g.base), "untouched: "+what)
}

// hasStatus is the sign that a check has come to a status.
func hasStatus(check string, want Status) func(r *Report) bool {
	return func(r *Report) bool {
		return slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Name == check && c.Status == want })
	}
}

// moved names the checks that have another status, or are gone, and the metrics that are gone or of which far says that they are
// too far from what they were.
func moved(r, was *Report, far func(m, was Metric) bool) []string {
	var names []string
	for _, c := range was.Checks {
		if !hasStatus(c.Name, c.Status)(r) {
			names = append(names, c.Name)
		}
	}
	key := func(m Metric) string { return m.Name + fmt.Sprint(slices.Sorted(slices.Values(m.Columns))) }
	for _, before := range was.Metrics {
		at := slices.IndexFunc(r.Metrics, func(m Metric) bool { return key(m) == key(before) })
		if at < 0 || r.Metrics[at].Status != before.Status || far(r.Metrics[at], before) {
			names = append(names, key(before))
		}
	}
	return names
}

// leaves tells whether x is out of a metric's interval; never, where there is none. An AUC of 1 has one of no width: it gets a hundredth.
func leaves(x float64, m Metric) bool {
	slack := 0.0
	if m.Low == m.High {
		slack = .01
	}
	return x < m.Low-slack || x > m.High+slack
}

// differs is for what must not change at all. A forest draws columns and tries splits in their order: its scores may change within their
// intervals.
func differs(m, was Metric) bool {
	for _, forest := range []string{"useful.", "detect.", "sdis."} {
		if strings.HasPrefix(m.Name, forest) {
			return leaves(m.Value, was)
		}
	}
	return math.Abs(m.Value-was.Value) > 1e-9 || math.Abs(m.Real-was.Real) > 1e-9
}

// peer gives scores of synthcity 0.2.12. It has none of columns with gaps, so they are filled, and dates are left out. Marks of each form
// lie far from those of the others: four modes.
func peer(t *testing.T, actual, fake sheet, only ...string) map[string]float64 {
	t.Helper()
	v := synthcity.V0212
	read := func(s sheet) synthcity.Table {
		columns := slices.DeleteFunc(slices.Clone(s.header), func(name string) bool { return name == "Start" || name == "Passed" })
		return words(v, s.with(func(_ int, cells []string) {
			if cells[3] == "" {
				cells[3] = "2.5"
			}
			cells[2] = fmt.Sprint(number(t, cells[2]) + 90*float64(cells[0][1]-'0'))
		}).columns(append(columns, "Passed")...).table(t, nil))
	}
	in := synthcity.Input{Version: v, Real: read(actual), Synthetic: read(fake), Target: "Passed"}
	results, _, err := synthcity.Suite(context.Background(), in, synthcity.Options{Only: only})
	require.NoError(t, err)
	scores := map[string]float64{}
	for _, r := range results {
		require.NoError(t, r.Err)
		scores[r.Key] = r.Value
	}
	return scores
}

func number(t *testing.T, cell string) float64 {
	t.Helper()
	var x float64
	_, err := fmt.Sscan(cell, &x)
	require.NoError(t, err)
	return x
}

// A copy is perfectly faithful, and every alarm of privacy goes off.
func (g *gates) copied(t *testing.T) {
	r := g.judge(t, g.actual, g.held, g.actual)
	for _, check := range []string{"copied rows", "look-alikes"} {
		g.reacts(t, r, check, hasStatus(check, Stop))
	}
	g.reacts(t, r, "verdict", func(r *Report) bool { return r.Verdict == DoNotRelease })
	g.reacts(t, r, "detector", func(r *Report) bool { return metric(t, r, "detect.copying").Value == 1 })
	for _, name := range []string{"shape.mean", "pairs.mean"} {
		g.reacts(t, r, name, func(r *Report) bool { return metric(t, r, name).Value == 100 })
	}
	for _, name := range []string{"joint.mmd", "joint.density", "joint.coverage"} { // no better than the people copied
		g.reacts(t, r, name, func(r *Report) bool { m := metric(t, r, name); return math.Abs(m.Value-m.Real) < 1e-9 })
	}
	g.reacts(t, r, "sdis", func(r *Report) bool { return metric(t, r, "sdis.sound").High < .1 })
}

// mixed are real rows, each column moved on by another number of rows: as good as shuffled, since rows have no order.
func (g *gates) mixed() sheet {
	return g.actual.with(func(row int, cells []string) {
		for col := range cells {
			cells[col] = g.actual.rows[(row+53*col)%len(g.actual.rows)][col]
		}
	})
}

// Shuffled columns stay perfect one by one; whatever looks at several of them sees it.
func (g *gates) shuffled(t *testing.T) {
	r := g.judge(t, g.actual, g.held, g.mixed())
	g.reacts(t, r, "single columns", func(r *Report) bool { return metric(t, r, "shape.mean").Value == 100 })
	for _, name := range []string{"shape.jsd", "shape.w1"} {
		g.reacts(t, r, name, func(r *Report) bool { return metric(t, r, name).Value < 1e-12 })
	}
	for _, name := range []string{"joint.density", "joint.coverage"} {
		g.reacts(t, r, name, func(r *Report) bool { m := metric(t, r, name); return m.High < m.Real })
	}
	g.reacts(t, r, "pairs", hasStatus("pairs of columns", Look))
	g.reacts(t, r, "taught by the table", hasStatus("predicts Passed", Look))
	g.reacts(t, r, "detector", func(r *Report) bool { return metric(t, r, "detect.auc.unseen").Low > .6 })
}

// One row far out, in either table, moves likeness by less than a point of 100 and everything else within its interval. A tenth of the rows
// far out is no outlier. The peer scales columns by their range in the real table, so that its Wasserstein distance has no bound.
func (g *gates) outlier(t *testing.T) {
	far := func(m, was Metric) bool {
		likeness := m.Name == "shape.mean" || m.Name == "pairs.mean" || m.Name == "shape.tv" || m.Name == "shape.ks"
		return leaves(m.Value, was) || likeness && math.Abs(m.Value-was.Value) > 1
	}
	add := func(s sheet, rows int) sheet {
		s.rows = slices.Clone(s.rows)
		for range rows {
			s.rows = append(s.rows, []string{"F0", "Red", "1000000", "2.5", "2021-01-02", "yes"})
		}
		return s
	}
	require.Empty(t, moved(g.judge(t, g.actual, g.held, add(g.fresh, 1)), g.base, far))
	require.Empty(t, moved(g.judge(t, add(g.actual, 1), g.held, g.fresh), g.base, far))
	require.Contains(t, moved(g.judge(t, g.actual, g.held, add(g.fresh, 40)), g.base, far), "shape.ks[Maths]")

	const key = "stats.wasserstein_dist.joint"
	require.Less(t, peer(t, g.actual, g.fresh, key)[key], .01)
	require.Greater(t, peer(t, g.actual, add(g.fresh, 1), key)[key], 1000.)
}

// Without a fourth of the people, those of one form, the rest are as real as before: coverage and single columns see what is gone, density and
// rules that nothing is wrong with what is there. The peer's numbers say so, too.
func (g *gates) modeDropped(t *testing.T) {
	dropped := sheet{header: g.fresh.header}
	for _, row := range pupils(4, 2*len(g.fresh.rows)).rows {
		if row[0] != "F3" && len(dropped.rows) < len(g.fresh.rows) {
			dropped.rows = append(dropped.rows, row)
		}
	}
	require.Len(t, dropped.rows, len(g.fresh.rows))
	r := g.judge(t, g.actual, g.held, dropped)
	g.reacts(t, r, "single columns", hasStatus("single columns", Look))
	require.True(t, hasStatus("kept", OK)(r))
	g.reacts(t, r, "coverage", func(r *Report) bool { m := metric(t, r, "joint.coverage"); return m.High < m.Real })
	density := metric(t, r, "joint.density")
	require.Greater(t, density.High, density.Real)

	before, after := peer(t, g.actual, g.fresh, "stats.prdc."), peer(t, g.actual, dropped, "stats.prdc.")
	require.Greater(t, before["stats.prdc.coverage"], .95)
	require.Less(t, after["stats.prdc.coverage"], .8)
	require.GreaterOrEqual(t, after["stats.prdc.precision"], before["stats.prdc.precision"]-.02)
}

// Of rows half of which are copies, one half is not authentic: the tests of memory see it, and so does the peer's authenticity.
func (g *gates) halfCopied(t *testing.T) {
	n := len(g.fresh.rows) / 2
	half := sheet{g.fresh.header, slices.Concat(g.actual.rows[:n], g.fresh.rows[n:])}
	r := g.judge(t, g.actual, g.held, half)
	for _, check := range []string{"copied rows", "look-alikes"} {
		g.reacts(t, r, check, hasStatus(check, Stop))
	}
	g.reacts(t, r, "detector", func(r *Report) bool { return metric(t, r, "detect.copying").Value == 1 })
	g.reacts(t, r, "sdis", func(r *Report) bool { return metric(t, r, "sdis.sound").High < metric(t, g.base, "sdis.sound").Low })
	g.reacts(t, r, "nearest", func(r *Report) bool { return metric(t, r, "private.dcr_share").Low > .6 })
	g.reacts(t, r, "guessing", func(r *Report) bool { return metric(t, r, "private.guess", "Form").Low > .1 })

	const key = "stats.alpha_precision.authenticity_naive"
	require.Less(t, peer(t, g.actual, half, key)[key], peer(t, g.actual, g.fresh, key)[key]-.1)
}

// Other units change nothing, where all tables have them.
func (g *gates) rescaled(t *testing.T) {
	scale := func(s sheet) sheet {
		return s.with(func(_ int, cells []string) {
			cells[2] = fmt.Sprint(4*number(t, cells[2]) + 1000)
			if cells[3] != "" {
				cells[3] = fmt.Sprintf("%.1f", 2*number(t, cells[3])+8)
			}
		})
	}
	require.Empty(t, moved(g.judge(t, scale(g.actual), scale(g.held), scale(g.fresh)), g.base, differs))
	require.Contains(t, moved(g.judge(t, g.actual, g.held, scale(g.fresh)), g.base, differs), "shape.ks[Maths]")
}

// Neither the order of columns nor the names of categories, and with them their order, change anything.
func (g *gates) permuted(t *testing.T) {
	order := func(s sheet) sheet { return s.columns("Passed", "Start", "Maths", "House", "Form", "Hours") }
	names := map[string]string{"Red": "b", "Blue": "c", "Green": "a", "F0": "Q", "F1": "Z", "F2": "A", "F3": "M", "yes": "n", "no": "z"}
	rename := func(s sheet) sheet {
		return s.with(func(_ int, cells []string) {
			for _, col := range []int{0, 1, 5} {
				cells[col] = names[cells[col]]
			}
		})
	}
	exchanged := g.fresh.columns("House", "Form", "Maths", "Hours", "Start", "Passed")
	exchanged.header = g.fresh.header
	require.Empty(t, moved(g.judge(t, order(g.actual), order(g.held), order(g.fresh)), g.base, differs))
	require.Contains(t, moved(g.judge(t, g.actual, g.held, exchanged), g.base, differs), "shape.tv[House]")
	require.Empty(t, moved(g.judge(t, rename(g.actual), rename(g.held), rename(g.fresh)), g.base, differs))
	require.Contains(t, moved(g.judge(t, g.actual, g.held, rename(g.fresh)), g.base, differs), "shape.tv[House]")
}

// Half of the rows give the same statuses, and intervals that hold the numbers of all rows. The peer's discrepancy is 2/N, whatever the
// rows are.
func (g *gates) halved(t *testing.T) {
	half := func(s sheet) sheet { return sheet{s.header, s.rows[:len(s.rows)/2]} }
	far := func(m, was Metric) bool { return leaves(was.Value, m) }
	for _, name := range []string{"shape.mean", "pairs.mean", "sdis.sound"} {
		m := metric(t, g.base, name)
		require.True(t, m.Low < m.Value && m.Value < m.High, name)
	}
	require.Empty(t, moved(g.judge(t, g.actual, g.held, half(g.fresh)), g.base, far))
	require.Contains(t, moved(g.judge(t, g.actual, g.held, half(g.mixed())), g.base, far), "detect.auc[]")

	const key = "stats.max_mean_discrepancy.joint"
	require.Greater(t, peer(t, g.actual, half(g.fresh), key)[key], 1.8*peer(t, g.actual, g.fresh, key)[key])
}

// A third of the rows have a category that no real row has, in place of one that is gone. The peer compares shares by rank.
func (g *gates) invented(t *testing.T) {
	purple := g.fresh.with(func(_ int, cells []string) {
		if cells[1] == "Red" {
			cells[1] = "Purple"
		}
	})
	r := g.judge(t, g.actual, g.held, purple)
	g.reacts(t, r, "column", func(r *Report) bool { m := metric(t, r, "shape.tv", "House"); return m.Value < m.Real-20 })
	g.reacts(t, r, "values that no real row has", func(r *Report) bool { return metric(t, r, "rules.unseen", "House").Low > .2 })
	g.reacts(t, r, "rules", hasStatus("kept", Look))
	g.reacts(t, r, "tests of columns", func(r *Report) bool { return metric(t, r, "shape.p", "House").Value < 1e-6 })
	require.Equal(t, 1./6, metric(t, r, "shape.differ").Value)
	g.reacts(t, r, "divergence", func(r *Report) bool { m := metric(t, r, "shape.jsd"); return m.Low > m.Real })

	keys := []string{"stats.chi_squared_test.marginal", "stats.inv_kl_divergence.marginal", "stats.ks_test.marginal"}
	before, after := peer(t, g.actual, g.fresh, keys...), peer(t, g.actual, purple, keys...)
	require.InDelta(t, before[keys[0]], after[keys[0]], .001)
	require.InDelta(t, before[keys[1]], after[keys[1]], .001)
	require.Less(t, after[keys[2]], before[keys[2]]-.03, "codes as numbers tell the tables apart")
}

// A column of one value, the same in all tables, is perfect itself and changes nothing else, and the sentence says that it does not count.
// The peer's chi-squared test gives such a column 0.
func (g *gates) constant(t *testing.T) {
	with := func(s sheet, value string) sheet {
		out := sheet{header: append(slices.Clone(s.header), "School")}
		for _, row := range s.rows {
			out.rows = append(out.rows, append(slices.Clone(row), value))
		}
		return out
	}
	cut := func(s sheet) sheet { return s.columns("Form", "House", "Maths", "Hours", "Passed") } // few pairs, so that the report names all
	actual, held, fresh := cut(g.actual), cut(g.held), cut(g.fresh)
	base := g.judge(t, actual, held, fresh)
	n := float64(len(actual.header))
	more, others := with(actual, "North"), with(held, "North")
	neutral := g.judge(t, more, others, with(fresh, "North"))
	require.Empty(t, moved(neutral, base, differs))
	require.Equal(t, 100., metric(t, neutral, "shape.tv", "School").Value)
	require.Contains(t, neutral.Checks[0].Sentence, " 1 column has one value in all tables and does not count.")
	require.NotContains(t, base.Checks[0].Sentence, "does not count")
	other := g.judge(t, more, others, with(fresh, "South"))
	require.Contains(t, moved(other, base, differs), "shape.mean[]")
	require.Zero(t, metric(t, other, "shape.tv", "School").Value)

	const key = "stats.chi_squared_test.marginal"
	require.InDelta(t, peer(t, actual, fresh, key)[key]*n/(n+1), peer(t, more, with(fresh, "North"), key)[key], 1e-9)
}
