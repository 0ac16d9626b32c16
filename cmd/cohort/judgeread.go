package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/cohort"
	"example.org/cohort/table"
)

// read reads all tables and tells what they hold.
func (j *judging) read() error {
	m := j.a.start("Reading", "read", 0)
	var err error
	if j.real, err = j.readReal(m); err != nil {
		return err
	}
	if j.o.holdout != "" {
		j.o.at = -1
		if j.held, err = j.readOther(j.o.holdout, m); err != nil {
			return err
		}
		j.tell(j.o.holdout, j.held, "set aside")
	}
	for i := range j.fakes {
		j.o.at = 1 + i
		if j.fakes[i].table, err = j.readOther(j.fakes[i].file, m); err != nil {
			return err
		}
		j.tell(j.fakes[i].file, j.fakes[i].table, "")
	}
	j.o.at = 0
	if err := j.sameColumns(); err != nil {
		return err
	}
	m.replace(columns(j.lines, j.a.width-11))
	return nil
}

// tell notes what was read of a file.
func (j *judging) tell(file string, t *table.Table, note string) {
	text := count(t.Rows(), "row", "rows")
	if persons := personsIn(t, j.real.Schema().Person); persons < t.Rows() {
		text += " of " + count(persons, "person", "people")
	}
	text += ", " + count(t.Cols(), "column", "columns")
	if note != "" {
		text += ", " + note
	}
	if dialect := dialectText(t.Schema()); t == j.real || dialect != dialectText(j.real.Schema()) {
		text += "; " + strings.Replace(dialect, "day/month/year", "day/month", 1) // as make has it
	}
	j.lines = append(j.lines, [2]string{j.short(file), text})
}

// short is a file as a line of the screen names it: without its folder, where no other has its name.
func (j *judging) short(file string) string {
	if file == "-" {
		return "(input)"
	}
	base := filepath.Base(file)
	same := 0
	for _, other := range append(slices.Clone(j.o.files), j.o.holdout) {
		if filepath.Base(other) == base {
			same++
		}
	}
	if same > 1 {
		return file
	}
	return base
}

// personsIn counts the different cells of the column that says whom a row is about, and the rows without one.
func personsIn(t *table.Table, person string) int {
	col := columnIndex(t.Schema(), person)
	if col < 0 {
		return t.Rows()
	}
	seen := make(map[string]bool)
	nobody := 0
	for row := range t.Rows() {
		if text, ok := t.Cell(row, col); ok {
			seen[text] = true
		} else {
			nobody++
		}
	}
	return len(seen) + nobody
}

// readReal reads the real table. Its columns must be those that the options name, and its rules must hold.
func (j *judging) readReal(m *meter) (*table.Table, error) {
	opt, err := j.a.readOptions(j.o)
	if err != nil {
		return nil, err
	}
	t, err := j.readFile(j.o.files[0], opt, m, append([]string{"ambiguous-date"}, aboutRows...))
	if err != nil {
		return nil, err
	}
	names := slices.Concat(j.o.known, j.o.sensitive)
	if j.o.target != "" {
		names = append(names, j.o.target)
	}
	for _, name := range names {
		c, err := t.Schema().Column(name)
		if err != nil {
			return nil, err
		}
		if c.Treat == table.Drop {
			return nil, &table.Error{Code: "no-such-column", Column: name, Reason: "the column is left out"}
		}
	}
	if err := j.rulesHold(t); err != nil {
		return nil, err
	}
	if !j.o.noRules {
		found, err := cohort.Rules(t, cohort.Options{Protect: j.o.protect, Level: j.o.level})
		if err != nil {
			return nil, err
		}
		var rules []table.Rule
		for _, f := range found {
			rules = append(rules, f.Rule)
		}
		t = t.WithRules(rules...)
	}
	j.real = t
	j.tell(j.o.files[0], t, "")
	if rules := t.Schema().Rules; len(rules) > 0 {
		j.lines = append(j.lines, [2]string{"", rulesText(rules)})
	}
	return t, nil
}

// rulesText says which rules hold, or how many where their names would fill the screen.
func rulesText(rules []table.Rule) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.String())
	}
	text := count(len(rules), "rule holds", "rules hold") + " in every row"
	if list := strings.Join(names, "; "); utf8.RuneCountInString(list) <= 60 {
		return text + ": " + list
	}
	return text + "; inspect lists them"
}

// rulesHold refuses a rule of --rule that the real rows break: synthetic ones could not be judged by it.
func (j *judging) rulesHold(t *table.Table) error {
	for _, r := range t.Schema().Rules {
		broken := r.Broken(t)
		if len(broken) == 0 {
			continue
		}
		p := fault("rule-broken", fmt.Sprintf("the rule %s does not hold in %s of %s; the first is row %s below the header.", r.String(),
			grouped(int64(len(broken))), j.o.named(), grouped(int64(broken[0]+1))), "leave the rule out, or correct these rows")
		p.file = j.o.file()
		return p
	}
	return nil
}

// readOther reads a table that is compared with the real one. It may be written in another way, so the options about the
// file are for the real one, and are tried here only where it can't be read without. Kinds are found anew, for nothing that
// stands in a cell may be an error; but day and month stand in the order of the real table where both would do.
func (j *judging) readOther(path string, m *meter) (*table.Table, error) {
	var opt table.ReadOptions
	t, turned, err := j.readOrdered(path, opt, m)
	if j.o.separator != 0 || j.o.encoding != "" {
		guessed := err == nil && t.Schema().Dialect.Encoding == "windows-1252" && j.o.encoding != ""
		if err != nil || guessed || len(j.lacks(t)) > 0 {
			opt.Dialect.Comma = j.o.separator
			if j.o.encoding != "" {
				opt.Dialect.Encoding, opt.Decode = encodingNamed(j.o.encoding)
			}
			if again, turnedAgain, err2 := j.readOrdered(path, opt, m); err2 == nil && (err != nil || len(j.lacks(again)) <= len(j.lacks(t))) {
				t, turned, err = again, turnedAgain, nil
			}
		}
	}
	if err != nil || len(turned) == 0 {
		return t, err
	}
	opt.Schema = &table.Schema{Columns: turned}
	return j.readFile(path, opt, m, aboutFile)
}

// aboutFile are the warnings that matter for a table beside the real one.
var aboutFile = []string{"rows-set-aside", "no-header", "index-column"}

// readOrdered reads a table, and tells which of its columns of dates were taken in another order of day and month than the
// real one has, without a cell to prove it.
func (j *judging) readOrdered(path string, opt table.ReadOptions, m *meter) (*table.Table, []table.Column, error) {
	var doubtful []string
	opt.Warn = func(e *table.Error) {
		if e.Code == "ambiguous-date" {
			doubtful = append(doubtful, e.Column)
		}
	}
	t, err := j.readFile(path, opt, m, aboutFile)
	if err != nil {
		return nil, nil, err
	}
	var turned []table.Column
	for _, name := range doubtful {
		here, err1 := t.Schema().Column(name)
		real, err2 := j.real.Schema().Column(name)
		if err1 == nil && err2 == nil && here.Kind == table.Date && real.Kind == table.Date && dayFirst(here.Layout) != dayFirst(real.Layout) {
			order := "m/d/y"
			if dayFirst(real.Layout) {
				order = "d/m/y"
			}
			turned = append(turned, table.Column{Name: name, Kind: table.Date, Layout: order})
		}
	}
	return t, turned, nil
}

// dayFirst tells whether a layout writes the day before the month.
func dayFirst(layout string) bool {
	text := time.Date(2003, 11, 22, 0, 0, 0, 0, time.UTC).Format(layout)
	return strings.Index(text, "22") < strings.Index(text, "11")
}

// readFile reads one file. Warnings of the codes in heard are given, with the name of the file; opt.Warn hears the others.
func (j *judging) readFile(path string, opt table.ReadOptions, m *meter, heard []string) (*table.Table, error) {
	if path == "-" {
		if j.input == nil {
			b, err := io.ReadAll(contextReader{j.ctx, j.a.in})
			if err != nil {
				return nil, err
			}
			j.input = b
		}
		j.a.in = bytes.NewReader(j.input)
	}
	s, err := j.a.open(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if s.model {
		p := fault("not-a-table", j.o.named()+` is a model, not a table. "check" compares tables.`,
			"cohort sample "+quoteArg(path)+"     (writes rows from it)")
		p.file = path
		return nil, p
	}
	other := opt.Warn
	opt.Warn = func(e *table.Error) {
		switch {
		case slices.Contains(heard, e.Code) && path == j.o.files[0]:
			j.a.warn(e)
		case slices.Contains(heard, e.Code):
			j.warnOf(path, &table.Error{Code: e.Code, Line: e.Line, Reason: j.o.named() + ": " + e.Reason, Fix: e.Fix})
		case other != nil:
			other(e)
		}
	}
	t, err := table.ReadCSV(&countingReader{r: contextReader{j.ctx, s}, size: s.size, m: m}, opt)
	if err != nil {
		return nil, err
	}
	if t.Rows() == 0 {
		p := fault("no-rows", j.o.named()+" has a header and no rows, so there is nothing to compare.", "make or export the table again")
		p.file = path
		return nil, p
	}
	return t, nil
}

// lacks lists the columns of the real table that are compared and that t does not have.
func (j *judging) lacks(t *table.Table) []string {
	if t == nil {
		return nil
	}
	s := j.real.Schema()
	var names []string
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Treat == table.Learn && c.Name != s.Person && columnIndex(t.Schema(), c.Name) < 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

// sameColumns refuses tables that lack columns of the real one, all of them in one list.
func (j *judging) sameColumns() error {
	type other struct {
		file string
		t    *table.Table
	}
	var others []other
	if j.held != nil {
		others = append(others, other{j.o.holdout, j.held})
	}
	for _, f := range j.fakes {
		others = append(others, other{f.file, f.table})
	}
	var what, all []string
	file := ""
	for _, o := range others {
		lacks := j.lacks(o.t)
		if len(lacks) == 0 {
			continue
		}
		if file == "" {
			file = o.file
		}
		for _, name := range lacks {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
		what = append(what, o.file+" has "+j.lackText(lacks, o.t))
	}
	if len(what) == 0 {
		return nil
	}
	p := fault("other-columns", strings.Join(what, "; ")+". Columns are matched by name.", "")
	p.file, p.column = file, all[0]
	if len(all) <= 3 {
		anew := *j.o
		extra := ""
		for _, name := range all {
			extra += " --drop " + quoteArg(name)
		}
		p.do = "write the same names into both headers, or leave the columns out:\n" + anew.command(anew.files[0], strings.TrimSpace(extra))
	} else {
		p.do = "write the same names into both headers:\ncohort inspect " + quoteArg(file) + "     (lists its columns)"
	}
	return p
}

// lackText says which columns a table lacks, and which of its own may be meant in their place.
func (j *judging) lackText(lacks []string, t *table.Table) string {
	compared := 0
	for _, c := range j.real.Schema().Columns {
		if c.Treat == table.Learn && c.Name != j.real.Schema().Person {
			compared++
		}
	}
	if len(lacks) == compared {
		return "none of the columns of " + j.o.files[0]
	}
	var spare []string
	for _, c := range t.Schema().Columns {
		if columnIndex(j.real.Schema(), c.Name) < 0 {
			spare = append(spare, c.Name)
		}
	}
	var names []string
	for _, name := range lacks[:min(8, len(lacks))] {
		text := fmt.Sprintf("%q", name)
		if near := nearest(name, spare); near != "" {
			text += fmt.Sprintf(" (but %q)", near)
		}
		names = append(names, text)
	}
	text := "no column " + strings.Join(names, ", ")
	if n := len(lacks) - 8; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
