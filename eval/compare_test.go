package eval

import (
	"context"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// make has no option --holdout, so a report of what it made must not propose it.
func TestARemedyThatTheMakerHas(t *testing.T) {
	actual, fake := taught(t, 1, 100, true), taught(t, 2, 100, true)
	proposes := func(opt Options) bool {
		r, err := Compare(context.Background(), actual, fake, opt)
		require.NoError(t, err)
		for _, c := range r.Checks {
			if c.Remedy == askHoldout {
				return true
			}
		}
		return false
	}
	require.True(t, proposes(Options{}))
	require.False(t, proposes(Options{Twin: &Twin{Rows: fake, Learned: actual}}))
}

// A table is written once the trial has been judged.
func TestTheTwinWritesLast(t *testing.T) {
	actual, held, fake := taught(t, 1, 100, true), taught(t, 3, 100, true), taught(t, 2, 100, true)
	done := false
	opt := Options{Holdout: held, Progress: func(_ string, n, of int64) { done = n == of }}
	opt.Twin = &Twin{Rows: fake, Learned: actual, Write: func() (*table.Table, error) {
		require.True(t, done)
		return fake, nil
	}}
	r, err := Compare(context.Background(), actual, nil, opt)
	require.NoError(t, err)
	_, ok := r.Metric("private.copies")
	require.True(t, ok)
}

// Of large tables some checks take rows drawn at random, and the report says so.
func TestSamplesAreSaid(t *testing.T) {
	c := comparison{view: &view{learned: &side{rows: jointRows}, trial: &side{rows: 10}, held: &side{rows: 20}}}
	require.Empty(t, c.samples())
	c.trial.rows = mostPairRows + 1
	require.Contains(t, strings.Join(c.report().Notes, " "), "at most 1000 for whole rows, 2500 for how well rows are told apart, 5000 for what rows teach, "+
		"5000 for guesses, 20,000 for look-alikes, 20,000 for pairs of columns; copies,")
	c.opt.Only = []string{"pairs"}
	require.Contains(t, c.samples(), "at most 20,000 for pairs of columns;")
	c.opt.Only = []string{"shape", "rules"}
	require.Empty(t, c.samples())
}

// Checks of other things alone can't make a table ready for review, not even an exact copy of the real people that teaches as well as they do.
func TestPrivacyThatWasNotAskedForIsOpen(t *testing.T) {
	actual, held := taught(t, 1, 300, true), taught(t, 3, 300, true)
	for only, want := range map[string]Verdict{"useful": LookCloser, "rules": LookCloser, "pairs": LookCloser, "private.copies": DoNotRelease, "downstream": 0} {
		r, err := Compare(context.Background(), actual, actual, Options{Holdout: held, Only: []string{only}})
		require.NoError(t, err)
		require.Equal(t, want, r.Verdict, only)
		open := slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Name == "privacy" && c.Status == NotApplicable && c.Sentence != "" })
		require.Equal(t, want == LookCloser, open, only)
	}
}
