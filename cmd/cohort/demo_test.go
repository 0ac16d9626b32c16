package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// demoGolden is the screen of the demonstration without progress: N stands for any number, and what depends on how well the
// trial did is left out.
const demoGolden = `A demonstration with a fictional school. Nothing leaves this computer.

Reading school.csv N rows, N columns; comma, UTF-8, dates day/month
 Student No id: new numbers starting with N, none of them real
 Name text: invented, "Student N" and so on
 Born date: month and year kept, the day drawn anew
 N columns learned (N holds marks such as ABS, N have gaps)
 N rule Total = Maths + English + Science, in N of N rows
 N values kept out, fewer than N people have them: (columns)
Learning [####################] N % N s a trial, from N of the N
Checking [####################] N % N s against the N it never saw
Learning [####################] N % N s the model, from all N
Writing N rows, N rules broken

VERDICT (verdict)

Looks alike [] single columns N of N other real people: N
 [] pairs of columns N of N other real people: N
Useful [] predicts Passed N taught by real rows: N
Private [] real ids, names N must be N
 [] copied rows N by chance: N
 [] look-alikes N of N no memory: N, up to N
 [] rare values N kept out fewer than N people had them
 [] one of a kind N by chance: N
 [] guessing (column)
Rules [] kept N of N kinds and ranges, too

(notes)

Not tested: what somebody could learn by joining this table with another one.
Before a real release, read: cohort help privacy

Hand over out/ school_SYNTHETIC.csv, report, README
Keep out-private/ model, full report: as confidential as real data

Next cohort make yourfile.csv the same with your own table
`

// withoutNumbers makes a screen comparable with demoGolden.
func withoutNumbers(screen string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(screen, program, "cohort")) {
		if strings.Contains(line, " so far, ") || strings.HasPrefix(line, indent(21)) || strings.Contains(line, "checks found no problem") {
			continue // progress, what is said under a line, and the count of the checks
		}
		b.WriteString(line)
	}
	text := strings.ReplaceAll(b.String(), string(os.PathSeparator), "/")
	for _, r := range [][2]string{
		{`(?s)(?:A detector takes rows .*?\n)?Likeness, use and .*?\n\n`, "(notes)\n\n"}, // that a detector is said depends on the trial
		{`READY FOR REVIEW|LOOK CLOSER`, "(verdict)"},
		{`\[(?:ok|look)\]`, "[]"},
		{`(guessing) .*`, "$1 (column)"},
		{`(people have them:) .*\n(?: {26}.*\n)*`, "$1 (columns)\n"},
		{`(^|[^-\w])[+-]?\d[\d,.]*\b`, "${1}N"},
		{` +`, " "},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	return text
}

func TestDemo(t *testing.T) {
	dir := t.TempDir()
	r := call(t, dir, "demo")
	require.Equal(t, 0, r.code, r.err)
	plainLines(t, r.out+r.err)
	require.Equal(t, demoGolden, withoutNumbers(r.err+r.out))
	require.Contains(t, r.err, "100 %   ")
	require.Contains(t, r.err, "a trial, from 300 of the 600\n")
	require.Contains(t, r.err, "against the 300 it never saw\n")
	require.Contains(t, r.err, "Writing    600 rows, 0 rules broken\n")
	require.Contains(t, r.out, "Private       [ok]   real ids, names   0           must be 0\n")
	require.Contains(t, r.out, "\nRules         [ok]   kept              1 of 1      kinds and ranges, too\n")
	require.Len(t, rowsOf(read(t, dir, "out/school_SYNTHETIC.csv")), 600)
	require.Equal(t, header(read(t, dir, "out-private/school.csv")), header(read(t, dir, "out/school_SYNTHETIC.csv")))
	// The same by make, on the table that the demonstration leaves.
	require.Equal(t, 0, call(t, dir, "make", "out-private/school.csv", "--target", "Passed").code)
	require.Equal(t, read(t, dir, "out/school_SYNTHETIC.csv"), read(t, dir, "out-2/school_SYNTHETIC.csv"))
}
