package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"example.org/cohort/internal/demo"
)

// An error says what is wrong, and what to do in a line that can be copied.
func Example() {
	run([]string{"cohort", "make", "grades.csv", "--sed", "7"}, os.Stdin, os.Stdout, os.Stdout)
	// Output:
	// Error: there is no option --sed. Did you mean: --seed
	// Do:    cohort make grades.csv --seed 7
}

func BenchmarkInspect(b *testing.B) {
	text := string(demo.CSV())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if run([]string{"cohort", "inspect", "-"}, strings.NewReader(text), io.Discard, io.Discard) != 0 {
			b.Fatal("inspect")
		}
	}
}
