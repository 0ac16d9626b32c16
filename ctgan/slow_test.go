package ctgan

import "testing"

// slow skips a test that takes seconds where there is no time for it, as on kernels in plain Go or under the race detector: there it takes a
// minute. The steps of learning and the writing of rows are tested all the same.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("slow")
	}
}
