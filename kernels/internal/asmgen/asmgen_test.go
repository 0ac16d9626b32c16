package asmgen

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var generate = flag.Bool("generate", false, "write the files of assembly")

// folder is where the files lie.
const folder = "../.."

func TestCommittedFilesAreCurrent(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Files() {
		names[f.Name] = true
		path := filepath.Join(folder, f.Name)
		if *generate {
			require.NoError(t, os.WriteFile(path, f.Bytes(), 0o644))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(f.Bytes()), string(got), "%s is not what the generator writes; run this test with -generate", f.Name)
	}
	found, err := filepath.Glob(filepath.Join(folder, "*.s"))
	require.NoError(t, err)
	for _, path := range found {
		require.True(t, names[filepath.Base(path)], "%s: no generator writes it", path)
	}
}
