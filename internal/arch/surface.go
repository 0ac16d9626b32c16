package arch

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// Surface lists what packages export, as the compiler sees it: for each package a line "package PATH" and below it one line
// for each constant, variable, function, method, type and exported field, sorted. dir lies in the module; the packages are
// named by import path. It needs the go command and no network.
func Surface(dir string, paths ...string) ([]string, error) {
	exports, err := exportFiles(dir, paths)
	if err != nil {
		return nil, err
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	var lines []string
	for _, path := range paths {
		pkg, err := from.Import(path)
		if err != nil {
			return nil, fmt.Errorf("arch: %s: %w", path, err)
		}
		lines = append(lines, "package "+path)
		lines = append(lines, exported(pkg)...)
	}
	return lines, nil
}

// Names counts the lines of one package that are names of their own: not the package and not the fields of a struct.
func Names(lines []string) int {
	n := 0
	for _, line := range lines {
		if !strings.HasPrefix(line, "package ") && !strings.HasPrefix(line, "field ") {
			n++
		}
	}
	return n
}

// exportFiles asks the go command for the compiled interfaces of the packages and all that they import.
func exportFiles(dir string, paths []string) (map[string]string, error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, paths...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("arch: go list: %w\n%s", err, stderr.String())
	}
	files := map[string]string{}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct{ ImportPath, Export string }
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("arch: go list: %w", err)
		}
		files[p.ImportPath] = p.Export
	}
}

func exported(pkg *types.Package) []string {
	var lines []string
	names := func(other *types.Package) string {
		if other == pkg {
			return ""
		}
		return other.Name()
	}
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.TypeName:
			lines = append(lines, typeLines(o, names)...)
		case *types.Const:
			lines = append(lines, types.ObjectString(o, names)+" = "+o.Val().String())
		default:
			lines = append(lines, types.ObjectString(o, names))
		}
	}
	slices.Sort(lines)
	for i, line := range lines {
		lines[i] = unnamed.ReplaceAllString(line, "")
	}
	return lines
}

// unnamed are the names that the compiler gives to some results without one.
var unnamed = regexp.MustCompile(`#rv\d+ `)

// typeLines gives the type itself, its exported fields and the exported methods that are declared on it.
func typeLines(t *types.TypeName, names types.Qualifier) []string {
	named, ok := t.Type().(*types.Named)
	if !ok || t.IsAlias() {
		return []string{types.ObjectString(t, names)}
	}
	var lines []string
	if s, ok := named.Underlying().(*types.Struct); ok {
		lines = append(lines, "type "+t.Name()+" struct")
		for f := range s.Fields() {
			if f.Exported() {
				lines = append(lines, "field "+t.Name()+"."+f.Name()+" "+types.TypeString(f.Type(), names))
			}
		}
	} else {
		lines = append(lines, types.ObjectString(t, names))
	}
	for m := range named.Methods() {
		if m.Exported() {
			signature := m.Signature()
			receiver := types.TypeString(signature.Recv().Type(), names)
			rest := strings.TrimPrefix(types.TypeString(signature, names), "func")
			lines = append(lines, "method ("+receiver+") "+m.Name()+rest)
		}
	}
	return lines
}
