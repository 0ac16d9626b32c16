package testutil_test

import (
	"fmt"
	"testing"

	"example.org/cohort/internal/testutil"
)

// A quiet test has a name only.
type quiet struct{ testing.TB }

func (quiet) Helper() {}

// A golden file is read into whatever has the fields that a test compares.
func ExampleJSON() {
	var golden struct {
		Versions map[string]string
		Scores   map[string]*float64
	}
	testutil.JSON(quiet{}, "testdata/golden.json", &golden)
	fmt.Println(golden.Versions["peer"], *golden.Scores["one"], golden.Scores["none"] == nil)
	// Output: 1.2 0.5 true
}
