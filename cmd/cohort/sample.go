package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.org/cohort"
	"example.org/cohort/table"
)

var sampleVerb = verb{
	name: "sample", file: oneFile, help: sampleHelp, run: runSample,
	options: "n where balance seed strict shard m examples shots bf16 o force",
	group:   groupSteps, example: "sample grades.cohort", about: "write rows from a model",
}

func runSample(a *app, o *options) error {
	if o.output == "-" && o.copies > 1 {
		return usage("one-output", "-m writes several tables, and standard output holds one.", "cohort sample "+quoteArg(o.file())+" -m "+
			fmt.Sprint(o.copies)+" -o FILE")
	}
	opt, err := a.sampleOptions(o)
	if err != nil {
		return err
	}
	w, release := newWork(a, o, o.file())
	defer release()
	if w.model, err = w.load(); err != nil {
		return err
	}
	if opt.Rows == 0 {
		opt.Rows = int64(w.model.Info().Rows)
	}
	if opt.Examples, err = w.readExamples(); err != nil {
		return err
	}
	noHeader := false
	if o.shard.n > 0 {
		opt.First, opt.Rows = cohort.Shard(opt.Rows, o.shard.i, o.shard.n)
		noHeader = o.shard.i > 0
	}
	s := &sampling{work: w, opt: opt, noHeader: noHeader}
	return w.stopped(s.run(), "")
}

// load reads the model. A table in its place is answered by name.
func (w *work) load() (*cohort.Model, error) {
	s, err := w.a.open(w.file)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if !s.model && !strings.EqualFold(filepath.Ext(w.file), ".cohort") {
		p := fault("not-a-model", w.file+` is a table, not a model. "sample" writes rows from a model.`,
			"cohort make "+quoteArg(w.file)+"          (learns, writes and checks in one go)")
		p.file = w.file
		return nil, p
	}
	return cohort.Load(s)
}

// readExamples reads the table of --examples as the model's table is read; nil without one.
func (w *work) readExamples() (*table.Table, error) {
	if w.o.examples == "" {
		if w.o.shots > 0 {
			return nil, usage("missing-value", "--shots says how many rows of a table are shown, and no table is named.",
				w.o.without("shots").command(w.file, "--examples FILE"))
		}
		return nil, nil
	}
	s, err := w.a.open(w.o.examples)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if s.model {
		return nil, fault("not-a-table", w.o.examples+" is a model, not a table.", "cohort sample "+quoteArg(w.o.examples)+"     (writes rows from it)")
	}
	t, err := readLike(s, w.model.Info().Schema, table.ReadOptions{Warn: w.a.warn})
	var bad *table.Error
	if errors.As(err, &bad) {
		return nil, tableProblem(bad, w.o.with(w.o.examples))
	}
	return t, err
}

// sampling is one run of sample.
type sampling struct {
	*work
	opt      cohort.SampleOptions
	noHeader bool
	made     []string // folders that were made
	picked   cohort.Picking
}

func (s *sampling) run() (err error) {
	step := s.meter("Writing", "write", 0)
	s.opt.Progress, s.opt.Picking = step.progress, s.hearPicking
	if s.o.output == "-" {
		err = s.rows(s.a.out)
		step.stop()
		s.sayPicking()
		return err
	}
	path, err := s.place()
	defer func() {
		s.stage.discard()
		for i := len(s.made) - 1; i >= 0; i-- {
			os.Remove(s.made[i])
		}
	}()
	if err != nil {
		return err
	}
	if isDevice(path) {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		return s.rows(f)
	}
	for i := range max(1, s.o.copies) {
		s.opt.Seed = s.o.seed + uint64(i)
		if err := s.stage.write(numbered(path, s.o.copies, i), "hand-over", s.rows); err != nil {
			return err
		}
	}
	if err := s.stage.commit(nil); err != nil {
		return err
	}
	step.finish(rowsText(s.opt.Rows))
	s.announce()
	for _, f := range s.stage.files {
		s.a.say("Wrote      %s   %s", f.path, rowsText(s.opt.Rows))
	}
	s.sayPicking()
	people := "REAL.csv"
	if s.o.examples != "" {
		people = s.o.examples // who may have been copied, besides those of whom the model knows
	}
	s.a.sayUnchecked(people, s.stage.files[0].path)
	s.stage.files = nil
	return nil
}

// hearPicking takes what the library says of a table, and puts those of several together.
func (s *sampling) hearPicking(p cohort.Picking) {
	if s.picked.Rows > 0 {
		all := p.Rows + s.picked.Rows
		p.Effective = (p.Effective*float64(p.Rows) + s.picked.Effective*float64(s.picked.Rows)) / float64(all)
		p.Least, p.Rows = min(p.Least, s.picked.Least), all
	}
	s.picked = p
}

// A pickingEvent is how much choice there was among candidates, for programs.
type pickingEvent struct {
	Event      string  `json:"event"`
	Rows       int64   `json:"rows"`
	Candidates int     `json:"candidates"`
	Effective  float64 `json:"effective"` // mean share of the candidates that counts
	Least      float64 `json:"least"`
}

// sayPicking says how much choice there was where rows were picked from candidates.
func (s *sampling) sayPicking() {
	p := s.picked
	if p.Rows == 0 {
		return
	}
	if s.a.json {
		s.a.event(pickingEvent{"picking", p.Rows, p.Candidates, p.Effective, p.Least})
		return
	}
	n := float64(p.Candidates)
	s.a.note("Picked     each row from %d that meet the conditions; %.0f of them count (%.0f %%),\n"+
		"           and at least %.1f (%.0f %%)", p.Candidates, n*p.Effective, 100*p.Effective, n*p.Least, 100*p.Least)
}

// rows writes one table.
func (s *sampling) rows(out io.Writer) error {
	c := table.NewCSVWriter(out, s.model.Info().Schema)
	c.NoHeader = s.noHeader
	if s.opt.Rows == 0 { // a part without rows; for the library 0 is as many as were learned
		return c.Flush()
	}
	for t, err := range s.model.Chunks(s.ctx, s.opt) {
		if err != nil {
			return err
		}
		if err := c.Write(t); err != nil {
			return err
		}
	}
	return c.Flush()
}

// place finds the file to write: the one that -o names, or out/NAME_SYNTHETIC.csv in the first of out, out-2 ... that has
// nothing of that name.
func (s *sampling) place() (string, error) {
	if o := s.o.output; o != "" {
		if isDevice(o) {
			return o, nil
		}
		var err error
		s.made, err = makeFolders(filepath.Dir(o))
		removeLeftovers(filepath.Dir(o))
		for n, base := 2, strings.TrimSuffix(o, filepath.Ext(o)); !s.o.force && taken(o, s.o.copies); n++ {
			o = fmt.Sprintf("%s-%d%s", base, n, filepath.Ext(o))
		}
		return o, err
	}
	ext := ".csv"
	if s.model.Info().Schema.Dialect.Comma == '\t' {
		ext = ".tsv"
	}
	name := s.name + "_SYNTHETIC" + ext
	for n := 1; ; n++ {
		folder := pairAt("out", n).public
		removeLeftovers(folder)
		if s.o.force || !exists(filepath.Join(folder, name)) && !taken(filepath.Join(folder, name), s.o.copies) {
			made, err := makeFolders(folder)
			s.made = made
			return filepath.Join(folder, name), err
		}
	}
}

// numbered names the i-th of several tables, counted from 0: grades_SYNTHETIC_1.csv.
func numbered(path string, copies, i int) string {
	if copies <= 1 {
		return path
	}
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s_%d%s", strings.TrimSuffix(path, ext), i+1, ext)
}

// taken tells whether one of several tables would replace a file.
func taken(path string, copies int) bool {
	for i := range max(1, copies) {
		if exists(numbered(path, copies, i)) {
			return true
		}
	}
	return false
}
