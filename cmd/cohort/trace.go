package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.org/cohort"
	"example.org/cohort/ctgan"
	"example.org/cohort/transformer/great"
)

// traceHeader names the columns of a trace. Nothing in a trace comes from a cell of the table.
const traceHeader = "step,epoch,critic,penalty,generator,condition,critic_norm,generator_norm,rate,rows_ms,critic_ms,generator_ms,rolled_back"

// writerHeader is that of a GPT-2.
const writerHeader = "step,epoch,loss,held,norm,rate,rolled_back"

// A trace is the file of --trace: a line for every step of a network, under a temporary name until learning ends.
type trace struct {
	path string
	made []string // folders
	file *os.File
	w    *bufio.Writer
	err  error // the first one
}

// newTrace opens the file that --trace names, or gives nil where it names none.
func (w *work) newTrace(header string) (*trace, error) {
	path := w.o.trace
	if path == "" {
		return nil, nil
	}
	if !w.o.force {
		path = freeName(path)
	}
	t := &trace{path: path}
	var err error
	if t.made, err = makeFolders(filepath.Dir(path)); err == nil {
		removeLeftovers(filepath.Dir(path))
		t.file, err = os.OpenFile(temporaryName(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	}
	if err != nil {
		t.discard()
		return nil, err
	}
	t.w = bufio.NewWriter(t.file)
	_, t.err = t.w.WriteString(header + "\n")
	return t, nil
}

func (t *trace) step(s ctgan.Step) {
	if t == nil || t.err != nil {
		return
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	_, t.err = fmt.Fprintf(t.w, "%d,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.3f,%.3f,%.3f,%t\n", s.Number, s.Epoch, s.Critic, s.Penalty,
		s.Generator, s.Condition, s.CriticNorm, s.GeneratorNorm, s.Rate, ms(s.Rows), ms(s.CriticTime), ms(s.GeneratorTime), s.RolledBack)
}

// wrote adds a step of a GPT-2.
func (t *trace) wrote(s great.Step) {
	if t == nil || t.err != nil {
		return
	}
	_, t.err = fmt.Fprintf(t.w, "%d,%.6g,%.6g,%.6g,%.6g,%.6g,%t\n", s.Number, s.Epoch, s.Loss, s.Held, s.Norm, s.Rate, s.RolledBack)
}

// end gives the file its name, unless learning ended with an error that is not the user's wish. It gives that error, or its
// own.
func (t *trace) end(a *app, learning error) error {
	if t == nil {
		return learning
	}
	if learning != nil && !errors.Is(learning, context.Canceled) {
		t.discard()
		return learning
	}
	err := t.err
	if err == nil {
		err = t.w.Flush()
	}
	if err = errors.Join(err, t.file.Close()); err == nil {
		err = renameTrying(t.file.Name(), t.path)
	}
	if err != nil {
		t.discard()
		return errors.Join(learning, err)
	}
	a.made("keep", t.path)
	a.note("%-10s %s   losses, norms and times of each step", "Trace", t.path)
	return learning
}

// discard leaves nothing of it.
func (t *trace) discard() {
	if t.file != nil {
		t.file.Close()
		os.Remove(t.file.Name())
	}
	for i := len(t.made) - 1; i >= 0; i-- {
		os.Remove(t.made[i])
	}
}

// follow lets the progress line and the trace hear of every step, where a network learns.
func (w *work) follow(opt *cohort.Options) (*trace, error) {
	if opt.CTGAN == nil && opt.GReaT == nil {
		return nil, nil
	}
	header := traceHeader
	if opt.GReaT != nil {
		header = writerHeader
	}
	t, err := w.newTrace(header)
	if err != nil {
		return nil, err
	}
	if opt.GReaT != nil {
		opt.GReaT.Trace = func(s great.Step) {
			w.step.Load().wrote(s)
			t.wrote(s)
		}
		return t, nil
	}
	tvae := w.o.model == "tvae"
	opt.CTGAN.Trace = func(s ctgan.Step) {
		w.step.Load().stepped(s, tvae)
		t.step(s)
	}
	return t, nil
}
