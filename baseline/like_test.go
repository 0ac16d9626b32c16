package baseline

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table/encode"
)

// A model like another takes over order, settings and weights, and learns its own rows.
func TestLike(t *testing.T) {
	x := read(t, homes(1500, 9))
	enc, err := encode.Fit(x, encode.Options{Protect: 5})
	require.NoError(t, err)
	opt := Options{Seed: 1, Encoder: enc, Target: "Kind"}
	m, err := Fit(context.Background(), x, opt)
	require.NoError(t, err)
	require.NotEmpty(t, m.lines)
	half := make([]int, 750)
	for i := range half {
		half[i] = 2 * i
	}
	opt.Like = m
	like, err := Fit(context.Background(), x.Select(half), opt)
	require.NoError(t, err)
	require.Equal(t, m.order, like.order)
	for v, x := range enc.Vars() {
		if enc.Schema().Columns[x.Col].Name != opt.Target { // whose linear is chosen from its own rows
			require.Equal(t, m.trees[v].Setting, like.trees[v].Setting)
		}
	}
	for _, l := range like.lines {
		from := m.likeLine(l.V)
		require.Equal(t, m.trees[from.res].Setting, like.trees[l.res].Setting)
		require.NotEqual(t, from.Weights, l.Weights)
		if l.Bend != nil {
			require.Equal(t, from.Bend.boost.Rounds, l.Bend.boost.Rounds)
		}
	}
	again := opt
	again.Like = nil
	own, err := Fit(context.Background(), x.Select(half), again)
	require.NoError(t, err)
	other := false // some choice falls otherwise from half of the rows
	for v := range enc.Vars() {
		other = other || own.trees[v].Setting != like.trees[v].Setting
	}
	require.True(t, other)
	opt.Model = "copula"
	require.Panics(t, func() { _, _ = Fit(context.Background(), x, opt) })
}
