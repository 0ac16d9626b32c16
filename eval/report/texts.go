package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// meanings explain the checks of privacy, by the beginning of their names.
var meanings = map[string]string{
	"real ids": "Every id, name and free text of the synthetic table was looked up among those of real people. None may come back.",
	"copied rows": "A synthetic person who equals a real one in every column is a copy, unless chance explains it: people with " +
		"common values are met by chance. The number beside it says how often that is to be expected.",
	"look-alikes": "The synthetic rows that are nearest to any real person were taken. A model without memory is as near to people " +
		"whom it never saw as to people whom it learned; one that remembers is nearer to those it learned.",
	"rare values": "A value, mark or extreme that only few people have can point to one of them.",
	"one of a kind": "Some people are the only ones with their combination of what outsiders may know. Counted are those whose " +
		"combination a synthetic row has, too, beside the same number for people whom the model never saw.",
	"guessing": "Somebody knows what outsiders may know of a person, looks up the most similar synthetic rows, and guesses the rest. What the " +
		"patterns of the table teach about anybody works for everyone; counted is by how much better the guess is for people who were learned.",
}

// purposes say what a level is for.
var purposes = map[string]string{
	"share":     "To hand over (level share).",
	"research":  "For use under an agreement (level research).",
	"structure": "For testing software (level structure): formats and common values; relations between columns are not learned.",
	"":          "Not stated: a table that is judged as it is.",
}

// facts say what was compared, and how.
func facts(to Audience, r *eval.Report) []fact {
	a := &r.About
	var out []fact
	add := func(name, format string, args ...any) { out = append(out, fact{name, fmt.Sprintf(format, args...)}) }
	add("Purpose", "%s", cmp.Or(purposes[a.Level], "Level "+clean(a.Level)+"."))
	add("Synthetic table", "%s%s", lead(a.Table), count(a.Rows, "row", "rows"))
	people := ""
	if a.RealPeople != a.RealRows {
		people = " of " + count(a.RealPeople, "person", "people")
	}
	add("Real table", "%s%s%s", lead(a.Real), count(a.RealRows, "row", "rows"), people)
	switch {
	case a.HeldPeople == 0 && !has(privateChecks, r):
		add("People set aside", "none")
	case a.HeldPeople == 0:
		add("People set aside", "none, so that most checks of privacy could not be made")
	case a.Twin:
		add("People set aside", "%s of the real table, whom the trial never saw", count(a.HeldPeople, "person", "people"))
	default:
		add("People set aside", "%s%s, whom the generator never saw", lead(a.Holdout), count(a.HeldPeople, "person", "people"))
	}
	if a.Twin {
		add("Measured on", "a trial, %s by a model that learned the others in the same way; copies, real ids, rare values and rules on the table itself",
			count(a.TrialRows, "row", "rows"))
	}
	columns := count(a.Columns, "column", "columns")
	if n := a.Columns - a.Compared; n > 0 {
		columns += fmt.Sprintf(", of which %d are not compared: ids, names, free text and what was filled", n)
	}
	add("Columns", "%s", columns)
	protect := "off, or not known"
	if a.Protect > 0 {
		protect = fmt.Sprintf("what fewer than %d people have must not be in it", a.Protect)
	}
	add("Protection", "%s", protect)
	if a.Target != "" {
		add("To predict", "%s", named(a.Target))
	}
	add("Outsiders may know", "%s", names(a.Known))
	add("May want to guess", "%s", names(a.Sensitive))
	if to == Inside {
		add("Seed of the checks", "%d", a.Seed)
	}
	suite := ""
	if a.Suite != "" {
		suite = "suite " + clean(a.Suite) + ", "
	}
	add("Definitions", "%sversion %s of the metrics", suite, clean(r.Version))
	if a.Made != "" {
		add("Made", "%s", clean(a.Made))
	}
	return out
}

// lead is the name of a file before what is said about it.
func lead(path string) string {
	if path == "" {
		return ""
	}
	return fileName(path) + ": "
}

// names lists columns, at most eight.
func names(columns []string) string {
	if len(columns) == 0 {
		return "no column"
	}
	more := ""
	if n := len(columns) - 8; n > 0 {
		columns, more = columns[:8], fmt.Sprintf(" and %d more", n)
	}
	var list []string
	for _, c := range columns {
		list = append(list, short(named(c), 60))
	}
	return strings.Join(list, ", ") + more
}

// limits say what the report does not show. Nothing is said of checks and numbers that there are not.
func limits(to Audience, reports []*eval.Report) []string {
	var out []string
	add := func(is bool, sentence string) {
		if is {
			out = append(out, sentence)
		}
	}
	private, columns, pairs := has(privateChecks, reports...), has(measures("shape."), reports...), has(measures("pairs."), reports...)
	none := has(func(r *eval.Report) bool { return r.About.HeldPeople == 0 }, reports...)
	add(none && private, "No real people were set aside whom the generator never saw. Without them nobody can tell memory from chance, and most checks of privacy could not be made.")
	add(none && !private, "No real people were set aside whom the generator never saw. Without them nobody can tell memory from chance.")
	add(!private, "No check of privacy was made. The numbers do not show that nobody can be recognised.")
	add(true, "What somebody could learn by joining this table with another one was not tested.")
	add(has(anyCheck, reports...), "Every check allows for chance. That none found a problem does not prove that nobody can be recognised.")
	add(true, "Several tables made from the same people tell more than each of them. Each was judged by itself.")
	add(private, "Whoever knows more about a person than the columns listed under “Outsiders may know” may guess more than was tested.")
	add(columns && pairs, "Likeness was measured on single columns and on pairs. What three or more columns have to do with each other may be lost.")
	add(columns && !pairs, "Likeness was measured on single columns. What two or more columns have to do with each other may be lost.")
	add(true, "Rare groups and extremes may be missing on purpose. Nothing in the table says anything about a single person, and final results are computed again on the real table.")
	add(true, "This is a measurement and no legal advice. Whether the table may be handed over also depends on who gets it, what for, and the law.")
	add(has(func(r *eval.Report) bool { return r.About.Twin }, reports...),
		"Likeness, usefulness and memory were measured on a trial. The table itself comes from a model that learned everybody by the same plan; it is a little better, and was not measured in the same way.")
	add(to == Outside, "Counts are rounded to 5 and shares follow from them, so that numbers may not add up.")
	return out
}

// exam says how what the rows teach was measured, where it was: without people set aside neither side could be tested on them.
func exam(r *eval.Report) string {
	if r.About.HeldPeople == 0 || !has(measures("useful."), r) && !has(measures(taught), r) {
		return ""
	}
	return "Models are taught by synthetic rows and, for comparison, by as many real ones. Both are tested on people whom neither has seen."
}

// has tells whether something is so of one of the reports.
func has(is func(r *eval.Report) bool, reports ...*eval.Report) bool {
	return slices.ContainsFunc(reports, is)
}

func anyCheck(r *eval.Report) bool { return len(r.Checks) > 0 }

func privateChecks(r *eval.Report) bool {
	return slices.ContainsFunc(r.Checks, func(c eval.Check) bool { return c.Group == "Private" })
}

// measures tells whether a report has a number whose name begins so.
func measures(family string) func(r *eval.Report) bool {
	return func(r *eval.Report) bool {
		return slices.ContainsFunc(r.Metrics, func(m eval.Metric) bool {
			return strings.HasPrefix(m.Name, family) && m.Status == eval.OK && !isNone(m.Value)
		})
	}
}

// glossary explains the words of the page.
var glossary = []term{
	{"Synthetic table", "Rows of people who never existed, drawn from a model that had learned a real table."},
	{"Learned", "Known to the model while it was made."},
	{"People set aside", "Real people whom the model never saw. They show what the same number would be without memory."},
	{"Real people, the number beside", "What the same check gives for other real people, or by chance. Only next to it a number means something."},
	{"Trial", "A model made in the same way from a part of the people, so that the others can be held against it."},
	{"97 of 100", "How alike two columns, or pairs of columns, are: 100 less the share of rows that would have to change. Other real people do not reach 100 either."},
	{"Likely range", "In 95 of 100 cases the number would lie in it for other people, too (a 95 % interval)."},
	{"Copied row", "A synthetic person who equals a real one in every column."},
	{"Look-alike", "A synthetic person very near to a real one."},
	{"One of a kind", "A person whose combination of known columns nobody else has."},
	{"Rare value", "A value, mark or extreme that fewer people have than the protection asks for."},
	{"Mark", "An entry such as ABS in a column of numbers: drawn as “not a number”."},
	{"ok, look, stop, can’t tell", "No problem found; needs a person’s eye; failed; too few people, or nothing to compare."},
	{"Ready for review, look closer, do not release", "The verdicts. The worst check decides."},
}
