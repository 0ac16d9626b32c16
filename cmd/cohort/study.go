package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"example.org/cohort/table"
)

var studyVerb = verb{
	name: "study", file: someFiles, help: studyHelp, run: runStudy,
	options: "keep person target seed separator encoding skip-rows o force",
	group:   groupResearch, example: "study split real.csv", about: "set people aside, to judge generators by",
}

const studyHelp = `cohort study split FILE [options]   set people aside, to judge generators by

Parts a real table in two: NAME_train.csv, from which a generator may learn,
and NAME_heldout.csv, the people it must never see. FILE is only read, and
every row stands in one of the two as it stood in FILE. Example:
  cohort study split real.csv --keep 20% --target final_result
  cohort check real_train.csv fake.csv --holdout real_heldout.csv

  --keep 20%          the part of the people to set aside (default: 20%);
                      with fewer than 40 of them check can't tell much, and
                      guessing a column needs 100
  --person COL        says whom a row is about, if people have several rows:
                      no person is in both files
  --target COL        each of its values (a number: each quarter) is parted
                      alike
  --seed NUMBER       another choice of people (default: 0)
  --separator --encoding --skip-rows      how FILE is read: cohort help files
  -o FOLDER           where to (default: here; names that are taken get -2,
                      -3 ... at their end)
  --force             replace the two files
  --json, --quiet     for programs

Both files are as confidential as FILE.`

// splitShare is the part of the persons that study split sets aside if --keep does not say.
const splitShare = 0.2

// runStudy runs the study that the first word names.
func runStudy(a *app, o *options) error {
	word := o.files[0]
	o.files = o.files[1:]
	switch {
	case word != "split" && looksLikeFile(word):
		o.files = []string{word}
		o.verb = "study split"
		return usage("unknown-study", `"study" needs a word that says what to do before the file.`, o.command(word, ""))
	case word != "split":
		return usage("unknown-study", `there is no study "`+word+`".`, "cohort help study")
	case len(o.files) == 0 && len(o.given) == 0:
		a.say("%s", a.text(studyHelp))
		return nil
	case len(o.files) == 0:
		return usage("no-file", `"study split" needs a file.`, "cohort help study")
	case len(o.files) > 1:
		return usage("too-many-files", `"study split" takes one file; here are `+count(len(o.files), "name", "names")+
			". A name with blanks stands in quotes.", "cohort study split "+quoteArg(strings.Join(o.files, " ")))
	}
	o.verb = "study split"
	ctx, release := untilInterrupt()
	defer release()
	return (&splitting{a: a, o: o, ctx: ctx}).run()
}

// untilInterrupt gives a context that ends with Ctrl-C or SIGTERM, for verbs that have nothing to finish with.
func untilInterrupt() (ctx context.Context, release func()) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// splitting is one run of study split.
type splitting struct {
	a     *app
	o     *options
	ctx   context.Context
	stage stage

	real, train, held *table.Table
	repeats           bool // an id has several rows, and --person does not say that it means people
}

func (s *splitting) run() (err error) {
	if err := s.read(); err != nil {
		return err
	}
	keep := s.o.keep
	if keep == 0 {
		keep = splitShare
	}
	var strata []string
	if s.o.target != "" {
		if _, err := s.real.Schema().Column(s.o.target); err != nil {
			return err
		}
		strata = append(strata, s.o.target)
	}
	s.held, s.train = s.real.Split(keep, s.o.seed, strata...)
	if s.held.Rows() == 0 || s.train.Rows() == 0 {
		_, persons := s.real.Persons()
		p := fault("too-few-people", fmt.Sprintf("%s has %s: of so few, that part leaves one of the two files empty.",
			s.o.named(), count(persons, "person", "people")), s.o.command(s.o.file(), "--keep 50%"))
		if persons < 2 {
			p.do = "take a table of more people: 300 or more work well"
		}
		p.file = s.o.file()
		return p
	}
	return s.write()
}

func (s *splitting) read() error {
	src, err := s.a.open(s.o.file())
	if err != nil {
		return err
	}
	defer src.Close()
	src.Reader = contextReader{s.ctx, src.Reader}
	m := s.a.start("Reading", "read", 0)
	defer m.stop()
	s.real, err = s.a.readTableWith(s.o, src, m, func(e *table.Error) {
		s.repeats = s.repeats || e.Code == "repeated-id" && s.o.person == ""
		if slices.Contains(aboutRows, e.Code) {
			s.a.warn(e)
		}
	})
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	return err
}

// aboutRows are the warnings that tell which rows are there and whom they are about; how columns would be learned is of no
// matter where nothing is learned.
var aboutRows = []string{"rows-set-aside", "repeated-id", "no-header", "second-header", "total-row", "empty-column", "index-column"}

// write gives both tables, or none, their names.
func (s *splitting) write() (err error) {
	folder := "."
	if s.o.output != "" {
		if folder, err = outputFolder(s.o.output); err != nil {
			return err
		}
	}
	made, err := makeFolders(folder)
	defer func() {
		s.stage.discard()
		for i := len(made) - 1; i >= 0; i-- {
			os.Remove(made[i])
		}
	}()
	if err != nil {
		return err
	}
	removeLeftovers(folder)
	train, held := s.names(folder)
	for _, part := range []struct {
		path string
		t    *table.Table
	}{{train, s.train}, {held, s.held}} {
		err := s.stage.write(part.path, "keep", func(w io.Writer) error { return table.WriteCSV(w, part.t) })
		if err != nil {
			return err
		}
	}
	rejected := ""
	if len(s.real.Rejected()) > 0 {
		rejected = strings.Replace(train, "_train", "_rejected", 1)
		if !s.o.force {
			rejected = freeName(rejected)
		}
		err := s.stage.write(rejected, "keep", func(w io.Writer) error { return writeRejectedRows(w, s.real.Rejected()) })
		if err != nil {
			return err
		}
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if err := s.stage.commit(nil); err != nil {
		return err
	}
	for _, f := range s.stage.files {
		s.a.made("keep", f.path)
	}
	s.stage.files = nil
	s.show(train, held, rejected)
	return nil
}

// names finds the names of the two files: both with the same number where one of them is taken.
func (s *splitting) names(folder string) (train, held string) {
	name, ext := "table", ".csv"
	if file := s.o.file(); file != "-" {
		name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if slices.Contains([]string{".csv", ".tsv", ".txt", ".tab"}, strings.ToLower(filepath.Ext(file))) {
			ext = filepath.Ext(file)
		}
	}
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = "-" + strconv.Itoa(n)
		}
		train = filepath.Join(folder, name+"_train"+number+ext)
		held = filepath.Join(folder, name+"_heldout"+number+ext)
		if s.o.force || !exists(train) && !exists(held) {
			return train, held
		}
	}
}

// show says what was written, and how to go on.
func (s *splitting) show(train, held, rejected string) {
	who := "no person is in both"
	if s.repeats {
		who = "no row is in both"
	}
	size := func(t *table.Table) string {
		text := rowsText(int64(t.Rows()))
		if _, persons := t.Persons(); persons < t.Rows() {
			text += " of " + count(persons, "person", "people")
		}
		return text
	}
	s.a.say("%s", wrap("", fmt.Sprintf("Wrote %s (%s) and %s (%s); %s. Give every generator %s only.",
		train, size(s.train), held, size(s.held), who, train), s.a.width))
	if rejected != "" {
		s.a.say("%s", wrap("", fmt.Sprintf("%s could not be read: in neither of the two, but in %s.",
			count(len(s.real.Rejected()), "row", "rows"), rejected), s.a.width))
	}
	next := "cohort check " + quoteArg(train) + " FAKE.csv --holdout " + quoteArg(held)
	for _, o := range [][2]string{{"--person ", s.o.person}, {"--target ", s.o.target}} {
		if o[1] != "" {
			next += " " + o[0] + quoteArg(o[1])
		}
	}
	s.a.note("%s", s.a.text("Next   "+next))
}

// writeRejectedRows writes rows that could not be read, with line and reason. They are real people.
func writeRejectedRows(out io.Writer, rejected []table.Rejected) error {
	c := csv.NewWriter(out)
	c.Write([]string{"line", "reason", "raw"})
	for _, r := range rejected {
		c.Write([]string{strconv.FormatInt(r.Line, 10), r.Reason, strings.TrimRight(string(r.Raw), "\r\n")})
	}
	c.Flush()
	return c.Error()
}
