package eval

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// ranked is a report with one number and its interval.
func ranked(generator, metric string, value, half float64) *Report {
	m := Metric{Name: metric, Value: value, Low: value - half, High: value + half, Real: .9, Best: 1, Better: 1}
	if metric == "detect.auc" {
		m.Best, m.Better, m.Real = .5, 0, .5
	}
	return &Report{Verdict: LookCloser, Metrics: []Metric{m}, About: About{Generator: generator}}
}

func TestRank(t *testing.T) {
	worst := ranked("copy", "useful.score", .9, .01)
	worst.Verdict = DoNotRelease
	r := Rank(ranked("a", "useful.score", .6, .05), ranked("b", "useful.score", .8, .05), worst, ranked("c", "useful.score", .78, .05))
	require.Equal(t, "useful.score", r.By)
	require.Equal(t, .9, r.Real)
	var order []string
	for _, e := range r.Entries {
		order = append(order, e.Generator)
	}
	require.Equal(t, []string{"b", "c", "a", "copy"}, order)
	require.Equal(t, []int{1, 2, 3, 0}, []int{r.Entries[0].Rank, r.Entries[1].Rank, r.Entries[2].Rank, r.Entries[3].Rank})
	require.Equal(t, [][2]int{{1, 2}}, r.Alike)
	require.InDelta(t, .75, r.Entries[0].Low, 1e-12)
	require.InDelta(t, .85, r.Entries[0].High, 1e-12)
}

// Where there is no interval nothing is known, neither that tables are alike nor that they differ.
func TestRankWithoutIntervals(t *testing.T) {
	none := math.NaN()
	r := Rank(ranked("a", "shape.mean", .1, none), ranked("b", "shape.mean", .9, none))
	require.Equal(t, "b", r.Entries[0].Generator)
	require.Empty(t, r.Alike)
	require.True(t, math.IsNaN(r.Entries[0].Low))
	require.Equal(t, "No likely range is known for this score. The order by itself says nothing: any difference may be chance.", r.Sentence())
	// One of them has seeds: that is not enough to compare it with the other.
	r = Rank(ranked("a", "shape.mean", .1, none), ranked("b", "shape.mean", .9, none), ranked("a", "shape.mean", .2, none))
	require.Empty(t, r.Alike)
	require.Equal(t, "Where there is no likely range, nothing shows whether a difference is more than chance.", r.Sentence())
	// Two of three have seeds.
	var three []*Report
	for i := range 3 {
		three = append(three, ranked("a", "shape.mean", .5+.1*float64(i), none), ranked("b", "shape.mean", .55+.1*float64(i), none))
	}
	r = Rank(append(three, ranked("c", "shape.mean", .9, none))...)
	require.Equal(t, [][2]int{{2, 3}}, r.Alike)
	require.Equal(t, "2 and 3 can't be told apart. Where there is no likely range, nothing shows whether a difference is more than chance.", r.Sentence())
	r = Rank(append(three, ranked("c", "shape.mean", .62, none))...) // between them
	require.Empty(t, r.Alike)
	require.Equal(t, "Where there is no likely range, nothing shows whether a difference is more than chance.", r.Sentence())
	// Seeds say something.
	r = Rank(ranked("a", "shape.mean", .1, math.NaN()), ranked("b", "shape.mean", .9, math.NaN()), ranked("a", "shape.mean", .1, math.NaN()), ranked("b", "shape.mean", .9, math.NaN()))
	require.Empty(t, r.Alike)
	require.Equal(t, []int{1, 3}, r.Entries[0].Reports)
}

// The spread of seeds counts, by Student's t; the error of the people does not fall with their number.
func TestRankOfSeeds(t *testing.T) {
	r := Rank(ranked("a", "useful.auc", .70, .04), ranked("a", "useful.auc", .74, .04), ranked("a", "useful.auc", .72, .04), ranked("", "useful.auc", .72, .04))
	require.Equal(t, "a", r.Entries[0].Generator)
	require.InDelta(t, .72, r.Entries[0].Value, 1e-12)
	want := math.Hypot(.04, 4.302652729911275*.02/math.Sqrt(3))
	require.InDelta(t, .72-want, r.Entries[0].Low, 1e-9)
	require.InDelta(t, .76, r.Entries[1].High, 1e-12)
	// A detector that tells nothing is best, and one that is wrong tells something.
	r = Rank(ranked("a", "detect.auc", .3, .01), ranked("b", "detect.auc", .55, .01))
	require.Equal(t, "b", r.Entries[0].Generator)
	require.Empty(t, Rank(&Report{}, &Report{}).By)
	// SDIS of the paper has no lower bound where it holds an R2.
	a, b := ranked("a", "sdis.paper", -.08, math.NaN()), ranked("a", "sdis.paper", -.10, math.NaN())
	a.About.Suite, b.About.Suite = Paper, Paper
	low := Rank(a, b).Entries[0]
	require.InDelta(t, -.09, low.Value, 1e-12)
	require.InDelta(t, low.Value-low.Low, low.High-low.Value, 1e-12)
	require.Less(t, low.Low, low.Value)
	require.Empty(t, Rank().Entries)
	require.Len(t, Rank(&Report{}, &Report{}).Entries, 2, "without names each is its own")
}
