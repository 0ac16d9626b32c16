package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

var checkVerb = verb{
	name: "check", file: someFiles, help: checkHelp, run: runCheck,
	options: "person category ordered number date id text drop rule no-rules separator encoding skip-rows level protect recipe " +
		"target known sensitive holdout seed strict suite metrics sdis-weights regress sets csv latex report outside force",
	group: groupSteps, example: "check real.csv fake.csv", about: "judge a synthetic table, whoever made it",
}

const checkHelp = `cohort check REAL FAKE... [options]   judge synthetic tables, whoever made them

REAL is the table that a generator learned, FAKE what it wrote; both are only
read. Columns are matched by name, and kinds are those of REAL. Example:
  cohort check real_train.csv fake.csv --holdout real_heldout.csv

  --holdout FILE      real people whom the generator never saw. Without them
                      most privacy checks can't be made; cohort help study
                      says how to get them
  --target COL        what others will want to predict (default: every column
                      that real rows can predict)
  --person COL        says whom a row is about, if people have several rows
  --known COL         outsiders may know it (default: categories, dates)
  --sensitive COL     they may want to guess it (default: all categories)
  --protect NUMBER    what fewer persons than this have must not be in FAKE,
                      if it was made so (default: it is counted, no more)
  --category --ordered --number --date --id --text --drop
  --rule --no-rules   the columns and rules of REAL: cohort help columns
  --level structure   FAKE was made so: relations are not judged
  --separator --encoding --skip-rows      how REAL is read; the other files
                      may be written in another way
  --seed NUMBER       other draws where chance has a part (default: 0)

Several FAKEs are ranked. Names that differ in a number at their end, such as
ctgan-1.csv and ctgan-2.csv, or 'ctgan-*.csv', are the seeds of one generator.

  --report FILE       a page to read, print and sign: FILE.html. As
                      confidential as REAL
  --outside FILE      the same page for those who get FAKE: counts rounded,
                      small ones left out
  --suite NAME        whose definitions: sound (default), paper (the table of
                      Khalil et al., 2025), synthcity-0.2.10, synthcity-0.2.12,
                      sdmetrics, mostlyai-qa. Only sound has a verdict
  --metrics A,B       these metrics or groups alone; of sound: shape, pairs,
                      joint (whole rows), useful, private, rules, sdis, and two
                      that are made only when they are named: downstream
                      (models taught by FAKE and asked about --holdout) and
                      explain (by what rows are told from real ones)
  --sdis-weights 1,1,1   of quality, usefulness, indistinguishability in SDIS
  --regress "G3 ~ studytime + absences"   your own regression on real and on
                      synthetic rows: coefficients, overlap of intervals;
                      of several sets of one generator (sample -m) also the
                      estimates that they give together, with intervals
  --sets RULE         how: simple (sets of one model), proper (a model each),
                      partial (some columns real), filled (fill -m); default:
                      as they look

  --csv FILE          every number, one line a metric
  --latex FILE        a table for LaTeX: a line a metric, a column a FAKE
  --force             replace these files
  --strict            LOOK CLOSER exits 3, too
  --json, --quiet     for programs: events on standard error; on standard
                      output the whole report, or for several FAKEs
                      {"reports": [...], "ranking": {...}}

DO NOT RELEASE for any FAKE exits 3.`

// judging is one run of check.
type judging struct {
	a     *app
	o     *options
	ctx   context.Context
	stage stage
	input []byte // of standard input, which can be read only once
	lines [][2]string
	said  map[string]bool // warnings that were given

	real, held *table.Table
	fakes      []judged
}

// judged is one synthetic file.
type judged struct {
	file   string
	table  *table.Table // nil once it is judged
	report *eval.Report

	regression *eval.Regression // of --regress, or nil
	means      *eval.Regression // of the target, where several files are combined, or nil
}

func runCheck(a *app, o *options) error {
	ctx, release := untilInterrupt()
	defer release()
	j := &judging{a: a, o: o, ctx: ctx, said: map[string]bool{}}
	err := j.run()
	j.stage.discard()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (j *judging) run() error {
	if err := j.setsOption(); err != nil {
		return err
	}
	if err := j.files(); err != nil {
		return err
	}
	if err := j.read(); err != nil {
		return err
	}
	if err := j.compare(); err != nil {
		return err
	}
	if err := j.write(); err != nil {
		return err
	}
	return j.show()
}

// compare judges every file.
func (j *judging) compare() error {
	beside := "nobody was set aside"
	if j.held != nil {
		_, persons := j.held.Persons()
		beside = "against the " + grouped(int64(persons)) + " it never saw"
	}
	m := j.a.start("Checking", "check", 0)
	opt := eval.Options{
		Holdout: j.held, Target: j.o.target, Known: j.o.known, Sensitive: j.o.sensitive, Protect: max(j.o.protect, 0),
		Level: j.o.level, Seed: j.o.seed, Suite: j.o.suite, Only: j.o.metrics, Weights: j.o.weights,
	}
	for i := range j.fakes {
		f := &j.fakes[i]
		opt.Progress = func(phase string, done, total int64) {
			m.progress(phase, int64(i)*total+done, int64(len(j.fakes))*total)
		}
		opt.Warn = func(e *table.Error) { j.warnOf(f.file, e) }
		err := j.regress(f, opt)
		if err != nil {
			return err
		}
		if f.regression != nil && len(j.fakes) > 1 {
			if err := j.means(f, opt); err != nil {
				return err
			}
		}
		if f.report, err = eval.Compare(j.ctx, j.real, f.table, opt); err != nil {
			j.o.at = 1 + i
			return j.metricProblem(err)
		}
		f.table = nil
	}
	m.finish(beside)
	return nil
}

// warnOf gives a warning about a synthetic table, with the names of the files in place of their parts.
func (j *judging) warnOf(file string, e *table.Error) {
	named := *e
	named.Column = ""
	named.Reason = strings.NewReplacer("the synthetic table", file, "the people set aside", j.o.holdout).Replace(e.Reason)
	if text := named.Reason + named.Fix; !j.said[text] {
		j.said[text] = true
		j.a.warn(&named)
	}
}

// write writes the files of --csv, --report and --outside.
func (j *judging) write() error {
	j.describe()
	outputs := j.outputs()
	for _, out := range outputs {
		removeLeftovers(filepath.Dir(out.path))
		if err := j.stage.write(out.path, out.role, out.write); err != nil {
			return err
		}
	}
	if len(outputs) == 0 {
		return nil
	}
	if err := j.stage.commit(nil); err != nil {
		return err
	}
	j.stage.files = nil
	for _, out := range outputs {
		j.a.made(out.role, out.path)
	}
	return nil
}

// metrics writes every number of every report, one a line, behind the file that it is about.
func (j *judging) metrics(w io.Writer) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for i, f := range j.fakes {
		var b bytes.Buffer
		if err := f.whole().WriteCSV(&b); err != nil {
			return err
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			return err
		}
		for n, line := range lines {
			switch {
			case n > 0:
				c.Write(append([]string{f.file}, line...))
			case i == 0:
				c.Write(append([]string{"file"}, line...))
			}
		}
	}
	c.Flush()
	return c.Error()
}

// show prints the verdict of one file, or the ranking of several, and ends with the exit code of the worst.
func (j *judging) show() error {
	worst := eval.Pass
	for _, f := range j.fakes {
		worst = max(worst, f.report.Verdict)
	}
	switch {
	case j.a.json && len(j.fakes) == 1:
		j.a.verdictEvent("", j.fakes[0].report)
		if err := j.fakes[0].whole().WriteJSON(j.a.out); err != nil {
			return err
		}
	case j.a.json:
		if err := j.writeJSON(); err != nil {
			return err
		}
	case j.noVerdict():
		j.saySuite()
	case len(j.fakes) == 1:
		j.a.sayVerdict(j.onScreen(j.fakes[0].report), "", j.try)
		j.sayNumbers(&j.fakes[0])
		j.sayNext()
	default:
		j.sayRanking()
		j.sayCombined()
		j.sayNext()
	}
	return verdictExit(worst, j.o.strict)
}

// holdoutRemedy is the remedy of checks that need people set aside. It is the same for all of them and is said once.
const holdoutRemedy = "--holdout"

// onScreen is a report without the remedy that stands below it.
func (j *judging) onScreen(r *eval.Report) *eval.Report {
	shown := *r
	shown.Checks = slices.Clone(r.Checks)
	for i := range shown.Checks {
		if strings.HasPrefix(shown.Checks[i].Remedy, holdoutRemedy) && j.held == nil {
			shown.Checks[i].Remedy = ""
		}
	}
	return &shown
}

// sayNext ends the screen with what was not tested, and how to get people set aside if there were none.
func (j *judging) sayNext() {
	if j.held == nil {
		j.a.say("\n%s", wrap("", "Without real people whom the generator never saw, most privacy checks are not applicable. To get some, set them "+
			"aside before it learns, and let it learn the rest:", j.a.width))
		j.a.say("  %s", j.a.text(j.splitCommand()))
	}
	j.a.say("\n%s", "Not tested: what somebody could learn by joining this table with another one.")
	j.sayWritten()
}

// sayWritten names the files that were written.
func (j *judging) sayWritten() {
	for _, out := range j.outputs() {
		j.a.say("Wrote %s: %s", out.path, out.about)
	}
}

// splitCommand sets people aside.
func (j *judging) splitCommand() string {
	split := "cohort study split " + quoteArg(j.o.files[0])
	for _, o := range [][2]string{{" --target ", j.o.target}, {" --person ", j.o.person}} {
		if o[1] != "" {
			split += o[0] + quoteArg(o[1])
		}
	}
	return split
}

// ownRemedies are the options by which check itself is told more; any other remedy is for making the table anew.
var ownRemedies = []string{holdoutRemedy, "--target", "--known", "--sensitive", "--person"}

// try makes a whole command of a remedy.
func (j *judging) try(remedy string) string {
	name, _, _ := strings.Cut(remedy, " ")
	if slices.Contains(ownRemedies, name) {
		if remedy == holdoutRemedy {
			remedy += " FILE"
		}
		return j.o.remedied(j.o.files[0], remedy)
	}
	anew := *j.o
	anew.verb, anew.files, anew.at = "make", j.o.files[:1], 0
	anew.typed = map[string][]string{}
	for _, option := range strings.Fields(readOptionNames + " target known sensitive") {
		anew.typed[option] = j.o.typed[option]
	}
	return anew.remedied(anew.files[0], remedy)
}

// writeJSON writes the reports of several files and their ranking as one object.
func (j *judging) writeJSON() error {
	type fileReport struct {
		File      string          `json:"file"`
		Generator string          `json:"generator"`
		Report    json.RawMessage `json:"report"`
	}
	all := struct {
		Real    string       `json:"real"`
		Holdout string       `json:"holdout,omitempty"`
		Reports []fileReport `json:"reports"`
		Ranking *ranking     `json:"ranking"`

		Standing *eval.Standing    `json:"standing,omitempty"` // of the winner of the suite "paper"
		Combined []jsonCombination `json:"combined,omitempty"` // of --regress, where a generator has several files
	}{Real: j.o.files[0], Holdout: j.o.holdout, Ranking: newRanking(j.fakes), Standing: j.standing(), Combined: j.jsonCombined()}
	for _, f := range j.fakes {
		j.a.verdictEvent(f.file, f.report)
		var b bytes.Buffer
		if err := f.whole().WriteJSON(&b); err != nil {
			return err
		}
		all.Reports = append(all.Reports, fileReport{f.file, generatorOf(all.Ranking.Tables, f.file), b.Bytes()})
	}
	e := json.NewEncoder(j.a.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(all)
}
