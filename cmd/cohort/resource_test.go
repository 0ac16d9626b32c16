package main

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/cmd/cohort/internal/winres"
)

var updateResource = flag.Bool("update-resource", false, "write the version resources of the Windows program anew")

// The committed resources say what this version is.
func TestResourceIsCurrent(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		object, err := winres.Object(arch, winres.Info{
			Product:     "Cohort",
			Version:     version,
			Description: "Cohort makes artificial students",
			Company:     "The Cohort authors",
			Copyright:   "Copyright 2026 The Cohort authors. Apache License 2.0",
			File:        "cohort.exe",
		})
		require.NoError(t, err)
		file := "rsrc_windows_" + arch + ".syso"
		if *updateResource {
			require.NoError(t, os.WriteFile(file, object, 0o644))
		}
		committed, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, string(object) == string(committed), "%s: run go test ./cmd/cohort -run Resource -update-resource", file)
	}
}
