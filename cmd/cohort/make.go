package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/table"
)

var makeVerb = verb{
	name: "make", file: oneFile, help: makeHelp, run: runMake,
	options: readOptionNames + " " + learnOptionNames + " target known sensitive set-aside no-refit n where balance o force replay strict",
	group:   groupStart, example: "make grades.csv", about: "real table in; synthetic table, verdict out",
}

// making is one run of make: the work, and where its files go.
type making struct {
	*work
	base     string // folder asked for
	pair     *pair
	old      []string  // files of the last result, which --force replaces
	replay   *manifest // of the run that is repeated; nil
	opt      cohort.MakeOptions
	weights  *weightsMark  // of the folder of weights; its path is from here. nil: none
	phase    string        // of the library that is under way
	planned  int64         // what the phase has to do in all; it may end with less
	estimate time.Duration // of learning everybody
	result   *cohort.Result
	record   *manifest
	held     *problem // says that --force could not replace the last result
}

func runMake(a *app, o *options) error {
	if o.replay != "" {
		return runReplay(a, o)
	}
	w, release := newWork(a, o, o.file())
	defer release()
	return (&making{work: w}).run(w.read)
}

// run does the whole work. read reads the table; everything after it is the same for make, --replay and demo.
func (m *making) run(read func() error) error {
	if err := m.markWeights(); err != nil {
		return m.stopped(err, "")
	}
	if err := read(); err != nil {
		return m.stopped(err, "")
	}
	if err := m.checkOptions(); err != nil {
		return err
	}
	m.showReading()
	if err := m.claim(); err != nil {
		return err
	}
	defer func() {
		m.stage.discard()
		m.pair.drop()
	}()
	if err := m.learnAndJudge(m.inPrivate("_checkpoint")); err != nil {
		return err
	}
	if err := m.write(); err != nil {
		return m.stopped(err, "")
	}
	return m.deliver()
}

// deliver gives the files their names, says what was found, and ends with the exit code of the result.
func (m *making) deliver() error {
	if err := m.finish(); err != nil {
		return err
	}
	m.announce()
	m.stage.files = nil
	m.showResult()
	exit := verdictExit(m.result.Report.Verdict, m.o.strict)
	if m.held != nil && exit == nil {
		return m.held
	}
	if m.held != nil {
		m.a.printProblem(m.held)
	}
	return exit
}

// mayRelease tells whether there is something to hand over.
func (m *making) mayRelease() bool { return m.result.Report.Verdict != eval.DoNotRelease }

// checkOptions finds mistakes in conditions and names before anything is learned.
func (m *making) checkOptions() (err error) {
	if m.opt, err = m.a.makeOptions(m.o); err != nil {
		return err
	}
	where := m.opt.Sample.Where
	if _, err := table.Sets(m.table.Schema(), where); err != nil {
		return err
	}
	// What the model will write lacks the columns that are left out. Its ranges are not the encoder's, so only names count.
	written := m.encoder.Schema()
	var e *table.Error
	if _, err := table.Sets(written, where); errors.As(err, &e) && e.Code == "no-such-column" {
		return err
	}
	names := append([]string{m.o.balance, m.o.target}, m.o.known...)
	for _, name := range append(names, m.o.sensitive...) {
		if name == "" {
			continue
		}
		if _, err := written.Column(name); err != nil {
			return err
		}
	}
	if m.o.target != "" && m.encoder.Filled(columnIndex(written, m.o.target)) {
		p := fault("bad-target", "--target names the column "+strconv.Quote(m.o.target)+", which is not learned but invented, so nothing can predict it.",
			"cohort inspect "+quoteArg(m.file)+"     (shows what is learned)")
		p.file, p.column = m.file, m.o.target
		return p
	}
	return nil
}

// claim finds the folders: new ones, those of the stopped run, or with --force those of the last result.
func (m *making) claim() error {
	var err error
	if m.base, err = outputFolder(m.o.output); err != nil {
		return err
	}
	switch {
	case m.o.resume:
		m.pair = lastPair(m.base, func(p *pair) bool { return exists(filepath.Join(p.private, m.name+"_checkpoint")) })
		if m.pair == nil {
			return nothingToResume(m.work)
		}
	case m.o.force:
		m.pair = lastPair(m.base, func(p *pair) bool { return len(manifestPaths(p.private)) > 0 })
	}
	if m.pair == nil {
		m.pair, err = newPair(m.base)
		return err
	}
	m.old = oldFiles(m.pair)
	return m.pair.reopen()
}

func (m *making) inPrivate(suffix string) string { return filepath.Join(m.pair.private, m.name+suffix) }

// write stages the synthetic table: among what is handed over, or, after DO NOT RELEASE, beside the model.
func (m *making) write() error {
	step := m.meter("Writing", "write", 0)
	path, role := m.inPrivate("_SYNTHETIC_DO-NOT-RELEASE"+m.ext), "do-not-release"
	if m.mayRelease() {
		path, role = filepath.Join(m.pair.public, m.name+"_SYNTHETIC"+m.ext), "hand-over"
		if err := m.pair.openPublic(); err != nil {
			return err
		}
	}
	made := m.result.Table
	err := m.stage.write(path, role, func(out io.Writer) error { return table.WriteCSV(contextWriter{m.ctx, out}, made) })
	if err != nil {
		return err
	}
	broken := 0
	for _, r := range made.Schema().Rules {
		if len(r.Broken(made)) > 0 {
			broken++
		}
	}
	step.replace(rowsText(int64(made.Rows())) + ", " + count(broken, "rule", "rules") + " broken")
	m.a.sayChosen(m.result.Model.Info())
	return nil
}

// finish stages the other files, and gives all of them their names.
func (m *making) finish() error {
	if m.mayRelease() {
		if err := m.stage.write(filepath.Join(m.pair.public, "README.txt"), "hand-over", m.readme); err != nil {
			return err
		}
		if err := m.stage.write(filepath.Join(m.pair.public, m.name+"_report.html"), "hand-over", m.outsideReport); err != nil {
			return err
		}
	}
	if err := m.stage.write(m.inPrivate("_report_full.html"), "full-report", m.fullReport); err != nil {
		return err
	}
	if err := m.stage.write(m.inPrivate("_report_full.json"), "full-report-json", m.result.Report.WriteJSON); err != nil {
		return err
	}
	if err := m.stage.write(m.inPrivate(".cohort"), "model", m.result.Model.Save); err != nil {
		return err
	}
	if m.embedded != nil {
		m.data.Path = m.inPrivate(m.ext)
		whole := func(out io.Writer) error { _, err := out.Write(m.embedded); return err }
		if err := m.stage.write(m.data.Path, "source", whole); err != nil {
			return err
		}
	}
	own := *m.o
	own.verb, own.files = "make", []string{m.data.Path}
	recipe := func(out io.Writer) error { return writeRecipe(out, m.table, m.found, &own) }
	if err := m.stage.write(m.inPrivate("_recipe.toml"), "recipe", recipe); err != nil {
		return err
	}
	if err := m.writeRejected(m.pair.private); err != nil {
		return err
	}
	if err := m.writeManifest(); err != nil {
		return err
	}
	if err := m.compareReplay(); err != nil {
		return err
	}
	return m.commit()
}

func (m *making) writeManifest() error {
	m.record = newManifest(m.o, m.result)
	m.record.Data = m.data
	if m.data.Path != "-" {
		m.record.Data.Path = relativeTo(m.pair.private, m.data.Path)
	}
	if m.weights != nil {
		m.record.Weights = &weightsMark{relativeTo(m.pair.private, m.weights.Path), m.weights.SHA256}
	}
	m.record.Tables = 1 + tablesMade(m.pair.public, m.data.SHA256)
	m.record.addFiles(m.pair.private, &m.stage)
	return m.stage.write(m.inPrivate("_manifest.json"), "manifest", m.record.write)
}

// commit renames everything. Where --force can't replace a file that another program holds open, the result goes to new
// folders, and held says so.
func (m *making) commit() error {
	held := m.stage.commit(m.old)
	if held == nil {
		if !m.mayRelease() {
			os.Remove(m.pair.public) // of the last result, which was replaced; succeeds only where it is empty
		}
		return nil
	}
	if len(m.old) == 0 {
		return held
	}
	last := m.pair
	defer last.drop()
	var err error
	if m.pair, err = newPair(m.base); err != nil {
		return err
	}
	place := m.pair.private
	if m.mayRelease() {
		place = m.pair.public
		if err := m.pair.openPublic(); err != nil {
			return err
		}
	}
	if err := m.moveTo(m.pair, last); err != nil {
		return err
	}
	m.held = fault("file-open", "a file of the last result is open in another program, so --force can't replace it. The new table is complete, in "+
		slashed(place)+".", "close the file in the other program; nothing needs to be run again.")
	if path := pathOf(held); path != "" {
		m.held.file = path
		m.held.what = strings.Replace(m.held.what, "a file of the last result", path, 1)
	}
	return nil
}

// moveTo brings the staged files from one pair of folders to another, and commits them there.
func (m *making) moveTo(to, from *pair) error {
	m.stage.remove("manifest")
	for i := range m.stage.files {
		f := &m.stage.files[i]
		folder := to.private
		if filepath.Dir(f.path) == from.public {
			folder = to.public
		}
		path := filepath.Join(folder, filepath.Base(f.path))
		if err := os.Rename(temporaryName(f.path), temporaryName(path)); err != nil {
			return err
		}
		f.path = path
	}
	if err := m.writeManifest(); err != nil {
		return err
	}
	return m.stage.commit(nil)
}

// pathOf gives the path that an error of the operating system is about, or "".
func pathOf(err error) string {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &l):
		return l.New
	case errors.As(err, &p):
		return p.Path
	}
	return ""
}

// slashed ends the name of a folder with a slash, as people read it.
func slashed(folder string) string { return folder + string(os.PathSeparator) }
