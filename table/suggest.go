package table

import (
	"strconv"
	"strings"
)

// nearest gives the candidate that somebody who typed name most likely meant: the same but for case and blanks around
// it, else the one with the smallest edit distance, if that is at most about a third of the letters. The first of
// equals wins.
func nearest(name string, candidates []string) (string, bool) {
	folded := strings.ToLower(strings.TrimSpace(name))
	for _, c := range candidates {
		if strings.ToLower(strings.TrimSpace(c)) == folded {
			return c, true
		}
	}
	typed := []rune(folded)
	best, found := 1+max(1, (len(typed)+1)/3), ""
	for _, c := range candidates {
		letters := []rune(strings.ToLower(c))
		if abs(len(letters)-len(typed)) >= best {
			continue
		}
		if d := editDistance(typed, letters); d < best {
			best, found = d, c
		}
	}
	return found, found != ""
}

// editDistance counts the letters to put in, take out or change until a is b (Levenshtein, 1966), in len(a)*len(b)
// steps.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Column finds a column by name, exactly as in the header. The error of a name that is not there is an [*Error] with
// Code "no-such-column"; its Fix suggests the nearest name, or lists the names there are.
func (s *Schema) Column(name string) (*Column, error) {
	i, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return &s.Columns[i], nil
}

// find is Column by number.
func (s *Schema) find(name string) (int, error) {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return i, nil
		}
	}
	return 0, noSuchColumn(name, s.names())
}

func (s *Schema) names() []string {
	names := make([]string, len(s.Columns))
	for i := range names {
		names[i] = s.Columns[i].Name
	}
	return names
}

// noSuchColumn is the error of a misspelt name.
func noSuchColumn(name string, names []string) *Error {
	return &Error{Code: "no-such-column", Column: name, Reason: "there is no such column", Fix: suggest(name, names)}
}

// suggest gives the sentence that helps somebody who typed name.
func suggest(name string, names []string) string {
	if near, ok := nearest(name, names); ok {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(names) == 0 {
		return ""
	}
	return "there are " + list(names)
}

// list gives the first few names in quotes.
func list(names []string) string {
	const most = 12
	var b strings.Builder
	for i, n := range names {
		if i == most {
			b.WriteString(" and " + strconv.Itoa(len(names)-most) + " more")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(n))
	}
	return b.String()
}
