package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"example.org/cohort"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// work is one run of make, demo or fit: what it has read, and how it can be stopped.
type work struct {
	a     *app
	o     *options
	began time.Time
	ctx   context.Context
	stop  *stopper
	step  atomic.Pointer[meter] // the progress line, for the goroutine that hears the signals

	file     string // as it was named; "-" is standard input
	name     string // of the results: grades for grades.csv
	ext      string // of the tables: .csv
	data     dataMark
	embedded []byte // the table, where it is no file: the demonstration leaves it in the private folder
	table    *table.Table
	encoder  *encode.Encoder // says how the columns will be learned
	found    []table.Found   // rules that hold in all rows, as showReading lists them
	model    *cohort.Model
	with     dataMark // the model's file that --with names; empty where the table itself is learned
	stage    stage
}

// newWork prepares a run on the file that o names. release gives the signals back.
func newWork(a *app, o *options, file string) (w *work, release func()) {
	w = &work{a: a, o: o, began: time.Now(), file: file, name: "table", ext: ".csv"}
	if file != "-" {
		ext := filepath.Ext(file)
		w.name = strings.TrimSuffix(filepath.Base(file), ext)
		switch strings.ToLower(ext) {
		case ".csv", ".tsv", ".txt", ".tab":
			w.ext = ext
		}
	}
	w.ctx, w.stop, release = interrupts(func() {
		if m := w.step.Load(); m != nil {
			m.aside("Finishing with the best so far. Ctrl-C again stops at once.")
		}
	})
	return w, release
}

// meter opens the progress line of the next step.
func (w *work) meter(label, phase string, expect time.Duration) *meter {
	m := w.a.start(label, phase, expect)
	w.step.Store(m)
	return m
}

// read reads the table and takes the hash of its bytes on the way.
func (w *work) read() error {
	m := w.meter("Reading", "read", 0)
	s, err := w.a.open(w.file)
	if err != nil {
		return err
	}
	defer s.Close()
	return w.readFrom(s, m)
}

func (w *work) readFrom(s *source, m *meter) error {
	sum := sha256.New()
	n := &countWriter{w: sum}
	s.Reader = io.TeeReader(contextReader{w.ctx, s.Reader}, n)
	t, err := w.a.readTable(w.o, s, m)
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, s.Reader); err != nil {
		return err
	}
	w.table = t
	if w.encoder, err = encode.Fit(t, encode.Options{Protect: w.o.persons(), Level: w.o.level}); err != nil {
		return err
	}
	w.data = dataMark{Path: w.file, SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n.n, Rows: t.Rows()}
	return nil
}

// persons is how many must have a value for it to be learned; 0 is off.
func (o *options) persons() int {
	if o.protect == 0 && o.level != "research" && !o.isPeer() {
		return 5
	}
	return max(o.protect, 0)
}

// learningShare is the part of --max-time that learning may take; the rest is for reading, writing and checking. It is a
// constant, because the plan is made from it and must not depend on a clock.
const learningShare = 0.8

// learn fits the model. A checkpoint is named beside the result, so that a stopped run can go on.
func (w *work) learn(checkpoint string) error {
	opt := w.a.fitOptions(w.o)
	opt.Budget = time.Duration(float64(opt.Budget) * learningShare)
	opt.Stop, opt.Checkpoint = w.stop.c, checkpoint
	m := w.meter("Learning", "learn", 0)
	estimate, err := cohort.Plan(w.table, opt)
	if err != nil {
		return err
	}
	w.saySize(estimate)
	m.willTake(estimate.Time)
	m.willCount()
	opt.Progress = func(phase string, done, total int64) {
		if phase == "learn" { // what comes before is short, and would fill the line twice
			m.progress(phase, done, total)
		}
	}
	if w.o.maxTime > 0 && w.o.steps == 0 {
		end := w.began.Add(w.o.maxTime * 9 / 10)
		m.willEnd(min(time.Until(end), opt.Budget))
		defer w.stop.closeAt(end)()
	}
	trace, err := w.follow(&opt)
	if err != nil {
		return err
	}
	w.model, err = cohort.Fit(w.ctx, w.table, opt)
	if err = trace.end(w.a, err); err != nil {
		return w.stopped(w.unlearned(err, checkpoint), checkpoint)
	}
	m.finish(learnedFrom(w.model.Info(), w.o.steps))
	w.a.sayChosen(w.model.Info())
	return nil
}

// sayChosen says what auto chose, and why, where it is more than trees: what it is then, learning has found out.
func (a *app) sayChosen(info cohort.Info) {
	if strings.HasPrefix(info.Kind, "columns ") {
		a.note("%s", wrap("Model      ", strings.ReplaceAll(info.Kind, " + ", ", ")+": "+info.Why, 79))
	}
}

// saySize says before learning which GPT-2 it will be, and how long that takes.
func (w *work) saySize(e cohort.Estimate) {
	if e.Size != "" {
		w.a.note("%-10s %s; about %s to learn", "Model", e.Size, clock(e.Time))
	}
}

// learnedFrom says from what a model was learned, and how far learning came if that is not the plan's end, or that of --steps.
func learnedFrom(info cohort.Info, asked int64) string {
	text := "the model, from all " + grouped(int64(info.Rows))
	how := "cut short"
	if info.StoppedBy == "held-out score" {
		how = "as good as it gets"
	}
	if asked == 0 {
		asked = info.Planned
	}
	if info.Steps < asked {
		text += "; " + how + " at " + grouped(info.Steps) + " of " + grouped(asked) + " steps"
	}
	return text
}

// unlearned says of a damaged checkpoint that it is the damaged file.
func (w *work) unlearned(err error, checkpoint string) error {
	if errors.Is(err, cohort.ErrDamaged) {
		anew := w.o.without("resume")
		p := fault("other-checkpoint", checkpoint+" is cut short or was changed, so the run can't go on from it.",
			anew.command(anew.file(), "")+"     (begins anew)")
		p.file, p.err = checkpoint, err
		return p
	}
	return err
}

// stopped turns the end of the context into exit 4, and says how to go on if there is something to go on with.
func (w *work) stopped(err error, checkpoint string) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	p := &problem{code: "stopped", exit: exitStopped, what: "stopped. Nothing was kept.", do: w.o.command(w.o.file(), "")}
	if exists(checkpoint) {
		p.what = "stopped. What was learned so far is in " + checkpoint + "."
		p.do = w.o.command(w.o.file(), "--resume") + "     (goes on from there)"
	}
	return p
}

// writeRejected stages the rows that were set aside, if there are any. They are real people.
func (w *work) writeRejected(folder string) error {
	rejected := w.table.Rejected()
	if len(rejected) == 0 {
		return nil
	}
	return w.stage.write(filepath.Join(folder, w.name+"_rejected.csv"), "rejected", func(out io.Writer) error {
		return writeRejectedRows(out, rejected)
	})
}

func rowsText(n int64) string { return count(int(n), "row", "rows") }

// today is the date of the result.
func today() string { return time.Now().Format(time.DateOnly) }

// announce tells programs which files were made.
func (w *work) announce() {
	for _, f := range w.stage.files {
		role := "keep"
		if f.role == "hand-over" {
			role = "hand-over"
		}
		w.a.made(role, f.path)
	}
}

// isDevice tells whether path is no file that a rename could replace: a device, a pipe.
func isDevice(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
