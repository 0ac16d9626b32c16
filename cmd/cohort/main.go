package main

import (
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"

	"example.org/cohort/kernels"
)

// The exit codes; done is 0.
const (
	exitError        = 1
	exitUsage        = 2
	exitDoNotRelease = 3
	exitStopped      = 4
)

// exitCode is an error that ends the program with a code and says nothing more.
type exitCode int

func (e exitCode) Error() string { return "exit" }

func main() {
	if doubleClicked() {
		os.Exit(runAlone(os.Args, os.Stdin, os.Stdout, os.Stderr, openFolder))
	}
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// app is one call of the command: where it reads and writes, and how it speaks.
type app struct {
	name  string // as it was called: cohort, ./cohort, .\cohort.exe
	in    io.Reader
	out   *resultWriter // results alone
	err   io.Writer     // everything else
	json  bool          // events, one JSON object a line, instead of text on err
	quiet bool          // no progress and no remarks
	tty   bool          // err is a terminal
	color bool          // err is a terminal that shows colours, and they are wanted
	width int           // columns of a line
	meter *meter        // the progress line of the step that runs, or nil

	handOver string // the last file that may be handed over, or ""

	mu       sync.Mutex // guards err and lineOpen: the clock of a progress line writes, too
	lineOpen bool       // a progress line stands on the terminal without its end
}

// run is the whole program. args[0] is the name it was called by. It returns the exit code.
func run(args []string, in io.Reader, out, err io.Writer) int {
	return newApp(args, in, out, err).run(args[min(1, len(args)):])
}

// run carries out one call; args are those after the name.
func (a *app) run(args []string) (code int) {
	o := &options{}
	defer func() {
		if r := recover(); r != nil {
			code = a.report(defect(), o)
		}
	}()
	err := a.dispatch(args, o)
	if err == nil {
		err = a.out.err
	}
	return a.report(err, o)
}

func newApp(args []string, in io.Reader, out, err io.Writer) *app {
	a := &app{name: "cohort", in: in, out: &resultWriter{w: out}, err: err, width: 79}
	if len(args) > 0 {
		a.name = calledAs(args[0])
	}
	a.tty = isTerminal(err)
	a.color = a.tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && showsColor(err)
	return a
}

// dispatch finds the verb and runs it.
func (a *app) dispatch(args []string, o *options) error {
	a.json = slices.Contains(args, "--json") // also for an error in the arguments
	v, help, err := a.parse(args, o)
	a.json, a.quiet = a.json || o.json, o.quiet
	switch {
	case err != nil:
		return err
	case help:
		return a.help(v)
	}
	if err := kernels.EnvironmentError(); err != nil && v.name != "version" && v.name != "help" {
		return usage("bad-kernels", "COHORT_KERNELS: "+err.Error()+".", "unset COHORT_KERNELS, or choose one of these")
	}
	if o.recipe != "" {
		if err := o.readRecipe(o.recipe); err != nil {
			return err
		}
	}
	if err := o.checkModel(); err != nil {
		return err
	}
	if err := a.checkWeights(o); err != nil {
		return err
	}
	return v.run(a, o)
}

// report writes the error of a run, if it has one, and gives the exit code.
func (a *app) report(err error, o *options) int {
	if a.meter != nil {
		a.meter.stop()
	}
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	p := a.problemOf(err, o)
	a.printProblem(p)
	if p.exit != 0 {
		return p.exit
	}
	return exitError
}

// resultWriter is standard output; it keeps the first error, so that a full disk behind ">" is no silent loss.
type resultWriter struct {
	w   io.Writer
	err error
}

func (r *resultWriter) Write(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.w.Write(b)
	r.err = err
	return n, err
}

// defect turns a panic into an error with the place in the program, and without what was panicked with: that may hold data.
func defect() error {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	place := ""
	for {
		f, more := frames.Next()
		if f.Function != "runtime.gopanic" && f.Function != "runtime.panicmem" && place == "" {
			place = f.Function
		}
		if !more {
			break
		}
	}
	return &defectError{place}
}
