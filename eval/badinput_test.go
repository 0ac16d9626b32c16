package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// A sheet is a table of text: a header and rows.
type sheet struct {
	header []string
	rows   [][]string
}

// pupils are n rows of two categories, two numbers with gaps, a day, and a group that says something about the marks.
func pupils(seed uint64, n int) sheet {
	s := sheet{header: []string{"Form", "House", "Maths", "Hours", "Start", "Passed"}}
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		form, maths := r.Intn(4), r.Intn(30)
		cells := []string{fmt.Sprint("F", form), []string{"Red", "Blue", "Green"}[r.Intn(3)], fmt.Sprint(10*form + maths),
			fmt.Sprintf("%.1f", 5*r.Float64()), fmt.Sprintf("2021-%02d-%02d", 1+r.Intn(12), 1+r.Intn(28)),
			[]string{"no", "yes"}[min(max(10*form+maths-15, 0), 1)]}
		if r.Intn(20) == 0 {
			cells[3] = ""
		}
		s.rows = append(s.rows, cells)
	}
	return s
}

// with gives the sheet with some cells changed.
func (s sheet) with(change func(row int, cells []string)) sheet {
	out := sheet{header: s.header}
	for i, row := range s.rows {
		row = slices.Clone(row)
		change(i, row)
		out.rows = append(out.rows, row)
	}
	return out
}

// columns gives some columns in another order.
func (s sheet) columns(names ...string) sheet {
	out := sheet{header: names}
	for _, row := range s.rows {
		var cells []string
		for _, name := range names {
			cells = append(cells, row[slices.Index(s.header, name)])
		}
		out.rows = append(out.rows, cells)
	}
	return out
}

func (s sheet) table(t *testing.T, schema *table.Schema) *table.Table {
	t.Helper()
	out, err := table.FromRecords(s.header, slices.Values(s.rows), table.ReadOptions{Schema: schema})
	require.NoError(t, err)
	return out
}

// compare judges tables and sees to it that what comes out is whole: sentences, no cell value of the real table that is marked,
// and nothing that is no number.
func compare(t *testing.T, actual, fake *table.Table, opt Options) *Report {
	t.Helper()
	r, err := Compare(context.Background(), actual, fake, opt)
	require.NoError(t, err)
	requireWhole(t, r)
	requireWhole(t, r.Outside())
	return r
}

func requireWhole(t *testing.T, r *Report) {
	t.Helper()
	var screen, json, csv bytes.Buffer
	require.NoError(t, r.WriteText(&screen))
	require.NoError(t, r.WriteJSON(&json))
	require.NoError(t, r.WriteCSV(&csv))
	for _, b := range []*bytes.Buffer{&screen, &json, &csv} {
		for _, word := range []string{"NaN", "Inf", "zq7", "%!"} {
			require.NotContains(t, b.String(), word)
		}
		require.NotRegexp(t, `\b1 (people|columns|rows|checks)\b`, b.String())
	}
	for _, line := range strings.Split(screen.String(), "\n") {
		require.LessOrEqual(t, len([]rune(line)), 79, line)
	}
	require.Equal(t, len(r.Checks) > 0, r.Verdict != 0, "a verdict where there are checks")
	for _, c := range r.Checks {
		require.NotEmpty(t, c.Sentence, "%+v", c)
		require.NotEmpty(t, c.Shown, "%+v", c)
		require.True(t, strings.HasSuffix(c.Sentence, "."), c.Sentence)
		if c.Status == TooFew || c.Status == NotApplicable {
			require.GreaterOrEqual(t, r.Verdict, LookCloser)
		}
	}
	for _, m := range r.Metrics {
		require.False(t, math.IsInf(m.Value, 0) || math.IsInf(m.Real, 0), "%+v", m)
		if math.IsNaN(m.Value) {
			require.NotEqual(t, OK, m.Status, "%+v", m)
		}
		if m.Status != OK {
			require.NotEmpty(t, m.Reason, "%+v", m)
		}
	}
}

func TestColumnsAreMatchedByName(t *testing.T) {
	a, h, f := pupils(1, 300), pupils(2, 150).table(t, nil), pupils(3, 300)
	opt := Options{Holdout: h, Target: "Passed"}
	want := compare(t, a.table(t, nil), f.table(t, nil), opt)
	got := compare(t, a.table(t, nil), f.columns("Passed", "Start", "Hours", "Maths", "House", "Form").table(t, nil), opt)
	require.Equal(t, want.Verdict, got.Verdict)
	require.Equal(t, want.Checks[0].Shown, got.Checks[0].Shown)
	_, err := Compare(context.Background(), a.table(t, nil), f.columns("Passed", "Hours", "House", "Form").table(t, nil), opt)
	var e *table.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, "other-columns", e.Code)
	require.Equal(t, "Maths", e.Column)
	require.Contains(t, e.Reason, `the synthetic table has no column "Maths", "Start"`)
	require.NotEmpty(t, e.Fix)
	_, err = Compare(context.Background(), a.table(t, nil), f.table(t, nil), Options{Holdout: pupils(2, 150).columns("Form").table(t, nil)})
	require.ErrorContains(t, err, "the people set aside")
	var warned []string
	compare(t, a.columns("Form", "Maths").table(t, nil), f.table(t, nil), Options{Warn: func(e *table.Error) { warned = append(warned, e.Reason) }})
	require.Len(t, warned, 1)
	require.Contains(t, warned[0], "further columns")
}

func TestTablesOfAnySort(t *testing.T) {
	a, f := pupils(1, 300), pupils(3, 300)
	held := pupils(2, 150).table(t, nil)
	set := func(col int, text string) func(int, []string) {
		return func(_ int, cells []string) { cells[col] = text }
	}
	many := func(i int, cells []string) { cells[1] = fmt.Sprint("house ", i%10_000) }
	for name, c := range map[string]struct {
		real, fake sheet
		opt        Options
		schema     *table.Schema
	}{
		"unseen categories":        {real: a, fake: f.with(set(1, "zq7 House"))},
		"all categories new":       {real: a, fake: f.with(func(i int, cells []string) { cells[0] = fmt.Sprint("zq7", i%7) })},
		"text in a number column":  {real: a, fake: f.with(set(2, "zq7 much"))},
		"some text among numbers":  {real: a, fake: f.with(func(i int, cells []string) { cells[2] = []string{cells[2], "zq7"}[i%2] })},
		"numbers for categories":   {real: a, fake: f.with(func(i int, cells []string) { cells[0] = fmt.Sprint(i) })},
		"huge numbers":             {real: a, fake: f.with(set(3, "1e308"))},
		"constant result":          {real: a, fake: f.with(func(_ int, cells []string) { copy(cells, a.rows[0]) })},
		"constant real column":     {real: a.with(set(1, "Red")), fake: f},
		"constant real number":     {real: a.with(set(2, "7")), fake: f.with(set(2, "7"))},
		"all missing in real":      {real: a.with(set(2, "")), fake: f},
		"all missing in fake":      {real: a, fake: f.with(set(2, ""))},
		"all missing in both":      {real: a.with(set(3, "")), fake: f.with(set(3, ""))},
		"every cell missing":       {real: a, fake: f.with(func(_ int, cells []string) { clear(cells) })},
		"target of one class":      {real: a.with(set(5, "yes")), fake: f.with(set(5, "yes")), opt: Options{Target: "Passed"}},
		"fake target of one class": {real: a, fake: f.with(set(5, "yes")), opt: Options{Target: "Passed"}},
		"one column":               {real: a.columns("Maths"), fake: f.columns("Maths")},
		"only text":                {real: a.columns("House"), fake: f.columns("House"), schema: &table.Schema{Columns: []table.Column{{Name: "House", Kind: table.Text}}}},
		"10,000 categories":        {real: pupils(1, 10_000).with(many), fake: pupils(3, 500).with(many), schema: &table.Schema{Columns: []table.Column{{Name: "House", Kind: table.Category}}}},
		"fewer rows":               {real: a, fake: pupils(3, 30)},
		"more rows":                {real: a, fake: pupils(3, 3000)},
		"swapped":                  {real: f, fake: a},
		"level structure":          {real: a, fake: f, opt: Options{Level: "structure"}},
	} {
		t.Run(name, func(t *testing.T) {
			real, fake := c.real.table(t, c.schema), c.fake.table(t, c.schema)
			for _, h := range []*table.Table{held, nil} {
				if h != nil && len(c.real.header) < 6 {
					h = pupils(2, 150).columns(c.real.header...).table(t, c.schema)
				}
				opt := c.opt
				opt.Holdout = h
				r := compare(t, real, fake, opt)
				if h == nil {
					require.GreaterOrEqual(t, r.Verdict, LookCloser)
				}
				if h != nil && strings.HasPrefix(name, "some text") {
					require.Equal(t, LookCloser, r.Verdict)
				}
			}
		})
	}
}

// From so few people nothing can be told, and that is said; it counts as something to look at.
func TestFewPeople(t *testing.T) {
	for _, n := range []int{1, 2, 19, 20, 39, 40} {
		for _, held := range []int{0, 1, 19, 20, 39, 40} {
			opt := Options{Target: "Passed"}
			if held > 0 {
				opt.Holdout = pupils(2, held).table(t, nil)
			}
			r := compare(t, pupils(1, n).table(t, nil), pupils(3, n).table(t, nil), opt)
			require.Equal(t, LookCloser, r.Verdict)
			for _, c := range r.Checks {
				switch c.Name {
				case "single columns", "pairs of columns":
					require.Equal(t, min(n, held) < fewestLikeness, c.Status == TooFew, "%d, %d: %+v", n, held, c)
				case "copied rows":
					require.Equal(t, held == 0, c.Status == NotApplicable, "%d, %d: %+v", n, held, c)
					require.Equal(t, held > 0 && min(n, held) < fewestPrivate, c.Status == TooFew, "%d, %d: %+v", n, held, c)
				}
			}
		}
	}
}

func TestTheSameTable(t *testing.T) {
	a := pupils(1, 300).table(t, nil)
	for _, h := range []*table.Table{nil, pupils(2, 150).table(t, nil), pupils(2, 10).table(t, nil), a} {
		require.Equal(t, DoNotRelease, compare(t, a, a, Options{Holdout: h}).Verdict)
	}
	// People set aside who are in the real table tell nothing.
	r := compare(t, a, pupils(3, 300).table(t, nil), Options{Holdout: a})
	require.Equal(t, LookCloser, r.Verdict)
}

func TestAPersonColumnInOneTableOnly(t *testing.T) {
	long := func(seed uint64, n int) sheet { // three rows a person
		s := pupils(seed, n)
		s.header = append([]string{"Pupil No"}, s.header...)
		for i := range s.rows {
			s.rows[i] = append([]string{fmt.Sprint(1000*seed + uint64(i/3))}, s.rows[i]...)
		}
		return s
	}
	person := &table.Schema{Person: "Pupil No"}
	actual, held := long(1, 360).table(t, person), long(2, 180).table(t, person)
	for name, fake := range map[string]*table.Table{
		"both":        long(3, 360).table(t, person),
		"undeclared":  long(3, 360).table(t, nil),
		"real only":   pupils(3, 360).table(t, nil),
		"other kind":  long(3, 360).with(func(i int, cells []string) { cells[0] = fmt.Sprint("p", i/2) }).table(t, nil),
		"all missing": long(3, 360).with(func(_ int, cells []string) { cells[0] = "" }).table(t, nil),
	} {
		r := compare(t, actual, fake, Options{Holdout: held})
		require.NotEqual(t, DoNotRelease, r.Verdict, "%s: %+v", name, r.Checks)
	}
	r := compare(t, pupils(1, 360).table(t, nil), long(3, 360).table(t, person), Options{Holdout: pupils(2, 180).table(t, nil)})
	require.NotEqual(t, DoNotRelease, r.Verdict)
	r = compare(t, actual, long(1, 360).table(t, nil), Options{Holdout: held})
	require.Equal(t, DoNotRelease, r.Verdict)
}

func TestCompareStopsWithTheContext(t *testing.T) {
	a := pupils(1, 300).table(t, nil)
	for after := range 6 {
		ctx, cancel := context.WithCancel(context.Background())
		calls := 0
		r, err := Compare(ctx, a, pupils(3, 300).table(t, nil), Options{Holdout: pupils(2, 150).table(t, nil),
			Progress: func(string, int64, int64) {
				if calls == after {
					cancel()
				}
				calls++
			}})
		cancel()
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, r)
	}
}

// Unseen real people, too, have new days and go beyond the range: that alone asks for no look.
func TestKeptRarelyBlamesRealPeople(t *testing.T) {
	blamed := 0
	for seed := range uint64(60) {
		r := compare(t, pupils(3*seed+10, 200).table(t, nil), pupils(3*seed+11, 200).table(t, nil),
			Options{Holdout: pupils(3*seed+12, 100).table(t, nil), Only: []string{"rules"}})
		require.Len(t, r.Checks, 2) // and that privacy was not checked
		if r.Checks[0].Status != OK {
			blamed++
		}
	}
	require.LessOrEqual(t, blamed, 5)
}
