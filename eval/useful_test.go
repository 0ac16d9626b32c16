package eval

import (
	"context"
	"fmt"
	"iter"
	"math"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// taught makes rows of four columns: hours and level tell most of points and passed where related is true, and nothing
// else; noise tells nothing.
func taught(t *testing.T, seed uint64, rows int, related bool) *table.Table {
	t.Helper()
	header := []string{"hours", "level", "noise", "points", "passed"}
	records := func(yield func([]string) bool) {
		for i := range rows {
			r := rng.New(seed, 1, uint64(i))
			hours, level, noise, other := r.Norm(), r.Intn(3), r.Intn(4), r.Norm()
			points := hours + float64(level) + 0.5*r.Norm()
			if !related {
				points = other + 1
			}
			passed, bar := "no", 1.0
			if !related {
				bar += 10 * r.Norm()
			}
			if points > bar {
				passed = "yes"
			}
			if !yield([]string{fmt.Sprintf("%.2f", hours), string(rune('a' + level)), string(rune('p' + noise)), fmt.Sprintf("%.2f", points), passed}) {
				return
			}
		}
	}
	return fromRecords(t, header, records)
}

func fromRecords(t *testing.T, header []string, records iter.Seq[[]string]) *table.Table {
	t.Helper()
	out, err := table.FromRecords(header, records, table.ReadOptions{})
	require.NoError(t, err)
	return out
}

func usefulOf(t *testing.T, actual, fake *table.Table, opt Options) *finding {
	t.Helper()
	v, err := newView(actual, fake, opt)
	require.NoError(t, err)
	f, _, err := v.useful(context.Background())
	require.NoError(t, err)
	return f
}

func TestUsefulTellsRelatedRowsFromOthers(t *testing.T) {
	actual, held := taught(t, 1, 600, true), taught(t, 2, 300, true)
	good, bad := taught(t, 3, 600, true), taught(t, 4, 600, false)
	for _, target := range []string{"", "passed", "points"} {
		opt := Options{Holdout: held, Target: target}
		require.Equal(t, OK, usefulOf(t, actual, good, opt).Status, target)
		f := usefulOf(t, actual, bad, opt)
		require.Equal(t, Look, f.Status, target)
		require.Less(t, f.Metrics[0].Value, 0.5*f.Metrics[0].Real)
	}
}

// hours and level alone are predictable to a degree that theory gives: the best R2 of points from them is 1 - .25/(1+2/3+.25).
func TestUsefulReachesWhatCanBeReached(t *testing.T) {
	actual, held := taught(t, 1, 2000, true), taught(t, 2, 2000, true)
	f := usefulOf(t, actual, taught(t, 3, 2000, true), Options{Holdout: held, Target: "points"})
	best := 1 - 0.25/(1+2./3+0.25)
	require.Equal(t, "useful.r2", f.Metrics[1].Name)
	require.InDelta(t, best, f.Metrics[1].Value, 0.06)
	require.InDelta(t, best, f.Metrics[1].Real, 0.06)
	require.Less(t, f.Metrics[1].Low, f.Metrics[1].Value)
}

// Unseen real rows must not look bad by chance: what teaches them is another sample, and so is the exam.
func TestUsefulRarelyBlamesRealRows(t *testing.T) {
	blamed := 0
	for seed := range uint64(20) {
		f := usefulOf(t, taught(t, 3*seed, 120, true), taught(t, 3*seed+1, 120, true), Options{Holdout: taught(t, 3*seed+2, 60, true), Seed: seed})
		if f.Status == Look {
			blamed++
		}
	}
	require.LessOrEqual(t, blamed, 3) // 2.5 % each: four of 20 have a chance below .002
}

func TestUsefulSaysWhyNot(t *testing.T) {
	actual, held := taught(t, 1, 100, true), taught(t, 2, 50, true)
	for name, c := range map[string]struct {
		actual *table.Table
		opt    Options
	}{
		"no people set aside":   {actual, Options{}},
		"few people set aside":  {actual, Options{Holdout: held.Select([]int{1, 2, 3})}},
		"nothing to predict":    {taught(t, 1, 100, false), Options{Holdout: taught(t, 2, 50, false), Target: "noise"}},
		"a target of one class": {oneClass(t, 100), Options{Holdout: oneClass(t, 50), Target: "passed"}},
	} {
		f := usefulOf(t, c.actual, c.actual, c.opt)
		require.Equal(t, NotApplicable, f.Status, name)
		require.NotEmpty(t, f.Sentence, name)
		require.NotEmpty(t, f.Metrics, name)
	}
	v, err := newView(actual, actual, Options{Holdout: held, Level: "structure"})
	require.NoError(t, err)
	f, metrics, err := v.useful(context.Background())
	require.NoError(t, err)
	require.Nil(t, f)
	require.Equal(t, NotApplicable, metrics[0].Status)
}

// The sentence says what is the case, not that real rows can't predict what was never asked.
func TestUsefulSaysWhichColumnLacksWhat(t *testing.T) {
	few := func(rows, yes int, numbers bool) *table.Table {
		return fromRecords(t, []string{"hours", "noise", "passed"}, func(yield func([]string) bool) {
			for i := range rows {
				r := rng.New(9, 1, uint64(i))
				passed := "no"
				if i < yes {
					passed = "yes"
				}
				if numbers {
					passed = ""
					if i < yes {
						passed = fmt.Sprint(i)
					}
				}
				if !yield([]string{fmt.Sprintf("%.2f", r.Norm()), string(rune('p' + r.Intn(4))), passed}) {
					return
				}
			}
		})
	}
	actual := few(200, 60, false)
	for _, c := range []struct {
		actual, held, fake *table.Table
		target, want       string
	}{
		{actual, few(100, 0, false), actual, "passed", "passed has one value only among the people set aside."},
		{few(200, 0, false), few(100, 30, false), actual, "passed", "passed has one value only among the people learned."},
		{actual, few(100, 9, false), actual, "passed", "passed has too few rows of each value: two values are needed of which 10 of the people learned and 10 of those set aside have one each."},
		{few(200, 100, true), few(100, 7, true), few(200, 100, true), "passed", "passed has 7 numbers among the people set aside; it takes 10."},
		{few(200, 12, false), few(100, 30, false), few(25, 12, false), "passed", "Of 25 rows of each table there are too few with a value of passed to teach from."},
		{actual, few(100, 30, false), actual, "noise", "noise can't be predicted from the other columns, by real rows either."},
		{actual, few(100, 30, false), actual, "", "Nothing here can be predicted from the other columns, by real rows either."},
		{actual, few(100, 0, false), actual, "", "Nothing here can be predicted from the other columns, by real rows either; 1 column has one value only, or too few rows of others."},
		{oneValue(t, 200), oneValue(t, 100), oneValue(t, 200), "", "No column can be predicted: each has one value only, or fewer than 10 rows of other values."},
	} {
		f := usefulOf(t, c.actual, c.fake, Options{Holdout: c.held, Target: c.target})
		require.Equal(t, NotApplicable, f.Status, f.Sentence)
		require.Equal(t, c.want, f.Sentence)
		require.Equal(t, c.want, f.Metrics[0].Reason)
	}
}

func oneClass(t *testing.T, rows int) *table.Table {
	return fromRecords(t, []string{"hours", "passed"}, func(yield func([]string) bool) {
		for i := range rows {
			if !yield([]string{fmt.Sprint(i % 17), "yes"}) {
				return
			}
		}
	})
}

func TestUsefulOfATableThatTeachesNothing(t *testing.T) {
	actual, held := taught(t, 1, 200, true), taught(t, 2, 100, true)
	for _, rows := range []int{1, 19} {
		f := usefulOf(t, actual, taught(t, 3, rows, true), Options{Holdout: held, Target: "passed"})
		require.False(t, math.IsNaN(f.Metrics[0].Value) && f.Metrics[0].Status == OK)
	}
	f := usefulOf(t, actual, oneValue(t, 200), Options{Holdout: held, Target: "passed"})
	require.Equal(t, Look, f.Status)
	require.Equal(t, 0.5, f.Metrics[1].Value)
}

// oneValue has the columns of taught, each of one value.
func oneValue(t *testing.T, rows int) *table.Table {
	return fromRecords(t, []string{"hours", "level", "noise", "points", "passed"}, func(yield func([]string) bool) {
		for range rows {
			if !yield([]string{"1.5", "a", "p", "2.5", "yes"}) {
				return
			}
		}
	})
}

func TestDetect(t *testing.T) {
	actual, held := taught(t, 1, 600, true), taught(t, 2, 600, true)
	auc := func(fake *table.Table) Metric {
		v, err := newView(actual, fake, Options{Holdout: held})
		require.NoError(t, err)
		_, metrics, err := v.detect(context.Background())
		require.NoError(t, err)
		require.Len(t, metrics, 4)
		return metrics[0]
	}
	same := auc(taught(t, 3, 600, true))
	require.InDelta(t, 0.5, same.Value, 0.06)
	require.InDelta(t, 0.5, same.Real, 0.06)
	require.Greater(t, auc(taught(t, 4, 600, false)).Value, 0.75)
	require.Equal(t, TooFew, auc(taught(t, 3, 19, true)).Status)

	v, err := newView(actual, actual, Options{})
	require.NoError(t, err)
	_, metrics, err := v.detect(context.Background())
	require.NoError(t, err)
	require.Equal(t, NotApplicable, metrics[0].Status)
	require.Less(t, metrics[1].Value, 0.3) // every row is its own copy
}
