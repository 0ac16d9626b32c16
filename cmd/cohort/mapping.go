package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/cohort"
	"example.org/cohort/table"
)

// defectError is a panic, with its place in the program.
type defectError struct{ place string }

func (e *defectError) Error() string { return "defect in " + e.place }

// problemOf finds the entry of the catalogue for any error. What it does not know is a defect, and says so.
func (a *app) problemOf(err error, o *options) *problem {
	var p *problem
	var t *table.Error
	if errors.As(err, &p) {
		return p
	}
	if p := systemProblem(err, o); p != nil {
		return p
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &problem{code: "stopped", exit: exitStopped, what: "stopped. Nothing was kept.", do: o.command(o.file(), "")}
	case errors.Is(err, cohort.ErrNewer):
		return fault("model-newer", o.named()+" was written by a later version of Cohort than this one.",
			"cohort version     (then ask for the newer program)")
	case errors.Is(err, cohort.ErrDamaged):
		return fault("model-damaged", o.named()+" is cut short or was changed, so nothing in it can be relied on.",
			"take another copy of it, or learn the table again:\ncohort fit FILE")
	case errors.As(err, &t):
		return tableProblem(t, o)
	case errors.Is(err, cohort.ErrNoRow):
		return fault("no-row", "no row of this model can meet the condition.", "cohort inspect "+quoteArg(o.file())+"     (lists values and ranges)")
	}
	return unknown(err)
}

// unknown is the fault of a program that has no words for an error. The type of the error is told, never its text.
func unknown(err error) *problem {
	place := fmt.Sprintf("%T", err)
	var d *defectError
	if errors.As(err, &d) {
		place = d.place
	}
	return fault("defect", "this is a fault of the program, not of your table. Place: "+place+".",
		"cohort version     (tell the authors the place and what this prints)")
}

// named is the file of a call as a sentence names it.
func (o *options) named() string {
	switch o.file() {
	case "-":
		return "standard input"
	case "":
		return "the table"
	}
	return o.file()
}

// command is the call with another file, without the options that extra sets anew, and with extra.
func (o *options) command(file, extra string) string {
	words := []string{"cohort", o.verb}
	again := o.with(file)
	for _, name := range again.files {
		if name != "" {
			words = append(words, quoteArg(name))
		}
	}
	anew, _, _ := strings.Cut(extra, " ")
	for _, opt := range optionTable() {
		if dashed(opt.name) == anew && !opt.repeat {
			continue
		}
		for _, value := range again.typed[opt.name] {
			words = append(words, dashed(opt.name))
			if opt.value != "" {
				words = append(words, quoteArg(value))
			}
		}
	}
	if extra != "" {
		words = append(words, extra)
	}
	return strings.Join(words, " ")
}

// without is the options as they were typed but some.
func (o *options) without(names ...string) *options {
	rest := *o
	rest.typed = maps.Clone(o.typed)
	for _, name := range names {
		delete(rest.typed, name)
	}
	return &rest
}

// foreignCodes are the formats that are recognised and not read.
var foreignCodes = []string{"excel-xlsx", "excel-old", "excel-locked", "pdf", "word", "ods", "numbers", "compressed", "parquet",
	"database", "spss", "stata", "html", "xml", "json"}

// asCSV names the CSV file that a file of another format is saved as: marks.xlsx as marks.csv, and what marks.csv.gz holds is marks.csv.
func asCSV(file string) string {
	inside := strings.TrimSuffix(file, filepath.Ext(file))
	if slices.Contains([]string{".csv", ".tsv", ".txt"}, strings.ToLower(filepath.Ext(inside))) {
		return inside
	}
	return inside + ".csv"
}

// tableProblem puts file and command around what the library says about a table.
func tableProblem(e *table.Error, o *options) *problem {
	p := fault(e.Code, placed(e, o)+sentence(e.Reason), sentence(e.Fix))
	p.file, p.line, p.column, p.err = o.file(), e.Line, e.Column, e
	switch {
	case slices.Contains(foreignCodes, e.Code):
		p.what = o.named() + strings.TrimPrefix(sentence(e.Reason), "this")
		p.do = strings.TrimSuffix(e.Fix, ", and read that file") + ", then\n" + o.command(asCSV(o.file()), "")
	case e.Code == "no-such-column":
		columnProblem(p, e, o)
	case e.Code == "rejected-rows":
		if sign, ok := strings.CutPrefix(e.Fix, "name the separator: "); ok {
			if sign == "\"\t\"" {
				sign = "tab"
			}
			p.do = o.command(o.file(), "--separator "+sign)
		}
	case e.Code == "too-few-rows":
		p.what = o.named() + strings.Replace(strings.TrimPrefix(e.Reason, "the table"), " 1 persons", " 1 person", 1) +
			"; 20 are the least, 300 or more work well."
		if o.unusual { // The model is not kept, so it gives nobody away, and there is no level to choose.
			p.what = strings.Replace(p.what, "from so few it can't be learned without giving them away", "so few can't show what is usual", 1)
			p.do = o.without(learningUnusual()...).command(o.file(), "--with MODEL") + "     (judges them by a model of more people like them)"
			break
		}
		if o.verb == "inspect" {
			p.do = "Level structure keeps formats only."
			break
		}
		// No network learns at that level.
		p.do = o.without(strings.Fields("model "+networkOptionNames+" "+writerOptionNames)...).command(o.file(), "--level structure") + "     (formats only, no patterns)"
	case e.Code == "time-too-short":
		timeProblem(p, e, o)
	case e.Code == "no-such-value":
		p.do = "cohort inspect " + quoteArg(o.file()) + "     (lists values)"
	}
	if p.do == "" {
		p.do = "cohort help " + e.Code
	}
	return p
}

// timeProblem says how much time is needed in all, where the library speaks of the part that learning may take.
func timeProblem(p *problem, e *table.Error, o *options) {
	text, _, _ := strings.Cut(strings.TrimPrefix(e.Fix, "allow "), ",")
	least, err := time.ParseDuration(text)
	part, rest, ok := strings.Cut(strings.TrimPrefix(e.Reason, "in "), " this computer")
	allowed, bad := time.ParseDuration(part)
	if err != nil || bad != nil || !ok || o.maxTime <= 0 || allowed <= 0 {
		return
	}
	p.what = "in " + o.given["max-time"][0] + " this computer" + sentence(rest)
	all := time.Duration(math.Ceil(least.Seconds()*o.maxTime.Seconds()/allowed.Seconds())) * time.Second
	p.do = o.command(o.file(), "--max-time "+strings.Replace(all.String(), "m0s", "m", 1)) +
		"     (the least for this table)"
}

// placed says where: grades.csv, line 12, column "Maths". A reason that begins with the file itself gets its name instead.
func placed(e *table.Error, o *options) string {
	var at []string
	if o.file() != "" {
		at = append(at, o.named())
	}
	if e.Line > 0 {
		at = append(at, "line "+grouped(e.Line))
	}
	if e.Column != "" {
		at = append(at, "column "+strconv.Quote(e.Column))
	}
	if len(at) == 0 {
		return ""
	}
	return strings.Join(at, ", ") + ": "
}

// sentence gives s a full stop if it has no end.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?:)^") {
		return s
	}
	return s + "."
}

// columnProblem says which option names the column, and what the header has.
func columnProblem(p *problem, e *table.Error, o *options) {
	by := o.whoNames(e.Column)
	if slices.Contains(o.typed["drop"], e.Column) {
		left := *o
		left.typed = maps.Clone(o.typed)
		delete(left.typed, "drop")
		if other := left.whoNames(e.Column); other != "" {
			p.what = fmt.Sprintf("%s names the column %q, and --drop leaves it out.", other, e.Column)
			p.do = "take one of the two options away"
			return
		}
	}
	switch near, ok := suggested(e.Fix); {
	case ok && by != "":
		p.what = fmt.Sprintf("%s names a column %q; the header has %q.", by, e.Column, near)
		p.do = o.commandWith(e.Column, near)
	case ok:
		p.what = fmt.Sprintf("there is no column %q; the header has %q.", e.Column, near)
	case by != "":
		p.what = fmt.Sprintf("%s names a column %q, which the header of %s does not have.", by, e.Column, o.named())
	default:
		p.what = fmt.Sprintf("%s has no column %q.", o.named(), e.Column)
	}
	p.file = o.file()
}

// suggested takes the name out of: did you mean "Passed"?
func suggested(fix string) (string, bool) {
	_, rest, ok := strings.Cut(fix, "did you mean ")
	if !ok {
		return "", false
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(quoted)
	return name, err == nil
}

// withColumns are the options in whose values columns stand among other words.
var withColumns = []string{"rule", "where", "regress"}

// whoNames finds the option that names a column.
func (o *options) whoNames(column string) string {
	for _, opt := range optionTable() {
		for _, value := range o.typed[opt.name] {
			if value == column || strings.HasPrefix(value, column+"=") {
				return dashed(opt.name)
			}
		}
	}
	for _, name := range withColumns {
		if slices.ContainsFunc(o.typed[name], func(v string) bool { return strings.Contains(v, column) }) {
			return dashed(name)
		}
	}
	return ""
}

// commandWith is the call with another name of a column or a metric.
func (o *options) commandWith(from, to string) string {
	changed := *o
	changed.typed = map[string][]string{}
	for name, values := range o.typed {
		for _, v := range values {
			switch {
			case v == from:
				v = to
			case strings.HasPrefix(v, from+"="):
				v = to + v[len(from):]
			case name == "metrics" || slices.Contains(withColumns, name):
				v = strings.ReplaceAll(v, from, to)
			}
			changed.typed[name] = append(changed.typed[name], v)
		}
	}
	return changed.command(o.file(), "")
}
