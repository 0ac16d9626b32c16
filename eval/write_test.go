package eval

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func textOf(t *testing.T, r *Report) string {
	var b strings.Builder
	require.NoError(t, r.WriteText(&b))
	for _, line := range strings.Split(b.String(), "\n") {
		require.Equal(t, strings.TrimRight(line, " "), line)
		if !strings.Contains(line, "Try:") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), screenWidth, line)
		}
	}
	return b.String()
}

// The screens of the specification, word for word.
func TestWriteText(t *testing.T) {
	r := &Report{Verdict: Pass, Checks: []Check{
		{Group: "Looks alike", Name: "single columns", Shown: "97 of 100", Beside: "other real people: 97"},
		{Group: "Looks alike", Name: "pairs of columns", Shown: "94 of 100", Beside: "other real people: 95"},
		{Group: "Useful", Name: "predicts Passed", Shown: "0.83", Beside: "taught by real rows: 0.84\n(0.5 is guessing, 1 perfect)"},
		{Group: "Private", Name: "real ids, names", Shown: "0", Beside: "must be 0"},
		{Group: "Private", Name: "copied rows", Shown: "0", Beside: "by chance: 0"},
		{Group: "Private", Name: "look-alikes", Shown: "51 of 100", Beside: "no memory: 50, up to 64"},
		{Group: "Private", Name: "rare values", Shown: "4 kept out", Beside: "fewer than 5 people had them"},
		{Group: "Private", Name: "one of a kind", Shown: "1", Beside: "by chance: 2"},
		{Group: "Private", Name: "guessing SEN", Shown: "+1 point", Beside: "no memory: 0, up to +5"},
		{Group: "Rules", Name: "kept", Shown: "1 of 1", Beside: "kinds and ranges, too"},
	}}
	require.Equal(t, `VERDICT    READY FOR REVIEW
           10 checks found no problem. Whether to release is for you to decide.

Looks alike   [ok]   single columns    97 of 100   other real people: 97
              [ok]   pairs of columns  94 of 100   other real people: 95
Useful        [ok]   predicts Passed   0.83        taught by real rows: 0.84
                                                   (0.5 is guessing, 1 perfect)
Private       [ok]   real ids, names   0           must be 0
              [ok]   copied rows       0           by chance: 0
              [ok]   look-alikes       51 of 100   no memory: 50, up to 64
              [ok]   rare values       4 kept out  fewer than 5 people had them
              [ok]   one of a kind     1           by chance: 2
              [ok]   guessing SEN      +1 point    no memory: 0, up to +5
Rules         [ok]   kept              1 of 1      kinds and ranges, too
`, textOf(t, r))
}

func TestWriteTextOfWhatIsNotFine(t *testing.T) {
	r := &Report{Verdict: LookCloser, Checks: []Check{
		{Group: "Private", Name: "guessing SEN", Status: Look, Shown: "+9 points", Beside: "no memory: 0, up to +5",
			Sentence: "Who knows Postcode can guess SEN better than by chance.", Remedy: "cohort make grades.csv --text Postcode"}}}
	r.Checks = append(make([]Check, 9), r.Checks...)
	require.Contains(t, textOf(t, r), `VERDICT    LOOK CLOSER
           9 checks found no problem; 1 needs your eye.
`)
	require.Contains(t, textOf(t, r), `
Private       [look] guessing SEN      +9 points   no memory: 0, up to +5
                     Who knows Postcode can guess SEN better than by chance.
                     Try:  cohort make grades.csv --text Postcode
`)
	r = &Report{Verdict: DoNotRelease, Notes: []string{"The table is in out-private/ only."}, Checks: []Check{
		{Group: "Private", Name: "copied rows", Status: Stop, Shown: "7 of 2311", Beside: "by chance: 0",
			Sentence: "7 synthetic people are real people in every column.", Remedy: "cohort make grades.csv --protect 10"}}}
	require.Equal(t, `VERDICT    DO NOT RELEASE
           1 privacy check failed. The table is in out-private/ only.

Private       [stop] copied rows       7 of 2311   by chance: 0
                     7 synthetic people are real people in every column.
                     Try:  cohort make grades.csv --protect 10
`, textOf(t, r))
	for _, c := range []struct {
		status []Status
		want   string
	}{
		{nil, "No check was made."},
		{[]Status{OK, TooFew, NotApplicable}, "1 check found no problem; 2 could not tell."},
		{[]Status{OK, OK, Look, Look, Failed}, "2 checks found no problem; 2 need your eye, 1 could not tell."},
		{[]Status{Look}, "0 checks found no problem; 1 needs your eye."},
	} {
		r := &Report{Verdict: LookCloser}
		for _, s := range c.status {
			r.Checks = append(r.Checks, Check{Status: s})
		}
		require.Equal(t, c.want, r.Summary())
		require.Contains(t, textOf(t, r), c.want)
	}
	r = &Report{Verdict: DoNotRelease, Checks: []Check{{Group: "Rules", Status: Stop}, {Group: "Private", Status: Stop}}}
	require.Equal(t, "2 checks failed.", r.Summary())
}

// Names and numbers of any length keep within the width.
func TestWriteTextOfLongNames(t *testing.T) {
	long := strings.Repeat("Which of these ", 8) + strings.Repeat("x", 100) + "\x1b[31m\tend"
	r := &Report{Verdict: LookCloser, Notes: []string{long}, Checks: []Check{
		{Group: "Useful", Name: "predicts " + long, Shown: "0.83", Beside: "taught by real rows: 0.84"},
		{Group: "Private", Name: "copied rows", Status: TooFew, Shown: "1,234,567 of 12,345,678", Beside: "by chance: 1,234,567, which is " + long, Sentence: long},
		{Group: "Private", Name: "exactly17letters!", Shown: "0", Beside: "b"},
		{Group: "Private", Name: "exactly 18 letters", Shown: "0", Beside: "b"},
	}}
	text := textOf(t, r)
	require.NotContains(t, text, "\x1b")
	require.NotContains(t, text, "\t")
	require.Contains(t, text, "\n                                       0.83        taught by real rows: 0.84\n")
	require.Contains(t, text, "              [ok]   exactly17letters! 0           b\n")
	require.Contains(t, text, "              [ok]   exactly 18 letters\n                                       0           b\n")
}

func wild() *Report {
	none := math.NaN()
	m := Metric{Name: "shape.ks", Columns: []string{`He said "a,b"`, "b\nc"}, Value: none, Low: math.Inf(-1), High: math.Inf(1), Real: .5, Best: 1, Better: 1,
		Status: TooFew, Reason: "no people were set aside"}
	return &Report{Version: "1", Verdict: DoNotRelease, Metrics: []Metric{m, {Name: "pairs.mean", Value: 93.25, Low: none, High: none, Real: none, Best: 100}},
		Checks: []Check{{Group: "Private", Name: "look-alikes", Status: Stop, Shown: "51 of 100", Beside: "b", Sentence: "s <", Remedy: "--protect 10", Metrics: []Metric{m}}}}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, wild().WriteJSON(&b))
	require.JSONEq(t, `{"version":"1","verdict":"do-not-release","notes":[],
		"checks":[{"group":"Private","name":"look-alikes","status":"stop","shown":"51 of 100","beside":"b","sentence":"s <","remedy":"--protect 10",
			"metrics":[{"name":"shape.ks","columns":["He said \"a,b\"","b\nc"],"value":null,"low":null,"high":null,"real":0.5,"best":1,"better":1,
				"status":"too-few","reason":"no people were set aside"}]}],
		"metrics":[{"name":"shape.ks","columns":["He said \"a,b\"","b\nc"],"value":null,"low":null,"high":null,"real":0.5,"best":1,"better":1,
				"status":"too-few","reason":"no people were set aside"},
			{"name":"pairs.mean","columns":[],"value":93.25,"low":null,"high":null,"real":null,"best":100,"better":0,"status":"ok","reason":""}]}`, b.String())
	require.Contains(t, b.String(), "s <")
	require.NoError(t, new(Report).WriteJSON(&b))
	require.True(t, json.Valid([]byte(strings.Split(b.String(), "}\n{")[0]+"}")))
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, wild().WriteCSV(&b))
	require.Equal(t, "name,column1,column2,value,low,high,real,best,better,status,reason\r\n"+
		"shape.ks,\"He said \"\"a,b\"\"\",\"b\nc\",,,,0.5,1,1,too-few,no people were set aside\r\n"+
		"pairs.mean,,,93.25,,,,100,0,ok,\r\n", strings.ReplaceAll(b.String(), "b\r\nc", "b\nc"))
	records, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 3)
}

func TestOutside(t *testing.T) {
	r := &Report{Version: "1", Verdict: LookCloser, Notes: []string{"The table holds 3 values or extremes that fewer than 5 real people have: for use under an agreement."},
		Metrics: []Metric{{Name: "shape.ks", Columns: []string{"Age"}, Value: 93}, {Name: "pairs.mean", Value: 93.26, Low: 91, High: 95, Real: 94.7, Best: 100},
			{Name: "private.copies", Value: .01234, Real: math.NaN()}},
		Checks: []Check{
			{Group: "Looks alike", Name: "single columns", Shown: "97 of 100", Beside: "other real people: 97"},
			{Group: "Private", Name: "copied rows", Shown: "7 of 2311", Beside: "by chance: 0", Sentence: "7 synthetic people are real people in every column; chance alone would give 12,344."},
			{Group: "Private", Name: "look-alikes", Shown: "51 of 100", Beside: "no memory: 50, up to 64"},
			{Group: "Private", Name: "rare values", Shown: "4 kept out", Beside: "fewer than 7 people had them"},
			{Group: "Private", Name: "one of a kind", Shown: "1", Beside: "by chance: 2"},
			{Group: "Private", Name: "guessing SEN", Shown: "+9 points", Beside: "no memory: 0, up to +5", Metrics: []Metric{{Columns: []string{"SEN"}}}},
			{Group: "Rules", Name: "kept", Shown: "1 of 1", Beside: "kinds and ranges, too"},
			{Group: "Rules", Name: "kept", Status: Look, Shown: "588 of 601", Beside: "other real people: 597"},
		}}
	before, after := r.Checks[1], r.Outside()
	require.Equal(t, before, r.Checks[1], "the report itself stays")
	var shown []string
	for _, c := range after.Checks {
		require.Empty(t, c.Metrics)
		shown = append(shown, c.Shown+"; "+c.Beside)
	}
	require.Equal(t, []string{
		"97 of 100; other real people: 97",
		"5 of 2310; by chance: 0",
		"51 of 100; no memory: 50, up to 64",
		"fewer than 5 kept out; fewer than 7 people had them",
		"fewer than 5; by chance: fewer than 5",
		"+9 points; no memory: 0, up to +5",
		"1 of 1; kinds and ranges, too",
		"590 of 600; other real people: 595",
	}, shown)
	require.Equal(t, "5 synthetic people are real people in every column; chance alone would give 12,345.", after.Checks[1].Sentence)
	require.Equal(t, "The table holds fewer than 5 values or extremes that fewer than 5 real people have: for use under an agreement.", after.Notes[0])
	require.Len(t, after.Metrics, 2)
	require.Equal(t, 93., after.Metrics[0].Value)
	require.Equal(t, 95., after.Metrics[0].Real)
	require.True(t, math.IsNaN(after.Metrics[0].Low))
	require.Equal(t, .01, after.Metrics[1].Value)
	textOf(t, after)
}

// Only counts of people lose their units: scores may exceed 1, and what synthetic rows lack must still be seen.
func TestOutsideKeepsScores(t *testing.T) {
	none := math.NaN()
	const real = 0.8000000000000004
	r := &Report{Metrics: []Metric{
		{Name: "downstream.knn.r2", Value: -.6349, Real: .7902, Best: 1}, {Name: "downstream.knn.r2.gap", Value: -1.4251, Real: none},
		{Name: "downstream.knn.rmse", Value: 5.0421, Real: 2.0061}, {Name: "downstream.knn.rmse.gap", Value: 3.036, Real: none},
		{Name: "sdis.paper.sum", Value: 1.4312, Real: 1.9951, Best: 3}, {Name: "performance.linear_model.syn_ood", Value: -2.0312, Real: .6961, Best: 1},
		{Name: "dcr", Value: 1.2349, Real: real, Best: real}, {Name: "density", Value: 1.004, Real: none, Best: math.Inf(1)}, {Name: "big", Value: 1e300, Real: none},
		{Name: "shape.mean", Value: 93.26, Real: 94.7, Best: 100},
		{Name: "private.one_of_a_kind", Value: 13, Real: .7}, {Name: "private.reals", Value: 1, Real: none}, {Name: "private.rares", Value: 0, Real: none},
	}}
	want := [][3]float64{{-.63, .79, 1}, {-1.43, none, 0}, {5.04, 2.01, 0}, {3.04, none, 0}, {1.43, 2, 3}, {-2.03, .7, 1}, {1.23, .8, .8}, {1, none, math.Inf(1)},
		{1e300, none, 0}, {93, 95, 100}, {15, 5, 0}, {5, none, 0}, {0, none, 0}}
	out := r.Outside()
	require.Len(t, out.Metrics, len(want))
	for i, m := range out.Metrics {
		got := [3]float64{m.Value, m.Real, m.Best}
		for k, x := range want[i] {
			require.True(t, got[k] == x || math.IsNaN(x) && math.IsNaN(got[k]), "%s: %v", m.Name, got)
		}
	}
	var b bytes.Buffer
	require.NoError(t, out.WriteJSON(&b))
	require.NotRegexp(t, `\d\.\d{3}`, b.String())
	require.Equal(t, real, r.Metrics[6].Real, "the report itself stays")
}

// What is not shown is counted, and nothing is said of what there is none of.
func TestTableSaysWhatItLeavesOut(t *testing.T) {
	r := &Report{}
	for i := range mostOfColumn + 1 {
		r.Metrics = append(r.Metrics, Metric{Name: "shape", Columns: []string{fmt.Sprint(i)}, Value: 1})
	}
	require.Regexp(t, `(?m)^Not shown: \d+ numbers of single columns\.$`, tableOf(t, r))
	r.Metrics = append(r.Metrics, Metric{Name: "pairs", Columns: []string{"0", "1"}, Value: 1})
	require.Regexp(t, `(?m)^Not shown: \d+ numbers of single columns, 1 number of pairs of columns\.$`, tableOf(t, r))
}

func tableOf(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteTable(&b))
	return b.String()
}
