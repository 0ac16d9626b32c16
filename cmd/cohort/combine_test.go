package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sets of one model are put together by the simple rule, filled ones by Rubin's, and the screen says which it was.
func TestCheckCombinesSets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := strings.Replace(odd(240), "zq7slip,F5,Y7,3\n", "", 1)
	write(t, dir, "t.csv", text)
	require.Zero(t, call(t, dir, "fit", "t.csv", "--model", "trees").code)
	require.Zero(t, call(t, dir, "sample", "t.cohort", "-m", "3", "-o", "s.csv").code)
	args := []string{"check", "t.csv", "s_1.csv", "s_2.csv", "s_3.csv", "--regress", "Score ~ Year", "--metrics", "shape"}
	r := call(t, dir, args...)
	require.Zero(t, r.code, r.err)
	for _, want := range []string{"\ns_*.csv\nCOMBINED    Score ~ Year\n", "3 sets of 240, and 240 real rows", `Rule "simple"`, "COMBINED    mean of \"Score\"",
		"Year = Y8", "combined ", "in no interval"} {
		require.Contains(t, r.out, want)
	}
	require.Contains(t, call(t, dir, append(args, "--target", "Form")...).out, "COMBINED    shares of \"Form\"")
	require.Contains(t, call(t, dir, append(args, "--sets", "partial")...).out, `Rule "partial"`)
	// One set alone, or sets of several generators, are combined with nothing.
	require.NotContains(t, call(t, dir, "check", "t.csv", "s_1.csv", "--regress", "Score ~ Year", "--metrics", "shape").out, "COMBINED")
	var out struct {
		Combined []struct {
			Generator, Rule string
			Files           []string
			Terms           []struct {
				Name           string
				Real, Combined struct{ Value, SE, Low, High, DF *float64 }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(call(t, dir, append(args, "--json")...).out), &out))
	require.Len(t, out.Combined, 2)
	require.Equal(t, "simple", out.Combined[0].Rule)
	require.Len(t, out.Combined[0].Files, 3)
	require.Less(t, *out.Combined[0].Terms[0].Combined.Low, *out.Combined[0].Terms[0].Combined.High)
	// Gaps that are filled: what is known is the same in every set.
	write(t, dir, "gaps.csv", emptied(text))
	for i, score := range []string{"31", "44"} {
		write(t, dir, []string{"g_1.csv", "g_2.csv"}[i], strings.ReplaceAll(emptied(text), ",\n", ","+score+"\n"))
	}
	require.Contains(t, call(t, dir, "check", "gaps.csv", "g_1.csv", "g_2.csv", "--regress", "Score ~ Year", "--metrics", "shape").out, `Rule "filled"`)
	before := files(t, dir)
	assertClear(t, call(t, dir, "check", "t.csv", "s_1.csv", "--sets", "simple"), exitUsage, dir, before, "--sets says how", "--regress")
	assertClear(t, call(t, dir, append(args, "--sets", "zq7")...), exitUsage, dir, before, "--sets")
}

// emptied takes the last cell from every tenth row.
func emptied(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if at := strings.LastIndex(line, ","); i%10 == 5 && at > 0 {
			lines[i] = line[:at] + ",\n"
		}
	}
	return strings.Join(lines, "")
}
