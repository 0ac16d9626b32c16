package eval

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
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
	all := []string{"shape", "pairs", "useful", "private", "rules", "sdis", "explain", "downstream.dt", "downstream.linear"}
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
