package cohort_test

import (
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func ruleTexts(s *table.Schema) []string {
	var out []string
	for _, r := range s.Rules {
		out = append(out, r.String())
	}
	return out
}

func TestRulesAreFoundAndKept(t *testing.T) {
	actual := read(t, pupils(400, 60))
	for _, model := range generators {
		m := fit(t, actual, cohort.Options{Model: model})
		require.ElementsMatch(t, []string{"Total = Maths + English", "Start <= Leave"}, ruleTexts(m.Info().Schema))
		rows := sample(t, m, cohort.SampleOptions{Rows: 5000})
		for _, r := range m.Info().Schema.Rules {
			require.Empty(t, r.Broken(rows), "%s: %s", model, r)
		}
		m = fit(t, actual, cohort.Options{Model: model, NoRules: true})
		require.Empty(t, m.Info().Schema.Rules)
	}
	require.Empty(t, actual.Schema().Rules, "the caller's table was changed")
}

func TestRulesOfTheUser(t *testing.T) {
	withRule := func(text string) *table.Table {
		r, err := table.ParseRule(text)
		require.NoError(t, err)
		return read(t, pupils(300, 61)).WithRules(r)
	}
	m := fit(t, withRule("Start <= Leave"), cohort.Options{NoRules: true})
	require.Equal(t, []string{"Start <= Leave"}, ruleTexts(m.Info().Schema))
	require.Empty(t, m.Info().Schema.Rules[0].Broken(sample(t, m, cohort.SampleOptions{Rows: 2000})))

	bad := refused(t, withRule("English <= Maths"), cohort.Options{})
	require.Equal(t, "rule-broken", bad.Code)
	require.Regexp(t, `in \d+ of 300 rows`, bad.Reason)
	require.Regexp(t, `rows \d+, \d+, `, bad.Reason)
	require.True(t, strings.HasSuffix(bad.Reason, " ..."))
	require.Equal(t, "no-such-column", refused(t, withRule("Englisch <= Maths"), cohort.Options{}).Code)
	require.Equal(t, "bad-rule", refused(t, withRule("House <= Maths"), cohort.Options{}).Code)
}
