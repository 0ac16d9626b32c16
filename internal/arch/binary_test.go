package arch

import (
	"debug/elf"
	"debug/pe"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var long = flag.Bool("long", false, "also build and check the Windows programs: a minute on 2 cores")

const binaryBytes = 15_000_000

// The linux program needs nothing from the machine it runs on: no interpreter and no library. And it is small enough for a
// mail or a memory stick.
func TestBinaryIsStaticAndSmall(t *testing.T) {
	path := build(t, "linux", runtime.GOARCH)
	info, err := os.Stat(path)
	require.NoError(t, err)
	t.Logf("the program has %.1f MB", float64(info.Size())/1e6)
	require.LessOrEqual(t, info.Size(), int64(binaryBytes))

	f, err := elf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	for _, p := range f.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type, "the program asks for an interpreter")
	}
	libraries, err := f.ImportedLibraries()
	require.NoError(t, err)
	require.Empty(t, libraries, "the program asks for libraries")
}

// build makes the program as it is released.
func build(t *testing.T, system, arch string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cohort")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/cohort")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOPROXY=off", "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// The Windows programs carry their version where Windows looks for it.
func TestWindowsProgramsHaveAVersion(t *testing.T) {
	if !*long {
		t.Skip("builds for another system; -long runs it")
	}
	for _, arch := range []string{"amd64", "arm64"} {
		f, err := pe.Open(build(t, "windows", arch))
		require.NoError(t, err)
		defer f.Close()
		s := f.Section(".rsrc")
		require.NotNil(t, s, arch)
		data, err := s.Data()
		require.NoError(t, err)
		for _, text := range []string{"VS_VERSION_INFO", "ProductName", "Cohort", "Apache License 2.0"} {
			require.Contains(t, string(data), utf16LE(text), arch)
		}
		place := f.OptionalHeader.(*pe.OptionalHeader64).DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_RESOURCE]
		require.Equal(t, s.VirtualAddress, place.VirtualAddress)
		require.Positive(t, place.Size)
	}
}

func utf16LE(ascii string) string { return strings.Join(strings.Split(ascii, ""), "\x00") + "\x00" }
