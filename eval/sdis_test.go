package eval

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSoundSDIS(t *testing.T) {
	real, held := marks(t, 1, 400), marks(t, 3, 400)
	good := metric(t, bySuite(t, real, marks(t, 2, 400), Options{Holdout: held, Target: "Passed"}), "sdis.sound")
	require.Equal(t, OK, good.Status, good.Reason)
	require.True(t, good.Low < good.Value && good.Value < good.High)
	require.InDelta(t, good.Real, good.Value, 0.1, "other people are as good as real ones")
	copied := metric(t, bySuite(t, real, real, Options{Holdout: held, Target: "Passed"}), "sdis.sound")
	require.Less(t, copied.Value, 0.05, "all three parts of a copy are good, and it sinks all the same")
	require.True(t, 0 <= copied.Low && copied.Low <= copied.Value && copied.Value <= copied.High)
	alone := metric(t, bySuite(t, real, marks(t, 2, 400), Options{Target: "Passed"}), "sdis.sound")
	require.NotEqual(t, OK, alone.Status)
	require.Contains(t, alone.Reason, "no people were set aside")

	parts := []Metric{
		{Name: "shape.mean", Value: 90, Real: 98, Low: 89, High: 93}, {Name: "pairs.mean", Value: 80, Real: 96, Low: 77, High: 83},
		{Name: "private.copies", Value: .3, Real: .1, Low: .25, High: .4},
		{Name: "useful.auc", Columns: []string{"a"}, Value: .75, Low: .7, High: .8, Real: .9}, {Name: "detect.auc.unseen", Value: .6, Low: .5, High: .7, Real: .5},
	}
	m := soundSDIS(parts, [3]float64{})
	require.InDelta(t, .8*(.8+.5+.8)/3, m.Value, 1e-12, ".3 - .1 are copies beyond chance; pairs are the worst of quality")
	require.InDelta(t, (.96+.8+1)/3, m.Real, 1e-12, "real people have none beyond theirs")
	require.InDelta(t, .85*(.83+.6+1)/3, m.High, 1e-12)
	require.InDelta(t, .7*(.77+.4+.6)/3, m.Low, 1e-12)
	require.InDelta(t, .8*.5, soundSDIS(parts, [3]float64{0, 2, 0}).Value, 1e-12)
	parts[2].Value, parts[2].Low, parts[2].High = .05, .02, .09
	require.InDelta(t, (.8+.5+.8)/3, soundSDIS(parts, [3]float64{}).Value, 1e-12, "fewer copies than real people have earn nothing")
	parts[2].Value, parts[2].Real, parts[2].High = 1, 0, 1
	require.Zero(t, soundSDIS(parts, [3]float64{}).Value)
	parts[0].Status, parts[0].Reason = TooFew, "it takes 20 people"
	require.Equal(t, "it lacks the likeness of single columns: it takes 20 people", soundSDIS(parts, [3]float64{}).Reason)
	require.Equal(t, "it lacks the likeness of single columns: it was not measured", soundSDIS(parts[3:], [3]float64{}).Reason)
}
