package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every family that this processor has has a ceiling, and the memory has one.
func TestCeilings(t *testing.T) {
	found := map[string]bool{}
	for _, r := range Ceilings() {
		require.Positive(t, r.One, r.Name)
		require.Positive(t, r.All, r.Name)
		found[r.Family] = true
		t.Logf("%s: %.1f %s on one thread, %.1f on all", r.Name, r.One, r.Unit, r.All)
	}
	for _, name := range Families() {
		require.True(t, found[name] || name == generic, name)
	}
	require.True(t, found[""])
}

func TestTriad(t *testing.T) {
	x, y, want, got := aligned(256), aligned(256), aligned(256), aligned(256)
	for i := range x {
		x[i], y[i] = float32(i), float32(i%7)
	}
	triadGo(want, x, y, 3)
	forEachFamily(t, func(t *testing.T) {
		triad(got, x, y, 3)
		require.Equal(t, want, got)
	})
}
