package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// addresses is a table of n people: a postcode decides the town, and one of Oral and Written is missing.
func addresses(n int) string {
	var b strings.Builder
	b.WriteString("Name,Post code,Town,Oral,Written\n")
	for i := range n {
		post := draw(i, 1, 18)
		oral, written := fmt.Sprint(draw(i, 2, 20)), ""
		if draw(i, 3, 5) == 0 {
			oral, written = "", fmt.Sprint(draw(i, 4, 20))
		}
		fmt.Fprintf(&b, "zq7name%d,%d,T%d,%s,%s\n", i, 10000+37*post, post/2, oral, written)
	}
	return b.String()
}

// brokenRows counts the rows of a table of addresses in which a rule does not hold.
func brokenRows(text string) (n int) {
	for _, line := range rowsOf(text) {
		cells := strings.Split(line, ",")
		post, town := 0, 0
		fmt.Sscan(cells[1], &post)
		fmt.Sscan(strings.TrimPrefix(cells[2], "T"), &town)
		if (post-10000)/74 != town || (cells[3] == "") == (cells[4] == "") {
			n++
		}
	}
	return n
}

// What inspect lists can be given to --rule, a model keeps it and lists it, and check counts it.
func TestRulesFromInspect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", addresses(400))
	r := call(t, dir, "inspect", "t.csv")
	require.Zero(t, r.code, r.err)
	_, list, ok := strings.Cut(r.out, "\nRules that hold in every row (make keeps them; --no-rules does not)\n")
	require.True(t, ok, r.out)
	var rules []string
	for line := range strings.Lines(list) {
		if strings.TrimSpace(line) == "" {
			break
		}
		rule, _, ok := strings.Cut(strings.TrimSpace(line), "   ")
		require.True(t, ok, line)
		rules = append(rules, rule)
	}
	require.Equal(t, []string{`"Post code" -> Town`, "Oral xor Written"}, rules)

	given := []string{"--no-rules"}
	for _, rule := range rules {
		given = append(given, "--rule", rule)
	}
	r = call(t, dir, append([]string{"fit", "t.csv", "--model", "independent"}, given...)...)
	require.Zero(t, r.code, r.err)
	shown := call(t, dir, "inspect", "t.cohort").out
	for _, rule := range rules {
		require.Contains(t, shown, "\n  "+rule+"\n")
	}
	require.Zero(t, call(t, dir, "sample", "t.cohort", "-n", "500", "-o", "fake.csv").code)
	require.Zero(t, brokenRows(read(t, dir, "fake.csv")))
	r = call(t, dir, "sample", "t.cohort", "-n", "50", "-o", "some.csv", "--where", `Town = T3 and Oral is missing`)
	require.Zero(t, r.code, r.err)
	require.Zero(t, brokenRows(read(t, dir, "some.csv")))
	for _, line := range rowsOf(read(t, dir, "some.csv")) {
		require.Contains(t, line, ",T3,,")
	}

	r = call(t, dir, append([]string{"check", "t.csv", "fake.csv"}, given...)...)
	require.Contains(t, r.out, "kept              2 of 2")
	r = call(t, dir, "check", "t.csv", "fake.csv")
	require.Contains(t, r.out, "kept              2 of 2", "they are found, too")
	require.Zero(t, call(t, dir, "fit", "t.csv", "--model", "independent", "--no-rules", "-o", "free.cohort").code)
	require.Zero(t, call(t, dir, "sample", "free.cohort", "-n", "500", "-o", "free.csv").code)
	require.NotZero(t, brokenRows(read(t, dir, "free.csv")))
	r = call(t, dir, append([]string{"check", "t.csv", "free.csv"}, given...)...)
	require.Contains(t, r.out, "is broken in ")
	require.Contains(t, r.out, "[look] kept")

	before := files(t, dir)
	assertClear(t, call(t, dir, "check", "t.csv", "fake.csv", "--rule", "Town -> Post code"), exitError, dir, before, `"Post code"`, "does not hold in ")
	assertClear(t, call(t, dir, "fit", "t.csv", "--rule", rules[0], "--rule", `Town -> "Post code"`), exitError, dir, before, "go round in a circle")
}
