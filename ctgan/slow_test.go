package ctgan

import (
	"testing"

	"example.org/cohort/kernels"
)

// slow skips, with -short, a test that takes half a minute on kernels in plain Go. The steps of learning and the writing of rows are tested
// on those all the same, and without -short everything is.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() && kernels.Family() == "generic" {
		t.Skip("half a minute on kernels in plain Go; runs without -short")
	}
}
