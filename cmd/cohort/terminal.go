package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// calledAs gives the name that a copied line needs: the bare name where the search path finds this program, ./cohort where
// it lies in the current folder, else the path as it was typed.
func calledAs(arg string) string {
	base := filepath.Base(arg)
	if arg == base {
		return arg
	}
	if strings.Contains(arg, "go-build") {
		return "go run ./cmd/cohort"
	}
	full, err := filepath.Abs(arg)
	if err != nil {
		return quoteArg(arg)
	}
	plain := strings.TrimSuffix(base, filepath.Ext(base))
	if found, err := exec.LookPath(plain); err == nil && runtime.GOOS == "windows" && strings.EqualFold(found, full) {
		return plain
	}
	if found, err := exec.LookPath(base); err == nil && found == full {
		return base
	}
	if folder, err := os.Getwd(); err == nil && filepath.Dir(full) == folder {
		return "." + string(filepath.Separator) + base
	}
	return quoteArg(arg)
}

// isTerminal tells whether w is a terminal, so that a line may overwrite itself.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && fileIsTerminal(f)
}

func showsColor(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && fileShowsColor(f)
}
