package main

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/cohort"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

var inspectVerb = verb{
	name: "inspect", file: oneFile, run: runInspect,
	options: inspectOptionNames,
	help:    inspectHelp,
	group:   groupSteps, example: "inspect grades.csv", about: "how each column is understood, and why",
}

const inspectOptionNames = readOptionNames + " show-values o force unusual with n"

// runInspect shows a table or a model, and writes the recipe if -o asks for it.
func runInspect(a *app, o *options) error {
	if o.unusual {
		return runUnusual(a, o)
	}
	for _, name := range []string{"with", "n"} {
		if o.has(name) {
			return usage("bad-option", dashed(name)+" goes together with --unusual, which lists rows.", o.command(o.file(), "--unusual"))
		}
	}
	s, err := a.open(o.file())
	if err != nil {
		return err
	}
	defer s.Close()
	if s.model {
		return a.inspectModel(o, s)
	}
	v := &inspection{a: a, o: o}
	m := a.start("Reading", "read", 0)
	if v.t, err = a.readTableWith(o, s, m, v.look); err != nil {
		return err
	}
	if err := v.prepare(); err != nil {
		return err
	}
	m.stop()
	v.show()
	if o.output == "" {
		return nil
	}
	return v.writeRecipe()
}

// inspection is what inspect finds out about a table.
type inspection struct {
	a      *app
	o      *options
	t      *table.Table
	enc    *encode.Encoder // what would be learned, with the protection for the screen
	looks  []*table.Error  // warnings
	found  []table.Found
	seen   []table.Dependency // that no model is held to
	cost   cohort.Estimate
	refuse error // why the table can't be learned as it is
}

// look takes a warning. Programs hear it at once; people read it under "Please look".
func (v *inspection) look(e *table.Error) {
	v.looks = append(v.looks, e)
	if v.a.json {
		v.a.warn(e)
	}
}

// leastShown is how many persons must share a value for the screen to show it, if --protect does not say.
const leastShown = 5

// prepare finds out what would be learned. The screen shows what at least as many persons share as --protect says, at
// every level.
func (v *inspection) prepare() error {
	k := max(v.o.protect, 0)
	if k == 0 {
		k = leastShown
	}
	var rules []table.Rule
	var err error
	if !v.o.noRules {
		if v.found, err = cohort.Rules(v.t, v.a.fitOptions(v.o)); err != nil {
			return err
		}
		for _, f := range v.found {
			rules = append(rules, f.Rule)
		}
		v.seen = slices.DeleteFunc(table.FindDependencies(v.t), func(d table.Dependency) bool {
			return v.keeps(d.Rule())
		})
	}
	// With the rules, the range of a total is what its parts give, as it will be in the result.
	if v.enc, err = encode.Fit(v.t.WithRules(rules...), encode.Options{Protect: k, Level: v.o.level, Warn: v.look}); err != nil {
		return err
	}
	for _, name := range birthCandidates(v.t, v.enc.Schema()) {
		v.look(birthWarning(name))
	}
	v.cost, v.refuse = cohort.Plan(v.t, v.a.fitOptions(v.o))
	return nil
}

func (v *inspection) show() {
	v.showHead()
	v.showColumns()
	if v.o.showValues {
		v.showValues()
	}
	v.showLooks()
	v.showRules()
	v.showDependencies()
	v.showNext()
}

func (v *inspection) showHead() {
	name := v.o.named()
	text := count(v.t.Rows(), "row", "rows") + ", " + count(v.t.Cols(), "column", "columns") + "; " + dialectText(v.t.Schema())
	if n := len(v.t.Rejected()); n > 0 {
		text += "; " + count(n, "row", "rows") + " could not be read, see below"
	}
	lead := padded(name, 13) + "  "
	if utf8.RuneCountInString(lead) > 30 {
		v.a.say("%s", name)
		lead = padded("", 15)
	}
	v.a.say("%s\n", wrap(lead, text, v.a.width))
}

// column gives, for one column of the table, its description with the values that may be shown, whether it is filled,
// and how many values are not shown.
func (v *inspection) column(i int) (c table.Column, filled bool, kept int) {
	c = v.t.Schema().Columns[i]
	if c.Treat == table.Drop {
		return c, false, 0
	}
	j := columnIndex(v.enc.Schema(), c.Name)
	if v.o.showValues {
		c.Coarsen = v.enc.Schema().Columns[j].Coarsen
		return c, false, 0
	}
	all := len(c.Values)
	c = v.enc.Schema().Columns[j]
	return c, v.enc.Filled(j), all - len(c.Values)
}

func (v *inspection) showColumns() {
	rows := [][]string{{"column", "kind", "learned as", "gaps", "because"}}
	s := v.t.Schema()
	for i := range s.Columns {
		c, filled, kept := v.column(i)
		why := s.Columns[i].Why
		if s.Columns[i].Name == s.Person {
			why += "; the person"
		}
		rows = append(rows, []string{c.Name, kindText(s.Columns[i].Kind), learnedText(&c, filled, kept, 28),
			percentText(gapCount(v.t, i), v.t.Rows()), why})
	}
	v.a.say("%s", grid(rows, v.a.width))
}

// grid lays out the lines of the columns; texts that are too long for their place go on below. A long name has a line of
// its own.
func grid(rows [][]string, width int) string {
	name := 13
	for _, r := range rows {
		if n := utf8.RuneCountInString(r[0]); n <= 20 {
			name = max(name, n)
		}
	}
	const kind, gaps, why = 9, 5, 17
	learned := width - 2 - name - 1 - kind - 1 - 1 - gaps - 2 - why
	var b strings.Builder
	for _, r := range rows {
		r[0] = oneLine(r[0])
		first := "  " + padded(r[0], name)
		if utf8.RuneCountInString(r[0]) > name {
			b.WriteString("  " + r[0] + "\n")
			first = padded("", 2+name)
		}
		left, right := strings.Split(wrap("", r[2], learned), "\n"), strings.Split(wrap("", r[4], why), "\n")
		for i := range max(len(left), len(right)) {
			cell := func(list []string) string {
				if i < len(list) {
					return list[i]
				}
				return ""
			}
			line := fmt.Sprintf("%s %s %s %*s  %s", first, padded(r[1], kind), padded(cell(left), learned), gaps, r[3], cell(right))
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			first, r[1], r[3] = padded("", 2+name), "", ""
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// showValues lists all values and marks, rare ones, too: the person who owns the file asked for it.
func (v *inspection) showValues() {
	v.a.say("\nValues, rare ones too (do not pass this list on)")
	for i := range v.t.Schema().Columns {
		c := &v.t.Schema().Columns[i]
		list := c.Values
		if c.Kind != table.Category && c.Kind != table.Ordered {
			list = c.Marks
		}
		if len(list) == 0 {
			continue
		}
		quoted := make([]string, len(list))
		for j, text := range list {
			quoted[j] = strconv.Quote(text)
		}
		v.a.say("  %s", c.Name)
		v.a.say("%s", wrap("      ", strings.Join(quoted, ", "), v.a.width))
	}
}

func (v *inspection) showLooks() {
	if len(v.looks) == 0 && v.refuse == nil {
		return
	}
	v.a.say("\n%s", v.a.paint(bold, "Please look"))
	for _, e := range v.looks {
		what, do := warningText(e)
		v.showLook(what, do)
	}
	if v.refuse != nil {
		p := v.a.problemOf(v.refuse, v.o)
		v.showLook(p.what, p.do)
	}
}

// showLook prints one point; what settles it stands in the same lines if it fits there.
func (v *inspection) showLook(what, do string) {
	lead := "  " + v.a.paint(yellow, "!") + " "
	text := wrap("    ", v.a.text(what+" "+do), v.a.width)
	v.a.say("%s%s", lead, strings.TrimLeft(text, " "))
}

func (v *inspection) showRules() {
	var lines []ruleLine
	for _, r := range v.t.Schema().Rules {
		if len(r.Broken(v.t)) == 0 { // else it stands under "Please look"
			n := grouped(int64(v.t.Rows()))
			lines = append(lines, ruleLine{r.String(), n + " of " + n + ", as asked"})
		}
	}
	for _, f := range v.found {
		lines = append(lines, ruleLine{f.Rule.String(), grouped(int64(f.Holds)) + " of " + grouped(int64(f.Rows))})
	}
	// Of two columns that decide each other one rule is kept, and makes the other hold.
	v.seen = slices.DeleteFunc(v.seen, func(d table.Dependency) bool {
		back := table.Dependency{Form: d.Form, A: d.B, B: d.A}
		follows := d.Form == "decides" && v.keeps(back.Rule())
		if follows {
			lines = append(lines, ruleLine{d.Rule().String(), grouped(int64(d.Rows)) + " of " + grouped(int64(d.Rows)) + ", follows"})
		}
		return follows
	})
	v.showLines("Rules that hold in every row (make keeps them; --no-rules does not)", lines)
}

// keeps tells whether a rule is one that was found or asked for.
func (v *inspection) keeps(r table.Rule) bool {
	same := func(x table.Rule) bool { return x.String() == r.String() }
	return slices.ContainsFunc(v.found, func(f table.Found) bool { return same(f.Rule) }) || slices.ContainsFunc(v.t.Schema().Rules, same)
}

// showDependencies lists what is so in every row, and which the models only learn: each as a rule that can be asked for.
func (v *inspection) showDependencies() {
	var lines []ruleLine
	for _, d := range v.seen {
		holds := grouped(int64(d.Rows)) + " of " + grouped(int64(d.Rows))
		if d.Values > 0 {
			holds += ", " + count(d.Values, "value", "values")
		}
		lines = append(lines, ruleLine{d.Rule().String(), holds})
	}
	v.showLines("Also so in every row (learned, not kept; cohort help rules says why)", lines)
}

// ruleLine is a rule and where it holds.
type ruleLine struct{ rule, holds string }

func (v *inspection) showLines(title string, lines []ruleLine) {
	if len(lines) == 0 {
		return
	}
	v.a.say("\n%s", title)
	wide := 40
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.rule); n <= 54 {
			wide = max(wide, n)
		}
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l.rule)+utf8.RuneCountInString(l.holds)+4 > v.a.width || utf8.RuneCountInString(l.rule) > wide {
			v.a.say("%s\n      %s", wrap("  ", l.rule, v.a.width), l.holds)
			continue
		}
		v.a.say("  %s  %s", padded(l.rule, wide), l.holds)
	}
}

// showNext says what learning costs, and how to go on.
func (v *inspection) showNext() {
	next := v.a.text("Next:  cohort make " + quoteArg(v.o.file()))
	v.a.say("")
	if v.refuse == nil {
		v.a.say("%s    %s", costText(v.cost), next)
		return
	}
	v.a.say("%s", next)
}

// costText rounds an estimate to what can be known beforehand.
func costText(e cohort.Estimate) string {
	memory := fmt.Sprintf("%d MB", max(10, (e.Memory>>20+9)/10*10))
	if e.Memory > 2<<30 {
		memory = fmt.Sprintf("%.1f GB", float64(e.Memory)/(1<<30))
	}
	return "About " + longClock(e.Time) + " and " + memory + " to learn."
}

// longClock is a time in words: 40 seconds, 3 minutes, 2 hours.
func longClock(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 1.5:
		return "1 second"
	case s < 10:
		return fmt.Sprintf("%.0f seconds", s)
	case s < 95:
		return fmt.Sprintf("%.0f seconds", 5*float64(int(s+4)/5))
	case s < 5400:
		return fmt.Sprintf("%.0f minutes", s/60)
	default:
		return fmt.Sprintf("%.1f hours", s/3600)
	}
}

// inspectModel shows what a model holds.
func (a *app) inspectModel(o *options, s *source) error {
	m, err := cohort.Load(bufio.NewReader(s))
	if err != nil {
		return err
	}
	info := m.Info()
	a.showModel(o, info)
	return nil
}
