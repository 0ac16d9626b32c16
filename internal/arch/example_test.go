package arch_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/cohort/internal/arch"
)

func ExampleSurface() {
	lines, err := arch.Surface(".", "example.org/cohort/internal/arch")
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Join(lines, "\n"))
	fmt.Println(arch.Names(lines), "names")

	// Output:
	// package example.org/cohort/internal/arch
	// func Names(lines []string) int
	// func Surface(dir string, paths ...string) ([]string, error)
	// 2 names
}

func BenchmarkSurface(b *testing.B) {
	for b.Loop() {
		if _, err := arch.Surface(".", "example.org/cohort/internal/rng"); err != nil {
			b.Fatal(err)
		}
	}
}
