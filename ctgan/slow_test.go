package ctgan

import (
	"testing"

	"example.org/cohort/kernels"
)

// slow skips a test that takes half a minute on kernels in plain Go where there is no time for it: what it tests does not depend on the kernels,
// and the steps of learning are tested on all of them.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() && kernels.Family() == "generic" {
		t.Skip("slow without assembly")
	}
}
