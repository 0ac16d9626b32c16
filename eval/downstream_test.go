package eval

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestScoresAgreeWithScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/downstream.json")
	require.NoError(t, err)
	var golden struct{ Classes, Numbers []map[string]json.RawMessage }
	require.NoError(t, json.Unmarshal(b, &golden))
	require.Len(t, golden.Classes, 3)
	for i, c := range append(golden.Classes, golden.Numbers...) {
		var actual []float64
		p := prediction{}
		require.NoError(t, json.Unmarshal(c["actual"], &actual))
		require.NoError(t, json.Unmarshal(c["answer"], &p.answer))
		if i < len(golden.Classes) {
			require.NoError(t, json.Unmarshal(c["proba"], &p.proba))
		}
		for _, m := range p.measures(actual) {
			want := math.NaN()
			require.NoError(t, json.Unmarshal(c[m.name], &want))
			require.InDelta(t, want, m.score(once(len(actual))), 1e-12, "%d %s", i, m.name)
		}
	}
}

// A row that counts several times is as good as so many rows.
func TestWeightsAreRepeatedRows(t *testing.T) {
	r := rng.New(1, rng.Demo, 0)
	var p, long prediction
	var actual, longActual, w []float64
	p.proba, long.proba = make([][]float64, 3), make([][]float64, 3)
	for range 50 {
		y, answer, times := float64(r.Intn(3)), float64(r.Intn(3)), r.Intn(4)
		chance := [3]float64{float64(r.Intn(5)), float64(r.Intn(5)), float64(r.Intn(5))}
		for range times {
			longActual, long.answer = append(longActual, y), append(long.answer, answer)
			for k := range chance {
				long.proba[k] = append(long.proba[k], chance[k])
			}
		}
		actual, p.answer, w = append(actual, y), append(p.answer, answer), append(w, float64(times))
		for k := range chance {
			p.proba[k] = append(p.proba[k], chance[k])
		}
	}
	for range 2 {
		for i, m := range p.measures(actual) {
			require.InDelta(t, long.measures(longActual)[i].score(once(len(longActual))), m.score(w), 1e-12, m.name)
		}
		p.proba, long.proba = nil, nil // and as numbers
	}
}

func downstreamOf(t *testing.T, actual, fake *table.Table, opt Options) map[string]Metric {
	t.Helper()
	list, err := Downstream(context.Background(), actual, fake, opt)
	require.NoError(t, err)
	out := make(map[string]Metric)
	for _, m := range list {
		require.NotContains(t, out, m.Name)
		out[m.Name] = m
		require.False(t, math.IsInf(m.Value, 0) || math.IsInf(m.Real, 0), m.Name)
		if m.Status == OK {
			require.False(t, math.IsNaN(m.Value), m.Name)
			require.LessOrEqual(t, m.Low, m.High, m.Name)
		} else {
			require.True(t, math.IsNaN(m.Value), m.Name)
			require.NotEmpty(t, m.Reason, m.Name)
		}
	}
	return out
}

func TestDownstreamTellsRelatedRowsFromOthers(t *testing.T) {
	actual, held := taught(t, 1, 300, true), taught(t, 2, 300, true)
	good, bad := taught(t, 3, 300, true), taught(t, 4, 300, false)
	for target, score := range map[string]string{"passed": "auc.macro", "points": "r2"} {
		opt := Options{Holdout: held, Target: target}
		fine, poor := downstreamOf(t, actual, good, opt), downstreamOf(t, actual, bad, opt)
		classes := 2
		if target == "points" {
			classes = 0
		}
		require.Len(t, fine, len(learnerNames(classes))*map[int]int{2: 8, 0: 4}[classes])
		for _, name := range learnerNames(classes) {
			m := fine["downstream."+name+"."+score]
			require.Greater(t, m.Value, 0.3, name)
			require.InDelta(t, m.Real, m.Value, 0.15, name)
			gap := fine[m.Name+".gap"]
			require.InDelta(t, m.Value-m.Real, gap.Value, 1e-12)
			require.Less(t, gap.High-gap.Low, 0.35, name)
			require.Less(t, poor[m.Name+".gap"].High, 0.0, name)
		}
		require.Contains(t, fine, "downstream.xgb."+score)
	}
}

// Tables from which little or nothing can be taught.
func TestDownstreamOfOddTargets(t *testing.T) {
	rows := func(n, first int, target func(i int) string) *table.Table {
		return fromRecords(t, []string{"x", "g", "y"}, func(yield func([]string) bool) {
			for i := first; i < first+n; i++ {
				x := fmt.Sprint(i * 37 % 1009)
				if i%7 == 0 {
					x = ""
				}
				if !yield([]string{x, string(rune('a' + i%3)), target(i)}) {
					return
				}
			}
		})
	}
	two := func(i int) string { return []string{"no", "yes"}[i%2] }
	three := func(i int) string { return []string{"no", "yes", "maybe"}[i%3] }
	same := func(int) string { return "no" }
	gaps := func(i int) string { return []string{"no", "yes", ""}[i%3] }
	number := func(i int) string { return fmt.Sprint(i * 13 % 50) }
	flat := func(int) string { return "7" }
	for name, c := range map[string]struct {
		actual, fake, held func(int) string
		n                  [3]int
		auc, accuracy      Status
	}{
		"class absent from synthetic": {three, two, three, [3]int{60, 60, 60}, OK, OK},
		"class absent from real":      {two, three, two, [3]int{60, 60, 60}, OK, OK},
		"class absent from held":      {three, three, two, [3]int{60, 60, 60}, OK, OK},
		"one class synthetic":         {two, same, two, [3]int{60, 60, 60}, OK, OK},
		"one class held":              {two, two, same, [3]int{60, 60, 60}, NotApplicable, OK},
		"missing targets":             {gaps, gaps, gaps, [3]int{60, 60, 60}, OK, OK},
		"few rows":                    {two, two, two, [3]int{60, 15, 60}, TooFew, TooFew},
		"few held":                    {two, two, two, [3]int{60, 60, 10}, TooFew, TooFew},
	} {
		got := downstreamOf(t, rows(c.n[0], 0, c.actual), rows(c.n[1], 300, c.fake), Options{Holdout: rows(c.n[2], 600, c.held), Target: "y"})
		require.Len(t, got, 48, name)
		require.Equal(t, c.auc, got["downstream.rf.auc.macro"].Status, name)
		require.Equal(t, c.accuracy, got["downstream.rf.accuracy.gap"].Status, name)
		if name == "one class synthetic" {
			require.Equal(t, 0.5, got["downstream.xgb.auc.macro"].Value)
			require.Equal(t, 0.5, got["downstream.xgb.accuracy"].Value)
		}
		r, err := Compare(context.Background(), rows(c.n[0], 0, c.actual), rows(c.n[1], 300, c.fake),
			Options{Holdout: rows(c.n[2], 600, c.held), Target: "y", Only: []string{"downstream.dt"}})
		require.NoError(t, err)
		said := strings.Join(r.Notes, " ")
		require.Equal(t, strings.HasPrefix(name, "class absent") || strings.HasPrefix(name, "one class"), strings.Contains(said, "of the target's"), "%s: %s", name, said)
		if name == "class absent from synthetic" {
			require.Contains(t, said, "The synthetic rows that teach have 2 of the target's 3 values")
		}
	}
	for name, held := range map[string]func(int) string{"flat": flat, "number": number} {
		got := downstreamOf(t, rows(60, 0, number), rows(60, 300, number), Options{Holdout: rows(50, 600, held), Target: "y"})
		require.Len(t, got, 24)
		require.Equal(t, OK, got["downstream.linear.rmse"].Status)
		require.Equal(t, name == "flat", got["downstream.linear.r2"].Status == NotApplicable)
	}
}

// Without people set aside only what real rows teach each other is honest.
func TestDownstreamWithoutHoldout(t *testing.T) {
	actual, fake := taught(t, 1, 120, true), taught(t, 3, 120, true)
	got := downstreamOf(t, actual, fake, Options{Target: "passed"})
	m := got["downstream.dt.auc.macro"]
	require.Equal(t, NotApplicable, m.Status)
	require.Contains(t, m.Reason, "--holdout")
	require.Greater(t, m.Real, 0.6)
	require.Less(t, m.Real, 1.0)
	require.True(t, math.IsNaN(got["downstream.dt.auc.macro.gap"].Real))
	require.Contains(t, downstreamOf(t, actual, fake, Options{Target: "passed", Holdout: actual})["downstream.rf.accuracy"].Reason, "real table, too")
	require.Contains(t, downstreamOf(t, actual, fake, Options{})["downstream"].Reason, "--target")
	number := downstreamOf(t, actual, fake, Options{Target: "points"})["downstream.rf.r2"] // a number, out of folds
	require.Equal(t, NotApplicable, number.Status)
	require.Less(t, number.Real, 1.0)
	require.False(t, math.IsNaN(number.Real))
}

// The people are drawn, and not their rows: four rows of each person must not make the interval narrower.
func TestBootstrapDrawsPersons(t *testing.T) {
	var actual, answer []float64
	var person, alone []int32
	for i := range 400 {
		r := rng.New(3, rng.Demo, uint64(i/4))
		y := float64(r.Intn(2))
		actual, answer = append(actual, y), append(answer, float64(r.Intn(2)))
		person, alone = append(person, int32(i/4)), append(alone, int32(i))
	}
	p := prediction{answer: answer, proba: [][]float64{once(400), once(400)}}
	accuracy := p.measures(actual)[:1]
	wide := (&task{v: &view{}, class: []int32{}}).compare("rf", accuracy, accuracy, person)
	narrow := (&task{v: &view{}, class: []int32{}}).compare("rf", accuracy, accuracy, alone)
	require.InDelta(t, 2, (wide[0].High-wide[0].Low)/(narrow[0].High-narrow[0].Low), 0.3)
	require.Zero(t, wide[1].High-wide[1].Low, "the same predictions have no gap in any draw")
	four := resample(person, 1, 1)
	for i := range four {
		require.Equal(t, four[i/4*4], four[i])
	}
}

func TestDownstreamOnAnyThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	actual, held, fake := taught(t, 1, 80, true), taught(t, 2, 80, true), taught(t, 3, 80, true)
	var want string
	for _, procs := range []int{1, 3} {
		runtime.GOMAXPROCS(procs)
		list, err := Downstream(context.Background(), actual, fake, Options{Holdout: held, Target: "passed"})
		require.NoError(t, err)
		got := fmt.Sprint(list)
		if want == "" {
			want = got
		}
		require.Equal(t, want, got)
	}
}

// Compare makes the table when it is asked for by name, and not else.
func TestDownstreamMustBeNamed(t *testing.T) {
	actual, held, fake := taught(t, 1, 60, true), taught(t, 2, 60, true), taught(t, 3, 60, true)
	for _, only := range [][]string{{"downstream"}, {"explain"}, {"shape"}, nil} {
		r := compare(t, actual, fake, Options{Holdout: held, Target: "passed", Only: only})
		var b strings.Builder
		require.NoError(t, r.WriteJSON(&b))
		_, ok := r.Metric("downstream.rf.accuracy")
		require.Equal(t, only != nil && only[0] == "downstream", ok)
		_, ok = r.Metric("explain.auc")
		require.Equal(t, only != nil && only[0] == "explain", ok)
		require.Empty(t, r.Outside().Reasons)
	}
}

func BenchmarkDownstream(b *testing.B) {
	v := benchView(b, 1000, 500, 10)
	v.opt.Target = "column 0"
	for b.Loop() {
		if _, _, err := v.downstream(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
