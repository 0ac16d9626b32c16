package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A goFile is one Go file of the repository, of whatever system or tag it is meant for.
type goFile struct {
	path   string // from the root, with slashes
	pkg    string // its folder, "." for the root
	test   bool
	syntax *ast.File
	fset   *token.FileSet
}

// goFiles parses every Go file outside testdata.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		syntax, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		dir := filepath.ToSlash(filepath.Dir(rel))
		files = append(files, goFile{rel, dir, strings.HasSuffix(name, "_test.go"), syntax, fset})
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

const (
	fileLines     = 500
	functionLines = 60
)

// Tests may be longer: a table of cases is read row by row.
func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		if n := f.fset.File(f.syntax.Pos()).LineCount(); n > fileLines {
			t.Errorf("%s has %d lines; %d are the most", f.path, n, fileLines)
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from, to := f.fset.Position(fn.Pos()).Line, f.fset.Position(fn.End()).Line
			if n := to - from + 1; n > functionLines {
				t.Errorf("%s:%d: %s has %d lines; %d are the most", f.path, from, fn.Name.Name, n, functionLines)
			}
		}
	}
}

// Every package says what it is for, shows how it is used, and measures itself.
func TestPackagesAreComplete(t *testing.T) {
	type has struct{ doc, example, output, benchmark, test bool }
	packages := map[string]*has{}
	for _, f := range goFiles(t) {
		p := packages[f.pkg]
		if p == nil {
			p = &has{}
			packages[f.pkg] = p
		}
		if filepath.Base(f.path) == "doc.go" && f.syntax.Doc != nil && strings.Count(f.syntax.Doc.Text(), "\n") >= 2 {
			p.doc = true
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !f.test || fn.Recv != nil {
				continue
			}
			switch name := fn.Name.Name; {
			case strings.HasPrefix(name, "Example"):
				p.example = true
				p.output = p.output || hasOutput(f, fn)
			case strings.HasPrefix(name, "Benchmark"):
				p.benchmark = true
			case strings.HasPrefix(name, "Test") && name != "TestMain":
				p.test = true
			}
		}
	}
	for name, p := range packages {
		if *p != (has{true, true, true, true, true}) {
			t.Errorf("package %s lacks something: %+v", name, *p)
		}
	}
}

// hasOutput tells whether a comment in the function begins with "Output:", so that go test runs the example.
func hasOutput(f goFile, fn *ast.FuncDecl) bool {
	for _, c := range f.syntax.Comments {
		if c.Pos() > fn.Pos() && c.End() < fn.End() && strings.Contains(c.Text(), "Output:\n") ||
			c.Pos() > fn.Pos() && c.End() < fn.End() && strings.HasPrefix(c.Text(), "Output:") {
			return true
		}
	}
	return false
}

// Exported names have a comment; it is what pkg.go.dev and go doc show.
func TestExportedNamesAreExplained(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && receiverIsExported(d) {
					t.Errorf("%s: %s has no comment", f.path, d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, f, d)
			}
		}
	}
}

func receiverIsExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	e := d.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if index, ok := e.(*ast.IndexExpr); ok {
		e = index.X
	}
	name, ok := e.(*ast.Ident)
	return ok && name.IsExported()
}

// undocumented reports the exported names of a declaration with neither a comment of their own, nor one behind them, nor
// one above the group.
func undocumented(t *testing.T, f goFile, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
				t.Errorf("%s: %s has no comment", f.path, s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					t.Errorf("%s: %s has no comment", f.path, name.Name)
				}
			}
		}
	}
}

// The texts that a release must have.
func TestRepositoryIsComplete(t *testing.T) {
	for name, want := range map[string]string{
		"README.md":    "go run ./cmd/cohort demo",
		"LICENSE":      "Apache License\n                           Version 2.0, January 2004",
		"NOTICE":       "Copyright 2026 The Cohort authors",
		"CITATION.cff": "name: \"The Cohort authors\"",
		"CHANGELOG.md": "## Unreleased",
	} {
		b, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Contains(t, strings.ReplaceAll(string(b), "\r\n", "\n"), want, name)
	}
}
