package eval

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// schoolSet gives set s of the fictional school as testdata/combine.py has it: k rows, in steps of 7, from row 37 s on.
func schoolSet(t *testing.T, school *table.Table, k, s int) *table.Table {
	var rows []int
	for i := range k {
		rows = append(rows, (7*i+37*s)%school.Rows())
	}
	return school.Select(rows)
}

func TestCombinationsAgreeWithStatsmodels(t *testing.T) {
	b, err := os.ReadFile("testdata/combine.json")
	require.NoError(t, err)
	var golden struct {
		Cases []struct {
			Formula, Group string
			Rule           SetsRule
			Sets, Rows     int
			Terms          []string
			Units          [2]float64
			Coef, SE       []float64
			Low, High, DF  []float64 // a df of 0 is the normal distribution
		}
	}
	require.NoError(t, json.Unmarshal(b, &golden))
	require.Len(t, golden.Cases, 20)
	for _, c := range golden.Cases {
		first, last := schoolHalves(t, c.Group)
		var sets []*Regression
		for s := range c.Sets {
			var r *Regression
			fake := schoolSet(t, last, c.Rows, s)
			if name, ok := strings.CutPrefix(c.Formula, "mean of "); ok {
				r, err = Means(context.Background(), name, first, fake, Options{})
			} else if name, ok := strings.CutPrefix(c.Formula, "shares of "); ok {
				r, err = Means(context.Background(), name, first, fake, Options{})
			} else {
				r, err = Regress(context.Background(), c.Formula, first, fake, Options{})
			}
			require.NoError(t, err, c.Formula)
			sets = append(sets, r)
		}
		got, err := Combine(c.Rule, sets...)
		require.NoError(t, err)
		require.Equal(t, c.Group != "", got.Clustered)
		require.InDeltaSlice(t, c.Units[:], got.Units[:], 1e-9, c.Formula)
		require.Len(t, got.Terms, len(c.Terms))
		for i, term := range got.Terms {
			where := fmt.Sprint(c.Rule, ", ", c.Formula, ", ", term.Name)
			require.Equal(t, c.Terms[i], term.Name)
			e := term.Combined
			require.InEpsilon(t, c.Coef[i], e.Value, 1e-7, where)
			require.InEpsilon(t, c.SE[i], e.SE, 1e-6, where)
			require.InDelta(t, c.Low[i], e.Low, 1e-5*math.Max(1, math.Abs(c.Low[i])), where)
			require.InDelta(t, c.High[i], e.High, 1e-5*math.Max(1, math.Abs(c.High[i])), where)
			if c.DF[i] == 0 {
				require.True(t, math.IsInf(e.DF, 1), where)
			} else {
				require.InEpsilon(t, c.DF[i], e.DF, 1e-5, where)
			}
		}
	}
}

// A line is y = 1 + x/2 + noise, and what a generator learns of it: the simulation's people.
type line struct{ x, y []float64 }

const trueSlope = 0.5

func (l *line) add(x, y float64) { l.x, l.y = append(l.x, x), append(l.y, y) }

func people(n int, r *rng.Stream) *line {
	l := &line{}
	for range n {
		x := r.Norm()
		l.add(x, 1+trueSlope*x+r.Norm())
	}
	return l
}

// fit is least squares by its formula for one x.
func (l *line) fit() (at, slope, se, variance, meanX, sumX float64) {
	n := float64(len(l.x))
	meanY, both := 0.0, 0.0
	for i := range l.x {
		meanX += l.x[i] / n
		meanY += l.y[i] / n
	}
	for i, x := range l.x {
		sumX += (x - meanX) * (x - meanX)
		both += (x - meanX) * (l.y[i] - meanY)
	}
	slope = both / sumX
	at = meanY - slope*meanX
	for i, x := range l.x {
		off := l.y[i] - at - slope*x
		variance += off * off / (n - 2)
	}
	return at, slope, math.Sqrt(variance / sumX), variance, meanX, sumX
}

func (l *line) estimate() Estimate {
	_, slope, se, _, _, _ := l.fit()
	return Estimate{Value: slope, SE: se, DF: float64(len(l.x) - 2)}
}

// posterior draws the parameters of y given x from their posterior under a flat prior.
func (l *line) posterior(r *rng.Stream) (at, slope, sd, middle float64) {
	at, slope, _, variance, meanX, sumX := l.fit()
	chi := 0.0
	for range len(l.x) - 2 {
		z := r.Norm()
		chi += z * z
	}
	sd = math.Sqrt(variance * float64(len(l.x)-2) / chi)
	middle = at + slope*meanX + sd/math.Sqrt(float64(len(l.x)))*r.Norm() // of y at the mean of x
	return at, slope + sd/math.Sqrt(sumX)*r.Norm(), sd, middle
}

// set makes one set of k rows by a rule's way of making sets. Of FilledSets every second y is a gap.
func (l *line) set(rule SetsRule, k int, r *rng.Stream) *line {
	seen := l
	if rule == FilledSets {
		seen = &line{l.x[:len(l.x)/2], l.y[:len(l.y)/2]}
	}
	at, slope, _, variance, meanX, sumX := seen.fit()
	sd, middle, spread := math.Sqrt(variance), at+slope*meanX, math.Sqrt(sumX/float64(len(seen.x)-1))
	x0 := meanX
	if rule != SimpleSets {
		_, slope, sd, middle = seen.posterior(r)
	}
	out := &line{}
	if rule == FilledSets || rule == PartialSets {
		for i, x := range l.x {
			y := middle + slope*(x-x0) + sd*r.Norm()
			if rule == FilledSets && i < len(seen.x) {
				y = l.y[i]
			}
			out.add(x, y)
		}
		return out
	}
	for range k {
		x := meanX + spread*r.Norm()
		out.add(x, middle+slope*(x-x0)+sd*r.Norm())
	}
	return out
}

// combined makes m sets by the way of made and combines their slopes by rule.
func combinedSlope(t *testing.T, rule, made SetsRule, n, k, m, repeat int) Estimate {
	r := rng.New(uint64(repeat), rng.Demo, uint64(n*1000+m))
	real := people(n, &r)
	var sets []*Regression
	for range m {
		sets = append(sets, &Regression{Formula: "y ~ x", Units: [2]int{n, k},
			Terms: []Term{{Name: "x", Real: real.estimate(), Fake: real.set(made, k, &r).estimate()}}})
	}
	c, err := Combine(rule, sets...)
	require.NoError(t, err)
	return c.Terms[0].Combined
}

// Each rule's 95 % intervals hold the truth in 95 % of repeats for sets made the way that it is for, but for binomial error (4 standard deviations).
func TestCombinedIntervalsCover(t *testing.T) {
	const repeats = 1500
	allowed := 4 * math.Sqrt(0.95*0.05/repeats)
	for _, c := range []struct {
		rule    SetsRule
		n, k, m int
	}{
		{SimpleSets, 100, 100, 5}, {SimpleSets, 100, 100, 1}, {SimpleSets, 100, 300, 3}, {SimpleSets, 200, 60, 5}, {SimpleSets, 30, 30, 2},
		{ProperSets, 100, 100, 20}, {PartialSets, 100, 100, 5}, {FilledSets, 100, 100, 5}, {FilledSets, 40, 40, 3},
	} {
		in := 0.0
		for i := range repeats {
			if e := combinedSlope(t, c.rule, c.rule, c.n, c.k, c.m, i); e.Low <= trueSlope && trueSlope <= e.High {
				in += 1.0 / repeats
			}
		}
		t.Logf("%s, n = %d, k = %d, m = %d: %.1f %%", c.rule, c.n, c.k, c.m, 100*in)
		require.GreaterOrEqual(t, in, 0.95-allowed, "%+v", c)
		if c.rule != ProperSets { // its T is a difference, and where that is small the adjustment errs on the wide side
			require.LessOrEqual(t, in, 0.95+allowed, "%+v", c)
		}
	}
}

// The variance by the rule for simple sets is that of estimates of such sets over many tables of people; by the rule for proper sets, which
// looks at nothing but what differs between sets, it is not a half of it.
func TestSetsOfOneModelNeedTheSimpleRule(t *testing.T) {
	const repeats, n, m = 2000, 100, 5
	var mean, squares, simple, proper float64
	for i := range repeats {
		e := combinedSlope(t, SimpleSets, SimpleSets, n, n, m, i)
		mean += e.Value / repeats
		squares += e.Value * e.Value / repeats
		simple += e.SE * e.SE / repeats
		partial := combinedSlope(t, PartialSets, SimpleSets, n, n, m, i) // v + b/m of the same sets
		within := e.SE * e.SE / (1 + 1.0/m)
		proper += ((1+m)*(partial.SE*partial.SE-within) - within) / repeats
	}
	variance := squares - mean*mean
	require.InEpsilon(t, variance, simple, 4*math.Sqrt(2.0/repeats))
	require.Less(t, proper, variance/2)
}

// What sets are is told from the tables: rows in another order are drawn, a column that is the real one row by row is partial, gaps alone are filled.
func TestSetsAreTold(t *testing.T) {
	grades := func(change func(i int, record []string)) *table.Table {
		return fromRecords(t, []string{"form", "score", "hours"}, func(yield func([]string) bool) {
			for i := range 90 {
				record := []string{string(rune('a' + i*7%5)), fmt.Sprint(i * 31 % 47), fmt.Sprint(i * 17 % 29)}
				if i%9 == 0 {
					record[2] = ""
				}
				change(i, record)
				if !yield(record) {
					return
				}
			}
		})
	}
	actual := grades(func(int, []string) {})
	for name, c := range map[string]struct {
		fake *table.Table
		want SetsRule
	}{
		"drawn": {grades(func(i int, r []string) {
			r[0], r[1], r[2] = string(rune('a'+i*3%5)), fmt.Sprint(i*13%47), fmt.Sprint(i*11%29)
		}), SimpleSets},
		"fewer":   {actual.Select([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}), SimpleSets},
		"partial": {grades(func(i int, r []string) { r[1] = fmt.Sprint(i * 13 % 47) }), PartialSets},
		"copied":  {grades(func(int, []string) {}), PartialSets},
		"filled": {grades(func(i int, r []string) {
			if r[2] == "" {
				r[2] = "4"
			}
		}), FilledSets},
	} {
		r, err := Regress(context.Background(), "score ~ hours", actual, c.fake, Options{})
		require.NoError(t, err, name)
		require.Equal(t, c.want, r.Sets, name)
	}
}

func TestACombinationIsWritten(t *testing.T) {
	first, last := schoolHalves(t, "")
	for formula, want := range map[string]string{"Maths ~ Absences + SEN": "SEN = K", "Passed ~ Absences": "large"} {
		var sets []*Regression
		for s := range 3 {
			r, err := Regress(context.Background(), formula, first, schoolSet(t, last, 250, s), Options{})
			require.NoError(t, err)
			sets = append(sets, r)
		}
		for _, rule := range []SetsRule{SimpleSets, ProperSets, PartialSets, FilledSets} {
			c, err := Combine(rule, sets...)
			require.NoError(t, err)
			var b strings.Builder
			require.NoError(t, c.WriteText(&b))
			require.Contains(t, b.String(), want)
			require.Contains(t, b.String(), `Rule "`+string(rule)+`"`)
			require.NotEmpty(t, c.Caution())
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				require.LessOrEqual(t, len([]rune(line)), screenWidth, line)
				require.Equal(t, strings.TrimRight(line, " "), line)
			}
		}
		_, err := Combine(ProperSets, sets[0])
		require.ErrorContains(t, err, "two sets")
		sets[1].Status, sets[1].Reason = Failed, "too few rows"
		_, err = Combine(SimpleSets, sets...)
		require.ErrorContains(t, err, "too few rows")
	}
	_, err := Combine(SimpleSets)
	require.Error(t, err)
}

// A slope that the generator halves is lost, and one that it keeps is rarely said to be.
func TestWhatTheGeneratorLosesIsTold(t *testing.T) {
	const repeats = 500
	kept := 0
	for i := range repeats {
		r := rng.New(uint64(i), rng.Demo, 77)
		real := people(200, &r)
		var sets, flat []*Regression
		for range 5 {
			fake := real.set(SimpleSets, 200, &r)
			one := Term{Name: "x", Real: real.estimate(), Fake: fake.estimate()}
			sets = append(sets, &Regression{Formula: "y ~ x", Units: [2]int{200, 200}, Terms: []Term{one}})
			one.Fake.Value -= one.Real.Value / 2
			flat = append(flat, &Regression{Formula: "y ~ x", Units: [2]int{200, 200}, Terms: []Term{one}})
		}
		c, err := Combine(SimpleSets, sets...)
		require.NoError(t, err)
		if c.Terms[0].Lost {
			kept++
		}
		if c, err = Combine(SimpleSets, flat...); i == 0 {
			require.NoError(t, err)
			require.True(t, c.Terms[0].Lost)
			var b strings.Builder
			require.NoError(t, c.WriteText(&b))
			require.Contains(t, b.String(), "says nothing of people: x")
		}
	}
	require.LessOrEqual(t, float64(kept)/repeats, 0.01+4*math.Sqrt(0.01*0.99/repeats))
}

// Sets of several models look like it, and those of one do not.
func TestSpreadIsTold(t *testing.T) {
	sets := func(between float64) []*Regression {
		var out []*Regression
		for i := range 5 {
			out = append(out, &Regression{Formula: "y ~ x", Units: [2]int{100, 100}, Terms: []Term{{Name: "x", Real: newEstimate(0, 1, 98),
				Fake: newEstimate(between*float64(i-2), 1, 98)}}})
		}
		return out
	}
	c, err := Combine(SimpleSets, sets(0.6)...) // standard deviation .95
	require.NoError(t, err)
	require.False(t, c.Spread)
	c, err = Combine(SimpleSets, sets(2)...)
	require.NoError(t, err)
	require.True(t, c.Spread)
	// What one set has no case of has no combined estimate.
	some := sets(0.6)
	some[3].Terms[0].Fake = noEstimate
	c, err = Combine(SimpleSets, some...)
	require.NoError(t, err)
	require.True(t, math.IsNaN(c.Terms[0].Combined.Value))
	require.Zero(t, c.Terms[0].Overlap)
}

func TestMeansThatCantBe(t *testing.T) {
	actual := oddRows(t, 60, func(i int) string { return fmt.Sprint(i * 31 % 47) })
	_, err := Means(context.Background(), "none", actual, actual, Options{})
	require.ErrorContains(t, err, "none")
	few := oddRows(t, 8, func(i int) string { return fmt.Sprint(i * 31 % 47) })
	_, err = Means(context.Background(), "y", few, actual, Options{})
	var e *table.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "too-few-rows", e.Code)
	r, err := Means(context.Background(), "group", actual, few, Options{})
	require.NoError(t, err)
	require.Equal(t, Failed, r.Status)
	r, err = Means(context.Background(), "flat", actual, actual, Options{}) // one value alone
	require.NoError(t, err)
	require.InDelta(t, 1, r.Terms[0].Real.Value, 1e-12)
	require.InDelta(t, 0, r.Terms[0].Real.SE, 1e-12)
}
