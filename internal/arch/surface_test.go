package arch

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write api.txt anew")

const (
	module = "example.org/cohort"
	root   = "../.."
)

// ceilings are api.md's, with a few names more where a comment says what they are: how many names a package may export, methods and
// constants included. A ceiling of 0 is none.
var ceilings = []struct {
	path string
	most int
}{
	{module, 40},
	{module + "/baseline", 13}, // 12 of api.md, and what it lends to a stack
	{module + "/ctgan", 13},    // and the rows of a page, which sampling in pieces needs
	{module + "/transformer/column", 20},
	{module + "/table", 71}, // and rows counted by conditions, dependencies found and as rules, rules that clash, gaps filled
	{module + "/table/encode", 0},
	{module + "/kernels", 0},
	{module + "/tensor", 0},
	{module + "/autograd", 0},
	{module + "/nn", 0},
}

func TestSurfaceIsTheCommittedOne(t *testing.T) {
	var paths []string
	for _, c := range ceilings {
		paths = append(paths, c.path)
	}
	lines, err := Surface(root, paths...)
	require.NoError(t, err)
	file := filepath.Join(root, "api.txt")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
	committed, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./internal/arch -update writes it")
	require.Equal(t, strings.Split(strings.TrimSpace(strings.ReplaceAll(string(committed), "\r\n", "\n")), "\n"), lines,
		"the exported names differ from api.txt; if that is meant, say so in CHANGELOG.md and run go test ./internal/arch -update")
}

func TestSurfaceStaysSmall(t *testing.T) {
	for _, c := range ceilings {
		lines, err := Surface(root, c.path)
		require.NoError(t, err)
		n := Names(lines)
		t.Logf("%s exports %d names", c.path, n)
		require.Positive(t, n, c.path)
		if c.most > 0 {
			require.LessOrEqual(t, n, c.most, "%s exports too many names", c.path)
		}
	}
}

// What Surface lists of a package with one of everything.
func TestSurfaceListsEverything(t *testing.T) {
	lines, err := Surface(".", module+"/internal/arch/testdata/everything")
	require.NoError(t, err)
	require.Equal(t, []string{
		"package " + module + "/internal/arch/testdata/everything",
		"const Blue Colour = 2",
		"const Red Colour = 1",
		"field Point.X float64",
		"field Point.Y float64",
		"func Distance(a Point, b *Point) (float64, error)",
		"func Each(v []int) (iter.Seq[int], error)",
		"func Map[T any](v []T, f func(T) T) []T",
		"method (*Point) Move(dx float64, dy float64)",
		"method (Colour) String() string",
		"type Alias = strings.Builder",
		"type Colour int",
		"type Point struct",
		"type Shape interface{Area() float64}",
		"var Origin Point",
	}, lines)
	require.Equal(t, 12, Names(lines))
	require.False(t, slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "hidden") }))
}

func TestSurfaceOfWhatIsNotThere(t *testing.T) {
	_, err := Surface(root, module+"/nosuch")
	require.ErrorContains(t, err, "go list")
}
