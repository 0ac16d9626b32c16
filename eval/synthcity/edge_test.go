package synthcity

import (
	"context"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// The number of threads changes no bit.
func TestThreads(t *testing.T) {
	p, err := NewPair(Input{Version: V0210, Real: readCut(t, V0210, "adult"), Synthetic: readCut(t, V0210, "adult_sdv_ctgan")})
	require.NoError(t, err)
	many := scoreMap(t, p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p.prepare()
	for key, one := range scoreMap(t, p) {
		require.Equal(t, math.Float64bits(one.Value), math.Float64bits(many[key].Value), key)
	}
}

// Whatever is in the tables, there is a score or a reason.
func TestOddTables(t *testing.T) {
	same, one := make([]float64, 40), []float64{3}
	missing, infinite := make([]float64, 40), upTo(40, .5)
	for i := range missing {
		missing[i] = math.NaN()
	}
	infinite[7] = math.Inf(-1)
	for name, c := range map[string]Column{
		"constant": numbers("x", same...), "one row": numbers("x", one...), "missing": numbers("x", missing...),
		"infinite": numbers("x", infinite...), "wide": numbers("x", upTo(40, 1e300)...),
	} {
		for _, v := range []Version{V0210, V0212} {
			table := Table{[]Column{c, {Name: "y", Numbers: make([]float64, c.Rows())}}}
			p, err := NewPair(Input{Version: v, Real: table, Synthetic: table, Train: &table, Reference: &table})
			require.NoError(t, err, name)
			for key, s := range scoreMap(t, p) {
				require.False(t, s.Err == nil && math.IsInf(s.Value, 0), "%s %s", name, key)
			}
		}
	}
}

// A cancelled metric returns soon; its caller asks the context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	table := readCut(t, V0210, "B1")
	_, _, err := Suite(ctx, Input{Version: V0210, Real: table, Synthetic: table}, Options{Only: []string{"stats.max_mean", "stats.prdc"}})
	require.ErrorIs(t, err, context.Canceled)
}
