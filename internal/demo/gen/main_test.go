package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommittedFileIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../school.csv")
	require.NoError(t, err)
	require.True(t, string(school()) == string(committed), "school.csv is not what gen writes: run go generate ./internal/demo")
}

func BenchmarkSchool(b *testing.B) {
	for b.Loop() {
		school()
	}
}
