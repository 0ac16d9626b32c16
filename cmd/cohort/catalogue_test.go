package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// codeUsed finds the codes that the program gives to errors and warnings.
var codeUsed = regexp.MustCompile(`(?:[Cc]ode: *|foreign\{|problem\(|fault\(|usage\(|warn\()"([a-z][a-z-]+[a-z])"`)

// usedCodes lists the codes in the sources of the library and the command.
func usedCodes(t *testing.T) []string {
	used := map[string]bool{}
	for _, folder := range []string{"../..", "../../ctgan", "../../ctgan/mixture", "../../transformer/column", "../../transformer/great", "../../internal/draw", "../../table", "../../table/encode", "../../baseline", "../../internal/run", "../../eval", "."} {
		paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, m := range codeUsed.FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// Every code that a person can meet is explained by "cohort help CODE", and none is explained that nobody can meet.
func TestEveryCodeIsExplained(t *testing.T) {
	used := usedCodes(t)
	require.Greater(t, len(used), 30)
	for _, code := range used {
		if _, ok := topics[code]; ok { // the topic says more
			require.NotContains(t, codes, code)
			continue
		}
		require.True(t, codes[code] != "", "%s is not explained", code)
		out := runIn(t, "help", code)
		require.Zero(t, out.code)
		require.True(t, strings.HasPrefix(out.out, code+"\n\n"), out.out)
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		require.True(t, slices.Contains(used, code), "%s is explained, but never used", code)
	}
}

// forbidden are words that blame or frighten, or that promise.
var forbidden = []string{"invalid", "failed", "failure", "unexpected", "you must", "illegal", "anonymous", "guarantee", "compliant", "%!", "fidelity", "p-value"}

// plain asserts the tone of cli.md: 79 columns, and none of the forbidden words.
func plain(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 79, line)
	}
	for _, word := range forbidden {
		require.NotContains(t, strings.ToLower(text), word)
	}
	require.NotRegexp(t, `\S!(?:$|[^=])`, text, "no exclamation mark but in != and before a point to look at")
}

func TestTextsAreInTone(t *testing.T) {
	for name, text := range codes {
		require.NotEmpty(t, text, name)
		plain(t, text)
	}
	for _, name := range topicNames {
		require.Contains(t, topics, name)
		plain(t, runIn(t, "help", name).out)
	}
	require.Len(t, topics, len(topicNames))
	for _, v := range verbs() {
		if v.name != "help" {
			require.NotEmpty(t, v.help)
		}
		plain(t, v.help)
	}
}

// What a help text names exists.
func TestHelpNamesWhatExists(t *testing.T) {
	text := ""
	for _, v := range verbs() {
		text += v.help + "\n"
	}
	for _, topic := range topics {
		text += topic + "\n"
	}
	for _, code := range codes {
		text += code + "\n"
	}
	for _, m := range regexp.MustCompile(`(?:^|[\s(,])--([a-z][a-z0-9-]*)`).FindAllStringSubmatch(text, -1) {
		_, ok := findOption(m[1])
		require.True(t, ok || m[1] == "help", m[0])
	}
	for _, m := range regexp.MustCompile(`(?m)(?:^| )"?cohort ([a-z]+)(?: ([a-z-]+))?`).FindAllStringSubmatch(text, -1) {
		_, ok := findVerb(m[1])
		require.True(t, ok, m[0])
		if m[1] == "help" && m[2] != "" {
			_, isVerb := findVerb(m[2])
			_, isTopic := topics[m[2]]
			_, isCode := codes[m[2]]
			require.True(t, isVerb || isTopic || isCode, m[0])
		}
	}
	for _, v := range verbs() {
		for name := range strings.FieldsSeq(v.options) {
			_, ok := findOption(name)
			require.True(t, ok, "%s: %s", v.name, name)
		}
	}
}

// runIn runs the program inside the test, where only arguments matter.
func runIn(t *testing.T, args ...string) ran {
	t.Helper()
	var out, err strings.Builder
	code := run(append([]string{"cohort"}, args...), strings.NewReader(""), &out, &err)
	return ran{code, out.String(), err.String()}
}
