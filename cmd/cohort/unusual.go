package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.org/cohort"
	"example.org/cohort/table"
)

const (
	// unusualOptionNames are the options of inspect --unusual, and unusualWithNames those that go together with --with.
	unusualOptionNames = "unusual with n person category ordered number date id text drop separator encoding skip-rows " + everyVerb
	unusualWithNames   = "unusual with n separator encoding skip-rows " + everyVerb
	// leastUnusual is how many rows are listed if -n does not say.
	leastUnusual = 10
	// namedColumns are named of a row at most: those in which it is rarer than rows are there as a rule by oddColumn nats or more.
	namedColumns = 3
	oddColumn    = 1
)

// learningUnusual are the options of inspect --unusual that are about learning.
func learningUnusual() []string {
	return slices.DeleteFunc(strings.Fields(unusualOptionNames), func(name string) bool {
		return slices.Contains(strings.Fields(unusualWithNames), name)
	})
}

// runUnusual lists the rows of a table that a model holds for least likely, and in which columns they are. No cell is shown.
func runUnusual(a *app, o *options) error {
	if name := o.besideWith(inspectOptionNames, unusualOptionNames); name != "" {
		return usage("bad-option", dashed(name)+" does not go together with --unusual.", o.without(name).command(o.file(), ""))
	}
	if name := o.besideWith(unusualOptionNames, unusualWithNames); o.withModel != "" && name != "" {
		return usage("bad-option", dashed(name)+" is about learning, and --with names a model that has learned.",
			o.without(name).command(o.file(), ""))
	}
	w, release := newWork(a, o, o.file())
	defer release()
	return w.stopped(w.unusual(), "")
}

func (w *work) unusual() error {
	if err := w.judge(); err != nil {
		return err
	}
	m := w.meter("Checking", "check", 0)
	parts, err := w.model.LogProbParts(w.ctx, w.table)
	if err != nil {
		return err
	}
	m.stop()
	w.sayUnusual(rankUnusual(parts, w.model.Info().Schema, w.table.Rows()))
	return nil
}

// judge reads the table and the model that judges it. A table that is its own judge is learned with all of its values: the model is not kept.
func (w *work) judge() error {
	if w.o.withModel != "" {
		if err := w.loadModel(); err != nil {
			return err
		}
		return w.readAsModel()
	}
	if err := w.read(); err != nil {
		return err
	}
	m := w.meter("Learning", "learn", 0)
	opt := w.a.fitOptions(w.o)
	opt.Model, opt.Level, opt.Protect, opt.Progress = "trees", "research", -1, m.progress
	var err error
	if w.model, err = cohort.Fit(w.ctx, w.table, opt); err != nil {
		return err
	}
	m.stop()
	return nil
}

// oddRow is one row: its log-likelihood, and the names of the columns in which it is odd, the oddest first.
type oddRow struct {
	row  int
	logP float64
	in   []string
}

// rankUnusual gives all rows, the least likely first. parts is by column of s and row, nil for one that is not learned.
func rankUnusual(parts [][]float64, s *table.Schema, n int) []oddRow {
	rows := make([]oddRow, n)
	mean := make([]float64, len(parts))
	for c, part := range parts {
		for i, x := range part {
			rows[i].logP += x
			mean[c] += x / float64(n)
		}
	}
	for i := range rows {
		rows[i].row = i
	}
	slices.SortStableFunc(rows, func(a, b oddRow) int { return cmp.Compare(a.logP, b.logP) })
	for i := range rows {
		r := &rows[i]
		var odd []int
		for c, part := range parts {
			if part != nil && part[r.row] <= mean[c]-oddColumn {
				odd = append(odd, c)
			}
		}
		slices.SortStableFunc(odd, func(a, b int) int { return cmp.Compare(parts[a][r.row]-mean[a], parts[b][r.row]-mean[b]) })
		for _, c := range odd[:min(len(odd), namedColumns)] {
			r.in = append(r.in, s.Columns[c].Name)
		}
	}
	return rows
}

// sayUnusual prints the first of the rows, and how likely the one in the middle is.
func (w *work) sayUnusual(rows []oddRow) {
	most := leastUnusual
	if w.o.rows > 0 {
		most = int(min(w.o.rows, int64(len(rows))))
	}
	by := "a model of its own rows"
	if w.o.withModel != "" {
		by = w.o.withModel
	}
	w.a.say("%s", wrap("", fmt.Sprintf("The rows of %s that are least likely by %s. They are real people: do not pass this list on.", w.o.named(), by), w.a.width))
	w.a.say("\n  %9s  %8s  %s", "row", "log p", "in these columns, most of all")
	for _, r := range rows[:min(most, len(rows))] {
		in := "no single one"
		if len(r.in) > 0 {
			in = strings.Join(r.in, ", ")
		}
		w.a.say("%s", wrap(fmt.Sprintf("  %9s  %8.2f  ", grouped(int64(r.row)+1), r.logP), oneLine(in), w.a.width))
	}
	if len(rows) > 0 {
		w.a.say("  %9s  %8.2f", "middle", rows[len(rows)/2].logP)
	}
	text := "Row 1 is the first one below the header."
	if len(w.table.Rejected()) > 0 || len(w.o.skipRows) > 0 {
		text += " Rows that were left out or could not be read are not counted."
	}
	w.a.say("\n%s", wrap("", text+" log p is the logarithm of how likely a row is, and each 2.3 less is ten times less likely. "+
		"A number counts by the range that it falls in, so one far out counts as the greatest ones of the column do.", w.a.width))
}
