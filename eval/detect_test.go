package eval

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAUCIsFolded(t *testing.T) {
	for _, c := range []struct{ value, low, high, want, wantLow, wantHigh float64 }{
		{.7, .6, .8, .7, .6, .8}, {.3, .2, .4, .7, .6, .8}, {.52, .45, .59, .52, .5, .59}, {.4, .28, .52, .6, .5, .72}, {.5, .5, .5, .5, .5, .5},
	} {
		m := folded(Metric{Name: "detect.auc", Value: c.value, Low: c.low, High: c.high, Real: 0.4, Best: 0.5})
		require.Equal(t, "detect.auc.unseen", m.Name)
		require.InDelta(t, c.want, m.Value, 1e-12)
		require.InDelta(t, c.wantLow, m.Low, 1e-12)
		require.InDelta(t, c.wantHigh, m.High, 1e-12)
		require.InDelta(t, 0.6, m.Real, 1e-12)
	}
	require.True(t, math.IsNaN(folded(notMade("detect.auc", 0.5, 0, "none")).Value))
}

// A table that is half copies is taken for the people learned, and the note says so; fresh rows are not.
func TestCopiesRaiseTheAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		held, fake uint64
		alarm      float64
	}{"copies": {2, 1, 1}, "fresh": {2, 3, 0}} {
		actual, held, fake := taught(t, 1, 400, true), taught(t, c.held, 400, true), taught(t, c.fake, 400, true)
		v, err := newView(actual, fake, Options{Holdout: held})
		require.NoError(t, err)
		_, metrics, err := v.detect(context.Background())
		require.NoError(t, err)
		require.Len(t, metrics, 4)
		require.Equal(t, "detect.copying", metrics[3].Name)
		require.Equal(t, c.alarm, metrics[3].Value, "%s: %v", name, metrics[1])
		require.Len(t, v.notes, int(c.alarm))
		require.GreaterOrEqual(t, metrics[2].Value, 0.5)
	}
}

// Below .45 there is an alarm; where rows are so few that it may be chance, the reason says so.
func TestTheAlarmIsBelow45(t *testing.T) {
	for _, c := range []struct {
		value, se, alarm float64
		status           Status
	}{{.46, .001, 0, OK}, {.45, .001, 0, OK}, {.449, .01, 1, OK}, {.449, .02, 1, TooFew}, {.38, .05, 1, TooFew}, {.34, .05, 1, OK}} {
		m := copying(Metric{Name: "detect.auc_learned", Value: c.value, Low: c.value - normal95*c.se, High: c.value + normal95*c.se})
		require.Equal(t, c.status, m.Status, c)
		require.Equal(t, c.alarm, m.Value, c)
		require.Equal(t, c.status != OK, strings.Contains(m.Reason, "by chance"))
	}
}

// Fresh rows hardly ever raise the alarm, also where there are few.
func TestTheAlarmIsRarelyFalse(t *testing.T) {
	alarms := 0
	for _, n := range []int{40, 150} {
		for seed := range uint64(40) {
			v, err := newView(taught(t, 3*seed, n, true), taught(t, 3*seed+1, n, true), Options{Seed: seed})
			require.NoError(t, err)
			_, metrics, err := v.detect(context.Background())
			require.NoError(t, err)
			if metrics[3].Value == 1 && metrics[3].Status == OK {
				alarms++
			}
		}
	}
	require.LessOrEqual(t, alarms, 1, "of 80")
}
