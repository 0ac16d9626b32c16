package eval

import (
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// intervalsOfDoc reads the table of doc.go: what interval each metric has.
func intervalsOfDoc(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(text), "//\tmetric                        interval\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "//\n")
	entry := regexp.MustCompile(`^//\t(\S+) +(\S.*)$`)
	said := map[string]string{}
	for line := range strings.Lines(table) {
		m := entry.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, m, line)
		require.NotContains(t, said, m[1])
		said[m[1]] = m[2]
	}
	return said
}

// entryOf gives the line of the table for a metric. Those of downstream have one for all models and scores.
func entryOf(name string) string {
	if rest, ok := strings.CutPrefix(name, "downstream."); ok {
		if strings.HasSuffix(rest, ".gap") {
			return "downstream.MODEL.SCORE.gap"
		}
		return "downstream.MODEL.SCORE"
	}
	return name
}

// The table names every metric that there is and no other, and it says of each whether it has an interval.
func TestDocNamesTheIntervalOfEveryMetric(t *testing.T) {
	said := intervalsOfDoc(t)
	known := slices.Clone(soundNames)
	for _, m := range (&Regression{}).Metrics() {
		known = append(known, m.Name)
	}
	used := map[string]bool{}
	for _, name := range known {
		require.Contains(t, said, entryOf(name), name)
		used[entryOf(name)] = true
	}
	for entry := range said {
		require.True(t, used[entry], "no metric is called %s", entry)
	}

	real, fake, held := marks(t, 1, 300), marks(t, 2, 300), marks(t, 3, 300)
	all := []string{"shape", "pairs", "joint", "useful", "private", "rules", "sdis", "explain", "downstream.dt", "downstream.linear"}
	reports := []*Report{
		bySuite(t, real, fake, Options{Holdout: held, Protect: 5, Target: "Passed", Only: all}),
		bySuite(t, real, fake, Options{Holdout: held}),
		bySuite(t, aged(t, 1, 300, nil), aged(t, 2, 300, func(_ *rng.Stream, cells []string) { cells[0] += ".5" }), Options{Holdout: aged(t, 3, 300, nil), Target: "G3", Only: all}),
	}
	met := map[string]bool{}
	for _, r := range reports {
		for _, m := range r.Metrics {
			require.Contains(t, said, entryOf(m.Name))
			if m.Status != OK {
				continue
			}
			met[entryOf(m.Name)] = true
			if says := said[entryOf(m.Name)]; !strings.Contains(says, "else none") {
				require.Equal(t, strings.HasPrefix(says, "none"), math.IsNaN(m.Low), "%s: %s: %v", m.Name, says, m)
			}
		}
	}
	for entry := range said {
		// The three need people with several rows, and a formula; private.real needs a column of ids.
		if !met[entry] && !strings.HasPrefix(entry, "regress.") && entry != "private.copies.person" && entry != "private.real" && entry != "private.reals" && entry != "rules.broken" {
			t.Errorf("no table of this test has %s", entry)
		}
	}
}

// Every metric of synthcity and of the paper has one line in the table of twins, and each twin is a metric of the sound suite.
func TestDocNamesTheSoundTwinOfEveryMetric(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, list, ok := strings.Cut(string(text), "//\tpeer's metric                                   sound twin             why\n")
	require.True(t, ok)
	list, _, _ = strings.Cut(list, "//\n")
	twins := map[string]string{}
	for line := range strings.Lines(list) {
		m := regexp.MustCompile(`^//\t(\S.*?) {2,}(\S+) {2,}(\S.*)$`).FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, m, line)
		require.NotContains(t, twins, m[1])
		twins[m[1]] = m[2]
		if m[2] != "none" {
			require.Contains(t, soundNames, m[2], line)
		}
		for _, named := range regexp.MustCompile(`\b(shape|pairs|joint|useful|private|detect|rules)\.[a-z0-9_]+(\.[a-z]+)?`).FindAllString(m[3], -1) {
			require.Contains(t, soundNames, named, line)
		}
	}
	used := map[string]bool{}
	for _, name := range slices.Concat(synthcitySuite(Synthcity210).names, synthcitySuite(Synthcity212).names, paperSuite().names) {
		if name == "sdis.sound" { // stands beside the paper's
			continue
		}
		var lines []string
		for entry := range twins {
			like := "^" + strings.ReplaceAll(regexp.QuoteMeta(entry), `\*`, ".*") + "$"
			if regexp.MustCompile(like).MatchString(name) {
				lines = append(lines, entry)
				used[entry] = true
			}
		}
		require.Len(t, lines, 1, name)
	}
	for entry := range twins {
		require.True(t, used[entry], "no metric is called %s", entry)
	}
}

// reasonsOf reads a list of reasons of doc.go, each with false.
func reasonsOf(t *testing.T, text, before string) map[string]bool {
	t.Helper()
	_, list, ok := strings.Cut(text, before)
	require.True(t, ok)
	list, _, _ = strings.Cut(list, "//\n")
	said := map[string]bool{}
	for line := range strings.Lines(list) {
		m := regexp.MustCompile(`^//\t.{36} (\S.*)$`).FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, m, line)
		said[m[1]] = false
	}
	delete(said, "reason")
	return said
}

// Whatever is not applicable in the suite sound has a reason of the list.
func TestDocNamesTheReasonsOfSound(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	said := reasonsOf(t, string(text), "where what it takes is not there:\n//\n")
	real, fake, held := marks(t, 1, 300), marks(t, 2, 300), marks(t, 3, 300)
	all := []string{"shape", "pairs", "joint", "useful", "detect", "private", "rules", "sdis", "explain", "downstream"}
	met := 0
	for _, opt := range []Options{{}, {Holdout: held}, {Holdout: held, Target: "Passed"}, {Holdout: held, Level: "structure"}, {Level: "structure", Target: "Passed"}} {
		opt.Only = all
		for _, m := range bySuite(t, real, fake, opt).Metrics {
			if m.Status != NotApplicable {
				continue
			}
			met++
			require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(said)), func(r string) bool { return strings.HasPrefix(m.Reason, r) }), "%s: %s", m.Name, m.Reason)
		}
	}
	require.Greater(t, met, 20)
}

// The reasons for which the suites of others leave something out are those that doc.go lists, word for word.
func TestDocNamesTheReasonsOfSuites(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	said := reasonsOf(t, string(text), "is \"not applicable\", for one of these reasons:\n//\n")

	cells := reasonsOf(t, string(text), "or \"synthetic table: \" before it:\n//\n")

	remarks := func(seed uint64, rows int) *table.Table { // marks, and a text of each pupil's own
		source := marks(t, seed, rows)
		columns := append(textsOf(source), nil)
		for r := range rows {
			columns[len(columns)-1] = append(columns[len(columns)-1], "pupil "+strings.Repeat("x", r+1))
		}
		return ofTexts(t, slices.Concat(source.Schema().Columns, []table.Column{{Name: "Remark", Kind: table.Text}}), columns)
	}
	numbers := func(kind table.Kind, cols int) func(seed uint64, rows int) *table.Table {
		return func(seed uint64, rows int) *table.Table {
			schema, columns := make([]table.Column, cols), make([][]string, cols)
			for c := range columns {
				schema[c] = table.Column{Name: string(rune('a' + c)), Kind: kind}
				draw := rng.New(seed, rng.Demo, uint64(c))
				for range rows {
					columns[c] = append(columns[c], string(rune('1'+draw.Intn(5))))
				}
			}
			return ofTexts(t, schema, columns)
		}
	}
	for _, run := range []struct {
		suite string
		made  func(seed uint64, rows int) *table.Table
		alone bool // nobody is set aside
	}{
		{Synthcity210, remarks, true}, {Synthcity212, remarks, false}, {Paper, remarks, false}, {MostlyAI, remarks, false},
		{MostlyAI, numbers(table.Whole, 11), false}, {MostlyAI, numbers(table.Category, 3), false},
		{SDMetrics, remarks, true}, {SDMetrics, numbers(table.Whole, 3), false}, {SDMetrics, numbers(table.Category, 3), false},
	} {
		rows := 40
		if run.suite == MostlyAI { // which takes no fewer
			rows = 100
		}
		opt := Options{Suite: run.suite}
		if !run.alone {
			opt.Holdout = run.made(3, rows)
		}
		for _, m := range bySuite(t, run.made(1, rows), run.made(2, rows), opt).Metrics {
			if m.Status == NotApplicable && m.Name != "sdis.sound" { // that is the sound suite's
				reason := regexp.MustCompile(`-?[0-9]\.[0-9]+`).ReplaceAllString(m.Reason, "N")
				if _, ok := cells[reason]; ok && run.suite == SDMetrics {
					continue
				}
				require.Contains(t, said, reason, "%s: %s", run.suite, m.Name)
				said[reason] = true
			}
		}
	}
	for reason, met := range said {
		require.True(t, met, "no run says: %s", reason)
	}
}
