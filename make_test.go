package cohort_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// made makes or fails.
func made(t testing.TB, actual *table.Table, opt cohort.MakeOptions) *cohort.Result {
	t.Helper()
	r, err := cohort.Make(context.Background(), actual, opt)
	require.NoError(t, err)
	return r
}

// unmade makes what can't be made and gives the error.
func unmade(t *testing.T, actual *table.Table, opt cohort.MakeOptions) *table.Error {
	t.Helper()
	opt.Fit.Progress = func(phase string, done, total int64) { require.Fail(t, "it began to learn: "+phase) }
	r, err := cohort.Make(context.Background(), actual, opt)
	require.Nil(t, r)
	var bad *table.Error
	require.ErrorAs(t, err, &bad)
	require.True(t, strings.HasPrefix(err.Error(), "cohort: make: "), err.Error())
	require.NotContains(t, err.Error(), "cohort: sample")
	return bad
}

// visits has persons with one to four rows each: a person's rows have the same id and the same height.
func visits(persons int) *table.Table {
	var b strings.Builder
	b.WriteString("Person,Height,Visit\n")
	for i := range 4 * persons {
		if p := i % persons; i/persons <= p%4 {
			fmt.Fprintf(&b, "P%04d,%d,%d\n", p*17%10000, 1000+p, i/persons)
		}
	}
	t, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &table.Schema{Person: "Person"}})
	if err != nil {
		panic(err)
	}
	return t
}

// textsOf gives the texts of a column.
func textsOf(t testing.TB, x *table.Table, name string) []string {
	t.Helper()
	col := slices.IndexFunc(x.Schema().Columns, func(c table.Column) bool { return c.Name == name })
	require.GreaterOrEqual(t, col, 0)
	out := make([]string, x.Rows())
	for r := range out {
		out[r], _ = x.Cell(r, col)
	}
	return out
}

func TestTrialAndHeldAreOtherPeople(t *testing.T) {
	for _, share := range []float64{0, 0.2, 0.7} {
		for seed := range uint64(3) {
			actual := visits(100)
			learned, held, err := cohort.Part(actual, cohort.MakeOptions{SetAside: share, Fit: cohort.Options{Seed: seed}})
			require.NoError(t, err)
			inLearned, inHeld := map[string]bool{}, map[string]bool{}
			for _, p := range textsOf(t, learned, "Person") {
				inLearned[p] = true
			}
			for _, p := range textsOf(t, held, "Person") {
				require.False(t, inLearned[p], "on both sides")
				inHeld[p] = true
			}
			require.Equal(t, 100, len(inLearned)+len(inHeld))
			require.Equal(t, actual.Rows(), learned.Rows()+held.Rows())
			want := int(100*share + 0.5)
			if share == 0 {
				want = 50
			}
			require.Equal(t, want, len(inHeld))
		}
	}
}

// Both parts have the target's values in the same shares.
func TestTrialIsStratified(t *testing.T) {
	actual := read(t, pupils(200, 40))
	learned, held, err := cohort.Part(actual, cohort.MakeOptions{Check: eval.Options{Target: "House"}})
	require.NoError(t, err)
	count := func(x *table.Table, house string) (n int) {
		for _, h := range textsOf(t, x, "House") {
			if h == house {
				n++
			}
		}
		return n
	}
	for _, house := range []string{"Red", "Blue", "Green", "Gold", ""} {
		require.InDelta(t, count(learned, house), count(held, house), 1)
	}
	_, _, err = cohort.Part(actual, cohort.MakeOptions{Check: eval.Options{Target: "English"}})
	require.NoError(t, err, "a number is no stratum")
}

func TestMakeLearnsEverybody(t *testing.T) {
	actual := read(t, pupils(200, 1))
	r := made(t, actual, cohort.MakeOptions{Fit: cohort.Options{Seed: 3}, Sample: cohort.SampleOptions{Seed: 4}})
	require.Equal(t, 200, r.Model.Info().Rows)
	require.Equal(t, 100, r.Trial.Rows)
	require.Equal(t, 200, r.Table.Rows())
	require.Equal(t, r.Model.Info().Schema.Rules, r.Trial.Schema.Rules)
	require.NotEmpty(t, r.Trial.Schema.Rules)
	want := fit(t, actual, cohort.Options{Seed: 3})
	require.Equal(t, file(t, want), file(t, r.Model), "the model is the one of Fit")
	require.Equal(t, text(t, sample(t, want, cohort.SampleOptions{Seed: 4})), text(t, r.Table))
	require.Contains(t, strings.Join(r.Report.Notes, " "), "100 of the 200 people")
}

func TestNoRefitHandsOverTheTrial(t *testing.T) {
	actual := read(t, pupils(200, 1))
	r := made(t, actual, cohort.MakeOptions{Check: quick, NoRefit: true, SetAside: 0.2})
	require.Equal(t, 160, r.Model.Info().Rows)
	require.Equal(t, r.Trial, r.Model.Info())
	require.Equal(t, 200, r.Table.Rows())
	learned, _, err := cohort.Part(actual, cohort.MakeOptions{SetAside: 0.2})
	require.NoError(t, err)
	want := fit(t, learned, cohort.Options{NoRules: true})
	require.Equal(t, file(t, want), file(t, r.Model))
	require.Contains(t, strings.Join(r.Report.Notes, " "), "160 of the 200 people")
}

// One target serves learning and checking, wherever it is named.
func TestMakeHasOneTarget(t *testing.T) {
	actual := read(t, pupils(100, 9))
	r := made(t, actual, cohort.MakeOptions{Check: eval.Options{Target: "Year", Only: []string{"useful"}}})
	require.Equal(t, file(t, fit(t, actual, cohort.Options{Target: "Year"})), file(t, r.Model))
	require.NotEqual(t, file(t, fit(t, actual, cohort.Options{})), file(t, r.Model))
	other := made(t, actual, cohort.MakeOptions{Fit: cohort.Options{Target: "Year"}, Check: eval.Options{Only: []string{"useful"}}})
	require.Equal(t, file(t, r.Model), file(t, other.Model))
	require.Equal(t, fmt.Sprint(r.Report.Checks), fmt.Sprint(other.Report.Checks))
}

// A rule is what holds in every row of the table: one that only the trial's people keep is none.
func TestRulesAreFoundOnce(t *testing.T) {
	const rule = "Total = Maths + English"
	actual := read(t, pupils(120, 2))
	learned, held, err := cohort.Part(actual, cohort.MakeOptions{})
	require.NoError(t, err)
	var b strings.Builder
	w := csv.NewWriter(&b)
	header := strings.Split(strings.SplitN(pupils(1, 2), "\n", 2)[0], ",")
	require.NoError(t, w.Write(header))
	english, total := slices.Index(header, "English"), slices.Index(header, "Total")
	odd := textsOf(t, held, "Student No")[slices.IndexFunc(textsOf(t, held, "Total"), func(cell string) bool { return cell != "" })]
	for _, cells := range actual.Records() {
		if cells[0] == odd {
			cells[total] = cells[english]
		}
		require.NoError(t, w.Write(cells))
	}
	w.Flush()
	spoilt := read(t, b.String())
	again, _, err := cohort.Part(spoilt, cohort.MakeOptions{})
	require.NoError(t, err)
	require.Equal(t, textsOf(t, learned, "Student No"), textsOf(t, again, "Student No"))
	require.True(t, keeps(fit(t, again, cohort.Options{}).Info(), rule), "the trial's people keep the rule")
	require.True(t, keeps(made(t, actual, cohort.MakeOptions{Check: quick}).Trial, rule))
	r := made(t, spoilt, cohort.MakeOptions{Check: quick})
	require.False(t, keeps(r.Model.Info(), rule))
	require.False(t, keeps(r.Trial, rule))
}

func keeps(i cohort.Info, rule string) bool {
	return slices.ContainsFunc(i.Schema.Rules, func(r table.Rule) bool { return r.String() == rule })
}

func TestMakeAtOtherLevels(t *testing.T) {
	actual := read(t, pupils(100, 5))
	r := made(t, actual, cohort.MakeOptions{Fit: cohort.Options{Level: "structure"}})
	require.Equal(t, "independent", r.Model.Info().Kind)
	require.Equal(t, "independent", r.Trial.Kind)
	r = made(t, actual, cohort.MakeOptions{Fit: cohort.Options{Level: "research"}})
	require.Zero(t, r.Model.Info().Protect)
	require.Zero(t, r.Trial.Protect)
}

func TestMakeOfFewPeople(t *testing.T) {
	require.Equal(t, "too-few-rows", unmade(t, read(t, pupils(19, 6)), cohort.MakeOptions{}).Code)
	for _, n := range []int{20, 39, 40} {
		r := made(t, read(t, pupils(n, 6)), cohort.MakeOptions{})
		require.Equal(t, n, r.Model.Info().Rows)
		require.Equal(t, eval.LookCloser, r.Report.Verdict, "too few to tell")
	}
	bad := unmade(t, read(t, pupils(38, 6)), cohort.MakeOptions{NoRefit: true})
	require.Equal(t, "too-few-rows", bad.Code)
	r := made(t, read(t, pupils(40, 6)), cohort.MakeOptions{NoRefit: true})
	require.Equal(t, 20, r.Model.Info().Rows)

	for _, n := range []int{1, 2, 3, 19} {
		r := made(t, read(t, pupils(n, 6)), cohort.MakeOptions{Fit: cohort.Options{Level: "structure"}})
		require.Equal(t, n, r.Model.Info().Rows)
		require.NotEqual(t, eval.Pass, r.Report.Verdict)
		require.Equal(t, n == 1, r.Trial.Rows == 0, "%d", n)
	}
}

func TestMakeWithConditions(t *testing.T) {
	actual := read(t, pupils(120, 7))
	likeness := eval.Options{Only: []string{"shape", "pairs"}}
	r := made(t, actual, cohort.MakeOptions{Check: likeness, Sample: cohort.SampleOptions{Rows: 300, Where: []table.Cond{table.Is("Year", "Y9")}}})
	require.Equal(t, 300, r.Table.Rows())
	for _, year := range textsOf(t, r.Table, "Year") {
		require.Equal(t, "Y9", year)
	}
	note := func(r *cohort.Result) bool { return strings.Contains(strings.Join(r.Report.Notes, " "), "conditions") }
	require.True(t, note(r))
	plain := made(t, actual, cohort.MakeOptions{Check: likeness})
	require.False(t, note(plain))
	require.NotEmpty(t, plain.Report.Checks)
	require.Equal(t, fmt.Sprint(plain.Report.Checks), fmt.Sprint(r.Report.Checks), "they are made on the trial, which knows no condition")
	r = made(t, actual, cohort.MakeOptions{Check: quick, Sample: cohort.SampleOptions{Rows: 500, Balance: "House"}})
	require.True(t, note(r))
	gold := 0
	for _, house := range textsOf(t, r.Table, "House") {
		if house == "Gold" {
			gold++
		}
	}
	require.InDelta(t, 500/5, gold, 40)
}

// What is misspelt or makes no sense is said before anything is learned.
func TestMakeRefusesNonsense(t *testing.T) {
	actual := read(t, pupils(60, 8))
	for _, c := range []struct {
		code string
		opt  cohort.MakeOptions
	}{
		{"bad-option", cohort.MakeOptions{SetAside: 1}},
		{"bad-option", cohort.MakeOptions{SetAside: -0.5}},
		{"bad-option", cohort.MakeOptions{SetAside: math.NaN()}},
		{"bad-option", cohort.MakeOptions{TrialSteps: -1}},
		{"bad-option", cohort.MakeOptions{Sample: cohort.SampleOptions{Rows: -1}}},
		{"bad-option", cohort.MakeOptions{Sample: cohort.SampleOptions{Temperature: -1}}},
		{"bad-option", cohort.MakeOptions{Fit: cohort.Options{Steps: -1}}},
		{"bad-option", cohort.MakeOptions{Check: eval.Options{Holdout: actual}}},
		{"bad-option", cohort.MakeOptions{Check: eval.Options{Twin: &eval.Twin{}}}},
		{"no-such-model", cohort.MakeOptions{Fit: cohort.Options{Model: "gpt"}}},
		{"no-such-column", cohort.MakeOptions{Check: eval.Options{Target: "Hause"}}},
		{"no-such-column", cohort.MakeOptions{Fit: cohort.Options{Target: "Hause"}}},
		{"no-such-column", cohort.MakeOptions{Check: eval.Options{Known: []string{"Hause"}}}},
		{"no-such-column", cohort.MakeOptions{Check: eval.Options{Sensitive: []string{"Hause"}}}},
		{"no-such-column", cohort.MakeOptions{Sample: cohort.SampleOptions{Balance: "Hause"}}},
		{"no-such-column", cohort.MakeOptions{Sample: cohort.SampleOptions{Where: []table.Cond{table.Is("Hause", "Red")}}}},
		{"no-such-value", cohort.MakeOptions{Sample: cohort.SampleOptions{Where: []table.Cond{table.Is("House", "Pink")}}}},
		{"time-too-short", cohort.MakeOptions{Fit: cohort.Options{Budget: 1}}},
		{"not-enough-memory", cohort.MakeOptions{Fit: cohort.Options{Memory: 1}}},
	} {
		require.Equal(t, c.code, unmade(t, actual, c.opt).Code, "%+v", c.opt)
	}
	_, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{
		Sample: cohort.SampleOptions{Where: []table.Cond{table.Is("House", "Pink")}}})
	require.True(t, errors.Is(err, cohort.ErrNoRow))
}

// Odd tables get a verdict or an error that says what to do, and no check is lost on the way.
func TestMakeOfOddTables(t *testing.T) {
	write := func(header string, row func(i int) string) *table.Table {
		var b strings.Builder
		fmt.Fprintln(&b, header)
		for i := range 120 {
			fmt.Fprintln(&b, row(i))
		}
		return read(t, b.String())
	}
	for name, actual := range map[string]*table.Table{
		"one column":       write("A", func(i int) string { return fmt.Sprint(i * i % 17) }),
		"constant":         write("A,B", func(i int) string { return fmt.Sprintf("x,%d", i%7) }),
		"all missing":      write("A,B", func(i int) string { return fmt.Sprintf(",%d", i%7) }),
		"ids alone":        write("Pupil No,Key", func(i int) string { return fmt.Sprintf("%06d,k%05d", i*7919, i*104729%99991) }),
		"all the same":     write("A,B,C", func(int) string { return "1,x,2020-01-01" }),
		"different values": write("Postcode,B", func(i int) string { return fmt.Sprintf("P%d%c,%d", i*37%1000, 'A'+i%26, i%3) }),
	} {
		r, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{})
		if err != nil {
			var bad *table.Error
			require.ErrorAs(t, err, &bad, name)
			require.NotEmpty(t, bad.Fix, name)
			t.Logf("%s: %v", name, err)
			continue
		}
		require.Equal(t, 120, r.Table.Rows(), name)
		var b strings.Builder
		require.NoError(t, r.Report.WriteText(&b))
		require.NoError(t, r.Report.WriteJSON(&b))
		require.NotContains(t, b.String(), "NaN", name)
		require.NotContains(t, b.String(), "Inf", name)
		t.Logf("%s: %s, %d checks", name, r.Report.Verdict, len(r.Report.Checks))
	}
}
