package eval

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The example of Holm (1979) as R computes it: p.adjust(c(.01, .02, .03, .005), "holm") is .03 .04 .04 .02.
func TestHolm(t *testing.T) {
	p := []float64{.01, .02, .03, .005}
	adjusted := []float64{.03, .04, .04, .02}
	for _, level := range []float64{.019, .021, .029, .031, .039, .041} {
		rejected, _ := holm(p, level)
		for i := range p {
			require.Equal(t, adjusted[i] <= level, rejected[i], "level %v, p %v", level, p[i])
		}
	}
	_, at := holm([]float64{.5, .001}, .05)
	require.Equal(t, []float64{.05, .025}, at)
}

func TestDecide(t *testing.T) {
	make3 := func(a, b, c float64) []*finding {
		return []*finding{
			{tests: []test{{a, a}}},
			{tests: []test{{b, b}, {c, 1}}},
			{Check: Check{Status: TooFew}},
		}
	}
	for _, c := range []struct {
		a, b, c float64
		want    []Status
		verdict Verdict
	}{
		{.5, .5, .5, []Status{OK, OK, TooFew}, LookCloser},
		{.03, .5, .5, []Status{OK, OK, TooFew}, LookCloser}, // .05/3 is asked of the smallest
		{.016, .5, .5, []Status{Look, OK, TooFew}, LookCloser},
		{.009, .5, .5, []Status{Stop, OK, TooFew}, DoNotRelease},
		{.5, .009, .5, []Status{OK, Look, TooFew}, LookCloser}, // two tests in the check: .005 stops
		{.5, .004, .5, []Status{OK, Stop, TooFew}, DoNotRelease},
		{.5, .5, .001, []Status{OK, Look, TooFew}, LookCloser}, // beyond chance, not yet by as much as stops
	} {
		findings := make3(c.a, c.b, c.c)
		decide(findings)
		for i, f := range findings {
			require.Equal(t, c.want[i], f.Status, "%v finding %d", c, i)
		}
		require.Equal(t, c.verdict, verdict(findings), "%v", c)
	}
	require.Equal(t, Pass, verdict([]*finding{{}}))
	require.Equal(t, LookCloser, verdict(nil))
}

// "Up to" is said for the level at which a check changes first.
func TestDecideTellsTheLevels(t *testing.T) {
	var told []float64
	f := &finding{tests: []test{{.5, .5}}, tell: func(_ *finding, levels []float64) { told = levels }}
	others := &finding{tests: []test{{.6, .6}, {.7, .7}, {.8, .8}, {.9, .9}, {.95, .95}}}
	decide([]*finding{f, others})
	require.Equal(t, []float64{stopLevel}, told) // .05/6 is below .01
	decide([]*finding{f})
	require.Equal(t, []float64{lookLevel}, told)
}
