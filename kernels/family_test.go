package kernels

import "testing"

// forEachFamily runs a test on every family that this processor has.
func forEachFamily(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	for _, name := range Families() {
		t.Run(name, func(t *testing.T) {
			restore, err := Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer restore()
			test(t)
		})
	}
}
