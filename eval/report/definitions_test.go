package report

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

// The page says of every metric what it is, and of its interval what the documentation of package eval says.
func TestDefinitionsSayTheIntervalsOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../doc.go")
	require.NoError(t, err)
	_, list, ok := strings.Cut(string(text), "//\tmetric                        interval\n")
	require.True(t, ok)
	list, _, _ = strings.Cut(list, "//\n")
	said := 0
	for line := range strings.Lines(list) {
		name, interval, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "//\t"), " ")
		require.True(t, ok, line)
		at := slices.IndexFunc(metricDefinitions, func(d term) bool { return d.defines(name) })
		require.GreaterOrEqual(t, at, 0, "%s is not defined", name)
		_, says, has := strings.Cut(metricDefinitions[at].Text, "Interval: ")
		interval = strings.TrimSpace(interval)
		require.Equal(t, !strings.HasPrefix(interval, "none"), has, "%s: %s", name, interval)
		for _, way := range []string{"subsampling", "Wilson", "DeLong", "delta", "Newcombe", "bootstrap", "the ends"} {
			require.Equal(t, has && strings.Contains(interval, way), strings.Contains(says, way), "%s: %s", name, interval)
		}
		said++
	}
	require.Greater(t, said, 30)
}

// The paper's table is explained, too, and no metric twice.
func TestDefinitionsOfSuites(t *testing.T) {
	names := []string{"paper.wasserstein", "paper.jsd", "paper.chi_squared", "paper.quality", "paper.detection", "paper.ood.r2", "sdis.paper",
		"sdis.paper.sum", "sdis.sound", "stats.wasserstein_dist.joint"}
	r := &eval.Report{}
	for _, name := range names {
		r.Metrics = append(r.Metrics, eval.Metric{Name: name})
		defined := 0
		for _, d := range metricDefinitions {
			if d.defines(name) {
				defined++
			}
		}
		require.Equal(t, 1, defined, name)
	}
	require.Len(t, definitions([]*eval.Report{r}), len(names))
}
