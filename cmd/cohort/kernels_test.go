package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// A family of kernels that this processor lacks is refused by name, not replaced in silence; one that it has is used.
func TestKernelsAreChosenByName(t *testing.T) {
	with := func(value string, args ...string) ran {
		c := exec.Command(program, args...)
		c.Env = append(os.Environ(), "COHORT_KERNELS="+value)
		return finish(t, t.TempDir(), c)
	}
	r := with("sse9", "inspect", "nothing.csv")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, `Error: COHORT_KERNELS: no kernels "sse9" on this processor; it can run [`)
	require.Contains(t, r.err, "Do:    unset COHORT_KERNELS, or choose one of these")
	r = with("sse9", "help", "bad-kernels")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.out, "COHORT_KERNELS")
	r = with("generic", "version")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.out, "kernels  generic\n")
}
