package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/cohort/internal/demo"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// schoolHalves are the first and the last 300 rows of the fictional school.
func schoolHalves(t testing.TB, person string) (first, last *table.Table) {
	t.Helper()
	whole, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{Schema: &table.Schema{Person: person}})
	require.NoError(t, err)
	rows := allRows(600)
	half := func(from int) *table.Table {
		var list []int
		for _, r := range rows[from : from+300] {
			list = append(list, int(r))
		}
		return whole.Select(list)
	}
	return half(0), half(300)
}

// peerFit is what statsmodels gives.
type peerFit struct {
	N                      int
	Terms                  []string
	Coef, SE, Low, High, P []float64
}

func (f *peerFit) agrees(t *testing.T, name string, get func(i int) Estimate) {
	for i, term := range f.Terms {
		e := get(i)
		scale := 1e-9 * math.Max(1, math.Abs(f.Coef[i]))
		require.InDelta(t, f.Coef[i], e.Value, scale, "%s: %s", name, term)
		require.InEpsilon(t, f.SE[i], e.SE, 1e-7, "%s: error of %s", name, term)
		require.InDelta(t, f.Low[i], e.Low, 1e-7*math.Max(1, math.Abs(f.Low[i])), "%s: %s", name, term)
		require.InDelta(t, f.High[i], e.High, 1e-7*math.Max(1, math.Abs(f.High[i])), "%s: %s", name, term)
		require.InDelta(t, f.P[i], e.P, 1e-7, "%s: p of %s", name, term)
	}
}

func TestRegressionsAgreeWithStatsmodels(t *testing.T) {
	b, err := os.ReadFile("testdata/regress.json")
	require.NoError(t, err)
	var golden struct {
		Cases []struct {
			Formula, Group string
			Real, Fake     peerFit
		}
	}
	require.NoError(t, json.Unmarshal(b, &golden))
	require.Len(t, golden.Cases, 6)
	for _, c := range golden.Cases {
		actual, fake := schoolHalves(t, c.Group)
		r, err := Regress(context.Background(), c.Formula, actual, fake, Options{})
		require.NoError(t, err, c.Formula)
		require.Equal(t, OK, r.Status, r.Reason)
		require.Equal(t, [2]int{c.Real.N, c.Fake.N}, r.Rows, c.Formula)
		require.Equal(t, [2]int{300 - c.Real.N, 300 - c.Fake.N}, r.Left)
		require.Equal(t, c.Group != "", r.Clustered)
		require.Len(t, r.Terms, len(c.Real.Terms))
		for i, term := range r.Terms {
			require.Equal(t, c.Real.Terms[i], term.Name)
			require.InDelta(t, slowOverlap(&c.Real, &c.Fake, i), term.Overlap, 1e-6)
		}
		c.Real.agrees(t, "real, "+c.Formula, func(i int) Estimate { return r.Terms[i].Real })
		c.Fake.agrees(t, "fake, "+c.Formula, func(i int) Estimate { return r.Terms[i].Fake })
		for _, m := range r.Metrics() {
			require.Equal(t, OK, m.Status)
			require.True(t, m.Value >= 0 && m.Value <= 1, m.Name)
		}
	}
}

// slowOverlap counts, of many points of each interval, those that lie in the other one.
func slowOverlap(a, b *peerFit, i int) float64 {
	const n = 2_000_000
	part := func(low, high, from, to float64) float64 {
		in := 0
		for k := range n {
			if x := low + (high-low)*(float64(k)+.5)/n; x >= from && x <= to {
				in++
			}
		}
		return float64(in) / n
	}
	return (part(a.Low[i], a.High[i], b.Low[i], b.High[i]) + part(b.Low[i], b.High[i], a.Low[i], a.High[i])) / 2
}

func TestFormulas(t *testing.T) {
	s := &table.Schema{Columns: []table.Column{{Name: "G3"}, {Name: "studytime"}, {Name: "Year group"}, {Name: "a+b"}, {Name: "it's"}, {Name: "~`"}}}
	for text, want := range map[string]formula{
		"G3~studytime":                        {"G3", []string{"studytime"}},
		" G3 ~ studytime + Year group ":       {"G3", []string{"studytime", "Year group"}},
		"`Year group` ~ \"a+b\" + 'it''s'":    {"Year group", []string{"a+b", "it's"}},
		"'~`' ~ \"it's\" + `a+b`+studytime\n": {"~`", []string{"it's", "a+b", "studytime"}},
		"`~``` ~ G3":                          {"~`", []string{"G3"}},
	} {
		got, err := parseFormula(text, s)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, code := range map[string]string{
		"": "bad-formula", "G3": "bad-formula", "G3 ~": "bad-formula", "~ G3": "bad-formula", "G3 ~ studytime +": "bad-formula",
		"G3 ~ 'studytime": "bad-formula", "G3 ~ G3": "bad-formula", "G3 ~ studytime + studytime": "bad-formula",
		"G3 ~ 'studytime' it's": "bad-formula", "G3 ~ studytime*a": "bad-formula", "G3 ~ studytim": "no-such-column", "g ~ studytime": "no-such-column",
	} {
		_, err := parseFormula(text, s)
		var e *table.Error
		require.True(t, errors.As(err, &e), text)
		require.Equal(t, code, e.Code, text)
		require.NotEmpty(t, e.Fix, text)
	}
	_, err := parseFormula("G3 ~ studytim", s)
	require.ErrorContains(t, err, `did you mean "studytime"?`)
}

// oddRows have columns that can't be in a regression, for one reason or another.
func oddRows(t *testing.T, n int, outcome func(i int) string) *table.Table {
	header := []string{"x", "twice", "flat", "group", "secret", "y"}
	return fromRecords(t, header, func(yield func([]string) bool) {
		for i := range n {
			x := 17 * (i + 3) % 101
			if !yield([]string{fmt.Sprint(x), fmt.Sprint(2 * x), "zq7", string(rune('a' + i%3)), []string{"zq8", "zq9"}[i%2], outcome(i)}) {
				return
			}
		}
	})
}

func TestRegressionsThatCantBe(t *testing.T) {
	number := func(i int) string { return fmt.Sprint(i * 31 % 47) }
	for name, c := range map[string]struct {
		formula, code string
		n             int
		y             func(i int) string
	}{
		"dependent":         {"y ~ x + twice", "collinear", 60, number},
		"constant":          {"y ~ x + flat", "collinear", 60, number},
		"few rows":          {"y ~ x", "too-few-rows", 12, number},
		"three values":      {"group ~ x", "bad-outcome", 60, number},
		"one value":         {"flat ~ x", "bad-outcome", 60, number},
		"one number":        {"y ~ x", "bad-outcome", 60, func(int) string { return "7" }},
		"told without fail": {"secret ~ y", "separated", 60, func(i int) string { return fmt.Sprint(i%2*10 + i%5) }},
		"level says all":    {"secret ~ group", "separated", 60, number},
	} {
		actual := oddRows(t, c.n, c.y)
		if name == "level says all" { // group c has zq9 alone
			actual = fromRecords(t, []string{"group", "secret"}, func(yield func([]string) bool) {
				for i := range 60 {
					if !yield([]string{string(rune('a' + i%3)), []string{"zq8", "zq9"}[max(i/3%2, i%3-1)]}) {
						return
					}
				}
			})
		}
		_, err := Regress(context.Background(), c.formula, actual, actual, Options{})
		var e *table.Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		require.Equal(t, c.code, e.Code, name)
		require.NotContains(t, err.Error(), "zq", name)
	}
}

// What only the synthetic rows lack is told, and no error: other tables are to be compared, too.
func TestRegressionOfPoorSyntheticRows(t *testing.T) {
	number := func(i int) string { return fmt.Sprint(i * 31 % 47) }
	actual := oddRows(t, 90, number)
	r, err := Regress(context.Background(), "y ~ x + group", actual, oddRows(t, 6, number), Options{})
	require.NoError(t, err)
	require.Equal(t, Failed, r.Status)
	require.Contains(t, r.Reason, "the synthetic table")
	require.Equal(t, Failed, r.Metrics()[0].Status)
	require.True(t, math.IsNaN(r.Metrics()[0].Value))
	// No synthetic row has the value c.
	without := fromRecords(t, []string{"x", "twice", "flat", "group", "secret", "y"}, func(yield func([]string) bool) {
		for i := range 90 {
			if !yield([]string{fmt.Sprint(17 * i % 101), "1", "2", string(rune('a' + i%2)), "zq8", number(i)}) {
				return
			}
		}
	})
	r, err = Regress(context.Background(), "y ~ x + group", actual, without, Options{})
	require.NoError(t, err)
	require.Equal(t, OK, r.Status, r.Reason)
	require.True(t, math.IsNaN(r.Terms[3].Fake.Value))
	require.Zero(t, r.Terms[3].Overlap)
	require.False(t, r.Terms[3].SameSign)
	require.Equal(t, "group = c", r.Terms[3].Name)
	require.Equal(t, "a", r.Terms[3].Base)
}

// Intervals of fresh rows of the same people overlap by what theory has: the mean of two standard normal estimates of the same variance.
func TestOverlapOfFreshRows(t *testing.T) {
	sum := 0.0
	const n = 100
	for seed := range uint64(n) {
		e := func(k uint64) Estimate {
			r := rng.New(seed, rng.Demo, k)
			z := r.Norm()
			return Estimate{Low: z - normal95, High: z + normal95}
		}
		sum += overlap(e(0), e(1))
	}
	require.InDelta(t, 1-2/math.Sqrt(math.Pi)/(2*normal95), sum/n, 0.05)
	require.Equal(t, 1.0, overlap(Estimate{Low: 1, High: 1}, Estimate{Low: 1, High: 1}))
	require.Zero(t, overlap(Estimate{Low: 1, High: 2}, Estimate{Low: 2, High: 3}))
}

func TestARegressionIsWritten(t *testing.T) {
	actual, fake := schoolHalves(t, "")
	for text, want := range map[string]string{
		"Maths ~ Absences + SEN": `REGRESSION  Maths ~ Absences + SEN
            Least squares. 286 real rows, 14 left out; 285 synthetic ones, 15.
`,
		"Passed ~ Absences": "the log odds of Passed = Yes",
	} {
		r, err := Regress(context.Background(), text, actual, fake, Options{})
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, r.WriteText(&b))
		require.Contains(t, b.String(), want)
		for _, line := range strings.Split(b.String(), "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), screenWidth, line)
			require.Equal(t, strings.TrimRight(line, " "), line)
		}
	}
}

func BenchmarkRegress(b *testing.B) {
	actual, fake := schoolHalves(b, "")
	for b.Loop() {
		if _, err := Regress(context.Background(), "Passed ~ Reading + Absences", actual, fake, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
