package main

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/cohort"
	"example.org/cohort/table"
)

// showReading ends the Reading line with what was understood: dialect, columns that are not learned as they stand, rules,
// rows set aside.
func (w *work) showReading() {
	t := w.table
	s := t.Schema()
	// On this screen a date is day/month: the year goes without saying, and the line has 79 columns.
	dialect := strings.Replace(dialectText(s), "day/month/year", "day/month", 1)
	lines := [][2]string{{w.shown(), count(t.Rows(), "row", "rows") + ", " + count(t.Cols(), "column", "columns") + "; " + dialect}}
	learned, marked, gaps := 0, 0, 0
	mark := ""
	for i := range s.Columns {
		c := &s.Columns[i]
		if text := w.treatment(c); text != "" {
			lines = append(lines, [2]string{c.Name, text})
			continue
		}
		learned++
		if len(c.Marks) > 0 {
			marked++
			if mark == "" {
				mark = sharedMark(t, i, w.learnedMarks(c.Name))
			}
		}
		if len(c.Missing) > 0 {
			gaps++
		}
	}
	lines = append(lines, [2]string{count(learned, "column", "columns"), "learned" + asides(marked, mark, gaps)})
	if !w.o.noRules || len(s.Rules) > 0 {
		lines = append(lines, w.ruleLines()...)
	}
	lines = append(lines, w.keptOut()...)
	if s := w.histories(); s != "" {
		_, persons := t.Persons()
		lines = append(lines, [2]string{count(persons, "person", "people"), strings.ToLower(s[:1]) + strings.TrimSuffix(s[1:], ".")})
	}
	if n := len(t.Rejected()); n > 0 {
		lines = append(lines, [2]string{count(n, "row", "rows"), "could not be read; set aside in the private folder"})
	}
	w.step.Load().replace(columns(lines, w.a.width-11))
}

// shown is the name of the input as the screen has it.
func (w *work) shown() string {
	if w.file == "-" {
		return "(input)"
	}
	return filepath.Base(w.file)
}

// treatment says what becomes of a column that is not learned as it stands, or "" if it is.
func (w *work) treatment(c *table.Column) string {
	if c.Treat == table.Drop {
		return "left out"
	}
	col := columnIndex(w.encoder.Schema(), c.Name)
	switch {
	case c.Treat == table.Blank:
		return "left empty"
	case c.Kind == table.ID && strings.Trim(c.Layout, "9") == "":
		text := "id: new numbers"
		if id := w.filler(col); id != "" && id[0] == '9' {
			text += " starting with 9"
		}
		return text + ", none of them real"
	case c.Kind == table.ID:
		return "id: new ones in the pattern of the column, none of them real"
	case w.encoder.Filled(col):
		text := "text: invented"
		if c.Kind != table.Text && c.Treat == table.Learn {
			text = c.Kind.String() + ": too rare to be learned, invented"
		}
		if filler := w.filler(col); filler != "" {
			text += ", " + strconv.Quote(filler) + " and so on"
		}
		return text
	}
	switch coarsen := w.encoder.Schema().Columns[col].Coarsen; {
	case c.Kind == table.Date && coarsen == "month":
		return "date: month and year kept, the day drawn anew"
	case c.Kind == table.Date && coarsen == "year":
		return "date: the year kept, day and month drawn anew"
	}
	return ""
}

// histories says what the rows of a person with several of them are, or "" if nobody has.
func (w *work) histories() string {
	if _, persons := w.table.Persons(); persons == w.table.Rows() {
		return ""
	}
	return "Several rows of one person are drawn each by itself: as histories they do not fit together yet."
}

// filler gives the first text that a filled column is filled with.
func (w *work) filler(col int) string {
	s := w.encoder.Schema()
	cells := make([][]int64, len(s.Columns))
	for i := range s.Columns {
		switch kind := s.Columns[i].Kind; {
		case i == col:
			cells[i] = []int64{0}
		case kind == table.Whole || kind == table.Decimal || kind == table.Date:
			cells[i] = []int64{math.MinInt64}
		default:
			cells[i] = []int64{-1}
		}
	}
	t, err := w.encoder.Build(w.o.seed, 0, cells)
	if err != nil {
		return ""
	}
	text, _ := t.Cell(0, col)
	return text
}

// sharedMark gives a mark that is learned and that at least ten persons share, or "": the screen shows no value that few have.
func sharedMark(t *table.Table, col int, learned []string) string {
	marks := t.Schema().Columns[col].Marks
	person, _ := t.Persons()
	holders := make([]map[int32]bool, len(marks))
	for row, n := range t.Ints(col) {
		if i := uint64(n) - 1<<63 - 1; i < uint64(len(marks)) { // math.MinInt64+1+i is mark i
			if holders[i] == nil {
				holders[i] = map[int32]bool{}
			}
			holders[i][person[row]] = true
		}
	}
	mark, most := "", 9
	for i, h := range holders {
		if len(h) > most && slices.Contains(learned, marks[i]) {
			mark, most = marks[i], len(h)
		}
	}
	return mark
}

// learnedMarks lists the marks of a column that are in the model.
func (w *work) learnedMarks(name string) []string {
	s := w.encoder.Schema()
	if i := columnIndex(s, name); i >= 0 {
		return s.Columns[i].Marks
	}
	return nil
}

// asides says in brackets how many columns hold marks and how many have gaps.
func asides(marked int, mark string, gaps int) string {
	var parts []string
	if marked > 0 {
		text := grouped(int64(marked)) + " " + plural(marked, "holds marks", "hold marks")
		if mark != "" {
			text += " such as " + mark
		}
		parts = append(parts, text)
	}
	if gaps > 0 {
		parts = append(parts, grouped(int64(gaps))+" "+plural(gaps, "has gaps", "have gaps"))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// ruleLines lists the rules that will be kept: those asked for, and those found.
func (w *work) ruleLines() [][2]string {
	s := w.table.Schema()
	var lines [][2]string
	add := func(r table.Rule, text string) { lines = append(lines, [2]string{"", r.String() + text}) }
	for _, r := range s.Rules {
		add(r, ", as asked")
	}
	if !w.o.noRules {
		found, _ := cohort.Rules(w.table, w.a.fitOptions(w.o)) // its error is that of learning, too, which comes next
		for _, f := range found {
			w.found = append(w.found, f)
			add(f.Rule, fmt.Sprintf(", in %s of %s rows", grouped(int64(f.Holds)), grouped(int64(f.Rows))))
		}
	}
	if len(lines) > 0 {
		lines[0][0] = count(len(lines), "rule", "rules")
	}
	return lines
}

// keptOut says how many values of each column are too rare to be learned, and never which.
func (w *work) keptOut() [][2]string {
	s := w.encoder.Schema()
	total := 0
	var parts []string
	for i, n := range w.encoder.KeptOut() {
		if n > 0 {
			total += n
			parts = append(parts, s.Columns[i].Name+" "+grouped(int64(n)))
		}
	}
	if total == 0 {
		return nil
	}
	return [][2]string{{count(total, "value", "values"), fmt.Sprintf("kept out, fewer than %d people have them: %s",
		w.o.persons(), strings.Join(parts, ", "))}}
}

// columns lays out lines of two columns; the first is as wide as the widest short name.
func columns(lines [][2]string, width int) string {
	first := 14
	for _, l := range lines {
		if n := len([]rune(l[0])); n > first && n <= 24 {
			first = n
		}
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		lead := padded(l[0], first) + " "
		if len([]rune(lead)) > first+1 {
			b.WriteString(l[0] + "\n")
			lead = strings.Repeat(" ", first+1)
		}
		b.WriteString(wrap(lead, l[1], width))
	}
	return b.String()
}

// showResult prints the verdict, and where the files are.
func (m *making) showResult() {
	m.a.verdictEvent("", m.result.Report)
	m.a.sayVerdict(m.result.Report, "The table is in "+slashed(m.pair.private)+" only.", m.try)
	m.a.say("\nNot tested: what somebody could learn by joining this table with another one.\n%s\n",
		m.a.text("Before a real release, read: cohort help privacy"))
	if m.mayRelease() {
		m.a.sayPlace("Hand over", fmt.Sprintf("%-15s", slashed(m.pair.public)), " "+m.name+"_SYNTHETIC"+m.ext+", report, README")
	}
	m.a.sayPlace("Keep", fmt.Sprintf("%-15s", slashed(m.pair.private)), " model, full report: as confidential as real data")
	if m.mayRelease() && m.embedded == nil {
		m.a.say("")
		m.a.sayPlace("Next", m.a.text("cohort inspect "+quoteArg(m.inPrivate(".cohort"))), "     what the model holds")
	}
}

// try is the command of this run with one more option.
func (m *making) try(option string) string {
	own := *m.o
	own.verb, own.files = "make", []string{m.data.Path}
	own.typed = maps.Clone(m.o.typed)
	for _, name := range []string{"replay", "resume", "steps"} {
		delete(own.typed, name)
	}
	return own.remedied(m.data.Path, option)
}

// sayUnchecked says, of what was made without a trial, how it can be judged.
func (a *app) sayUnchecked(actual, fake string) {
	a.say("\nNo trial was made: how close the rows come to real people is not known. They\n"+
		"can be judged by people whom the model never saw (%s):\n  %s", a.text("cohort help study"),
		a.text("cohort check "+quoteArg(actual)+" "+quoteArg(fake)+" --holdout UNSEEN.csv"))
}

// sayPlace says where something lies and what it is, on two lines where one is too long.
func (a *app) sayPlace(label, place, what string) {
	line := fmt.Sprintf("%-10s %s%s", label, place, what)
	if utf8.RuneCountInString(line) > a.width {
		line = fmt.Sprintf("%-10s %s\n%11s%s", label, strings.TrimRight(place, " "), "", strings.TrimLeft(what, " "))
	}
	a.say("%s", line)
}

// computedColumns are those that a rule computes: their range is what their parts give.
func computedColumns(rules []table.Rule) map[string]bool {
	computed := make(map[string]bool)
	for _, r := range rules {
		if op, columns := r.Terms(); op == "=" {
			computed[columns[0]] = true
		}
	}
	return computed
}

func columnIndex(s *table.Schema, name string) int {
	return slices.IndexFunc(s.Columns, func(c table.Column) bool { return c.Name == name })
}
