package arch

import (
	"encoding/json"
	"errors"
	"go/ast"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms is who may know whom: every package of the repository, and the packages of the repository that it may import. "."
// is the root. Tests may know everybody.
var rooms = map[string][]string{
	".":                          {"baseline", "ctgan", "eval", "eval/ml", "kernels", "table", "table/encode", "internal/container", "internal/draw", "internal/rng", "internal/run", "tokenizer", "transformer/column", "transformer/great", "transformer/hf"},
	"baseline":                   {"eval/ml", "table", "table/encode", "internal/container", "internal/draw", "internal/rng", "internal/run", "internal/tree"},
	"table":                      {"internal/rng"},
	"table/encode":               {"table", "internal/rng"},
	"eval/ml":                    {"autograd", "kernels", "nn", "tensor", "internal/numpy", "internal/rng", "internal/run", "internal/tree"},
	"cmd/cohort/internal/winres": {},
	"cmd/cohort":                 {".", "ctgan", "eval", "eval/report", "table", "table/encode", "kernels", "internal/container", "internal/demo", "internal/run", "tokenizer", "transformer", "transformer/great", "transformer/hf"},
	"ctgan":                      {"autograd", "kernels", "nn", "tensor", "table", "table/encode", "ctgan/mixture", "internal/container", "internal/draw", "internal/rng", "internal/run"},
	"ctgan/mixture":              {"internal/rng", "kernels"},
	"eval":                       {"table", "table/encode", "eval/ml", "eval/suite", "eval/sdmetrics", "eval/synthcity", "eval/mostlyai", "internal/rng", "internal/run"},
	"eval/report":                {"eval", "table"},
	"eval/suite":                 {"table"},
	"eval/sdmetrics":             {"eval/suite", "internal/rng", "internal/run"},
	"eval/synthcity":             {"eval/ml", "kernels", "internal/numpy", "internal/rng", "internal/run"},
	"eval/mostlyai":              {"eval/suite", "internal/run"},
	"autograd":                   {"tensor", "kernels"},
	"kernels":                    {},
	"kernels/internal/asmgen":    {},
	"nn":                         {"autograd", "tensor", "kernels", "internal/rng"},
	"tensor":                     {},
	"tokenizer":                  {},
	"tokenizer/gpt2":             {"tokenizer"},
	"transformer":                {"autograd", "kernels", "nn", "tensor", "transformer/hf", "internal/container", "internal/rng", "internal/run"},
	"transformer/great":          {"kernels", "nn", "table", "table/encode", "tokenizer", "tokenizer/gpt2", "transformer", "transformer/hf", "internal/container", "internal/draw", "internal/rng", "internal/run"},
	"transformer/column":         {"autograd", "kernels", "nn", "tensor", "table", "table/encode", "transformer", "internal/container", "internal/draw", "internal/rng", "internal/run"},
	"transformer/hf":             {"internal/container"},
	"internal/numpy":             {},
	"internal/ref":               {},
	"internal/arch":              {},
	"internal/container":         {},
	"internal/demo":              {},
	"internal/draw":              {"table", "table/encode", "internal/rng", "internal/run"},
	"internal/demo/gen":          {"internal/rng"},
	"internal/rng":               {},
	"internal/run":               {"internal/container"},
	"internal/testutil":          {"eval/suite", "table"},
	"internal/tree":              {"internal/rng"},
}

// What may be imported from elsewhere. cpuid brings golang.org/x/sys along, and gonum one package of golang.org/x/tools.
var (
	libraryModules = []string{"gonum.org/v1/gonum", "github.com/klauspost/cpuid/v2"}
	commandModules = []string{"golang.org/x/text", "github.com/BurntSushi/toml"}
	testModules    = []string{"github.com/stretchr/testify"}
	broughtAlong   = []string{"golang.org/x/sys", "golang.org/x/tools"}
)

// outside are the standard packages that a library package must not import, and why.
var outside = map[string]string{
	"C":              "the default build has no cgo",
	"encoding/gob":   "a file must not choose the types that are read from it",
	"log":            "a library writes no log",
	"log/slog":       "a library writes no log",
	"math/rand":      "random numbers come from internal/rng",
	"math/rand/v2":   "random numbers come from internal/rng",
	"net":            "nothing leaves the machine",
	"net/http":       "nothing leaves the machine",
	"os/exec":        "a library starts no programs",
	"os/signal":      "signals belong to the program",
	"plugin":         "no code in files",
	"net/http/pprof": "nothing leaves the machine",
}

// mayExec are the packages that may start programs all the same.
var mayExec = []string{"internal/arch"}

func TestPackagesKnowOnlyTheirNeighbours(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		seen[f.pkg] = true
		allowed, ok := rooms[f.pkg]
		if !ok {
			t.Errorf("%s: package %q is not in the table of rooms", f.path, f.pkg)
			continue
		}
		for _, spec := range f.syntax.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if why := refused(f, allowed, path); why != "" {
				t.Errorf("%s: imports %s: %s", f.path, path, why)
			}
		}
	}
	for name := range rooms {
		if !seen[name] {
			t.Errorf("the table of rooms has package %q, the repository has not", name)
		}
	}
}

// refused says why a file must not import path, or "".
func refused(f goFile, allowed []string, path string) string {
	if inside, ok := strings.CutPrefix(path+"/", module+"/"); ok {
		inside = strings.TrimSuffix(inside, "/")
		if inside == "" {
			inside = "."
		}
		if _, known := rooms[inside]; known && (f.test || slices.Contains(allowed, inside)) {
			return ""
		}
		return "the table of rooms does not allow it"
	}
	command := strings.HasPrefix(f.pkg, "cmd/")
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		if f.test || command || path == "os/exec" && slices.Contains(mayExec, f.pkg) {
			return ""
		}
		return outside[path]
	}
	modules := slices.Clone(libraryModules)
	if command {
		modules = append(modules, commandModules...)
	}
	if f.test {
		modules = append(modules, testModules...)
	}
	for _, m := range modules {
		if path == m || strings.HasPrefix(path, m+"/") {
			return ""
		}
	}
	return "no module of the allow-list"
}

// The tables above refuse what they should: otherwise a green test would say nothing.
func TestRefused(t *testing.T) {
	library, command := goFile{pkg: "table"}, goFile{pkg: "cmd/cohort"}
	test := goFile{pkg: "table", test: true}
	for _, c := range []struct {
		file goFile
		path string
		ok   bool
	}{
		{library, "strings", true},
		{library, module + "/internal/rng", true},
		{library, module + "/baseline", false},
		{library, module, false},
		{library, module + "/nosuch", false},
		{library, "math/rand/v2", false},
		{library, "net/http", false},
		{library, "gonum.org/v1/gonum/stat", true},
		{library, "gonum.org/v1/gonumx", false},
		{library, "golang.org/x/text/encoding", false},
		{library, "github.com/stretchr/testify/require", false},
		{command, "golang.org/x/text/encoding", true},
		{command, "golang.org/x/sys/windows", false},
		{command, "os/exec", true},
		{command, module, true},
		{command, module + "/baseline", false},
		{test, module + "/baseline", true},
		{test, "github.com/stretchr/testify/require", true},
		{test, "github.com/google/go-cmp/cmp", false},
	} {
		require.Equal(t, c.ok, refused(c.file, rooms[c.file.pkg], c.path) == "", "%s imports %s", c.file.pkg, c.path)
	}
}

// A stream of random numbers that nobody draws from is dead code; one that two packages draw from would give both the same
// numbers.
func TestStreamsHaveOneOwner(t *testing.T) {
	users := map[string]map[string]bool{}
	for _, f := range goFiles(t) {
		if f.path == "internal/rng/streams.go" {
			for name := range f.syntax.Scope.Objects {
				users[name] = map[string]bool{}
			}
		}
	}
	require.NotEmpty(t, users)
	for _, f := range goFiles(t) {
		if f.test || f.pkg == "internal/rng" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "rng" && users[s.Sel.Name] != nil {
				users[s.Sel.Name][f.pkg] = true
			}
			return true
		})
	}
	for name, packages := range users {
		require.Len(t, packages, 1, "rng.%s is drawn from by %v", name, packages)
	}
}

// What is linked, on every system, comes from the allow-list alone.
func TestLinkedModules(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, p := range dependencies(t, system, "./...") {
			for _, m := range p.modules {
				allowed := slices.Concat(libraryModules, broughtAlong)
				if strings.HasPrefix(p.name, module+"/cmd/") {
					allowed = append(allowed, commandModules...)
				}
				if !slices.Contains(allowed, m) {
					t.Errorf("%s on %s is linked with %s", p.name, system, m)
				}
			}
		}
	}
}

type linked struct {
	name    string
	modules []string // of other people
}

// dependencies asks the go command, which must find everything on this machine, for the modules behind each package.
func dependencies(t *testing.T, system, pattern string) []linked {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Deps,Module", pattern)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOPROXY=off", "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64")
	out, err := cmd.Output()
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(out)))
	moduleOf, depsOf := map[string]string{}, map[string][]string{}
	for {
		var p struct {
			ImportPath string
			Deps       []string
			Module     *struct{ Path string }
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		if p.Module != nil {
			moduleOf[p.ImportPath], depsOf[p.ImportPath] = p.Module.Path, p.Deps
		}
	}
	var all []linked
	for name, deps := range depsOf {
		if moduleOf[name] != module {
			continue
		}
		l := linked{name: name}
		for _, dep := range deps {
			if m := moduleOf[dep]; m != "" && m != module && !slices.Contains(l.modules, m) {
				l.modules = append(l.modules, m)
			}
		}
		all = append(all, l)
	}
	require.NotEmpty(t, all)
	return all
}

// go.mod names nothing but the allow-list, so that an embedder's module graph stays small.
func TestRequiredModules(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	allowed := slices.Concat(libraryModules, commandModules, testModules)
	required := 0
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(words) < 2 || !strings.Contains(words[0], ".") || words[0] == "module" || strings.HasSuffix(strings.TrimSpace(line), "// indirect") {
			continue
		}
		required++
		require.Contains(t, allowed, words[0], "go.mod requires it directly")
	}
	require.Positive(t, required)
}
