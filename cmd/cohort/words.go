package main

import (
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// commandWord finds the command in a text: the word before the name of a verb or of a file in capitals.
var commandWord = regexp.MustCompile(`(^|[\s(])cohort( (?:demo|make|inspect|fit|sample|fill|check|study|doctor|help|version|FILE)\b)`)

// text puts the program's name as it was called into a text that has "cohort make ...".
func (a *app) text(s string) string {
	if a.name == "cohort" {
		return s
	}
	return commandWord.ReplaceAllString(s, "${1}"+strings.ReplaceAll(a.name, "$", "$$")+"${2}")
}

// grouped writes a whole number with commas: 2,314.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes a number and its noun: 1 row, 2,314 rows.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + many
}

// clock writes a time as a person says it: 5 s, 2 min, 1 h 10 min.
func clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return strconv.FormatInt(s, 10) + " s"
	case s < 600:
		return strconv.FormatInt(s/60, 10) + " min " + strconv.FormatInt(s%60, 10) + " s"
	case s < 3600:
		return strconv.FormatInt((s+30)/60, 10) + " min"
	}
	return strconv.FormatInt(s/3600, 10) + " h " + strconv.FormatInt(s%3600/60, 10) + " min"
}

// wrap breaks s into lines of at most width columns; the first begins with lead, the others with as many blanks.
// A word that is too long for a line stands on a line of its own. What follows a line end in s is taken over as it stands,
// for the sign under the place of a mistake.
func wrap(lead, s string, width int) string {
	var b strings.Builder
	b.WriteString(lead)
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	for i, para := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteString("\n" + indent + para)
			continue
		}
		column := len(indent)
		for j, word := range strings.Fields(para) {
			n := utf8.RuneCountInString(word)
			switch {
			case j > 0 && column+1+n > width:
				b.WriteString("\n" + indent)
				column = len(indent)
			case j > 0:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
	}
	return b.String()
}

// nearest gives the candidate that a misspelt word is nearest to, or "" if none is near.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", 1+max(1, utf8.RuneCountInString(word)/3)
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with their neighbour (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// quoteArg writes an argument so that it can be copied into a shell of this computer.
func quoteArg(s string) string { return quoteFor(runtime.GOOS, s) }

// quoteFor puts an argument in double quotes where it has to be, and in single quotes where a POSIX shell would read signs
// inside double quotes, too.
func quoteFor(system, s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\r\n\"'`$&|;<>()*?[]{}!#~^%\\") {
		return s
	}
	if system == "windows" {
		if !strings.ContainsAny(s, " \t\r\n\"&|;<>()^%") && s != "" {
			return s
		}
		return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
	}
	if strings.ContainsAny(s, "\"`$\\!") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return `"` + s + `"`
}

// padded fills s with blanks to width columns.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

func indent(columns int) string { return strings.Repeat(" ", columns) }

// oneLine puts a blank in place of every sign that would move the cursor, so that a name can't break the screen.
func oneLine(s string) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s), " ")
}
