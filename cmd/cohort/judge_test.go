package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// noNumber finds what is no number on a screen.
var noNumber = regexp.MustCompile(`(?i)\b(?:NaN|[+-]?Inf)\b|%!`)

// assertJudged asserts what holds of every screen of check: a verdict with its exit code, 79 columns, no cell of the input, no
// number that is none, and nothing left in the folder.
func assertJudged(t *testing.T, r ran, dir string, before []string) {
	t.Helper()
	require.Contains(t, []int{0, exitDoNotRelease}, r.code, r.err)
	require.Contains(t, r.out, "VERDICT    ")
	require.Equal(t, r.code == exitDoNotRelease, strings.Contains(r.out, "DO NOT RELEASE"))
	require.NotRegexp(t, noNumber, r.out+r.err)
	for line := range strings.Lines(r.out) {
		if !strings.Contains(line, "Try:") && !strings.HasPrefix(line, "  ") { // commands are never broken
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
		}
	}
	unmarked(t, r)
	require.NotContains(t, r.err, "fault of the program")
	require.Equal(t, before, files(t, dir))
}

// class writes a real table, people set aside, and a synthetic table of other people of the same school.
func class(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "real.csv", people(200, 1))
	write(t, dir, "held.csv", people(200, 2))
	write(t, dir, "fake.csv", people(200, 3))
	return dir
}

var classFiles = []string{"fake.csv", "held.csv", "real.csv"}

func TestCheck(t *testing.T) {
	dir := class(t)
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed")
	assertJudged(t, r, dir, classFiles)
	require.Equal(t, 0, r.code, r.out)
	require.NotContains(t, r.out, "not applicable")
	require.Contains(t, r.err, "Reading    real.csv       200 rows, 8 columns; comma, UTF-8, dates day/month\n"+
		"           held.csv       200 rows, 8 columns, set aside\n           fake.csv       200 rows, 8 columns\n")
	require.Contains(t, r.out, "Not tested: ")
	again := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed")
	require.Equal(t, r.out, again.out, "the same question gets the same answer")
}

// An exact copy is never to be released, with people set aside and without, and whatever it is called.
func TestCheckOfACopy(t *testing.T) {
	dir := class(t)
	write(t, dir, "fake.csv", people(200, 1))
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv")
	assertJudged(t, r, dir, classFiles)
	require.Equal(t, exitDoNotRelease, r.code)
	require.Contains(t, r.out, "[stop] copied rows       200 of 200")
	require.Contains(t, r.out, "cohort.exe make real.csv --protect 10\n")
	r = call(t, dir, "check", "real.csv", "fake.csv")
	assertJudged(t, r, dir, classFiles)
	require.Equal(t, exitDoNotRelease, r.code)
	r = call(t, dir, "check", "real.csv", "held.csv", "fake.csv")
	require.Equal(t, exitDoNotRelease, r.code, "one of several is enough")
}

// Without people set aside it is said what can't be told, and how to get them.
func TestCheckWithoutHoldout(t *testing.T) {
	dir := class(t)
	r := call(t, dir, "check", "real.csv", "fake.csv", "--target", "Passed")
	assertJudged(t, r, dir, classFiles)
	require.Equal(t, 0, r.code)
	require.Contains(t, r.out, "VERDICT    LOOK CLOSER")
	require.Contains(t, strings.Join(strings.Fields(r.out), " "), "most privacy checks are not applicable")
	require.Contains(t, r.out, "study split real.csv --target Passed\n")
	require.NotContains(t, r.out, "Try:", "it is said once, below")
	require.Equal(t, exitDoNotRelease, call(t, dir, "check", "real.csv", "fake.csv", "--strict").code)
}

func TestCheckBadFiles(t *testing.T) {
	dir := class(t)
	write(t, dir, "grades_SYNTHETIC.csv", people(200, 4))
	write(t, dir, "empty.csv", "")
	write(t, dir, "header.csv", header(people(1, 1))+"\n")
	write(t, dir, "other.csv", "a,b\nzq7,1\nzq7,2\n")
	less := strings.ReplaceAll(people(200, 5), "Maths,English,", "maths,Deutsch,")
	write(t, dir, "less.csv", less)
	write(t, dir, "ragged.csv", header(less)+strings.Repeat("\nzq7,2", 50)+"\n")
	write(t, dir, "pdf.csv", "%PDF-1.7 zq7")
	require.NoError(t, os.Link(filepath.Join(dir, "real.csv"), filepath.Join(dir, "same.csv")))
	before := files(t, dir)
	for _, c := range []struct {
		args string
		says []string
	}{
		{"grades_SYNTHETIC.csv real.csv", []string{`the first file, grades_SYNTHETIC.csv, was written by Cohort, and real.csv looks like the real table. ` +
			`"check" takes the real one first.`, "check real.csv grades_SYNTHETIC.csv"}},
		{"grades_SYNTHETIC.csv real.csv --holdout held.csv --target Passed", []string{"check real.csv grades_SYNTHETIC.csv --target Passed --holdout held.csv"}},
		{"real.csv fake.csv --holdout grades_SYNTHETIC.csv", []string{"the file of --holdout, grades_SYNTHETIC.csv, was written by Cohort"}},
		{"real.csv real.csv", []string{"real.csv is named twice"}},
		{"real.csv ./real.csv", []string{"real.csv and ./real.csv are the same file"}},
		{"real.csv same.csv", []string{"real.csv and same.csv are the same file"}},
		{"real.csv fake.csv --holdout real.csv", []string{"real.csv is named twice"}},
		{"real.csv fake.csv fake.csv", []string{"fake.csv is named twice"}},
		{"real.csv fake.csv --holdout absent.csv", []string{`there is no file "absent.csv"`}},
		{"real.csv fake.csv --holdout hedl.csv", []string{`there is no file "hedl.csv"`, "check real.csv fake.csv --holdout held.csv (the nearest name here)"}},
		{"real.csv fkae.csv --holdout held.csv", []string{`there is no file "fkae.csv"`, "check real.csv fake.csv --holdout held.csv (the nearest name here)"}},
		{"raal.csv fake.csv", []string{`there is no file "raal.csv"`, "check real.csv fake.csv (the nearest name here)"}},
		{"real.csv nothing-*.csv", []string{"nothing-*.csv"}},
		{"real.csv empty.csv", []string{"empty.csv"}},
		{"empty.csv fake.csv", []string{"empty.csv"}},
		{"real.csv header.csv", []string{"header.csv has a header and no rows"}},
		{"real.csv fake.csv --holdout header.csv", []string{"header.csv has a header and no rows"}},
		{"header.csv fake.csv", []string{"header.csv has a header and no rows"}},
		{"real.csv pdf.csv", []string{"pdf.csv is a PDF"}},
		{"real.csv ragged.csv", []string{"ragged.csv"}},
		{"real.csv other.csv", []string{"other.csv has none of the columns of real.csv"}},
		{"real.csv fake.csv less.csv --holdout other.csv", []string{`other.csv has none of the columns of real.csv; less.csv has no column "Maths" (but "maths"), "English"`}},
		{"real.csv less.csv", []string{`less.csv has no column "Maths" (but "maths"), "English"`, "check real.csv less.csv --drop Maths --drop English"}},
		{"real.csv fake.csv --target passed", []string{`--target names a column "passed"; the header has "Passed".`, "check real.csv fake.csv --target Passed"}},
		{"real.csv fake.csv --known Postcode", []string{`--known names a column "Postcode", which the header of real.csv does not have`}},
		{"real.csv fake.csv --sensitive yaer", []string{`"Year"`}},
		{"real.csv fake.csv --person Nam", []string{`"Name"`}},
		{"real.csv fake.csv --target Year --drop Year", []string{"--drop leaves it out"}},
		{"real.csv fake.csv --rule Maths<=English", []string{"Maths <= English does not hold in"}},
		{"real.csv fake.csv --rule Maths<=Englsh", []string{`"English"`}},
		{"real.csv fake.csv --csv held.csv", []string{"held.csv is there already", "--force"}},
		{"real.csv fake.csv --csv no/t.csv", []string{`there is no folder "no"`, "check real.csv fake.csv --csv FOLDER/t.csv"}},
		{"real.csv fake.csv --csv .", []string{". is a folder"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			assertClear(t, call(t, dir, append([]string{"check"}, strings.Fields(c.args)...)...), exitError, dir, before, c.says...)
		})
	}
	r := call(t, dir, "check", "real.csv")
	assertClear(t, r, exitUsage, dir, before, `"check" needs two files`, "check real.csv FAKE.csv")
	assertClear(t, call(t, dir, "check", "real.csv", "fake.csv", "--model", "trees"), exitUsage, dir, before, "has no option --model")
}

// A table that Cohort wrote is known by its manifest, too, where it was renamed or its folder kept.
func TestSwappedByManifest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "grades.csv", people(120, 1))
	require.Zero(t, call(t, dir, "make", "grades.csv", "--model", "independent").code%exitDoNotRelease)
	made := "out/grades_SYNTHETIC.csv"
	if !exists(filepath.Join(dir, made)) {
		made = "out-private/grades_SYNTHETIC_DO-NOT-RELEASE.csv"
	}
	require.NoError(t, os.Rename(filepath.Join(dir, made), filepath.Join(dir, "out-private", "renamed.csv")))
	r := call(t, dir, "check", "out-private/renamed.csv", "grades.csv")
	require.Equal(t, exitError, r.code)
	require.Contains(t, strings.Join(strings.Fields(r.err), " "), "out-private/renamed.csv, was written by Cohort")
	require.NotEqual(t, exitError, call(t, dir, "check", "grades.csv", "out-private/renamed.csv").code)
	write(t, dir, "out-private/touched.csv", people(120, 2))
	require.NotEqual(t, exitError, call(t, dir, "check", "out-private/touched.csv", "grades.csv").code)
}

// oddTables are real, synthetic and held tables that are odd and no fault.
func oddTables() map[string][3]string {
	table := func(header string, n int, row func(i int) string) string {
		var b strings.Builder
		b.WriteString(header + "\n")
		for i := range n {
			b.WriteString(row(i) + "\n")
		}
		return b.String()
	}
	shuffled := func(text string) string { // the columns in another order
		var b strings.Builder
		for line := range strings.Lines(text) {
			cells := strings.Split(strings.TrimSuffix(line, "\n"), ",")
			b.WriteString(strings.Join(append(cells[3:], cells[:3]...), ",") + "\n")
		}
		return b.String()
	}
	ab := func(a, b string) func(i int) string {
		return func(i int) string { return fmt.Sprintf("%s,%s,%d", a, b, i*i%7) }
	}
	columns := func(a, b string) [3]string {
		return [3]string{table("a,b,c", 100, ab(a, b)), table("a,b,c", 99, ab(a, b)), table("a,b,c", 98, ab(a, b))}
	}
	one := func(name string, cell func(i int) string) [3]string {
		return [3]string{table(name, 100, cell), table(name, 99, func(i int) string { return cell(i + 1000) }), table(name, 98, func(i int) string { return cell(i + 2000) })}
	}
	return map[string][3]string{
		"another order of columns":  {people(120, 1), shuffled(people(120, 2)), people(120, 3)},
		"more columns":              {people(120, 1), strings.ReplaceAll(strings.Replace(people(120, 2), "Born,", "Born,Extra,", 1), "/20", "/20,zq7"), people(120, 3)},
		"unseen categories":         {people(120, 1), strings.ReplaceAll(people(120, 2), ",Y8,", ",Yzq7,"), people(120, 3)},
		"text in a number column":   {people(120, 1), regexp.MustCompile(`,\d\d\.`).ReplaceAllString(people(120, 2), ",zq7."), people(120, 3)},
		"text in half of the dates": {people(120, 1), strings.ReplaceAll(people(120, 2), "/200", "/zq7"), people(120, 3)},
		"fewer rows":                {people(120, 1), people(30, 2), people(120, 3)},
		"more rows":                 {people(100, 1), people(400, 2), people(100, 3)},
		"1 row":                     {people(1, 1), people(1, 2), people(1, 3)},
		"1 real row":                {people(1, 1), people(100, 2), people(100, 3)},
		"1 synthetic row":           {people(100, 1), people(1, 2), people(100, 3)},
		"19 rows":                   {people(19, 1), people(19, 2), people(19, 3)},
		"20 rows":                   {people(20, 1), people(20, 2), people(20, 3)},
		"40 rows":                   {people(40, 1), people(40, 2), people(40, 3)},
		"constant columns":          columns("x", "5"),
		"only constant columns":     one("a", func(int) string { return "x" }),
		"all-missing columns":       columns("", "NA"),
		"all missing in the fake":   {people(120, 1), regexp.MustCompile(`,Y\d+,-?\d+,`).ReplaceAllString(people(120, 2), ",,,"), people(120, 3)},
		"all missing in the real":   {columns("", "x")[0], columns("y", "x")[1], columns("y", "x")[2]},
		"10,000 categories": {table("a,b", 20000, func(i int) string { return fmt.Sprintf("w%d w,%d", i%10000, i%3) }),
			table("a,b", 3000, func(i int) string { return fmt.Sprintf("w%d w,%d", i, i%3) }), table("a,b", 1000, func(i int) string { return fmt.Sprintf("w%d w,%d", i, i%2) })},
		"only ids":                   one("Student No", func(i int) string { return fmt.Sprintf("%06d", 7*i) }),
		"numbers with NaN and Inf":   {people(120, 1), strings.ReplaceAll(people(120, 2), ",5", ",NaN"), strings.ReplaceAll(people(120, 3), ",4", ",Inf")},
		"a duplicate of the dialect": {people(120, 1), strings.ReplaceAll(people(120, 2), ",", ";"), strings.ReplaceAll(people(120, 3), ",", "\t")},
	}
}

// TestCheckOddTables has tables that are no fault: a verdict is given, and no number that is none.
func TestCheckOddTables(t *testing.T) {
	for name, c := range oddTables() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for i, file := range []string{"real.csv", "fake.csv", "held.csv"} {
				write(t, dir, file, c[i])
			}
			for _, args := range []string{"--holdout held.csv", "--json"} {
				r := call(t, dir, append([]string{"check", "real.csv", "fake.csv"}, strings.Fields(args)...)...)
				if strings.Contains(args, "json") {
					assertReport(t, r)
					continue
				}
				assertJudged(t, r, dir, classFiles)
				if strings.HasSuffix(name, " rows") && regexp.MustCompile(`^\d`).MatchString(name) && name != "40 rows" {
					require.Contains(t, r.out, "LOOK CLOSER", "too few to tell is said, and counts")
				}
			}
		})
	}
}

// assertReport asserts that standard output is one JSON object without a number that is none.
func assertReport(t *testing.T, r ran) map[string]any {
	t.Helper()
	require.Contains(t, []int{0, exitDoNotRelease}, r.code, r.err)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.out), &report), r.out)
	require.NotRegexp(t, noNumber, r.out)
	for line := range strings.Lines(r.err) {
		require.True(t, json.Valid([]byte(line)), line)
	}
	return report
}

// The target may have one class, or be a column that can't be predicted at all.
func TestCheckOddTargets(t *testing.T) {
	dir := class(t)
	one := strings.NewReplacer(",yes,", ",no,")
	for i, name := range []string{"real.csv", "held.csv", "fake.csv"} {
		write(t, dir, name, one.Replace(people(120, uint64(1+i))))
	}
	for _, target := range []string{"Passed", "Name", "Born", "Student No", "Maths"} {
		r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", target)
		assertJudged(t, r, dir, classFiles)
	}
	write(t, dir, "fake.csv", people(120, 3)) // the class is in the synthetic table only
	assertJudged(t, call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed"), dir, classFiles)
}

// The person column may be in one file only.
func TestCheckPersonInOneFile(t *testing.T) {
	dir := class(t)
	without := func(text string) string { return regexp.MustCompile(`(?m)^[^,]*,`).ReplaceAllString(text, "") }
	args := []string{"check", "real.csv", "fake.csv", "--holdout", "held.csv", "--person", "Student No"}
	assertJudged(t, call(t, dir, args...), dir, classFiles)
	write(t, dir, "fake.csv", without(people(200, 3)))
	r := call(t, dir, args...)
	assertJudged(t, r, dir, classFiles)
	require.Contains(t, r.err, `fake.csv has no column "Student No"`)
	write(t, dir, "held.csv", without(people(200, 2)))
	assertJudged(t, call(t, dir, args...), dir, classFiles)
	write(t, dir, "real.csv", without(people(200, 1)))
	assertClear(t, call(t, dir, args...), exitError, dir, classFiles, `"Student No"`)
}

// Each file may be written in its own way; dates that could be read in two ways are read as in the real table.
func TestCheckDialects(t *testing.T) {
	dir := class(t)
	plain := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv")
	require.Equal(t, 0, plain.code, plain.err)
	semicolon := regexp.MustCompile(`(\d)\.(\d)`).ReplaceAllString(strings.ReplaceAll(people(200, 3), ",", ";"), "$1,$2")
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(people(200, 2), ",", "\t"))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	write(t, dir, "fake.csv", semicolon)
	write(t, dir, "held.csv", string(wide))
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv")
	require.Equal(t, plain.out, r.out)
	require.Contains(t, r.err, "fake.csv       200 rows, 8 columns; semicolon, UTF-8, decimal comma")
	require.Contains(t, r.err, "set aside; tab, UTF-16")

	// Options about the file are for the real one; the others don't need them, or may, too.
	write(t, dir, "real.csv", strings.ReplaceAll(people(200, 1), "Name", "N\xe9me"))
	write(t, dir, "fake.csv", strings.ReplaceAll(people(200, 3), "Name", "Néme"))
	write(t, dir, "held.csv", strings.ReplaceAll(people(200, 2), "Name", "N\xe9me"))
	r = call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--encoding", "iso-8859-2", "--separator", ",")
	require.Equal(t, plain.out, r.out, r.err)
}

func TestCheckDates(t *testing.T) {
	dir := t.TempDir()
	dates := func(layout string, second func(i int) int) string {
		text := "When,What\n"
		for i := range 100 {
			text += fmt.Sprintf(layout+"/2020,w%[3]d\n", 1+i*5%12, second(i), i%3)
		}
		return text
	}
	const monthFirst, dayFirstLayout = "%02[1]d/%02[2]d", "%02[2]d/%02[1]d"
	// The real table proves month/day by a 13th to 28th in the second place; the others leave it open.
	write(t, dir, "real.csv", dates(monthFirst, func(i int) int { return 1 + i*11%28 }))
	write(t, dir, "fake.csv", dates(monthFirst, func(i int) int { return 1 + i*7%12 }))
	read := func(name string) string {
		o := &options{verb: "check", files: []string{"real.csv", name}}
		j := &judging{a: newApp([]string{"cohort"}, nil, io.Discard, io.Discard), o: o, ctx: t.Context(), said: map[string]bool{}}
		m := j.a.start("Reading", "read", 0)
		defer m.stop()
		var err error
		j.real, err = j.readReal(m)
		require.NoError(t, err)
		o.at = 1
		other, err := j.readOther(name, m)
		require.NoError(t, err)
		return other.Schema().Columns[0].Layout
	}
	t.Chdir(dir)
	require.Equal(t, "01/02/2006", read("fake.csv"), "as in the real table")
	write(t, dir, "fake.csv", dates(dayFirstLayout, func(i int) int { return 1 + i%28 }))
	require.Equal(t, "02/01/2006", read("fake.csv"), "unless its own cells prove another order")
	require.True(t, dayFirst("2.1.06"))
	require.False(t, dayFirst("2006-01-02"))
	require.False(t, dayFirst("Jan 2, 2006 15:04"))
}

func TestCheckOutputs(t *testing.T) {
	dir := class(t)
	args := []string{"check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed"}
	r := call(t, dir, append(args, "--json", "--csv", "t.csv")...)
	report := assertReport(t, r)
	require.Contains(t, []any{"ready-for-review", "look-closer"}, report["verdict"])
	require.Contains(t, r.err, `{"event":"verdict","verdict":`)
	require.Contains(t, r.err, `{"event":"file","role":"keep","path":"t.csv"}`)
	lines, err := csv.NewReader(strings.NewReader(read(t, dir, "t.csv"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"file", "name"}, lines[0][:2])
	require.Len(t, lines, 1+len(report["metrics"].([]any)))
	require.Equal(t, "fake.csv", lines[1][0])
	require.NotRegexp(t, noNumber, read(t, dir, "t.csv"))
	unmarked(t, ran{out: read(t, dir, "t.csv")})

	require.Equal(t, exitError, call(t, dir, append(args, "--csv", "t.csv")...).code)
	require.Equal(t, 0, call(t, dir, append(args, "--csv", "t.csv", "--force")...).code)
	for _, input := range []string{"real.csv", "held.csv", "fake.csv"} {
		r = call(t, dir, append(args, "--force", "--csv", input)...)
		require.Equal(t, exitUsage, r.code, "no input is ever written over")
		require.Contains(t, r.err, input)
	}
}

// A synthetic table may come through a pipe.
func TestCheckStandardInput(t *testing.T) {
	dir := class(t)
	want := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv")
	r := runInput(t, dir, people(200, 3), "check", "real.csv", "-", "--holdout", "held.csv")
	require.Equal(t, want.out, r.out, r.err)
	assertClear(t, runInput(t, dir, people(200, 3), "check", "-", "-"), exitError, dir, classFiles, "- is named twice")
}

// pandas writes the numbers of the rows before a table: that they are left out is said.
func TestCheckNumbersOfRows(t *testing.T) {
	dir := class(t)
	lines := strings.Split(strings.TrimSuffix(people(200, 3), "\n"), "\n")
	lines[0] = "," + lines[0]
	for i, line := range lines[1:] {
		lines[i+1] = fmt.Sprint(i, ",", line)
	}
	write(t, dir, "fake.csv", strings.Join(lines, "\n")+"\n")
	r := call(t, dir, "check", "real.csv", "fake.csv", "--metrics", "shape.mean")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, strings.Join(strings.Fields(r.err), " "), "fake.csv: the first column has no name and only numbers the rows: left out.")
}

// A column of words that no real person has is seen, whatever kind it is taken for by itself.
func TestCheckJunkColumn(t *testing.T) {
	dir := class(t)
	n := 0
	write(t, dir, "fake.csv", regexp.MustCompile(`,Y\d+,`).ReplaceAllStringFunc(people(200, 3), func(string) string {
		n++
		return fmt.Sprintf(",zq7 word %d and more,", n*n)
	}))
	r := call(t, dir, "check", "real.csv", "fake.csv", "--holdout", "held.csv", "--target", "Passed")
	assertJudged(t, r, dir, classFiles)
	require.Contains(t, r.out, "LOOK CLOSER")
	require.Regexp(t, `\[look\] single columns`, r.out)
	require.Contains(t, r.out, `"Year"`)
}

// A stopped check keeps nothing and exits 4.
func TestCheckStopped(t *testing.T) {
	dir := class(t)
	t.Chdir(dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var err strings.Builder
	o := &options{verb: "check", files: []string{"real.csv", "fake.csv"}, csv: "t.csv"}
	j := &judging{a: newApp([]string{"cohort"}, nil, io.Discard, &err), o: o, ctx: ctx, said: map[string]bool{}}
	require.Error(t, j.run())
	require.Equal(t, exitStopped, j.a.report(ctx.Err(), o))
	require.Contains(t, err.String(), "Do:    cohort check real.csv fake.csv\n")
	require.Equal(t, classFiles, files(t, dir))
}
