package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/cohort"
	runs "example.org/cohort/internal/run" // run is a function here
	"example.org/cohort/table"
)

const fillOptionNames = readOptionNames + " " + learnOptionNames + " with m o force"

var fillVerb = verb{
	name: "fill", file: oneFile, help: fillHelp, run: runFill,
	options: fillOptionNames,
	group:   groupSteps, example: "fill partial.csv", about: "complete the empty cells of a table",
}

const fillHelp = `cohort fill FILE [options]     complete the empty cells of a table

FILE is a table with one header row, or - for standard input. It is only read.
Rows and their order stay as they are, and so does every cell that is there.
Ids, names, free text and what a rule computes from an empty cell stay empty,
and so does B beside A under a rule "A xor B". Cells that are against a rule
stay as they are; how many rows have such is said.
The result holds the real people of FILE: it is as confidential as FILE is.

  --with MODEL        the model that completes the cells; without one, FILE is
                      learned first (--model great, gpt2, distilgpt2 and
                      dialogpt can: cohort help models)
  -m NUMBER           so many tables, each with a seed of its own: how far they
                      differ says how sure the new cells are
  --seed NUMBER       other cells from the same model (default: 0)
  -o FILE             where to (default: partial_FILLED.csv in out-private);
                      - is standard output
  --force             replace the file
  --separator --encoding --skip-rows      how FILE is read: cohort help files
  --json, --quiet     for programs

Learning takes the options of "fit", too: cohort help fit

Example:
  cohort fit grades.csv --model great
  cohort fill partial.csv --with grades.cohort`

// withOptionNames are the options of fill that go together with --with: the others are about learning.
const withOptionNames = "with m o force seed separator encoding skip-rows " + everyVerb

func runFill(a *app, o *options) error {
	if o.output == "-" && o.copies > 1 {
		return usage("one-output", "-m writes several tables, and standard output holds one.", "cohort fill "+quoteArg(o.file())+" -m "+
			fmt.Sprint(o.copies)+" -o FILE")
	}
	if o.model == "" && o.withModel == "" {
		o.model = "great"
	}
	if o.withModel == "" && !o.isWriter() {
		return usage("bad-option", "a model "+o.model+" can't complete rows. Those that can are "+strings.Join(writerNames, ", ")+".",
			o.without("model").command(o.file(), "--model great"))
	}
	if !slices.Contains([]string{"", "plus"}, o.preset) && o.withModel == "" {
		return usage("bad-option", "preset "+o.preset+" can't complete rows; preset plus can.", o.without("preset").command(o.file(), ""))
	}
	if name := o.besideWith(fillOptionNames, withOptionNames); o.withModel != "" && name != "" {
		return usage("bad-option", dashed(name)+" is about learning, and --with names a model that has learned.",
			o.without(name).command(o.file(), ""))
	}
	w, release := newWork(a, o, o.file())
	defer release()
	f := &filling{work: w}
	defer f.discard()
	err := f.run()
	return w.stopped(err, f.checkpoint)
}

// filling is one run of fill.
type filling struct {
	*work
	checkpoint string
	made       []string // folders that were made
	gaps       int      // cells that were filled in the last table
	left       int      // cells of learned columns that stay empty in it
}

func (f *filling) discard() {
	f.stage.discard()
	for i := len(f.made) - 1; i >= 0; i-- {
		os.Remove(f.made[i])
	}
}

func (f *filling) run() error {
	path, err := f.place()
	if err != nil {
		return err
	}
	if err := f.prepare(path); err != nil {
		return err
	}
	if n := len(f.table.Rejected()); n > 0 {
		return f.unreadable(n)
	}
	step := f.meter("Filling", "fill", 0)
	if path == "-" || isDevice(path) {
		defer step.stop()
		return f.device(path)
	}
	for i := range max(1, f.o.copies) {
		write := func(out io.Writer) error { return f.fill(out, i) }
		if err := f.stage.write(numbered(path, f.o.copies, i), "filled", write); err != nil {
			return err
		}
	}
	tables := slices.Clone(f.stage.files)
	if err := f.stage.write(manifestBeside(path), "manifest", f.manifest(filepath.Dir(path))); err != nil {
		return err
	}
	if err := f.stage.commit(nil); err != nil {
		return err
	}
	step.finish(f.cells())
	f.announce()
	for _, t := range tables {
		f.a.sayPlace("Keep", t.path, "   "+rowsText(int64(f.table.Rows()))+": as confidential as the real table")
	}
	f.stage.files, f.made = nil, nil
	return nil
}

// cells says what was done in one table.
func (f *filling) cells() string {
	return count(f.gaps, "cell", "cells") + " filled, " + grouped(int64(f.left)) + " left empty"
}

// place finds the file to write: the one that -o names, or out-private/NAME_FILLED.csv in the first of out-private, out-2-private ... that
// has nothing of that name.
func (f *filling) place() (path string, err error) {
	if f.o.output == "-" || f.o.output != "" && isDevice(f.o.output) {
		return f.o.output, nil
	}
	free := func(path string) bool {
		return f.o.force || !taken(path, f.o.copies) && !exists(manifestBeside(path))
	}
	if path = f.o.output; path == "" {
		name := f.name + "_FILLED" + f.ext
		for n := 1; path == ""; n++ {
			if p := filepath.Join(pairAt("out", n).private, name); free(p) {
				path = p
			}
		}
	}
	ext := filepath.Ext(path)
	for n, base := 2, strings.TrimSuffix(path, ext); !free(path); n++ {
		path = fmt.Sprintf("%s-%d%s", base, n, ext)
	}
	f.made, err = makeFolders(filepath.Dir(path))
	removeLeftovers(filepath.Dir(path))
	return path, err
}

// manifestBeside names the manifest of the tables that path stands for.
func manifestBeside(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + "_manifest.json"
}

// prepare reads the model and the table as that understands it, or learns the table.
func (f *filling) prepare(path string) error {
	if f.o.withModel != "" {
		if err := f.loadModel(); err != nil {
			return err
		}
		return f.readAsModel()
	}
	if err := f.read(); err != nil {
		return err
	}
	folder := "."
	if path != "-" && !isDevice(path) {
		folder = filepath.Dir(path)
	}
	f.checkpoint = filepath.Join(folder, f.name+"_checkpoint")
	if f.o.resume && !exists(f.checkpoint) {
		return nothingToResume(f.work)
	}
	return f.learn(f.checkpoint)
}

// unreadable refuses a table of which a row would be lost.
func (f *filling) unreadable(n int) error {
	var lines []string
	for i, r := range f.table.Rejected() {
		if i == 5 {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, fmt.Sprint(r.Line))
	}
	p := fault("rows-unread", count(n, "row", "rows")+" of "+f.o.named()+" could not be read (lines "+strings.Join(lines, ", ")+"), and \"fill\" keeps every row.",
		"mend those lines, or leave them out with --skip-rows")
	p.file = f.file
	return p
}

// fill writes table i.
func (f *filling) fill(out io.Writer, i int) error {
	full, err := f.model.Fill(f.ctx, f.table, cohort.SampleOptions{Seed: f.o.seed + uint64(i), Warn: f.a.warn})
	if err != nil {
		return err
	}
	f.gaps, f.left = f.compare(full)
	return table.WriteCSV(out, full)
}

// compare counts the cells that were filled, and those of learned columns that were not.
func (f *filling) compare(full *table.Table) (gaps, left int) {
	for c := range full.Cols() {
		kind := full.Schema().Columns[c].Kind
		if kind == table.ID || kind == table.Text {
			continue
		}
		for r := range full.Rows() {
			_, was := f.table.Cell(r, c)
			_, is := full.Cell(r, c)
			switch {
			case was:
			case is:
				gaps++
			default:
				left++
			}
		}
	}
	return gaps, left
}

// device writes to standard output or a device.
func (f *filling) device(path string) error {
	if path == "-" {
		return f.fill(f.a.out, 0)
	}
	out, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer out.Close()
	return f.fill(out, 0)
}

// A fillMark is the manifest of fill.
type fillMark struct {
	Version string              `json:"version"`
	Binary  string              `json:"binary"` // SHA-256 of the program's file; empty if it can't be read
	Kernels string              `json:"kernels"`
	Made    string              `json:"made"`
	Data    dataMark            `json:"data"`
	With    *dataMark           `json:"with,omitempty"` // the model's file; absent where the table itself was learned
	Options map[string][]string `json:"options"`
	Recipe  string              `json:"recipe,omitempty"`
	Seed    uint64              `json:"seed"`
	Model   string              `json:"model"`
	Plan    planMark            `json:"plan"`
	Filled  int                 `json:"cells_filled"` // in the last table
	Left    int                 `json:"cells_left_empty"`
	Files   []fileMark          `json:"files"`
}

// manifest says how the tables came about.
func (f *filling) manifest(folder string) func(io.Writer) error {
	info := f.model.Info()
	m := fillMark{
		Version: cohort.Version, Binary: runs.Program(), Kernels: info.Kernels, Made: today(), Data: f.data, Options: map[string][]string{},
		Recipe: f.o.recipeText, Seed: f.o.seed, Model: info.Kind, Plan: planMark{info.Planned, info.Steps, info.StoppedBy}, Filled: f.gaps, Left: f.left,
	}
	if m.Data.Path != "-" {
		m.Data.Path = relativeTo(folder, m.Data.Path)
	}
	if f.o.withModel != "" {
		with := f.with
		with.Path = relativeTo(folder, with.Path)
		m.With = &with
	}
	for name, values := range f.o.given {
		if name != "with" && !slices.Contains(unrecorded, name) {
			m.Options[name] = values
		}
	}
	for _, t := range f.stage.files {
		m.Files = append(m.Files, fileMark{t.role, relativeTo(folder, t.path), t.sha256, t.bytes})
	}
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(m)
	}
}
