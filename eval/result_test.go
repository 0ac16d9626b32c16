package eval

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// fromCSV types a table that stands in text.
func fromCSV(t testing.TB, s *table.Schema, text string) *table.Table {
	t.Helper()
	out, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{Schema: s})
	require.NoError(t, err)
	return out
}

// class writes a class of n pupils: a number, a name, a house of which three pupils are the only ones, points with one
// extreme, a mark that two have, a day, and two parts with their sum.
func class(n int, first int, change func(i int, cells map[string]string)) string {
	var b strings.Builder
	header := []string{"No", "Name", "House", "Points", "Day", "A", "B", "Sum"}
	b.WriteString(strings.Join(header, ",") + "\n")
	for i := range n {
		r := rng.New(1, rng.Demo, uint64(first+i))
		a, c := r.Intn(4), r.Intn(4)
		cells := map[string]string{
			"No":     fmt.Sprint(40000 + 7*(first+i)),
			"Name":   fmt.Sprintf("Pupil %c%c%d", 'A'+r.Intn(26), 'a'+r.Intn(26), first+i),
			"House":  []string{"Red", "Blue", "Green"}[r.Intn(3)],
			"Points": fmt.Sprint(10 + r.Intn(41)),
			"Day":    time.Date(2020, 1, 1+r.Intn(20), 0, 0, 0, 0, time.UTC).Format("2006-01-02"),
			"A":      fmt.Sprint(a), "B": fmt.Sprint(c), "Sum": fmt.Sprint(a + c),
		}
		if change != nil {
			change(i, cells)
		}
		for c, name := range header {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(cells[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// real is the class that all are compared with.
func realClass(i int, cells map[string]string) {
	switch {
	case i < 3:
		cells["House"] = "Gold"
	case i < 5:
		cells["Points"] = "ABS"
	case i == 5:
		cells["Points"] = "99"
	}
}

var classSchema = &table.Schema{Columns: []table.Column{{Name: "No", Kind: table.ID}, {Name: "Name", Kind: table.Text},
	{Name: "House", Kind: table.Category}, {Name: "Points", Kind: table.Whole}, {Name: "Day", Kind: table.Date}}}

// judged gives the checks of the result, by name.
func judged(t *testing.T, actual, fake *table.Table, opt Options) (map[string]Check, *Report) {
	t.Helper()
	opt.Only = []string{"private", "rules"}
	r, err := Compare(context.Background(), actual, fake, opt)
	require.NoError(t, err)
	checks := map[string]Check{}
	for _, c := range r.Checks {
		checks[c.Name] = c
	}
	return checks, r
}

func sumOf(t *testing.T, x *table.Table) *table.Table {
	rule, err := table.ParseRule("Sum = A + B")
	require.NoError(t, err)
	return x.WithRules(rule)
}

func TestRealIDs(t *testing.T) {
	actual := fromCSV(t, classSchema, class(100, 0, realClass))
	checks, _ := judged(t, actual, fromCSV(t, classSchema, class(100, 1000, nil)), Options{})
	require.Equal(t, Check{Group: "Private", Name: "real ids, names", Shown: "0", Beside: "must be 0",
		Sentence: "No id, name or text of a real person is in the table.", Metrics: checks["real ids, names"].Metrics}, checks["real ids, names"])
	checks, r := judged(t, actual, fromCSV(t, nil, class(100, 1000, func(i int, cells map[string]string) {
		if i < 4 { // numbers that are read as such are the same ids
			cells["No"] = fmt.Sprint(40000 + 7*i)
		}
		if i == 3 || i == 4 {
			cells["Name"], _ = actual.Cell(i, 1)
		}
	})), Options{})
	c := checks["real ids, names"]
	require.Equal(t, Stop, c.Status)
	require.Equal(t, "5", c.Shown)
	require.Equal(t, `5 synthetic people have a value of a real person in "No", "Name".`, c.Sentence)
	require.Equal(t, "--text No", c.Remedy)
	require.Equal(t, DoNotRelease, r.Verdict)
	// Without the columns there is nothing to find, and it is said.
	text := strings.ReplaceAll(class(100, 1000, nil), "No,Name,", "")
	text = strings.Join(func() (lines []string) {
		for i, line := range strings.Split(text, "\n") {
			if parts := strings.SplitN(line, ",", 3); i > 0 && len(parts) == 3 {
				line = parts[2]
			}
			lines = append(lines, line)
		}
		return lines
	}(), "\n")
	checks, r = judged(t, actual, fromCSV(t, nil, text), Options{})
	require.Equal(t, OK, checks["real ids, names"].Status)
	require.Contains(t, checks["real ids, names"].Sentence, `no column "No", "Name"`)
	m, ok := r.Metric("private.real")
	require.True(t, ok)
	require.Equal(t, NotApplicable, m.Status)
}

func TestRareValues(t *testing.T) {
	actual := fromCSV(t, classSchema, class(400, 0, realClass))
	fake := fromCSV(t, nil, class(400, 1000, nil))
	for _, k := range []int{0, 5} {
		checks, r := judged(t, actual, fake, Options{Protect: k})
		c := checks["rare values"]
		require.Equal(t, OK, c.Status, "%+v", c)
		require.Equal(t, "3 kept out", c.Shown, "Gold, ABS and 99: %s", r.Metrics)
		require.Equal(t, "fewer than 5 people had them", c.Beside)
		require.Empty(t, r.Notes)
	}
	with := fromCSV(t, nil, class(400, 1000, func(i int, cells map[string]string) {
		switch {
		case i < 2:
			cells["House"] = "Gold"
		case i == 5:
			cells["Points"] = "98"
		}
	}))
	checks, r := judged(t, actual, with, Options{})
	require.Equal(t, OK, checks["rare values"].Status)
	require.Equal(t, "2 in it", checks["rare values"].Shown)
	require.Len(t, r.Notes, 1)
	require.True(t, strings.HasSuffix(r.Notes[0], "for use under an agreement."))
	checks, r = judged(t, actual, with, Options{Protect: 5})
	require.Equal(t, Stop, checks["rare values"].Status)
	require.Contains(t, checks["rare values"].Sentence, `"House", "Points"`)
	require.Equal(t, DoNotRelease, r.Verdict)
	checks, _ = judged(t, actual, with, Options{Protect: 3})
	require.Equal(t, `1 value or extreme is in the table that fewer than 3 real people have, in "Points".`, checks["rare values"].Sentence)
}

// The protected range: from the k-th smallest to the k-th largest, each about midway to the next different value.
func TestCommonSpan(t *testing.T) {
	v := &view{columns: []column{testColumn("a", table.Decimal, 0)}, result: newTestSide(0)}
	v.result.table = fromCSV(t, nil, "a\n1\n")
	for _, c := range []struct {
		numbers []float64
		persons []int32
		k       int
		want    span
	}{
		{[]float64{1, 2, 3, 10, 20, 30, 90, 100}, nil, 3, span{2.5, 60}},
		{[]float64{1, 1, 1, 10, 20, 30, 30, 30}, nil, 3, span{1, 30}},
		{[]float64{5, 7, 9}, nil, 1, span{5, 9}},
		{[]float64{1, 2, 3, 4, 5}, nil, 3, span{math.Inf(1), math.Inf(-1)}},
		// One person has the three smallest.
		{[]float64{1, 2, 3, 10, 20, 30, 90, 100}, []int32{0, 0, 0, 1, 2, 3, 4, 5}, 2, span{6.5, 95}},
	} {
		holders := make([]holder, len(c.numbers))
		for i, x := range c.numbers {
			holders[i] = holder{x, int32(i)}
			if c.persons != nil {
				holders[i].person = c.persons[i]
			}
		}
		require.Equal(t, c.want, v.commonSpan(0, holders, persons(holders), c.k), "%+v", c)
	}
}

func TestUnitStart(t *testing.T) {
	at := func(s string) float64 {
		d, err := time.Parse("2006-01-02 15:04", s)
		require.NoError(t, err)
		return float64(d.Unix())
	}
	require.Equal(t, at("2011-02-01 00:00"), unitStart(at("2011-02-17 08:30"), "month", 0))
	require.Equal(t, at("2012-01-01 00:00"), unitStart(at("2011-12-17 08:30"), "month", 1))
	require.Equal(t, at("2011-01-01 00:00"), unitStart(at("2011-12-17 08:30"), "year", 0))
	require.Equal(t, at("2011-03-01 00:00"), unitStart(at("2011-02-28 08:30"), "day", 1))
	require.Equal(t, at("1969-12-31 00:00"), unitStart(at("1969-12-31 23:59"), "day", 0))
}

func TestRulesKindsAndRanges(t *testing.T) {
	actual := sumOf(t, fromCSV(t, classSchema, class(300, 0, realClass)))
	held := fromCSV(t, classSchema, class(100, 5000, nil))
	good := fromCSV(t, nil, class(300, 1000, nil))
	checks, _ := judged(t, actual, good, Options{Holdout: held})
	c := checks["kept"]
	require.Equal(t, OK, c.Status)
	require.Equal(t, "1 of 1", c.Shown)
	require.Equal(t, "real people: 300 of 300", c.Beside)
	for name, change := range map[string]func(i int, cells map[string]string){
		"unseen House":  func(_ int, cells map[string]string) { cells["House"] = "Hogwarts" },
		"range Points":  func(_ int, cells map[string]string) { cells["Points"] = "100" },
		"unseen Points": func(_ int, cells map[string]string) { cells["Points"] = "lots" },
		"grid Points":   func(_ int, cells map[string]string) { cells["Points"] = "17.3" },
		"gaps House":    func(_ int, cells map[string]string) { cells["House"] = "" },
		"broken Sum":    func(_ int, cells map[string]string) { cells["A"] = "0"; cells["B"] = "1"; cells["Sum"] = "2" },
		"range Day":     func(_ int, cells map[string]string) { cells["Day"] = "2031-05-05" },
		"unseen Day":    func(_ int, cells map[string]string) { cells["Day"] = "sometime" },
	} {
		x := fromCSV(t, nil, class(300, 1000, func(i int, cells map[string]string) {
			if i < 30 {
				change(i, cells)
			}
		}))
		kind, column, _ := strings.Cut(name, " ")
		checks, r := judged(t, actual, x, Options{Holdout: held})
		require.Equal(t, Look, checks["kept"].Status, name)
		require.Equal(t, "270 of 300", checks["kept"].Shown, name)
		require.Contains(t, checks["kept"].Sentence, `30 synthetic people break a rule, a kind or a range of the real table, in "`+column+`"`, name)
		found := false
		for _, m := range r.Metrics {
			if m.Name == "rules."+kind && m.Columns[0] == column {
				found = true
				require.Equal(t, .1, m.Value, name)
				require.Zero(t, m.Real, name)
			}
		}
		require.True(t, found, name)
		// Without people set aside, too: one in ten is more than chance.
		checks, _ = judged(t, actual, x, Options{})
		require.Equal(t, Look, checks["kept"].Status, name)
		// Of a table that cohort made any breach is a defect.
		checks, r = judged(t, actual, x, Options{Holdout: held, Twin: &Twin{Rows: good, Learned: actual}})
		require.Equal(t, Stop, checks["kept"].Status, name)
		require.Equal(t, DoNotRelease, r.Verdict)
	}
	checks, _ = judged(t, actual, good, Options{Holdout: held, Twin: &Twin{Rows: good, Learned: actual}})
	require.Equal(t, "kinds and ranges, too", checks["kept"].Beside)
	require.Equal(t, OK, checks["kept"].Status)
}

// A rule that the real rows themselves break is none to hold against others.
func TestARuleThatIsNone(t *testing.T) {
	actual := sumOf(t, fromCSV(t, classSchema, class(300, 0, func(i int, cells map[string]string) {
		if i == 7 {
			cells["Sum"] = "6"
			cells["A"] = "0"
		}
	})))
	checks, _ := judged(t, actual, fromCSV(t, nil, class(300, 1000, nil)), Options{})
	require.Equal(t, "all rows", checks["kept"].Shown)
}

// The range of a column that a rule computes is what its parts give.
func TestASumMayGoBeyond(t *testing.T) {
	low := func(_ int, cells map[string]string) { cells["A"], cells["B"], cells["Sum"] = "3", "4", "7" }
	actual := sumOf(t, fromCSV(t, classSchema, class(300, 0, func(i int, cells map[string]string) {
		switch {
		case i < 10:
			cells["A"], cells["B"], cells["Sum"] = "19", "0", "19"
		case i < 20:
			cells["A"], cells["B"], cells["Sum"] = "0", "19", "19"
		default:
			low(i, cells)
		}
	})))
	fake := fromCSV(t, nil, class(300, 1000, func(i int, cells map[string]string) {
		low(i, cells)
		if i < 20 {
			cells["A"], cells["B"], cells["Sum"] = "19", "19", "38"
		}
	}))
	checks, _ := judged(t, actual, fake, Options{Protect: 5})
	require.Equal(t, OK, checks["kept"].Status, "%+v", checks["kept"])
	require.Equal(t, "1 of 1", checks["kept"].Shown)
	require.Equal(t, OK, checks["rare values"].Status, "%+v", checks["rare values"])
}
