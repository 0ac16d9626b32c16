package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// odd is a table of which one row, the last, has values that never go together.
func odd(n int) string {
	var b strings.Builder
	b.WriteString("Name,Form,Year,Score\n")
	for i := range n {
		form := draw(i, 1, 6)
		fmt.Fprintf(&b, "zq7name%d,F%d,Y%d,%d\n", i, form, 7+form/2, 10*form+draw(i, 2, 12))
	}
	b.WriteString("zq7slip,F5,Y7,3\n")
	return b.String()
}

// oddLines gives the lines of the list of unusual rows.
func oddLines(out string) [][]string {
	var lines [][]string
	_, list, _ := strings.Cut(out, "most of all\n")
	for line := range strings.Lines(list) {
		if line == "\n" {
			break
		}
		lines = append(lines, strings.Fields(line))
	}
	return lines
}

// The row that does not fit comes first, with the columns in which it does not; no cell is shown.
func TestInspectUnusual(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", odd(300))
	before := files(t, dir)
	r := call(t, dir, "inspect", "t.csv", "--unusual")
	require.Zero(t, r.code, r.err)
	unmarked(t, r)
	require.Contains(t, r.out, "do not pass this list")
	lines := oddLines(r.out)
	require.Len(t, lines, leastUnusual+1)
	require.Equal(t, "301", lines[0][0])
	require.NotEqual(t, "no", lines[0][2])
	require.Equal(t, "middle", lines[leastUnusual][0])
	require.Equal(t, before, files(t, dir), "nothing is written")
	require.Equal(t, r.out, call(t, dir, "inspect", "t.csv", "--unusual").out)
	require.Len(t, oddLines(call(t, dir, "inspect", "t.csv", "--unusual", "-n", "3").out), 4)
	require.Len(t, oddLines(call(t, dir, "inspect", "t.csv", "--unusual", "-n", "900").out), 302)
	r = runInput(t, dir, odd(300), "inspect", "-", "--unusual", "--json")
	require.Equal(t, "301", oddLines(r.out)[0][0])
	unmarked(t, r)
}

// A model of other rows judges, and a value that it does not know is unusual.
func TestInspectUnusualWith(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", odd(300))
	require.Zero(t, call(t, dir, "fit", "t.csv", "--model", "trees").code)
	text := odd(40)
	write(t, dir, "other.csv", text+"zq7new,zq7form,Y9,44\n")
	r := call(t, dir, "inspect", "other.csv", "--unusual", "--with", "t.cohort", "-n", "2")
	require.Zero(t, r.code, r.err)
	unmarked(t, r)
	require.Contains(t, r.out, "by t.cohort")
	lines := oddLines(r.out)
	require.ElementsMatch(t, []string{"41", "42"}, []string{lines[0][0], lines[1][0]})
	for _, l := range lines[:2] {
		if l[0] == "42" {
			require.Contains(t, strings.Join(l[2:], " "), "Form")
		}
	}
}

func TestInspectUnusualOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", odd(120))
	write(t, dir, "other.csv", strings.Replace(odd(40), "Score", "Mark", 1))
	write(t, dir, "few.csv", odd(4))
	write(t, dir, "not.cohort", "zq7")
	require.Zero(t, call(t, dir, "fit", "t.csv", "--model", "trees").code)
	require.Zero(t, call(t, dir, "fit", "t.csv", "--model", "copula", "-o", "copula.cohort").code)
	before := files(t, dir)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"t.csv", "--unusual", "--with", "copula.cohort"}, exitError, []string{"a model copula can't say how likely a row is"}},
		{[]string{"other.csv", "--unusual", "--with", "t.cohort"}, exitError, []string{`"Score"`}},
		{[]string{"t.csv", "--unusual", "--with", "t.csv"}, exitError, []string{"t.csv is a table, not a model"}},
		{[]string{"t.csv", "--unusual", "--with", "not.cohort"}, exitError, nil},
		{[]string{"t.csv", "--unusual", "--with", "none.cohort"}, exitError, []string{"none.cohort"}},
		{[]string{"t.cohort", "--unusual"}, exitError, []string{"t.cohort is a model, not a table"}},
		{[]string{"t.cohort", "--unusual", "--with", "t.cohort"}, exitError, []string{"t.cohort is a model, not a table"}},
		{[]string{"few.csv", "--unusual"}, exitError, []string{"few.csv is about 5 persons; so few can't show what is usual", " inspect few.csv --unusual --with MODEL"}},
		{[]string{"few.csv", "--unusual", "--drop", "Form", "-n", "2"}, exitError, []string{" inspect few.csv -n 2 --unusual --with MODEL"}},
		{[]string{"none.csv", "--unusual"}, exitError, []string{"none.csv"}},
		{[]string{"t.csv", "--with", "t.cohort"}, exitUsage, []string{"--with goes together with --unusual"}},
		{[]string{"t.csv", "-n", "3"}, exitUsage, []string{"-n goes together with --unusual"}},
		{[]string{"t.csv", "--unusual", "-n", "z"}, exitUsage, []string{"-n"}},
		{[]string{"t.csv", "--unusual", "--show-values"}, exitUsage, []string{"--show-values does not go together with --unusual"}},
		{[]string{"t.csv", "--unusual", "-o", "r.toml"}, exitUsage, []string{"-o does not go together with --unusual"}},
		{[]string{"t.csv", "--unusual", "--with", "t.cohort", "--number", "Score"}, exitUsage, []string{"--number is about learning"}},
	} {
		r := call(t, dir, append([]string{"inspect"}, c.args...)...)
		assertClear(t, r, c.code, dir, before, c.says...)
	}
}

// What is so in every row is listed as a rule that can be asked for, by whether it is kept without.
func TestInspectDependencies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := strings.Replace(odd(300), "zq7slip,F5,Y7,3\n", "", 1)
	write(t, dir, "t.csv", text)
	r := call(t, dir, "inspect", "t.csv")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "\nRules that hold in every row (make keeps them; --no-rules does not)\n"+
		"  Form -> Year                              300 of 300\n")
	require.NotContains(t, r.out, "Also so")
	require.NotContains(t, call(t, dir, "inspect", "t.csv", "--no-rules").out, "->")
	require.NotContains(t, runInput(t, dir, odd(300), "inspect", "-").out, "->", "one row is enough to break it")
	var pairs strings.Builder
	pairs.WriteString("Flat,Street\n")
	for i := range 300 {
		fmt.Fprintf(&pairs, "%d,S%d\n", i*7%150, i*7%150*13%10)
	}
	write(t, dir, "pairs.csv", pairs.String())
	r = call(t, dir, "inspect", "pairs.csv")
	require.Contains(t, r.out, "\nAlso so in every row (learned, not kept; cohort help rules says why)\n"+
		"  Flat -> Street                            300 of 300, 150 values\n", "too few persons show it for each flat")
	r = call(t, dir, "inspect", "t.csv", "--no-rules", "--rule", "Form -> Year")
	require.Contains(t, r.out, "  Form -> Year                              300 of 300, as asked\n")
	before := files(t, dir)
	assertClear(t, call(t, dir, "fit", "pairs.csv", "--rule", "Flat -> Street"), exitError, dir, before, "shared by 5 persons")
	assertClear(t, call(t, dir, "fit", "t.csv", "--rule", "Form -> Year", "--rule", "Score -> Year"), exitError, dir, before,
		`"Form -> Year" and "Score -> Year" both fix "Year"`)
}
